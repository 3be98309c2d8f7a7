"""manage.py verify_ledger: silent about right books, names the wrong row."""

from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.wallet import audit, services
from accounts.wallet.models import Account
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def purse(alice):
    services.post(
        kind="gift", key="g", actor=SYSTEM,
        postings=[(system_account("REWARDS"), D("-9")), (wallet_of(alice), D("9"))],
    )
    services.hold(account=wallet_of(alice), amount=D("4"), reference="h", actor=SYSTEM)
    return wallet_of(alice)


def test_right_books_pass(purse, capsys, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    call_command("verify_ledger")
    assert "1 transactions, 2 postings" in capsys.readouterr().out


def test_a_stored_balance_that_differs_is_named(purse):
    Account.objects.filter(pk=purse.pk).update(balance=D("8.99"))
    assert audit.first_fault() == f"account {purse.pk} stores 8.99, its postings add up to 9.00"


def test_held_money_without_a_hold_is_named(purse):
    Account.objects.filter(pk=purse.pk).update(held=D("5"))
    assert audit.first_fault() == f"account {purse.pk} stores 5.00 held, its holds add up to 4.00"


def test_a_system_account_that_stores_money_is_named(purse):
    Account.objects.filter(code="SALES").update(balance=D("1"))
    assert "(SALES) stores a balance" in audit.first_fault()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL refuses it at commit")
def test_an_unbalanced_transaction_is_named_and_the_command_fails(purse):
    row = services.post(kind="x", key="x", actor=SYSTEM, postings=[])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_posting (transaction_id, account_id, amount) VALUES (%s, %s, 5)",
            [row.pk, system_account("VAT").pk],
        )
    with pytest.raises(CommandError, match=f"transaction {row.pk} adds up to 0.05"):
        call_command("verify_ledger")
