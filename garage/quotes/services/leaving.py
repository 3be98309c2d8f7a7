"""What becomes of a quote from which the client withdrew after work had begun (code de la consommation, art. L221-25).
Called by who invoices it, in the same transaction and with the quote locked."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from garage.quotes import opening, queries, rules
from garage.quotes.models import Quote, QuoteLine
from garage.quotes.services.editing import count_again


@transaction.atomic
def keep_done(*, quote: Quote, done: Mapping[int, Decimal], actor: Actor) -> None:
    """Only what was done counts from now on (`done`: id of a line → quantity), at the prices agreed on. The rest stays
    on the quote as left out, and the workshop leaves it. What was signed is on the sealed papers. Invalid on
    `done.<id>`."""
    rows = {row.pk: row for row in queries.counting_lines(quote)}
    found = rules.quantities_done({pk: row.quantity for pk, row in rows.items()}, done)
    left = [row for pk, row in rows.items() if found[pk] < row.quantity]
    opening.leave(quote=quote, actor=actor, lines=[row.pk for row in left])
    for row in left:
        _part(row, found[row.pk])
    count_again(quote=quote, lines=list(QuoteLine.objects.filter(quote=quote)))
    quote.save(update_fields=["total_excl_vat", "vat", "total"])


def _part(row: QuoteLine, done: Decimal) -> None:
    """The line for what was done, and one beside it, left out, for what was not."""
    rest = row.quantity - done
    if done:
        row.quantity, row.total = done, rules.line_total(done, row.unit_price, row.discount_percent)
        row.accepted = True
        row.save(update_fields=["quantity", "total", "accepted"])
        row.pk = None
        row._state.adding = True
    row.quantity, row.total = rest, rules.line_total(rest, row.unit_price, row.discount_percent)
    row.accepted = False
    row.save()


@transaction.atomic
def leave_quote(*, quote: Quote, actor: Actor) -> None:
    """Nothing of it is due: it ends, and the workshop leaves the work. IllegalMove once it is invoiced."""
    opening.leave(quote=quote, actor=actor, lines=[row.pk for row in queries.counting_lines(quote)])
    quote.move(Quote.Status.REFUSE, actor=actor, reason=_("The client withdrew, and nothing is due."))
