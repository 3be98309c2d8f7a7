"""insert(): the same rows as the ORM writes, ids given back in order."""

from decimal import Decimal

import pytest

from config.lib.sql import insert
from config.lib.testing import assert_max_queries
from shop.catalogue.models import Category, Product

pytestmark = pytest.mark.django_db


def product(category, n):
    return Product(
        sku=f"S{n}", slug=f"s{n}", name="Thé", price=Decimal("12.34"), vat_rate=Decimal("5.5"), category=category,
        pictures=[{"url": "é"}],
    )


def test_rows_come_back_as_they_were_and_know_their_ids():
    category = Category(name="Épicerie", slug="e")
    insert([category])
    rows = [product(category, n) for n in range(5)]
    with assert_max_queries(1):
        insert(rows)
    for row in rows:
        read = Product.objects.get(pk=row.pk)
        for field in Product._meta.concrete_fields:
            if field.name not in ("created_at", "updated_at"):
                assert getattr(read, field.attname) == getattr(row, field.attname), field.name
        assert read.updated_at == row.updated_at
    assert not rows[0]._state.adding


def test_nothing_is_nothing():
    with assert_max_queries(0):
        insert([])
