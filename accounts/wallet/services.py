"""Every movement of money. Amounts are `Decimal` euros; all run inside the caller's transaction.

Locks: a hold before accounts, accounts by primary key. The conditional update of `_apply` is both the lock and
the verdict: its row count says whether the account could bear it.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, When
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.users import queries as users
from accounts.users.models import User
from accounts.wallet import queries, statement
from accounts.wallet.events import wallet_posted
from accounts.wallet.models import Account, AccountKind, Hold, MonthlyStatement, Posting, Transaction
from accounts.wallet.rules import (
    BadAmount,
    DailyLimitReached,
    HoldEnded,
    InsufficientFunds,
    Unbalanced,
    checked_amount,
)
from config.lib import heavy, jobs
from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from config.lib.events import emit
from config.lib.models import money_value
from config.lib.money import ZERO

# What a movement is made of: (account, euros), or (account, euros, VAT rate in percent) for sales and their VAT.
Postings = Sequence[tuple[Account, Decimal] | tuple[Account, Decimal, Decimal | None]]


def _bears(*, account_id: int, balance: Decimal, held: Decimal) -> bool:
    """Add to balance and held of one account in one statement, unless available money would go below zero."""
    return bool(
        Account.objects.filter(pk=account_id, balance__gte=F("held") + money_value(held - balance)).update(
            balance=F("balance") + money_value(balance), held=F("held") + money_value(held)
        )
    )


def _apply(postings: Postings, *, freed: Hold | None = None) -> None:
    """Change the stored balances of the guarded accounts, in primary key order. InsufficientFunds rolls back."""
    changes: dict[int, list[Decimal]] = {}
    for account, amount, *_rate in postings:
        if account.guarded:
            changes.setdefault(account.pk, [ZERO, ZERO])[0] += amount
    if freed is not None:
        changes.setdefault(freed.account_id, [ZERO, ZERO])[1] -= freed.amount
    for pk in sorted(changes):
        balance, held = changes[pk]
        if (balance or held) and not _bears(account_id=pk, balance=balance, held=held):
            raise InsufficientFunds


def _write(
    *, kind: str, key: str, postings: Postings, actor: Actor, reference: str, memo: str, freed: Hold | None = None,
    at: datetime | None = None,
) -> tuple[Transaction, bool]:
    """The transaction of `key` and whether it is new. All or nothing."""
    postings = [posting for posting in postings if posting[1]]
    if sum((posting[1] for posting in postings), ZERO) != ZERO:
        raise Unbalanced(f"{kind} {key}: {[(str(posting[0]), str(posting[1])) for posting in postings]}")
    known = Transaction.objects.filter(key=key).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            row = Transaction.objects.create(
                kind=kind, key=key, actor=actor_user(actor), reference=reference, memo=memo[:200],
                **({} if at is None else {"at": at}),
            )
    except IntegrityError:  # the same key was posted between the look and the insert
        return Transaction.objects.get(key=key), False
    Posting.objects.bulk_create(
        Posting(transaction=row, account=account, amount=amount, vat_rate=next(iter(rate), None))
        for account, amount, *rate in postings
    )
    _apply(postings, freed=freed)
    emit(wallet_posted, transaction_id=row.pk)
    return row, True


@transaction.atomic
def post(
    *, kind: str, key: str, postings: Postings, actor: Actor, reference: str = "", memo: str = "",
    at: datetime | None = None,
) -> Transaction:
    """Move money: `postings` add up to zero (see Postings); zero amounts are left out.

    The same `key` again gives the first transaction and changes nothing. Raises InsufficientFunds when a guarded
    account would go below what it holds, Unbalanced when the sum is not zero. `at` is for books taken over from
    elsewhere: a past moment, and none before the newest one (ValueError), so that the order of the books is theirs.
    """
    if at is not None and (at > timezone.now() or Transaction.objects.filter(at__gt=at).exists()):
        raise ValueError(f"{key}: the books are written in the order of time")
    return _write(kind=kind, key=key, postings=postings, actor=actor, reference=reference, memo=memo, at=at)[0]


@transaction.atomic
def hold(*, account: Account, amount: Decimal, reference: str, actor: Actor) -> Hold:
    """Set money aside on a guarded account. The same `reference` again gives the first hold.

    Raises InsufficientFunds, BadAmount.
    """
    if amount <= ZERO or not account.guarded:
        raise BadAmount(errors={"amount": [BadAmount.message]})
    known = Hold.objects.filter(reference=reference).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row = Hold.objects.create(account=account, amount=amount, reference=reference)
    except IntegrityError:
        return Hold.objects.get(reference=reference)
    if not _bears(account_id=account.pk, balance=ZERO, held=amount):
        raise InsufficientFunds
    return row


@transaction.atomic
def capture(
    *, hold: Hold, splits: Postings, kind: str, key: str, actor: Actor, reference: str = "", memo: str = ""
) -> Transaction:
    """Spend a hold: each split account gets its euros, what is left of the hold is free again.

    Captured before: gives that transaction. Raises HoldEnded when it was released, Unbalanced when the splits
    are more than was held.
    """
    row = queries.locked_hold(hold.pk)
    if row.status == Hold.Status.CAPTURE and row.transaction is not None:
        return row.transaction
    if row.status != Hold.Status.ACTIF:
        raise HoldEnded
    total = sum((split[1] for split in splits), ZERO)
    if total > row.amount or any(split[1] < 0 for split in splits):
        raise Unbalanced(f"{key}: {total} out of {row.amount} held")
    written, fresh = _write(
        kind=kind, key=key, postings=[(row.account, -total), *splits], actor=actor,
        reference=reference or row.reference, memo=memo, freed=row,
    )
    if not fresh:
        raise Unbalanced(f"{key} was used for another transaction than the capture of {row.reference}")
    Hold.objects.filter(pk=row.pk).update(
        status=Hold.Status.CAPTURE, transaction=written, ended_at=timezone.now()
    )
    return written


@transaction.atomic
def release(*, hold: Hold, actor: Actor) -> Hold:
    """Free a hold; released before: nothing changes. Raises HoldEnded when it was spent."""
    row = queries.locked_hold(hold.pk)
    if row.status == Hold.Status.LIBERE:
        return row
    if row.status != Hold.Status.ACTIF:
        raise HoldEnded
    _bears(account_id=row.account_id, balance=ZERO, held=-row.amount)
    Hold.objects.filter(pk=row.pk).update(status=Hold.Status.LIBERE, ended_at=timezone.now())
    row.refresh_from_db()
    return row


def open_pot(*, label: str) -> Account:
    """A new shared account that no person owns alone, named `label`; inside the caller's transaction."""
    return Account.objects.create(kind=AccountKind.COMMUNAUTE, label=label)


