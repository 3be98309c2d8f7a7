"""Whatever customers, couriers, staff and the bank do, in whatever order: money and goods add up (state machine)."""

import logging
import re
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal as D
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.payments import services as payments
from accounts.payments.gateways.base import Outcome
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import SimulatedCharge
from accounts.users.tests.factories import make_user
from accounts.wallet import audit
from accounts.wallet import services as wallet
from accounts.wallet.models import Hold
from config.lib import events
from config.lib.actors import SYSTEM
from config.lib.errors import DomainError
from config.lib.money import ZERO, from_cents
from delivery.auctions import services as auctions
from delivery.auctions.models import Bid
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries import services as deliveries
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import DROPOFF, PARCELS, PICKUP, code
from shop.cart.services import add_to_cart
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice, InvoiceCounter
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.rules import fee_net
from shop.orders.tests.factories import HOME, balance, stock_of

amounts = st.integers(1, 20_000).map(from_cents)
people = st.integers(0, 2)
couriers = st.integers(0, 1)
which = st.integers(0, 5)
tokens = st.sampled_from(["tok_ok", "tok_ok", "tok_declined", "tok_pending"])
STOCK = 12
PAID = ("PAYEE", "EXPEDIEE", "LIVREE", "REMBOURSEE")


def pdf_of_nothing(*args, **kwargs):
    return b"%PDF-1.7"


