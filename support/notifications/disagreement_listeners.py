"""Who hears of money that does not fit."""

from typing import Any

from accounts.payments.events import disagreement_moved
from accounts.payments.models import Disagreement
from accounts.reconciliation.offers import title
from accounts.users.queries import staff_of
from support.notifications.listeners import tell

Kind, Outcome, Status = Disagreement.Kind, Disagreement.Outcome, Disagreement.Status


@disagreement_moved.listener
def tell_of_disagreement(*, disagreement_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """Managers once of each case. The payer when his money goes back or into a wallet; that a whole payment goes back
    he hears from the payment itself."""
    case = Disagreement.objects.select_related("payment__user", "transaction").get(pk=disagreement_id)
    people: dict[str, Any] = {"managers": staff_of("MANAGER")}
    news = to_status if to_status == Status.OUVERT else case.outcome
    payment = case.payment
    if news == Outcome.REMBOURSE and payment is not None:
        whole = payment.status in ("REUSSI", "REMBOURSE") and case.amount == payment.received
        people["payer"] = None if whole else payment.user
    elif news == Outcome.CREDITE and case.transaction is not None:
        purse = case.transaction.postings.filter(account__user__isnull=False).select_related("account__user").first()
        people["receiver"] = purse.account.user if purse else None
    tell(
        thing="disagreement", status=news, key=str(change_id), people=people, id=case.pk, amount=case.amount,
        what=str(case.get_kind_display()), about=title(case) or case.provider,
    )
