"""An alert becomes a priced draft: what its packages contain at today's prices, and when there is room for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from garage.alerts import queries, rules
from garage.alerts.models import Alert, AlertKind
from garage.alerts.services.settling import locked_open, snooze
from garage.quotes import offers
from garage.quotes import services as quote_services
from garage.quotes.models import LineKind, Quote, Skill
from garage.workshop.models import Appointment
from garage.workshop.queries import appointments
from garage.workshop.queries.appointments import FreeSlot
from garage.workshop.services import appointments as booking
from shop.invoices import queries as invoices
from shop.invoices.models import VatRate

QUOTABLE = (AlertKind.CONTROLE_TECHNIQUE, AlertKind.ENTRETIEN)
LOOK_AHEAD = 21  # days
ONE_HOUR = Decimal(1)
ALIVE = (Quote.Status.BROUILLON, Quote.Status.ENVOYE, Quote.Status.ACCEPTE)


@dataclass(frozen=True)
class Draft:
    quote: Quote
    slot: FreeSlot | None  # the booked time, else the first free one that is long enough
    made: bool  # False: it was there already
    appointment: Appointment | None = None


@transaction.atomic
def make_quote(*, actor: Actor, alert_id: int, book: bool = False) -> Draft:
    """Draft what an inspection or service needs (staff), with the first free slot in the message to the client, and
    `book` that slot, which puts the alert off until the day after. Asked again it answers the same draft and
    appointment. NotFound, Forbidden, AlertClosed, NothingToQuote, NoLabourRate; SlotTaken, and then nothing is made."""
    alert = locked_open(actor=actor, alert_id=alert_id)
    vehicle = alert.vehicle
    if alert.kind not in QUOTABLE or vehicle is None:
        raise rules.NothingToQuote
    if book:
        # Others wait from here on, so that the free slot stays free; the counter of quotes must be locked after it.
        appointments.lock_resources()
    if alert.draft is not None and _is_alive(alert.draft):
        return _with_slot(actor, alert, alert.draft, book)
    quote = quote_services.create_quote(
        actor=actor, client_id=vehicle.client_id, vehicle_id=vehicle.pk, lines=_lines(alert),
        odometer_km=vehicle.odometer_km,
    )
    alert.draft = quote
    alert.save(update_fields=["draft", "updated_at"])
    draft = _with_slot(actor, alert, quote, book)
    if draft.slot is not None:
        message = _proposal(quote, draft.slot, booked=draft.appointment is not None)
        quote_services.update_quote(actor=actor, quote_id=quote.pk, message=message)
        quote.refresh_from_db()
    return replace(draft, made=True)


def _with_slot(actor: Actor, alert: Alert, quote: Quote, book: bool) -> Draft:
    """A draft with its appointment, booked now if it is wanted and there is none yet, or with the first free slot."""
    booked = appointments.of_quote(quote.pk).order_by("pk").first()
    slot = None if booked else first_slot(quote)
    if book and slot:
        booked = _book(actor, alert, slot.starts_at, quote)
    if booked:
        slot = FreeSlot(booked.starts_at, booked.ends_at)
    return Draft(quote, slot, made=False, appointment=booked)


def first_slot(quote: Quote) -> FreeSlot | None:
    """The first time within three weeks that a lift and mechanic have for what a quote needs, of an hour at least."""
    return next(iter(_free(*appointments.quote_needs(quote))), None)


def slots_for(alert: Alert) -> list[FreeSlot]:
    """Free times for what an open alert asks for: its draft, else what would be offered."""
    return _free(*_needs(alert)) if alert.kind in QUOTABLE and not alert.done_at else []


@transaction.atomic
def book_slot(*, actor: Actor, alert_id: int, starts_at: datetime) -> Appointment:
    """Book a time for what an alert asks for (staff), and put the alert off until the day after. NotFound, Forbidden,
    AlertClosed, NothingToQuote; Invalid and SlotTaken as workshop.services.book_appointment."""
    alert = locked_open(actor=actor, alert_id=alert_id)
    if alert.kind not in QUOTABLE or alert.vehicle_id is None:
        raise rules.NothingToQuote
    return _book(actor, alert, starts_at, alert.draft if _is_alive(alert.draft) else None)


def _book(actor: Actor, alert: Alert, starts_at: datetime, quote: Quote | None) -> Appointment:
    assert alert.vehicle_id is not None  # the callers asked
    hours, skill = _needs(alert)
    booked = booking.book_appointment(
        actor=actor, vehicle_id=alert.vehicle_id, starts_at=starts_at, hours=hours or ONE_HOUR, skill=skill,
        reason=alert.title, quote_id=quote.pk if quote else None, for_alert=True,
    )
    snooze(actor=actor, alert_id=alert.pk, until=timezone.localdate(booked.starts_at) + timedelta(days=1))
    return booked


def _is_alive(draft: Quote | None) -> bool:
    return draft is not None and draft.status in ALIVE


def _needs(alert: Alert) -> tuple[Decimal, str]:
    """Hours and skill."""
    if _is_alive(alert.draft):
        return appointments.quote_needs(alert.draft)
    package = queries.package_for(alert)
    return appointments.package_needs(package) if package else (ONE_HOUR, "")


def _free(hours: Decimal, skill: str) -> list[FreeSlot]:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return appointments.free_slots(hours=hours or ONE_HOUR, from_day=tomorrow, days=LOOK_AHEAD, skill=skill)


def _proposal(quote: Quote, slot: FreeSlot, *, booked: bool) -> str:
    with translation.override(quote.language):
        when = timezone.localtime(slot.starts_at)
        text = (
            _("We expect your vehicle on %(day)s at %(time)s.") if booked
            else _("We could take your vehicle on %(day)s at %(time)s.")
        )
        return text % {"day": date_format(when, "l j F"), "time": date_format(when, "TIME_FORMAT")}


def _lines(alert: Alert) -> list[dict[str, Any]]:
    """What the package of an alert contains, else an hour of routine servicing."""
    package, rates = queries.package_for(alert), {rate.skill: rate for rate in offers.rates_in_force()}
    if package is not None:
        lines = offers.package_lines(package, Decimal(1), rates)
    else:
        rate = rates.get(Skill.T1)
        lines = [{
            "kind": LineKind.MAIN_OEUVRE, "description": alert.title, "skill": Skill.T1, "quantity": 1,
            "unit_price": rate and rate.price, "vat_rate": rate and rate.vat_rate,
        }]
    if any(line["unit_price"] is None for line in lines):
        raise rules.NoLabourRate
    return _of_territory(lines)


def _of_territory(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines whose VAT rate the shop may charge today: one that its territory does not know (20 % in Réunion) becomes
    the standard rate there, or none for an exempt seller. Prices incl. VAT stay."""
    rates = invoices.vat_rates_in_force()
    allowed = {rate.rate for rate in rates}
    normal = next((rate.rate for rate in rates if rate.code == VatRate.Code.NORMAL), min(allowed, default=Decimal(0)))
    return [
        {**line, "vat_rate": line["vat_rate"] if Decimal(line["vat_rate"]) in allowed else normal} for line in lines
    ]
