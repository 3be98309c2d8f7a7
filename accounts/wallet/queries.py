"""Reads of the ledger."""

from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Window

from accounts.companies.models import Company
from accounts.users.models import User
from accounts.wallet.models import Account, AccountKind, Hold, Posting, SystemAccount
from accounts.wallet.rules import WalletNotEmpty
from config.lib.money import ZERO


def wallet_of(user: User) -> Account:
    """The personal account of `user`, opened on first use."""
    # house: allow writes, an account is opened on first use
    return Account.objects.get_or_create(user=user, defaults={"kind": AccountKind.PERSONNEL})[0]


def company_wallet(company: Company) -> Account:
    """The account of `company`, opened on first use."""
    # house: allow writes, an account is opened on first use
    return Account.objects.get_or_create(company=company, defaults={"kind": AccountKind.SOCIETE})[0]


def system_account(code: str) -> Account:
    """The account of the platform named by a `SystemAccount` code."""
    # house: allow writes, an account is opened on first use
    return Account.objects.get_or_create(code=SystemAccount(code), defaults={"kind": AccountKind.SYSTEME})[0]


def balance_of(account: Account) -> Decimal:
    """The present balance in euros: stored for guarded accounts, else the sum of the postings."""
    if account.guarded:
        return Account.objects.values_list("balance", flat=True).get(pk=account.pk)
    return Posting.objects.filter(account=account).aggregate(total=Sum("amount"))["total"] or ZERO


def statement(account: Account) -> QuerySet[Posting]:
    """The postings of an account, newest first, each with `balance_after`."""
    return (
        Posting.objects.filter(account=account)
        .select_related("transaction")
        .prefetch_related("transaction__postings__account__user", "transaction__postings__account__company")
        .annotate(balance_after=Window(Sum("amount"), order_by=F("pk").asc()))
        .order_by("-pk")
    )


def active_holds(account: Account) -> QuerySet[Hold]:
    return Hold.objects.filter(account=account, status=Hold.Status.ACTIF).order_by("-pk")


def locked_hold(pk: Any) -> Hold:
    """The hold, locked until the transaction ends. Holds are locked before accounts."""
    return Hold.objects.select_for_update().select_related(None).get(pk=pk)


def wallet_section(user: User) -> dict[str, Any]:
    """What the export of personal data says about the wallet."""
    account = Account.objects.filter(user=user).first()
    if account is None:
        return {"balance": "0.00", "movements": []}
    return {
        "balance": str(account.balance),
        "movements": [
            {
                "at": row.transaction.at.isoformat(), "kind": row.transaction.kind, "amount": str(row.amount),
                "reference": row.transaction.reference, "note": row.transaction.memo,
            }
            for row in Posting.objects.filter(account=account).select_related("transaction").order_by("pk")
        ],
    }


def check_empty(user: User) -> None:
    """WalletNotEmpty while the person owns money or has some held."""
    if Account.objects.filter(Q(balance__gt=0) | Q(held__gt=0), user=user).exists():
        raise WalletNotEmpty
