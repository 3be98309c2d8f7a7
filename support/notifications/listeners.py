"""Who hears of what: each listener reads the thing by its id, names the people concerned, and lets the catalogue say
what they are told. The key of a notification is made of the history row, so that hearing twice tells once."""

from typing import Any

from accounts.payments.events import payment_moved
from accounts.payments.models import Payment, PaymentFact
from accounts.users.events import account_closed
from accounts.users.models import User
from accounts.users.queries import staff_of
from accounts.wallet.events import wallet_posted
from accounts.wallet.models import Transaction
from config.lib import live
from config.lib.actors import SYSTEM
from delivery.auctions.events import auction_closed, bid_changed
from delivery.auctions.models import Bid
from delivery.couriers import queries as couriers
from delivery.couriers.events import courier_moved
from delivery.deliveries import queries as deliveries
from delivery.deliveries.events import delivery_moved, handover_locked
from delivery.deliveries.models import Delivery
from shop.invoices.models import Invoice
from shop.orders import queries as orders
from shop.orders.events import order_moved, order_refunded_in_part
from shop.orders.models import Order
from shop.returns.events import return_moved
from shop.returns.models import Return, ReturnChange
from shop.reviews.events import review_moved
from shop.reviews.models import ReviewChange
from support.notifications import queries, services
from support.notifications.catalogue import sent_on
from support.notifications.events import feed_read, notified
from support.notifications.models import Notification

ORDER = "order:"


def tell(*, thing: str, status: str, key: str, people: dict[str, Any], url: str = "", **context: Any) -> None:
    """Send the catalogue's entries for (thing, status) to the `people`, audience → user, several users or None."""
    for entry in sent_on(thing, status):
        found = people.get(entry.audience)
        name = f"{thing}:{key}:{entry.audience}"
        several = {f"{name}:{user.pk}": user for user in found} if isinstance(found, list) else {name: found}
        for dedupe_key, user in several.items():
            if user is not None:
                services.notify(user=user, kind=entry.kind, dedupe_key=dedupe_key, url=url, **context)


def _address(place: dict[str, Any]) -> str:
    return ", ".join(str(place[name]) for name in ("line1", "city") if place.get(name))


def _customer_of_order(delivery: Delivery) -> bool:
    """Whether the delivery is part of an order: its customer hears of the order, not of both."""
    return (delivery.origin or "").startswith(ORDER)


@order_moved.listener
def tell_of_order(*, order_id: int, from_status: str, to_status: str, change_id: int) -> None:
    if to_status in (Order.Status.CREE, from_status):
        return  # the customer just pressed the button (nothing is loaded on the way of a checkout), or knows it
    order = orders.get_for(SYSTEM, order_id)
    news = to_status
    if to_status == Order.Status.ANNULEE and order.is_expired and from_status in Order.UNPAID:
        news = "EXPIREE"
    elif to_status == Order.Status.EXPEDIEE and not order.by_courier:
        news = "PRETE"
    tell(
        thing="order", status=news, key=str(change_id), people={"customer": order.user},
        id=order.pk, number=order.number, total=order.total,
    )


@order_refunded_in_part.listener
def tell_of_partial_refund(*, order_id: int, credit_note_id: int) -> None:
    order = orders.get_for(SYSTEM, order_id)
    note = Invoice.objects.get(pk=credit_note_id)
    tell(
        thing="order", status="PARTIEL", key=f"credit:{credit_note_id}", people={"customer": order.user},
        id=order.pk, number=order.number, amount=abs(note.total),
    )


@return_moved.listener
def tell_of_return(*, return_id: int, from_status: str, to_status: str, change_id: int) -> None:
    change = ReturnChange.objects.select_related("subject__order__user").get(pk=change_id)
    back = change.subject
    # Nothing is on its way when the whole order had been refunded before.
    news = "" if to_status == Return.Status.REMBOURSE and not back.refunded else to_status
    tell(
        thing="return", status=news, key=str(change_id), people={"customer": back.order.user}, id=back.order_id,
        number=back.number, amount=back.amount, refunded=back.refunded, reason=change.reason.rstrip(". "),
    )


@review_moved.listener
def tell_of_review(*, review_id: int, from_status: str, to_status: str, change_id: int) -> None:
    change = ReviewChange.objects.select_related("subject__user", "subject__product").filter(pk=change_id).first()
    if change is None:
        return  # taken back by its author meanwhile, with its history
    review = change.subject
    tell(
        thing="review", status=to_status, key=str(change_id), people={"author": review.user},
        slug=review.product.slug, product=review.product.name, reason=change.reason.rstrip(". "),
    )


