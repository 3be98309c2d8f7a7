"""What the sums of the ledger mean for a manager. docs/finances.md explains each figure. No ORM."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.wallet.accounting.rules import RATED, SIGNED, Chart, key_of, rate_text
from config.finances.queries import Movement
from config.lib.money import ZERO

Filter = dict[str, str]
LAST_START = date.max - timedelta(days=31)


@dataclass(frozen=True)
class Figure:
    """One figure: which movements it counts, with which sign, and the same choice as a filter of the posting list."""

    name: str
    label: Any
    counts: Callable[[Movement], bool]
    filter: Filter | None
    sign: int = 1


def _on(*codes: str) -> Callable[[Movement], bool]:
    return lambda move: move.code in codes


def _code(*codes: str) -> Filter:
    return {"account__code__in": ",".join(codes)} if len(codes) > 1 else {"account__code__exact": codes[0]}


# What happened in the time asked for: revenues and taxes positive, costs positive too where the name says cost.
REVENUE = ("SALES", "SERVICE_SALES", "DELIVERY_SALES", "COMMISSION")
# What an invoice states VAT on: revenue, and deposits, which are none yet.
TAXED = (*REVENUE, "DEPOSITS")
TILL = ("CASH", "CHEQUES", "CARD_TERMINAL")
FLOWS = (
    Figure("revenue", _("Revenue excl. VAT"), _on(*REVENUE), _code(*REVENUE)),
    Figure("sales", _("Sales of goods"), _on("SALES"), _code("SALES")),
    Figure("service_sales", _("Sales of services"), _on("SERVICE_SALES"), _code("SERVICE_SALES")),
    Figure("delivery_sales", _("Delivery sales"), _on("DELIVERY_SALES"), _code("DELIVERY_SALES")),
    Figure("commissions", _("Commissions"), _on("COMMISSION"), _code("COMMISSION")),
    Figure("vat", _("VAT collected"), _on("VAT"), _code("VAT")),
    Figure("delivery_fees", _("Delivery fees set aside for couriers"),
           lambda move: move.code == "ESCROW" and move.journal == "VE",
           {**_code("ESCROW"), "transaction__entry__journal__exact": "VE"}),
    Figure("refunds", _("Refunds of orders incl. VAT"),
           lambda move: move.code == "UNAPPLIED" and move.journal == "VE" and move.credit,
           {**_code("UNAPPLIED"), "transaction__entry__journal__exact": "VE", "amount__gt": "0"}),
    Figure("rewards", _("Gifts and rewards (cost)"), _on("REWARDS"), _code("REWARDS"), -1),
    Figure("differences", _("Differences and rounding"), _on("DIFFERENCES", "ROUNDING"),
           _code("DIFFERENCES", "ROUNDING")),
)  # fmt: skip
# What is owed or owned at a moment. Debts are positive; what we own (gateway, bank) is shown as an asset.
BALANCES = (
    Figure("users", _("Owed to people (wallets)"), lambda m: m.kind == "PERSONNEL" and not m.courier,
           {"account__kind__exact": "PERSONNEL", "account__user__courier__isnull": "True"}),
    Figure("couriers", _("Owed to couriers (wallets)"), lambda m: m.kind == "PERSONNEL" and m.courier,
           {"account__kind__exact": "PERSONNEL", "account__user__courier__isnull": "False"}),
    Figure("companies", _("Owed to companies (wallets)"), lambda m: m.kind == "SOCIETE",
           {"account__kind__exact": "SOCIETE"}),
    Figure("communities", _("Pots of communities"), lambda m: m.kind == "COMMUNAUTE",
           {"account__kind__exact": "COMMUNAUTE"}),
    Figure("solidarity", _("Solidarity fund"), _on("SOLIDARITY"), _code("SOLIDARITY")),
    Figure("escrow", _("Delivery escrow"), _on("ESCROW"), _code("ESCROW")),
    Figure("unapplied", _("Payments not yet applied"), _on("UNAPPLIED"), _code("UNAPPLIED")),
    Figure("deposits", _("Deposits for work to be done"), _on("DEPOSITS"), _code("DEPOSITS")),
    Figure("vat_due", _("VAT owed"), _on("VAT"), _code("VAT")),
    Figure("receivables", _("Invoices not yet paid"), _on("RECEIVABLE"), _code("RECEIVABLE"), -1),
    Figure("clearing", _("Held by payment gateways"), _on("CLEARING"), _code("CLEARING"), -1),
    Figure("bank", _("In the bank"), _on("BANK"), _code("BANK"), -1),
    Figure("till", _("Taken at the counter"), _on(*TILL), _code(*TILL), -1),
)  # fmt: skip


@dataclass
class AccountLine:
    """One account of the chart in one period: `opening + credit − debit = closing`, credits positive."""

    number: str
    label: str
    period: date | None = None
    filter: Filter = field(default_factory=dict)
    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        return self.opening + self.credit - self.debit


@dataclass
class Finances:
    """The answer: totals, VAT by rate, series, balances and the trial balance of the time asked for."""

    first: date
    last: date
    by: str
    currency: str
    totals: dict[str, Decimal]
    vat_by_rate: list[dict[str, Any]]
    series: list[dict[str, Any]]
    balances: list[dict[str, Any]]
    accounts: list[AccountLine]
    account_periods: list[AccountLine] = field(default_factory=list)


def periods(first: date, last: date, by: str) -> list[date]:
    """The first day of each day, week (from Monday) or month from `first` to `last`."""
    day = {"day": first, "week": first - timedelta(days=first.weekday()), "month": first.replace(day=1)}[by]
    found = []
    while day <= last:
        found.append(day)
        if day > LAST_START:  # the calendar of the machine ends
            break
        if by == "month":
            day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        else:
            day += timedelta(days=1 if by == "day" else 7)
    return found


def _sum(figure: Figure, moves: Iterable[Movement]) -> Decimal:
    total = sum((move.total for move in moves if figure.counts(move)), ZERO)
    return total * figure.sign + ZERO  # no minus before a nought


def compose(
    *, first: date, last: date, by: str, currency: str, opening: list[Movement], moves: list[Movement],
    chart: Chart,
) -> Finances:
    """Put the sums together."""
    at: dict[date | None, list[Movement]] = defaultdict(list)
    for move in moves:
        at[move.period].append(move)
    slots = periods(first, last, by)
    return Finances(
        first=first, last=last, by=by, currency=currency,
        totals={figure.name: _sum(figure, moves) for figure in FLOWS},
        vat_by_rate=list(_by_rate(moves)),
        series=[{"period": slot, **{f.name: _sum(f, at[slot]) for f in FLOWS}} for slot in slots],
        balances=[
            {"name": f.name, "opening": _sum(f, opening), "closing": _sum(f, opening) + _sum(f, moves)}
            for f in BALANCES
        ],
        accounts=list(_trial(opening, moves, chart)),
        account_periods=list(_by_period(slots, opening, at, chart)),
    )  # fmt: skip


def _by_rate(moves: Iterable[Movement]) -> Iterator[dict[str, Any]]:
    """VAT and the sales it was collected on, highest rate first, at last what carries no rate."""
    sums: dict[Decimal | None, list[Decimal]] = {}
    for move in moves:
        taxed = move.code in TAXED
        if taxed or move.code == "VAT":
            rate = None if move.rate is None else move.rate.normalize()
            sums.setdefault(rate, [ZERO, ZERO])[0 if taxed else 1] += move.total
    for rate in sorted(sums, key=lambda r: -1 if r is None else r, reverse=True):
        base, vat = sums[rate]
        if base or vat:
            yield {"rate": rate_text(rate) or None, "base": base, "vat": vat}


def _filter(move: Movement) -> Filter:
    """The postings behind a movement, as a filter of their list."""
    if move.code is None:
        return {"account__kind__exact": move.kind}
    found = _code(move.code)
    if move.code in RATED:
        found |= {"vat_rate__isnull": "True"} if move.rate is None else {"vat_rate__exact": str(move.rate)}
    if move.code in SIGNED:
        found |= {"amount__gt" if move.credit else "amount__lt": "0"}
    return found


def _place(move: Movement, chart: Chart) -> tuple[str, str]:
    return chart.at(key_of(move.kind, move.code, move.rate, credit=move.credit), move.entry)


def _add(line: AccountLine, move: Movement) -> None:
    if move.credit:
        line.credit += move.total
    else:
        line.debit -= move.total


def _trial(opening: Iterable[Movement], moves: Iterable[Movement], chart: Chart) -> Iterator[AccountLine]:
    lines: dict[tuple[str, str], AccountLine] = {}
    for move in opening:
        place = _place(move, chart)
        lines.setdefault(place, AccountLine(*place, filter=_filter(move))).opening += move.total
    for move in moves:
        place = _place(move, chart)
        _add(lines.setdefault(place, AccountLine(*place, filter=_filter(move))), move)
    for place in sorted(lines):
        line = lines[place]
        if line.opening or line.debit or line.credit:
            yield line


def _by_period(
    slots: list[date], opening: Iterable[Movement], at: dict[date | None, list[Movement]], chart: Chart
) -> Iterator[AccountLine]:
    """The accounts of each period in which something moved, each with what it held before and after."""
    held: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for move in opening:
        held[_place(move, chart)] += move.total
    for slot in slots:
        lines: dict[tuple[str, str], AccountLine] = {}
        for move in at[slot]:
            place = _place(move, chart)
            _add(lines.setdefault(place, AccountLine(*place, period=slot, opening=held[place])), move)
        for place in sorted(lines):
            held[place] = lines[place].closing
            yield lines[place]
