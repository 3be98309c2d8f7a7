"""Quotes in the back office: looked at, copied, declined, never typed over."""

import pytest

from config.lib.testing import assert_max_queries, browser
from garage.quotes.models import Quote
from garage.quotes.tests.factories import accept, quote_of, sent_quote

pytestmark = pytest.mark.django_db
LIST = "/admin/garage/quote/"


@pytest.fixture
def desk(admin_user):
    return browser(admin_user)


def act(desk, action, *quotes):
    sent = {"action": action, "_selected_action": [quote.pk for quote in quotes]}
    return desk.post(LIST, sent, follow=True).content.decode()


def test_a_quote_shows_its_lines_evidence_and_history(desk, alice):
    quote = sent_quote(quote_of(alice))
    accept(quote)
    page = desk.get(f"{LIST}{quote.pk}/change/").content.decode()
    for text in (quote.number, "Vidange", "Alice Martin", "Draft", f"/garage/devis/{quote.pk}/"):
        assert text in page
    assert desk.get(f"{LIST}{quote.pk}/delete/").status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.get("/admin/garage/acceptance/").status_code == 200


def test_actions_call_the_services_and_tell_refusals(desk, alice):
    quote = quote_of(alice)
    act(desk, "send", quote)
    quote.refresh_from_db()
    assert quote.status == "ENVOYE"
    act(desk, "copy", quote)
    assert Quote.objects.count() == 2
    act(desk, "decline", quote)
    assert "This step is not possible" in act(desk, "decline", quote)
    quote.refresh_from_db()
    assert quote.status == "REFUSE"


def test_the_days_work_names_quotes_to_follow(desk, alice):
    assert "Quotes to follow" not in desk.get("/admin/").content.decode()
    sent_quote(quote_of(alice))
    page = desk.get("/admin/").content.decode()
    assert "Quotes to follow" in page
    assert "/garage/devis/?status=ENVOYE" in page


def test_the_list_costs_the_same_for_few_and_many(desk, alice):
    vehicle = quote_of(alice).vehicle
    desk.get(LIST)
    with assert_max_queries(14):
        desk.get(LIST)
    for _ in range(10):
        quote_of(vehicle=vehicle)
    with assert_max_queries(14):
        desk.get(LIST)
