"""What pages show of alerts. `{% load alerts %}`."""

from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from garage.alerts import queries

register = template.Library()
SHOWN = 20


@register.filter
def in_days(day: date | None) -> str:
    """How far away a day is, in words: `today`, `in 5 days`, `3 days late`."""
    if day is None:
        return ""
    left = (day - timezone.localdate()).days
    if not left:
        return gettext("today")
    if left > 0:
        return ngettext("in %d day", "in %d days", left) % left
    return ngettext("%d day late", "%d days late", -left) % -left


@register.inclusion_tag("garage/alerts/_mine.html", takes_context=True)
def my_alerts(context: template.Context) -> dict[str, Any]:
    """Open alerts of the reader's own vehicles: `{% my_alerts %}`."""
    return {"alerts": list(queries.of_person(context["request"].user)[:SHOWN])}
