"""Who hears of money that leaves."""

from accounts.payouts.events import batch_moved, destination_added, payout_moved
from accounts.payouts.models import Destination, Payout, PayoutBatch, PayoutChange
from accounts.users.queries import staff_of
from support.notifications.listeners import tell


@destination_added.listener
def warn_of_destination(*, destination_id: int) -> None:
    row = Destination.objects.select_related("account__user").filter(pk=destination_id).first()
    if row is not None:  # else it is gone again
        tell(
            thing="destination", status="new", key=str(destination_id), people={"owner": row.account.user},
            id=row.pk, to=row.masked, holder=row.holder,
        )


@payout_moved.listener
def tell_of_payout(*, payout_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """A weekly payout that is ready is no news: its owner hears when it is paid."""
    change = PayoutChange.objects.select_related("subject__account__user", "subject__batch").get(pk=change_id)
    payout = change.subject
    if to_status == Payout.Status.PRET and (payout.automatic or payout.retry_of_id):
        return
    tell(
        thing="payout", status=to_status, key=str(change_id),
        people={"owner": payout.account.user, "managers": staff_of("MANAGER")}, id=payout.pk, amount=payout.amount,
        to=payout.masked, owner=payout.account.display_name, reason=change.reason.rstrip(". "),
    )


@batch_moved.listener
def tell_of_batch(*, payoutbatch_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """The clock made a file in the night; a manager who ran it himself has it before his eyes."""
    batch = PayoutBatch.objects.defer("file").get(pk=payoutbatch_id)
    if batch.by_id is None:
        tell(
            thing="batch", status=to_status, key=str(change_id), people={"managers": staff_of("MANAGER")}, id=batch.pk,
            reference=batch.reference, count=batch.count, total=batch.control_sum,
        )
