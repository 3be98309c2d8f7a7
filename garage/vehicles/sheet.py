"""Vehicles as rows of a spreadsheet."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from config.lib.sheets import SheetResource
from garage.vehicles import queries, services
from garage.vehicles.models import Vehicle
from garage.vehicles.rules import BadPlate, normal_plate

DATES = ("first_registration", "inspection_due", "insurance_until")
COLUMNS = (
    "id", "client", "plate", "plate_country", "vin", "make", "model", "kind", "energy", *DATES, "odometer_km", "notes",
)


class VehicleResource(SheetResource):
    """`client` is the number of the client's file, or his e-mail; `odometer_km` becomes a reading of today."""

    class Meta(SheetResource.Meta):
        model = Vehicle
        fields = COLUMNS
        import_order = COLUMNS
        export_order = COLUMNS
        import_id_fields = ("id",)
        widgets = {name: {"format": "%Y-%m-%d"} for name in DATES}

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """A row without number that names the plate of a vehicle in use is that vehicle: the same list twice makes
        no second one."""
        for name, default in {"plate_country": "FR", "kind": "VOITURE"}.items():
            if name in row:
                row[name] = (row[name] or default).upper()
        if "energy" in row:
            row["energy"] = row["energy"].upper()
        country = row.get("plate_country", "FR")
        if "plate" in row or not row.get("id"):
            try:
                row["plate"] = normal_plate(row.get("plate", ""), country)
            except BadPlate as error:
                raise ValidationError({"plate": str(error)}) from error
        for name in DATES:
            if row.get(name):
                row[name] = _day(name, row[name])
        known = None if row.get("id") else queries.with_plate(row["plate"], country)
        if known is not None:
            row["id"] = str(known.pk)
        if "client" in row or not row.get("id"):
            row["client"] = _client(row.get("client", ""))

    def write(self, instance: Vehicle, values: dict[str, Any], is_create: bool) -> Vehicle:
        if is_create:
            return services.create_vehicle(actor=self.actor, **values)
        return services.update_vehicle(actor=self.actor, vehicle_id=instance.pk, **values)


def _day(name: str, text: str) -> str:
    """A day as people and spreadsheets write it, as ISO 8601."""
    text = text.removesuffix(" 00:00:00")
    if french := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        text = f"{french[3]}-{french[2]:0>2}-{french[1]:0>2}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValidationError({name: _("Write the day as 2026-12-31 or 31/12/2026.")}) from error


def _client(text: str) -> str:
    """The number of the client meant. ValidationError when there is none, or several have this e-mail."""
    named = queries.clients_named(text)
    if len(named) != 1:
        raise ValidationError({"client": _("Give the number or the e-mail of one client.")})
    return str(named[0].pk)
