"""Page forms of the wallet."""

from django import forms
from django.utils.translation import gettext_lazy as _


def amount_field() -> forms.DecimalField:
    """An amount in euros as people type it; a comma is fine in French."""
    field = forms.DecimalField(
        label=_("Amount in euros"), max_digits=12, decimal_places=2, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "transaction-amount"}),
    )
    field.look = "money"  # type: ignore[attr-defined]
    return field


class TransferForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    to = forms.EmailField(
        label=_("To whom"), help_text=_("The e-mail address of the person's account."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    amount = amount_field()
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
