"""Putting off and settling, by page-less doors: services and API."""

from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from config.lib.testing import api, assert_max_queries
from garage.alerts import rules, services
from garage.alerts.models import Alert, AlertStep, ServiceDone, TechnicalInspection
from garage.alerts.tests.factories import alert_of, car_of, in_days, item_of, known_since
from garage.quotes.models import Package, Quote
from garage.quotes.tests.factories import accept, quote_of, sent_quote
from garage.workshop.models import RepairOrder

pytestmark = pytest.mark.django_db
LIST = "/api/garage/alerts"


def listed(user, **query):
    answer = api(user).get(LIST, query)
    assert answer.status_code == 200
    return [row["id"] for row in answer.data["results"]]


# --- Reading ---------------------------------------------------------------------------------------------------
def test_staff_see_all_and_an_owner_his_own(alice, bob, charlie, dora):
    hers, his = alert_of(alice), alert_of(bob, plate="CD-123-EF")
    assert listed(dora) == [hers.pk, his.pk]
    assert listed(alice) == [hers.pk]
    assert listed(charlie) == []
    row = api(alice).get(LIST).data["results"][0]
    shown = {name: row[name] for name in ("kind", "level", "due_on", "due_km", "vehicle", "done_at")}
    assert shown == {
        "kind": "CONTROLE_TECHNIQUE", "level": "PROCHE", "due_on": str(in_days(5)), "due_km": None,
        "vehicle": hers.vehicle_id, "done_at": None,
    }
    assert "draft" not in row


def test_most_urgent_first(dora):
    late, soon, later = (
        alert_of(plate=f"AB-{200 + n}-CD", due_in=days) for n, days in enumerate((-3, 2, 20))
    )
    assert listed(dora) == [late.pk, soon.pk, later.pk]


def test_filters_find_what_they_say(alice, dora):
    one = alert_of(alice, insured_for=20)
    alert_of(plate="CD-123-EF", due_in=2)
    for query in ({"kind": "ASSURANCE"}, {"level": "INFO"}, {"search": "ab123"}, {"vehicle": one.vehicle_id}):
        assert listed(dora, **query) == [one.pk], query
    assert listed(dora, client=one.vehicle.client_id, search="alice") == [one.pk]
    assert listed(dora, state="closed") == []
    assert listed(dora, client="9" * 40) == []


def test_a_long_list_costs_no_more_queries(dora):
    alert_of()
    with assert_max_queries(12) as few:
        listed(dora)
    for n in range(12):
        alert_of(plate=f"AB-{200 + n}-CD")
    with assert_max_queries(len(few)):
        listed(dora)


# --- Snooze ----------------------------------------------------------------------------------------------------
def test_a_snoozed_alert_leaves_the_list_until_its_day(dora):
    alert = alert_of()
    answer = api(dora).post(f"{LIST}/{alert.pk}/snooze", {"until": str(in_days(7))})
    assert (answer.status_code, answer.data["snoozed_until"]) == (200, str(in_days(7)))
    assert listed(dora) == []
    assert listed(dora, state="snoozed") == [alert.pk]
    Alert.objects.update(snoozed_until=timezone.localdate())
    assert listed(dora) == [alert.pk]


def test_nobody_hears_of_a_snoozed_alert():
    alert = alert_of(due_in=20)
    services.snooze(actor=SYSTEM, alert_id=alert.pk, until=in_days(3))
    Alert.objects.update(due_on=in_days(40))
    alert.vehicle.inspection_due = in_days(20)
    before = AlertStep.objects.count()
    services.compute_all()
    assert AlertStep.objects.count() == before


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_day_that_makes_no_sense_is_refused_on_its_field(dora, days):
    alert = alert_of()
    answer = api(dora).post(f"{LIST}/{alert.pk}/snooze", {"until": str(in_days(days))})
    assert (answer.status_code, list(answer.data["errors"])) == (422, ["until"])
    assert listed(dora) == [alert.pk]


@pytest.mark.parametrize("verb", ["snooze", "done"])
def test_an_owner_reads_but_does_not_settle(alice, charlie, verb):
    alert = alert_of(alice)
    body = {"until": str(in_days(3))}
    assert api(alice).post(f"{LIST}/{alert.pk}/{verb}", body).status_code == 403
    assert api(charlie).post(f"{LIST}/{alert.pk}/{verb}", body).status_code == 404
    alert.refresh_from_db()
    assert (alert.done_at, alert.snoozed_until) == (None, None)


# --- Done ------------------------------------------------------------------------------------------------------
def test_an_inspection_done_sets_the_day_of_the_next(dora):
    alert = alert_of(first_registration=in_days(-3000))
    answer = api(dora).post(f"{LIST}/{alert.pk}/done", {"on": str(in_days(-1)), "km": 81_000})
    assert (answer.status_code, answer.data["done_how"]) == (200, "CONTROLE")
    alert.vehicle.refresh_from_db()
    assert alert.vehicle.inspection_due == rules.add_months(in_days(-1), 24)
    assert TechnicalInspection.objects.get().km == 81_000
    assert listed(dora) == []
    assert api(dora).post(f"{LIST}/{alert.pk}/done").data["code"] == "alert_closed"