class Story(RuleBasedStateMachine):
    """Three customers, two couriers, two products: everything that moves money or goods, through the services."""

    @initialize(depth=st.integers(0, 5))
    def begin(self, depth):
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # like TestCase's own: a payment may begin its transaction in it
        self.atomic.__enter__()
        self.people = [make_user(name) for name in ("alice", "bob", "charlie")]
        self.couriers = [make_courier(make_user(name)) for name in ("carla", "cyril")]
        self.products = [make_product(price="6.50", stock=STOCK), make_product("Vase", price="39.90", stock=STOCK)]
        self.restocked = set()
        self.attempt(payments.top_up, actor=self.people[0], amount=D(300), method="CARTE", token="tok_ok", key="0")
        self.attempt(payments.top_up, actor=self.people[1], amount=D(90), method="CARTE", token="tok_ok", key="0")
        if depth:  # stories of deliveries are long: most begin in the middle
            self.an_order_under_way(depth)

    def an_order_under_way(self, depth):
        self.checkout(who=1, product=0, quantity=2, courier=True, again=False)
        self.pay(number=0, method="CARTE", token="tok_ok")
        if depth > 1:
            self.ship(number=0, award="MANUELLE")
        if depth > 2:
            self.bid(number=0, courier=0, share=80, minutes=30)
        if depth > 3:
            self.accept(number=0)
        if depth > 4:
            self.ride(number=0, verb="on")

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            connection.run_on_commit = []

    def attempt(self, service, **given):
        """Call a service, then run what waits for its commit; None when it refuses."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            try:
                return service(**given)
            except DomainError:
                return None

    @staticmethod
    def one(rows, number):
        """Any of the rows, if there is one."""
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    # --- Money in and around ------------------------------------------------------------------------------------
    @rule(who=people, amount=amounts, token=tokens)
    def top_up(self, who, amount, token):
        self.attempt(
            payments.top_up, actor=self.people[who], amount=amount, method="CARTE", token=token, key=uuid4().hex
        )

    @rule(number=which, times=st.integers(1, 3), outcome=st.sampled_from([Outcome.OK, Outcome.OK, Outcome.DECLINED]))
    @precondition(lambda self: SimulatedCharge.objects.filter(outcome=Outcome.PENDING).exists())
    def bank_calls(self, number, times, outcome):
        charge = self.one(SimulatedCharge.objects.filter(outcome=Outcome.PENDING), number)
        body = event_body(charge, outcome)
        for _time in range(times):
            headers = {SIGNATURE_HEADER: sign(body, int(time.time()))}
            self.attempt(payments.ingest, provider="simulated", headers=headers, body=body)

    @rule(giver=people, taker=people, amount=amounts)
    def transfer(self, giver, taker, amount):
        to = str(self.people[taker].pk)
        self.attempt(wallet.transfer, actor=self.people[giver], to=to, amount=amount, note="", key=uuid4().hex)

    # --- Orders -------------------------------------------------------------------------------------------------
    @rule(who=people, product=st.integers(0, 1), quantity=st.integers(1, 4), courier=st.booleans(), again=st.booleans())
    def checkout(self, who, product, quantity, courier, again):
        actor = self.people[who]
        self.attempt(add_to_cart, actor=actor, product_id=self.products[product].pk, quantity=quantity)
        given = {"delivery_method": "COURSIER", "shipping_address": HOME} if courier else {"delivery_method": "RETRAIT"}
        for _time in range(1 + again):
            self.attempt(orders.checkout, actor=actor, **given)

    @rule(number=which, method=st.sampled_from(["CARTE", "CARTE", "PORTEFEUILLE"]), token=tokens)
    @precondition(lambda self: Order.objects.filter(status__in=Order.UNPAID).exists())
    def pay(self, number, method, token):
        order = self.one(Order.objects.filter(status__in=Order.UNPAID), number)
        self.attempt(
            orders.pay_order, actor=order.user, order_id=order.pk, method=method, token=token, key=uuid4().hex
        )

    @rule(number=which)
    @precondition(lambda self: Order.objects.filter(status__in=Order.UNPAID).exists())
    def run_out_of_time(self, number):
        order = self.one(Order.objects.filter(status__in=Order.UNPAID), number)
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        self.attempt(orders.expire_orders)

    @rule(number=which)
    @precondition(lambda self: Order.objects.exists())
    def cancel_order(self, number):
        order = self.one(Order.objects, number)
        self.attempt(orders.cancel, actor=order.user, order_id=order.pk)

    @rule(number=which, cents=st.none() | st.integers(1, 3000), restock=st.booleans())
    @precondition(lambda self: Order.objects.filter(status__in=Order.REFUNDABLE).exists())
    def refund(self, number, cents, restock):
        order = self.one(Order.objects.filter(status__in=Order.REFUNDABLE), number)
        done = self.attempt(
            orders.refund_order, actor=SYSTEM, order_id=order.pk, reason="x", restock=restock,
            amount=None if cents is None else from_cents(cents),
        )
        if done is not None and done.status == Order.Status.REMBOURSEE and restock:
            self.restocked.add(order.pk)

    @rule(number=which, award=st.sampled_from(["AUTOMATIQUE", "MANUELLE"]))
    @precondition(lambda self: Order.objects.filter(status__in=["PAYEE", "EXPEDIEE"]).exists())
    def ship(self, number, award):
        order = self.one(Order.objects.filter(status__in=["PAYEE", "EXPEDIEE"]), number)
        self.attempt(orders.ship, actor=SYSTEM, order_id=order.pk, award=award)

    @rule(number=which)
    @precondition(lambda self: Order.objects.filter(status="EXPEDIEE").exists())
    def hand_out(self, number):
        order = self.one(Order.objects.filter(status="EXPEDIEE"), number)
        self.attempt(orders.mark_delivered, actor=SYSTEM, order_id=order.pk)

    # --- Deliveries ---------------------------------------------------------------------------------------------
    @rule(who=people, cents=st.integers(300, 3000), mode=st.sampled_from(["ENCHERE", "PRIX_FIXE"]),
          award=st.sampled_from(["AUTOMATIQUE", "MANUELLE"]))
    def send_a_parcel(self, who, cents, mode, award):
        self.attempt(
            deliveries.create_delivery, actor=self.people[who], pickup=PICKUP, dropoff=DROPOFF, parcels=PARCELS,
            max_price=from_cents(cents), mode=mode, award=award,
        )

    @rule(number=which, courier=couriers, share=st.integers(10, 100), minutes=st.integers(5, 90))
    @precondition(lambda self: Delivery.objects.filter(status__in=Delivery.OPEN).exists())
    def bid(self, number, courier, share, minutes):
        delivery = self.one(Delivery.objects.filter(status__in=Delivery.OPEN), number)
        actor = self.couriers[courier].user
        if delivery.mode == "PRIX_FIXE":
            self.attempt(auctions.take_fixed_price, actor=actor, delivery_id=delivery.pk)
            return
        amount = (delivery.max_price * share / 100).quantize(D("0.01"))
        self.attempt(
            auctions.place_bid, actor=actor, delivery_id=delivery.pk, amount=amount, eta_minutes=minutes
        )

    @rule(number=which)
    @precondition(lambda self: Bid.objects.filter(status="DEPOSEE").exists())
    def accept(self, number):
        bid = self.one(Bid.objects.filter(status="DEPOSEE"), number)
        self.attempt(
            auctions.accept_bid, actor=bid.delivery.sender or SYSTEM, delivery_id=bid.delivery_id, bid_id=bid.pk
        )

    @rule(number=which)
    @precondition(lambda self: Delivery.objects.filter(status__in=Delivery.OPEN).exists())
    def close(self, number):
        delivery = self.one(Delivery.objects.filter(status__in=Delivery.OPEN), number)
        Delivery.objects.filter(pk=delivery.pk).update(closes_at=timezone.now() - timedelta(hours=49))
        self.attempt(auctions.close_auction, delivery_id=delivery.pk)

    @rule(number=which, verb=st.sampled_from(["on", "on", "on", "on", "fail", "reattempt", "return"]))
    @precondition(lambda self: Delivery.objects.filter(status__in=Delivery.RUNNING).exists())
    def ride(self, number, verb):
        delivery = self.one(Delivery.objects.filter(status__in=Delivery.RUNNING), number)
        given = {"actor": delivery.courier.user, "delivery_id": delivery.pk}
        if verb == "fail":
            self.attempt(deliveries.fail, reason="ABSENT", **given)
        elif verb == "return":
            self.attempt(deliveries.return_to_sender, **given)
        elif verb == "reattempt" or delivery.status == "ECHOUEE":
            self.attempt(deliveries.reattempt, **given)
        elif delivery.status == "ATTRIBUEE":
            self.attempt(deliveries.pickup, code=code(delivery), **given)
        else:
            self.attempt(deliveries.deliver, code=code(delivery, "REMISE"), **given)

    @rule(number=which)
    @precondition(lambda self: Delivery.objects.exists())
    def call_off(self, number):
        delivery = self.one(Delivery.objects, number)
        self.attempt(deliveries.cancel, actor=delivery.sender or SYSTEM, delivery_id=delivery.pk)

    @rule(number=which)
    @precondition(lambda self: Delivery.objects.filter(status="EXPIREE").exists())
    def repost(self, number):
        delivery = self.one(Delivery.objects.filter(status="EXPIREE"), number)
        self.attempt(auctions.repost, actor=delivery.sender or SYSTEM, delivery_id=delivery.pk)

    # --- What holds after every step ----------------------------------------------------------------------------
    @invariant()
    def the_books_are_right(self):
        assert audit.first_fault() == ""
        assert balance("UNAPPLIED") == ZERO, "money was received and neither used nor given back"
        assert balance("VAT") >= ZERO

    @invariant()
    def money_is_held_for_running_deliveries_alone(self):
        active = Counter(Hold.objects.filter(status="ACTIF").values_list("reference", flat=True))
        running = Delivery.objects.filter(status__in=Delivery.RUNNING).values_list("pk", flat=True)
        assert active == Counter(f"delivery:{pk}" for pk in running)

    @invariant()
    def escrow_is_what_couriers_may_still_earn(self):
        waiting = ZERO
        for order in Order.objects.filter(delivery_method="COURSIER", status__in=PAID).select_related("delivery"):
            rides = order.delivery is not None and order.delivery.status in Delivery.RUNNING
            earned = order.delivery is not None and order.delivery.status == "LIVREE"
            if rides or (order.status in ("PAYEE", "EXPEDIEE") and not earned):
                waiting += fee_net(order.delivery_fee)
        assert balance("ESCROW") == waiting

    @invariant()
    def goods_are_in_stock_or_in_orders(self):
        out = Counter()
        for order in Order.objects.exclude(status="ANNULEE").exclude(pk__in=self.restocked).prefetch_related("lines"):
            for line in order.lines.all():
                out[line.product_id] += line.quantity
        for product in self.products:
            assert stock_of(product) + out[product.pk] == STOCK

    @invariant()
    def papers_are_numbered_without_gap_and_match_the_money(self):
        series = {}
        for number in Invoice.objects.order_by("pk").values_list("number", flat=True):
            name, last = re.fullmatch(r"(.*\D)(\d+)", number).groups()
            series.setdefault(name, []).append(int(last))
        for numbers in series.values():
            assert numbers == list(range(1, len(numbers) + 1))
        assert sum(InvoiceCounter.objects.values_list("last", flat=True)) == Invoice.objects.count()
        for order in Order.objects.exclude(invoice=None).select_related("invoice"):
            notes = Invoice.objects.filter(corrects=order.invoice).values_list("total", flat=True)
            assert order.invoice.total == order.total
            assert abs(sum(notes, ZERO)) == order.refunded


@pytest.mark.django_db
def test_money_and_goods_add_up_after_any_story():
    def not_quiet(*args):
        raise AssertionError("a listener failed: {} {} {}".format(*args[1:]))

    with (
        patch("config.lib.heavy.run", pdf_of_nothing),
        patch.object(events.logger, "exception", not_quiet),
    ):
        logging.getLogger("config").setLevel(logging.CRITICAL)
        run_state_machine_as_test(
            Story,
            settings=settings(
                max_examples=10, stateful_step_count=25, deadline=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
            ),
        )
