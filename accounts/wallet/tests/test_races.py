"""Several real connections on the same money. Each test has a canary: with the guard off it must fail."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D
from threading import Barrier, Event

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F

from accounts.users import services as people
from accounts.users.tests.factories import make_user
from accounts.wallet import audit, services
from accounts.wallet.models import Account, Hold, Transaction
from accounts.wallet.queries import balance_of, system_account, wallet_of
from accounts.wallet.rules import DailyLimitReached, HoldEnded, InsufficientFunds
from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from config.lib.models import money_value

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def at_once(count: int, work: Callable[[int], object]) -> list:
    """Run `work(i)` on `count` connections, released together; exceptions come back as values."""
    gate = Barrier(count)

    def run(i: int):
        try:
            gate.wait()
            return work(i)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def give(user, amount):
    services.post(
        kind="gift", key=f"gift:{user.pk}", actor=SYSTEM,
        postings=[(system_account("REWARDS"), -D(amount)), (wallet_of(user), D(amount))],
    )


def naive_bears(*, account_id, balance, held):
    """What a careless programmer writes: look, then leap."""
    row = Account.objects.get(pk=account_id)
    if row.balance + balance < row.held + held:
        return False
    Account.objects.filter(pk=account_id).update(balance=row.balance + balance, held=row.held + held)
    return True


def spend_twenty_times(alice, bob):
    return at_once(20, lambda i: services.transfer(actor=alice, to=str(bob.pk), amount=D("1"), key=str(i)))


def test_twenty_transfers_of_one_euro_out_of_ten():
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    results = spend_twenty_times(alice, bob)
    assert sum(isinstance(r, Transaction) for r in results) == 10
    assert {type(r) for r in results} == {Transaction, InsufficientFunds}
    assert (balance_of(wallet_of(alice)), balance_of(wallet_of(bob))) == (D("0"), D("10"))
    assert audit.first_fault() == ""


def test_canary_without_the_conditional_update_the_books_are_wrong(monkeypatch):
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    monkeypatch.setattr(services, "_bears", naive_bears)
    spend_twenty_times(alice, bob)
    assert audit.first_fault() != ""


def spend_forty_times(alice, bob):
    """Forty connections, each wants half an euro or sets it aside, out of ten euros."""
    def spend(i: int):
        if i % 2:
            return services.hold(account=wallet_of(alice), amount=D("0.50"), reference=f"h{i}", actor=alice)
        return services.transfer(actor=alice, to=str(bob.pk), amount=D("0.50"), key=f"forty{i}")

    return at_once(40, spend)


def test_forty_connections_spend_at_once_and_none_overdraws():
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    results = spend_forty_times(alice, bob)
    assert sum(isinstance(r, Transaction | Hold) for r in results) == 20
    assert {type(r) for r in results} == {Transaction, Hold, InsufficientFunds}
    purse = wallet_of(alice)
    assert purse.available == 0
    assert purse.balance + balance_of(wallet_of(bob)) == D("10")
    assert audit.first_fault() == ""


def test_canary_forty_connections_without_the_conditional_update_break_the_books(monkeypatch):
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    monkeypatch.setattr(services, "_bears", naive_bears)
    spend_forty_times(alice, bob)
    assert audit.first_fault() != ""


def test_the_daily_limit_holds_for_forty_transfers_at_once(settings):
    settings.WALLET_DAILY_LIMIT = D("10")
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "100")
    results = at_once(40, lambda i: services.transfer(actor=alice, to=str(bob.pk), amount=D("1"), key=f"d{i}"))
    assert sum(isinstance(r, Transaction) for r in results) == 10
    assert {type(r) for r in results} == {Transaction, DailyLimitReached}
    assert (balance_of(wallet_of(bob)), wallet_of(alice).outflow) == (D("10"), D("10"))


def test_canary_a_limit_that_only_looks_is_overrun(monkeypatch, settings):
    settings.WALLET_DAILY_LIMIT = D("10")
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "100")
    # The look before the transfer stays; the conditional update, which is the verdict, is off.
    monkeypatch.setattr(services, "count_outflow", lambda **_: None)
    at_once(40, lambda i: services.transfer(actor=alice, to=str(bob.pk), amount=D("1"), key=f"d{i}"))
    assert balance_of(wallet_of(bob)) > D("10")


def test_the_same_key_at_the_same_moment_posts_once():
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    results = at_once(8, lambda i: services.transfer(actor=alice, to=str(bob.pk), amount=D("3"), key="same"))
    assert len({r.pk for r in results}) == 1
    assert balance_of(wallet_of(bob)) == D("3")


def test_transfers_both_ways_do_not_deadlock():
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "50")
    give(bob, "50")
    people = [alice, bob]
    results = at_once(
        16,
        lambda i: services.transfer(actor=people[i % 2], to=str(people[1 - i % 2].pk), amount=D("1"), key=str(i)),
    )
    assert all(isinstance(r, Transaction) for r in results), results
    assert balance_of(wallet_of(alice)) == D("50")


def test_a_hold_is_captured_or_released_never_both():
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    held = services.hold(account=wallet_of(alice), amount=D("8"), reference="delivery:1", actor=alice)
    splits = [(wallet_of(bob), D("8"))]
    results = at_once(
        6,
        lambda i: services.release(hold=held, actor=SYSTEM)
        if i % 2
        else services.capture(hold=held, splits=splits, kind="payout", key="payout:1", actor=SYSTEM),
    )
    assert {type(r) for r in results} - {HoldEnded} in ({Hold}, {Transaction})
    assert wallet_of(alice).held == 0
    assert audit.first_fault() == ""


def test_holds_never_exceed_the_balance():
    alice = make_user("alice")
    give(alice, "10")
    results = at_once(
        12, lambda i: services.hold(account=wallet_of(alice), amount=D("3"), reference=f"h{i}", actor=alice)
    )
    assert sum(isinstance(r, Hold) for r in results) == 3
    assert audit.first_fault() == ""


def test_the_check_stands_even_when_a_service_forgets_its_condition():
    alice = make_user("alice")
    give(alice, "1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(user=alice).update(balance=F("balance") - money_value(D("2")))


def test_the_database_refuses_an_unbalanced_transaction_at_commit():
    row = services.post(kind="x", key="x", actor=SYSTEM, postings=[])
    with pytest.raises(DatabaseError, match="does not add up"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_posting (transaction_id, account_id, amount) VALUES (%s, %s, 5)",
            [row.pk, system_account("VAT").pk],
        )


def test_nobody_sends_money_into_an_account_that_is_being_closed():
    """The receiver is there when he is looked up, and gone when his wallet is free."""
    alice, bob = make_user("alice"), make_user("bob")
    give(alice, "10")
    purse, looked_up = wallet_of(bob), Event()

    def close():
        with transaction.atomic():
            people.close_account(actor=bob)
            looked_up.set()
            time.sleep(0.5)  # the transfer has found Bob and waits for his wallet

    def send():
        looked_up.wait(5)
        return services.transfer(actor=alice, to=str(bob.pk), amount=D("1"), key="k")

    _closed, sent = at_once(2, lambda i: send() if i else close())
    assert isinstance(sent, Invalid)
    assert balance_of(purse) == 0
    assert balance_of(wallet_of(alice)) == D("10")
