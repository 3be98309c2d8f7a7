"""The checklist: each point red, amber or green, with a word and pictures."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from garage.workshop import rules_repairs as rules
from garage.workshop.models import Inspection, RepairOrder
from garage.workshop.queries import repairs as queries
from garage.workshop.services.intake import add_photos


def note_point(
    *, actor: Actor, point_id: int, state: str, note: str | None = None, photos: Sequence[Any] = (),
) -> Inspection:
    """Staff say how a point of the checklist is; `note` None keeps the word that stands there.

    NotFound, Forbidden, NotHere, Invalid on `state` or `photos`.
    """
    if state not in Inspection.State.values:
        raise Invalid(errors={"state": [_("Choose good, to watch or to do now.")]})
    with transaction.atomic():
        point = queries.point_for_staff(actor, point_id)
        if point.order.status not in RepairOrder.HERE:
            raise rules.NotHere
        if photos:
            add_photos(actor=actor, order_id=point.order_id, photos=photos, inspection_id=point.pk)
        point.state = state
        point.note = point.note if note is None else rules.clean_text(note, 300)
        point.by, point.at = actor_user(actor), timezone.now()
        point.save(update_fields=["state", "note", "by", "at"])
    return point