def rename_pot(*, pot: Account, label: str) -> None:
    """Give a shared account another name; inside the caller's transaction."""
    Account.objects.filter(pk=pot.pk, kind=AccountKind.COMMUNAUTE).update(label=label)


@transaction.atomic
def transfer(*, actor: Actor, to: str, amount: Decimal, note: str = "", key: str) -> Transaction:
    """Give money from the actor's wallet to the person with e-mail, phone or id `to`. The same `key` gives once.

    Raises Invalid on `to` (the same for nobody, oneself, a closed account and a phone that several gave: it must not
    tell who is known here), BadAmount, InsufficientFunds, DailyLimitReached.
    """
    checked_amount(amount)
    giver = actor_user(actor)
    name = f"transfer:{giver.pk}:{key}"
    known = Transaction.objects.filter(key=name).first()
    if known is not None:
        return known
    purse = queries.wallet_of(giver)
    # Before anybody is looked up: whoever has no money would else learn for nothing who is known here.
    if purse.available < amount:
        raise InsufficientFunds
    if queries.left_today(purse) < amount:
        raise DailyLimitReached(limit=settings.WALLET_DAILY_LIMIT, left=queries.left_today(purse))
    receiver = users.active_by_name(to)
    nobody = Invalid(errors={"to": [_("This person cannot receive a transfer. Check what you typed.")]})
    if receiver is None or receiver == giver:
        raise nobody
    row, fresh = _write(
        kind="transfer", key=name, actor=actor, reference="", memo=note,
        postings=[(purse, -amount), (queries.wallet_of(receiver), amount)],
    )
    if fresh:
        count_outflow(account=purse, amount=amount)
        if not users.is_active(receiver):  # closed the account while we waited for the wallet
            raise nobody
    return row


