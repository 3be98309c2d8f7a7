"""Page forms of appointments."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from garage.quotes.models import Package, Quote
from garage.vehicles.models import Energy, Kind, Vehicle
from garage.vehicles.rules import BadPlate, normal_plate
from garage.workshop import rules
from garage.workshop.models import Resource
from garage.workshop.queries import appointments as queries

IN_WORDS = "autre"
QUARTER_S = 900


def short(field: forms.Field) -> forms.Field:
    """A narrow field in the page."""
    field.look = "short"  # type: ignore[attr-defined]
    return field


class VehicleStep(forms.Form):
    vehicle = forms.ChoiceField(label=_("Which vehicle?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, vehicles: list[Vehicle], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].choices = [(str(row.pk), row.plate) for row in vehicles]  # type: ignore[attr-defined]


class WorkStep(forms.Form):
    """A package, a quote of this vehicle, or the client's own words."""

    travail = forms.ChoiceField(label=_("What is to be done?"), widget=forms.RadioSelect)
    mots = forms.CharField(
        label=_("In your own words"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you notice, since when. Needed when nothing in the list fits."),
    )

    def __init__(self, *args: Any, packages: list[Package], quotes: list[Quote], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["travail"].choices = [  # type: ignore[attr-defined]
            *((f"devis-{row.pk}", _("Quote %(number)s") % {"number": row.number}) for row in quotes),
            *((f"forfait-{row.pk}", row.name) for row in packages),
            (IN_WORDS, _("Something else")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("travail") == IN_WORDS and not data.get("mots"):
            self.add_error("mots", _("Say in a few words what it is about."))
        return data


class OwnVehicleForm(forms.Form):
    plate = short(forms.CharField(
        label=_("Plate"), max_length=20, help_text=_("AB-123-CD, or 1234 AB 75 for an older one"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    ))
    make = forms.CharField(label=_("Make"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    model = forms.CharField(label=_("Model"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    energy = forms.ChoiceField(label=_("Energy"), choices=Energy.choices)
    phone = PhoneNumberField(
        label=_("Phone"), required=False, help_text=_("So that we can reach you while we work on it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )


class WhenForm(forms.Form):
    """Day and hour as the clock in the garage shows them, and how long."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = short(forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time", "step": QUARTER_S}, format="%H:%M")
    ))
    hours = short(forms.DecimalField(
        label=_("Hours of work"), min_value=rules.LEAST_HOURS, max_value=rules.MOST_HOURS, max_digits=5,
        decimal_places=2, initial=Decimal(1), help_text=_("Within the opening hours; breaks and nights come on top."),
        widget=forms.NumberInput(attrs={"step": "0.25", "inputmode": "decimal"}),
    ))
    lift = forms.TypedChoiceField(label=_("Lift"), coerce=int, empty_value=None, required=False)
    mechanic = forms.TypedChoiceField(label=_("Mechanic"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = queries.resources()
        for name, kind in (("lift", Resource.Kind.PONT), ("mechanic", Resource.Kind.MECANICIEN)):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", _("Whoever is free")), *((row.pk, row.name) for row in rows if row.kind == kind)
            ]

    @property
    def starts_at(self) -> datetime:
        zone = timezone.get_default_timezone()
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], zone)


class StaffBookForm(WhenForm):
    plate = short(forms.CharField(
        label=_("Plate"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    ))
    reason = forms.CharField(label=_("What for?"), max_length=300, required=False)
    quote = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ["plate", "reason", "day", "time", "hours", "lift", "mechanic"]

    def clean_plate(self) -> str:
        try:
            return normal_plate(self.cleaned_data["plate"])
        except BadPlate:
            return self.cleaned_data["plate"].strip().upper()  # a foreign one


class MoveForm(WhenForm):
    field_order = ["day", "time", "hours", "lift", "mechanic"]


class DropForm(forms.Form):
    """Where a block of the board was dropped: a day and hour, on a lift or with a mechanic."""

    to = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M"])
    lift = forms.IntegerField(required=False)
    mechanic = forms.IntegerField(required=False)