@delivery_moved.listener
def tell_of_delivery(*, delivery_id: int, from_status: str, to_status: str, change_id: int) -> None:
    delivery = deliveries.get_for(SYSTEM, delivery_id)
    if from_status == Delivery.Status.ECHOUEE and to_status in (
        Delivery.Status.ATTRIBUEE, Delivery.Status.COLLECTEE
    ):
        return  # a second attempt: nobody is told again what he knows
    people = {
        "sender": delivery.sender,
        "recipient": delivery.recipient_user,
        "courier": delivery.courier.user if delivery.courier else None,
    }
    if people["recipient"] == people["sender"]:
        people["recipient"] = None
    if _customer_of_order(delivery) and to_status == Delivery.Status.LIVREE:
        people["recipient"] = None
    tell(
        thing="delivery", status=to_status, key=str(change_id), people=people, id=delivery.pk,
        reference=delivery.reference, courier=delivery.courier.user.get_short_name() if delivery.courier else "",
        pickup=_address(delivery.pickup), dropoff=_address(delivery.dropoff),
    )


@handover_locked.listener
def tell_of_wrong_codes(*, delivery_id: int, step: str) -> None:
    """The sender and the managers; again when it was unlocked and locked once more."""
    delivery = deliveries.get_for(SYSTEM, delivery_id)
    tell(
        thing="handover", status="locked", key=f"{delivery_id}:{step}:{delivery.history.count()}",
        people={"sender": delivery.sender, "managers": staff_of("DELIVERY")}, id=delivery_id,
        reference=delivery.reference,
    )


@bid_changed.listener
def tell_of_bid(*, bid_id: int, delivery_id: int) -> None:
    """The sender hears of a new amount; who was not chosen hears so."""
    bid = Bid.objects.select_related("delivery__sender", "courier__user").get(pk=bid_id)
    news = {Bid.Status.DEPOSEE: "new", Bid.Status.PERDUE: "lost"}.get(Bid.Status(bid.status))
    if news:
        tell(
            thing="bid", status=news, key=f"{bid_id}:{bid.amount}",
            people={"sender": bid.delivery.sender, "bidder": bid.courier.user},
            id=delivery_id, reference=bid.delivery.reference, amount=bid.amount,
        )


@auction_closed.listener
def tell_of_closed_auction(*, delivery_id: int) -> None:
    delivery = deliveries.get_for(SYSTEM, delivery_id)
    tell(
        thing="auction", status="closed", key=f"{delivery_id}:{delivery.closes_at.timestamp():.0f}",
        people={"sender": delivery.sender}, id=delivery_id, reference=delivery.reference,
    )


@courier_moved.listener
def tell_of_courier(*, courier_id: int, from_status: str, to_status: str, change_id: int) -> None:
    courier = couriers.get_for_manager(SYSTEM, courier_id)
    tell(thing="courier", status=to_status, key=str(change_id), people={"courier": courier.user}, id=courier_id)


@payment_moved.listener
def tell_of_payment(*, payment_id: int, from_status: str, to_status: str, change_id: int) -> None:
    """Only what the payer did not see on his screen: answers that came later, and refunds."""
    payment = Payment.objects.select_related("user").get(pk=payment_id)
    late = payment.facts.filter(kind=PaymentFact.Kind.ANNONCE).exists()
    known_by_order = payment.reference.startswith(ORDER) and to_status == Payment.Status.REUSSI
    if known_by_order or not (late or to_status == Payment.Status.REMBOURSE):
        return
    tell(
        thing="payment", status=to_status, key=str(change_id), people={"payer": payment.user}, id=payment_id,
        amount=payment.amount,
    )


@wallet_posted.listener
def tell_of_transfer(*, transaction_id: int) -> None:
    """Money that another person gave. Other movements are told by what caused them."""
    row = Transaction.objects.select_related("actor").get(pk=transaction_id)
    if row.kind != "transfer":
        return
    received = row.postings.filter(amount__gt=0, account__user__isnull=False).select_related("account__user").first()
    if received is not None:
        tell(
            thing="wallet", status="transfer", key=str(transaction_id), people={"receiver": received.account.user},
            id=transaction_id, amount=received.amount, sender=row.actor.get_short_name() if row.actor else "",
        )


@account_closed.listener
def forget_person(*, user_id: int) -> None:
    services.forget(user=User.objects.get(pk=user_id))


def as_message(row: Notification) -> dict[str, Any]:
    """A notification as the socket shows it: the same fields as the API."""
    return {
        "id": row.pk, "kind": row.kind, "topic": row.topic, "subject": row.subject, "body": row.body, "url": row.url,
        "created_at": row.created_at, "read_at": row.read_at,
    }


@notified.listener
def show_notification(*, notification_id: int) -> None:
    """Open pages of this person show it and count it."""
    row = Notification.objects.select_related("user").get(pk=notification_id)
    live.push(
        live.user_group(row.user_id),
        {"type": "notification", "unread": queries.unread_count(row.user), "notification": as_message(row)},
    )


@feed_read.listener
def correct_count(*, user_id: int) -> None:
    """Other open pages of this person correct their count."""
    unread = queries.unread_count(User.objects.get(pk=user_id))
    live.push(live.user_group(user_id), {"type": "snapshot", "unread": unread})
