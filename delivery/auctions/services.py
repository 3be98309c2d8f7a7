"""Every write of an auction. Each takes the delivery's lock first: one winner, whatever comes at the same moment."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.wallet.rules import InsufficientFunds
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import Invalid, NotFound
from config.lib.events import emit
from delivery.auctions import queries
from delivery.auctions.events import auction_closed, auction_extended
from delivery.auctions.models import Bid
from delivery.auctions.rules import (
    CHOICE_TIME,
    AlreadyBid,
    AuctionClosed,
    CourierUnavailable,
    NotAFixedPrice,
    NotAnAuction,
    OwnDelivery,
    check_bid,
    extended,
)
from delivery.couriers import queries as couriers
from delivery.couriers.models import Courier
from delivery.deliveries import queries as deliveries
from delivery.deliveries import services as delivery_services
from delivery.deliveries.models import Award, Delivery, Mode
from delivery.deliveries.queries import Right

Status = Delivery.Status


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Invalid(errors={"amount": [_("Enter an amount in euros.")]})


def _open_to(actor: Actor, delivery_id: int) -> tuple[Courier, Delivery]:
    """The courier on shift and the locked open delivery, which must not be his own.

    Raises NotFound, NotACourier, NotOnShift, OwnDelivery, AuctionClosed.
    """
    if couriers.courier_of(actor) is None:
        deliveries.get_for(actor, delivery_id)  # a stranger learns nothing, a reader that he is no courier
    courier = couriers.on_shift(actor)
    queries.offer_for(actor, delivery_id)
    delivery = deliveries.locked(delivery_id)
    if courier.user_id in (delivery.sender_id, delivery.recipient_user_id, delivery.payer_account.user_id):
        raise OwnDelivery
    if delivery.status not in Delivery.OPEN or delivery.closes_at <= timezone.now():
        raise AuctionClosed
    return courier, delivery


def _extend(delivery: Delivery) -> None:
    later = extended(delivery.closes_at, timezone.now())
    if later != delivery.closes_at:
        delivery.closes_at = later
        delivery.save(update_fields=["closes_at", "updated_at"])
        emit(auction_extended, delivery_id=delivery.pk)


@transaction.atomic
def place_bid(*, actor: Actor, delivery_id: int, amount: Decimal, eta_minutes: int, note: str = "") -> Bid:
    """A courier on shift offers to carry an open delivery for `amount` euros within `eta_minutes` of the award.

    Sealed: other couriers never see it. In the last 30 s the auction is extended by 30 s. Raises NotFound,
    NotACourier, NotOnShift, OwnDelivery, AuctionClosed, NotAnAuction, AlreadyBid, Invalid (amount, eta_minutes).
    """
    courier, delivery = _open_to(actor, delivery_id)
    if delivery.mode != Mode.ENCHERE:
        raise NotAnAuction
    checked = check_bid(amount=_amount(amount), max_price=delivery.max_price, eta_minutes=eta_minutes)
    try:
        with transaction.atomic():
            bid = Bid.objects.create(
                delivery=delivery, courier=courier, amount=checked, eta_minutes=eta_minutes, note=note[:300]
            )
    except IntegrityError:
        raise AlreadyBid
    bid.record(actor=actor)
    _extend(delivery)
    return bid


@transaction.atomic
def change_bid(
    *, actor: Actor, delivery_id: int, bid_id: int, amount: Decimal | None = None, eta_minutes: int | None = None,
    note: str | None = None,
) -> Bid:
    """A courier changes his live bid before the close; the same rules as for a new one.

    Raises NotFound, NotACourier, NotOnShift, AuctionClosed, Invalid.
    """
    queries.own_bid(actor, delivery_id, bid_id)
    _courier, delivery = _open_to(actor, delivery_id)
    bid = queries.locked_bid(bid_id)
    if bid.status != Bid.Status.DEPOSEE:
        raise AuctionClosed
    before = bid.amount
    minutes = bid.eta_minutes if eta_minutes is None else eta_minutes
    bid.amount = check_bid(
        amount=before if amount is None else _amount(amount), max_price=delivery.max_price, eta_minutes=minutes
    )
    bid.eta_minutes = minutes
    if note is not None:
        bid.note = note[:300]
    bid.save(update_fields=["amount", "eta_minutes", "note", "updated_at"])
    bid.record(actor=actor, from_status=bid.status, reason=f"{before} → {bid.amount}")
    _extend(delivery)
    return bid


@transaction.atomic
def withdraw_bid(*, actor: Actor, delivery_id: int, bid_id: int) -> Bid:
    """A courier takes his live bid back before the close, on shift or not. Raises NotFound, AuctionClosed."""
    queries.own_bid(actor, delivery_id, bid_id)
    delivery = deliveries.locked(delivery_id)
    bid = queries.locked_bid(bid_id)
    over = delivery.status not in Delivery.OPEN or delivery.closes_at <= timezone.now()
    if over or bid.status != Bid.Status.DEPOSEE:
        raise AuctionClosed
    bid.move(Bid.Status.RETIREE, actor=actor)
    return bid


def _award(delivery: Delivery, bid: Bid, actor: Actor) -> None:
    """Give the delivery to a live bid and close the others. The caller holds the delivery's lock."""
    delivery_services.award(
        delivery=delivery, courier=bid.courier, amount=bid.amount, minutes=bid.eta_minutes, actor=actor
    )
    bid.move(Bid.Status.RETENUE, actor=actor)
    _lose(delivery, actor)


