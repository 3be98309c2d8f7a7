from decimal import Decimal

import pytest

from config.lib.errors import Invalid
from config.lib.testing import api
from garage.quotes.models import Package, PackageLine
from garage.quotes.tests.factories import LABOUR, accept, quote_of
from garage.workshop.queries import appointments as queries
from garage.workshop.tests.appointment_factories import at, booked, car_of, mechanic, next_day, open_garage

pytestmark = pytest.mark.django_db
URL = "/api/garage/appointments"
DIAGNOSIS = {**LABOUR, "description": "Diagnostic", "quantity": "2.25", "skill": "T3"}


def body(quote, **values):
    return {
        "vehicle": quote.vehicle_id, "quote": quote.pk, "starts_at": at(next_day(), 8).isoformat(), **values,
    }


def test_a_quote_says_how_long_and_who(alice):
    open_garage(mechanics=0)
    mechanic("Bea", skill="T1")
    expert = mechanic("Ada", skill="T3")
    quote = quote_of(alice, lines=[LABOUR, DIAGNOSIS], sent=True)
    answer = api(alice).post(URL, body(quote))
    assert answer.status_code == 201, answer.data
    assert (answer.json()["hours"], answer.json()["mechanic"], answer.json()["quote"]) == ("3.75", expert.pk, quote.pk)


def test_free_times_follow_the_quote(alice):
    open_garage()
    quote = quote_of(alice, lines=[{**LABOUR, "quantity": "8"}], sent=True)
    answer = api(alice).get(f"{URL}/slots?quote={quote.pk}&from={next_day()}&days=1").json()
    assert (answer["hours"], len(answer["slots"])) == ("8.00", 3)


def test_a_package_brings_its_hours_and_what_was_left_out_counts_no_more(alice, dora):
    open_garage()
    package = Package.objects.create(code="REV", name="Révision", price=Decimal(99), hours=Decimal("1.25"))
    by_lines = Package.objects.create(code="FRE", name="Freins", price=Decimal(150))
    PackageLine.objects.create(package=by_lines, kind="MAIN_OEUVRE", skill="T2", quantity=Decimal(2))
    lines = [
        {"kind": "FORFAIT", "description": "Révision", "package_id": package.pk, "unit_price": "99.00", "quantity": "2"},
        {"kind": "FORFAIT", "description": "Freins", "package_id": by_lines.pk, "unit_price": "150.00"},
        DIAGNOSIS,
    ]
    quote = quote_of(alice, lines=lines, sent=True, choice_by_line=True)
    assert queries.quote_needs(quote) == (Decimal("6.75"), "T3")
    accept(quote, lines=[line.pk for line in quote.lines.all() if line.kind == "FORFAIT"])
    assert queries.quote_needs(quote) == (Decimal("4.50"), "T2")


def test_a_quote_without_work_takes_an_hour():
    assert queries.quote_needs(None) == (Decimal(1), "")


def test_a_quote_of_another_vehicle_or_person_is_refused(alice, bob):
    open_garage()
    mine, his = quote_of(alice, sent=True), quote_of(bob, vehicle=car_of(bob, plate="CD-456-EF", name="Bob"), sent=True)
    for quote_id in (his.pk, 10**6):
        answer = api(alice).post(URL, body(mine) | {"quote": quote_id})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["quote"])
    with pytest.raises(Invalid):
        booked(mine.vehicle, quote_id=his.pk)
    assert api(alice).get(f"{URL}/slots?quote={his.pk}").status_code == 404
