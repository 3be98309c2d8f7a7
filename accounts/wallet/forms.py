"""Page forms of the wallet."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.wallet.models import GROUPS
from accounts.wallet.statement import IN, OUT, Wanted


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
    to = forms.CharField(
        label=_("To whom"), help_text=_("The e-mail address or the phone number of the person's account."),
        max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = amount_field()
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _choice(label: Any, everything: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", everything), *choices])


class StatementFilterForm(forms.Form):
    """The filters of a statement, as they stand in the address of the page; the API's have the same names."""

    search = forms.CharField(
        label=_("Name, note or reference"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        groups = [(code, capfirst(group.label)) for code, group in GROUPS.items()]
        ways = [(IN, _("Money in")), (OUT, _("Money out"))]
        self.fields |= {  # "from" is no name for an attribute
            "kind": _choice(_("Movement"), _("All movements"), groups),
            "direction": _choice(_("Direction"), _("In and out"), ways),
            "from": _day(pgettext_lazy("day", "From")),
            "to": _day(pgettext_lazy("day", "To")),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("from") and data.get("to") and data["to"] < data["from"]:
            self.add_error("to", _("The last day lies before the first."))
        return data

    def wanted(self) -> Wanted:
        """What was asked for; nothing in particular while a field is wrong."""
        if not self.is_valid():
            return Wanted()
        data = self.cleaned_data
        return Wanted(data["from"], data["to"], data["kind"], data["direction"], data["search"].strip())
