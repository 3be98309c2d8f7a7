"""What is due today becomes alerts, what is no longer due closes, and each rung of the ladder is told once.

Safe to run at any time and twice: a key is open once, and the vehicles of a run are locked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from garage.alerts import queries, rules
from garage.alerts.models import Alert, AlertKind, AlertStep, Check, InspectionRule, MaintenanceItem
from garage.alerts.queries import Facts
from garage.quotes.models import Quote
from garage.vehicles.models import Status

CHUNK = 200
WATCHED = ("level", "rung", "due_on", "due_km", "by_km")


@dataclass(frozen=True)
class Found:
    """An alert as it should be."""

    key: str
    kind: str
    rung: int
    due_on: date | None
    due_km: int | None = None
    by_km: bool = False
    vehicle_id: int | None = None
    item_id: int | None = None
    quote_id: int | None = None
    product_id: int | None = None
    check_kind: str = ""

    def values(self) -> dict[str, object]:
        return {**self.__dict__, "level": rules.LEVEL_OF[self.rung]}


def compute_all() -> int:
    """Every vehicle in use and part; returns how many alerts are open. Quotes have an hour of their own."""
    for ids in queries.chunks_of_vehicles(CHUNK):
        compute_vehicles(vehicle_ids=ids)
    compute_stock()
    return queries.open_now().count()


@transaction.atomic
def compute_vehicles(*, vehicle_ids: Sequence[int]) -> None:
    """Inspection, insurance and maintenance of these vehicles, in a number of queries that does not grow with them."""
    today = timezone.localdate()
    vehicles = queries.locked_vehicles(vehicle_ids)
    active = [vehicle for vehicle in vehicles if vehicle.status == Status.ACTIF]
    law, items = queries.rules_in_force(today), queries.active_items()
    found = [due for facts in queries.facts(active, today) for due in _due(facts, law, items, today)]
    rows = Alert.objects.filter(vehicle__in=vehicle_ids, kind__in=queries.OF_OWNERS)
    gone = {vehicle.pk for vehicle in vehicles} - {vehicle.pk for vehicle in active}
    _close(rows.filter(vehicle__in=gone), Alert.Closed.HORS_SERVICE)
    _bring_up_to_date(rows, found, today)


@transaction.atomic
def compute_quotes(*, quote_ids: Sequence[int] | None = None) -> None:
    """Sent quotes without an answer; without ids all of them."""
    today = timezone.localdate()
    rows = Alert.objects.filter(kind=AlertKind.RELANCE_DEVIS)
    quotes = queries.waiting_quotes()
    if quote_ids is not None:
        rows, quotes = rows.filter(quote__in=quote_ids), quotes.filter(pk__in=quote_ids)
    found = [due for quote in quotes for due in _follow_up(quote, today)]
    answered = rows.exclude(quote__status=Quote.Status.ENVOYE)
    _close(answered, Alert.Closed.REPONSE)
    _bring_up_to_date(rows, found, today)


@transaction.atomic
def compute_stock() -> None:
    """Parts that the garage uses and that are nearly sold out."""
    rows = Alert.objects.filter(kind=AlertKind.STOCK_BAS)
    low = list(queries.parts_low())
    # Back in stock: the next shortage is a new one, also where somebody settled the last.
    settled = rows.filter(done_how__in=Alert.SETTLED).exclude(product__in=low)
    settled.update(done_how=Alert.Closed.RECALCUL)
    found = [
        Found(
            f"STOCK_BAS:{part.pk}", AlertKind.STOCK_BAS, rules.stock_rung(part.stock), None, product_id=part.pk,
        )
        for part in low
    ]
    _bring_up_to_date(rows, found, timezone.localdate())


# --- What is due ----------------------------------------------------------------------------------------------------
def _due(
    facts: Facts, law: Sequence[InspectionRule], items: Sequence[MaintenanceItem], today: date
) -> Iterator[Found]:
    vehicle = facts.vehicle
    for check, due_on in _inspections(facts, law):
        step = rules.rung(due_on, today)
        if step is not None:
            key = f"CONTROLE_TECHNIQUE:{vehicle.pk}:{check}:{due_on}"
            kind = AlertKind.CONTROLE_TECHNIQUE
            yield Found(key, kind, step, due_on, vehicle_id=vehicle.pk, check_kind=check)
    step = rules.rung(vehicle.insurance_until, today)
    if step is not None:
        key = f"ASSURANCE:{vehicle.pk}:{vehicle.insurance_until}"
        yield Found(key, AlertKind.ASSURANCE, step, vehicle.insurance_until, vehicle_id=vehicle.pk)
    for item in items:
        plan = facts.plans.get(item.pk)
        if plan.is_active if plan else item.fits(vehicle):
            yield from _maintenance(facts, item, today)


def _inspections(facts: Facts, law: Sequence[InspectionRule]) -> Iterator[tuple[str, date]]:
    vehicle = facts.vehicle
    periodic = queries.rule_for(vehicle, Check.PERIODIQUE, law)
    if periodic is None:
        if vehicle.inspection_due:
            yield Check.PERIODIQUE, vehicle.inspection_due
        return
    about: Any = {
        "noted": vehicle.inspection_due, "first_registration": vehicle.first_registration, "known_on": facts.known_on,
    }
    due_on = rules.next_inspection(periodic.terms, **about)
    if due_on:
        yield Check.PERIODIQUE, due_on
    pollution = queries.rule_for(vehicle, Check.POLLUTION, law)
    if pollution is not None:
        due_on = rules.next_pollution_check(
            pollution.terms, periodic.terms, last_periodic=facts.checks.get(Check.PERIODIQUE),
            last_check=facts.checks.get(Check.POLLUTION), **about,
        )
        if due_on:
            yield Check.POLLUTION, due_on


def _maintenance(facts: Facts, item: MaintenanceItem, today: date) -> Iterator[Found]:
    vehicle, done = facts.vehicle, facts.done.get(item.pk)
    interval = facts.plans.get(item.pk, item)
    months, km = interval.every_months, interval.every_km
    if done:
        since, since_km, turn = done.on, done.km, f"{done.pk}"
    else:
        since = rules.presumed_on(vehicle.first_registration, months, facts.known_on)
        since_km, turn = rules.presumed_km(facts.first_km, km), "0"
    due = rules.next_service(
        months=months, km=km, since=since, since_km=since_km, readings=facts.readings, today=today
    )
    step = rules.rung(due.on, today, due.km_left)
    if step is not None:
        yield Found(
            f"ENTRETIEN:{vehicle.pk}:{item.pk}:{turn}", AlertKind.ENTRETIEN, step, due.on, due.km, due.by_km,
            vehicle_id=vehicle.pk, item_id=item.pk,
        )


def _follow_up(quote: Quote, today: date) -> Iterator[Found]:
    sent_on = timezone.localdate(quote.sent_at or quote.updated_at)
    step = rules.follow_up_rung(sent_on, quote.valid_until, today)
    if step is not None:
        yield Found(
            f"RELANCE_DEVIS:{quote.pk}:{quote.version}", AlertKind.RELANCE_DEVIS, step, quote.valid_until,
            vehicle_id=quote.vehicle_id, quote_id=quote.pk,
        )


# --- Into the table ---------------------------------------------------------------------------------------------
def _bring_up_to_date(rows: QuerySet[Alert], found: Iterable[Found], today: date) -> None:
    """Make the open ones of `rows` what was found, and owe the news of rungs that nobody was told of."""
    wanted = {due.key: due for due in found}
    present = {alert.key: alert for alert in rows.filter(done_at=None)}
    _close(rows.filter(key__in=present.keys() - wanted.keys()), Alert.Closed.RECALCUL)
    missing = list(wanted.keys() - present.keys())
    settled = queries.settled_keys(missing) if missing else set()
    # Another run may have raised it since: the constraint keeps one.
    Alert.objects.bulk_create(
        [Alert(**wanted[key].values()) for key in sorted(missing) if key not in settled], ignore_conflicts=True
    )
    changed = []
    for key, alert in present.items():
        values = wanted[key].values() if key in wanted else {}
        if any(getattr(alert, name) != values[name] for name in WATCHED if values):
            for name in WATCHED:
                setattr(alert, name, values[name])
            alert.updated_at = timezone.now()
            changed.append(alert)
    Alert.objects.bulk_update(changed, [*WATCHED, "updated_at"])
    _tell(rows.filter(done_at=None), today)


def _close(rows: QuerySet[Alert], how: str) -> None:
    rows.filter(done_at=None).update(done_at=timezone.now(), done_how=how, updated_at=timezone.now())


def _tell(rows: QuerySet[Alert], today: date) -> None:
    """One step for the rung that each alert stands on now, unless it or a lower one was told; none while it is
    snoozed. An alert that is found late thus tells its nearest rung and not all three."""
    alerts = list(rows.filter(queries.awake(today)))
    lowest = queries.told(rows) if alerts else {}
    steps = [
        AlertStep(alert=alert, days=alert.rung) for alert in alerts if alert.rung < lowest.get(alert.key, 31)
    ]
    if steps:
        # Rows that another run wrote meanwhile stay its own; announcing twice does no harm.
        AlertStep.objects.bulk_create(steps, ignore_conflicts=True)
        for step in AlertStep.objects.filter(alert__in=[s.alert for s in steps], announced_at=None):
            step.announce_at_commit()
