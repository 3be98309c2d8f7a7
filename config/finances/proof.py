"""The proof of all books: what each app says must hold for its rows, in one list.

An audit is a module with `faults()`, which names every wrong row in a sentence, and `counts()`, which tells how much
was looked at. All of it is set-based SQL: a proof reads each table a few times and asks nothing per row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from django.db import connection, transaction

from accounts.communities import audit as communities
from accounts.payments import audit as payments
from accounts.payouts import audit as payouts
from accounts.wallet import audit as ledger
from accounts.wallet.accounting import audit as journal
from delivery.deliveries import audit as deliveries
from garage.billing import audit as bills
from shop.invoices import audit as invoices
from shop.orders import audit as orders

# Lowest first: where the ledger itself is wrong, what stands above it can only follow.
AUDITS: tuple[ModuleType, ...] = (
    ledger, journal, communities, payments, payouts, deliveries, invoices, orders, bills,
)  # fmt: skip


@contextmanager
def one_picture() -> Iterator[None]:
    """All tables as they are at one moment, while others go on writing (PostgreSQL; SQLite has it anyway)."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def faults(*, files: bool = False) -> Iterator[str]:
    """Every broken rule of every app, as a sentence that names the row; with `files`, those of invoices are read."""
    for audit in AUDITS:
        yield from audit.faults(files=files) if audit is invoices else audit.faults()


def counts() -> dict[str, int]:
    """How much was looked at."""
    seen: dict[str, int] = {}
    for audit in AUDITS:
        if hasattr(audit, "counts"):
            seen |= audit.counts()
    return seen
