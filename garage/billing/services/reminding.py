"""Reminders of bills that are past their day."""

from django.db import transaction
from django.utils import timezone

from config.lib.events import emit
from garage.billing import queries
from garage.billing.events import bill_overdue
from garage.billing.models import Bill

AT_ONCE = 500


def remind_overdue() -> int:
    """Tell of bills 1, 8 and 30 days after their day, once each; how many. Safe to run at any time and twice."""
    return sum(_remind(bill) for bill in list(queries.to_remind(timezone.localdate())[:AT_ONCE]))


@transaction.atomic
def _remind(bill: Bill) -> bool:
    still = Bill.objects.filter(pk=bill.pk, reminders=bill.reminders, status=Bill.Status.EMISE)
    if not still.update(reminders=bill.reminders + 1):
        return False
    emit(bill_overdue, bill_id=bill.pk, reminder=bill.reminders + 1)
    return True
