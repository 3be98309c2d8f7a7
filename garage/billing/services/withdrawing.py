"""What is due of work from which the client withdrew after it had begun, at his wish (code de la consommation, art.
L221-25): the part done, chosen by staff line by line; or nothing."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.money import ZERO
from garage.billing import queries, rules
from garage.billing.services.crediting import call_off_deposits
from garage.quotes import queries as quotes
from garage.quotes.models import Quote
from garage.quotes.services import leaving

Done = Mapping[int, Decimal]  # id of a quote's line → quantity done


def keep_done(*, some: list[Quote], done: Done | None, actor: Actor) -> list[Quote]:
    """Cut the withdrawn ones of `some` (locked, to be invoiced) down to what was done; those that are invoiced then.
    Withdrawn, NotWithdrawn; Invalid on `done` (nothing was) or `done.<id>`."""
    withdrawn = queries.withdrawn(some)
    if done is None:
        if withdrawn:
            raise rules.Withdrawn
        return some
    if not withdrawn:
        raise rules.NotWithdrawn
    if not any(quantity > ZERO for quantity in done.values()):
        raise rules.invalid("done", _("Say what was done, or that nothing is due."))
    known = {line.pk for quote in withdrawn for line in quotes.counting_lines(quote)}
    if foreign := [line for line in done if line not in known]:
        raise rules.invalid(f"done.{foreign[0]}", _("This is not a line that was agreed on."))
    for quote in withdrawn:
        mine = {line.pk: done[line.pk] for line in quotes.counting_lines(quote) if line.pk in done}
        if any(mine.values()) or quote.status == Quote.Status.FACTURE:
            leaving.keep_done(quote=quote, done=mine, actor=actor)
        else:
            leaving.leave_quote(quote=quote, actor=actor)
    return [quote for quote in some if quotes.counting_lines(quote) and quote.status != Quote.Status.REFUSE]


@transaction.atomic
def close_withdrawn(*, actor: Actor, quote_id: int) -> Quote:
    """Nothing is due (staff), as when work began without the client's wish: the quotes of this job from which he
    withdrew end without an invoice. With nothing else of the job left, its deposits are credited and what was paid
    online goes back. NotFound, Forbidden, NotWithdrawn (also the second time)."""
    main, family = queries.locked_family(quotes.get_for(actor, quote_id, "write"))
    waiting = [quote for quote in queries.withdrawn(family) if quote.status == Quote.Status.ACCEPTE]
    if not waiting:
        raise rules.NotWithdrawn
    for quote in waiting:
        leaving.leave_quote(quote=quote, actor=actor)
    if not queries.billable(family):
        call_off_deposits(quote=main, actor=actor)
    return main
