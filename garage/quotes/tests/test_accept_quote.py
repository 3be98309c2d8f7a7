from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove
from config.lib.testing import api
from garage.quotes import queries, rules, services
from garage.quotes.models import Acceptance, Quote
from garage.quotes.tests.factories import LABOUR, accept, quote_of

pytestmark = pytest.mark.django_db
YES = {"signed_by": "Alice Martin", "reused_parts": True}


def url(quote, verb):
    return f"/api/garage/quotes/{quote.pk}/{verb}"


def test_the_client_accepts_and_his_choice_is_kept(alice):
    quote = quote_of(alice, sent=True)
    answer = api(alice).post(url(quote, "accept"), YES | {"signature": [[[0, 0], [1000, 500]]]})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["reused_parts"]) == ("ACCEPTE", True)
    proof = Acceptance.objects.get()
    assert (proof.channel, proof.at_distance, proof.by, proof.version) == ("COMPTE", True, alice, 1)
    assert proof.strokes == [[[0, 0], [1000, 500]]]
    assert proof.withdraw_until >= timezone.localdate() + timedelta(days=14)


def test_staff_accept_at_the_counter_without_a_right_to_withdraw(dora, alice):
    quote = quote_of(alice)  # a draft: the client stands there and signs
    assert api(dora).post(url(quote, "accept"), YES).status_code == 200
    proof = Acceptance.objects.get()
    assert (proof.channel, proof.at_distance, proof.withdraw_until) == ("COMPTOIR", False, None)


def test_lines_are_chosen_where_the_quote_allows_it(alice):
    quote = quote_of(alice, lines=[LABOUR, {**LABOUR, "unit_price": "10.00"}], choice_by_line=True, sent=True)
    first = quote.lines.first()
    data = api(alice).post(url(quote, "accept"), YES | {"lines": [first.pk]}).json()
    assert data["total"] == "90.00"
    assert [line["accepted"] for line in data["lines"]] == [True, False]
    assert [line.pk for line in queries.counting_lines(quote)] == [first.pk]


@pytest.mark.parametrize("change,field", [
    ({"signed_by": " "}, "signed_by"), ({"reused_parts": None}, "reused_parts"), ({"lines": []}, "lines"),
    ({"lines": [999]}, "lines"), ({"signature": [[[0, 1001]]]}, "signature.0.0.1"),
])
def test_bad_field_is_named_and_nothing_is_accepted(alice, change, field):
    quote = quote_of(alice, choice_by_line=True, sent=True)
    answer = api(alice).post(url(quote, "accept"), YES | change)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    quote.refresh_from_db()
    assert quote.status == "ENVOYE"
    assert not Acceptance.objects.exists()


def test_a_quote_as_a_whole_is_not_cut(alice):
    quote = quote_of(alice, lines=[LABOUR, LABOUR], sent=True)
    answer = api(alice).post(url(quote, "accept"), YES | {"lines": [quote.lines.first().pk]})
    assert "lines" in answer.json()["errors"]


def test_nobody_accepts_twice_nor_too_late_nor_for_others(alice, charlie):
    quote = quote_of(alice, sent=True)
    assert api(charlie).post(url(quote, "accept"), YES).status_code == 404
    accept(quote)
    with pytest.raises(IllegalMove):
        accept(quote)
    assert api(alice).post(url(quote, "refuse"), {}).json()["code"] == "quote_closed"
    late = quote_of(vehicle=quote.vehicle, sent=True)
    Quote.objects.filter(pk=late.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert api(alice).post(url(late, "accept"), YES).json()["code"] == "quote_expired"


def test_an_older_version_is_not_accepted(alice):
    quote = quote_of(alice, sent=True)
    with pytest.raises(rules.QuoteChanged):
        accept(quote, version=2)


def test_a_draft_is_accepted_at_the_counter_only(alice):
    with pytest.raises(Forbidden):
        accept(quote_of(alice), actor=SYSTEM)


def test_quotes_expire_the_day_after_their_last(alice):
    quote = quote_of(alice, sent=True, valid_until=timezone.localdate())
    assert services.expire_quotes() == 0
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert queries.quote_for_token(queries.public_token(quote)) is None
    assert services.expire_quotes() == 1
    quote.refresh_from_db()
    assert quote.status == "EXPIRE"


def test_a_link_is_of_one_version_and_cannot_be_altered(alice):
    quote = quote_of(alice, sent=True)
    token = queries.public_token(quote)
    assert queries.quote_for_token(token) == quote
    assert queries.quote_for_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert queries.quote_for_token(f"{quote.pk + 1}{token[len(str(quote.pk)):]}") is None
    services.update_quote(actor=SYSTEM, quote_id=quote.pk, message="x")
    assert queries.quote_for_token(token) is None


def test_the_proof_names_the_visitor_and_not_the_proxy_in_front_of_us(alice, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    told = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.9"}  # the first is the visitor's own
    assert api(alice).post(url(quote_of(alice, sent=True), "accept"), YES, **told).status_code == 200
    assert Acceptance.objects.get().ip == "203.0.113.9"
