"""The journal: each movement gets its number once, in the order in which it became visible, and nothing changes it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.wallet import services as wallet
from accounts.wallet.accounting import audit, rules, services
from accounts.wallet.accounting.models import ChartNumber, JournalEntry, JournalHead
from accounts.wallet.models import Transaction
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM

pytestmark = pytest.mark.django_db


def no_papers(rows):
    return {}


def journalise(**kwargs):
    return services.journalise(describe=no_papers, **kwargs)


def gift(user, amount="9", *, key, at=None):
    """A movement, begun at `at` although it commits now."""
    field = Transaction._meta.get_field("at")
    with patch.object(field, "_get_default", lambda: at or timezone.now()):
        return wallet.post(
            kind="gift", key=key, actor=SYSTEM,
            postings=[(system_account("REWARDS"), -D(amount)), (wallet_of(user), D(amount))],
        )


def test_entries_are_numbered_from_one_without_gap_and_once(alice):
    rows = [gift(alice, key=str(n)) for n in range(3)]
    assert journalise() == 3
    assert list(JournalEntry.objects.values_list("number", "transaction")) == [
        (n, row.pk) for n, row in enumerate(rows, 1)
    ]
    assert journalise() == 0
    gift(alice, key="later")
    assert journalise(thorough=False) == 1
    assert JournalEntry.objects.last().number == 4


def test_a_movement_without_money_takes_no_number(alice):
    wallet.post(kind="x", key="x", actor=SYSTEM, postings=[])
    gift(alice, key="g")
    assert journalise() == 1


def test_the_accounting_date_is_local_and_never_goes_back(alice):
    gift(alice, key="a", at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # 1 April, half past midnight in Paris
    journalise()
    gift(alice, key="b", at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    journalise()
    assert list(JournalEntry.objects.values_list("date", flat=True)) == [date(2026, 4, 1)] * 2
    assert list(JournalEntry.objects.values_list("piece_date", flat=True)) == [date(2026, 4, 1), date(2026, 3, 2)]


def test_more_than_one_batch(alice, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 2)
    for n in range(5):
        gift(alice, key=str(n))
    assert journalise() == 5
    assert list(JournalEntry.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("model", [JournalEntry, ChartNumber])
def test_the_database_refuses_to_change_the_journal(alice, model):
    gift(alice, key="g")
    journalise()
    for verb in (lambda: model.objects.update(label="x"), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
            verb()


def test_a_new_number_of_the_accountant_holds_from_then_on(alice, settings):
    gift(alice, key="a")
    journalise()
    settings.ACCOUNT_NUMBERS = {"REWARDS": "623800"}
    gift(alice, key="b")
    journalise()
    chart = services.queries.chart()
    assert [chart.at("REWARDS", n)[0] for n in (1, 2)] == ["623400", "623800"]
    assert chart.changes == [2]
    assert ChartNumber.objects.filter(key="PERSONNEL").count() == 1


@pytest.mark.parametrize("key, number", [
    ("SALES@20", "707200"), ("SALES@5.5", "707055"), ("SALES@10", "707100"), ("SALES@1.05", "7070105"),
    ("SALES@0", "707990"), ("SALES@", "707000"), ("VAT@20", "44571200"), ("VAT@2.1", "44571021"),
    ("COMMISSION@20", "706200"), ("ROUNDING-", "658000"), ("ROUNDING+", "758000"), ("BANK", "512000"),
    ("PERSONNEL", "467100"), ("NEVER_HEARD_OF", "471000"),
])  # fmt: skip
def test_numbers_of_the_plan(key, number):
    assert rules.number_of(key)[0] == number


@pytest.mark.parametrize("kind, codes, journal", [
    ("order_payment", ["UNAPPLIED", "SALES"], "VE"), ("payment", ["CLEARING", "UNAPPLIED"], "BQ"),
    ("payment", [None, "UNAPPLIED"], "OD"), ("payout", [None, "BANK"], "BQ"), ("never_heard_of", [None], "OD"),
])  # fmt: skip
def test_journals(kind, codes, journal):
    assert rules.journal_of(kind, codes) == journal


# --- The audit: green, then red with the row named ----------------------------------------------------------------
@pytest.fixture
def unsealed():
    """The triggers taken off, as somebody with the rights of the database's owner could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE accounts_journalentry DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER accounts_journalentry_no_{verb}")


@pytest.fixture
def journal(alice):
    for n in range(3):
        gift(alice, key=str(n))
    journalise()
    assert list(audit.faults()) == []
    return alice


def test_a_missing_number_is_named(journal, unsealed):
    JournalEntry.objects.filter(number=2)._raw_delete("default")
    assert next(audit.faults()) == "journal entry 2 is missing: 2 entries are numbered up to 3"


def test_a_head_that_runs_ahead_is_named(journal):
    JournalHead.objects.update(last=5)
    assert "the journal's head says 5 entries, the last one has number 3" in audit.faults()


def test_a_date_that_goes_back_is_named(journal, unsealed):
    entry = JournalEntry.objects.get(number=3)
    JournalEntry.objects.filter(pk=entry.pk).update(date=entry.date - timedelta(days=1))
    assert next(audit.faults()).startswith("journal entry 3 is dated")


def test_an_entry_that_differs_from_its_postings_is_named(journal, unsealed):
    JournalEntry.objects.filter(number=2).update(total=D("8.99"))
    named = list(audit.faults())
    assert "journal entry 2 was sealed with 8.99, its postings say 9.00" in named
    assert all("entry 2" in fault for fault in named)
