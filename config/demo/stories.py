"""What happened in the demo before one looks: orders, deliveries, an auction, a question."""

from decimal import Decimal
from typing import Any

from accounts.payments.models import Method
from accounts.users.models import User
from config.demo import communities, finances, garage, money_trouble, payments, payouts, refunds, wallets
from config.demo.people import Cast
from config.demo.streets import address
from delivery.auctions import services as auctions
from delivery.deliveries import queries as deliveries_q
from delivery.deliveries import services as deliveries
from delivery.deliveries.models import Award, Delivery, Kind, Mode, Step
from shop.cart import services as carts
from shop.catalogue.models import Product
from shop.orders import services as orders
from support.threads import services as threads

DAY_S = 24 * 3600


def _place(name: str, street: str, number: int, phone: str, instructions: str = "") -> dict[str, Any]:
    house = address(street, number)
    return {
        "name": name, "phone": phone, "line1": house.line1, "postal_code": house.postal_code, "city": "Paris",
        "country": "FR", "lat": house.lat, "lon": house.lon, "instructions": instructions,
    }


def _fill_cart(user: User, *goods: tuple[str, int]) -> None:
    for sku, quantity in goods:
        carts.add_to_cart(actor=user, product_id=Product.objects.get(sku=sku).pk, quantity=quantity)


def _hand_over(delivery: Delivery, courier: User) -> None:
    """The courier collects and delivers with the right codes."""
    for step, act in ((Step.COLLECTE, deliveries.pickup), (Step.REMISE, deliveries.deliver)):
        act(actor=courier, delivery_id=delivery.pk, code=deliveries_q.code_for(delivery, step))


def delivered_order(cast: Cast) -> None:
    """Alice bought with a courier, Carla brought it."""
    _fill_cart(cast.alice, ("A-003", 1), ("A-008", 3), ("C-001", 1))
    home = cast.alice.addresses.get()
    order, _new = orders.checkout(actor=cast.alice, delivery_method="COURSIER", address_id=home.pk)
    orders.pay_order(actor=cast.alice, order_id=order.pk, method=Method.CARTE, token="tok_ok", key="demo-alice")
    order = orders.ship(actor=cast.admin, order_id=order.pk)
    delivery = Delivery.objects.get(origin=f"order:{order.pk}")
    bid = auctions.place_bid(
        actor=cast.carla, delivery_id=delivery.pk, amount=(delivery.max_price * 8 / 10).quantize(Decimal("0.01")),
        eta_minutes=20, note="Je pars de République.",
    )
    delivery = auctions.accept_bid(actor=cast.admin, delivery_id=delivery.pk, bid_id=bid.pk)
    _hand_over(delivery, cast.carla)


def paid_order(cast: Cast) -> None:
    """Bob paid and waits for the shop."""
    _fill_cart(cast.bob, ("E-002", 1), ("E-005", 1))
    home = cast.bob.addresses.get()
    order, _new = orders.checkout(actor=cast.bob, delivery_method="COURSIER", address_id=home.pk)
    orders.pay_order(actor=cast.bob, order_id=order.pk, method=Method.CARTE, token="tok_ok", key="demo-bob")


def open_auction(cast: Cast) -> None:
    """Bob sends a parcel; two couriers have bid, he may accept until tomorrow."""
    delivery = deliveries.create_delivery(
        actor=cast.bob,
        pickup=_place("Bob Lefèvre", "Rue de Bretagne", 38, "+33612000002", "Interphone B. LEFÈVRE, 2e étage"),
        dropoff=_place("Atelier Rivière", "Rue Saint-Maur", 118, "+33143570000", "Porte bleue au fond de la cour"),
        parcels=[{"weight_kg": Decimal("3.5"), "size": "M"}],
        kind=Kind.STANDARD, mode=Mode.ENCHERE, award=Award.MANUELLE, max_price=Decimal("14.00"), closes_in_s=DAY_S,
    )
    for courier, amount, minutes, note in (
        (cast.carla, "9.80", 35, "À vélo cargo, colis bien calé."),
        (cast.karim, "11.50", 20, "Je passe dans le quartier."),
    ):
        auctions.place_bid(
            actor=courier, delivery_id=delivery.pk, amount=Decimal(amount), eta_minutes=minutes, note=note
        )


def delivery_under_way(cast: Cast) -> None:
    """Charlie's parcel to Alice, collected by Léa: what `simulate_couriers` moves on the map."""
    delivery = deliveries.create_delivery(
        actor=cast.charlie,
        pickup=_place("Charlie Nguyen", "Rue de Charonne", 102, "+33612000003"),
        dropoff=_place("Alice Moreau", "Rue Oberkampf", 84, "+33612000001", "Code 12A45, 3e gauche"),
        parcels=[{"weight_kg": Decimal("1.2"), "size": "S"}],
        kind=Kind.STANDARD, mode=Mode.ENCHERE, award=Award.MANUELLE, max_price=Decimal("12.00"), closes_in_s=DAY_S,
        recipient_user=cast.alice,
    )
    bid = auctions.place_bid(
        actor=cast.lea, delivery_id=delivery.pk, amount=Decimal("8.90"), eta_minutes=25, note=""
    )
    delivery = auctions.accept_bid(actor=cast.charlie, delivery_id=delivery.pk, bid_id=bid.pk)
    deliveries.pickup(
        actor=cast.lea, delivery_id=delivery.pk, code=deliveries_q.code_for(delivery, Step.COLLECTE)
    )


def question(cast: Cast) -> None:
    """Alice asks the shop something."""
    threads.open_thread(
        actor=cast.alice, subject="Le café est-il moulu ?",
        body="Bonjour, j’ai reçu le café en grains. Pouvez-vous le moudre au prochain passage ? Merci.",
    )


def tell(cast: Cast) -> None:
    delivered_order(cast)
    paid_order(cast)
    payments.tell(cast)
    refunds.tell(cast)
    _fill_cart(cast.charlie, ("D-001", 2), ("B-003", 1), ("F-001", 1))
    open_auction(cast)
    delivery_under_way(cast)
    question(cast)
    garage.tell(cast)
    communities.tell(cast)
    payouts.tell(cast)
    wallets.today(cast.alice, cast.bob)
    money_trouble.tell(cast)
    finances.proved_books(cast)
