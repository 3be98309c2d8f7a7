"""Several real connections on the same stock and the same clock. The guards have canaries."""

import threading
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.db.models import Sum

from config.lib.actors import SYSTEM
from config.lib.testing import at_once
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import LABOUR, accept, part, quote_of
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop import services
from garage.workshop.models import RepairOrder, RepairPart, TimeEntry
from garage.workshop.queries import repairs
from garage.workshop.tests.factories import mechanic_of, order_of, received
from shop.cart.services import add_to_cart
from shop.catalogue import queries as catalogue_queries
from shop.catalogue.models import Product
from shop.catalogue.services import OutOfStock
from shop.catalogue.tests.factories import make_product
from shop.orders import services as orders
from shop.orders.models import Order

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def make_user(name):
    return get_user_model().objects.create_user(f"{name}@email.test", "x", first_name=name.capitalize())


def quotes_and_buyers(product, count):
    """`count` quotes of two pieces and as many carts of one piece, all answered at the same moment."""
    owner = client_of()
    quotes = [
        quote_of(vehicle=vehicle_of(owner, plate=f"AB-{n + 100}-CD"), sent=True, lines=[part(product, quantity=2)])
        for n in range(count)
    ]
    buyers = [make_user(f"buyer{n}") for n in range(count)]
    for buyer in buyers:
        add_to_cart(actor=buyer, product_id=product.pk, quantity=1)

    def work(number):
        rank, shop = divmod(number, 2)
        if shop:
            return orders.checkout(actor=buyers[rank], delivery_method="RETRAIT")
        return accept(quotes[rank])

    return at_once(2 * count, work)


def test_the_shop_and_the_workshop_never_have_the_same_piece():
    product = make_product(stock=10)
    quotes_and_buyers(product, 8)
    product.refresh_from_db()
    sold = Order.objects.count()
    reserved = RepairPart.objects.aggregate(n=Sum("reserved"))["n"]
    assert RepairOrder.objects.count() == 8, "a repair order opens whatever the stock"
    assert product.stock >= 0
    assert sold + reserved + product.stock == 10
    assert product.movements.aggregate(n=Sum("delta"))["n"] == product.stock
    assert RepairPart.objects.aggregate(n=Sum("to_order"))["n"] == 16 - reserved
    assert len(set(RepairOrder.objects.values_list("number", flat=True))) == 8


@pytest.mark.parametrize("lock", [True, False])
def test_canary_without_the_lock_the_last_piece_is_promised_twice(monkeypatch, lock):
    product = make_product(stock=1)
    quote = quote_of(sent=True, lines=[part(product)])
    buyer, looked, bought = make_user("buyer"), threading.Event(), threading.Event()
    add_to_cart(actor=buyer, product_id=product.pk, quantity=1)
    honest = catalogue_queries.locked_products

    def look(pks):
        rows = honest(pks) if lock else list(Product.objects.filter(pk__in=pks).order_by("pk"))
        looked.set()
        bought.wait(1)
        return rows

    def work(number):
        if not number:
            return accept(quote)
        looked.wait(10)
        order = orders.checkout(actor=buyer, delivery_method="RETRAIT")
        bought.set()
        return order

    monkeypatch.setattr(catalogue_queries, "locked_products", look)
    accepted, ordered = at_once(2, work)
    if lock:
        assert isinstance(ordered, OutOfStock)
        assert RepairPart.objects.get().reserved == 1
    else:
        assert isinstance(accepted, IntegrityError), "only the CHECK under it saves the stock"


def test_acceptances_of_the_same_parts_in_another_sequence_do_not_deadlock():
    products = [make_product(f"P{n}", stock=100) for n in range(5)]
    owner = client_of()
    quotes = [
        quote_of(
            vehicle=vehicle_of(owner, plate=f"AB-{n + 100}-CD"), sent=True,
            lines=[part(p) for p in (products if n % 2 else products[::-1])],
        )
        for n in range(8)
    ]
    answers = at_once(8, lambda n: accept(quotes[n]))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert set(Product.objects.values_list("stock", flat=True)) == {92}


def test_a_quote_accepted_by_two_at_once_reserves_once():
    product = make_product(stock=10)
    quote = quote_of(sent=True, lines=[part(product, quantity=3)])
    at_once(4, lambda _n: accept(quote))
    product.refresh_from_db()
    assert (product.stock, RepairOrder.objects.count()) == (7, 1)
    assert RepairPart.objects.get().quantity == Decimal(3)


def test_a_mechanic_pressing_start_on_two_tablets_has_one_clock():
    order = received(order_of(lines=[{**LABOUR, "description": f"T{n}"} for n in range(4)]))
    momo, tasks = mechanic_of(), list(order.tasks.all())
    answers = at_once(
        8, lambda n: services.start_clock(actor=SYSTEM, task_id=tasks[n % 4].pk, mechanic_id=momo.pk)
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert TimeEntry.objects.filter(ended_at=None).count() == 1


def test_canary_without_the_lock_the_constraint_refuses(monkeypatch):
    """Two orders, so that the orders' locks do not serialise them; both look before either has started."""
    owner = client_of()
    orders_ = [received(order_of(vehicle=vehicle_of(owner, plate=f"AB-{n + 100}-CD"))) for n in range(2)]
    momo, gate = mechanic_of(), threading.Barrier(2)
    honest = repairs.running

    def look(pk):
        found = honest(pk)
        gate.wait(10)
        return found

    monkeypatch.setattr(repairs, "locked_mechanic", lambda pk: repairs.mechanics().get(pk=pk))
    monkeypatch.setattr(repairs, "running", look)
    answers = at_once(
        2, lambda n: services.start_clock(actor=SYSTEM, task_id=orders_[n].tasks.first().pk, mechanic_id=momo.pk)
    )
    assert any(isinstance(answer, IntegrityError) for answer in answers)


@pytest.mark.parametrize("lock", [True, False])
def test_quotes_accepted_at_once_for_a_vehicle_at_the_counter_share_no_order(monkeypatch, lock):
    vehicle = vehicle_of(client_of())
    first = services.open_order(actor=SYSTEM, vehicle_id=vehicle.pk)
    quotes = [quote_of(vehicle=vehicle, lines=[LABOUR]) for _n in range(4)]
    together = threading.Barrier(4, timeout=20)

    def look(pk):
        row = RepairOrder.objects.get(pk=pk)
        together.wait()
        return row

    if not lock:
        monkeypatch.setattr(repairs, "locked", look)
    found = at_once(4, lambda n: accept(quotes[n], channel="COMPTOIR"))
    orders_of = {row.quote_id: row for row in RepairOrder.objects.exclude(quote=None)}
    if lock:
        assert not [error for error in found if isinstance(error, Exception)]
        assert sorted(orders_of) == [quote.pk for quote in quotes], "each quote has an order of its own"
        assert first.pk in [row.pk for row in orders_of.values()], "the vehicle's own is one of them"
    else:
        assert len(orders_of) < 4, "without the lock the last one takes the order from the others"
