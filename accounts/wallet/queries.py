"""Reads of the ledger."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.companies.models import Company, Membership
from accounts.users.models import User
from accounts.wallet.models import Account, AccountKind, Hold, Posting, SystemAccount
from accounts.wallet.rules import WalletNotEmpty
from config.lib.errors import NotFound
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


def left_today(account: Account) -> Decimal:
    """Euros that may still leave a person's wallet today (WALLET_DAILY_LIMIT), as last read."""
    spent = account.outflow if account.outflow_day == timezone.localdate() else ZERO
    return max(settings.WALLET_DAILY_LIMIT - spent, ZERO)


def account_for(actor: Any, company_id: Any = None) -> Account:
    """The wallet that the actor looks at: his own, or that of a company whose owner or administrator he is.

    NotFound for any other company, so that its wallet is a secret to its plain members too.
    """
    if company_id is None:
        return wallet_of(actor)
    company = Company.objects.filter(
        pk=company_id, is_active=True, memberships__user_id=actor.pk, memberships__role__in=Membership.MANAGERS
    ).first()
    if company is None:
        raise NotFound
    return company_wallet(company)


def companies_with_wallet(actor: Any) -> QuerySet[Company]:
    """The companies whose wallets the actor may look at."""
    return Company.objects.filter(
        is_active=True, memberships__user_id=actor.pk, memberships__role__in=Membership.MANAGERS
    ).order_by("name")


def active_holds(account: Account) -> QuerySet[Hold]:
    return Hold.objects.filter(account=account, status=Hold.Status.ACTIF).order_by("-pk")


def locked_hold(pk: Any) -> Hold:
    """The hold, locked until the transaction ends. Holds are locked before accounts."""
    return Hold.objects.select_for_update().get(pk=pk)


def lock_accounts(pks: Iterable[int]) -> None:
    """Lock several accounts by primary key, before they are posted to one after the other: each posting by itself
    would take them in its own order, and meet a transfer between two of them that takes them in this one."""
    list(Account.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(pks)).order_by("pk"))


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
    """WalletNotEmpty while the person owns money or has some held. The wallet stays locked until the account is
    closed: money on its way to it waits, and then finds nobody."""
    for row in Account.objects.select_for_update(of=("self",), no_key=True).filter(user=user):
        if row.balance or row.held:
            raise WalletNotEmpty
