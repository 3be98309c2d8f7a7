"""Live totals: the endpoint of the editor says what the API and the stored quote say, and where a line is wrong."""

import json
from decimal import Decimal

import pytest

from config.lib.testing import api, assert_max_queries, browser
from garage.clients.tests.factories import client_of
from garage.quotes.models import Quote
from garage.vehicles.tests.factories import vehicle_of
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
LINES = [
    {"kind": "MAIN_OEUVRE", "description": "Freins", "skill": "T2", "quantity": "1.50", "unit_price": "74.00"},
    {"kind": "PIECE", "description": "Plaquettes", "quantity": "3", "unit_price": "33.33", "discount_percent": "5"},
    {"kind": "PIECE", "description": "Livre", "quantity": "1", "unit_price": "12.35", "vat_rate": "5.50"},
]


@pytest.fixture
def desk(dora):
    return browser(dora)


def count(desk, lines, **fields):
    answer = desk.post("/garage/devis/calcul", json.dumps({"lines": lines, **fields}), content_type="application/json")
    assert answer.status_code == 200
    return answer.json()


def test_the_page_counts_what_the_api_stores(desk, dora, alice):
    vehicle = vehicle_of(client_of(alice))
    lines = [{"vat_rate": "20.00", **line} for line in LINES]
    said = count(desk, lines, discount_percent="7.5")
    body = {"client": vehicle.client_id, "vehicle": vehicle.pk, "lines": lines, "discount_percent": "7.5"}
    stored = api(dora).post("/api/garage/quotes", body, format="json").json()
    assert {name: said[name] for name in ("total_excl_vat", "vat", "total")} == {
        name: stored[name] for name in ("total_excl_vat", "vat", "total")
    }
    assert [line["total"] for line in said["lines"]] == [line["total"] for line in stored["lines"]]
    assert sum(Decimal(line["gross"]) for line in said["vat_lines"]) == Decimal(said["total"])
    assert [line["rate"] for line in said["vat_lines"]] == ["20", "5.5"]
    assert "Total incl. VAT" in said["html"]


def test_numbers_are_read_as_people_type_them(desk):
    [line] = count(desk, [{"description": "x", "quantity": "1,5", "unit_price": "1 000,10 €", "vat_rate": "20.00"}])["lines"]
    assert line["total"] == "1500.15"


@pytest.mark.parametrize("values, field", [
    ({"quantity": "0"}, "quantity"), ({"quantity": "0.001"}, "quantity"), ({"unit_price": "-3"}, "unit_price"),
    ({"discount_percent": "200"}, "discount_percent"), ({"unit_price": None, "skill": ""}, "unit_price"),
])  # fmt: skip
def test_both_doors_refuse_the_same_line_on_the_same_field(desk, dora, alice, values, field):
    vehicle = vehicle_of(client_of(alice))
    lines = [{"vat_rate": "20.00", **line} for line in (LINES[1], {**LINES[0], **values})]
    said = count(desk, lines)
    assert said["total"] is None
    assert said["lines"][0]["errors"] == {}
    assert list(said["lines"][1]["errors"]) == [field]
    body = {"client": vehicle.client_id, "vehicle": vehicle.pk, "lines": lines}
    refused = api(dora).post("/api/garage/quotes", body, format="json")
    assert refused.status_code == 422
    assert field in json.dumps(refused.json()["errors"])
    assert not Quote.objects.exists()


def test_a_line_says_what_the_stock_lacks_after_the_lines_before_it(desk):
    oil = make_product("Huile", stock=3)
    lines = [{"product_id": oil.pk, "description": "Huile", "quantity": str(n), "unit_price": "5", "vat_rate": "20.00"} for n in (2, 2)]
    assert [line["note"] for line in count(desk, lines)["lines"]] == ["", "1 to order"]


@pytest.mark.parametrize("body", [
    "", "[]", "7", '{"lines": 7}', '{"lines": [7]}', '{"lines": "x"}', '{"lines": NaN}', "[" * 100_000, b"\xff",
    '{"lines": [{"quantity": "\\ud800"}]}',
])  # fmt: skip
def test_what_is_no_quote_is_refused(desk, body):
    assert desk.post("/garage/devis/calcul", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("line", [
    {"quantity": "1e999999"}, {"product_id": 2**70}, {"product_id": "x"}, {"vat_rate": "1e5"}, {"skill": "T9"},
    {"description": "a\x00"}, {"description": ["x"]}, {"kind": {"a": 1}}, {"quantity": True}, {},
])  # fmt: skip
def test_odd_values_are_errors_of_their_line(desk, line):
    [said] = count(desk, [{"description": "x", "unit_price": "1", "vat_rate": "20.00", "quantity": "1", "kind": "PIECE", **line}], discount_percent="x")["lines"]
    assert said["errors"] or line in ({"quantity": True}, {})


def test_an_empty_quote_comes_to_nothing(desk):
    assert count(desk, [])["total"] == "0.00"


def test_a_discount_that_cannot_be_is_an_error_of_its_own(desk):
    said = count(desk, [{**LINES[0], "vat_rate": "20.00"}], discount_percent="120")
    assert list(said["errors"]) == ["discount_percent"]


def test_more_lines_than_a_quote_holds(desk):
    line = {"description": "x", "quantity": "1", "unit_price": "1", "vat_rate": "20.00", "kind": "PIECE"}
    assert count(desk, [line] * 300)["total"] == "300.00"
    assert count(desk, [line] * 301)["total"] is None


def test_counting_forty_lines_costs_the_queries_of_two(desk):
    products = [make_product(f"Part {n}") for n in range(20)]
    labour = {**LINES[0], "vat_rate": "20.00"}
    lines = [
        {"product_id": p.pk, "kind": "PIECE", "description": p.name, "quantity": 1, "unit_price": "5", "vat_rate": "20.00"}
        for p in products
    ]
    count(desk, [lines[0], labour])
    for some in ([lines[0], labour], lines + [labour] * 20):
        with assert_max_queries(7):
            count(desk, some)
