"""Page form of the notification preferences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from support.notifications.models import Channel, Topic


class PreferencesForm(forms.Form):
    """One row of boxes per topic, and the quiet hours."""

    quiet_from = forms.TimeField(
        label=_("Phones stay silent from"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Text messages and mobile notifications wait until the end. Leave both empty for none."),
    )
    quiet_until = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, preferences: dict[str, Any] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = {row["topic"]: row["channels"] for row in (preferences or {}).get("topics", [])}
        for topic in Topic:
            on = [channel for channel, enabled in known.get(topic.value, {}).items() if enabled]
            self.fields[topic.value] = forms.MultipleChoiceField(
                label=topic.label, choices=Channel.choices, required=False, initial=on,
                widget=forms.CheckboxSelectMultiple,
            )
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].initial = (preferences or {}).get(name)
        self.order_fields([*(t.value for t in Topic), "quiet_from", "quiet_until"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if (start is None) != (end is None) and not self.errors:
            self.add_error("quiet_until" if end is None else "quiet_from", _("Give both times, or neither."))
        return data

    def topics(self) -> list[forms.BoundField]:
        """The rows of boxes, for the template."""
        return [self[topic.value] for topic in Topic]

    def channels(self) -> dict[str, dict[str, bool]]:
        """topic → channel → on, for every topic and channel."""
        return {t.value: {c.value: c.value in self.cleaned_data[t.value] for c in Channel} for t in Topic}

    def quiet(self) -> tuple[Any, Any] | None:
        start, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (start, end) if start is not None and end is not None else None
