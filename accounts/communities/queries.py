"""Reads, rights and locks of communities.

The row of a community is the lock of everything that happens in it: members, contributions, requests and votes
change one at a time. It is taken before any account of the ledger.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.communities.models import (
    Adhesion,
    Community,
    CommunityMember,
    Invitation,
    MonthlyContribution,
    Role,
    SpendingRequest,
    Visibility,
    Vote,
)
from accounts.communities.rules import (
    BOOK_TITLES,
    SOLIDARITY_SLUG,
    InvitationOver,
    LastFounder,
    NotActive,
    Verdict,
    pseudonym,
    token_hash,
    verdict,
)
from accounts.users.models import User
from accounts.users.queries import is_staff_of, staff_of
from accounts.wallet import queries as wallet
from accounts.wallet.models import Account, AccountKind, Posting, SystemAccount
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, NotFound
from config.lib.money import ZERO

Status = SpendingRequest.Status
MANAGERS = (Role.FONDATEUR, Role.ADMIN)
CURVE_POINTS = 60


class Right(Enum):
    READ = "read"
    MEMBER = "member"
    GIVE = "give"
    MANAGE = "manage"
    FOUND = "found"


# --- communities -------------------------------------------------------------------------------------------------
def solidarity() -> Community:
    """The platform's own fund, over its account in the ledger; there from the first look on."""
    found = Community.objects.filter(platform=True).first()
    if found is not None:
        return found
    # house: allow writes, the fund exists on every installation from its first use on
    return Community.objects.get_or_create(
        platform=True,
        defaults={
            "name": "Solidarité", "slug": SOLIDARITY_SLUG, "visibility": Visibility.PUBLIQUE,
            "account": wallet.system_account(SystemAccount.SOLIDARITY),
        },
    )[0]


def _with_facts(rows: QuerySet[Community], actor: Any) -> QuerySet[Community]:
    """Each with its account, `members_count` and `role` of the actor (None: no member)."""
    present = CommunityMember.objects.filter(community=OuterRef("pk"), left_at=None).order_by()
    counted = present.values("community").annotate(n=Count("pk")).values("n")
    own = present.filter(user=getattr(actor, "pk", None) or 0).values("role")[:1]
    return rows.select_related("account").annotate(
        members_count=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)), role=Subquery(own)
    )


def visible_to(actor: Any) -> QuerySet[Community]:
    """Public communities and one's own; a private one is not there for anybody else."""
    rows = Community.objects.all()
    if actor is not SYSTEM:
        member = Exists(CommunityMember.objects.filter(community=OuterRef("pk"), user=actor.pk or 0, left_at=None))
        public = Q(visibility=Visibility.PUBLIQUE) & ~Q(status=Community.Status.FERMEE)
        rows = rows.filter(public | member)
    return _with_facts(rows, actor)


def mine(actor: Any) -> QuerySet[Community]:
    rows: Any = visible_to(actor)  # mypy does not see through annotations
    return rows.exclude(role=None).order_by("name", "pk")


def found(actor: Any, *, search: str = "", only_mine: bool = False) -> QuerySet[Community]:
    """The list: those one may see and find by a word of the name or description."""
    rows = mine(actor) if only_mine else visible_to(actor)
    words = search.replace("\x00", "").strip()  # which PostgreSQL takes in no text
    return rows.filter(Q(name__icontains=words) | Q(description__icontains=words)) if words else rows


def get_for(actor: Any, pk: Any = None, right: Right = Right.READ, *, slug: str = "") -> Community:
    """The community by id or by slug, with the actor's `role` and `members_count`. NotFound, Forbidden."""
    if slug == SOLIDARITY_SLUG:
        solidarity()
    found = visible_to(actor).filter(**({"slug": slug} if slug else {"pk": pk})).first()
    if found is None:
        raise NotFound
    if not may(actor, found, right):
        raise Forbidden
    return found


def may(actor: Any, community: Any, right: Right) -> bool:
    """Whether the actor has a right in a community that he sees. Managers care for the platform's own fund."""
    if right is Right.READ or actor is SYSTEM:
        return True
    if right is Right.GIVE and community.platform:
        return True
    if right is Right.MANAGE and community.platform:
        return is_staff_of(actor, "MANAGER")
    roles = {Right.MANAGE: MANAGERS, Right.FOUND: (Role.FONDATEUR,)}.get(right, tuple(Role.values))
    return community.role in roles


def locked(pk: Any) -> Community:
    """The community, locked until the transaction ends. Rows that only refer to it may still be added."""
    return Community.objects.select_for_update(no_key=True).get(pk=pk)