def count_outflow(*, account: Account, amount: Decimal) -> None:
    """Count what leaves a person's wallet (transfers, withdrawals) against the day's WALLET_DAILY_LIMIT.

    Call it in the transaction that takes the money, after the ledger's own call: that one locks accounts in the order
    of their keys. The conditional update is the verdict. Raises DailyLimitReached. Other wallets have no limit.
    """
    if account.kind != AccountKind.PERSONNEL:
        return
    limit, today = settings.WALLET_DAILY_LIMIT, timezone.localdate()
    fits = Q(outflow_day=today, outflow__lte=limit - amount) | ~Q(outflow_day=today)
    first = Case(When(outflow_day=today, then=F("outflow")), default=money_value(ZERO))
    counted = amount <= limit and Account.objects.filter(fits, pk=account.pk).update(
        outflow=first + money_value(amount), outflow_day=today
    )
    if not counted:
        raise DailyLimitReached(limit=limit, left=queries.left_today(Account.objects.get(pk=account.pk)))


def uncount_outflow(*, account: Account, amount: Decimal, on: date) -> None:
    """Give the day its room back when money counted on the day `on` stays after all (a withdrawal called off)."""
    counted = Account.objects.filter(pk=account.pk, outflow_day=on, outflow__gte=amount)
    counted.update(outflow=F("outflow") - money_value(amount))


@transaction.atomic
def ask_statement(*, actor: User, month: date, company_id: Any = None) -> MonthlyStatement:
    """The monthly statement of the actor's wallet, or of a company whose owner or administrator he is. Its PDF is
    made once, by a job, in the language of who asks first. NotFound for a month that is open or without movements."""
    account = queries.account_for(actor, company_id)
    known = MonthlyStatement.objects.filter(account=account, month=month).first()
    if known is not None:
        return known
    statement.month_of(account, month)
    row, fresh = MonthlyStatement.objects.get_or_create(
        account=account, month=month, defaults={"language": actor.language}
    )
    if fresh:
        jobs.ring(row)
    return row


def _statement_context(row: MonthlyStatement) -> dict[str, Any]:
    """What the PDF template shows: all of it read from the ledger."""
    end = statement.end_of(row.month)
    wanted = statement.Wanted(since=row.month, until=end - timedelta(days=1))
    return {
        "statement": row, "account": row.account, "last_day": end - timedelta(days=1),
        "figures": statement.month_of(row.account, row.month),
        "lines": list(statement.read_through(row.account, wanted)),
        "holds": statement.with_hold_names(
            row.account, list(statement.holds_at(row.account, statement.midnight(end)))
        ),
        "seller": {
            "name": settings.SHOP_NAME, "line1": settings.SHOP_LINE1, "postal_code": settings.SHOP_POSTAL_CODE,
            "city": settings.SHOP_CITY,
        },
        "site_name": settings.SITE_NAME, "css": (settings.BASE_DIR / "static/css/print.css").read_text(),
    }


def render_statement(*, statement_id: int) -> None:
    """Do the job of a monthly statement: make its PDF once, keep bytes and hash. Safe to run twice."""
    row = jobs.claim(MonthlyStatement, statement_id)
    if row is None:
        return
    try:
        with translation.override(row.language):
            html = render_to_string("accounts/wallet/statement_pdf.html", _statement_context(row))
        pdf = heavy.run("accounts.wallet.pdf.render", html, timeout=180)
    except Exception as error:
        jobs.failed(row, error)
        return
    # A worker whose lease lapsed may come second: the file that was kept first stays.
    MonthlyStatement.objects.filter(pk=row.pk, sha256="").update(pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())
    jobs.done(row)
