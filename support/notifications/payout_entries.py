"""What is told about money that leaves: to its owner at each step, to managers what waits for them."""

from django.utils.translation import gettext_lazy as _

from support.notifications.entry import ALL, MAIL, MAIL_PUSH, Entry
from support.notifications.models import Topic

PAYOUTS = [
    Entry(
        "destination_added", Topic.ARGENT, ("destination", "new"), "owner", MAIL_PUSH,
        _("A new destination for your money: %(to)s"),
        _("Money of your wallet can be paid out to %(to)s (%(holder)s) from now on. If this was not you, remove it and "
          "change your password at once, then write to us."),
        "accounts:destinations", forced=True, route_args=(),
    ),
    Entry(
        "payout_waits", Topic.ARGENT, ("payout", "A_VALIDER"), "owner", MAIL_PUSH,
        _("We look at your payout of %(amount)s"),
        _("It goes to %(to)s as soon as we have looked at it. The amount is set aside in your wallet until then."),
        "accounts:payout", forced=True,
    ),
    Entry(
        "payout_review", Topic.ARGENT, ("payout", "A_VALIDER"), "managers", MAIL_PUSH,
        _("A payout of %(amount)s waits for you"),
        _("%(owner)s asks for %(amount)s. Look at it and let it leave, or refuse it and say why."),
        "admin:accounts_payout_change",
    ),
    Entry(
        "payout_ready", Topic.ARGENT, ("payout", "PRET"), "owner", MAIL,
        _("Your payout of %(amount)s is ready to leave"),
        _("It goes to %(to)s. If you did not ask for it, cancel it at once on its page and change your password."),
        "accounts:payout", forced=True,
    ),
    Entry(
        "payout_sent", Topic.ARGENT, ("payout", "ENVOYE"), "owner", (),
        _("Your payout of %(amount)s is sent"),
        _("It is on its way to %(to)s."),
        "accounts:payout",
    ),
    Entry(
        "payout_paid", Topic.ARGENT, ("payout", "PAYE"), "owner", MAIL_PUSH,
        _("%(amount)s is paid out to you"),
        _("The money went to %(to)s. Your bank may take until the end of the day to show it."),
        "accounts:payout",
    ),
    Entry(
        "payout_refused", Topic.ARGENT, ("payout", "REFUSE"), "owner", ALL,
        _("Your payout of %(amount)s is refused"),
        _("The reason: %(reason)s. The amount is available in your wallet again."),
        "accounts:payout",
    ),
    Entry(
        "payout_failed", Topic.ARGENT, ("payout", "ECHOUE"), "owner", MAIL_PUSH,
        _("Your payout of %(amount)s did not arrive"),
        _("%(to)s did not take it. Nothing is lost: we send it again or put it back into your wallet, and tell you."),
        "accounts:payout",
    ),
    Entry(
        "payout_given_back", Topic.ARGENT, ("payout", "RENDU"), "owner", MAIL_PUSH,
        _("%(amount)s is back in your wallet"),
        _("The payout to %(to)s could not be made. Check the number, or choose another destination."),
        "accounts:payout",
    ),
    Entry(
        "batch_written", Topic.ARGENT, ("batch", "PRET"), "managers", MAIL,
        _("File %(reference)s waits to be given to the bank"),
        _("%(count)s transfers, %(total)s in all. Download it, give it to the bank, and mark it as executed once the "
          "debit is on the statement."),
        "admin:accounts_payoutbatch_change",
    ),
]
