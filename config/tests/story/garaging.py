"""The garage: work agreed on, deposits, invoices, payments by card and at the counter, credit notes."""

from uuid import uuid4

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from config.lib.actors import SYSTEM
from config.lib.money import from_cents
from config.tests.story.world import World, people, small, tokens, which
from garage.billing import services as billing
from garage.billing.models import COUNTER, Bill
from garage.clients.tests.factories import client_of
from garage.quotes import services as quotes
from garage.quotes.models import Quote
from garage.vehicles.tests.factories import vehicle_of

means = st.sampled_from([choice.value for choice in COUNTER])


def agreed():
    return Quote.objects.filter(status=Quote.Status.ACCEPTE, supplements=None)


class Garaging(World):
    def a_job(self):
        self.agree_on_work(who=0, labour=9000, part=4550, rate="5.50", discount=7, more=True)
        self.ask_a_deposit(number=0, percent=30, times=1)

    @rule(who=people, labour=st.integers(1, 60_000), part=st.integers(0, 30_000), more=st.booleans(),
          rate=st.sampled_from(["20.00", "10.00", "5.50"]), discount=st.integers(0, 100))
    def agree_on_work(self, who, labour, part, rate, discount, more):
        """A quote of three rates at most, sometimes with a supplement of its own discount."""
        user = self.people[who]
        client = getattr(user, "garage_client", None) or client_of(user, name=user.get_full_name())
        vehicle = client.vehicles.first() or vehicle_of(client, plate=f"AB-12{who}-CD")
        lines = [
            {"kind": "MAIN_OEUVRE", "description": "x", "quantity": "1.75", "unit_price": from_cents(labour)},
            {"kind": "PIECE", "description": "y", "quantity": "3", "unit_price": from_cents(part), "vat_rate": rate,
             "discount_percent": "12.50"},
        ]  # fmt: skip
        main = None
        for percent in (discount, 3) if more else (discount,):
            row = self.attempt(
                quotes.create_quote, actor=SYSTEM, client_id=client.pk, vehicle_id=vehicle.pk, lines=lines,
                supplements=main, discount_percent=percent,
            )
            row.move(Quote.Status.ACCEPTE, actor=SYSTEM, reused_parts=False, accepted_at=timezone.now())
            main = main or row

    @rule(number=which, percent=st.integers(1, 100), times=st.integers(1, 2))
    @precondition(lambda self: agreed().exists())
    def ask_a_deposit(self, number, percent, times):
        quote, key = self.one(agreed(), number), uuid4().hex
        for _time in range(times):
            self.attempt(billing.issue_deposit, actor=SYSTEM, quote_id=quote.pk, percent=percent, key=key)

    @rule(number=which, times=st.integers(1, 2))
    @precondition(lambda self: Quote.objects.exists())
    def invoice_the_work(self, number, times):
        """Also again: after a cancelled invoice there is another one."""
        quote = self.one(Quote.objects, number)
        for _time in range(times):
            self.attempt(billing.issue_invoice, actor=SYSTEM, quote_id=quote.pk)

    @rule(number=which, amount=st.none() | small, method=st.sampled_from(["CARTE", "CARTE", "PORTEFEUILLE"]),
          token=tokens, link=st.booleans())
    @precondition(lambda self: Bill.objects.filter(status="EMISE").exists())
    def pay_a_bill(self, number, amount, method, token, link):
        bill = self.one(Bill.objects.filter(status="EMISE"), number)
        actor = SYSTEM if link and method == "CARTE" else bill.quote.client.user
        self.attempt(
            billing.pay_bill, actor=actor, bill_id=bill.pk, method=method, token=token, amount=amount, key=uuid4().hex
        )

    @rule(number=which, amount=small, how=means, times=st.integers(1, 2))
    @precondition(lambda self: Bill.objects.exists())
    def take_at_the_counter(self, number, amount, how, times):
        bill, key = self.one(Bill.objects, number), uuid4().hex
        for _time in range(times):
            self.attempt(
                billing.take_payment, actor=SYSTEM, bill_id=bill.pk, means=how, amount=amount, key=key
            )

    @rule(number=which, row=which)
    @precondition(lambda self: Bill.objects.filter(payments__isnull=False).exists())
    def correct_a_payment(self, number, row):
        bill = self.one(Bill.objects.filter(payments__isnull=False).distinct(), number)
        self.attempt(
            billing.reverse_payment, actor=SYSTEM, bill_id=bill.pk, row_id=self.one(bill.payments, row).pk, reason="x"
        )

    @rule(number=which, amount=st.none() | small, line=st.none() | st.integers(1, 2))
    @precondition(lambda self: Bill.objects.exists())
    def credit_a_bill(self, number, amount, line):
        bill = self.one(Bill.objects, number)
        given = {"amount": amount} if line is None else {"lines": [{"line": line, "quantity": 1}]}
        self.attempt(billing.credit_bill, actor=SYSTEM, bill_id=bill.pk, reason="x", **given)

    @rule(number=which, how=means)
    @precondition(lambda self: Bill.objects.exists())
    def give_money_back(self, number, how):
        bill = self.one(Bill.objects, number)
        self.attempt(billing.give_back, actor=SYSTEM, bill_id=bill.pk, means=how, amount=bill.to_return)

    @rule(number=which)
    @precondition(lambda self: agreed().exists())
    def think_better_of_the_work(self, number):
        quote = self.one(agreed(), number)
        self.attempt(billing.call_off_deposits, quote=quote, actor=SYSTEM)
