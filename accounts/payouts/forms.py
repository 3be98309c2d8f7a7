"""Page forms of money that leaves."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.payouts.models import Destination
from accounts.wallet.forms import amount_field


class DestinationForm(forms.Form):
    to = forms.CharField(
        label=_("IBAN or mobile number"), max_length=50,
        help_text=_("The IBAN of your bank account, or a mobile money number with its country: +33 6 12 34 56 78."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    holder = forms.CharField(
        label=_("Name of the holder"), max_length=70, help_text=_("As your bank writes it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    bic = forms.CharField(
        label=_("BIC"), max_length=11, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    automatic = forms.BooleanField(
        label=_("Pay me here every week"), required=False,
        help_text=_("Every Monday, all that is available in your wallet."),
    )
    bic.look = "short"  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    amount = amount_field()
    to = forms.ChoiceField(label=_("Where to"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, destinations: list[Destination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.choices = [
            (str(row.pk), capfirst(f"{row.get_means_display()} · {row.masked} · {row.holder}"))
            for row in destinations
        ]
        field.look = "cards"
        if destinations:
            field.initial = str(destinations[0].pk)
