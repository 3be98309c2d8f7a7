"""Alerts put off or settled: by hand, by an inspection that took place, by a repair order that is finished."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import Invalid
from garage.alerts import queries, rules
from garage.alerts.models import Alert, AlertKind, Check, Outcome, ServiceDone, TechnicalInspection
from garage.alerts.services.computing import compute_vehicles
from garage.vehicles import queries as vehicles
from garage.vehicles import services as vehicle_services
from garage.vehicles.models import Source

LONGEST_SNOOZE = timedelta(days=366)
MOST_KM = 9_999_999


@transaction.atomic
def snooze(*, actor: Actor, alert_id: int, until: date) -> Alert:
    """Put an alert off (staff): nobody hears of it before the day `until`. NotFound, Forbidden, AlertClosed; Invalid
    for a day that is not within the next year."""
    alert = locked_open(actor=actor, alert_id=alert_id)
    today = timezone.localdate()
    if not today < until <= today + LONGEST_SNOOZE:
        raise Invalid(errors={"until": [_("Choose a day from tomorrow on, within a year.")]})
    alert.snoozed_until = until
    alert.save(update_fields=["snoozed_until", "updated_at"])
    return alert


@transaction.atomic
def settle(
    *, actor: Actor, alert_id: int, on: date | None = None, km: int | None = None, outcome: str = Outcome.A,
    until: date | None = None,
) -> Alert:
    """Close an alert because it was seen to (staff), and note what that means: an inspection of that `outcome`, a
    service done `on` a day at `km`, an insurance that now runs `until`. The next turn counts from there. NotFound,
    Forbidden, AlertClosed, Invalid."""
    alert = locked_open(actor=actor, alert_id=alert_id)
    on = on or timezone.localdate()
    _check(on=on, km=km)
    how = Alert.Closed.MAIN
    _read(actor, alert, on, km)
    if alert.kind == AlertKind.CONTROLE_TECHNIQUE and alert.vehicle_id:
        how = Alert.Closed.CONTROLE
        _inspect(actor, alert.vehicle_id, alert.check_kind, on, km, outcome)
    elif alert.kind == AlertKind.ENTRETIEN and alert.item_id and alert.vehicle_id:
        ServiceDone.objects.create(
            vehicle_id=alert.vehicle_id, item_id=alert.item_id, on=on, km=km, source=ServiceDone.Source.MAIN,
            by=actor_user(actor),
        )
    elif alert.kind == AlertKind.ASSURANCE and alert.vehicle_id and until:
        if until < timezone.localdate():
            raise Invalid(errors={"until": [_("This day has passed.")]})
        vehicle_services.update_vehicle(actor=actor, vehicle_id=alert.vehicle_id, insurance_until=until)
    _close(alert, how, actor)
    if alert.kind in queries.OF_OWNERS and alert.vehicle_id:
        compute_vehicles(vehicle_ids=[alert.vehicle_id])
    return alert


@transaction.atomic
def record_inspection(
    *, actor: Actor, vehicle_id: int, on: date, check: str = Check.PERIODIQUE, km: int | None = None,
    outcome: str = Outcome.A,
) -> TechnicalInspection:
    """Note an inspection that took place (staff); the day of the next follows from the law. NotFound, Forbidden,
    Invalid."""
    vehicles.get_for(actor, vehicle_id, "write")
    queries.locked_vehicles([vehicle_id])
    _check(on=on, km=km)
    inspection = _inspect(actor, vehicle_id, check, on, km, outcome)
    compute_vehicles(vehicle_ids=[vehicle_id])
    return inspection


@transaction.atomic
def reset_for_order(*, order_id: int) -> int:
    """Note what a finished repair order did of the vehicle's maintenance, close the alerts about it, and compute the
    next; returns how many services. Safe to run twice: an order counts once per item."""
    order = queries.finished_order(order_id)
    if order is None:
        return 0
    queries.locked_vehicles([order.vehicle_id])
    on = timezone.localdate(order.ready_at or order.handed_over_at or timezone.now())
    items = queries.items_done_by(order)
    for item in items:
        ServiceDone.objects.update_or_create(
            order=order, item=item,
            defaults={
                "vehicle_id": order.vehicle_id, "on": on, "source": ServiceDone.Source.REPARATION,
                "km": order.vehicle.odometer_km if order.odometer_km is None else order.odometer_km,
            },
        )
    Alert.objects.filter(vehicle=order.vehicle_id, item__in=items, done_at=None).update(
        done_at=timezone.now(), done_how=Alert.Closed.REPARATION, updated_at=timezone.now()
    )
    compute_vehicles(vehicle_ids=[order.vehicle_id])
    return len(items)


def locked_open(*, actor: Actor, alert_id: int) -> Alert:
    """The alert to settle, locked after its vehicle."""
    alert = queries.get_for(actor, alert_id, "write")
    if alert.vehicle_id:
        queries.locked_vehicles([alert.vehicle_id])
    alert = queries.locked(alert.pk)
    if alert.done_at:
        raise rules.AlertClosed
    return alert


def _close(alert: Alert, how: str, actor: Actor) -> None:
    alert.done_at, alert.done_how, alert.done_by = timezone.now(), how, actor_user(actor)
    alert.save(update_fields=["done_at", "done_how", "done_by", "updated_at"])


def _check(*, on: date, km: int | None) -> None:
    errors = {}
    if not date(1950, 1, 1) <= on <= timezone.localdate():
        errors["on"] = [_("Choose today or a day that has passed.")]
    if km is not None and not 0 <= km <= MOST_KM:
        errors["km"] = [_("Kilometres go from 0 to 9,999,999.")]
    if errors:
        raise Invalid(errors=errors)


def _read(actor: Actor, alert: Alert, on: date, km: int | None) -> None:
    """What the odometer said when the vehicle was seen to."""
    if km is not None and alert.vehicle_id and alert.kind in queries.OF_OWNERS:
        inspected = alert.kind == AlertKind.CONTROLE_TECHNIQUE
        vehicle_services.record_reading(
            actor=actor, vehicle_id=alert.vehicle_id, km=km, read_on=on,
            source=Source.CONTROLE if inspected else Source.ATELIER,
        )


def _inspect(
    actor: Actor, vehicle_id: int, check: str, on: date, km: int | None, outcome: str
) -> TechnicalInspection:
    """Note an inspection, and the day of the next on the vehicle when it is the periodic one."""
    vehicle = vehicles.get_for(SYSTEM, vehicle_id)
    law = queries.rules_in_force(on) or queries.rules_in_force(timezone.localdate())
    rule = queries.rule_for(vehicle, check, law)
    terms = rule.terms if rule else rules.Terms(every_months=24)
    failed = queries.last_failed(vehicle, check)
    good_until = rules.after_inspection(terms, on, outcome, failed.on if failed and failed.on <= on else None)
    inspection = TechnicalInspection.objects.create(
        vehicle=vehicle, check_kind=check, on=on, km=km, outcome=outcome, good_until=good_until, by=actor_user(actor)
    )
    if check == Check.PERIODIQUE:
        vehicle_services.update_vehicle(actor=actor, vehicle_id=vehicle_id, inspection_due=good_until)
    return inspection
