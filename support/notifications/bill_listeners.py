"""What is told of the garage's bills."""

from typing import Any

from django.urls import reverse

from garage.billing import queries
from garage.billing.events import bill_moved, bill_overdue
from garage.billing.models import Bill, BillChange, BillKind
from support.notifications.garage_people import name_of, staff, tell_garage


def _tell(bill: Bill, news: str, key: str, **context: Any) -> None:
    quote = bill.quote
    tell_garage(
        thing="bill", status=news, key=key, client=quote.client, url=queries.public_url(bill),
        page=reverse("garage:bill", args=[bill.pk]), number=bill.invoice.number, vehicle=name_of(quote.vehicle),
        total=bill.amount, due=bill.due, until=bill.due_on, **context,
    )


@bill_moved.listener
def tell_of_bill(*, bill_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """A bill that is paid as it is made (a deposit over the counter) is told as paid only."""
    change = BillChange.objects.select_related(
        "subject__quote__client__user", "subject__quote__vehicle", "by"
    ).get(pk=change_id)
    bill, news = change.subject, to_status
    if to_status == Bill.Status.EMISE:
        if bill.status != Bill.Status.EMISE:
            return
        news = "ROUVERTE" if from_status else to_status
        if news == to_status and bill.kind == BillKind.ACOMPTE:
            news = BillKind.ACOMPTE
    _tell(bill, news, str(change_id), people=staff(but=change.by), staff_url=reverse("garage:bill", args=[bill_id]))


@bill_overdue.listener
def remind_of_bill(*, bill_id: int, reminder: int) -> None:
    bill = Bill.objects.select_related("quote__client__user", "quote__vehicle").get(pk=bill_id)
    if bill.status == Bill.Status.EMISE and bill.due:
        _tell(bill, "due", f"{bill_id}:{reminder}")
