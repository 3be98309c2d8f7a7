"""The entry field: what is typed becomes labour at the rate of the day, a package or a part with its stock."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from garage.clients.tests.factories import client_of
from garage.quotes import entry
from garage.quotes.models import LabourRate
from garage.quotes.services import packages
from garage.vehicles.services import set_status
from garage.vehicles.tests.factories import vehicle_of
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(dora):
    return browser(dora)


def find(desk, typed):
    return desk.get("/garage/devis/offres", {"q": typed}).json()["results"]


@pytest.mark.parametrize("typed, quantity", [
    ("T2 1,5", "1.5"), ("t2 1.5h", "1.5"), ("T2 1h30", "1.50"), ("T2 1:30", "1.50"), ("T2 90min", "1.50"), ("T2", "1"),
])  # fmt: skip
def test_labour_is_taken_at_the_rate_of_the_day(desk, typed, quantity):
    first = find(desk, typed)[0]
    [line] = first["lines"]
    assert first["label"] == "T2: usual repairs"
    assert (line["skill"], line["kind"], line["unit_price"], line["vat_rate"]) == ("T2", "MAIN_OEUVRE", "74.00", "20.00")
    assert Decimal(line["quantity"]) == Decimal(quantity)


@pytest.mark.parametrize("typed, quantity", [
    ("T2 1,5 biellette avant", "1.5"), ("t2 1h30 biellette avant", "1.50"), ("T2 90 min biellette avant", "1.50"),
])  # fmt: skip
def test_labour_gets_the_name_typed_behind_its_hours(desk, typed, quantity):
    make_product("Biellette avant", price="20")
    [line] = find(desk, typed)[0]["lines"]
    assert (line["description"], line["skill"], line["unit_price"]) == ("Biellette avant", "T2", "74.00")
    assert Decimal(line["quantity"]) == Decimal(quantity)


def test_a_rate_that_begins_tomorrow_is_not_offered_today(desk):
    today = timezone.localdate()
    LabourRate.objects.filter(skill="T2").update(valid_until=today)
    LabourRate.objects.create(skill="T2", price=Decimal("99.00"), vat_rate=20, valid_from=today + timedelta(1))
    assert find(desk, "T2 1")[0]["lines"][0]["unit_price"] == "74.00"


def test_parts_are_found_with_a_slip_of_the_finger_and_show_their_stock(desk):
    make_product("Plaquettes de frein avant", price="39.90", stock=4, sku="PLQ-1")
    first = find(desk, "plaquetes")[0]
    assert first["label"] == "Plaquettes de frein avant"
    assert first["detail"] == "€39.90 · 4 in stock · PLQ-1"
    assert find(desk, "PLQ-1")[0]["label"] == "Plaquettes de frein avant"


@pytest.mark.parametrize("typed", ["2x filtre", "2 x filtre", "filtre x2", "filtre *2", "2×filtre"])
def test_several_at_once(desk, typed):
    make_product("Filtre à huile", stock=0)
    first = find(desk, typed)[0]
    assert first["lines"][0]["quantity"] == "2"
    assert "none in stock" in first["detail"]


def test_a_package_with_a_price_is_one_line_and_one_without_its_lines(desk, dora):
    whole = packages.save_package(actor=dora, code="VID", name="Vidange complète", price=Decimal("89.00"))
    oil = make_product("Huile 5W30", price="12.00")
    each = packages.save_package(actor=dora, code="FREIN", name="Freins avant")
    packages.set_package_lines(actor=dora, package_id=each.pk, lines=[
        {"kind": "PIECE", "product": oil, "quantity": Decimal(2)},
        {"kind": "MAIN_OEUVRE", "skill": "T2", "quantity": Decimal("1.5")},
        {"kind": "PIECE", "description": "Chiffons", "unit_price": Decimal("1.50")},
    ])  # fmt: skip
    first = find(desk, "vid")[0]
    assert (first["label"], first["detail"]) == ("Vidange complète", "VID · €89.00")
    assert [line["package_id"] for line in first["lines"]] == [str(whole.pk)]
    lines = find(desk, "2x freins")[0]["lines"]
    assert [(line["quantity"], line["unit_price"]) for line in lines] == [("4", "12.00"), ("3", "74.00"), ("2", "1.50")]
    packages.save_package(actor=dora, package_id=whole.pk, code="VID", name="Vidange complète", is_active=False)
    assert find(desk, "vid")[0]["label"] != "Vidange complète"


def test_words_that_nothing_is_called_make_a_line_of_their_own(desk):
    [only] = find(desk, "Joint spi")
    assert only["lines"] == [{
        "kind": "PIECE", "product_id": "", "package_id": "", "skill": "", "description": "Joint spi", "quantity": "1",
        "unit_price": "", "discount_percent": "0", "vat_rate": "",
    }]  # fmt: skip


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "T2 99999999", "9" * 500, "é" * 300, "T9", "%", "_", "'\"<>"])
def test_nothing_typed_makes_it_fail(desk, typed):
    for offer in find(desk, typed):
        assert offer["lines"]


def test_hours_are_nothing_else():
    assert [entry.hours(text) for text in ("1h75", "x", "-1", "1,555", "")] == [None] * 5


def test_searching_costs_the_same_whatever_is_found(desk, dora):
    for number in range(8):
        make_product(f"Filtre {number}")
        row = packages.save_package(actor=dora, code=f"F{number}", name=f"Filtre {number}")
        part = {"kind": "PIECE", "description": "x", "unit_price": Decimal(1)}
        packages.set_package_lines(actor=dora, package_id=row.pk, lines=[part] * 5)
    with assert_max_queries(8):
        assert len(find(desk, "filtre")) == 11


def vehicles(desk, typed):
    return desk.get("/garage/devis/vehicules", {"q": typed}).json()["results"]


def test_vehicles_are_found_by_plate_and_by_several_words(desk, alice):
    client = client_of(alice, phone="+33612345678")
    vehicle = vehicle_of(client)
    sold = vehicle_of(client, "CD-234-EF")
    set_status(actor=SYSTEM, vehicle_id=sold.pk, status="VENDU")
    for typed in ("ab123", "AB-123-CD", "alice kang", "martin"):
        first, another, new = vehicles(desk, typed)
        assert (first["vehicle"], first["label"]) == (vehicle.pk, "AB-123-CD · Renault Kangoo")
        assert another["client"] == client.pk
        assert new["label"] == "New client and vehicle"
    assert vehicles(desk, "zoé durand")[0]["name"] == "zoé durand"
    assert vehicles(desk, "gh345jk")[0]["plate"] == "GH-345-JK"


def test_finding_vehicles_costs_the_same_for_few_and_many(desk, bob):
    client = client_of(bob)
    for number in range(12):
        vehicle_of(client, f"AB-{100 + number}-CD")
    with assert_max_queries(4):
        assert len(vehicles(desk, "renault")) == 10
