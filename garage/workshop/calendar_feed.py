"""Appointments as iCalendar (RFC 5545): a mechanic's feed, and one to keep for its client. No ORM, no clock."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from garage.workshop.models import Appointment, Resource
from garage.workshop.rules import short_name

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//garage//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _event(appointment: Appointment, summary: str, changes: int) -> Event:
    """The uid never changes and the sequence only grows, so that a moved or cancelled appointment is the same one."""
    zone = timezone.get_default_timezone()
    cancelled = appointment.status in (Appointment.Status.ANNULE, Appointment.Status.ABSENT)
    event = Event()
    event.add("uid", f"appointment-{appointment.pk}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}")
    event.add("sequence", changes)
    event.add("dtstamp", appointment.updated_at)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", summary)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def mechanic_feed(mechanic: Resource, appointments: Iterable[Appointment]) -> bytes:
    """What a mechanic works on; of its client only the short name. Appointments as `queries.feed_of` reads them."""
    calendar = _calendar(_("%(name)s, garage") % {"name": mechanic.name})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for appointment in appointments:
        vehicle, changes = appointment.vehicle, appointment.changes  # type: ignore[attr-defined]
        event = _event(appointment, f"{vehicle.plate} · {appointment.reason or vehicle.model}", changes)
        event.add("location", appointment.lift.name)
        event.add("description", f"{vehicle.make} {vehicle.model}\n{short_name(appointment.client.name)}")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def place() -> str:
    """Where to bring the vehicle."""
    return f"{settings.SHOP_NAME}, {settings.SHOP_LINE1}, {settings.SHOP_POSTAL_CODE} {settings.SHOP_CITY}"


def own_appointment(appointment: Appointment, changes: int) -> bytes:
    """One appointment for its client's own calendar: when to bring the vehicle, and where."""
    calendar = _calendar(settings.SITE_NAME)
    event = _event(appointment, _("Garage: %(plate)s") % {"plate": appointment.vehicle.plate}, changes)
    event.add("location", place())
    event.add("description", appointment.reason)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()
