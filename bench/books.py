"""Finances and the proof of the books on 200 000 postings, against the bare sums in SQL over the same rows.

50 000 movements of 1 000 people in 400 days, written by SQL as services would leave them. What is compared: the
managers' figures of a year by month, with one GROUP BY over the same postings; the proof of ledger and journal, with
the sums by transaction and by account that any proof needs; the accounting export, with the same rows fetched.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from accounts.wallet.accounting import audit as journal
from accounts.wallet.models import Account
from accounts.wallet.queries import system_account
from bench.report import Report
from bench.timing import side_by_side
from config.finances import fec, proof, report
from config.finances.services import bring_up_to_date
from config.lib.actors import SYSTEM

MOVEMENTS, PEOPLE = 50_000, 1_000

FILL = """
INSERT INTO accounts_transaction (kind, reference, key, at, memo)
SELECT 'bench', 'bench:' || n, 'bench:' || n, now() - ({movements} - n) * interval '400 days' / {movements}, ''
FROM generate_series(1, {movements}) n;
INSERT INTO accounts_posting (transaction_id, account_id, amount, vat_rate)
SELECT t.id, line.account, line.amount, line.rate FROM (
    SELECT id, row_number() OVER (ORDER BY id) n FROM accounts_transaction WHERE kind = 'bench'
) t
JOIN (SELECT id, row_number() OVER (ORDER BY id) n, count(*) OVER () many FROM accounts_account
      WHERE kind = 'PERSONNEL') wallet ON wallet.n = 1 + t.n % wallet.many
CROSS JOIN LATERAL (VALUES
    ({clearing}, -(1200 + t.n % 5000), NULL::numeric), ({sales}, 800 + t.n % 5000, 20.00), ({vat}, 200, 20.00),
    (wallet.id, 200, NULL)
) line (account, amount, rate);
UPDATE accounts_account a SET balance = s.total
FROM (SELECT account_id, sum(amount) total FROM accounts_posting GROUP BY account_id) s
WHERE s.account_id = a.id AND a.kind <> 'SYSTEME';
ANALYZE;
"""
BARE_FIGURES = """
SELECT p.account_id, p.vat_rate, p.amount > 0, date_trunc('month', e.date), sum(p.amount)
FROM accounts_posting p JOIN accounts_journalentry e ON e.transaction_id = p.transaction_id
WHERE e.date >= %s AND e.date <= %s GROUP BY 1, 2, 3, 4
"""
BARE_PROOF = (
    "SELECT transaction_id FROM accounts_posting GROUP BY 1 HAVING sum(amount) <> 0",
    "SELECT account_id, sum(amount) FROM accounts_posting GROUP BY 1",
    """SELECT e.number, sum(p.amount) FILTER (WHERE p.amount > 0) FROM accounts_journalentry e
       JOIN accounts_posting p ON p.transaction_id = e.transaction_id GROUP BY e.id""",
)
BARE_EXPORT = """
SELECT e.number, e.journal, e.date, e.piece, e.piece_date, e.label, a.kind, a.code, p.vat_rate, a.id, p.amount
FROM accounts_posting p JOIN accounts_journalentry e ON e.transaction_id = p.transaction_id
JOIN accounts_account a ON a.id = p.account_id ORDER BY e.number, p.id
"""


def run(results: Report) -> None:
    fill()
    start = time.perf_counter()
    entries = bring_up_to_date()
    results.figure("journalising, first time", f"{entries / (time.perf_counter() - start):.0f} entries/s")
    last = timezone.localdate()
    first = last - timedelta(days=364)
    compare(
        results, "figures of a year by month",
        lambda: report.finances(actor=SYSTEM, first=first, last=last, by="month"),
        lambda: fetch(BARE_FIGURES, [first, last]), at_most=3.0,
    )
    compare(
        results, "proof of the ledger and the journal",
        lambda: [*proof.ledger.faults(), *journal.faults()], lambda: [fetch(sql) for sql in BARE_PROOF], at_most=4.0,
    )
    start = time.perf_counter()
    found = list(proof.faults())
    results.figure("proof of all books", f"{time.perf_counter() - start:.2f} s, {len(found)} faults")
    compare(
        results, "accounting export", lambda: sum(len(line) for line in fec.lines(first, last)),
        lambda: fetch(BARE_EXPORT), at_most=12.0,
    )


def compare(
    results: Report, name: str, ours: Callable[[], Any], bare: Callable[[], Any], *, at_most: float
) -> None:
    mine, plain = side_by_side(ours, bare, rounds=5)
    results.figure(name, f"{mine:.0f} ms, bare SQL {plain:.0f} ms")
    results.goal(f"{name} / bare SQL", mine / plain, at_most=at_most)


def fetch(sql: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def fill() -> None:
    """The people, then their movements by SQL."""
    people = get_user_model().objects.bulk_create(
        get_user_model()(email=f"books{n}-{time.time_ns()}@email.test") for n in range(PEOPLE)
    )
    Account.objects.bulk_create(Account(kind="PERSONNEL", user=user) for user in people)
    codes = {code.lower(): system_account(code).pk for code in ("CLEARING", "SALES", "VAT")}
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(movements=MOVEMENTS, **codes))
