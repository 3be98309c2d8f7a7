"""Page forms of the alerts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from garage.alerts.models import Alert, AlertKind, AlertLevel, Outcome

PRESETS = ((7, _("A week")), (30, _("A month")), (90, _("Three months")))
STATES = (
    ("open", pgettext_lazy("alerts", "Open")), ("snoozed", _("Put off")), ("closed", pgettext_lazy("alerts", "Closed")),
    ("all", _("All")),
)  # fmt: skip


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **kwargs)


class FindForm(forms.Form):
    """The filters of the list, as they stand in its address."""

    search = forms.CharField(
        label=_("Plate, client, quote or part"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-key": "/"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *AlertKind.choices])
    level = forms.ChoiceField(label=_("Urgency"), required=False, choices=[("", _("All")), *AlertLevel.choices])
    client = forms.TypedChoiceField(label=_("Client"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("Show"), required=False, choices=STATES)

    def __init__(self, *args: Any, clients: Sequence[tuple[int, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = [("", _("All")), *clients]  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """A day, or one of the buttons `days`."""

    days = forms.TypedChoiceField(
        choices=[(str(days), label) for days, label in PRESETS], coerce=int, required=False, empty_value=None,
        widget=forms.HiddenInput,
    )
    until = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"auto_id": "snooze-%s", **kwargs})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("days"):
            data["until"] = timezone.localdate() + timedelta(days=data["days"])
        elif not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose a day."))
        return data


class DoneForm(forms.Form):
    """What is noted when an alert is settled, by its kind."""

    on = day_field(_("When?"), required=False)
    km = forms.IntegerField(
        label=_("Odometer (km)"), required=False, min_value=0, max_value=9_999_999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, required=False)
    until = day_field(_("Now insured until"), required=False)
    FIELDS = {
        AlertKind.CONTROLE_TECHNIQUE: ("on", "km", "outcome"), AlertKind.ENTRETIEN: ("on", "km"),
        AlertKind.ASSURANCE: ("until",),
    }  # fmt: skip

    def __init__(self, *args: Any, alert: Alert, **kwargs: Any):
        super().__init__(*args, **{"auto_id": "done-%s", **kwargs})
        wanted = self.FIELDS.get(AlertKind(alert.kind), ())
        for name in set(self.fields) - set(wanted):
            del self.fields[name]
        if "on" in self.fields:
            self.fields["on"].initial = timezone.localdate
        if "km" in self.fields:
            self.fields["km"].look = "short"  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """As services.settle takes them: what was left empty is not said."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
