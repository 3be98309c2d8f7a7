from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound
from garage.quotes.tests.factories import LABOUR, part
from garage.workshop import rules_repairs as rules
from garage.workshop import services
from garage.workshop.models import RepairOrder
from garage.workshop.queries import repairs as queries
from garage.workshop.tests.factories import order_of, order_with_part, received
from shop.catalogue.models import StockMovement
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
BOUGHT_IN = {"kind": "PIECE", "description": "Joint", "quantity": "2", "unit_price": "4.00"}


def stock_of(product):
    product.refresh_from_db()
    return product.stock


def test_parts_are_issued_up_to_what_is_needed_and_brought_back(alice, dora):
    order, row = order_with_part(alice)
    with pytest.raises(rules.NotHere):
        services.issue_part(actor=dora, part_id=row.pk)
    received(order)
    services.issue_part(actor=dora, part_id=row.pk, quantity=1)
    with pytest.raises(Invalid):
        services.issue_part(actor=dora, part_id=row.pk, quantity=2)
    assert services.issue_part(actor=dora, part_id=row.pk).issued == 2
    with pytest.raises(Invalid):
        services.issue_part(actor=dora, part_id=row.pk)
    with pytest.raises(Invalid):
        services.return_part(actor=dora, part_id=row.pk, quantity=3)
    assert services.return_part(actor=dora, part_id=row.pk, quantity="0.50").issued == Decimal("1.50")
    assert stock_of(row.product) == 3, "the shelf of the order is not the shop's"


def test_what_has_not_come_is_not_issued(alice, dora):
    order, row = order_with_part(alice, stock=1)
    received(order)
    assert services.issue_part(actor=dora, part_id=row.pk).issued == 1


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1e30", "NaN", "1e-9"])
def test_odd_quantities_are_refused(alice, dora, wrong):
    order, row = order_with_part(alice)
    received(order)
    with pytest.raises(Invalid):
        services.issue_part(actor=dora, part_id=row.pk, quantity=wrong)
    with pytest.raises(Invalid):
        services.add_part(actor=dora, order_id=order.pk, quantity=wrong, description="x")


def test_an_extra_part_comes_from_the_stock(alice, dora):
    order, product = order_of(alice), make_product(stock=3)
    row = services.add_part(actor=dora, order_id=order.pk, product_id=product.pk, quantity=2)
    assert (row.description, row.reserved, stock_of(product)) == (str(product), 2, 1)
    assert services.add_part(actor=dora, order_id=order.pk, quantity=1, description="Rilsan").to_order == 1
    for wrong in ({"product_id": 999}, {"description": " "}):
        with pytest.raises(Invalid):
            services.add_part(actor=dora, order_id=order.pk, quantity=1, **wrong)


def test_a_part_no_longer_needed_goes_back(alice, dora):
    order, row = order_with_part(alice)
    received(order)
    services.issue_part(actor=dora, part_id=row.pk, quantity=1)
    services.drop_part(actor=dora, part_id=row.pk)
    row.refresh_from_db()
    assert (row.reserved, row.to_order, stock_of(row.product)) == (1, 0, 4)


def test_the_list_of_what_lacks(alice, dora):
    order, row = order_with_part(alice, stock=0)
    assert list(queries.to_order(dora)) == [row]
    assert list(queries.to_order(dora, order.number)) == [row]
    assert list(queries.to_order(dora, "zzz")) == []
    with pytest.raises(Forbidden):
        queries.to_order(alice)
    day = timezone.localdate() + timedelta(days=2)
    services.mark_ordered(actor=dora, part_ids=[row.pk], supplier="Autodistrib", expected_on=day)
    row.refresh_from_db()
    assert (row.supplier, row.expected_on, row.ordered_on) == ("Autodistrib", day, timezone.localdate())
    for wrong in (
        {"part_ids": [row.pk, 999]}, {"part_ids": []}, {"supplier": " "},
        {"expected_on": timezone.localdate() - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            services.mark_ordered(**{"actor": dora, "part_ids": [row.pk], "supplier": "X", **wrong})
    with pytest.raises(Forbidden):
        services.mark_ordered(actor=alice, part_ids=[row.pk], supplier="X")


def test_received_pieces_pass_through_the_stock_and_stay_with_the_order(alice, dora):
    order, row = order_with_part(alice, stock=0)
    received(order)
    services.wait_for_parts(actor=dora, order_id=order.pk)
    services.receive_part(actor=dora, part_id=row.pk, quantity=1)
    order.refresh_from_db()
    row.refresh_from_db()
    assert (row.reserved, row.to_order, order.status) == (1, 1, "ATTENTE_PIECES")
    services.receive_part(actor=dora, part_id=row.pk, quantity=3)
    order.refresh_from_db()
    row.refresh_from_db()
    assert (row.reserved, row.to_order, order.status) == (2, 0, "EN_COURS")
    assert stock_of(row.product) == 2, "what came more than needed is the shop's"
    moves = StockMovement.objects.filter(reference=order.number).order_by("pk").values_list("delta", "reason")
    assert list(moves) == [(1, "RECEPTION"), (-1, "ATELIER"), (3, "RECEPTION"), (-1, "ATELIER")]
    with pytest.raises(Invalid):
        services.receive_part(actor=dora, part_id=row.pk)


def test_bought_in_parts_are_received_without_stock(alice, dora):
    order = received(order_of(alice, lines=[LABOUR, BOUGHT_IN]))
    row = order.parts.get()
    services.receive_part(actor=dora, part_id=row.pk)
    assert services.issue_part(actor=dora, part_id=row.pk).issued == 2
    assert not StockMovement.objects.filter(reference=order.number).exists()


def test_waiting_for_parts_needs_missing_ones(alice, dora):
    order, _row = order_with_part(alice)
    received(order)
    with pytest.raises(rules.NothingLacks):
        services.wait_for_parts(actor=dora, order_id=order.pk)


def test_strangers_and_clients_issue_nothing(alice, charlie, dora):
    order, row = order_with_part(alice)
    received(order)
    for verb in (services.issue_part, services.return_part, services.receive_part, services.drop_part):
        with pytest.raises(NotFound):
            verb(actor=charlie, part_id=row.pk)
        with pytest.raises(Forbidden):
            verb(actor=alice, part_id=row.pk)


def test_one_product_on_two_lines(alice):
    product = make_product(stock=3)
    order = order_of(alice, lines=[part(product, quantity=2), part(product, quantity=2)])
    assert [(row.reserved, row.to_order) for row in order.parts.all()] == [(2, 0), (1, 1)]
    services.call_off(quote=order.quote, actor=SYSTEM)
    assert stock_of(product) == 3
    assert RepairOrder.objects.get().status == "ANNULE"
