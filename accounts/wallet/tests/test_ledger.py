"""Posting, holding, capturing, releasing."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.users.models import User
from accounts.wallet import services
from accounts.wallet.models import Account, Hold, Posting, SystemAccount, Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from accounts.wallet.rules import HoldEnded, InsufficientFunds, Unbalanced
from accounts.wallet.statement import lines, with_balances
from config.lib.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return User.objects.create_user("alice@email.test", "password123")


@pytest.fixture
def bob():
    return User.objects.create_user("bob@email.test", "password123")


def give(user, amount, key="gift"):
    return services.post(
        kind="gift", key=key, actor=SYSTEM,
        postings=[(system_account(SystemAccount.REWARDS), -D(amount)), (wallet_of(user), D(amount))],
    )


def test_posting_moves_money_and_keeps_the_sum_at_zero(alice):
    row = give(alice, "12.34")
    assert balance_of(wallet_of(alice)) == D("12.34")
    assert balance_of(system_account("REWARDS")) == D("-12.34")
    assert sum(p.amount for p in row.postings.all()) == 0
    assert not Account.objects.get(code="REWARDS").balance


def test_the_same_key_posts_once(alice):
    assert give(alice, "5") == give(alice, "5")
    assert balance_of(wallet_of(alice)) == D("5.00")


def test_unbalanced_postings_are_refused(alice):
    with pytest.raises(Unbalanced):
        services.post(kind="x", key="x", actor=SYSTEM, postings=[(wallet_of(alice), D("1"))])


def test_a_wallet_never_goes_below_zero(alice, bob):
    give(alice, "5")
    with pytest.raises(InsufficientFunds), transaction.atomic():
        services.transfer(actor=alice, to="bob@email.test", amount=D("5.01"), key="t")
    assert balance_of(wallet_of(alice)) == D("5.00")
    assert not Transaction.objects.filter(kind="transfer").exists()


def test_held_money_cannot_be_spent(alice, bob):
    give(alice, "10")
    services.hold(account=wallet_of(alice), amount=D("6"), reference="delivery:1", actor=alice)
    purse = wallet_of(alice)
    assert (purse.balance, purse.held, purse.available) == (D("10"), D("6"), D("4"))
    with pytest.raises(InsufficientFunds), transaction.atomic():
        services.transfer(actor=alice, to=str(bob.pk), amount=D("5"), key="t")
    with pytest.raises(InsufficientFunds), transaction.atomic():
        services.hold(account=purse, amount=D("4.01"), reference="delivery:2", actor=alice)


def test_capture_pays_the_splits_and_frees_the_rest(alice, bob):
    give(alice, "10")
    held = services.hold(account=wallet_of(alice), amount=D("8"), reference="delivery:1", actor=alice)
    splits = [(wallet_of(bob), D("5.10")), (system_account("COMMISSION"), D("0.90")), (system_account("VAT"), D(0))]
    first = services.capture(hold=held, splits=splits, kind="payout", key="payout:1", actor=SYSTEM)
    again = services.capture(hold=held, splits=splits, kind="payout", key="payout:1", actor=SYSTEM)
    assert first == again
    purse = wallet_of(alice)
    assert (purse.balance, purse.held) == (D("4"), D("0"))
    assert balance_of(wallet_of(bob)) == D("5.10")
    with pytest.raises(HoldEnded):
        services.release(hold=held, actor=SYSTEM)


def test_capture_of_more_than_held_is_refused(alice, bob):
    give(alice, "10")
    held = services.hold(account=wallet_of(alice), amount=D("3"), reference="d", actor=alice)
    with pytest.raises(Unbalanced), transaction.atomic():
        services.capture(hold=held, splits=[(wallet_of(bob), D("3.01"))], kind="p", key="p", actor=SYSTEM)
    assert wallet_of(alice).held == D("3")


def test_release_frees_once(alice):
    give(alice, "10")
    held = services.hold(account=wallet_of(alice), amount=D("3"), reference="d", actor=alice)
    for _ in range(2):
        assert services.release(hold=held, actor=SYSTEM).status == Hold.Status.LIBERE
    assert (wallet_of(alice).balance, wallet_of(alice).held) == (D("10"), D("0"))
    with pytest.raises(HoldEnded):
        services.capture(hold=held, splits=[], kind="p", key="p", actor=SYSTEM)


def test_holding_twice_with_one_reference_holds_once(alice):
    give(alice, "10")
    for _ in range(2):
        services.hold(account=wallet_of(alice), amount=D("3"), reference="d", actor=alice)
    assert wallet_of(alice).held == D("3")


@pytest.mark.parametrize("model", [Posting, Transaction])
def test_the_database_refuses_to_delete_from_the_books(alice, model):
    give(alice, "5")
    rows = model.objects.filter(pk=model.objects.first().pk)
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        rows._raw_delete(rows.db)


@pytest.mark.parametrize("model, change", [(Posting, {"amount": D("9")}), (Transaction, {"memo": "x"})])
def test_the_database_refuses_to_change_the_books(alice, model, change):
    give(alice, "5")
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk).update(**change)


def test_the_database_refuses_a_negative_balance(alice):
    give(alice, "5")
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(user=alice).update(balance=D("-0.01"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(user=alice).update(held=D("5.01"))


def test_statement_shows_the_balance_after_each_line(alice):
    give(alice, "5", key="a")
    give(alice, "2.50", key="b")
    rows = list(lines(wallet_of(alice)))
    assert with_balances(wallet_of(alice), rows) == D("7.50")
    assert [(p.amount, p.balance_after) for p in rows] == [
        (D("2.50"), D("7.50")),
        (D("5.00"), D("5.00")),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_the_books_are_sealed_after_a_test_emptied_them(alice, time):
    give(alice, "5")
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        Posting.objects.update(amount=D("9"))


def test_older_books_are_taken_over_in_the_order_of_time_only(alice):
    now = timezone.now()
    rewards, purse = system_account("REWARDS"), wallet_of(alice)
    postings = [(rewards, -D("5")), (purse, D("5"))]
    first = services.post(kind="gift", key="a", actor=SYSTEM, postings=postings, at=now - timedelta(days=30))
    assert first.at == now - timedelta(days=30)
    services.post(kind="gift", key="b", actor=SYSTEM, postings=postings, at=now - timedelta(days=29))
    for moment in (now - timedelta(days=29, seconds=1), now + timedelta(minutes=1)):
        with pytest.raises(ValueError, match="order of time"):
            services.post(kind="gift", key="c", actor=SYSTEM, postings=postings, at=moment)
    services.post(kind="gift", key="d", actor=SYSTEM, postings=postings)