def _lose(delivery: Delivery, actor: Actor) -> None:
    for other in queries.bids_of(delivery).filter(status=Bid.Status.DEPOSEE).order_by("pk"):
        other.move(Bid.Status.PERDUE, actor=actor)


@transaction.atomic
def accept_bid(*, actor: Actor, delivery_id: int, bid_id: int) -> Delivery:
    """The sender's side chooses a bid, before the close or after it; the money is held at once.

    Raises NotFound, Forbidden, AuctionClosed (somebody was chosen already), CourierUnavailable, InsufficientFunds:
    then nothing is changed.
    """
    deliveries.get_for(actor, delivery_id, Right.OWN)
    if not Bid.objects.filter(pk=bid_id, delivery=delivery_id).exists():
        raise NotFound
    delivery = deliveries.locked(delivery_id)
    bid = queries.locked_bid(bid_id)
    if delivery.status != Status.EN_ENCHERE or bid.status != Bid.Status.DEPOSEE:
        raise AuctionClosed
    if bid.courier.status != Courier.Status.ACTIF:
        raise CourierUnavailable
    _award(delivery, bid, actor)
    return delivery


@transaction.atomic
def take_fixed_price(*, actor: Actor, delivery_id: int) -> Delivery:
    """A courier on shift takes an offer at its price: first come, first served. The winning bid is written down.

    Raises NotFound, NotACourier, NotOnShift, OwnDelivery, AuctionClosed, NotAFixedPrice, InsufficientFunds (of the
    payer).
    """
    courier, delivery = _open_to(actor, delivery_id)
    if delivery.mode != Mode.PRIX_FIXE:
        raise NotAFixedPrice
    bid = Bid.objects.create(
        delivery=delivery, courier=courier, amount=delivery.max_price,
        eta_minutes=queries.expected_minutes(delivery) * 2,
    )
    bid.record(actor=actor)
    _award(delivery, bid, actor)
    return delivery


def _award_best(delivery: Delivery, actor: Actor) -> None:
    """The best bid that the payer can afford wins, else the delivery expires with its reason."""
    bids = queries.live_bids(delivery)
    for row in queries.compare(delivery, bids):
        try:
            with transaction.atomic():
                _award(delivery, row.bid, actor)
        except InsufficientFunds:
            continue
        return
    _expire(delivery, actor, "insufficient_funds" if bids else "no_bids")


def _expire(delivery: Delivery, actor: Actor, reason: str) -> None:
    delivery_services.expire(delivery=delivery, actor=actor, reason=reason)
    _lose(delivery, actor)


@transaction.atomic
def close_auction(*, delivery_id: int, actor: Actor = SYSTEM, early: bool = False) -> Delivery:
    """Do what the close asks for, when the time is over: award the best bid, ask the sender to choose, or expire.

    Safe to call at any time and twice: an open delivery whose time is not over is left alone, unless the sender's
    side closes it `early`. Raises NotFound, Forbidden.
    """
    deliveries.get_for(actor, delivery_id, Right.OWN)
    delivery = deliveries.locked(delivery_id)
    now = timezone.now()
    if delivery.status not in Delivery.OPEN or (delivery.closes_at > now and not early):
        return delivery
    if delivery.closes_at > now:
        delivery.closes_at = now
        delivery.save(update_fields=["closes_at", "updated_at"])
    if delivery.status == Status.PUBLIEE:
        _expire(delivery, actor, "no_taker")
    elif delivery.award == Award.AUTOMATIQUE:
        _award_best(delivery, actor)
    elif not queries.live_bids(delivery):
        _expire(delivery, actor, "no_bids")
    elif delivery.auction_closed_at is None:
        delivery.auction_closed_at = now
        delivery.save(update_fields=["auction_closed_at", "updated_at"])
        emit(auction_closed, delivery_id=delivery.pk)
    elif delivery.closes_at + CHOICE_TIME <= now:
        _expire(delivery, actor, "no_choice")
    return delivery


@transaction.atomic
def repost(
    *, actor: Actor, delivery_id: int, closes_in_s: int | None = None, max_price: Decimal | None = None,
    award: str | None = None,
) -> Delivery:
    """Open an expired delivery once more, as before unless told otherwise. Raises NotFound, Forbidden,
    IllegalMove, Invalid."""
    deliveries.get_for(actor, delivery_id, Right.OWN)
    delivery = deliveries.locked(delivery_id)
    return delivery_services.offer_again(
        delivery=delivery, actor=actor, closes_in_s=closes_in_s, max_price=max_price, award=award
    )


@transaction.atomic
def drop_bids(*, delivery_id: int, actor: Actor = SYSTEM) -> None:
    """Close the live bids of a delivery that was called off; safe to run twice."""
    delivery = deliveries.locked(delivery_id)
    if delivery.status not in Delivery.OPEN:
        _lose(delivery, actor)
