"""Quotes in the history of their vehicle."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.templatetags.ui import money
from garage.quotes.models import Quote
from garage.vehicles.models import Vehicle
from garage.vehicles.timeline import Entry

Status = Quote.Status


def of_vehicle(vehicle: Vehicle) -> Iterable[Entry]:
    """Those that were sent or answered, for their client and staff: nobody else's."""
    for quote in vehicle.quotes.exclude(status=Status.BROUILLON):
        at = quote.accepted_at or quote.sent_at or quote.updated_at
        yield Entry(
            timezone.localdate(at), "QUOTE", _("Quote %(number)s") % {"number": quote.number},
            detail=f"{quote.get_status_display()} · {money(quote.total)}", client_id=quote.client_id,
            url=reverse("garage:quote_mine", args=[quote.pk]), staff_url=reverse("garage:quote_edit", args=[quote.pk]),
            stopped=quote.status in (Status.REFUSE, Status.EXPIRE),
        )
