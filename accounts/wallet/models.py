"""The ledger: the only place where money moves.

Money is never changed, only moved: a transaction is a set of postings that add up to zero. Transactions and
postings are sealed by database triggers (migration 0003). Accounts that must never go below zero are *guarded*:
they store their balance, and a CHECK constraint stands under the conditional update that services use.
The other system accounts store none, so that every sale does not queue up on one row; their balance is the sum
of their postings.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.companies.models import Company
from config.lib.jobs import OwedJob
from config.lib.models import MoneyField


class AccountKind(models.TextChoices):
    PERSONNEL = "PERSONNEL", _("personal")
    SOCIETE = "SOCIETE", _("company")
    COMMUNAUTE = "COMMUNAUTE", _("community")
    SYSTEME = "SYSTEME", _("system")


class SystemAccount(models.TextChoices):
    CLEARING = "CLEARING", _("payment gateway")
    BANK = "BANK", _("bank account")
    UNAPPLIED = "UNAPPLIED", _("payments received, not yet applied")
    SALES = "SALES", _("sales of goods")
    DELIVERY_SALES = "DELIVERY_SALES", _("delivery sales")
    VAT = "VAT", _("VAT collected")
    ESCROW = "ESCROW", _("delivery escrow")
    COMMISSION = "COMMISSION", _("commission")
    SOLIDARITY = "SOLIDARITY", _("solidarity fund")
    REWARDS = "REWARDS", _("rewards")
    ROUNDING = "ROUNDING", _("rounding")
    DIFFERENCES = "DIFFERENCES", _("differences written off")
    SERVICE_SALES = "SERVICE_SALES", _("sales of services")
    RECEIVABLE = "RECEIVABLE", _("invoiced, not yet paid")
    DEPOSITS = "DEPOSITS", _("deposits invoiced")
    CASH = "CASH", _("cash till")
    CHEQUES = "CHEQUES", _("cheques received")
    CARD_TERMINAL = "CARD_TERMINAL", _("card terminal")


# What a statement says for the kinds of transactions; other floors give theirs the same names.
TITLES = {
    "topup": _("Top-up"),
    "transfer": _("Transfer"),
    "payment": _("Payment"),
    "refund": _("Refund"),
    "payout": _("Delivery paid out"),
    "withdrawal": _("Withdrawal"),
    "withdrawal_returned": _("Withdrawal given back"),
    "delivery": _("Delivery"),
    "order": _("Order"),
    "gift": _("Gift"),
    "contribution": _("Contribution to a community"),
    "grant": _("Paid by a community"),
    "share_out": _("Share of a closed community"),
    "order_payment": _("Order"),
    "order_refund": _("Refund"),
    "fee_kept": _("Delivery fee"),
    "bill": _("Invoice"),
    "bill_credit": _("Credit note"),
    "bill_payment": _("Invoice paid"),
    "bill_refund": _("Payment given back"),
    "bill_reversal": _("Payment corrected"),
}


class Group(NamedTuple):
    """Kinds of transactions that a reader means by one word, in the filters of a statement."""

    label: Any
    kinds: tuple[str, ...]


GROUPS = {
    "RECHARGE": Group(_("top-ups"), ("topup",)),
    "VIREMENT": Group(_("transfers"), ("transfer",)),
    "ACHAT": Group(_("orders and payments"), ("payment", "order", "order_payment", "fee_kept")),
    "REMBOURSEMENT": Group(_("refunds"), ("refund", "order_refund")),
    "LIVRAISON": Group(_("deliveries"), ("delivery",)),
    "RETRAIT": Group(_("withdrawals"), ("withdrawal", "withdrawal_returned", "payout")),
    "CAGNOTTE": Group(_("communities"), ("contribution", "grant", "share_out")),
    "CADEAU": Group(_("gifts"), ("gift", "reward")),
}
GUARDED_CODES = (SystemAccount.ESCROW, SystemAccount.SOLIDARITY)


class Account(models.Model):
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind.choices)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="wallet",
        verbose_name=_("user"),
    )
    company = models.OneToOneField(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="wallet", verbose_name=_("company")
    )
    code = models.CharField(
        _("code"), max_length=20, null=True, blank=True, unique=True, choices=SystemAccount.choices
    )
    label = models.CharField(_("name"), max_length=80, blank=True)
    balance = MoneyField(_("balance"), default=Decimal("0.00"))
    held = MoneyField(_("held"), default=Decimal("0.00"))
    # What left a person's wallet on `outflow_day`, in euros: held against WALLET_DAILY_LIMIT.
    outflow = MoneyField(_("sent and withdrawn that day"), default=Decimal("0.00"))
    outflow_day = models.DateField(_("day of the outflow"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="account_balance_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=0), name="account_held_not_negative"),
            models.CheckConstraint(condition=Q(balance__gte=F("held")), name="account_held_covered"),
            models.CheckConstraint(condition=Q(outflow__gte=0), name="account_outflow_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="PERSONNEL", user__isnull=False, company__isnull=True, code__isnull=True)
                | Q(kind="SOCIETE", user__isnull=True, company__isnull=False, code__isnull=True)
                | Q(kind="COMMUNAUTE", user__isnull=True, company__isnull=True, code__isnull=True) & ~Q(label="")
                | Q(kind="SYSTEME", user__isnull=True, company__isnull=True, code__isnull=False),
                name="account_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.company or self.label or self.get_code_display())

    @property
    def display_name(self) -> str:
        """A name that others may read: never an e-mail."""
        if self.user is not None:
            return self.user.get_full_name() or str(_("a customer"))
        return str(self.company or self.label or self.get_code_display())

    @property
    def guarded(self) -> bool:
        """True when this account stores its balance and may never go below zero."""
        return self.kind != AccountKind.SYSTEME or self.code in GUARDED_CODES

    @property
    def available(self) -> Decimal:
        """What may be spent: the balance less what is held."""
        return self.balance - self.held


class Transaction(models.Model):
    """One movement of money; its postings add up to zero. Never changed, never deleted."""

    kind = models.CharField(_("kind"), max_length=40)
    reference = models.CharField(_("reference"), max_length=100, blank=True, db_index=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    memo = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}".strip()


class Posting(models.Model):
    """An amount that entered (positive) or left (negative) an account. Never changed, never deleted."""

    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="postings", verbose_name=_("transaction")
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings", verbose_name=_("account")
    )
    amount = MoneyField(_("amount"))
    # The rate that a sale or its VAT belongs to, so that VAT by rate can be read from the books alone.
    vat_rate = models.DecimalField(_("VAT rate (%)"), max_digits=4, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero")]
        # Statements read one account by id and add up amounts: both from the index alone.
        indexes = [models.Index(fields=["account", "id", "amount"], name="posting_statement")]

    def __str__(self) -> str:
        return f"{self.amount} → {self.account}"

    @property
    def title(self) -> str:
        """What the line is, in the reader's language."""
        return str(TITLES.get(self.transaction.kind, self.transaction.kind))

    @property
    def counterparty(self) -> str:
        """The person or company on the other side, by name; empty when it is the platform. No query when the
        transaction's postings are prefetched, as `statement` does."""
        others = [p.account for p in self.transaction.postings.all() if p.account_id != self.account_id]
        named = [other for other in others if other.kind != AccountKind.SYSTEME]
        return ", ".join(other.display_name for other in named)


