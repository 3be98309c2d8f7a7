"""Input of the pages of repair orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.parsing import load_json
from delivery.deliveries.forms import looking
from garage.quotes.models import Skill
from garage.workshop import checklists
from garage.workshop import rules_repairs as rules
from garage.workshop.models import Inspection, RepairOrder
from garage.workshop.queries import repairs as queries
from shop.returns.forms import PhotosField

FUEL = [
    (0, _("empty")), (1, "⅛"), (2, "¼"), (3, "⅜"), (4, "½"), (5, "⅝"), (6, "¾"), (7, "⅞"), (8, _("full")),
]


def number(label: Any, most: int, **kwargs: Any) -> Any:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return looking(forms.IntegerField(label=label, min_value=0, max_value=most, widget=widget, **kwargs), "short")


def moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **kwargs)


class JSONText(forms.CharField):
    """What a script of the page wrote into a hidden field; an empty one is an empty list."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return load_json(text) if text else []
        except ValueError:
            raise forms.ValidationError(_("These marks cannot be read.")) from None


class FindForm(forms.Form):
    search = forms.CharField(label=_("Number, client, plate or words"), required=False, max_length=80)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("all")), ("ICI", _("in the workshop")),
                                                     *RepairOrder.Status.choices],
    )


class NewOrderForm(forms.Form):
    vehicle = forms.CharField(
        label=_("Plate"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True})
    )
    complaint = forms.CharField(
        label=_("What does the client ask for?"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_vehicle(self) -> int:
        words = self.cleaned_data["vehicle"]
        found = queries.vehicles_in_use(words)
        if len(found) != 1:
            none, several = _("No vehicle in use has this plate."), _("Several vehicles fit: write the whole plate.")
            raise forms.ValidationError(several if found else none)
        return found[0].pk


class IntakeForm(forms.Form):
    odometer_km = number(_("Kilometres on the dashboard"), rules.MOST_KM)
    fuel = forms.TypedChoiceField(
        label=_("Fuel or charge"), choices=FUEL, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    damage = JSONText(required=False, max_length=30_000)
    belongings = forms.CharField(
        label=_("Left in the vehicle"), required=False, max_length=300,
        help_text=_("Papers, keys, child seat, tools…"),
    )
    photos = PhotosField(label=_("Photos"), required=False, help_text=_("Around the vehicle, and each damage."))
    signed_by = forms.CharField(
        label=_("Name of who signs"), required=False, max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signature = JSONText(required=False, max_length=120_000)

    # A mark in words: by keyboard, or without JavaScript.
    mark_view = forms.ChoiceField(label=_("Where"), required=False)
    mark_kind = forms.ChoiceField(label=_("What"), required=False, choices=list(checklists.DAMAGE.items()))
    mark_note = forms.CharField(label=_("Note"), max_length=120, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        views = [("", "—"), *((code, checklists.VIEWS[code]) for code in checklists.VIEWS_OF[kind])]
        self.fields["mark_view"].choices = views  # type: ignore[attr-defined]

    def marks(self) -> list[Any]:
        """The marks of the sketch, then the one given in words."""
        data = self.cleaned_data
        if not data["mark_view"] or not isinstance(data["damage"], list):
            return data["damage"]
        words = {"view": data["mark_view"], "kind": data["mark_kind"] or "OTHER", "note": data["mark_note"]}
        return [*data["damage"], words]


class PointForm(forms.Form):
    state = forms.ChoiceField(choices=Inspection.State.choices)
    note = forms.CharField(required=False, max_length=300)
    photos = PhotosField(required=False)


class QuantityForm(forms.Form):
    quantity = forms.DecimalField(required=False, max_digits=8, decimal_places=2, localize=True)


class TaskForm(forms.Form):
    description = forms.CharField(label=_("What is to be done"), max_length=200)
    planned_hours = looking(
        forms.DecimalField(
            label=_("Hours planned"), required=False, max_digits=5, decimal_places=2, min_value=0, localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        ), "short",
    )


class ExtraPartForm(forms.Form):
    sku = forms.CharField(
        label=_("SKU in the shop"), required=False, max_length=40, help_text=_("Empty: bought in."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    part = forms.CharField(label=_("What it is"), required=False, max_length=200)
    quantity = looking(
        forms.DecimalField(
            label=_("Quantity"), max_digits=8, decimal_places=2, localize=True, initial=1,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        ), "short",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300)


class PhotosForm(forms.Form):
    photos = PhotosField(label=_("Photos"))


class PromiseForm(forms.Form):
    promised_at = moment(_("Promised for"), required=False)


class MechanicForm(forms.Form):
    mechanic = forms.TypedChoiceField(label=_("Mechanic"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = [(row.pk, row.name) for row in queries.mechanics()]
        self.fields["mechanic"].choices = [("", "—"), *rows]  # type: ignore[attr-defined]


class ReadyForm(forms.Form):
    unused_back = forms.BooleanField(required=False)


class TimeForm(forms.Form):
    started_at = moment(_("from"))
    ended_at = moment(_("until"))


class OrderPartsForm(forms.Form):
    """`parts` are ticked in the list itself."""

    parts = forms.TypedMultipleChoiceField(coerce=int, required=False)
    supplier = forms.CharField(label=_("Supplier"), max_length=80)
    expected_on = forms.DateField(
        label=_("Expected on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = [(row.pk, str(row)) for row in rows]  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    to = forms.CharField(
        label=_("Who takes the vehicle?"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    odometer_km = number(_("Kilometres on the dashboard"), rules.MOST_KM, required=False)
    unpaid_reason = forms.CharField(
        label=_("Why does it leave unpaid?"), max_length=300, required=False,
        help_text=_("It stands in the history."),
    )

    def __init__(self, *args: Any, paid: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if paid:
            del self.fields["unpaid_reason"]


class ExtraWorkForm(forms.Form):
    """The points of the checklist that are not good, each with the hours to mend it, and lines of one's own."""

    message = forms.CharField(
        label=_("Word to the client"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    own = forms.CharField(label=_("Other work"), required=False, max_length=200)
    own_hours = looking(
        forms.DecimalField(
            label=_("Hours"), required=False, min_value=0, max_digits=5, decimal_places=2, localize=True, initial=1,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        ), "short",
    )
    skill = forms.ChoiceField(label=_("Hourly rate"), choices=Skill.choices, initial=Skill.T2)

    def __init__(self, *args: Any, points: list[Inspection], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.points = points
        for point in points:
            self.fields[f"point_{point.pk}"] = forms.BooleanField(
                label=str(point), required=False, initial=point.state == Inspection.State.ROUGE,
                help_text=" · ".join(filter(None, [point.get_state_display(), point.note])),
            )
            self.fields[f"hours_{point.pk}"] = looking(forms.DecimalField(
                label=_("Hours"), required=False, min_value=0, max_digits=5, decimal_places=2, initial=1,
                localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            ), "short")

    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"point_{point.pk}"], self[f"hours_{point.pk}"]) for point in self.points]

    def lines(self) -> list[dict[str, Any]]:
        """Lines of labour for the quote; parts are added to the draft."""
        data = self.cleaned_data
        found = [
            (f"{point}: {point.note}" if point.note else str(point), data[f"hours_{point.pk}"])
            for point in self.points if data[f"point_{point.pk}"]
        ]
        if data["own"]:
            found.append((data["own"], data["own_hours"]))
        return [
            {"kind": "MAIN_OEUVRE", "description": words[:200], "skill": data["skill"], "quantity": hours or 1}
            for words, hours in found
        ]
