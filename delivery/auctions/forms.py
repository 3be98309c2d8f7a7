"""Input of a courier's bid."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.auctions.rules import LONGEST_MINUTES


class BidForm(forms.Form):
    amount = forms.DecimalField(
        label=_("My price"), min_value=Decimal("0.01"), decimal_places=2, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    eta_minutes = forms.IntegerField(
        label=_("Minutes until the handover"), min_value=1, max_value=LONGEST_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(label=_("A word for the sender"), max_length=300, required=False)
    amount.look = "money"  # type: ignore[attr-defined]
    eta_minutes.look = "short"  # type: ignore[attr-defined]
