"""What the simulated provider's payers do: here we write in its books, not in ours."""

from django.db import transaction
from django.utils import timezone

from accounts.payments import queries
from accounts.payments.gateways.base import Outcome
from accounts.payments.models import SimulatedCharge
from config.lib import jobs
from config.lib.jobs import JobState


@transaction.atomic
def answer_simulated_bank(*, ref: str, confirm: bool) -> SimulatedCharge:
    """The payer confirms or refuses on his bank's page (3-D Secure); a signed webhook tells us. Only the first answer
    counts. Raises NotFound."""
    charge = queries.simulated_charge(ref)
    answered = SimulatedCharge.objects.filter(
        pk=charge.pk, outcome=Outcome.PENDING, state=JobState.A_FAIRE, verdict=Outcome.DECLINED, reason="expired"
    ).update(
        verdict=Outcome.OK if confirm else Outcome.DECLINED, reason="" if confirm else "authentication_failed",
        next_attempt_at=timezone.now(),
    )
    if answered:
        jobs.ring(charge)
    return charge
