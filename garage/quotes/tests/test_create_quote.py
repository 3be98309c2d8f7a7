from decimal import Decimal

import pytest

from config.lib.testing import api, assert_max_queries
from garage.clients.tests.factories import client_of
from garage.quotes.models import Quote
from garage.quotes.tests.factories import LABOUR, part, quote_of, sent_quote
from garage.vehicles.tests.factories import vehicle_of
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
URL = "/api/garage/quotes"


def body(vehicle, *lines, **values):
    return {"client": vehicle.client_id, "vehicle": vehicle.pk, "lines": list(lines) or [LABOUR], **values}


def test_staff_draft_a_quote_and_the_server_counts(dora, alice):
    product = make_product("Filtre à huile", price="12.90")
    vehicle = vehicle_of(client_of(alice))
    answer = api(dora).post(URL, body(vehicle, LABOUR, part(product, quantity="2", discount_percent="10")))
    assert answer.status_code == 201
    data = answer.json()
    assert data["number"].startswith("DE-")
    assert data["status"] == "BROUILLON"
    assert [line["description"] for line in data["lines"]] == ["Vidange", "Filtre à huile"]
    assert [line["total"] for line in data["lines"]] == ["90.00", "23.22"]
    assert (data["total"], data["total_excl_vat"], data["vat"]) == ("113.22", "94.35", "18.87")
    assert data["accept_url"] == ""
    assert data["pdf_ready"] is False


def test_numbers_follow_each_other(alice):
    vehicle = vehicle_of(client_of(alice))
    first, second = quote_of(vehicle=vehicle), quote_of(vehicle=vehicle)
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1


@pytest.mark.parametrize("change,field", [
    ({"lines": [{"kind": "PIECE"}]}, "lines.0.unit_price"),
    ({"lines": [LABOUR, {**LABOUR, "quantity": "0"}]}, "lines.1.quantity"),
    ({"lines": [{**LABOUR, "quantity": "1.234"}]}, "lines.0.quantity"),
    ({"lines": [{**LABOUR, "discount_percent": "101"}]}, "lines.0.discount_percent"),
    ({"lines": [{**LABOUR, "description": ""}]}, "lines.0.description"),
    ({"lines": [{**LABOUR, "product_id": 999}]}, "lines.0.product_id"),
    ({"lines": [{**LABOUR, "quantity": "999999", "unit_price": "99999"}]}, "lines.0.unit_price"),
    ({"valid_until": "2020-01-01"}, "valid_until"), ({"client": 999}, "client"), ({"vehicle": 999}, "vehicle"),
    ({"discount_percent": "-1"}, "discount_percent"),
])
def test_bad_field_is_named_and_nothing_is_written(dora, alice, change, field):
    answer = api(dora).post(URL, body(vehicle_of(client_of(alice))) | change)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Quote.objects.exists()


def test_a_vehicle_of_somebody_else_is_refused(dora, alice, bob):
    other = vehicle_of(client_of(bob, name="Bob"), plate="CD-456-EF")
    answer = api(dora).post(URL, body(vehicle_of(client_of(alice))) | {"vehicle": other.pk})
    assert "vehicle" in answer.json()["errors"]


def test_parts_are_counted_in_whole_pieces(dora, alice):
    answer = api(dora).post(URL, body(vehicle_of(client_of(alice)), part(quantity="1.5")))
    assert "lines.0.quantity" in answer.json()["errors"]


def test_a_client_sees_what_was_sent_to_him_only(alice, charlie):
    vehicle = vehicle_of(client_of(alice))
    draft, sent = quote_of(vehicle=vehicle), quote_of(vehicle=vehicle, sent=True, notes="secret")
    data = api(alice).get(URL).json()
    assert [row["id"] for row in data["results"]] == [sent.pk]
    assert "notes" not in data["results"][0]
    assert "/devis/" in data["results"][0]["accept_url"]
    assert api(alice).get(f"{URL}/{draft.pk}").status_code == 404
    assert api(charlie).get(f"{URL}/{sent.pk}").status_code == 404
    assert api(alice).post(URL, body(vehicle)).status_code == 403


def test_a_list_costs_the_same_for_more_quotes(dora, alice):
    vehicle = vehicle_of(client_of(alice))
    quote_of(vehicle=vehicle)
    reader = api(dora)
    reader.get(URL)
    with assert_max_queries(8):
        reader.get(URL)
    for _ in range(5):
        sent_quote(quote_of(vehicle=vehicle, lines=[LABOUR, LABOUR]))
    with assert_max_queries(8):
        assert len(reader.get(URL).json()["results"]) == 6


def test_a_changed_quote_is_a_draft_again(dora, alice):
    quote = quote_of(alice, sent=True)
    answer = api(dora).patch(f"{URL}/{quote.pk}", {"lines": [{**LABOUR, "quantity": "2"}], "discount_percent": "10"})
    data = answer.json()
    assert (data["status"], data["version"], data["total"]) == ("BROUILLON", 1, "108.00")
    quote.refresh_from_db()
    assert quote.total == Decimal("108.00")
    assert [change.to_status for change in quote.history.all()] == ["BROUILLON", "ENVOYE", "BROUILLON"]
