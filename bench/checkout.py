"""Checkout of 3 lines by 8 clients at once: the product's service against the same statements in raw psycopg.

The statements of one real checkout are recorded and replayed, reads of the cart included, with the ids of other
carts, products and orders in them. One hot product stands in every cart, or all are drawn from 1 000. Both sides run
in threads of this process on connections of their own; filling the carts is not measured. What listeners do after
the commit (notifications) is left out on both sides, and told apart.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, connections

from bench.goods import fill
from bench.report import Report
from config.lib.models import Announced
from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Product
from shop.orders.services.checkout import checkout

CLIENTS, CARTS = 8, 400
# Ids that are no price, quantity or weight, so that they can be found again among the recorded parameters.
MARK_CART, MARK_PRODUCT, MARK_ORDER, MARK_USER = 910_000_001, 920_000_001, 930_000_001, 940_000_001

Statement = tuple[str, tuple[Any, ...], bool]  # text, parameters, inside the transaction


def run(report: Report) -> None:
    fill(1_000)
    Product.objects.update(stock=1_000_000)
    user = get_user_model().objects.create(pk=MARK_USER, email=f"bench{time.time_ns()}@email.test", is_active=True)
    products = list(Product.objects.filter(pk__lt=MARK_PRODUCT).order_by("pk").values_list("pk", flat=True)[:1000])
    with patch.object(Announced, "announce_at_commit", lambda self: None):
        recorded = record(user)
        for name, pick in (("one hot product", hot(products)), ("1 000 products", spread(products))):
            raw, ours = rates(user, pick, recorded)
            report.figure(f"raw psycopg, {name}", f"{raw:.0f} checkouts/s")
            report.figure(f"checkout service, {name}", f"{ours:.0f} checkouts/s")
            report.goal(f"checkout / raw psycopg, {name}", ours / raw, at_least=0.3)
    whole = max(throughput(carts(user, spread(products)), through_service) for _ in range(2))
    report.figure("checkout service with its listeners, 1 000 products", f"{whole:.0f} checkouts/s")


def rates(user: Any, pick: Callable[[], list[int]], recorded: list[Statement]) -> tuple[float, float]:
    """Best of three rounds each, in turns."""
    raw, ours = [], []
    for _round in range(3):
        raw.append(throughput(carts(user, pick), lambda mine: through_psycopg(mine, recorded)))
        ours.append(throughput(carts(user, pick), through_service))
    return max(raw), max(ours)


def hot(products: list[int]) -> Callable[[], list[int]]:
    return lambda: [products[0], *random.sample(products[1:], 2)]


def spread(products: list[int]) -> Callable[[], list[int]]:
    return lambda: random.sample(products, 3)


def carts(user: Any, pick: Callable[[], list[int]]) -> list[tuple[int, int, list[int]]]:
    """(cart, user, products): full carts, each of a person of its own."""
    people = get_user_model().objects.bulk_create(
        [get_user_model()(email=f"b{time.time_ns()}-{i}@email.test") for i in range(CARTS)]
    )
    made = Cart.objects.bulk_create([Cart(user=person) for person in people])
    content = [sorted(pick()) for _ in made]
    CartLine.objects.bulk_create(
        [CartLine(cart=c, product_id=p, quantity=1) for c, ps in zip(made, content, strict=True) for p in ps]
    )
    return [(c.pk, c.user_id, ps) for c, ps in zip(made, content, strict=True)]


def throughput(work: list[Any], client: Callable[[list[Any]], None]) -> float:
    shares = [work[i::CLIENTS] for i in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: time.sleep(0.05), range(CLIENTS)))  # threads are there
        start = time.perf_counter()
        list(pool.map(client, shares))
        return len(work) / (time.perf_counter() - start)


def through_service(mine: list[tuple[int, int, list[int]]]) -> None:
    try:
        for _cart, user_id, _products in mine:
            checkout(actor=get_user_model()(pk=user_id, is_active=True), delivery_method="RETRAIT")
    finally:
        connections.close_all()


def record(user: Any) -> list[Statement]:
    """The statements of one checkout of marked rows."""
    template = Product.objects.order_by("pk").first()
    for i in range(3):
        template.pk, template.sku, template.slug = MARK_PRODUCT + i, f"mark-{time.time_ns()}", f"mark-{time.time_ns()}"
        template.save(force_insert=True)
    cart = Cart.objects.create(pk=MARK_CART, user=user)
    CartLine.objects.bulk_create([CartLine(cart=cart, product_id=MARK_PRODUCT + i, quantity=1) for i in range(3)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('shop_order', 'id'), %s, false)", [MARK_ORDER])
    recorded: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        recorded.append((sql, tuple(params or ()), connection.in_atomic_block))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        order, new = checkout(actor=user, delivery_method="RETRAIT")
    assert new
    assert order.pk == MARK_ORDER
    assert sum(sql.startswith("INSERT") for sql, *_ in recorded) >= 4
    marked = {MARK_CART: "cart", user.pk: "user", MARK_ORDER: "order", order.reference: "reference"}
    marked |= {MARK_PRODUCT + i: i for i in range(3)}

    def mark(value: Any) -> Any:
        name = marked.get(value) if isinstance(value, int | str) else None
        return value if name is None else Mark(name)

    return [(sql, tuple(mark(value) for value in params), inside) for sql, params, inside in recorded]


class Mark:
    """Stands where each checkout has an id of its own."""

    def __init__(self, name: str | int):
        self.name = name


def through_psycopg(mine: list[tuple[int, int, list[int]]], recorded: list[Statement]) -> None:
    at = settings.DATABASES["default"]
    where = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(dbname=connection.settings_dict["NAME"], autocommit=True, **where) as raw:
        for cart_id, user_id, products in mine:
            values: dict[str | int, Any] = {"cart": cart_id, "user": user_id, **dict(enumerate(products))}
            replay(raw, [s for s in recorded if not s[2]], values)
            with raw.transaction():
                replay(raw, [s for s in recorded if s[2]], values)


def replay(raw: psycopg.Connection, statements: list[Statement], values: dict[str | int, Any]) -> None:
    for sql, params, _inside in statements:
        cursor = raw.execute(sql, [values[p.name] if isinstance(p, Mark) else p for p in params])
        rows = cursor.fetchall() if cursor.description else []
        if sql.startswith('INSERT INTO "shop_order" '):
            values["order"], values["reference"] = rows[0][0], f"order:{rows[0][0]}"
        elif sql.startswith("UPDATE"):
            assert cursor.rowcount, sql
