"""The reconciliation desk: a manager settles what fits nothing, one click each, sometimes two."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.payments.models import Disagreement
from accounts.reconciliation import services as desk
from config.tests.story.world import World, people, which
from garage.billing.models import Bill
from shop.orders.models import Order

Outcome = Disagreement.Outcome


def open_cases():
    return Disagreement.objects.filter(status="OUVERT")


def failed_payouts():
    return open_cases().filter(kind=Disagreement.Kind.VERSEMENT_ECHOUE)


class Deciding(World):
    @rule(number=which, outcome=st.sampled_from(Outcome.values), who=people, order=which, times=st.integers(1, 2))
    @precondition(lambda self: open_cases().exists())
    def decide(self, number, outcome, who, order, times):
        """Any outcome: the desk itself refuses those that do not fit the case."""
        case = self.one(open_cases(), number)
        given = {}
        if outcome == Outcome.RATTACHE:
            unpaid = self.one(Order.objects.filter(status__in=Order.UNPAID), order)
            bill = self.one(Bill.objects.filter(status="EMISE"), order)
            given = {"target": unpaid.number if unpaid else str(bill or "")}
        elif outcome == Outcome.CREDITE:
            given = {"to": self.people[who].email if case.payment and not case.payment.user else ""}
        for _time in range(times):
            self.attempt(desk.resolve, actor=self.manager, case_id=case.pk, outcome=outcome, reason="x", **given)

    @rule(number=which, outcome=st.sampled_from([Outcome.RENDU, Outcome.RELANCE]))
    @precondition(lambda self: failed_payouts().exists())
    def settle_failed_payout(self, number, outcome):
        """Given back to the wallet, or sent once more."""
        case = self.one(failed_payouts(), number)
        self.attempt(desk.resolve, actor=self.manager, case_id=case.pk, outcome=outcome)
