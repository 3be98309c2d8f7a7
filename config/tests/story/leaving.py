"""Payouts: asked for, looked at, put into files, sent by mobile money, refused by banks
(what becomes of those is decided on the desk)."""

from decimal import Decimal as D
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.payouts import services as payouts
from accounts.payouts.models import Destination, Payout, PayoutBatch
from accounts.payouts.rules import NEW_FOR
from accounts.payouts.tests.factories import IBAN, LATER, MOBILE, REFUSED
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.tests.story.world import World, small, which

Status = Payout.Status


def of(*statuses):
    return Payout.objects.filter(status__in=statuses)


class Leaving(World):
    def some_under_way(self):
        for who, to in enumerate((IBAN, IBAN, LATER, REFUSED)):
            self.withdraw(who=who, amount=D(5), to=to, known=who != 1, times=1)
        self.write_a_file(key="")

    @rule(who=st.integers(0, 4), amount=small, to=st.sampled_from([IBAN, IBAN, MOBILE, REFUSED, LATER]),
          known=st.sampled_from([True, True, False]), times=st.integers(1, 2))
    def withdraw(self, who, amount, to, known, times):
        """A destination known for long is paid without a look; a new one waits for a manager."""
        actor = self.everybody[who]
        left = wallet_of(actor).available
        amount = min(amount, left) if left else amount
        if known:
            row = self.attempt(payouts.add_destination, actor=actor, to=to)
            Destination.objects.filter(pk=row.pk).update(created_at=row.created_at - 2 * NEW_FOR)
        key = uuid4().hex
        for _time in range(times):
            self.attempt(payouts.withdraw, actor=actor, to=to, amount=amount, key=key)

    @rule(number=which, verb=st.sampled_from(["accept", "accept", "refuse"]))
    @precondition(lambda self: of(Status.A_VALIDER).exists())
    def look_at_payout(self, number, verb):
        row = self.one(of(Status.A_VALIDER), number)
        if verb == "accept":
            self.attempt(payouts.accept, actor=SYSTEM, payout_id=row.pk)
        else:
            self.attempt(payouts.refuse, actor=SYSTEM, payout_id=row.pk, reason="x")

    @rule(number=which)
    @precondition(lambda self: of(*Payout.WAITING).exists())
    def think_better_of_it(self, number):
        row = self.one(of(*Payout.WAITING), number)
        self.attempt(payouts.cancel, actor=row.account.user, payout_id=row.pk)

    @rule(key=st.sampled_from(["", "", "same"]))
    def write_a_file(self, key):
        self.attempt(payouts.run_payouts, actor=SYSTEM, key=key)

    @rule(number=which, times=st.integers(1, 2))
    @precondition(lambda self: PayoutBatch.objects.exists())
    def the_bank_executes(self, number, times):
        batch = self.one(PayoutBatch.objects, number)
        for _time in range(times):
            self.attempt(payouts.execute_batch, actor=SYSTEM, batch_id=batch.pk)

    @rule(number=which)
    @precondition(lambda self: of(Status.ENVOYE, Status.PAYE).exists())
    def the_bank_refuses(self, number):
        row = self.one(of(Status.ENVOYE, Status.PAYE), number)
        self.attempt(payouts.fail_payout, actor=SYSTEM, payout_id=row.pk, reason="account closed")

    @rule()
    @precondition(lambda self: of(Status.ENVOYE).exists())
    def the_clock_asks_about_payouts(self):
        self.attempt(payouts.ask_again)
