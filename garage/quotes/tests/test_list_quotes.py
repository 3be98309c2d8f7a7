"""The staff's list: searched by number, client and plate, filtered, paged; empty states say what to do."""

import pytest

from config.lib.testing import assert_max_queries, browser
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import quote_of, sent_quote
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db
LIST = "/garage/devis/"


@pytest.fixture
def desk(dora):
    return browser(dora)


def shown(desk, **query):
    return [quote.number for quote in desk.get(LIST, query).context["page"]]


def test_quotes_are_found_by_number_client_and_plate(desk, alice, bob):
    first = quote_of(vehicle=vehicle_of(client_of(alice, name="Alice Martin"), "AB-123-CD"))
    second = sent_quote(quote_of(vehicle=vehicle_of(client_of(bob, name="Bob Durand"), "EF-234-GH")))
    assert shown(desk) == [second.number, first.number]
    assert shown(desk, search=first.number) == [first.number]
    assert shown(desk, search="durand") == [second.number]
    assert shown(desk, search="EF-234") == [second.number]
    assert shown(desk, search="durand ef-234") == [second.number]
    assert shown(desk, status="ENVOYE") == [second.number]
    assert shown(desk, status="nonsense") == [second.number, first.number]
    assert "No quote fits" in desk.get(LIST, {"search": "zzz"}).content.decode()


def test_an_empty_desk_says_what_to_do(desk):
    page = desk.get(LIST).content.decode()
    assert "No quote yet" in page
    assert "/garage/devis/nouveau/" in page


def test_the_list_is_paged_and_costs_the_same_for_few_and_many(desk, alice):
    vehicle = vehicle_of(client_of(alice))
    quote_of(vehicle=vehicle)
    desk.get(LIST)
    with assert_max_queries(9):
        desk.get(LIST)
    for _ in range(24):
        quote_of(vehicle=vehicle)
    with assert_max_queries(9):
        assert len(shown(desk)) == 20
    assert len(shown(desk, page=2)) == 5


def test_a_quote_is_copied_and_declined_from_its_page(desk, alice):
    quote = quote_of(vehicle=vehicle_of(client_of(alice)))
    copy = desk.post(f"{LIST}{quote.pk}/copier/")
    assert copy["Location"] != f"{LIST}{quote.pk}/"
    assert desk.post(f"{LIST}{quote.pk}/refuser/")["Location"] == f"{LIST}{quote.pk}/"
    quote.refresh_from_db()
    assert quote.status == "REFUSE"
    again = desk.post(f"{LIST}{quote.pk}/refuser/", follow=True)
    assert "This step is not possible" in again.content.decode()
    assert desk.post(f"{LIST}4711/copier/").status_code == 404
