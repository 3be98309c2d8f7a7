"""What is told about money that does not fit: to managers what waits on the desk, to payers what became of it."""

from django.utils.translation import gettext_lazy as _

from support.notifications.entry import MAIL_PUSH, Entry
from support.notifications.models import Topic

DISAGREEMENTS = [
    Entry(
        "disagreement_opened", Topic.ARGENT, ("disagreement", "OUVERT"), "managers", MAIL_PUSH,
        _("Money that does not fit: %(what)s"),
        _("%(about)s, %(amount)s. Decide on the desk what becomes of it."),
        "admin:accounts_disagreement_change",
    ),
    Entry(
        "disagreement_refunded", Topic.ARGENT, ("disagreement", "REMBOURSE"), "payer", MAIL_PUSH,
        _("We give %(amount)s back to you"),
        _("We received %(amount)s that we could not use (%(about)s). It is on its way back to where it came from."),
    ),
    Entry(
        "disagreement_credited", Topic.ARGENT, ("disagreement", "CREDITE"), "receiver", MAIL_PUSH,
        _("%(amount)s is in your wallet"),
        _("We received %(amount)s that we could not use otherwise (%(about)s). You can spend it or have it paid out."),
        "accounts:wallet", route_args=(),
    ),
]
