"""Packages: lines that go together, at one price or each at its own."""

from decimal import Decimal
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from config.lib.money import ZERO
from garage.clients.queries import require_staff
from garage.clients.services import checked_save
from garage.quotes import queries
from garage.quotes.models import LineKind, Package, PackageLine
from shop.catalogue.models import Product


class PackageLineFields(TypedDict, total=False):
    id: int | None
    kind: str
    description: str
    product: Product | None
    skill: str
    quantity: Decimal
    unit_price: Decimal | None


@transaction.atomic
def save_package(
    *, actor: Actor, package_id: int | None = None, code: str, name: str, price: Decimal | None = None,
    vat_rate: Decimal = Decimal(20), is_active: bool = True, hours: Decimal = ZERO,
) -> Package:
    """Staff: add a package or change one; its lines have `set_package_lines`. The price is in euros incl. VAT; without
    one the lines are quoted one by one. Forbidden, NotFound, Invalid."""
    require_staff(actor)
    package = Package() if package_id is None else queries.locked_package(package_id)
    package.code, package.name, package.price = code.strip().upper(), name, price
    package.vat_rate, package.is_active, package.hours = vat_rate, is_active, hours
    if price is not None and price < ZERO:
        raise Invalid(errors={"price": [_("The price is not below zero.")]})
    checked_save(package)
    return package


@transaction.atomic
def set_package_lines(*, actor: Actor, package_id: int, lines: list[PackageLineFields]) -> list[PackageLine]:
    """Staff: what is in a package, in this order; a line with the `id` of a present one changes it, the others go.
    Forbidden, NotFound; Invalid names the rows (`lines`: one dict of errors each) or says that there are none."""
    require_staff(actor)
    package = queries.locked_package(package_id)
    present = {line.pk: line for line in package.lines.all()}
    rows, wrong = [], []
    for position, values in enumerate(lines):
        row = present.pop(values.get("id") or 0, None) or PackageLine(package=package)
        row.position = position
        for name, value in values.items():
            if name != "id":
                setattr(row, name, value)
        wrong.append(line_errors(row))
        rows.append(row)
    if any(wrong):
        raise Invalid(errors={"lines": wrong})
    if not rows and package.price is None:
        raise Invalid(errors={"lines": [needs_lines()]})
    for row in present.values():
        row.delete()
    for row in rows:
        checked_save(row)
    return rows


def needs_lines() -> str:
    """Why a package cannot be empty; the admin form says the same."""
    return _("A package without a price of its own needs lines.")


def line_errors(row: PackageLine) -> dict[str, list[str]]:
    """What is wrong with a line, by field; the admin form asks the same."""
    if row.kind == LineKind.FORFAIT:
        return {"kind": [_("A package holds parts and labour, no other package.")]}
    if row.kind == LineKind.PIECE and row.skill:
        return {"skill": [_("A part needs no skill.")]}
    if row.kind == LineKind.MAIN_OEUVRE and row.product_id:
        return {"product": [_("Labour is no product.")]}
    if row.product_id or row.skill:
        return {}
    errors = {}
    if not row.description:
        errors["description"] = [_("Choose a product or a skill, or describe the line.")]
    if row.unit_price is None:
        errors["unit_price"] = [_("A line described by hand needs a price.")]
    return errors
