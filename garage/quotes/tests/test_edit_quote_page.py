"""The staff's editor as an ordinary form: what is typed, kept, refused and saved, with and without its script."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from garage.clients.models import Client
from garage.clients.tests.factories import client_of
from garage.quotes import services
from garage.quotes.models import Quote
from garage.quotes.tests.factories import LABOUR, accept, part, quote_of, sent_quote
from garage.vehicles.models import Vehicle
from garage.vehicles.tests.factories import vehicle_of
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
NEW = "/garage/devis/nouveau/"


def page_of(quote):
    return f"/garage/devis/{quote.pk}/"


def typed(*rows, action="save", **fields):
    """What the page sends: a row is (description, quantity, unit price) or a dict of its cells."""
    day = timezone.localdate() + timedelta(days=20)
    data = {"action": action, "valid_until": day.isoformat(), "discount_percent": "", "fee": "", **fields}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            row = dict(zip(("description", "quantity", "unit_price"), row, strict=True))
        cells = {"kind": "PIECE", "quantity": "1", "vat_rate": "20.00", "discount_percent": "0", **row}
        data |= {f"lines-{index}-{name}": value for name, value in cells.items()}
    return data


@pytest.fixture
def vehicle(alice):
    return vehicle_of(client_of(alice))


@pytest.fixture
def desk(dora):
    return browser(dora)


def test_a_quote_is_written_down_with_its_lines_in_order(desk, vehicle, dora):
    product = make_product("Plaquettes", price="39.90", stock=4)
    answer = desk.post(NEW, typed(
        ("Main-d’œuvre", "1,5", "74"),
        {"description": "Plaquettes", "product_id": product.pk, "quantity": "2", "unit_price": "39,90"},
        vehicle=vehicle.pk, discount_percent="10", odometer_km="12 000".replace(" ", ""), message="Bonjour",
    ))  # fmt: skip
    quote = Quote.objects.get()
    assert answer["Location"] == page_of(quote)
    assert [(line.description, line.quantity) for line in quote.lines.all()] == [
        ("Main-d’œuvre", Decimal("1.50")), ("Plaquettes", Decimal("2.00"))
    ]
    assert (quote.total, quote.author, quote.odometer_km) == (Decimal("171.72"), dora, 12000)
    page = desk.get(page_of(quote)).content.decode()
    assert "€171.72" in page
    assert "Saved." in page


def test_a_row_crossed_out_goes_and_positions_count(desk, vehicle):
    quote = quote_of(vehicle=vehicle)
    desk.post(page_of(quote), typed(
        {"description": "B", "unit_price": "2", "ORDER": "2"}, {"description": "A", "unit_price": "1", "ORDER": "1"},
        {"description": "C", "unit_price": "3", "DELETE": "on"}, {"description": "", "unit_price": ""},
        vehicle=vehicle.pk,
    ))  # fmt: skip
    assert [line.description for line in quote.lines.all()] == ["A", "B"]


@pytest.mark.parametrize("row, number, field", [
    ({"description": "", "unit_price": "5"}, 1, "description"),
    ({"description": "x", "unit_price": "abc"}, 1, "unit_price"),
    ({"description": "x", "unit_price": "-1"}, 1, "unit_price"),
    ({"description": "x", "unit_price": "1", "quantity": "0"}, 1, "quantity"),
    ({"description": "x", "unit_price": "1", "quantity": "1e9"}, 1, "quantity"),
    ({"description": "x", "unit_price": "1", "discount_percent": "101"}, 1, "discount_percent"),
    ({"description": "x", "unit_price": "1", "vat_rate": "nan"}, 1, "vat_rate"),
    ({"description": "x", "unit_price": "1", "kind": "AUTRE"}, 1, "kind"),
    ({"description": "x\x00", "unit_price": "1"}, 1, "description"),
    ({"description": "x", "unit_price": "1", "product_id": "4711"}, 1, "__all__"),
    ({"description": "x", "unit_price": "99999999999999999999"}, 1, "unit_price"),
])  # fmt: skip
def test_a_fault_is_told_on_its_row_and_cell_and_nothing_is_lost(desk, vehicle, row, number, field):
    answer = desk.post(NEW, typed(("Fine", "1", "10"), row, vehicle=vehicle.pk, message="Kept"))
    assert answer.status_code == 422
    lines = answer.context["sheet"].lines
    assert lines[0].errors == {}
    assert list(lines[number].errors) == [field]
    page = answer.content.decode()
    assert "Kept" in page
    assert "Line 2, " in page
    assert not Quote.objects.exists()


def test_without_a_vehicle_the_field_that_finds_it_says_so(desk):
    answer = desk.post(NEW, typed(("Fine", "1", "10")))
    assert list(answer.context["form"].errors) == ["who"]
    assert "Fine" in answer.content.decode()
    assert not Quote.objects.exists()


@pytest.mark.parametrize("fields, field", [
    ({"valid_until": "2020-01-01"}, "valid_until"), ({"valid_until": "x"}, "valid_until"),
    ({"discount_percent": "101"}, "discount_percent"), ({"odometer_km": "-1"}, "odometer_km"),
    ({"fee": "x"}, "fee"), ({"vehicle": "x"}, "vehicle"), ({"seen": "yesterday"}, "seen"),
])  # fmt: skip
def test_a_wrong_field_of_the_quote_is_named(desk, vehicle, fields, field):
    answer = desk.post(NEW, typed(("Fine", "1", "10"), **{"vehicle": vehicle.pk, **fields}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Quote.objects.exists()


def test_the_longest_quote_is_saved_and_one_line_more_is_not(desk, vehicle):
    rows = [(f"Line {n}", "1", "1") for n in range(300)]
    assert desk.post(NEW, typed(*rows, vehicle=vehicle.pk)).status_code == 302
    assert Quote.objects.get().lines.count() == 300
    refused = desk.post(NEW, typed(*rows, ("One more", "1", "1"), vehicle=vehicle.pk))
    assert "at most 300 lines" in refused.content.decode()


def test_saving_leads_on_to_sending_when_asked(desk, vehicle):
    answer = desk.post(NEW, typed(("Fine", "1", "10"), vehicle=vehicle.pk, action="send"))
    assert answer["Location"] == f"{page_of(Quote.objects.get())}envoyer/"


def test_two_who_write_at_once_are_told_and_neither_loses_anything(desk, admin_user, vehicle):
    quote = quote_of(vehicle=vehicle)
    seen = desk.get(page_of(quote)).context["form"]["seen"].value()
    other = browser(admin_user).get(page_of(quote)).context["form"]["seen"].value()
    browser(admin_user).post(page_of(quote), typed(("Theirs", "1", "50"), vehicle=vehicle.pk, seen=other))
    answer = desk.post(page_of(quote), typed(("Mine", "1", "20"), vehicle=vehicle.pk, seen=seen))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else saved this quote meanwhile" in page
    assert "€50.00" in page
    assert 'value="Mine"' in page
    assert [line.description for line in quote.lines.all()] == ["Theirs"]
    fresh = answer.context["theirs"].updated_at.isoformat()
    mine = {"vehicle": vehicle.pk, "seen": answer.context["form"]["seen"].value(), "fresh": fresh}
    assert desk.post(page_of(quote), typed(("Mine", "1", "20"), **mine)).status_code == 409, "told until one chooses"
    kept = desk.post(page_of(quote), typed(("Mine", "1", "20"), action="keep", **mine))
    assert kept["Location"] != page_of(quote)
    assert Quote.objects.count() == 2
    desk.post(page_of(quote), typed(("Mine", "1", "20"), action="replace", **mine))
    assert [line.description for line in quote.lines.all()] == ["Mine"]


def test_a_sent_quote_becomes_a_draft_again_and_the_page_says_so_first(desk, vehicle):
    quote = sent_quote(quote_of(vehicle=vehicle))
    assert "Saving makes it a draft again" in desk.get(page_of(quote)).content.decode()
    desk.post(page_of(quote), typed(("Mine", "1", "20"), vehicle=vehicle.pk))
    quote.refresh_from_db()
    assert quote.status == "BROUILLON"


def test_an_answered_quote_is_read_and_not_written(desk, vehicle):
    quote = quote_of(vehicle=vehicle)
    accept(sent_quote(quote))
    assert "can no longer be changed" in desk.get(page_of(quote)).content.decode()
    answer = desk.post(page_of(quote), typed(("Mine", "1", "20"), vehicle=vehicle.pk))
    assert answer.status_code == 422
    assert [line.description for line in quote.lines.all()] == [LABOUR["description"]]


def test_without_a_script_the_button_adds_what_is_typed(desk, vehicle):
    answer = desk.post(NEW, typed(("Fine", "1", "10"), action="update", vehicle=vehicle.pk, entry="T2 1,5"))
    lines = answer.context["sheet"].lines
    assert [line["description"].value() for line in lines] == ["Fine", "T2: usual repairs"]
    assert answer.context["totals"].total == Decimal("121.00")
    assert not Quote.objects.exists()


def test_without_a_script_a_vehicle_is_found_by_plate_or_chosen_of_several(desk, vehicle, bob):
    assert desk.post(NEW, typed(action="update", who="ab123cd")).context["sheet"].vehicle == vehicle
    vehicle_of(client_of(bob, name="Alice Durand"), "CD-234-EF")
    several = desk.post(NEW, typed(action="update", who="alice"))
    assert len(several.context["sheet"].found) == 2
    assert several.content.decode().count('type="radio" name="vehicle"') == 2
    assert "Nothing fits" in desk.post(NEW, typed(action="update", who="zzz")).content.decode()


def test_a_newcomer_is_registered_and_chosen(desk):
    form = {"plate": "cd234ef", "make": "Peugeot", "model": "208", "kind": "VOITURE", "energy": "ESSENCE"}
    answer = desk.post("/garage/devis/nouveau/vehicule/", {**form, "name": "Zoé Martin", "phone": "0612345678"})
    vehicle = Vehicle.objects.get()
    assert answer["Location"] == f"{NEW}?vehicle={vehicle.pk}"
    assert (vehicle.plate, vehicle.client.name) == ("CD-234-EF", "Zoé Martin")
    assert "CD-234-EF" in desk.get(answer["Location"]).content.decode()
    another = {**form, "plate": "GH345JK", "client": vehicle.client.pk}
    told = desk.post("/garage/devis/nouveau/vehicule/", another, headers={"accept": "application/json"}).json()
    assert told["label"] == "GH-345-JK · Peugeot 208"
    assert Client.objects.count() == 1


@pytest.mark.parametrize("fields, field", [
    ({"name": ""}, "name"), ({"plate": "???"}, "plate"), ({"plate": "AB-123-CD"}, "plate"), ({"energy": "x"}, "energy"),
    ({"phone": "12"}, "phone"), ({"client": "4711"}, "client"),
])  # fmt: skip
def test_a_newcomer_who_cannot_be_registered_leaves_nothing(desk, vehicle, fields, field):
    form = {
        "plate": "CD-234-EF", "make": "Peugeot", "model": "208", "kind": "VOITURE", "energy": "ESSENCE", "name": "Zoé",
    }
    told = desk.post(
        "/garage/devis/nouveau/vehicule/", {**form, **fields}, headers={"accept": "application/json"}
    )
    assert told.status_code == 422
    assert field in told.json()["errors"]
    assert (Client.objects.count(), Vehicle.objects.count()) == (1, 1)
    assert desk.post("/garage/devis/nouveau/vehicule/", {**form, **fields}).status_code == 422


def test_customers_are_kept_out(alice, vehicle):
    customer, quote = browser(alice), quote_of(vehicle=vehicle)
    for path in (NEW, page_of(quote), "/garage/devis/", "/garage/devis/offres?q=x", "/garage/devis/vehicules?q=x"):
        assert customer.get(path).status_code == 403
    assert customer.post("/garage/devis/calcul", "{}", content_type="application/json").status_code == 403
    assert browser().get(NEW).status_code == 302


def test_a_page_of_forty_lines_costs_what_one_line_costs(desk, vehicle):
    few = quote_of(vehicle=vehicle, lines=[part()])
    many = services.create_quote(
        actor=SYSTEM, client_id=vehicle.client_id, vehicle_id=vehicle.pk,
        lines=[part(make_product(f"Part {n}")) for n in range(20)] + [LABOUR] * 20,
    )
    desk.get(page_of(few))
    for quote in (few, many):
        with assert_max_queries(15):
            desk.get(page_of(quote))
    lines = [{"product_id": line.product_id or "", "description": line.description, "unit_price": "1", "kind": line.kind}
             for line in many.lines.all()]  # fmt: skip
    with assert_max_queries(26):
        assert desk.post(page_of(many), typed(*lines, vehicle=vehicle.pk)).status_code == 302


