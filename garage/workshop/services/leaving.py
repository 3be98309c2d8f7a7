"""The rest of a repair that the client withdrew from after it had begun."""

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from garage.quotes.models import Quote
from garage.workshop.models import RepairTask
from garage.workshop.queries import repairs as queries
from garage.workshop.services.clocking import close_task
from garage.workshop.services.opening import WAITING, go_on, release

UNFINISHED = (RepairTask.Status.A_FAIRE, RepairTask.Status.EN_COURS)


@transaction.atomic
def leave_lines(*, quote: Quote, actor: Actor, lines: list[int]) -> None:
    """What is not done yet of these lines of a quote (locked by the caller) is struck off, its clocks stop, and the
    parts that nobody fitted go back to the shop or are not ordered. The vehicle then goes its way to the handover."""
    order = queries.locked_of_quote(quote)
    if order is None or order.status in queries.ENDED:
        return
    for task in queries.locked_tasks(order).filter(line__in=lines, status__in=UNFINISHED):
        close_task(
            task=task, status=RepairTask.Status.RAYEE,
            reason=_("The client withdrew from quote %(number)s.") % {"number": quote.number},
        )
    release(actor=actor, order=order, parts=list(order.parts.filter(line__in=lines)))
    if order.status in WAITING:
        go_on(actor=actor, order=order)
