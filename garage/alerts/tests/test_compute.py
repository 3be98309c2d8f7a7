"""What becomes an alert, when it closes, and who hears of it how often."""

import pytest

from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries
from garage.alerts import services
from garage.alerts.events import alert_raised
from garage.alerts.models import Alert, AlertStep, InspectionRule
from garage.alerts.services import computing
from garage.alerts.tests.factories import alert_of, car_of, in_days, item_of, known_since
from garage.clients.tests.factories import client_of
from garage.quotes.models import Quote
from garage.quotes.tests.factories import part, quote_of, sent_quote
from garage.vehicles import services as vehicles
from garage.vehicles.tests.factories import vehicle_of
from shop.catalogue import services as catalogue
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """What listeners of the alerts are told."""
    told = []
    monkeypatch.setattr(alert_raised, "listeners", [lambda alert_id, days: told.append((alert_id, days))])
    return told


def compute(*cars):
    services.compute_vehicles(vehicle_ids=[car.pk for car in cars])


def shown(**where):
    rows = Alert.objects.filter(done_at=None, **where).order_by("kind", "check_kind")
    return [(alert.kind, alert.level, alert.due_on) for alert in rows]


def test_inspection_and_insurance_are_told_before_their_days():
    car = car_of(due_in=30, insured_for=0)
    compute(car)
    assert shown() == [("ASSURANCE", "ECHU", in_days(0)), ("CONTROLE_TECHNIQUE", "INFO", in_days(30))]


def test_nothing_is_due_beyond_a_month():
    compute(car_of(due_in=31, insured_for=31))
    assert not Alert.objects.exists()


def test_computing_twice_makes_no_duplicate():
    car = car_of(due_in=3, insured_for=-3)
    compute(car)
    compute(car)
    assert Alert.objects.count() == 2
    assert AlertStep.objects.count() == 2


def test_a_new_car_has_its_first_inspection_by_the_law():
    car = known_since(car_of(first_registration=in_days(-48 * 30)), 900)
    compute(car)
    [(_kind, _level, due_on)] = shown(kind="CONTROLE_TECHNIQUE")
    assert (due_on.month, due_on.day) == (car.first_registration.month, car.first_registration.day)


def test_a_moped_of_the_calendar_of_2023_has_its_day_from_it():
    rows = InspectionRule.objects.filter(vehicle_kind="DEUX_ROUES").order_by("registered_from")
    days = {str(row.registered_until): str(row.first_due_on or row.first_months) for row in rows}
    assert days == {
        "2016-12-31": "2024-12-31", "2019-12-31": "2025-12-31", "2021-12-31": "2026-12-31", "None": "60",
    }


def test_a_level_rises_with_time_and_each_rung_is_told_once(heard, commit, monkeypatch):
    car = car_of(due_in=30)
    with commit():
        compute(car)
    alert = Alert.objects.get()
    for day in [in_days(later) for later in (10, 23, 25, 30, 40)]:
        monkeypatch.setattr(computing.timezone, "localdate", lambda *_, day=day: day)
        with commit():
            compute(car)
    alert.refresh_from_db()
    assert alert.level == "ECHU"
    assert heard == [(alert.pk, 30), (alert.pk, 7), (alert.pk, 0)]
    assert AlertStep.objects.filter(announced_at=None).count() == 0


def test_one_found_late_tells_its_nearest_rung_only(heard, commit):
    with commit():
        compute(car_of(due_in=-200))
    assert heard == [(Alert.objects.get().pk, 0)]


def test_a_day_that_moves_away_and_back_is_not_told_again(heard, commit):
    car = car_of(insured_for=5)
    with commit():
        compute(car)
    first = Alert.objects.get()
    vehicles.update_vehicle(actor=SYSTEM, vehicle_id=car.pk, insurance_until=in_days(300))
    compute(car)
    first.refresh_from_db()
    assert first.done_how == "RECALCUL"
    vehicles.update_vehicle(actor=SYSTEM, vehicle_id=car.pk, insurance_until=in_days(5))
    with commit():
        compute(car)
    assert len(shown()) == 1
    assert heard == [(first.pk, 7)]


@pytest.mark.parametrize("status", ["VENDU", "DETRUIT"])
def test_a_sold_or_scrapped_vehicle_falls_silent(status, heard, commit):
    car = car_of(due_in=3)
    with commit():
        compute(car)
        vehicles.set_status(actor=SYSTEM, vehicle_id=car.pk, status=status)
    alert = Alert.objects.get()
    assert (alert.done_how, bool(alert.done_at)) == ("HORS_SERVICE", True)
    heard.clear()
    services.compute_all()
    assert heard == []
    assert shown() == []


def test_a_sold_vehicle_that_comes_back_has_its_alert_again(commit):
    alert = alert_of(due_in=3)
    for status in ("VENDU", "ACTIF"):
        with commit():
            vehicles.set_status(actor=SYSTEM, vehicle_id=alert.vehicle_id, status=status)
    assert len(shown()) == 1


