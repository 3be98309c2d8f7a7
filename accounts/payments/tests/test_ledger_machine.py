"""Whatever is done in whatever order, the books balance (hypothesis, state machine)."""

from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.payments import services as payments
from accounts.users.tests.factories import make_user
from accounts.wallet import audit, services
from accounts.wallet.queries import system_account, wallet_of
from accounts.wallet.rules import HoldEnded, InsufficientFunds
from config.lib.actors import SYSTEM
from config.lib.errors import DomainError
from config.lib.money import from_cents, split

amounts = st.integers(1, 3000).map(from_cents)
people = st.integers(0, 2)


class Ledger(RuleBasedStateMachine):
    """Three people, their top-ups, transfers, payments and refunds, and deliveries held and paid out."""

    holds = Bundle("holds")
    paid = Bundle("paid")

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # like TestCase's own: a payment may begin its transaction in it
        self.atomic.__enter__()
        self.people = [make_user(name) for name in ("alice", "bob", "carla")]
        self.expected = [D(0), D(0), D(0)]
        self.held = [D(0), D(0), D(0)]
        self.count = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def key(self):
        self.count += 1
        return f"k{self.count}"

    @rule(who=people, amount=amounts)
    def top_up(self, who, amount):
        payments.top_up(actor=self.people[who], amount=amount, method="CARTE", token="tok_ok", key=self.key())
        self.expected[who] += amount

    @rule(giver=people, taker=people, amount=amounts)
    def transfer(self, giver, taker, amount):
        try:
            with transaction.atomic():
                services.transfer(
                    actor=self.people[giver], to=str(self.people[taker].pk), amount=amount, key=self.key()
                )
        except InsufficientFunds:
            assert self.expected[giver] - self.held[giver] < amount
        except DomainError:
            assert giver == taker
        else:
            assert giver != taker
            self.expected[giver] -= amount
            self.expected[taker] += amount

    @rule(target=holds, who=people, amount=amounts)
    def hold(self, who, amount):
        try:
            with transaction.atomic():
                row = services.hold(
                    account=wallet_of(self.people[who]), amount=amount, reference=self.key(), actor=SYSTEM
                )
        except InsufficientFunds:
            assert self.expected[who] - self.held[who] < amount
            return None
        self.held[who] += amount
        return (who, row)

    @rule(held=holds)
    def release(self, held):
        if held is None:
            return
        who, row = held
        row.refresh_from_db()
        was_active = row.status == "ACTIF"
        try:
            services.release(hold=row, actor=SYSTEM)
        except HoldEnded:
            assert row.status == "CAPTURE"
        if was_active:
            self.held[who] -= row.amount

    @rule(held=holds, courier=people, parts=st.tuples(*[st.integers(0, 5)] * 3))
    def capture(self, held, courier, parts):
        if held is None:
            return
        who, row = held
        row.refresh_from_db()
        was_active = row.status == "ACTIF"
        pay, commission, _rest = split(row.amount, list(parts))
        splits = [(wallet_of(self.people[courier]), pay), (system_account("COMMISSION"), commission)]
        try:
            services.capture(hold=row, splits=splits, kind="payout", key=f"payout:{row.pk}", actor=SYSTEM)
        except HoldEnded:
            assert row.status == "LIBERE"
            return
        if was_active:
            self.held[who] -= row.amount
            self.expected[who] -= pay + commission
            self.expected[courier] += pay

    @rule(target=paid, who=people, amount=amounts)
    def order(self, who, amount):
        try:
            payment = payments.charge(
                actor=self.people[who], reference=f"order:{self.key()}", amount=amount, method="PORTEFEUILLE",
                token="", key=self.key(),
            )
        except InsufficientFunds:
            assert self.expected[who] - self.held[who] < amount
            return None
        self.expected[who] -= amount
        payments.apply_payment(
            payment=payment, postings=[(system_account("SALES"), amount)], actor=SYSTEM, kind="order", reference="o"
        )
        return (who, payment)

    @rule(paid=paid, share=st.integers(1, 100))
    def refund(self, paid, share):
        if paid is None:
            return
        who, payment = paid
        amount = max(from_cents(1), split(payment.amount, [share, 100 - share])[0])
        try:
            with transaction.atomic():
                key = self.key()
                back = [(system_account("SALES"), -amount), (system_account("UNAPPLIED"), amount)]
                services.post(kind="credit", key=key, postings=back, actor=SYSTEM)
                payments.refund(payment=payment, amount=amount, key=key, reason="", actor=SYSTEM)
        except DomainError:
            return
        self.expected[who] += amount

    @invariant()
    def books_are_right(self):
        assert audit.first_fault() == ""
        for who, person in enumerate(self.people):
            purse = wallet_of(person)
            assert (purse.balance, purse.held) == (self.expected[who], self.held[who])


@pytest.mark.django_db
def test_the_ledger_balances_after_any_sequence():
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
