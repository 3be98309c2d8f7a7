"""Deliveries: sent, bid for, awarded, carried, failed, brought back."""

from datetime import timedelta
from decimal import Decimal as D

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from config.lib.actors import SYSTEM
from config.lib.money import from_cents
from config.tests.story.world import World, couriers, people, which
from delivery.auctions import services as auctions
from delivery.auctions.models import Bid
from delivery.deliveries import services as deliveries
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import DROPOFF, PARCELS, PICKUP, code


class Riding(World):
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
