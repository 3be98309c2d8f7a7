"""Several computations at once, on real connections: each alert and each step once, each owner told once.

Canary: without the locks on the vehicles and without the constraint `alert_open_once` each run makes its own alert.
"""

from collections import Counter
from threading import Barrier

import pytest
from django.db import connection

from config.lib.testing import api, at_once
from garage.alerts import queries, services
from garage.alerts.models import Alert, AlertStep
from garage.alerts.tests.factories import car_of, in_days
from garage.alerts.tests.test_quote_from_alert import service_alert
from garage.quotes.models import Quote
from garage.quotes.tests.factories import part, quote_of
from garage.vehicles.models import Vehicle
from garage.workshop.models import Appointment
from garage.workshop.tests.appointment_factories import open_garage
from shop.catalogue.tests.factories import make_product

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]
RUNS = 4
CONSTRAINT = "alert_open_once"


def becomes_due(car, **days):
    """As the night makes it: nothing is computed when a day comes nearer. New cars are computed as they are made."""
    Vehicle.objects.filter(pk=car.pk).update(**{name: in_days(left) for name, left in days.items()})
    return car


def compute_at_once(*cars):
    """What each of several runs over the same vehicles, half of them in the other order, answers."""
    ids = [car.pk for car in cars]
    return at_once(RUNS, lambda n: services.compute_vehicles(vehicle_ids=ids if n % 2 else ids[::-1]))


def told(user):
    """The kinds of news in a person's feed."""
    return [row["kind"] for row in api(user).get("/api/notifications").json()["results"]]


@pytest.fixture
def alices_car(alice):
    return car_of(alice)


@pytest.fixture
def unlocked(monkeypatch):
    """Runs that do not wait for each other, and that all have read before the first one writes."""
    everybody, settled = Barrier(RUNS, timeout=20), queries.settled_keys

    def meet(keys):
        found = settled(keys)
        everybody.wait()
        return found

    monkeypatch.setattr(queries, "locked_vehicles", lambda ids: list(Vehicle.objects.filter(pk__in=ids).order_by("pk")))
    monkeypatch.setattr(queries, "settled_keys", meet)


def test_runs_over_the_stock_at_once_raise_each_alert_once():
    quote_of(lines=[part(make_product(sku="P-1", name="Plaquettes", stock=1))])
    answers = at_once(RUNS, lambda _n: services.compute_stock())
    assert answers == [None] * RUNS
    assert (Alert.objects.count(), AlertStep.objects.count()) == (1, 1)


def test_runs_over_the_same_vehicles_at_once_raise_each_alert_once_and_tell_once(alice):
    cars = [
        becomes_due(car_of(alice), inspection_due=5, insurance_until=0),
        becomes_due(car_of(plate="CD-456-EF"), inspection_due=25),
    ]
    assert not Alert.objects.exists()
    assert compute_at_once(*cars) == [None] * RUNS
    assert Counter(Alert.objects.values_list("vehicle", "kind")) == {
        (cars[0].pk, "CONTROLE_TECHNIQUE"): 1, (cars[0].pk, "ASSURANCE"): 1, (cars[1].pk, "CONTROLE_TECHNIQUE"): 1,
    }
    assert AlertStep.objects.count() == 3
    assert Counter(told(alice)) == {"alert_soon": 1, "alert_due": 1}


def test_the_constraint_alone_keeps_one_too(alice, alices_car, unlocked):
    assert compute_at_once(becomes_due(alices_car, inspection_due=5)) == [None] * RUNS
    assert (Alert.objects.count(), AlertStep.objects.count(), told(alice)) == (1, 1, ["alert_soon"])


def test_canary_without_both_each_run_makes_its_own(alices_car, unlocked):
    car = becomes_due(alices_car, inspection_due=5)
    constraint = next(c for c in Alert._meta.constraints if c.name == CONSTRAINT)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Alert, constraint)
    try:
        compute_at_once(car)
        assert Alert.objects.count() == RUNS
    finally:
        Alert.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Alert, constraint)


def test_a_quote_with_its_time_asked_for_at_once_is_one_quote_and_one_appointment(admin_user):
    open_garage(lifts=2, mechanics=2)
    alert, _package = service_alert(price="129.00")
    clients = [api(admin_user) for _n in range(RUNS)]
    answers = at_once(RUNS, lambda n: clients[n].post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True}))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: RUNS - 1}
    assert len({(answer.data["quote"], answer.data["appointment"]) for answer in answers}) == 1
    assert (Quote.objects.count(), Appointment.objects.count()) == (1, 1)