class Hold(models.Model):
    """Money set aside on a guarded account until it is captured (spent) or released (free again)."""

    class Status(models.TextChoices):
        ACTIF = "ACTIF", _("held")
        CAPTURE = "CAPTURE", _("spent")
        LIBERE = "LIBERE", _("released")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds", verbose_name=_("account"))
    amount = MoneyField(_("amount"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIF)
    reference = models.CharField(_("reference"), max_length=100, unique=True)
    transaction = models.OneToOneField(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="hold",
        verbose_name=_("transaction"),
    )
    created_at = models.DateTimeField(_("held since"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="hold_positive")]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class MonthlyStatement(OwedJob):
    """The PDF of one wallet and one closed month: made once, when somebody first asks, then kept as it is."""

    TASK = "accounts.wallet.tasks.render_statement"
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="statements", verbose_name=_("account")
    )
    month = models.DateField(_("month"))  # its first day
    language = models.CharField(_("language"), max_length=2, default="fr")
    pdf = models.BinaryField(null=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("monthly statement")
        verbose_name_plural = _("monthly statements")
        ordering = ["-month", "-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="statement_once_a_month")]

    def __str__(self) -> str:
        return f"{self.account} {self.month:%Y-%m}"

    @property
    def pdf_ready(self) -> bool:
        return bool(self.sha256)
