"""Every movement of money. Amounts are `Decimal` euros; all run inside the caller's transaction.

Locks: a hold before accounts, accounts by primary key. The conditional update of `_apply` is both the lock and
the verdict: its row count says whether the account could bear it.
"""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.users import queries as users
from accounts.wallet import queries
from accounts.wallet.events import wallet_posted
from accounts.wallet.models import Account, Hold, Posting, Transaction
from accounts.wallet.rules import BadAmount, HoldEnded, InsufficientFunds, Unbalanced, checked_amount
from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from config.lib.events import emit
from config.lib.models import money_value
from config.lib.money import ZERO

Postings = list[tuple[Account, Decimal]]


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
    for account, amount in postings:
        if account.guarded:
            changes.setdefault(account.pk, [ZERO, ZERO])[0] += amount
    if freed is not None:
        changes.setdefault(freed.account_id, [ZERO, ZERO])[1] -= freed.amount
    for pk in sorted(changes):
        balance, held = changes[pk]
        if (balance or held) and not _bears(account_id=pk, balance=balance, held=held):
            raise InsufficientFunds


def _write(
    *, kind: str, key: str, postings: Postings, actor: Actor, reference: str, memo: str, freed: Hold | None = None
) -> tuple[Transaction, bool]:
    """The transaction of `key` and whether it is new. All or nothing."""
    postings = [(account, amount) for account, amount in postings if amount]
    if sum((amount for _account, amount in postings), ZERO) != ZERO:
        raise Unbalanced(f"{kind} {key}: {[(str(a), str(x)) for a, x in postings]}")
    known = Transaction.objects.filter(key=key).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            row = Transaction.objects.create(
                kind=kind, key=key, actor=actor_user(actor), reference=reference, memo=memo[:200]
            )
    except IntegrityError:  # the same key was posted between the look and the insert
        return Transaction.objects.get(key=key), False
    Posting.objects.bulk_create(
        Posting(transaction=row, account=account, amount=amount) for account, amount in postings
    )
    _apply(postings, freed=freed)
    emit(wallet_posted, transaction_id=row.pk)
    return row, True


@transaction.atomic
def post(
    *, kind: str, key: str, postings: Postings, actor: Actor, reference: str = "", memo: str = ""
) -> Transaction:
    """Move money: `postings` are (account, euros) pairs that add up to zero; zero amounts are left out.

    The same `key` again gives the first transaction and changes nothing. Raises InsufficientFunds when a guarded
    account would go below what it holds, Unbalanced when the sum is not zero.
    """
    return _write(kind=kind, key=key, postings=postings, actor=actor, reference=reference, memo=memo)[0]


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
    total = sum((amount for _account, amount in splits), ZERO)
    if total > row.amount or any(amount < 0 for _account, amount in splits):
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


@transaction.atomic
def transfer(*, actor: Actor, to: str, amount: Decimal, note: str = "", key: str) -> Transaction:
    """Give money from the actor's wallet to the person with e-mail or id `to`.

    Raises Invalid on `to` (the same for nobody, oneself and a closed account: it must not tell who is known
    here), BadAmount, InsufficientFunds.
    """
    checked_amount(amount)
    giver = actor_user(actor)
    receiver = users.active_by_email_or_id(to)
    if receiver is None or receiver == giver:
        raise Invalid(errors={"to": [_("This person cannot receive a transfer. Check the address.")]})
    return post(
        kind="transfer",
        key=f"transfer:{giver.pk}:{key}",
        postings=[(queries.wallet_of(giver), -amount), (queries.wallet_of(receiver), amount)],
        actor=actor,
        memo=note,
    )
