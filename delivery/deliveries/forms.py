"""Input of the sender's pages: sending a parcel is one question at a time."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.deliveries.models import Award, Method, Mode, Size
from delivery.deliveries.rules import MAX_PARCELS, MAX_WEIGHT_KG

OPEN_FOR = [
    (600, _("10 minutes")), (1800, _("30 minutes")), (3600, _("1 hour")), (10800, _("3 hours")), (86400, _("1 day")),
]


def _text(label: Any, limit: int, autocomplete: str, *, required: bool = True, hint: Any = "", **attrs: str) -> Any:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attrs})
    return forms.CharField(label=label, max_length=limit, required=required, help_text=hint, widget=widget)


def looking(field: Any, look: str) -> Any:
    """The field with a width or weight that the form partial knows."""
    field.look = look
    return field


class PlaceForm(forms.Form):
    """One end of the way; field names are those of a place in the API."""

    line1 = _text(
        _("Number and street"), 160, "address-line1", hint=_("For example 41 rue du Temple."),
        **{"data-place-search": "", "list": "places"},
    )
    postal_code = looking(_text(_("Postal code"), 12, "postal-code", required=False, inputmode="numeric"), "short")
    city = _text(_("Town"), 100, "address-level2")
    name = _text(_("Who is there"), 120, "name", hint=_("A person or a shop, as on the door."))
    phone = _text(
        _("Phone"), 32, "tel", required=False, inputmode="tel", hint=_("Only the chosen courier sees it.")
    )
    instructions = _text(_("How to find the door"), 300, "off", required=False, hint=_("Door code, floor, yard."))

    def place(self) -> dict[str, str]:
        """What was typed, in the form of the service."""
        return {key: str(value) for key, value in self.cleaned_data.items()}


class ParcelForm(forms.Form):
    size = looking(
        forms.ChoiceField(label=_("How big is it?"), choices=Size.choices, widget=forms.RadioSelect, initial=Size.S),
        "cards",
    )
    weight_kg = looking(
        forms.DecimalField(
            label=_("Weight in kg"), min_value=Decimal("0.01"), max_value=MAX_WEIGHT_KG, decimal_places=3,
            localize=True, initial=Decimal(1), widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        ),
        "short",
    )
    count = looking(
        forms.IntegerField(
            label=_("How many of them?"), min_value=1, max_value=MAX_PARCELS, initial=1,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        ),
        "short",
    )
    note = _text(_("A word for the couriers"), 300, "off", required=False, hint=_("Fragile, cold, a birthday…"))

    def parcels(self) -> list[dict[str, str]]:
        data = self.cleaned_data
        return [{"weight_kg": str(data["weight_kg"]), "size": data["size"]}] * data["count"]


class OfferForm(forms.Form):
    mode = looking(
        forms.ChoiceField(
            label=_("How is the price found?"), widget=forms.RadioSelect, initial=Mode.ENCHERE,
            choices=[
                (Mode.ENCHERE, _("Couriers bid below your highest price")),
                (Mode.PRIX_FIXE, _("Fixed price: the first courier takes it")),
            ],
        ),
        "cards",
    )
    max_price = looking(
        forms.DecimalField(
            label=_("Highest price"), min_value=Decimal("1.00"), max_value=Decimal(10_000), decimal_places=2,
            localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            help_text=_("You never pay more. Nothing is taken before a courier is chosen."),
        ),
        "money",
    )
    award = looking(
        forms.ChoiceField(
            label=_("Who chooses the courier?"), widget=forms.RadioSelect, initial=Award.MANUELLE,
            choices=[
                (Award.MANUELLE, _("I compare the bids and choose")),
                (Award.AUTOMATIQUE, _("The best score wins when the time is over")),
            ],
        ),
        "cards",
    )
    closes_in_s = forms.TypedChoiceField(label=_("How long is it open?"), choices=OPEN_FOR, coerce=int, initial=1800)
    handover_methods = forms.MultipleChoiceField(
        label=_("Beside the six-digit code, the courier may hand over by"), required=False,
        choices=[(Method.PHOTO, _("a photo of the parcel")), (Method.SIGNATURE, _("a signature"))],
        widget=forms.CheckboxSelectMultiple,
    )


class RepostForm(forms.Form):
    max_price = OfferForm.base_fields["max_price"]
    closes_in_s = OfferForm.base_fields["closes_in_s"]
