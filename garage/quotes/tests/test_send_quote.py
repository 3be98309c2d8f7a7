"""Sending: the next version, its paper, and news only once the paper is made."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import IllegalMove, Invalid
from config.lib.testing import api
from garage.quotes import services
from garage.quotes.events import quote_paper_made
from garage.quotes.models import Quote
from garage.quotes.paper_models import PaperSending
from garage.quotes.tests.factories import accept, quote_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """What listeners are told."""
    heard = []
    monkeypatch.setattr(quote_paper_made, "listeners", [lambda **ids: heard.append(ids)])
    return heard


def test_the_client_is_told_only_once_the_paper_is_made(alice, commit, told):
    quote = quote_of(alice)
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote.pk)
        assert told == []
    assert (quote.status, quote.version) == ("ENVOYE", 1)
    paper = quote.papers.get()
    assert (paper.ready, paper.progress) == (True, 100)
    assert told == [{"paper_id": paper.pk, "sending_id": PaperSending.objects.get().pk}]


def test_sent_again_it_is_the_same_version_and_news_again(alice, commit, told):
    quote = quote_of(alice)
    for _once in range(2):
        with commit():
            quote = services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    assert quote.version == 1
    assert quote.papers.count() == 1
    assert len(told) == 2


def test_changed_it_goes_out_as_the_next_version(alice, commit):
    quote = quote_of(alice)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    services.update_quote(actor=SYSTEM, quote_id=quote.pk, message="Nouveau")
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    assert quote.version == 2
    assert sorted(quote.papers.values_list("version", flat=True)) == [1, 2]


def test_with_neither_way_nobody_is_told(alice, commit, told):
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk, email=False)
    assert quote.papers.get().ready
    assert told == []


@pytest.mark.parametrize("change, ways, field", [
    ({"email": ""}, {"email": True}, "email"), ({"phone": ""}, {"email": False, "sms": True}, "sms"),
])
def test_a_client_who_cannot_be_reached_is_said_on_the_field(alice, change, ways, field):
    quote = quote_of(alice)
    type(quote.client).objects.filter(pk=quote.client_id).update(**change)
    with pytest.raises(Invalid) as refusal:
        services.send_quote(actor=SYSTEM, quote_id=quote.pk, **ways)
    assert list(refusal.value.errors) == [field]
    quote.refresh_from_db()
    assert (quote.status, quote.version) == ("BROUILLON", 0)


def test_without_lines_or_past_its_day_it_does_not_go_out(alice):
    quote = quote_of(alice, lines=[])
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    assert sorted(refusal.value.errors) == ["lines", "valid_until"]


def test_an_answered_quote_is_not_sent(alice):
    quote = quote_of(alice, sent=True)
    accept(quote)
    with pytest.raises(IllegalMove):
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)


def test_by_api_staff_send_and_the_client_may_not(alice, admin_user, commit):
    quote = quote_of(alice)
    with commit():
        answer = api(admin_user).post(f"/api/garage/quotes/{quote.pk}/send", {}, format="json")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ENVOYE"
    assert answer.json()["accept_url"].endswith("/")
    assert api(alice).post(f"/api/garage/quotes/{quote.pk}/send", {}, format="json").status_code == 403
