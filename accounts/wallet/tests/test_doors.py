"""The wallet by API and by page."""

from decimal import Decimal as D

import pytest

from accounts.users.tests.factories import make_user
from accounts.wallet import services
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich():
    alice = make_user()
    services.post(
        kind="gift", key="g", actor=SYSTEM,
        postings=[(system_account("REWARDS"), -D("50")), (wallet_of(alice), D("50"))],
    )
    services.hold(account=wallet_of(alice), amount=D("10"), reference="delivery:1", actor=alice)
    return alice


def test_the_wallet_says_what_is_owned_held_and_free(rich):
    assert api(rich).get("/api/wallet").json() == {
        "balance": "50.00", "held": "10.00", "available": "40.00", "currency": "EUR",
    }
    page = browser(rich).get("/portefeuille/").content.decode()
    assert "€40.00" in page
    assert "€10.00" in page


def test_a_transfer_by_api(rich):
    bob = make_user("bob")
    body = {"to": "bob@email.test", "amount": "12.50", "note": "pizza"}
    answer = api(rich).post("/api/wallet/transfer", body)
    assert answer.status_code == 200
    assert answer.json()["wallet"]["available"] == "27.50"
    line = api(bob).get("/api/wallet/transactions").json()["results"][0]
    assert (line["amount"], line["note"], line["counterparty"]) == ("12.50", "pizza", "Alice Martin")
    assert api(rich).get("/api/wallet/transactions").json()["results"][0]["amount"] == "-12.50"


def test_a_transfer_with_a_key_is_made_once(rich):
    make_user("bob")
    body = {"to": "bob@email.test", "amount": "12.50"}
    answers = [api(rich).post("/api/wallet/transfer", body, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Transaction.objects.filter(kind="transfer").count() == 1


@pytest.mark.parametrize("to", ["nobody@email.test", "alice@email.test", "closed@email.test", "0", "99999999999999999999"])
def test_who_cannot_receive_is_told_the_same(rich, to):
    type(rich).objects.filter(pk=make_user("closed").pk).update(is_active=False)
    answer = api(rich).post("/api/wallet/transfer", {"to": to, "amount": "1"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"to": ["This person cannot receive a transfer. Check the address."]}


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "10000.01", "NaN", "1e400", "abc", ""])
def test_an_impossible_amount_is_refused_on_its_field(rich, amount):
    make_user("bob")
    answer = api(rich).post("/api/wallet/transfer", {"to": "bob@email.test", "amount": amount})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["amount"])


def test_more_than_is_free_is_refused_and_nothing_moves(rich):
    bob = make_user("bob")
    answer = api(rich).post("/api/wallet/transfer", {"to": str(bob.pk), "amount": "40.01"})
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_funds")
    assert balance_of(wallet_of(rich)) == D("50")


def test_a_transfer_by_page_and_its_double_click(rich):
    bob = make_user("bob")
    page = browser(rich)
    key = page.get("/portefeuille/envoyer/").context["form"]["key"].value()
    body = {"key": key, "to": "bob@email.test", "amount": "5"}
    for _ in range(2):
        assert page.post("/portefeuille/envoyer/", body).status_code == 302
    assert balance_of(wallet_of(bob)) == D("5")
    assert page.post("/portefeuille/envoyer/", body | {"key": "x", "amount": "999"}).status_code == 422


def test_an_amount_with_a_comma_is_understood_in_french(rich):
    bob = make_user("bob")
    body = {"key": "k", "to": "bob@email.test", "amount": "5,25"}
    assert browser(rich).post("/portefeuille/envoyer/", body, HTTP_ACCEPT_LANGUAGE="fr").status_code == 302
    assert balance_of(wallet_of(bob)) == D("5.25")


@pytest.mark.parametrize("door", [lambda u: api(u).get("/api/wallet/transactions"), lambda u: browser(u).get("/portefeuille/")])
def test_a_long_statement_costs_no_more(rich, door):
    people = [make_user(f"u{i}") for i in range(8)]
    services.transfer(actor=rich, to=str(people[0].pk), amount=D("1"), key="0")
    with assert_max_queries(30) as few:
        door(rich)
    for i, person in enumerate(people[1:]):
        services.transfer(actor=rich, to=str(person.pk), amount=D("1"), key=f"more{i}")
    with assert_max_queries(len(few)):
        door(rich)


def test_a_visitor_has_no_wallet():
    assert api().get("/api/wallet").status_code == 401
    assert api().post("/api/wallet/transfer", {}).status_code == 401


def test_a_receiver_that_is_no_number_is_refused():
    answer = api(make_user()).post("/api/wallet/transfer", {"to": "²", "amount": "1.00"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["to"])
