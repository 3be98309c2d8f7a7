"""Arithmetic and refusals of repair orders. No ORM. Hours are decimal hours."""

import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from garage.workshop.checklists import DAMAGE, VIEWS

MOST_MARKS = 60
MOST_KM = 9_999_999
MOST_PIECES = Decimal(9999)
MOST_HOURS = Decimal(999)


class WorkHasBegun(Conflict):
    code = "work_has_begun"
    message = _("Work on this vehicle has begun: it can no longer be called off.")


class OrderEnded(Conflict):
    code = "repair_order_ended"
    message = _("This repair order has ended: open a new one.")


class QuoteStands(Conflict):
    code = "quote_stands"
    message = _("An accepted quote stands behind this order: the client withdraws from it first.")


class NotHere(Conflict):
    code = "vehicle_not_here"
    message = _("The vehicle is not in the workshop: receive it first, or take it back to work.")


class NoMechanic(Conflict):
    code = "no_mechanic"
    message = _("Your account is not a mechanic’s: choose whose clock it is.")


class TasksLeft(Conflict):
    """`tasks` names what is neither done nor struck off."""

    code = "tasks_left"
    message = _("Some tasks are neither done nor struck off.")


class PartsLeft(Conflict):
    """`parts` names what is neither issued nor given back."""

    code = "parts_left"
    message = _("Some parts were not issued. Issue them, or let them go back to the shop.")


class ConsentAwaited(Conflict):
    code = "consent_awaited"
    message = _("The client has not answered the extra work yet.")


class NotPaid(Conflict):
    """`balance` is what is still to pay, in euros."""

    code = "not_paid"
    message = _("This repair is not paid. Say why the vehicle leaves all the same.")


class NothingLacks(Conflict):
    code = "nothing_lacks"
    message = _("No part of this repair is missing.")


class FirstQuoteOpen(Conflict):
    code = "first_quote_open"
    message = _("The quote of this repair is not accepted yet: add the work to it.")


class Invoiced(Conflict):
    code = "repair_invoiced"
    message = _("This repair is invoiced already: open a new order.")


def number(year: int, rank: int) -> str:
    return f"OR-{year}-{rank:06d}"


def whole(quantity: Decimal) -> int:
    """Pieces to take from the shelf for a quantity: an opened can is a can."""
    return math.ceil(quantity)


def positive(field: str, value: Any, most: Decimal) -> Decimal:
    """A quantity above zero with two decimals. Invalid on `field`."""
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except (ArithmeticError, ValueError):
        amount = Decimal(0)
    if amount.is_nan() or not 0 < amount <= most:
        raise Invalid(errors={field: [gettext("Give a number between 0 and %(most)s.") % {"most": most}]})
    return amount


def clean_text(value: Any, limit: int) -> str:
    return " ".join(str(value or "").replace("\x00", "").split())[:limit]


def clean_damage(marks: Any) -> list[dict[str, Any]]:
    """Marks on the sketch: view, kind, note, and where (x and y from 0 to 1000; none: somewhere on that view).
    Invalid on `damage`."""
    wrong = Invalid(errors={"damage": [gettext("These marks cannot be read.")]})
    if not isinstance(marks, list) or len(marks) > MOST_MARKS:
        raise wrong
    clean = []
    for mark in marks:
        if not isinstance(mark, dict) or mark.get("view") not in VIEWS or mark.get("kind") not in DAMAGE:
            raise wrong
        where = {axis: _place(mark.get(axis)) for axis in ("x", "y")}
        if None in where.values():
            where = {"x": None, "y": None}
        clean.append({"view": mark["view"], "kind": mark["kind"], "note": clean_text(mark.get("note"), 120), **where})
    return clean


def _place(value: Any) -> int | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1000
    return round(value) if fits else None


# --- Time -------------------------------------------------------------------------------------------------------
GRACE = timedelta(minutes=30)  # who finishes a bolt after closing time stops his clock himself


def stop_of_forgotten(started: datetime, closing: datetime | None, now: datetime) -> datetime | None:
    """When a clock left running ended: at that day's closing time, else at midnight. None while it may still run."""
    midnight = started.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if closing is not None and started < closing:
        return closing if now >= closing + GRACE else None
    return midnight if now >= midnight else None
