"""Several wishes about one order at once, all or none: what the API's PATCH asks for."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.workshop.models import RepairOrder
from garage.workshop.services.clocking import assign
from garage.workshop.services.opening import cancel_order
from garage.workshop.services.parts import take_up, wait_for_parts
from garage.workshop.services.promising import promise

Status = RepairOrder.Status


class Wishes(TypedDict, total=False):
    promised_at: datetime | None
    mechanic: int | None
    status: str
    reason: str


@transaction.atomic
def change_order(*, actor: Actor, order_id: int, **wishes: Unpack[Wishes]) -> None:
    """Promise, assign, wait for parts, go on or cancel. What each of these verbs raises; Invalid on `status` for a
    state that has a verb of its own."""
    about: dict[str, Any] = {"actor": actor, "order_id": order_id}
    if "promised_at" in wishes:
        promise(actor=actor, order_id=order_id, promised_at=wishes["promised_at"])
    if "mechanic" in wishes:
        assign(actor=actor, order_id=order_id, mechanic_id=wishes["mechanic"])
    match wishes.get("status"):
        case None:
            return
        case Status.ATTENTE_PIECES:
            wait_for_parts(**about)
        case Status.EN_COURS:
            take_up(**about)
        case Status.ANNULE:
            cancel_order(**about, reason=wishes.get("reason", ""))
        case _other:
            raise Invalid(errors={"status": [_("This state is reached another way.")]})
