"""Everything the product ever tells anybody: one entry per kind.

An entry says on which news it is sent (`on`: the thing and the status it reached), to whom (`audience`, a name
that the listener of that news knows), by which channels at most (the person's preferences decide among them),
in which words, and to which page it leads. A new notification is a new entry, and nothing else when its news and
audience exist already.
"""

from django.utils.translation import gettext_lazy as _

from support.notifications.community_entries import COMMUNITIES
from support.notifications.disagreement_entries import DISAGREEMENTS
from support.notifications.entry import ALL, MAIL, MAIL_PUSH, PUSH, Entry
from support.notifications.garage_entries import GARAGE_ENTRIES
from support.notifications.models import Topic
from support.notifications.payout_entries import PAYOUTS

ORDERS = [
    Entry(
        "order_paid", Topic.COMMANDES, ("order", "PAYEE"), "customer", MAIL_PUSH,
        _("Order %(number)s is paid"),
        _("We received your payment of %(total)s. We are preparing your order and will tell you when it leaves."),
        "shop:order",
    ),
    Entry(
        "order_shipped", Topic.COMMANDES, ("order", "EXPEDIEE"), "customer", ALL,
        _("Order %(number)s is on its way out"),
        _("Your order is ready and has been handed to delivery. Its page shows where it is."),
        "shop:order",
    ),
    Entry(
        "order_ready", Topic.COMMANDES, ("order", "PRETE"), "customer", ALL,
        _("Order %(number)s is ready"),
        _("Your order waits for you in the shop. Bring its number with you."),
        "shop:order",
    ),
    Entry(
        "order_delivered", Topic.COMMANDES, ("order", "LIVREE"), "customer", MAIL_PUSH,
        _("Order %(number)s has arrived"),
        _("Your order has been handed over. If something is missing or damaged, write to us from its page."),
        "shop:order",
    ),
    Entry(
        "order_cancelled", Topic.COMMANDES, ("order", "ANNULEE"), "customer", MAIL_PUSH,
        _("Order %(number)s is cancelled"),
        _("Your order has been cancelled. What you had already paid is being given back to you."),
        "shop:order",
    ),
    Entry(
        "order_expired", Topic.COMMANDES, ("order", "EXPIREE"), "customer", MAIL,
        _("Order %(number)s was not paid in time"),
        _("The order was closed and its articles are free again. You can order them again whenever you like."),
        "shop:order",
    ),
    Entry(
        "order_refunded", Topic.COMMANDES, ("order", "REMBOURSEE"), "customer", MAIL_PUSH,
        _("Order %(number)s is refunded"),
        _("The money is on its way back to where it came from. A card may take a few days to show it."),
        "shop:order",
    ),
    Entry(
        "order_refunded_in_part", Topic.COMMANDES, ("order", "PARTIEL"), "customer", MAIL_PUSH,
        _("%(amount)s of order %(number)s is refunded"),
        _("The money is on its way back to where it came from. A card may take a few days to show it."),
        "shop:order",
    ),
]

RETURNS = [
    Entry(
        "return_asked", Topic.COMMANDES, ("return", "DEMANDE"), "customer", MAIL,
        _("We have your return %(number)s"),
        _("We look at it and tell you. Keep the articles with you until then."),
        "shop:order",
    ),
    Entry(
        "return_accepted", Topic.COMMANDES, ("return", "ACCEPTE"), "customer", MAIL_PUSH,
        _("Return %(number)s is accepted"),
        _("Bring or send the articles back to the shop. We refund %(amount)s once we have them."),
        "shop:order",
    ),
    Entry(
        "return_refused", Topic.COMMANDES, ("return", "REFUSE"), "customer", MAIL_PUSH,
        _("Return %(number)s is not accepted"),
        _("The reason: %(reason)s. Write to us from the page of the order if you see it otherwise."),
        "shop:order",
    ),
    Entry(
        "return_refunded", Topic.COMMANDES, ("return", "REMBOURSE"), "customer", MAIL_PUSH,
        _("Return %(number)s is refunded"),
        _("%(refunded)s is on its way back to where it came from. A card may take a few days to show it."),
        "shop:order",
    ),
]

