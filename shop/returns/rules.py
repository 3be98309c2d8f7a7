"""Until when goods may come back, and the refusals. No ORM."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict
from config.lib.holidays import working_day


class NotDelivered(Conflict):
    code = "not_delivered"
    message = _("Only what was delivered can be sent back. Until it leaves, you can cancel the order.")


class ReturnWindowOver(Conflict):
    """`until` is when the time was over."""

    code = "return_window_over"
    message = _("The time to send this order back is over. Write to us if something is wrong with it.")


class NothingLeft(Conflict):
    """`left` pieces of line `line_id` can still come back."""

    code = "return_quantity_too_large"
    message = _("You cannot send back more than you received and have not sent back yet.")


def window_end(delivered_at: datetime, days: int) -> datetime:
    """The moment from which a return is too late.

    French consumer code L221-18 gives 14 days from the receipt of the goods; L221-19: the day of receipt is not
    counted, the last day counts to its last hour, and one that falls on a Saturday, Sunday or public holiday moves
    to the next working day.
    """
    last = working_day(timezone.localdate(delivered_at) + timedelta(days=days))
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
