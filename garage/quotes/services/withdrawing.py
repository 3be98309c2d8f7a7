"""Withdrawal from a contract that was concluded at a distance (code de la consommation, art. L221-18 to L221-28)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.lib.actors import Actor
from config.lib.errors import Conflict, Invalid
from config.lib.events import emit
from garage.quotes import opening, queries, rules
from garage.quotes.events import quote_withdrawn
from garage.quotes.models import Acceptance, Quote, QuotePaper
from garage.quotes.papers import withdrawal_content
from garage.quotes.services.papers import owe_paper


@transaction.atomic
def withdraw(*, actor: Actor, quote_id: int, name: str) -> Acceptance:
    """The client withdraws, stating his `name`; a dated receipt is owed and told. Work that has not begun is called
    off and the quote ends. Work that had begun at his wish is not: his withdrawal is taken all the same, the part
    done is due, and staff, who are told, decide on the rest.

    NotFound; NoWithdrawal (none by right, too late, wholly done, withdrawn before); Invalid on `name`.
    """
    quote = queries.locked(queries.get_for(actor, quote_id, "answer").pk)
    name = " ".join(name.split())[:120]
    if not name:
        raise Invalid(errors={"name": [_("Write your name.")]})
    acceptance = queries.standing_acceptance(quote)
    if acceptance is None or not rules.may_withdraw(acceptance, quote.status, timezone.localdate()):
        raise rules.NoWithdrawal
    begun = not _called_off(quote, acceptance, actor)
    now = timezone.now()
    acceptance.withdrawn_at = now
    acceptance.save(update_fields=["withdrawn_at"])
    with override(quote.language):
        if begun:
            reason = _("The client withdrew after work had begun: agree with him on what is due.")
            quote.record(actor=actor, reason=reason, from_status=quote.status)
        else:
            quote.move(Quote.Status.REFUSE, actor=actor, reason=_("The client withdrew from the contract."))
    owe_paper(
        quote=quote, kind=QuotePaper.Kind.RETRACTATION, by_email=bool(quote.client.email),
        content=withdrawal_content(acceptance, name=name, begun=begun),
    )
    emit(quote_withdrawn, acceptance_id=acceptance.pk)
    return acceptance


def _called_off(quote: Quote, acceptance: Acceptance, actor: Actor) -> bool:
    """Whether the work could be called off: it could not once it has begun, or is billed. NoWithdrawal when it is
    wholly done, as the client asked (art. L221-28, 1°)."""
    if quote.status != Quote.Status.ACCEPTE:
        return False
    try:
        with transaction.atomic():
            opening.call_off(quote=quote, actor=actor)
    except rules.WorkDone:
        if acceptance.start_now:
            raise rules.NoWithdrawal from None
        return False
    except Conflict:
        return False
    return True
