"""Money in and around: top-ups, what the bank and the provider call to say, transfers."""

import json
import time
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.payments import services as payments
from accounts.payments.gateways.base import Outcome
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import Payment, SimulatedCharge
from accounts.wallet import services as wallet
from config.lib.money import to_cents
from config.tests.story.world import World, amounts, people, small, tokens, which


class Money(World):
    @rule(who=people, amount=amounts, token=tokens)
    def top_up(self, who, amount, token):
        self.attempt(
            payments.top_up, actor=self.people[who], amount=amount, method="CARTE", token=token, key=uuid4().hex
        )

    @rule(giver=people, taker=people, amount=amounts)
    def transfer(self, giver, taker, amount):
        to = str(self.people[taker].pk)
        self.attempt(wallet.transfer, actor=self.people[giver], to=to, amount=amount, note="", key=uuid4().hex)

    def call(self, body, times=1):
        for _time in range(times):
            headers = {SIGNATURE_HEADER: sign(body, int(time.time()))}
            self.attempt(payments.ingest, provider="simulated", headers=headers, body=body)

    @rule(number=which, times=st.integers(1, 3), outcome=st.sampled_from([Outcome.OK, Outcome.OK, Outcome.DECLINED]))
    @precondition(lambda self: SimulatedCharge.objects.filter(outcome=Outcome.PENDING).exists())
    def bank_calls(self, number, times, outcome):
        charge = self.one(SimulatedCharge.objects.filter(outcome=Outcome.PENDING), number)
        self.call(event_body(charge, outcome), times)

    @rule(number=which, times=st.integers(1, 2), outcome=st.sampled_from([Outcome.OK, Outcome.DECLINED]),
          cents=st.sampled_from([0, 0, 0, 100, -1]), currency=st.sampled_from(["", "", "EUR", "USD"]),
          stranger=st.sampled_from([False, False, False, True]))
    @precondition(lambda self: SimulatedCharge.objects.exists())
    def bank_calls_again(self, number, times, outcome, cents, currency, stranger):
        """News that is late, repeated, of another amount or currency, or of a payment that nobody knows."""
        event = json.loads(event_body(self.one(SimulatedCharge.objects, number), outcome))
        event["id"] = uuid4().hex
        event["data"]["amount"] = max(1, event["data"]["amount"] + cents)
        event["data"]["currency"] = currency
        if stranger:
            event["data"] |= {"ref": f"sim_{uuid4().hex[:20]}", "key": uuid4().hex}
        self.call(json.dumps(event).encode(), times)

    @rule(number=which, amount=small, times=st.integers(1, 2))
    @precondition(lambda self: Payment.objects.filter(provider="simulated", status="REUSSI").exists())
    def provider_refunds(self, number, amount, times):
        """Somebody clicks on the provider's own pages: what it has refunded in all grows."""
        paid = self.one(Payment.objects.filter(provider="simulated", status="REUSSI"), number)
        total = min(paid.amount, paid.returned + amount)
        self.call(json.dumps({
            "id": f"evt_refund_{paid.pk}_{total}", "type": "refund.succeeded",
            "data": {"ref": paid.provider_ref, "key": paid.key, "amount": to_cents(total)},
        }).encode(), times)  # fmt: skip

    @rule()
    def the_clock_asks_about_payments(self):
        self.attempt(payments.settle_stuck_payments)