REVIEWS = [
    Entry(
        "review_published", Topic.COMMANDES, ("review", "PUBLIE"), "author", (),
        _("Your opinion on %(product)s is published"),
        _("Thank you. Others can read it now."),
        "shop:reviews", route_args=("slug",),
    ),
    Entry(
        "review_hidden", Topic.COMMANDES, ("review", "MASQUE"), "author", MAIL,
        _("Your opinion on %(product)s is not shown"),
        _("The reason: %(reason)s. You can change what you wrote on its page."),
        "shop:reviews", route_args=("slug",),
    ),
]

DELIVERIES = [
    Entry(
        "delivery_awarded", Topic.LIVRAISONS, ("delivery", "ATTRIBUEE"), "sender", MAIL_PUSH,
        _("A courier takes delivery %(reference)s"),
        _("%(courier)s will come to collect it. Give the pickup code only when the courier is in front of you."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_assigned", Topic.COURSIER, ("delivery", "ATTRIBUEE"), "courier", ALL,
        _("Delivery %(reference)s is yours"),
        _("Collect it at %(pickup)s and take it to %(dropoff)s."),
        "delivery:courier_delivery",
    ),
    Entry(
        "delivery_collected", Topic.LIVRAISONS, ("delivery", "COLLECTEE"), "sender", MAIL_PUSH,
        _("Delivery %(reference)s has been collected"),
        _("The courier has your parcel. You can follow it on the map."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_coming", Topic.LIVRAISONS, ("delivery", "COLLECTEE"), "recipient", ALL,
        _("A parcel is coming to you"),
        _("The courier has delivery %(reference)s. You can follow it on the map; its page shows the handover code."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_delivered", Topic.LIVRAISONS, ("delivery", "LIVREE"), "sender", MAIL_PUSH,
        _("Delivery %(reference)s has arrived"),
        _("The parcel was handed over at %(dropoff)s."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_received", Topic.LIVRAISONS, ("delivery", "LIVREE"), "recipient", MAIL_PUSH,
        _("Delivery %(reference)s has arrived"),
        _("The parcel was handed over at %(dropoff)s."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_earned", Topic.COURSIER, ("delivery", "LIVREE"), "courier", PUSH,
        _("Delivery %(reference)s is done"),
        _("Your pay is in your wallet."),
        "accounts:wallet", route_args=(),
    ),
    Entry(
        "delivery_failed", Topic.LIVRAISONS, ("delivery", "ECHOUEE"), "sender", ALL,
        _("Delivery %(reference)s could not be handed over"),
        _("The courier could not hand the parcel over. Its page says why and what can be done."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_missed", Topic.LIVRAISONS, ("delivery", "ECHOUEE"), "recipient", ALL,
        _("The courier could not reach you"),
        _("Delivery %(reference)s could not be handed over. Its page says why."),
        "delivery:delivery",
    ),
    Entry(
        "handover_locked", Topic.LIVRAISONS, ("handover", "locked"), "sender", ALL,
        _("Wrong codes for delivery %(reference)s"),
        _("A wrong code was entered five times, so the handover is locked. Write to us and we unlock it."),
        "delivery:delivery",
    ),
    Entry(
        "handover_locked_staff", Topic.LIVRAISONS, ("handover", "locked"), "managers", MAIL_PUSH,
        _("Wrong codes for delivery %(reference)s"),
        _("A wrong code was entered five times and the handover is locked. Find out why before you unlock it."),
        "admin:delivery_delivery_change",
    ),
    Entry(
        "delivery_returned", Topic.LIVRAISONS, ("delivery", "RETOURNEE"), "sender", MAIL_PUSH,
        _("Delivery %(reference)s came back"),
        _("The parcel has been returned to the place where it was collected."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_cancelled", Topic.LIVRAISONS, ("delivery", "ANNULEE"), "sender", MAIL_PUSH,
        _("Delivery %(reference)s is cancelled"),
        _("It will not take place. Money that was set aside for it is free again."),
        "delivery:delivery",
    ),
    Entry(
        "delivery_withdrawn", Topic.COURSIER, ("delivery", "ANNULEE"), "courier", ALL,
        _("Delivery %(reference)s is cancelled"),
        _("You need not go there any more."),
        "delivery:courier", route_args=(),
    ),
    Entry(
        "delivery_expired", Topic.LIVRAISONS, ("delivery", "EXPIREE"), "sender", MAIL_PUSH,
        _("No courier took delivery %(reference)s"),
        _("Nobody offered to carry it in time. You can post it again in one step."),
        "delivery:delivery",
    ),
]

BIDS = [
    Entry(
        "bid_received", Topic.ENCHERES, ("bid", "new"), "sender", PUSH,
        _("A bid for delivery %(reference)s"),
        _("A courier offers to carry it for %(amount)s."),
        "delivery:delivery",
    ),
    Entry(
        "bid_lost", Topic.COURSIER, ("bid", "lost"), "bidder", PUSH,
        _("Delivery %(reference)s went to another courier"),
        _("Thank you for your bid of %(amount)s."),
        "delivery:courier", route_args=(),
    ),
    Entry(
        "auction_closed", Topic.ENCHERES, ("auction", "closed"), "sender", ALL,
        _("Choose a courier for delivery %(reference)s"),
        _("The time for bids is over. Compare them and accept one."),
        "delivery:delivery",
    ),
]

COURIERS = [
    Entry(
        "courier_approved", Topic.COURSIER, ("courier", "ACTIF"), "courier", ALL,
        _("You are a courier now"),
        _("Your application has been accepted. Open a shift to see the deliveries near you."),
        "delivery:courier", route_args=(),
    ),
    Entry(
        "courier_refused", Topic.COURSIER, ("courier", "REFUSE"), "courier", MAIL,
        _("Your courier application was not accepted"),
        _("We cannot accept your application for now. Write to us if you would like to know why."),
        "support:threads", route_args=(),
    ),
    Entry(
        "courier_suspended", Topic.COURSIER, ("courier", "SUSPENDU"), "courier", ALL,
        _("Your courier account is suspended"),
        _("You cannot take deliveries for now. Write to us to talk about it."),
        "support:threads", forced=True, route_args=(),
    ),
]

MONEY = [
    Entry(
        "payment_confirmed", Topic.ARGENT, ("payment", "REUSSI"), "payer", MAIL_PUSH,
        _("Your payment is confirmed"),
        _("We received %(amount)s."),
    ),
    Entry(
        "payment_declined", Topic.ARGENT, ("payment", "REFUSE"), "payer", MAIL_PUSH,
        _("Your payment was declined"),
        _("The payment of %(amount)s did not go through. Nothing was charged; you can try again another way."),
    ),
    Entry(
        "payment_refunded", Topic.ARGENT, ("payment", "REMBOURSE"), "payer", MAIL_PUSH,
        _("A payment is being given back"),
        _("%(amount)s is on its way back to you."),
    ),
    Entry(
        "transfer_received", Topic.ARGENT, ("wallet", "transfer"), "receiver", MAIL_PUSH,
        _("You received %(amount)s"),
        _("%(sender)s sent you %(amount)s. It is in your wallet."),
        "accounts:wallet", route_args=(),
    ),
]

BOOKS = [
    Entry(
        "books_wrong", Topic.ARGENT, ("books", "FAUX"), "managers", MAIL_PUSH,
        _("The books do not add up"),
        _("The proof of the books found a wrong row. The first one: %(fault)s."), forced=True,
    ),
]

HELP = [
    Entry(
        "thread_reply", Topic.AIDE, ("thread", "reply"), "asker", MAIL_PUSH,
        _("An answer to “%(subject)s”"),
        _("%(excerpt)s"),
        "support:thread",
    ),
    Entry(
        "thread_message", Topic.AIDE, ("thread", "message"), "handler", PUSH,
        _("A new message in “%(subject)s”"),
        _("%(excerpt)s"),
        "support:thread",
    ),
]

ALL_ENTRIES = [
    *ORDERS, *RETURNS, *REVIEWS, *DELIVERIES, *BIDS, *COURIERS, *MONEY, *BOOKS, *COMMUNITIES, *PAYOUTS,
    *DISAGREEMENTS, *GARAGE_ENTRIES, *HELP,
]
ENTRIES: dict[str, Entry] = {e.kind: e for e in ALL_ENTRIES}


def sent_on(thing: str, status: str) -> list[Entry]:
    """The entries that a piece of news calls for."""
    return [e for e in ENTRIES.values() if e.on == (thing, status)]