def test_major_defects_leave_two_months_and_the_retest_counts_from_the_first_day(dora):
    alert = alert_of(first_registration=in_days(-3000))
    services.settle(actor=dora, alert_id=alert.pk, on=in_days(-40), outcome="S")
    alert.vehicle.refresh_from_db()
    assert alert.vehicle.inspection_due == rules.add_months(in_days(-40), 2)
    services.record_inspection(actor=dora, vehicle_id=alert.vehicle_id, on=in_days(0))
    alert.vehicle.refresh_from_db()
    assert alert.vehicle.inspection_due == rules.add_months(in_days(-40), 24)


def test_critical_defects_are_due_at_once(dora):
    alert = alert_of()
    services.settle(actor=dora, alert_id=alert.pk, outcome="R")
    again = Alert.objects.get(done_at=None)
    assert (again.level, again.due_on) == ("ECHU", in_days(0))


def test_a_service_done_by_hand_counts_from_there(dora):
    item_of(every_km=None, every_months=1)
    car = known_since(car_of(), 40)
    services.compute_vehicles(vehicle_ids=[car.pk])
    alert = Alert.objects.get()
    services.settle(actor=dora, alert_id=alert.pk, on=in_days(-20), km=12_000)
    assert ServiceDone.objects.get().source == "MAIN"
    [following] = Alert.objects.filter(done_at=None)
    assert following.due_on == rules.add_months(in_days(-20), 1)


def test_an_insurance_paid_again(dora):
    alert = alert_of(insured_for=3)
    assert api(dora).post(f"{LIST}/{alert.pk}/done", {"until": str(in_days(365))}).status_code == 200
    alert.vehicle.refresh_from_db()
    assert alert.vehicle.insurance_until == in_days(365)
    assert listed(dora) == []


def test_a_settled_alert_does_not_come_back_the_next_night(dora):
    alert = alert_of(insured_for=3)
    services.settle(actor=dora, alert_id=alert.pk)
    services.compute_all()
    assert Alert.objects.filter(done_at=None).count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [({"on": "2999-01-01"}, "on"), ({"on": "0001-01-01"}, "on"), ({"km": -1}, "km"), ({"km": "a\x00"}, "km"),
     ({"km": 10**30}, "km"), ({"outcome": "Z"}, "outcome"), ({"on": ["x"]}, "on")],
)  # fmt: skip
def test_wrong_input_is_refused_on_its_field(dora, body, field):
    alert = alert_of()
    answer = api(dora).post(f"{LIST}/{alert.pk}/done", body, format="json")
    assert (answer.status_code, list(answer.data["errors"])) == (422, [field])
    assert listed(dora) == [alert.pk]


def test_an_insurance_cannot_have_ended(dora):
    with pytest.raises(Invalid):
        services.settle(actor=dora, alert_id=alert_of(insured_for=3).pk, until=in_days(-1))


# --- A repair that is finished ---------------------------------------------------------------------------------
@pytest.fixture
def serviced(dora):
    """A car whose service is due, and a repair order whose quote contains the package that covers it."""
    package = Package.objects.create(code="VID", name="Vidange", price=Decimal("100.00"), hours=1)
    item = item_of(every_km=None, every_months=12)
    item.packages.add(package)
    car = known_since(car_of(first_registration=in_days(-360 * 2), odometer_km=30_000), 100)
    services.compute_vehicles(vehicle_ids=[car.pk])
    quote = quote_of(vehicle=car, lines=[{"kind": "FORFAIT", "package_id": package.pk}])
    accept(sent_quote(quote))
    order = RepairOrder.objects.filter(quote=quote).first() or RepairOrder.objects.create(
        number="OR-1", client=car.client, vehicle=car, quote=quote
    )
    RepairOrder.objects.filter(pk=order.pk).update(status="EN_COURS", odometer_km=31_000)
    order.refresh_from_db()
    return order


def test_a_finished_repair_resets_what_it_covers(serviced, commit):
    alert = Alert.objects.get(kind="ENTRETIEN", done_at=None)
    with commit():
        serviced.move(RepairOrder.Status.PRET, actor=SYSTEM, ready_at=timezone.now())
    alert.refresh_from_db()
    assert alert.done_how == "REPARATION"
    done = ServiceDone.objects.get()
    assert (done.km, done.on, done.source, done.order) == (31_000, in_days(0), "REPARATION", serviced)
    services.compute_all()
    assert not Alert.objects.filter(kind="ENTRETIEN", done_at=None).exists()


def test_hearing_of_it_twice_counts_once(serviced):
    serviced.move(RepairOrder.Status.PRET, actor=SYSTEM, ready_at=timezone.now())
    assert services.reset_for_order(order_id=serviced.pk) == 1
    assert services.reset_for_order(order_id=serviced.pk) == 1
    assert ServiceDone.objects.count() == 1


def test_a_line_that_the_client_left_out_resets_nothing(serviced):
    serviced.quote.lines.update(accepted=False)
    serviced.move(RepairOrder.Status.PRET, actor=SYSTEM, ready_at=timezone.now())
    assert services.reset_for_order(order_id=serviced.pk) == 0
    assert Alert.objects.filter(kind="ENTRETIEN", done_at=None).exists()


def test_a_repair_under_way_resets_nothing(serviced):
    assert services.reset_for_order(order_id=serviced.pk) == 0
    assert Quote.objects.get().status == "ACCEPTE"
