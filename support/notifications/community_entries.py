"""What people are told about their communities."""

from django.utils.translation import gettext_lazy as _

from support.notifications.entry import MAIL, MAIL_PUSH, PUSH, Entry
from support.notifications.models import Topic

COMMUNITIES = [
    Entry(
        "community_invited", Topic.ARGENT, ("invitation", "open"), "invited", PUSH,
        _("You are invited to “%(community)s”"),
        _("%(who)s invites you. The invitation waits among your communities."),
        "accounts:communities", route_args=(),
    ),
    Entry(
        "adhesion_asked", Topic.ARGENT, ("adhesion", "DEMANDE"), "managers", MAIL_PUSH,
        _("%(who)s wants to join “%(community)s”"),
        _("Let this person in, or decline, on the page of the members."),
        "accounts:community_members", route_args=("slug",),
    ),
    Entry(
        "adhesion_accepted", Topic.ARGENT, ("adhesion", "ACCEPTEE"), "asker", MAIL_PUSH,
        _("You are a member of “%(community)s”"),
        _("You can contribute now, ask for money, and vote on what the others ask from now on."),
        "accounts:community", route_args=("slug",),
    ),
    Entry(
        "adhesion_refused", Topic.ARGENT, ("adhesion", "REFUSEE"), "asker", MAIL,
        _("“%(community)s” has not let you in"),
        _("The administrators have declined your request to join."),
        "accounts:communities", route_args=(),
    ),
    Entry(
        "spending_asked", Topic.ARGENT, ("spending", "OUVERTE"), "voters", MAIL_PUSH,
        _("Your vote in “%(community)s”: %(amount)s"),
        _("%(asker)s asks for %(amount)s: %(purpose)s. The vote is open for %(days)s days."),
        "accounts:community_request", route_args=("slug", "id"),
    ),
    Entry(
        "spending_paid", Topic.ARGENT, ("spending", "PAYEE"), "asker", MAIL_PUSH,
        _("“%(community)s” has paid you %(amount)s"),
        _("Your request passed: %(purpose)s. The money is in your wallet."),
        "accounts:community_request", route_args=("slug", "id"),
    ),
    Entry(
        "spending_passed", Topic.ARGENT, ("spending", "PAYEE"), "voters", (),
        _("“%(community)s” has paid %(amount)s"),
        _("The request of %(asker)s passed: %(purpose)s."),
        "accounts:community_request", route_args=("slug", "id"),
    ),
    Entry(
        "spending_refused", Topic.ARGENT, ("spending", "REFUSEE"), "asker", MAIL_PUSH,
        _("Your request in “%(community)s” is refused"),
        _("You asked for %(amount)s: %(purpose)s. %(reason)s"),
        "accounts:community_request", route_args=("slug", "id"),
    ),
    Entry(
        "spending_expired", Topic.ARGENT, ("spending", "EXPIREE"), "asker", MAIL_PUSH,
        _("Your request in “%(community)s” has expired"),
        _("Too few have voted in time on %(amount)s: %(purpose)s. You can ask again."),
        "accounts:community_request", route_args=("slug", "id"),
    ),
    Entry(
        "monthly_contributed", Topic.ARGENT, ("monthly", "paid"), "giver", (),
        _("%(amount)s for “%(community)s”"),
        _("Your monthly contribution was made from your wallet."),
        "accounts:community", route_args=("slug",),
    ),
    Entry(
        "monthly_paused", Topic.ARGENT, ("monthly", "SUSPENDUE"), "giver", MAIL_PUSH,
        _("Your monthly contribution to “%(community)s” is paused"),
        _("We tried on three days, but there was not %(amount)s in your wallet. Contribute again to resume it."),
        "accounts:community", route_args=("slug",),
    ),
    Entry(
        "community_closed", Topic.ARGENT, ("community", "FERMEE"), "members", MAIL,
        _("“%(community)s” is closed"),
        _("What was in the pot has been shared out among its members. Your part is in your wallet."),
        "accounts:wallet", route_args=(),
    ),
    Entry(
        "community_suspended", Topic.ARGENT, ("community", "SUSPENDUE"), "members", MAIL,
        _("“%(community)s” is suspended"),
        _("Nothing moves in it until we have looked at it. Your money is safe in its pot."),
        "accounts:community", route_args=("slug",),
    ),
]
