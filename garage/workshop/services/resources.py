"""Lifts, mechanics, their hours and closures; public holidays; the address of a mechanic's calendar."""

from collections.abc import Iterable
from datetime import date, time
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.users.models import User
from config.lib.actors import Actor
from config.lib.errors import NotFound
from config.lib.holidays import french_holidays
from garage.clients.queries import require_staff
from garage.clients.services import checked_save
from garage.workshop.models import Closure, OpeningHours, Resource

YEARS_AHEAD = 2


class ResourceFields(TypedDict, total=False):
    kind: str
    name: str
    user: User | None
    skill: str
    is_active: bool
    position: int


class ClosureFields(TypedDict, total=False):
    resource: Resource | None
    first_day: date
    last_day: date
    label: str


def _resource(resource_id: int | None) -> Resource | None:
    if resource_id is None:
        return None
    row = Resource.objects.filter(pk=resource_id).first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def save_resource(*, actor: Actor, resource_id: int | None = None, **values: Unpack[ResourceFields]) -> Resource:
    """Enter or change a lift or mechanic (staff). Forbidden, NotFound; Invalid on a field, also for a lift with an
    account or a skill."""
    require_staff(actor)
    row = _resource(resource_id) or Resource()
    for name, value in values.items():
        setattr(row, name, value)
    checked_save(row)
    return row


@transaction.atomic
def set_hours(
    *, actor: Actor, resource_id: int | None = None, hours: Iterable[tuple[int, time, time]]
) -> list[OpeningHours]:
    """Replace the week of the garage (no resource), a lift or a mechanic (staff): (weekday, opens, closes), Monday
    is 0. Appointments that were booked before stay. Forbidden, NotFound, Invalid."""
    require_staff(actor)
    of = _resource(resource_id)
    OpeningHours.objects.filter(resource=of).delete()
    rows = [OpeningHours(resource=of, weekday=day, opens=opens, closes=closes) for day, opens, closes in hours]
    for row in rows:
        checked_save(row)
    return rows


@transaction.atomic
def save_opening(*, actor: Actor, opening: OpeningHours) -> OpeningHours:
    """Write one row of opening hours as a form filled it (staff). Forbidden, Invalid."""
    require_staff(actor)
    checked_save(opening)
    return opening


@transaction.atomic
def remove_opening(*, actor: Actor, opening_id: int) -> None:
    require_staff(actor)
    OpeningHours.objects.filter(pk=opening_id).delete()


@transaction.atomic
def save_closure(*, actor: Actor, closure_id: int | None = None, **values: Unpack[ClosureFields]) -> Closure:
    """Close the garage, a lift or a mechanic on days (staff). Appointments booked on them stay: the caller shows
    `queries.in_conflict(closure)`. Forbidden, NotFound, Invalid."""
    require_staff(actor)
    row = Closure() if closure_id is None else Closure.objects.filter(pk=closure_id).first()
    if row is None:
        raise NotFound
    for name, value in values.items():
        setattr(row, name, value)
    checked_save(row)
    return row


@transaction.atomic
def remove_closure(*, actor: Actor, closure_id: int) -> None:
    """Open again on the days of a closure (staff)."""
    require_staff(actor)
    Closure.objects.filter(pk=closure_id).delete()


@transaction.atomic
def load_holidays(*, first_year: int, years: int = YEARS_AHEAD + 1) -> int:
    """Close the garage on French public holidays; returns how many were entered.

    A year is entered once: a holiday that staff took away, because they work on it, does not come back.
    """
    count = 0
    for year in range(first_year, first_year + years):
        if Closure.objects.filter(is_holiday=True, first_day__year=year).exists():
            continue
        with translation.override("fr"):
            rows = [
                Closure(first_day=day, last_day=day, label=_(name), is_holiday=True)
                for day, name in french_holidays(year)
            ]
        count += len(Closure.objects.bulk_create(rows))
    return count


def load_coming_holidays() -> int:
    """This year's and the next ones'. Safe to run twice."""
    return load_holidays(first_year=timezone.localdate().year)


@transaction.atomic
def renew_feed(*, actor: Actor, resource_id: int) -> Resource:
    """End every address of a mechanic's calendar that was given out, and give a new one (staff). NotFound."""
    require_staff(actor)
    if not Resource.objects.filter(pk=resource_id, kind=Resource.Kind.MECANICIEN).update(
        feed_version=F("feed_version") + 1
    ):
        raise NotFound
    return Resource.objects.get(pk=resource_id)
