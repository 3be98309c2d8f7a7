"""What communities refuse, when a vote is decided, and the names in their public books. No ORM."""

import hashlib
import hmac
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.communities.models import MAX_DAY, Role, Visibility
from accounts.wallet.rules import checked_amount
from config.lib.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound

MAIL_VALID, LINK_VALID = timedelta(days=14), timedelta(days=7)
MAX_OPEN_REQUESTS = 3  # of one member in one community: each of them writes to everybody
MAX_FAILURES = 3  # days in a row on which a monthly contribution is tried
RESERVED_SLUGS = frozenset({"nouvelle", "invitation", "solidarite"})
SOLIDARITY_SLUG = "solidarite"
VOTES, FUNDS, CLOSED, LEFT = "votes", "insufficient_funds", "community_closed", "asker_left"
REASONS = {
    VOTES: _("Too few can still approve it."),
    FUNDS: _("It was approved, but there was not enough money in the pot."),
    CLOSED: _("The community was closed."),
    LEFT: _("The member left the community."),
}


# What a line of a community's own books says; elsewhere a statement says it from the wallet's side.
BOOK_TITLES = {
    "contribution": _("Contribution"), "grant": _("Request paid"), "share_out": _("Shared out at the end"),
}


class AlreadyMember(Conflict):
    code = "already_member"
    message = _("You are already a member of this community.")


class NotActive(IllegalMove):
    message = _("This community is suspended or closed: nothing can be changed in it now.")


class NoVoters(Conflict):
    code = "no_voters"
    message = _("Nobody else is in this community yet, so nobody could vote. Invite members first.")


class NotAVoter(Forbidden):
    code = "not_a_voter"
    message = _("Only those who were members when the request was made may vote, and not the member who asks.")


class AlreadyVoted(Conflict):
    code = "already_voted"
    message = _("You have already voted on this request.")


class TooManyRequests(Conflict):
    code = "too_many_requests"
    message = _("You already have three open requests in this community. Wait for their votes.")


class FounderStays(Conflict):
    code = "founder_must_hand_over"
    message = _("You founded this community: hand it over to another member first, or close it.")


class LastFounder(Conflict):
    code = "founder_must_hand_over"
    message = _("You still lead a community: hand it over to another member first, or close it.")


class InvitationOver(NotFound):
    message = _("This invitation has expired or was already used. Ask for a new one.")


class Verdict(Enum):
    OPEN = "open"
    PASSED = "passed"
    LOST = "lost"


def needed_of(voters: int, quorum_percent: int) -> int:
    """How many of `voters` must approve: the quorum of them, rounded up, at least one."""
    return max(1, -(-voters * quorum_percent // 100))


def verdict(*, needed: int, approvals: int, pending: int) -> Verdict:
    """Passed as soon as enough have approved, lost as soon as those who can still vote cannot reach it any more."""
    if approvals >= needed:
        return Verdict.PASSED
    return Verdict.OPEN if approvals + pending >= needed else Verdict.LOST


def next_due(after: date, day: int) -> date:
    """The first `day` of a month (1 to 28) after the month of `after`."""
    return (after.replace(day=1) + timedelta(days=32)).replace(day=day)


def pseudonym(books_key: str, user_id: int) -> str:
    """The name of a person in the public books of one community.

    A keyed hash: stable, another one in each community, and not to be turned back without the community's key.
    """
    code = hmac.new(books_key.encode(), str(user_id).encode(), hashlib.sha256).hexdigest()[:6].upper()
    return gettext("Member %(code)s") % {"code": code}


def token_hash(token: str) -> str:
    """What is kept of an invitation's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def may_give(giver: str, role: str) -> bool:
    """The founder gives every role, his own included (then he hands over); administrators give none."""
    return giver == Role.FONDATEUR and role in Role.values


def checked_day(day: int) -> int:
    """A day that every month has; Invalid on `day`."""
    if not 1 <= day <= MAX_DAY:
        raise Invalid(errors={"day": [_("Choose a day from 1 to 28.")]})
    return day


def checked_request(*, amount: Decimal, purpose: str) -> tuple[Decimal, str]:
    """Amount in euros and purpose of a request; Invalid on `amount`, `purpose`."""
    text = purpose.strip()
    if not text:
        raise Invalid(errors={"purpose": [_("Say what the money is for.")]})
    if len(text) > 300:
        raise Invalid(errors={"purpose": [_("At most 300 characters.")]})
    return checked_amount(amount), text


def checked_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """The settings of a community, tidied; Invalid on the wrong ones. Only the given ones are looked at."""
    errors: dict[str, list] = {}
    tidy: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if "name" in tidy and not 1 <= len(tidy["name"]) <= 80:
        errors["name"] = [_("Enter a name of at most 80 characters.")]
    if len(tidy.get("description", "")) > 2000:
        errors["description"] = [_("At most 2000 characters.")]
    if "visibility" in tidy and tidy["visibility"] not in Visibility.values:
        errors["visibility"] = [_("Choose public or private.")]
    if not 1 <= tidy.get("quorum_percent", 51) <= 100:
        errors["quorum_percent"] = [_("Enter a share from 1 to 100 %.")]
    if not 1 <= tidy.get("voting_days", 7) <= 30:
        errors["voting_days"] = [_("Enter 1 to 30 days.")]
    if errors:
        raise Invalid(errors=errors)
    return tidy


def still_missing(needed: int, approvals: int) -> str:
    """How many approvals a request still waits for, in words."""
    left = max(needed - approvals, 0)
    return ngettext("%(n)s more approval is needed", "%(n)s more approvals are needed", left) % {"n": left}
