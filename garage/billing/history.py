"""Invoices in the history of the vehicle that they are about."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.templatetags.ui import money
from garage.billing.models import Bill
from garage.vehicles.models import Vehicle
from garage.vehicles.timeline import Entry


def of_vehicle(vehicle: Vehicle) -> Iterable[Entry]:
    """For their client and staff: nobody else's."""
    for bill in Bill.objects.filter(quote__vehicle=vehicle).select_related("quote", "invoice").defer("invoice__pdf"):
        yield Entry(
            timezone.localdate(bill.created_at), "INVOICE", _("Invoice %(number)s") % {"number": bill.invoice},
            detail=f"{bill.get_status_display()} · {money(bill.amount)}", client_id=bill.quote.client_id,
            url=reverse("garage:bill", args=[bill.pk]), stopped=bill.status == Bill.Status.ANNULEE,
        )
