"""Reads, rights and locks of the alerts, and the facts about vehicles that they are computed from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from config.lib.errors import NotFound
from garage.alerts import rules
from garage.alerts.models import (
    OF_OWNERS,
    Alert,
    AlertStep,
    InspectionRule,
    MaintenanceItem,
    Outcome,
    ServiceDone,
    ServicePlan,
    TechnicalInspection,
)
from garage.clients import queries as clients
from garage.quotes.models import Package, PackageLine, Quote, QuoteLine
from garage.vehicles.models import OdometerReading, ReadingStatus, Status, Vehicle
from garage.workshop.models import RepairOrder
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Product

STATES = ("open", "snoozed", "closed", "all")
USED_DAYS = 180  # a part quoted within half a year is one that the garage uses


# --- Rights and lists -----------------------------------------------------------------------------------------
def visible_to(user: Any) -> QuerySet[Alert]:
    """Staff see all; an owner what concerns his vehicles (no stock, no follow-up)."""
    rows = Alert.objects.select_related("vehicle__client", "item", "quote", "product")
    if clients.works_here(user):
        return rows
    return rows.filter(kind__in=OF_OWNERS, vehicle__client__in=clients.visible_to(user))


def get_for(user: Any, pk: Any, right: str = "read") -> Alert:
    """One alert with the right to "read" or "write" it. NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write":
        clients.require_staff(user)
    return row


def locked(pk: int) -> Alert:
    return Alert.objects.select_for_update().get(pk=pk)


def locked_rules(model: type[Any], pk: int) -> Any:
    """A rule, item or plan, locked. NotFound."""
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def in_state(rows: QuerySet[Alert], state: str) -> QuerySet[Alert]:
    """Those that are open, snoozed, closed, or all; anything else counts as open."""
    today = timezone.localdate()
    if state == "all":
        return rows
    if state == "closed":
        return rows.filter(done_at__isnull=False)
    rows = rows.filter(done_at=None)
    return rows.filter(snoozed_until__gt=today) if state == "snoozed" else rows.filter(awake(today))


def awake(today: date) -> Q:
    return Q(snoozed_until=None) | Q(snoozed_until__lte=today)


def open_now() -> QuerySet[Alert]:
    """What waits for somebody today, most urgent first."""
    return in_state(Alert.objects.all(), "open")


def search(rows: QuerySet[Alert], words: str) -> QuerySet[Alert]:
    """By plate (with or without dashes), client, number of a quote, or part."""
    bare = "".join(char for char in words if char.isalnum())
    parts = "-".join(bare[i:j] for i, j in ((0, 2), (2, 5), (5, 7)) if bare[i:j])
    found = Q(vehicle__plate__icontains=words) | Q(vehicle__client__name__icontains=words)
    if parts:
        found |= Q(vehicle__plate__icontains=parts)
    return rows.filter(found | Q(quote__number__icontains=words) | Q(product__name__icontains=words))


def of_person(user: Any) -> QuerySet[Alert]:
    """Open alerts of one's own vehicles and of those of one's companies, most urgent first; staff see theirs alone."""
    own = Q(vehicle__client__user=user) | Q(vehicle__client__company__in=user.memberships.values("company"))
    rows = Alert.objects.filter(own, kind__in=OF_OWNERS, vehicle__status=Status.ACTIF)
    return in_state(rows, "open").select_related("vehicle", "item")


def with_clients(rows: QuerySet[Alert]) -> list[tuple[int, str]]:
    """The clients that have alerts among these, for a filter."""
    found = rows.filter(vehicle__isnull=False).order_by("vehicle__client__name")
    return list(found.values_list("vehicle__client_id", "vehicle__client__name").distinct())


