"""Stock: every figure is explained by its movements, and nothing is sold that is not there."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid
from shop.catalogue import services
from shop.catalogue.models import Product, StockMovement, StockReason
from shop.catalogue.services import OutOfStock
from shop.catalogue.tests.factories import make_category, make_product


def explained(product: Product) -> bool:
    product.refresh_from_db()
    return (product.movements.aggregate(s=Sum("delta"))["s"] or 0) == product.stock


@transaction.atomic
def take(quantities):
    services.take_stock(actor=SYSTEM, quantities=quantities, reference="order:1")


@pytest.mark.django_db
def test_taking_stock_is_all_or_nothing():
    tea, soap = make_product(stock=5), make_product(stock=1)
    with pytest.raises(OutOfStock) as refusal:
        take({tea.pk: 2, soap.pk: 2})
    assert refusal.value.data["available"] == 1
    assert refusal.value.data["products"] == [{"product_id": soap.pk, "available": 1}]
    tea.refresh_from_db()
    assert tea.stock == 5
    take({tea.pk: 5, soap.pk: 1})
    assert explained(tea)
    assert explained(soap)
    assert tea.stock == soap.stock == 0


@pytest.mark.django_db
def test_a_product_withdrawn_meanwhile_cannot_be_taken():
    tea = make_product(stock=5, is_active=False)
    with pytest.raises(OutOfStock) as refusal:
        take({tea.pk: 1})
    assert refusal.value.data["available"] == 0


@pytest.mark.django_db
def test_pieces_come_back_even_when_no_longer_for_sale():
    tea = make_product(stock=5)
    take({tea.pk: 5})
    services.update_product(actor=SYSTEM, product_id=tea.pk, is_active=False)
    services.put_back_stock(
        actor=SYSTEM, quantities={tea.pk: 5}, reference="order:1", reason=StockReason.ANNULATION
    )
    assert explained(tea)
    assert tea.stock == 5


@pytest.mark.django_db
def test_staff_set_stock_by_quantity_or_change(dora, alice):
    tea = make_product(stock=5)
    services.set_stock(actor=dora, product_id=tea.pk, quantity=8, note="counted")
    services.set_stock(actor=dora, product_id=tea.pk, delta=-3, reason=StockReason.RECEPTION)
    assert explained(tea)
    assert tea.stock == 5
    assert list(StockMovement.objects.filter(by=dora).values_list("delta", flat=True)) == [-3, 3]
    for bad in ({"quantity": -1}, {"delta": -6}, {}, {"quantity": 1, "delta": 1}):
        with pytest.raises(Invalid):
            services.set_stock(actor=dora, product_id=tea.pk, **bad)
    with pytest.raises(Forbidden):
        services.set_stock(actor=alice, product_id=tea.pk, quantity=100)
    assert explained(tea)
    assert tea.stock == 5


@pytest.mark.django_db
def test_the_database_itself_refuses_stock_below_zero():
    tea = make_product(stock=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=tea.pk).update(stock=-1)


class StockLedger(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["take", "back", "set", "add"]), st.integers(0, 6)), max_size=12))
    def test_movements_always_add_up_to_the_stock(self, steps):
        tea = make_product(stock=3, category=make_category())
        expected = 3
        for verb, number in steps:
            try:
                if verb == "take" and number:
                    take({tea.pk: number})
                    expected -= number
                elif verb == "back" and number:
                    services.put_back_stock(
                        actor=SYSTEM, quantities={tea.pk: number}, reference="x", reason=StockReason.RETOUR
                    )
                    expected += number
                elif verb == "set":
                    services.set_stock(actor=SYSTEM, product_id=tea.pk, quantity=number)
                    expected = number
                elif verb == "add":
                    services.set_stock(actor=SYSTEM, product_id=tea.pk, delta=-number)
                    expected -= number
            except (OutOfStock, Invalid):
                assert expected < number
            assert explained(tea)
            assert tea.stock == expected
        assert tea.price == Decimal("6.50")
