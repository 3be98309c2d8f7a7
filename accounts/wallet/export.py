"""The statement as CSV, oldest line first, for people (page) and for programs (API)."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.wallet import statement
from accounts.wallet.models import Account
from config.lib import csvfile

FIELDS = ("at", "kind", "counterparty", "reference", "note", "amount", "balance_after", "currency")


def _rows(account: Account, wanted: statement.Wanted, *, readable: bool) -> Iterator[tuple[Any, ...]]:
    for line in statement.read_through(account, wanted):
        move = line.transaction
        name = line.name.text if line.name else ""  # type: ignore[attr-defined]
        yield (
            move.at, line.title if readable else move.kind, line.counterparty, name or move.reference, move.memo,
            line.amount, line.balance_after, settings.CURRENCY,  # type: ignore[attr-defined]
        )


def statement_csv(account: Account, wanted: statement.Wanted, *, readable: bool) -> StreamingHttpResponse:
    """`readable`: titles, kinds and decimals in the reader's language; else the API's names, points and UTC."""
    titles = (
        _("Date"), _("Movement"), _("With"), _("About"), _("Note"), _("Amount"), _("Balance after"), _("Currency")
    )
    name = f"{_('statement')}-{timezone.localdate():%Y-%m-%d}.csv"
    header = titles if readable else FIELDS
    return csvfile.response(name, header, _rows(account, wanted, readable=readable), readable=readable)