def locked_active(pk: Any) -> Community:
    """The same, while money and people may move in it. NotActive."""
    community = locked(pk)
    if not community.is_active:
        raise NotActive
    return community


# --- people ------------------------------------------------------------------------------------------------------
def members(community: Community) -> QuerySet[CommunityMember]:
    """Who is in it now, in the order of joining."""
    return CommunityMember.objects.filter(community=community, left_at=None).select_related("user").order_by("pk")


def membership(community: Community, user: Any) -> CommunityMember | None:
    return CommunityMember.objects.filter(community=community, user_id=user.pk, left_at=None).first()


def member(community: Community, pk: Any) -> CommunityMember:
    """One present member by the id of the membership. NotFound."""
    row = members(community).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def managers(community: Community) -> list[User]:
    """Who answers those who want to join."""
    if community.platform:
        return staff_of("MANAGER")
    return [row.user for row in members(community).filter(role__in=MANAGERS)]


def name_in(community: Community, user: User) -> str:
    """The name by which a member is known to the others. In the platform's fund, whose books are open to the world,
    nobody is named."""
    if community.platform:
        return pseudonym(community.books_key, user.pk)
    return user.get_full_name() or str(_("a member"))


def asked_to_join(community: Community) -> QuerySet[Adhesion]:
    rows = Adhesion.objects.filter(community=community, status=Adhesion.Status.DEMANDE)
    return rows.select_related("user").order_by("pk")


def adhesion(community: Community, pk: Any) -> Adhesion:
    row = Adhesion.objects.filter(community=community, pk=pk).select_related("user").first()
    if row is None:
        raise NotFound
    return row


def _open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        expires_at__gt=timezone.now(), used_at=None, revoked_at=None, community__status=Community.Status.ACTIVE
    ).select_related("community__account", "invited_by")


def invitation_by(token: str) -> Invitation:
    """The open invitation of a link's secret. InvitationOver, the same for every reason."""
    row = _open_invitations().filter(token_hash=token_hash(token)).first()
    if row is None:
        raise InvitationOver
    return row


def invitations_for(user: Any) -> QuerySet[Invitation]:
    """Open invitations to addresses that this person has proved to be his."""
    proved = EmailAddress.objects.filter(user=user.pk, verified=True).values("email")
    return _open_invitations().filter(email__in=proved).order_by("-pk")


def led_by(user: Any) -> QuerySet[Community]:
    rows = CommunityMember.objects.filter(user_id=user.pk, role=Role.FONDATEUR, left_at=None)
    return Community.objects.filter(pk__in=rows.values("community")).exclude(status=Community.Status.FERMEE)


def check_no_orphan(user: User) -> None:
    """LastFounder while the person leads a community."""
    if led_by(user).exists():
        raise LastFounder


def communities_section(user: User) -> list[dict[str, Any]]:
    """What the export of personal data says about communities."""
    rows = CommunityMember.objects.filter(user=user).select_related("community").order_by("pk")
    return [
        {
            "community": row.community.title, "role": row.role, "joined": row.joined_at.isoformat(),
            "left": row.left_at.isoformat() if row.left_at else None,
        }
        for row in rows
    ]


# --- requests and votes ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tally:
    """How a vote stands: `pending` are those who can still vote."""

    approvals: int
    rejections: int
    pending: int


def requests_of(actor: Any, community: Community) -> QuerySet[SpendingRequest]:
    """Newest first, each with `approvals`, `rejections` and the actor's vote: `is_voter`, `my_vote`."""
    own = Vote.objects.filter(
        request=OuterRef("pk"), member__user=getattr(actor, "pk", None) or 0, member__left_at=None
    )
    return (
        SpendingRequest.objects.filter(community=community)
        .select_related("asker", "community__account")
        .prefetch_related("history__by")
        .annotate(
            approvals=Count("votes", filter=Q(votes__approve=True)),
            rejections=Count("votes", filter=Q(votes__approve=False)),
            is_voter=Exists(own),
            my_vote=Subquery(own.values("approve")[:1]),
        )
        .order_by("-pk")
    )


def request_for(actor: Any, community: Community, pk: Any) -> SpendingRequest:
    row = requests_of(actor, community).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def vote_of(request: SpendingRequest, user: Any) -> Vote | None:
    """The right to vote of a person who is still a member."""
    return Vote.objects.filter(request=request, member__user_id=user.pk, member__left_at=None).first()


def tally(request: SpendingRequest) -> Tally:
    counts = Vote.objects.filter(request=request).aggregate(
        approvals=Count("pk", filter=Q(approve=True)),
        rejections=Count("pk", filter=Q(approve=False)),
        pending=Count("pk", filter=Q(approve=None, member__left_at=None)),
    )
    return Tally(**counts)


