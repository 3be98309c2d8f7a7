"""Technical inspections in the history of their vehicle."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from garage.vehicles.models import Vehicle
from garage.vehicles.timeline import Entry


def of_vehicle(vehicle: Vehicle) -> Iterable[Entry]:
    for done in vehicle.technical_inspections.all():
        outcome = str(done.get_outcome_display())
        yield Entry(done.on, "INSPECTION", _("Technical inspection"), detail=outcome, public=outcome, turn=2)
