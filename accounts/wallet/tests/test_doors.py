"""The wallet by API and by page."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.users.tests.factories import make_user
from accounts.wallet import services
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from accounts.wallet.rules import DailyLimitReached
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


@pytest.mark.parametrize(
    "to",
    [
        "nobody@email.test", "alice@email.test", "closed@email.test", "0", "99999999999999999999", "²", "06 12 34 56 78",
        "06 00 00 00 01", "06 00 00 00 02", "06 00 00 00 03", "+", "+33", "0612",
    ],
)
def test_who_cannot_receive_is_told_the_same(rich, to):
    """Nobody, oneself, a closed account, a phone that two people gave, and what is no name at all."""
    people = type(rich).objects
    people.filter(pk=make_user("closed", phone="+33600000001").pk).update(is_active=False)
    people.filter(pk=rich.pk).update(phone="+33600000002")
    for name in ("one", "two"):
        make_user(name, phone="+33600000003")
    answer = api(rich).post("/api/wallet/transfer", {"to": to, "amount": "1"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"to": ["This person cannot receive a transfer. Check what you typed."]}


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


@pytest.mark.parametrize(
    "make, path, limit", [(api, "/api/wallet/transactions", 9), (browser, "/portefeuille/", 18)], ids=["api", "page"]
)
def test_a_long_statement_costs_no_more(rich, make, path, limit):
    people = [make_user(f"u{i}") for i in range(8)]
    services.transfer(actor=rich, to=str(people[0].pk), amount=D("1"), key="0")
    door = make(rich)
    with assert_max_queries(limit) as few:
        door.get(path)
    for i, person in enumerate(people[1:]):
        services.transfer(actor=rich, to=str(person.pk), amount=D("1"), key=f"more{i}")
    with assert_max_queries(len(few)):
        door.get(path)


def test_a_visitor_has_no_wallet():
    assert api().get("/api/wallet").status_code == 401
    assert api().post("/api/wallet/transfer", {}).status_code == 401


@pytest.mark.parametrize(
    "to", ["+33600000001", "06 00 00 00 01", "06.00.00.00.01", "0033 6 00 00 00 01", "+33 (0)6 00 00 00 01", "BOB@email.test "]
)
def test_money_finds_its_receiver_by_phone_as_people_write_it(rich, to):
    bob = make_user("bob", phone="+33600000001")
    assert api(rich).post("/api/wallet/transfer", {"to": to, "amount": "1"}).status_code == 200
    assert browser(rich).post("/portefeuille/envoyer/", {"to": to, "amount": "1", "key": "k"}).status_code == 302
    assert balance_of(wallet_of(bob)) == D("2")


def test_without_money_nobody_learns_who_is_known_here(rich):
    make_user("bob")
    told = [
        api(rich).post("/api/wallet/transfer", {"to": to, "amount": "40.01"}).json()
        for to in ("bob@email.test", "nobody@email.test", "alice@email.test")
    ]
    assert told[0]["code"] == "insufficient_funds"
    assert told[0] == told[1] == told[2]


def test_a_day_has_its_limit_by_both_doors_and_the_next_day_is_new(rich, settings):
    settings.WALLET_DAILY_LIMIT = D("20")
    bob = make_user("bob")
    assert api(rich).post("/api/wallet/transfer", {"to": "bob@email.test", "amount": "15"}).status_code == 200
    refused = api(rich).post("/api/wallet/transfer", {"to": "bob@email.test", "amount": "5.01"})
    assert (refused.status_code, refused.json()["code"], refused.json()["left"]) == (409, "daily_limit", "5.00")
    page = browser(rich).post("/portefeuille/envoyer/", {"to": "bob@email.test", "amount": "5.01", "key": "a"})
    assert page.status_code == 422
    assert "At most 20 € may leave your wallet in a day; 5.00 € are left for today." in page.content.decode()
    unknown = api(rich).post("/api/wallet/transfer", {"to": "nobody@email.test", "amount": "5.01"})
    assert unknown.json() == refused.json()
    assert balance_of(wallet_of(bob)) == D("15")
    assert api(rich).post("/api/wallet/transfer", {"to": "bob@email.test", "amount": "5"}).status_code == 200
    type(wallet_of(rich)).objects.filter(user=rich).update(outflow_day=timezone.localdate() - timedelta(days=1))
    assert api(rich).post("/api/wallet/transfer", {"to": "bob@email.test", "amount": "5"}).status_code == 200
    assert wallet_of(rich).outflow == D("5")


def test_a_withdrawal_called_off_gives_its_day_the_room_back(rich, settings):
    settings.WALLET_DAILY_LIMIT = D("20")
    purse, today = wallet_of(rich), timezone.localdate()
    services.count_outflow(account=purse, amount=D("20"))
    with pytest.raises(DailyLimitReached), transaction.atomic():
        services.count_outflow(account=purse, amount=D("0.01"))
    services.uncount_outflow(account=purse, amount=D("20"), on=today - timedelta(days=1))
    assert wallet_of(rich).outflow == D("20")  # another day's room is not today's
    services.uncount_outflow(account=purse, amount=D("20"), on=today)
    services.count_outflow(account=purse, amount=D("20"))


def test_tries_are_counted_for_page_and_api_together(rich):
    body = {"to": "nobody@email.test", "amount": "1"}
    page = browser(rich)
    for number in range(15):
        assert api(rich).post("/api/wallet/transfer", body).status_code == 422
        assert page.post("/portefeuille/envoyer/", body | {"key": str(number)}).status_code == 422
    stopped = page.post("/portefeuille/envoyer/", body | {"key": "x", "note": "kept"})
    assert stopped.status_code == 429
    assert int(stopped["Retry-After"]) > 0
    assert "kept" in stopped.content.decode()
    assert api(rich).post("/api/wallet/transfer", body).status_code == 429
    assert api(make_user("bob")).post("/api/wallet/transfer", body).status_code == 409  # another person is not stopped


def test_a_repeat_after_the_money_is_gone_is_still_the_first_transfer(rich):
    make_user("bob")
    page = browser(rich)
    body = {"key": "k", "to": "bob@email.test", "amount": "40"}
    for _ in range(2):
        assert page.post("/portefeuille/envoyer/", body).status_code == 302
    assert Transaction.objects.filter(kind="transfer").count() == 1
