"""Money that went back, and a company that buys: two orders of Charlie's."""

from accounts.companies import services as companies
from accounts.payments.models import Method
from config.demo.people import Cast
from shop.cart import services as carts
from shop.catalogue.models import Product
from shop.orders import services as orders
from shop.orders.models import Order


def _bought(cast: Cast, *goods: tuple[str, int], key: str, company_id: int | None = None) -> Order:
    for sku, quantity in goods:
        carts.add_to_cart(actor=cast.charlie, product_id=Product.objects.get(sku=sku).pk, quantity=quantity)
    order, _new = orders.checkout(actor=cast.charlie, delivery_method="RETRAIT", company_id=company_id)
    _payment, order = orders.pay_order(
        actor=cast.charlie, order_id=order.pk, method=Method.CARTE, token="tok_ok", key=key
    )
    return order


def given_back(cast: Cast) -> None:
    """One of three pieces was broken; then a gesture; in the end Charlie wanted nothing of it any more."""
    order = _bought(cast, ("A-003", 3), ("C-001", 1), key="demo-refund")
    broken = [{"line_id": order.lines.earliest("pk").pk, "quantity": 1}]
    orders.refund_order(actor=cast.admin, order_id=order.pk, lines=broken, reason="Un article était abîmé.")
    orders.refund_order(
        actor=cast.admin, order_id=order.pk, amount=(order.total / 20).quantize(order.total), reason="Pour l’attente."
    )
    orders.refund_order(actor=cast.admin, order_id=order.pk, reason="Commande reprise au comptoir.", restock=True)


def for_the_studio(cast: Cast) -> None:
    """Charlie buys for his company, whose invoice names it."""
    studio = companies.create_company(
        actor=cast.charlie, name="Atelier Rivière", siren="900000019", vat_number="FR25900000019",
        email="compta@riviere.test", line1="118 Rue Saint-Maur", postal_code="75011", city="Paris",
    )
    _bought(cast, ("A-008", 6), ("E-005", 1), key="demo-company", company_id=studio.pk)


def tell(cast: Cast) -> None:
    given_back(cast)
    for_the_studio(cast)
