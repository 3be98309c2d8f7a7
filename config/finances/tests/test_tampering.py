"""Somebody with the rights of the database's owner takes the triggers off and changes one amount: the proof names it."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.payments import services as payments
from accounts.users.tests.factories import make_user
from accounts.wallet import services as wallet
from accounts.wallet.accounting.models import JournalEntry
from accounts.wallet.models import Hold, Posting
from accounts.wallet.queries import system_account, wallet_of
from config.finances import proof
from config.finances.services import bring_up_to_date
from config.lib.actors import SYSTEM
from shop.orders import services as orders
from shop.orders.tests.factories import paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def traded(alice, bob, commit):
    """An order sold and refunded in part, a wallet filled and journalised: all books are right."""
    with commit():
        order = paid_order(alice, method="COURSIER")
        orders.refund_order(actor=SYSTEM, order_id=order.pk, amount=D("3.00"), reason="x")
        payments.top_up(actor=bob, amount=D(20), method="CARTE", token="tok_ok", key="k")
    bring_up_to_date()
    call_command("verify_ledger")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("accounts_posting", "accounts_transaction", "accounts_journalentry", "shop_invoice"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    return order


@pytest.fixture
def carol():
    return make_user("carol")


def sql(text, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def test_one_cent_on_one_posting(traded):
    row = Posting.objects.filter(account__code="SALES").first()
    sql("UPDATE accounts_posting SET amount = amount + 1 WHERE id = %s", row.pk)
    with pytest.raises(CommandError, match=f"transaction {row.transaction_id} adds up to 0.01, not to zero"):
        call_command("verify_ledger")


def test_a_posting_moved_to_another_wallet(traded, alice, bob):
    row = Posting.objects.get(account__user=bob)
    sql("UPDATE accounts_posting SET account_id = %s WHERE id = %s", Posting.objects.filter(
        account__code="SALES").first().account_id, row.pk)
    with pytest.raises(CommandError, match=f"account {row.account_id} stores 20.00, its postings add up to 0.00"):
        call_command("verify_ledger")


def test_two_postings_changed_so_that_they_still_balance(traded):
    """Ten euros more sold and received: only what was sealed elsewhere can tell."""
    entry = Posting.objects.filter(account__code="SALES", amount__gt=0).first().transaction
    plus = entry.postings.get(account__code="SALES")
    minus = entry.postings.get(account__code="UNAPPLIED")
    sql("UPDATE accounts_posting SET amount = amount + 1000 WHERE id = %s", plus.pk)
    sql("UPDATE accounts_posting SET amount = amount - 1000 WHERE id = %s", minus.pk)
    found = list(proof.faults())
    assert any(f"journal entry {entry.entry.number} was sealed with" in fault for fault in found)
    assert any(f"order {traded.pk}" in fault for fault in found)


def test_a_refund_made_larger(traded):
    sql("UPDATE shop_orderrefund SET amount = amount + 1")
    assert any("refund" in fault and f"order {traded.pk}" in fault for fault in proof.faults())


def test_a_hold_that_nobody_made(traded, bob):
    sql("UPDATE accounts_account SET held = 500 WHERE user_id = %s", bob.pk)
    assert not Hold.objects.filter(account__user=bob).exists()
    with pytest.raises(CommandError, match=r"stores 5\.00 held, its holds add up to 0\.00"):
        call_command("verify_ledger")


def test_every_wrong_row_is_named_when_asked(traded):
    sql("UPDATE accounts_posting SET amount = amount + 1 WHERE id IN (SELECT id FROM accounts_posting ORDER BY id LIMIT 2)")
    with pytest.raises(CommandError) as refusal:
        call_command("verify_ledger", "--all")
    assert str(refusal.value).count(";") >= 1


def between_friends(alice, bob, carol):
    """A transfer of five euros to Bob, sealed; the second posting is his."""
    move = wallet.transfer(actor=alice, to=str(bob.pk), amount=D("5"), note="Pour le pain", key="t")
    wallet_of(carol)
    bring_up_to_date()
    assert list(proof.faults()) == []
    return move, move.postings.get(account__user=bob)


CHANGES = {
    "the money goes to another wallet, with both balances": lambda move, line, bob, carol: (
        sql("UPDATE accounts_posting SET account_id = %s WHERE id = %s", wallet_of(carol).pk, line.pk),
        sql("UPDATE accounts_account SET balance = balance - 500 WHERE user_id = %s", bob.pk),
        sql("UPDATE accounts_account SET balance = balance + 500 WHERE user_id = %s", carol.pk),
    ),
    "two people's wallets change owners": lambda move, line, bob, carol: (
        sql("UPDATE accounts_account SET user_id = NULL, kind = 'COMMUNAUTE', label = 'x' WHERE user_id = %s", carol.pk),
        sql("UPDATE accounts_account SET user_id = %s WHERE user_id = %s", carol.pk, bob.pk),
    ),
    "another day": lambda move, line, bob, carol: sql(
        "UPDATE accounts_transaction SET at = %s WHERE id = %s", move.at - timedelta(days=40), move.pk
    ),
    "another author": lambda move, line, bob, carol: sql(
        "UPDATE accounts_transaction SET actor_id = %s WHERE id = %s", carol.pk, move.pk
    ),
    "another note": lambda move, line, bob, carol: sql(
        "UPDATE accounts_transaction SET memo = 'Pour le vin' WHERE id = %s", move.pk
    ),
    "a VAT rate": lambda move, line, bob, carol: sql(
        "UPDATE accounts_posting SET vat_rate = 5.5 WHERE id = %s", line.pk
    ),
    "another paper": lambda move, line, bob, carol: sql(
        "UPDATE accounts_journalentry SET piece = 'FA-2026-999999' WHERE transaction_id = %s", move.pk
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_still_adds_up_breaks_the_seal(traded, alice, bob, carol, change):
    wallet.post(
        kind="gift", key="g", actor=SYSTEM,
        postings=[(system_account("REWARDS"), D(-9)), (wallet_of(alice), D(9))],
    )
    move, line = between_friends(alice, bob, carol)
    change(move, line, bob, carol)
    with pytest.raises(CommandError, match=rf"\(transaction {move.pk}\) was changed after it was sealed"):
        call_command("verify_ledger", "--all")


def test_a_seal_taken_off_is_missed(traded):
    last = JournalEntry.objects.latest("number")
    sql("UPDATE accounts_journalentry SET seal = NULL WHERE id = %s", last.pk)
    assert any(f"journal entry {last.number} " in fault for fault in proof.faults())


def test_entries_older_than_the_seals_are_not_held_against_them(traded, alice, bob):
    sql("UPDATE accounts_journalentry SET seal = NULL")
    assert list(proof.faults()) == []
