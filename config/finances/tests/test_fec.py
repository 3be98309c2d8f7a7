"""The French accounting export: its form by law, its sums, and that it never changes backwards."""

import itertools
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from unittest.mock import patch

import pytest
from django.utils import timezone

from accounts.payments import services as payments
from accounts.users.tests.factories import make_user
from accounts.wallet import services as wallet
from accounts.wallet.accounting.models import JournalEntry
from accounts.wallet.models import Posting, Transaction
from accounts.wallet.queries import system_account, wallet_of
from config.finances import fec
from config.finances.services import bring_up_to_date
from config.lib.actors import SYSTEM
from config.lib.testing import at_once
from shop.invoices.models import Invoice
from shop.orders import services as orders
from shop.orders.tests.factories import paid_order

FIRST, LAST = date(2020, 1, 2), date(2099, 12, 31)


def export(first=FIRST, last=LAST):
    bring_up_to_date()
    return b"".join(fec.lines(first, last))


def read(content):
    head, *rows = content.decode(fec.ENCODING).split("\r\n")
    assert head == "\t".join(fec.COLUMNS)
    assert rows.pop() == ""
    return [dict(zip(fec.COLUMNS, row.split("\t"), strict=True)) for row in rows]


def number(text):
    return D(text.replace(",", "."))


def gift(user, key, at=None):
    """A movement of 9.05, begun at `at` although it commits now."""
    field = Transaction._meta.get_field("at")
    with patch.object(field, "_get_default", lambda: at or timezone.now()):
        return wallet.post(
            kind="gift", key=key, actor=SYSTEM,
            postings=[(system_account("REWARDS"), D("-9.05")), (wallet_of(user), D("9.05"))],
        )


@pytest.fixture
def sold(alice, commit):
    """An order paid by courier, refunded twice in part."""
    with commit():
        order = paid_order(alice, method="COURSIER")
        for amount in ("3.00", "2.50"):
            orders.refund_order(actor=SYSTEM, order_id=order.pk, amount=D(amount), reason="broken\tjar | é € œ’")
    return order


@pytest.mark.django_db
def test_every_line_has_the_form_of_the_law(sold):
    rows = read(export())
    assert len(rows) == Posting.objects.count()
    for row in rows:
        assert row["JournalCode"] in {"VE", "BQ", "OD"}
        for name in ("EcritureDate", "PieceDate", "ValidDate"):
            assert datetime.strptime(row[name], "%Y%m%d")
        assert row["CompteNum"][:3].isdigit()
        assert row["CompteLib"]
        assert row["PieceRef"]
        assert row["EcritureLib"]
        assert (number(row["Debit"]) == 0) != (number(row["Credit"]) == 0)
        assert "." not in row["Debit"] + row["Credit"]
    assert [int(r["EcritureNum"]) for r in rows] == sorted(int(r["EcritureNum"]) for r in rows)


@pytest.mark.django_db
def test_each_entry_balances_and_numbers_have_no_gap(sold):
    sums = defaultdict(D)
    for row in read(export()):
        sums[int(row["EcritureNum"])] += number(row["Debit"]) - number(row["Credit"])
    assert set(sums.values()) == {D(0)}
    assert sorted(sums) == list(range(1, Transaction.objects.count() + 1))


@pytest.mark.django_db
def test_sales_name_their_invoice_and_refunds_their_credit_note(sold):
    rows = read(export())
    invoice = Invoice.objects.get(kind="FACTURE").number
    notes = list(Invoice.objects.filter(kind="AVOIR").order_by("pk").values_list("number", flat=True))
    of_kind = {label: [r["PieceRef"] for r in rows if r["EcritureLib"].startswith(label + " ")]
               for label in ("Vente", "Remboursement de vente")}
    assert set(of_kind["Vente"]) == {invoice}
    assert list(dict.fromkeys(of_kind["Remboursement de vente"])) == notes


@pytest.mark.django_db
def test_wallets_have_an_auxiliary_account_without_a_name(alice):
    gift(alice, "g")
    [mine] = [row for row in read(export()) if row["CompAuxNum"]]
    assert mine["CompAuxNum"] == f"P{wallet_of(alice).pk:08d}"
    assert (mine["CompteNum"], mine["Credit"]) == ("467100", "9,05")
    assert "Martin" not in mine["CompAuxLib"]


@pytest.mark.django_db
def test_what_was_exported_stays_as_it_was(alice, bob, sold, commit, settings):
    gift(alice, "a")
    first = export()
    with commit():
        orders.refund_order(actor=SYSTEM, order_id=sold.pk, reason="x")
        payments.top_up(actor=bob, amount=D(20), method="CARTE", token="tok_ok", key="late")
    gift(bob, "backdated", at=timezone.now() - timedelta(days=40))
    settings.ACCOUNT_NUMBERS = {"REWARDS": "623999"}
    alice.first_name = "Changed"
    alice.save()
    second = export()
    assert second.startswith(first)
    assert len(second) > len(first)
    assert b"623999" in second
    assert export() == second


@pytest.mark.django_db
def test_an_opening_entry_carries_the_balances_of_the_year_before(alice):
    gift(alice, "a", at=datetime(2025, 6, 1, 12, tzinfo=UTC))
    assert read(export(date(2026, 1, 1))) == [], "nothing is carried forward while the old year may still grow"
    gift(alice, "b", at=datetime(2026, 2, 1, 12, tzinfo=UTC))
    rows = read(export(date(2026, 1, 1)))
    assert [(r["JournalCode"], r["CompteNum"], r["Debit"], r["Credit"]) for r in rows[:2]] == [
        ("AN", "129000", "9,05", "0,00"), ("AN", "467100", "0,00", "9,05"),
    ]
    assert len(rows) == 4
    gift(alice, "c", at=datetime(2025, 7, 1, 12, tzinfo=UTC))
    assert [r["EcritureDate"] for r in read(export(date(2026, 1, 1)))][-1] == "20260201"


@pytest.mark.django_db
def test_chunks_make_the_same_file(alice, sold, monkeypatch):
    whole = export()
    monkeypatch.setattr(fec, "CHUNK", 2)
    assert export() == whole


def test_the_name_of_the_file(settings):
    settings.SHOP_SIREN = "732829320"
    assert fec.filename(date(2026, 12, 31)) == "732829320FEC20261231.txt"


@pytest.mark.postgres_race
@pytest.mark.django_db(transaction=True)
def test_entries_of_movements_at_the_same_moment_have_no_gap_and_no_repeat():
    people = [make_user(f"user{n}") for n in range(6)]
    files = []

    def work(n):
        for turn in range(5):
            if n < 6:
                gift(people[n], f"{n}:{turn}")
            else:
                files.append(export())

    assert [r for r in at_once(9, work) if isinstance(r, Exception)] == []
    files.append(export())
    assert list(JournalEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 31))
    files.sort(key=len)
    for early, late in itertools.pairwise(files):
        assert late.startswith(early)
