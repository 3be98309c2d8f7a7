"""Quotes that wait for an answer: who sent for them is asked again, at most twice."""

from django.db import transaction
from django.db.models import Q

from config.lib.events import emit
from garage.alerts import queries
from garage.alerts.models import AlertKind
from garage.quotes.events import quote_follow_up_due
from garage.quotes.models import Quote


@transaction.atomic
def follow_up(*, alert_id: int, days: int) -> bool:
    """Let the client of an unanswered quote hear of it: after a week, and three days before it expires; returns
    whether he does now. Safe to run twice: the UPDATE says who tells."""
    step = queries.step(alert_id, days)
    if step is None or step.alert.kind != AlertKind.RELANCE_DEVIS or not days:
        return False
    waiting = Quote.objects.filter(Q(followed_up_at=None) | Q(followed_up_at__lt=step.at), alerts=step.alert)
    if not waiting.filter(status=Quote.Status.ENVOYE).update(followed_up_at=step.at):
        return False
    emit(quote_follow_up_due, quote_id=step.alert.quote_id)
    return True
