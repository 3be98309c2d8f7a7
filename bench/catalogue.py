"""Catalogue API and page: against bare views of the same rows, and with 1 000 and 100 000 products."""

from functools import partial

from django.core.cache import cache
from django.db import connection

from bench.goods import fill
from bench.report import Report
from bench.timing import get, side_by_side
from shop.catalogue.models import Product

FEW, MANY = 1_000, 100_000
OWN = "messages=x"  # a visitor who carries something of his own is given no remembered page (shop.cart.visitors)
GROWTH = 1.5  # "does not grow": within the noise of two shared cores; a scan of 100 000 rows would be 20 and more
# What a search finds grows with the shop: 13 products of 1 000, 1 250 of 100 000. Told, without a goal.
GROWING = "search, 1 in 80 by two words"
PATHS = {
    "first page": "page=1", "page 40": "page=40", "search, one product": "search=b+77",
    GROWING: "search=sonnette+dumont",
    "category and price": "category=epicerie&min_price=5&max_price=20",
    "in stock, cheapest": "in_stock=true&ordering=price", "newest": "ordering=newest",
}


def run(report: Report) -> None:
    if Product.objects.count() > FEW:
        raise RuntimeError("the database holds products already: give the bench one of its own")
    fill(FEW)
    few = timings()
    ratios(report)
    fill(MANY)
    many = timings()
    common = side_by_side(partial(get, "/api/catalog/products?search=sonnette"), rounds=10, times=1)[0]
    report.figure(f"API, a word that 1 in 10 of {MANY} products holds", f"{common:.2f} ms")
    for name, before in few.items():
        what, ratio = f"{name}: {MANY} products / {FEW} products", many[name] / before
        if name.endswith(GROWING):
            report.figure(what, f"{ratio:.2f}")
        else:
            report.goal(what, ratio, at_most=GROWTH)
        report.figure("", f"{before:.2f} ms → {many[name]:.2f} ms")


def ratios(report: Report) -> None:
    empty, bare, api = side_by_side(*(partial(get, p) for p in ("/bench/empty", "/bench/api", "/api/catalog/products")))
    report.figure("empty view (all middleware)", f"{empty:.2f} ms")
    report.figure("bare view of 20 products", f"{bare:.2f} ms")
    report.figure("catalogue API of 20 products", f"{api:.2f} ms")
    report.goal("catalogue API: bare view / API", bare / api, at_least=0.6)
    bare, page, known = side_by_side(
        partial(get, "/bench/page"), partial(get, "/boutique/", OWN), partial(get, "/boutique/")
    )
    report.figure("bare template of 20 products", f"{bare:.2f} ms")
    report.figure("catalogue page, made anew", f"{page:.2f} ms")
    report.figure("catalogue page, as visitors without cart or account get it", f"{known:.2f} ms")
    report.goal("catalogue page: bare template / page visitors get", bare / known, at_least=0.6)
    report.goal("catalogue page: bare template / page made anew", bare / page, at_least=0.6)


def timings() -> dict[str, float]:
    """Milliseconds by name; counts are remembered as in production, so the first count of each is not in it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE shop_product")
    cache.clear()
    names, work = [], []
    for name, query in PATHS.items():
        names += [f"API, {name}", f"page, {name}"]
        work.append(partial(get, f"/api/catalog/products?{query}"))
        _before, shelf, rest = query.rpartition("category=epicerie&")  # pages name the category in the path
        work.append(partial(get, f"/boutique/{'epicerie/' if shelf else ''}?{rest}", OWN))
    return dict(zip(names, side_by_side(*work, rounds=50, times=1), strict=True))
