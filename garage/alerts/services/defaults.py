"""The rules and intervals that a site begins with."""

from typing import Any

from django.db import connection

from garage.alerts import defaults
from garage.alerts.models import InspectionRule, MaintenanceItem


def load_defaults(**_signal: Any) -> None:
    """Load what stands in defaults.py for every kind of vehicle and item that the site knows nothing of. Safe to run
    twice. Runs after every migrate (and so after a flush), where rows of a data migration would be lost."""
    if not {m._meta.db_table for m in (InspectionRule, MaintenanceItem)} <= set(connection.introspection.table_names()):
        return  # migrated backwards past them
    known = set(InspectionRule.objects.values_list("vehicle_kind", "check_kind"))
    for row in defaults.INSPECTION_RULES:
        if (row["vehicle_kind"], row.get("check_kind", "PERIODIQUE")) not in known:
            InspectionRule.objects.create(**row)
    codes = set(MaintenanceItem.objects.values_list("code", flat=True))
    for row in defaults.MAINTENANCE_ITEMS:
        if row["code"] not in codes:
            MaintenanceItem.objects.create(**row)
