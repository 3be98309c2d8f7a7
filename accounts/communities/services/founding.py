"""Founding, changing, suspending and closing a community."""

from secrets import token_hex
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.communities import queries
from accounts.communities.models import Community, CommunityMember, Invitation, MonthlyContribution, Role, Visibility
from accounts.communities.queries import Right
from accounts.communities.rules import CLOSED, RESERVED_SLUGS, checked_fields
from accounts.communities.services.voting import Status, end_requests, share_out
from accounts.users.queries import require_staff_of
from accounts.wallet import services as wallet
from accounts.wallet.queries import balance_of
from config.lib.actors import Actor, actor_user
from config.lib.errors import Forbidden
from config.lib.money import split

FIELDS = ("name", "description", "visibility", "quorum_percent", "voting_days")


def _slug(name: str) -> str:
    """The words of the name; with a random tail when they are taken or ours."""
    words = slugify(name)[:60].strip("-") or "communaute"
    if words in RESERVED_SLUGS or Community.objects.filter(slug=words).exists():
        return f"{words}-{token_hex(3)}"
    return words


@transaction.atomic
def create_community(
    *, actor: Actor, name: str, description: str = "", visibility: str = Visibility.PRIVEE, quorum_percent: int = 51,
    voting_days: int = 7,
) -> Community:
    """A new community with an empty pot; the actor is its founder. Raises Invalid."""
    fields = checked_fields({
        "name": name, "description": description, "visibility": visibility, "quorum_percent": quorum_percent,
        "voting_days": voting_days,
    })
    founder = actor_user(actor)
    pot = wallet.open_pot(label=fields["name"])
    try:
        with transaction.atomic():
            community = Community.objects.create(slug=_slug(name), account=pot, founder=founder, **fields)
    except IntegrityError:  # two of the same name at the same moment
        slug = f"{slugify(name)[:60]}-{token_hex(3)}".lstrip("-")
        community = Community.objects.create(slug=slug, account=pot, founder=founder, **fields)
    CommunityMember.objects.create(community=community, user=founder, role=Role.FONDATEUR)
    community.record(actor=actor)
    return queries.get_for(actor, community.pk)


@transaction.atomic
def update_community(*, actor: Actor, community_id: int, **changes: Any) -> Community:
    """Founder and administrators; quorum and days count for requests made from now on. The address stays.

    Raises NotFound, Forbidden, NotActive, Invalid. The platform's fund stays public.
    """
    queries.get_for(actor, community_id, Right.MANAGE)
    fields = checked_fields({key: value for key, value in changes.items() if key in FIELDS})
    community = queries.locked_active(community_id)
    if community.platform and fields.get("visibility", Visibility.PUBLIQUE) != Visibility.PUBLIQUE:
        raise Forbidden
    for name, value in fields.items():
        setattr(community, name, value)
    community.save(update_fields=[*fields, "updated_at"])
    if "name" in fields and not community.platform:
        wallet.rename_pot(pot=community.account, label=community.name)
    return queries.get_for(actor, community_id)


@transaction.atomic
def suspend_community(*, actor: Actor, community_id: int, reason: str = "") -> Community:
    """Managers: nothing moves in it until it is resumed. Raises Forbidden, IllegalMove."""
    require_staff_of(actor, "MANAGER")
    community = queries.locked(community_id)
    community.move(Community.Status.SUSPENDUE, actor=actor, reason=reason)
    return community


@transaction.atomic
def resume_community(*, actor: Actor, community_id: int) -> Community:
    """Managers: let a suspended community work again. Raises Forbidden, IllegalMove."""
    require_staff_of(actor, "MANAGER")
    community = queries.locked(community_id)
    community.move(Community.Status.ACTIVE, actor=actor)
    return community


@transaction.atomic
def close_community(*, actor: Actor, community_id: int) -> Community:
    """The founder closes it for good: open requests are refused, monthly contributions stop, and what is in the pot
    is shared out equally among the members, to the cent; those who joined first get the cents left over.

    Raises NotFound, Forbidden (the platform's fund too), NotActive.
    """
    queries.get_for(actor, community_id, Right.FOUND)
    community = queries.locked_active(community_id)
    if community.platform:
        raise Forbidden
    end_requests(community, status=Status.REFUSEE, reason=CLOSED)
    for row in MonthlyContribution.objects.filter(community=community).exclude(
        status=MonthlyContribution.Status.ARRETEE
    ):
        row.move(MonthlyContribution.Status.ARRETEE, actor=actor, reason=CLOSED)
    Invitation.objects.filter(community=community, used_at=None, revoked_at=None).update(revoked_at=timezone.now())
    left, members = balance_of(community.account), list(queries.members(community))
    if left:
        share_out(community=community, members=members, parts=split(left, [1] * len(members)), actor=actor)
    community.move(Community.Status.FERMEE, actor=actor)
    return queries.get_for(actor, community_id)