def test_a_service_is_due_by_its_months():
    item = item_of(every_km=None)
    car = known_since(car_of(first_registration=in_days(-365 - 340)), 100)
    compute(car)
    alert = Alert.objects.get()
    assert (alert.kind, alert.item, alert.level, alert.by_km) == ("ENTRETIEN", item, "INFO", False)
    assert alert.title == "Vidange"


def test_items_of_another_kind_or_energy_do_not_concern_it():
    item_of(vehicle_kind="DEUX_ROUES", every_months=1)
    compute(known_since(car_of(), 30))
    item_of(code="T2", energies=["DIESEL"], every_months=1)
    compute(known_since(car_of(plate="AB-124-CD"), 30))
    assert shown() == []


def test_an_unanswered_quote_is_to_follow_up_and_an_answered_one_no_more(commit):
    quote = quote_of(valid_until=in_days(3))
    sent_quote(quote)
    services.compute_quotes()
    assert shown() == [("RELANCE_DEVIS", "PROCHE", in_days(3))]
    with commit():
        quote.refresh_from_db()
        quote.move(Quote.Status.REFUSE, actor=SYSTEM)
    assert Alert.objects.get().done_how == "REPONSE"


def test_a_part_of_the_garage_that_is_nearly_gone_and_no_other():
    pads, honey = make_product(sku="P-1", name="Plaquettes", stock=1), make_product(sku="H-1", name="Miel", stock=1)
    quote_of(lines=[part(pads)])
    services.compute_stock()
    alert = Alert.objects.get()
    assert (alert.product, alert.level) == (pads, "PROCHE")
    assert honey.stock == 1


def test_a_shortage_that_was_settled_stays_quiet_until_the_next_one(admin_user):
    pads = make_product(sku="P-1", name="Plaquettes", stock=1)
    quote_of(lines=[part(pads)])
    services.compute_stock()
    services.settle(actor=admin_user, alert_id=Alert.objects.get().pk)
    services.compute_stock()
    assert shown() == []
    catalogue.set_stock(actor=SYSTEM, product_id=pads.pk, quantity=50, reason="livraison")
    services.compute_stock()
    catalogue.set_stock(actor=SYSTEM, product_id=pads.pk, quantity=0, reason="inventaire")
    services.compute_stock()
    assert [level for _kind, level, _day in shown()] == ["ECHU"]


def test_a_hundred_vehicles_cost_as_many_queries_as_two():
    client = client_of()
    cars = [
        vehicle_of(client, plate=f"AB-{100 + n}-CD", kind="VOITURE", inspection_due=in_days(3), odometer_km=50_000 + n)
        for n in range(40)
    ]
    with assert_max_queries(25) as few:
        compute(*cars[:2])
    with assert_max_queries(len(few)):
        compute(*cars[2:])
    assert Alert.objects.filter(kind="CONTROLE_TECHNIQUE").count() == 40
    with assert_max_queries(len(few)):
        compute(*cars)


# --- Kilometres, as they are read ------------------------------------------------------------------------------
def read(vehicle, km, days_ago=0):
    return vehicles.record_reading(
        actor=SYSTEM, vehicle_id=vehicle.pk, km=km, read_on=in_days(-days_ago), source="ATELIER"
    )


def test_a_service_comes_nearer_with_the_kilometres(commit):
    item_of(every_months=None, every_km=10_000)
    car = car_of(odometer_km=None)
    with commit():
        read(car, 17_000, days_ago=30)
    assert shown() == []
    with commit():
        read(car, 18_500)  # 50 km a day: 1 500 km are thirty days
    alert = Alert.objects.get()
    assert (alert.level, alert.due_km, alert.due_on, alert.by_km) == ("INFO", 20_000, in_days(30), True)


def test_a_reading_beyond_the_limit_makes_it_due_at_once(commit):
    item_of(every_months=None, every_km=10_000)
    car = car_of()
    with commit():
        read(car, 19_000, days_ago=60)
        read(car, 20_050)
    assert shown() == [("ENTRETIEN", "ECHU", in_days(0))]


def test_a_reading_that_was_set_aside_counts_for_nothing(commit):
    item_of(every_months=None, every_km=10_000)
    car = car_of()
    with commit():
        read(car, 15_000, days_ago=60)
        read(car, 900_000)
    assert shown() == []


def test_a_near_limit_without_a_pace_is_told_without_a_day(commit):
    item_of(every_months=None, every_km=10_000)
    with commit():
        read(car_of(), 19_800)
    alert = Alert.objects.get()
    assert (alert.level, alert.due_on, alert.due_km) == ("PROCHE", None, 20_000)


def test_staff_who_change_a_day_see_the_alert_at_once(commit):
    car = car_of()
    with commit():
        vehicles.update_vehicle(actor=SYSTEM, vehicle_id=car.pk, insurance_until=in_days(1))
    assert shown() == [("ASSURANCE", "PROCHE", in_days(1))]
