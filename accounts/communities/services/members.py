"""Who belongs to a community: inviting, joining, leaving, handing over."""

from dataclasses import dataclass
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.communities import queries
from accounts.communities.models import (
    Adhesion,
    Community,
    CommunityMember,
    Invitation,
    MonthlyContribution,
    Role,
    Visibility,
)
from accounts.communities.queries import Right
from accounts.communities.rules import (
    LEFT,
    LINK_VALID,
    MAIL_VALID,
    AlreadyMember,
    FounderStays,
    InvitationOver,
    may_give,
    token_hash,
)
from accounts.communities.services.voting import Status, end_requests, lose_votes
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.services.mail import queue_mail
from config.lib.actors import SYSTEM, Actor, actor_user
from config.lib.errors import Forbidden, NotFound


@dataclass(frozen=True)
class Invited:
    """An invitation just made; `link` is shown this once."""

    invitation: Invitation
    link: str


@transaction.atomic
def invite(*, actor: Actor, community_id: int, email: str = "") -> Invited:
    """Founder and administrators: invite one person by e-mail, or make a link for many (`email` empty).

    The answer is the same whether the address is known here or not. An earlier invitation of the same address is
    replaced. Raises NotFound, Forbidden, NotActive.
    """
    queries.get_for(actor, community_id, Right.MANAGE)
    community = queries.locked_active(community_id)
    address = email.strip().lower()
    if address:
        Invitation.objects.filter(community=community, email=address, used_at=None, revoked_at=None).update(
            revoked_at=timezone.now()
        )
    token = token_urlsafe(24)
    row = Invitation.objects.create(
        community=community, email=address, token_hash=token_hash(token), invited_by=actor_user(actor),
        expires_at=timezone.now() + (MAIL_VALID if address else LINK_VALID),
    )
    link = settings.SITE_URL + reverse("accounts:community_invitation", args=[token])
    if address:
        _mail(row, link)
        row.announce_at_commit()
    else:
        Invitation.objects.filter(pk=row.pk).update(announced_at=row.created_at)  # a link is told to nobody
    return Invited(row, link)


def _mail(row: Invitation, link: str) -> None:
    """In the language of the invited, where he has an account, else in that of the moment."""
    known = users.active_by_email(row.email)
    with translation.override(known.language if known else translation.get_language()):
        name = row.invited_by.get_full_name() or _("A member")
        subject = _("%(who)s invites you to “%(community)s”") % {"who": name, "community": row.community.title}
        body = _(
            "“%(community)s” is a community: its members put money into one pot and decide by vote who gets some of "
            "it. The invitation is for you alone and valid for 14 days."
        ) % {"community": row.community.title}
        context = {
            "subject": subject, "body": body, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL,
            "action_url": link, "action_label": _("See the invitation"),
            "why": _("You receive this message because a member of this community gave your address."),
        }
        queue_mail(
            to=row.email, subject=subject, text=render_to_string("mail/notification.txt", context),
            html=render_to_string("mail/notification.html", context),
        )


def _enter(community: Community, user: User) -> CommunityMember:
    """A new stay in a locked community. AlreadyMember."""
    if queries.membership(community, user) is not None:
        raise AlreadyMember
    return CommunityMember.objects.create(community=community, user=user)


@transaction.atomic
def join(*, actor: Actor, community_id: int) -> CommunityMember | Adhesion:
    """Enter a public community, or a private one to which one's own proved address was invited.

    The platform's fund lets a manager answer first: its voters decide about everybody's gifts, and accounts that
    somebody made up must not outvote them. Raises NotFound, AlreadyMember, NotActive.
    """
    user = actor_user(actor)
    invitation = queries.invitations_for(user).filter(community=community_id).first()
    if invitation is None:
        queries.get_for(actor, community_id)
    community = queries.locked(community_id)
    if queries.membership(community, user) is not None:
        raise AlreadyMember
    community = queries.locked_active(community_id)
    if invitation is not None:
        _use_up(invitation)
    elif community.visibility != Visibility.PUBLIQUE:
        raise NotFound
    elif community.platform:
        return _ask_to_join(community, user)
    return _enter(community, user)


def _use_up(invitation: Invitation) -> None:
    """Once: the row count is the verdict. InvitationOver."""
    rows = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not rows.update(used_at=timezone.now()):
        raise InvitationOver


