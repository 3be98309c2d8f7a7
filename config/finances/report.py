"""Reading the finances: rights, the time asked for, the sums. What page, API and CSV share."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.users.queries import require_staff_of
from accounts.wallet.accounting import queries as books
from config.finances import fec, figures, queries
from config.finances.figures import Finances
from config.finances.services import bring_up_to_date
from config.lib.errors import Invalid

# More points than this no chart shows; the sums themselves would not mind.
MAX_PERIODS = 800
CSV_COLUMNS = ("period", "account", "label", "opening", "debit", "credit", "closing")


def checked_span(first: date | None, last: date | None) -> tuple[date, date]:
    """The time asked for, this month until today when nothing is said. Raises Invalid on `to`."""
    last = last or max(timezone.localdate(), first or date.min)
    first = first or last.replace(day=1)
    if first > last:
        raise Invalid(errors={"to": [_("The end lies before the beginning.")]})
    return first, last


def finances(*, actor: Any, first: date | None, last: date | None, by: str = "day") -> Finances:
    """The figures of `first` to `last` in periods of a day, week or month. Raises Forbidden, Invalid."""
    require_staff_of(actor, "MANAGER")
    first, last = checked_span(first, last)
    if (last - first).days / {"day": 1, "week": 7, "month": 28}[by] > MAX_PERIODS:
        raise Invalid(errors={"by": [_("Choose longer periods, or a shorter time.")]})
    bring_up_to_date()
    chart = books.chart()
    return figures.compose(
        first=first, last=last, by=by, currency=settings.CURRENCY, chart=chart,
        opening=queries.before(first, chart), moves=queries.movements(first, last, by, chart),
    )


def accounts_csv(report: Finances) -> Iterator[str]:
    """The accounts of each period as CSV: comma, decimal point, credits positive."""
    echo = csv.writer(_Echo())
    yield echo.writerow(CSV_COLUMNS)
    for line in report.account_periods:
        yield echo.writerow([
            line.period, line.number, line.label, line.opening, line.debit, line.credit, line.closing
        ])  # fmt: skip


class _Echo:
    """What `csv` writes to when each row is wanted at once."""

    def write(self, text: str) -> str:
        return text


def fec_file(*, actor: Any, first: date | None, last: date | None) -> tuple[str, Iterator[bytes]]:
    """Name and content of the accounting export. Raises Forbidden, Invalid."""
    require_staff_of(actor, "MANAGER")
    first, last = checked_span(first, last)
    bring_up_to_date()
    return fec.filename(last), fec.lines(first, last)
