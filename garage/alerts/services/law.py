"""Rules of inspection and intervals of maintenance: data that staff keep, every change with its author."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.alerts import queries
from garage.alerts.models import Check, InspectionRule
from garage.clients import queries as clients
from garage.clients.services import checked_save


@transaction.atomic
def save_rules(*, actor: Actor, model: type[Any], pk: int | None, values: dict[str, Any]) -> Any:
    """Add or change an InspectionRule, MaintenanceItem or ServicePlan (staff). NotFound, Forbidden, Invalid. Alerts
    follow with the nightly run."""
    clients.require_staff(actor)
    row = model() if pk is None else queries.locked_rules(model, pk)
    (check_rule if model is InspectionRule else check_interval)(values)
    packages = values.get("packages")
    for name, value in values.items():
        if name != "packages":
            setattr(row, name, value)
    checked_save(row)
    if packages is not None:
        row.packages.set(packages)
    return row


def check_rule(values: dict[str, Any]) -> None:
    """Invalid for a rule that cannot stand."""
    errors = {}
    both = bool(values.get("first_months")) and bool(values.get("first_due_on"))
    none = not values.get("first_months") and not values.get("first_due_on")
    if both or (none and values.get("check_kind") != Check.POLLUTION):
        errors["first_months"] = [_("Say after how many months the first one is due, or until which day.")]
    for first, last in (("registered_from", "registered_until"), ("valid_from", "valid_until")):
        if values.get(first) and values.get(last) and values[last] < values[first]:
            errors[last] = [_("The end comes before the start.")]
    if errors:
        raise Invalid(errors=errors)


def check_interval(values: dict[str, Any]) -> None:
    """Invalid for an interval without months and without kilometres (a plan that is switched off needs none)."""
    if not values.get("every_months") and not values.get("every_km") and values.get("is_active", True):
        raise Invalid(errors={"every_months": [_("Give months, kilometres, or both.")]})