@transaction.atomic
def accept_invitation(*, actor: Actor, token: str) -> CommunityMember | Adhesion:
    """Follow an invitation's link. One sent by mail lets its holder in; a link that was passed around lets into a
    public community, and asks the administrators of a private one.

    Raises InvitationOver, AlreadyMember.
    """
    user = actor_user(actor)
    invitation = queries.invitation_by(token)
    community = queries.locked_active(invitation.community_id)
    if queries.membership(community, user) is not None:
        raise AlreadyMember
    if invitation.email:
        _use_up(invitation)
    elif community.visibility == Visibility.PRIVEE:
        return _ask_to_join(community, user)
    return _enter(community, user)


def _ask_to_join(community: Community, user: User) -> Adhesion:
    open_one = queries.asked_to_join(community).filter(user=user).first()
    if open_one is not None:
        return open_one
    row = Adhesion.objects.create(community=community, user=user)
    row.record(actor=user)
    return row


@transaction.atomic
def answer_adhesion(*, actor: Actor, community_id: int, adhesion_id: int, accept: bool) -> Adhesion:
    """Founder and administrators let somebody in, or not. Raises NotFound, Forbidden, NotActive, IllegalMove."""
    queries.get_for(actor, community_id, Right.MANAGE)
    community = queries.locked_active(community_id)
    row = queries.adhesion(community, adhesion_id)
    row.move(Adhesion.Status.ACCEPTEE if accept else Adhesion.Status.REFUSEE, actor=actor)
    if accept and queries.membership(community, row.user) is None:
        _enter(community, row.user)
    return row


@transaction.atomic
def change_role(*, actor: Actor, community_id: int, member_id: int, role: str) -> CommunityMember:
    """The founder names administrators, or hands over: then he becomes an administrator himself.

    Raises NotFound, Forbidden, FounderStays.
    """
    seen = queries.get_for(actor, community_id, Right.MEMBER)
    if not may_give(getattr(seen, "role", None) or "", role):
        raise Forbidden
    community = queries.locked(community_id)
    member = queries.member(community, member_id)
    own = queries.membership(community, actor)
    if own is None or own.role != Role.FONDATEUR:  # handed over at this very moment
        raise Forbidden
    if member.pk == own.pk:
        if role != Role.FONDATEUR:
            raise FounderStays
        return member
    if role == Role.FONDATEUR:
        own.role = Role.ADMIN
        own.save(update_fields=["role"])
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def leave(*, actor: Actor, community_id: int) -> None:
    """What was contributed stays in the pot; open requests are withdrawn, monthly contributions stop, and votes not
    cast are lost. Raises NotFound, Forbidden, FounderStays."""
    queries.get_for(actor, community_id, Right.MEMBER)
    community = queries.locked(community_id)
    member = queries.membership(community, actor)
    if member is None:
        raise Forbidden
    if member.role == Role.FONDATEUR:
        raise FounderStays
    _leave(community, member)


def _leave(community: Community, member: CommunityMember) -> None:
    member.left_at = timezone.now()
    member.save(update_fields=["left_at"])
    end_requests(community, status=Status.ANNULEE, reason=LEFT, asker_id=member.user_id)
    if not community.platform:  # to the platform's fund anybody may go on giving
        _stop_monthly(community, member.user_id)
    lose_votes(member)


def _stop_monthly(community: Community, user_id: int) -> None:
    Monthly = MonthlyContribution
    for row in Monthly.objects.filter(community=community, user_id=user_id).exclude(status=Monthly.Status.ARRETEE):
        row.move(Monthly.Status.ARRETEE, actor=SYSTEM, reason=LEFT)


@transaction.atomic
def forget_person(*, user: User) -> None:
    """Somebody closed the account: leave every community, give to none. Safe to run twice."""
    for row in CommunityMember.objects.filter(user=user, left_at=None).order_by("community_id"):
        community = queries.locked(row.community_id)
        member = queries.membership(community, user)
        if member is not None:
            _leave(community, member)
    for monthly in MonthlyContribution.objects.filter(user=user).order_by("community_id"):
        _stop_monthly(queries.locked(monthly.community_id), user.pk)
