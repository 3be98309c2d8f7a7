"""The journal: every transaction of the ledger gets its place in the accounts, once and for ever.

An entry keeps what a file for the tax office needs beside the sealed postings: its number, its accounting date, its
journal, its label and the paper that proves it. `ChartNumber` keeps under which account number of the French plan
(PCG) a kind of posting is written, from which entry on. Both are sealed by triggers (migration of this name), so a
file made again next year is the file of today.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.wallet.models import Transaction
from config.lib.jobs import OwedJob
from config.lib.models import MoneyField


class Journal(models.TextChoices):
    VE = "VE", _("sales")
    BQ = "BQ", _("bank and gateways")
    OD = "OD", _("other operations")


class JournalHead(models.Model):
    """Where the journal stands; one row. Locked by whoever adds entries, as the first lock of its transaction."""

    name = models.CharField(max_length=10, unique=True)
    last = models.PositiveBigIntegerField(default=0)  # number of the last entry
    last_date = models.DateField(null=True)  # its accounting date
    highest = models.PositiveBigIntegerField(default=0)  # highest id of a transaction that has an entry

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class JournalEntry(models.Model):
    """The place of one transaction in the accounts. Never changed, never deleted."""

    number = models.PositiveBigIntegerField(_("entry number"), unique=True)
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, related_name="entry", verbose_name=_("transaction")
    )
    date = models.DateField(_("accounting date"), db_index=True)
    journal = models.CharField(_("journal"), max_length=2, choices=Journal.choices)
    label = models.CharField(_("label"), max_length=200)
    piece = models.CharField(_("paper"), max_length=100)
    piece_date = models.DateField(_("date of the paper"))
    total = MoneyField(_("total"))
    sealed_at = models.DateTimeField(_("sealed"), default=timezone.now)
    # A hash of all this and of the seal before it (accounting/seals.py); null: journalised before there were seals.
    seal = models.CharField(_("seal"), max_length=64, null=True, editable=False)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.journal} {self.number}"


class ChartNumber(models.Model):
    """The account number of one kind of posting (accounting/rules.py), from entry `since` on. Only ever added."""

    key = models.CharField(_("what"), max_length=40)
    number = models.CharField(_("account number"), max_length=20)
    label = models.CharField(_("account name"), max_length=80)
    since = models.PositiveBigIntegerField(_("from entry"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("account of the chart")
        verbose_name_plural = _("chart of accounts")
        ordering = ["number", "since"]
        constraints = [models.UniqueConstraint(fields=["key", "since"], name="chart_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class LedgerProof(OwedJob):
    """One proof of all books: asked for by somebody or by the clock, done by a job of config/finances."""

    TASK = "config.finances.tasks.prove_books"

    class Verdict(models.TextChoices):
        EN_COURS = "EN_COURS", _("being proved")
        JUSTE = "JUSTE", _("right")
        FAUX = "FAUX", _("wrong")

    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, default=Verdict.EN_COURS)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("asked by"),
    )
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    counts = models.JSONField(_("looked at"), default=dict)
    faults = models.JSONField(_("faults"), default=list)
    faults_count = models.PositiveIntegerField(_("number of faults"), default=0)

    class Meta:
        verbose_name = _("proof of the books")
        verbose_name_plural = _("proofs of the books")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="FAUX", faults_count__gt=0) | ~Q(verdict="FAUX") & Q(faults_count=0),
                name="proof_wrong_has_faults",
            )
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M} {self.get_verdict_display()}"

    @property
    def first_fault(self) -> str:
        return self.faults[0] if self.faults else ""