# --- Facts about vehicles --------------------------------------------------------------------------------------
@dataclass
class Facts:
    """What is known of one vehicle: `done` is the last service by item, `checks` the last inspection of a kind."""

    vehicle: Vehicle
    readings: Sequence[rules.Reading] = ()
    first_km: int | None = None
    plans: dict[int, ServicePlan] = field(default_factory=dict)
    done: dict[int, ServiceDone] = field(default_factory=dict)
    checks: dict[str, date] = field(default_factory=dict)

    @property
    def known_on(self) -> date:
        """The day on which the garage came to know the vehicle."""
        return timezone.localdate(self.vehicle.created_at)


def chunks_of_vehicles(size: int) -> Iterator[list[int]]:
    """Ids of the vehicles that have or may need alerts, in pieces."""
    last = 0
    rows = Vehicle.objects.filter(Q(status=Status.ACTIF) | Q(alerts__done_at=None, alerts__isnull=False)).distinct()
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]):
        yield ids
        last = ids[-1]


def locked_vehicles(ids: Sequence[int]) -> list[Vehicle]:
    """Locked in the order of their ids: two computations of a vehicle wait for each other here."""
    return list(Vehicle.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def facts(vehicles: Sequence[Vehicle], today: date) -> list[Facts]:
    """What is known of these vehicles, in a fixed number of queries."""
    ids = [vehicle.pk for vehicle in vehicles]
    found = {vehicle.pk: Facts(vehicle) for vehicle in vehicles}
    for pk, readings in _readings(vehicles, today).items():
        found[pk].readings = readings
    first = OdometerReading.objects.filter(vehicle__in=ids, status=ReadingStatus.RETENUE)
    for pk, km in first.order_by().values_list("vehicle_id").annotate(km=Min("km")):
        found[pk].first_km = km
    for plan in ServicePlan.objects.filter(vehicle__in=ids):
        found[plan.vehicle_id].plans[plan.item_id] = plan
    for done in ServiceDone.objects.filter(vehicle__in=ids).order_by("on", "pk"):
        found[done.vehicle_id].done[done.item_id] = done
    held = TechnicalInspection.objects.filter(vehicle__in=ids, outcome=Outcome.A)
    for pk, kind, on in held.order_by().values_list("vehicle_id", "check_kind").annotate(on=Max("on")):
        found[pk].checks[kind] = on
    return list(found.values())


def _readings(vehicles: Sequence[Vehicle], today: date) -> dict[int, list[rules.Reading]]:
    """The retained readings that tell the pace, and the present one however old it is."""
    found: dict[int, set[rules.Reading]] = {
        vehicle.pk: {(vehicle.odometer_on, vehicle.odometer_km)}
        for vehicle in vehicles if vehicle.odometer_on is not None and vehicle.odometer_km is not None
    }
    since = today - timedelta(rules.FORECAST_DAYS)
    rows = OdometerReading.objects.filter(vehicle__in=found, status=ReadingStatus.RETENUE, read_on__gte=since)
    for pk, read_on, km in rows.order_by().values_list("vehicle_id", "read_on", "km"):
        found[pk].add((read_on, km))
    return {pk: sorted(readings) for pk, readings in found.items()}


def rules_in_force(day: date) -> list[InspectionRule]:
    rows = InspectionRule.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
    return list(rows.order_by("pk"))


def rule_for(vehicle: Vehicle, check: str, among: Sequence[InspectionRule]) -> InspectionRule | None:
    return next((rule for rule in among if rule.check_kind == check and rule.fits(vehicle)), None)


def last_failed(vehicle: Vehicle, check: str) -> TechnicalInspection | None:
    """The failed inspection that a retest would follow, if the last one failed; its first failure when there are
    several."""
    passed = TechnicalInspection.objects.filter(vehicle=vehicle, check_kind=check, outcome=Outcome.A)
    since = passed.aggregate(on=Max("on"))["on"]
    rows = TechnicalInspection.objects.filter(vehicle=vehicle, check_kind=check).exclude(outcome=Outcome.A)
    return (rows.filter(on__gt=since) if since else rows).order_by("on", "pk").first()


def active_items() -> list[MaintenanceItem]:
    return list(MaintenanceItem.objects.filter(is_active=True))


# --- Computed alerts ---------------------------------------------------------------------------------------------
def settled_keys(keys: Sequence[str]) -> set[str]:
    """Keys that somebody settled: they do not come back."""
    return set(Alert.objects.filter(key__in=keys, done_how__in=Alert.SETTLED).values_list("key", flat=True))


def told(alerts: QuerySet[Alert]) -> dict[str, int]:
    """The lowest rung that was told, by key: an alert that closed and opens again does not begin anew. Parts in stock
    do: each shortage is a new one."""
    keys = alerts.exclude(kind="STOCK_BAS").values("key")
    mine = Q(alert__in=alerts) | Q(alert__key__in=keys)
    rows = AlertStep.objects.filter(mine).order_by().values_list("alert__key").annotate(low=Min("days"))
    return dict(rows)


def waiting_quotes() -> QuerySet[Quote]:
    return Quote.objects.filter(status=Quote.Status.ENVOYE)


def parts_low() -> QuerySet[Product]:
    """Low stock among what the garage uses: parts of its packages and of its quotes of the last half year."""
    since = timezone.now() - timedelta(days=USED_DAYS)
    quoted = QuoteLine.objects.filter(quote__created_at__gte=since, product__isnull=False)
    packed = PackageLine.objects.filter(package__is_active=True, product__isnull=False)
    used = Q(pk__in=packed.values("product")) | Q(pk__in=quoted.values("product"))
    return catalogue.low_stock().filter(used)


# --- Finished repairs -------------------------------------------------------------------------------------------
def finished_order(pk: int) -> RepairOrder | None:
    done = (RepairOrder.Status.PRET, RepairOrder.Status.RENDU)
    return RepairOrder.objects.select_related("vehicle").filter(pk=pk, status__in=done).first()


def items_done_by(order: RepairOrder) -> list[MaintenanceItem]:
    """The maintenance that the accepted lines of an order's quotes cover, for this kind of vehicle: a line is one of
    its packages, or the lines contain every part of one that is quoted line by line."""
    if order.quote_id is None:
        return []
    lines = QuoteLine.objects.filter(
        Q(quote=order.quote_id) | Q(quote__supplements=order.quote_id),
        quote__status__in=(Quote.Status.ACCEPTE, Quote.Status.FACTURE),
    ).exclude(accepted=False)
    packages, parts = set(), set()
    for package, product in lines.values_list("package", "product"):
        packages.add(package)
        parts.add(product)

    def contained(package: Package) -> bool:
        wanted = {line.product_id for line in package.lines.all()} - {None}
        return package.pk in packages or bool(wanted and package.price is None and wanted <= parts)

    items = MaintenanceItem.objects.filter(packages__isnull=False).distinct().prefetch_related("packages__lines")
    return [item for item in items if item.fits(order.vehicle) and any(map(contained, item.packages.all()))]


# --- Quotes made of alerts --------------------------------------------------------------------------------------
def package_for(alert: Alert) -> Package | None:
    """What is offered for an alert: the first package in use of its item, or the one of the rule of inspection."""
    if alert.item is not None:
        return alert.item.packages.filter(is_active=True).prefetch_related("lines__product").first()
    if alert.vehicle is None or not alert.check_kind:
        return None
    rule = rule_for(alert.vehicle, alert.check_kind, rules_in_force(timezone.localdate()))
    return rule.package if rule and rule.package and rule.package.is_active else None


def last_done(alert: Alert) -> date | None:
    """When what an alert is about was last done, as far as it is noted."""
    if alert.item is not None:
        rows = ServiceDone.objects.filter(vehicle=alert.vehicle, item=alert.item)
        return rows.aggregate(on=Max("on"))["on"]
    checks = TechnicalInspection.objects.filter(vehicle=alert.vehicle, check_kind=alert.check_kind or "-")
    return checks.aggregate(on=Max("on"))["on"]


def step(alert_id: int, days: int) -> AlertStep | None:
    return AlertStep.objects.select_related("alert").filter(alert=alert_id, days=days).first()
