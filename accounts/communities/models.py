"""Communities: people who put money into one pot and decide by vote who gets some of it.

The pot is an account of the ledger; its balance is never kept here. Who may vote on a request is written down when
the request is made (one `Vote` row each, empty), so that nobody can join in order to decide.
"""

from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.communities.events import adhesion_moved, community_moved, invited, monthly_moved, spending_moved
from accounts.wallet.models import Account, Transaction
from config.lib.models import Announced, MoneyField, Stateful, StatusChange, TimeStamped

MAX_DAY = 28  # every month has it


class Visibility(models.TextChoices):
    PUBLIQUE = "PUBLIQUE", _("public")
    PRIVEE = "PRIVEE", _("private")


class Role(models.TextChoices):
    FONDATEUR = "FONDATEUR", _("founder")
    ADMIN = "ADMIN", _("administrator")
    MEMBRE = "MEMBRE", _("member")


class Community(Stateful, TimeStamped):
    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("open")
        SUSPENDUE = "SUSPENDUE", _("suspended")
        FERMEE = "FERMEE", pgettext_lazy("community", "closed")

    MOVES = {
        Status.ACTIVE: {Status.SUSPENDUE, Status.FERMEE},
        Status.SUSPENDUE: {Status.ACTIVE, Status.FERMEE},
    }

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVEE
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    quorum_percent = models.PositiveSmallIntegerField(_("share of the voters who must approve (%)"), default=51)
    voting_days = models.PositiveSmallIntegerField(_("days to vote"), default=7)
    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="community", verbose_name=_("pot")
    )
    founder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("founder"),
    )
    platform = models.BooleanField(_("of the platform"), default=False)
    # Makes the names in public books: the same person has another one in each community (rules.pseudonym).
    books_key = models.CharField(max_length=64, default=token_hex, editable=False)

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["visibility", "status", "name"], name="community_listed")]
        constraints = [
            models.UniqueConstraint(fields=["platform"], condition=Q(platform=True), name="community_one_platform"),
            models.CheckConstraint(
                condition=Q(platform=True, founder=None, visibility="PUBLIQUE")
                | Q(platform=False, founder__isnull=False),
                name="community_has_founder",
            ),
            models.CheckConstraint(
                condition=Q(quorum_percent__gte=1, quorum_percent__lte=100), name="community_quorum_percent"
            ),
            models.CheckConstraint(condition=Q(voting_days__gte=1, voting_days__lte=30), name="community_voting_days"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name; the platform's own fund is named in the reader's language."""
        return gettext("Solidarity fund") if self.platform else self.name

    @property
    def text(self) -> str:
        """The description; that of the platform's fund in the reader's language."""
        if not self.platform:
            return self.description
        return gettext(
            "For neighbours, customers and couriers who are going through a hard time. Anybody may contribute; the "
            "members decide together, and the books are open to all."
        )

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE


class CommunityChange(StatusChange):
    EVENT = community_moved
    subject = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("community change")
        verbose_name_plural = _("community changes")
        ordering = ["pk"]


class CommunityMember(models.Model):
    """One stay of a person in a community. Who comes back gets a new row: old votes are not taken up again."""

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="members", verbose_name=_("community")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="communities", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBRE)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        verbose_name = _("community member")
        verbose_name_plural = _("community members")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "user"], condition=Q(left_at=None), name="community_member_once"
            ),
            models.UniqueConstraint(
                fields=["community"], condition=Q(role="FONDATEUR", left_at=None), name="community_one_founder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(Announced):
    """A way in. With an e-mail it is good for one person; without, the link is good for many, who then ask to join.

    Only the hash of the link's secret is kept.
    """

    EVENT = invited
    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("community")
    )
    email = models.EmailField(_("e-mail"), blank=True, db_index=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "email"], condition=Q(used_at=None, revoked_at=None) & ~Q(email=""),
                name="invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(used_at=None) | ~Q(email=""), name="invitation_link_is_not_used_up"),
        ]

    def payload(self) -> dict[str, Any]:
        return {"invitation_id": self.pk}

    def __str__(self) -> str:
        return f"{self.community}: {self.email or gettext('link')}"


class Adhesion(Stateful, TimeStamped):
    """Somebody with the link of a private community asks to join; an administrator answers."""

    class Status(models.TextChoices):
        DEMANDE = "DEMANDE", _("asked")
        ACCEPTEE = "ACCEPTEE", _("accepted")
        REFUSEE = "REFUSEE", _("refused")

    MOVES = {Status.DEMANDE: {Status.ACCEPTEE, Status.REFUSEE}}

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="adhesions", verbose_name=_("community")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("user")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DEMANDE)

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "user"], condition=Q(status="DEMANDE"), name="adhesion_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.community}: {self.user}"


class AdhesionChange(StatusChange):
    EVENT = adhesion_moved
    subject = models.ForeignKey(Adhesion, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("change of a request to join")
        verbose_name_plural = _("changes of requests to join")
        ordering = ["pk"]


class MonthlyContribution(Stateful, TimeStamped):
    """An amount that goes from a person's wallet into a pot every month: the row owes it, the clock pays it.

    `due_on` is the day for which it is owed, `next_on` the day of the next attempt.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("active")
        SUSPENDUE = "SUSPENDUE", _("paused: not enough money")
        ARRETEE = "ARRETEE", _("stopped")

    MOVES = {
        Status.ACTIVE: {Status.SUSPENDUE, Status.ARRETEE},
        Status.SUSPENDUE: {Status.ACTIVE, Status.ARRETEE},
        Status.ARRETEE: {Status.ACTIVE},
    }

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="monthly", verbose_name=_("community")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="monthly_contributions",
        verbose_name=_("user"),
    )
    amount = MoneyField(_("amount"))
    day = models.PositiveSmallIntegerField(_("day of the month"))
    due_on = models.DateField(_("due"))
    next_on = models.DateField(_("next attempt"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    failures = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    last_failure_at = models.DateTimeField(_("last failed attempt"), null=True, blank=True)

    class Meta:
        verbose_name = _("monthly contribution")
        verbose_name_plural = _("monthly contributions")
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_on"], condition=Q(status="ACTIVE"), name="monthly_due")]
        constraints = [
            models.UniqueConstraint(fields=["community", "user"], name="monthly_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="monthly_positive"),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=MAX_DAY), name="monthly_day"),
            models.CheckConstraint(condition=Q(next_on__gte=F("due_on")), name="monthly_not_before_due"),
        ]

    def __str__(self) -> str:
        return f"{self.community}: {self.amount}"


class MonthlyContributionChange(StatusChange):
    EVENT = monthly_moved
    subject = models.ForeignKey(MonthlyContribution, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("change of a monthly contribution")
        verbose_name_plural = _("changes of monthly contributions")
        ordering = ["pk"]


class SpendingRequest(Stateful, TimeStamped):
    """A member asks the pot for an amount. Voters, votes needed and closing time are fixed when it is made."""

    class Status(models.TextChoices):
        OUVERTE = "OUVERTE", _("open to votes")
        PAYEE = "PAYEE", pgettext_lazy("request for money", "paid")
        REFUSEE = "REFUSEE", pgettext_lazy("request for money", "refused")
        EXPIREE = "EXPIREE", pgettext_lazy("request for money", "expired")
        ANNULEE = "ANNULEE", pgettext_lazy("request for money", "withdrawn")

    MOVES = {Status.OUVERTE: {Status.PAYEE, Status.REFUSEE, Status.EXPIREE, Status.ANNULEE}}

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="requests", verbose_name=_("community")
    )
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="spending_requests", verbose_name=_("asked by")
    )
    amount = MoneyField(_("amount"))
    purpose = models.CharField(_("purpose"), max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OUVERTE)
    voters = models.PositiveIntegerField(_("voters"))
    needed = models.PositiveIntegerField(_("approvals needed"))
    closes_at = models.DateTimeField(_("closes"))
    transaction = models.OneToOneField(
        Transaction, null=True, blank=True, on_delete=models.PROTECT, related_name="spending_request",
        verbose_name=_("transaction"),
    )

    class Meta:
        verbose_name = _("request for money")
        verbose_name_plural = _("requests for money")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["community", "status", "-id"], name="spending_newest"),
            models.Index(fields=["closes_at"], condition=Q(status="OUVERTE"), name="spending_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="spending_positive"),
            models.CheckConstraint(condition=Q(needed__gte=1, needed__lte=F("voters")), name="spending_reachable"),
            models.CheckConstraint(
                condition=Q(status="PAYEE", transaction__isnull=False) | ~Q(status="PAYEE") & Q(transaction=None),
                name="spending_paid_has_transaction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose[:60]} {self.amount}"


class SpendingRequestChange(StatusChange):
    EVENT = spending_moved
    subject = models.ForeignKey(SpendingRequest, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("change of a request for money")
        verbose_name_plural = _("changes of requests for money")
        ordering = ["pk"]


class Vote(models.Model):
    """The right to one vote on a request, and the vote once it is cast."""

    request = models.ForeignKey(
        SpendingRequest, on_delete=models.CASCADE, related_name="votes", verbose_name=_("request")
    )
    member = models.ForeignKey(
        CommunityMember, on_delete=models.PROTECT, related_name="votes", verbose_name=_("member")
    )
    approve = models.BooleanField(_("approves"), null=True)
    voted_at = models.DateTimeField(_("voted"), null=True, blank=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "member"], name="vote_once"),
            models.CheckConstraint(
                condition=Q(approve=None, voted_at=None) | Q(approve__isnull=False, voted_at__isnull=False),
                name="vote_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.member}"