def verdict_of(request: SpendingRequest) -> Verdict:
    counted = tally(request)
    return verdict(needed=request.needed, approvals=counted.approvals, pending=counted.pending)


def open_requests(community: Community) -> QuerySet[SpendingRequest]:
    return SpendingRequest.objects.filter(community=community, status=Status.OUVERTE).order_by("pk")


def due_requests(now: datetime, limit: int = 200) -> list[int]:
    """Ids of open requests whose time is over."""
    rows = SpendingRequest.objects.filter(status=Status.OUVERTE, closes_at__lte=now).order_by("closes_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def to_vote(user: Any) -> QuerySet[SpendingRequest]:
    """Open requests that wait for this person's vote, in whatever community, soonest close first."""
    waiting = Vote.objects.filter(member__user_id=user.pk, member__left_at=None, approve=None)
    rows = SpendingRequest.objects.filter(status=Status.OUVERTE, closes_at__gt=timezone.now())
    active = rows.filter(pk__in=waiting.values("request"), community__status=Community.Status.ACTIVE)
    return active.select_related("community", "asker").order_by("closes_at")


# --- money -------------------------------------------------------------------------------------------------------
def monthly_of(community: Community, user: Any) -> MonthlyContribution | None:
    """What this person gives every month, unless it was stopped."""
    rows = MonthlyContribution.objects.filter(community=community, user_id=user.pk)
    return rows.exclude(status=MonthlyContribution.Status.ARRETEE).first()


def due_contributions(today: date, limit: int = 500) -> list[int]:
    """Ids of monthly contributions to be tried today."""
    rows = MonthlyContribution.objects.filter(
        status=MonthlyContribution.Status.ACTIVE, next_on__lte=today, community__status=Community.Status.ACTIVE
    )
    return list(rows.order_by("next_on", "pk").values_list("pk", flat=True)[:limit])


def monthly(pk: Any) -> MonthlyContribution:
    return MonthlyContribution.objects.select_related("user").get(pk=pk)


def books(community: Community) -> QuerySet[Posting]:
    """The postings of the pot, newest first, each with `balance_after`; the other side is prefetched."""
    return (
        Posting.objects.filter(account=community.account_id)
        .select_related("transaction__spending_request")
        .prefetch_related("transaction__postings__account")
        .annotate(balance_after=Window(Sum("amount"), order_by=F("pk").asc()))
        .order_by("-pk")
    )


@dataclass(frozen=True)
class Line:
    """One line of the books as its reader may see it."""

    at: datetime
    kind: str
    title: str
    amount: Decimal
    balance_after: Decimal
    purpose: str
    who: str
    is_me: bool


def as_lines(community: Community, rows: Any, reader: Any, *, named: dict[int, str] | None = None) -> list[Line]:
    """Books as they are shown: people by pseudonym, or by the names given in `named` (user id → name)."""
    lines = []
    for row in rows:
        request = getattr(row.transaction, "spending_request", None)
        users = [
            p.account.user_id for p in row.transaction.postings.all()
            if p.account.kind == AccountKind.PERSONNEL and p.amount * row.amount < 0
        ]
        user_id = users[0] if len(users) == 1 else None
        who = "" if user_id is None else (named or {}).get(user_id) or pseudonym(community.books_key, user_id)
        kind = row.transaction.kind
        lines.append(Line(
            row.transaction.at, kind, str(BOOK_TITLES.get(kind, row.title)), row.amount, row.balance_after,
            request.purpose if request else "", who, user_id is not None and user_id == getattr(reader, "pk", None),
        ))
    return lines


def names_for(community: Community, rows: Any) -> dict[int, str]:
    """User id → name for the people in these lines; nobody in the platform's fund."""
    if community.platform:
        return {}
    ids = {p.account.user_id for row in rows for p in row.transaction.postings.all() if p.account.user_id}
    return {user.pk: name_in(community, user) for user in User.objects.filter(pk__in=ids)}


def curve(account: Account) -> list[tuple[datetime | date, Decimal]]:
    """(when, balance) after each movement, or at the end of each day when there are many; oldest first."""
    rows = Posting.objects.filter(account=account).order_by("pk")
    moves: list[tuple[datetime | date, Decimal]] = list(
        rows.values_list("transaction__at", "amount")[: CURVE_POINTS + 1]
    )
    if len(moves) > CURVE_POINTS:
        days = rows.order_by().annotate(day=TruncDate("transaction__at")).values("day")
        moves = list(days.annotate(total=Sum("amount")).order_by("day").values_list("day", "total"))
    points, balance = [], ZERO
    for at, amount in moves:
        balance += amount
        points.append((at, balance))
    return points
