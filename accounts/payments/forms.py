"""Page forms of payments."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.payments.models import Method
from accounts.wallet.forms import amount_field

SIMULATED_CARDS = [
    ("tok_ok", _("Test card that pays")),
    ("tok_pending", _("Test card that pays a few seconds later")),
    ("tok_declined", _("Test card that is declined")),
]


def card_field() -> forms.ChoiceField:
    """The choice among the test cards of the simulated gateway."""
    field = forms.ChoiceField(
        label=_("Card"), choices=SIMULATED_CARDS, initial="tok_ok", widget=forms.RadioSelect,
        help_text=_("This shop runs with a simulated gateway: no money moves."),
    )
    field.look = "cards"  # type: ignore[attr-defined]
    return field


class TopUpForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    amount = amount_field()
    method = forms.ChoiceField(
        label=_("How to pay"), initial=Method.CARTE, widget=forms.RadioSelect,
        choices=[(m.value, capfirst(m.label)) for m in (Method.CARTE, Method.MOBILE_MONEY)],
    )
    token = card_field()

    def service_arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
