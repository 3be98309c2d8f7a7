"""The displayed hourly rates, each from a day to a day: a rate is closed and the next one added, so that an old quote
stays explained."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from config.lib.money import ZERO
from garage.clients.queries import require_staff
from garage.quotes.models import LabourRate, Skill
from shop.invoices.models import VatRate
from shop.invoices.queries import locked_law, overlapping, vat_rates_in_force

# A starting point that every garage replaces by its own.
FIRST_RATES = {Skill.T1: "62.00", Skill.T2: "74.00", Skill.T3: "89.00", Skill.CARROSSERIE: "79.00"}
FIRST_DAY = date(2024, 1, 1)


def load_labour_rates(**_signal: Any) -> None:
    """Give a new site hourly rates to begin with, at the standard VAT rate of where the shop sits. Safe to run twice.

    Runs after every migrate, as shop.invoices.services.load_french_law does, and after it.
    """
    if not {LabourRate._meta.db_table, VatRate._meta.db_table} <= set(connection.introspection.table_names()):
        return  # migrated backwards past them
    known = set(LabourRate.objects.values_list("skill", flat=True))
    vat_rate = max((row.rate for row in vat_rates_in_force()), default=ZERO)
    for skill, price in FIRST_RATES.items():
        if skill not in known:
            LabourRate.objects.create(skill=skill, price=Decimal(price), vat_rate=vat_rate, valid_from=FIRST_DAY)


@transaction.atomic
def save_labour_rate(
    *, actor: Actor, rate_id: int | None = None, skill: str, price: Decimal, vat_rate: Decimal, valid_from: date,
    valid_until: date | None = None, source: str = "",
) -> LabourRate:
    """Staff: add an hourly rate (euros incl. VAT) or correct one. Forbidden, NotFound; Invalid when its days overlap
    those of the same skill, or when the shop has no such VAT rate."""
    require_staff(actor)
    row = LabourRate() if rate_id is None else locked_law(LabourRate, rate_id)
    row.skill, row.price, row.vat_rate = skill, price, vat_rate
    row.valid_from, row.valid_until, row.source = valid_from, valid_until, source
    check_labour_rate(row)
    row.save()
    return row


def check_labour_rate(row: LabourRate) -> None:
    """Invalid when a rate cannot stand; the admin form asks the same."""
    errors: dict[str, list[str]] = {}
    if row.price <= ZERO:
        errors["price"] = [_("The price is above zero.")]
    if row.valid_until is not None and row.valid_until < row.valid_from:
        errors["valid_until"] = [_("The end comes before the start.")]
    if row.vat_rate not in {rate.rate for rate in vat_rates_in_force(row.valid_from)}:
        errors["vat_rate"] = [_("The shop has no such VAT rate on that day.")]
    if not errors and overlapping(LabourRate, row, skill=row.skill):
        errors["valid_from"] = [_("Another row is in force on some of these days. Close it first.")]
    if errors:
        raise Invalid(errors=errors)
