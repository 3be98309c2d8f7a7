"""Orders: bought, paid, run out of time, cancelled, refunded by amount or by articles, shipped, handed out."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from config.lib.actors import SYSTEM
from config.lib.money import from_cents
from config.tests.story.world import World, people, tokens, which
from shop.cart.services import add_to_cart
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.factories import HOME


class Shopping(World):
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
        self.attempt(
            orders.refund_order, actor=SYSTEM, order_id=order.pk, reason="x", restock=restock,
            amount=None if cents is None else from_cents(cents),
        )

    @rule(number=which, line=st.integers(0, 1), quantity=st.integers(1, 3), fee=st.booleans(), restock=st.booleans())
    @precondition(lambda self: Order.objects.filter(status__in=Order.REFUNDABLE).exists())
    def refund_articles(self, number, line, quantity, fee, restock):
        order = self.one(Order.objects.filter(status__in=Order.REFUNDABLE), number)
        self.attempt(
            orders.refund_order, actor=SYSTEM, order_id=order.pk, reason="x", restock=restock, delivery_fee=fee,
            lines=[{"line_id": self.one(order.lines, line).pk, "quantity": quantity}],
        )

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
