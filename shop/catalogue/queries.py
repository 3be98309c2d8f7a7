"""Reads of the catalogue. The public list is one query of plain rows; its counts are remembered for a while."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Length

from config.lib.errors import NotFound
from shop.catalogue import rules
from shop.catalogue.models import Category, Product, ProductImage, SearchWord, StockMovement

ORDERINGS = {"name": ("name", "id"), "price": ("price", "id"), "-price": ("-price", "-id"), "newest": ("-id",)}
ROW = (
    "id", "sku", "slug", "name", "description", "price", "vat_rate", "stock", "pictures",
    "rating_sum", "rating_count", "category_id", "category__slug", "category__name",
)
T = TypeVar("T")


@dataclass(frozen=True)
class Filter:
    """What a reader asked for. Prices in euros incl. VAT."""

    search: str = ""
    category: str = ""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool | None = None
    ordering: str = "name"


@dataclass(frozen=True)
class ProductPage:
    rows: list[dict[str, Any]]
    count: int
    number: int
    size: int
    has_next: bool
    meant: str = ""  # the words really searched, when those typed found nothing


class Remembered:
    """Counts kept for a few seconds in this process: counting 100 000 rows costs more than showing 20 of them."""

    def __init__(self, limit: int = 2000):
        self.kept: dict[Any, tuple[float, Any]] = {}
        self.limit = limit
        self.times_forgotten = 0

    def get(self, key: Any, make: Callable[[], T]) -> T:
        ttl = settings.CATALOGUE_COUNT_TTL_S
        now = time.monotonic()
        found = self.kept.get(key)
        if found is not None and found[0] > now:
            return found[1]
        value = make()
        if ttl:
            if len(self.kept) >= self.limit:
                self.kept.clear()
            self.kept[key] = (now + ttl, value)
        return value

    def forget(self) -> None:
        self.times_forgotten += 1
        self.kept.clear()


remembered = Remembered()


def for_sale() -> QuerySet[Product]:
    return Product.objects.filter(is_active=True)


def category_id(text: str) -> int:
    """The id of a category given by slug or id; 0 (no category) when unknown. Looked up first, because a join
    would keep the database from walking the index of one category in order."""
    if text.isdecimal():
        return int(text) if len(text) < 10 else 0

    def find() -> int:
        return Category.objects.filter(slug=text).values_list("pk", flat=True).first() or 0

    return remembered.get(("category", text), find)


def matching(wanted: Filter, typed: list[str] | None = None) -> QuerySet[Product]:
    """Products that fit. Every word must begin a word of the product."""
    found = for_sale()
    for word in rules.words(wanted.search) if typed is None else typed:
        found = found.filter(search_text__contains=f" {word}")
    if wanted.category:
        found = found.filter(category_id=category_id(wanted.category))
    if wanted.min_price is not None:
        found = found.filter(price__gte=wanted.min_price)
    if wanted.max_price is not None:
        found = found.filter(price__lte=wanted.max_price)
    if wanted.in_stock is not None:
        found = found.filter(stock__gt=0) if wanted.in_stock else found.filter(stock=0)
    return found


def in_order(found: QuerySet[Product], order: tuple[str, ...], *, searched: bool) -> QuerySet[Product]:
    """Sorted rows. A search first finds its products by the index of words and then sorts them.

    Left to itself PostgreSQL walks the index of names until enough rows fit, as it takes the words to be spread over
    all names; but those called "Miel" stand together, and half the shop is read before the first. It cannot walk an
    index for an expression.
    """
    if not searched:
        return found.order_by(*order)
    keys = [(name.removeprefix("-"), name.startswith("-")) for name in order]
    return found.order_by(*(OrderBy(Coalesce(F(name), F(name)), descending=down) for name, down in keys))


def corrected(typed: list[str]) -> list[str]:
    """The words with the mistyped ones replaced by the nearest known word.

    Candidates share the first or the last letter and are about as long, which the index on the word narrows.
    """
    result = []
    for word in typed:
        if len(word) < 3 or SearchWord.objects.filter(word__startswith=word).exists():
            result.append(word)
            continue
        near = SearchWord.objects.annotate(size=Length("word")).filter(
            Q(word__startswith=word[0]) | Q(word__endswith=word[-2:]),
            size__gte=len(word) - 2, size__lte=len(word) + 2,
        )
        result.append(rules.likely(word, near.values_list("word", flat=True)[:5000]) or word)
    return result


def product_page(wanted: Filter, *, page: int = 1, size: int = 20) -> ProductPage:
    """One page of rows (see ROW). One row more than asked tells whether there is a next page."""
    order = ORDERINGS.get(wanted.ordering, ORDERINGS["name"])
    start = (page - 1) * size
    typed = rules.words(wanted.search)
    if wanted.search.strip() and not typed:
        return ProductPage([], 0, page, size, False)
    found, meant = matching(wanted, typed), ""
    rows = list(in_order(found, order, searched=bool(typed)).values(*ROW)[start : start + size + 1])
    if not rows and typed:
        better = remembered.get(("meant", *typed), lambda: corrected(typed))
        if better != typed:
            meant = " ".join(better)
            found = matching(wanted, better)
            rows = list(in_order(found, order, searched=bool(typed)).values(*ROW)[start : start + size + 1])
    has_next = len(rows) > size
    if page == 1 and not has_next:
        count = len(rows)
    else:
        key = replace(wanted, ordering="", search=meant or " ".join(typed))
        count = remembered.get(key, found.count)
    return ProductPage(rows[:size], max(count, start + len(rows)) if rows else count, page, size, has_next, meant)


def facets(wanted: Filter) -> list[dict[str, Any]]:
    """Categories with how many products of the present search each holds: `slug, name, count`."""
    broad = replace(wanted, category="", ordering="", search=" ".join(rules.words(wanted.search)))

    def count() -> list[dict[str, Any]]:
        found = matching(broad).order_by().values("category_id").annotate(n=Count("id"))
        counts = dict(found.values_list("category_id", "n"))
        return [
            {"slug": c.slug, "name": c.name, "count": counts.get(c.pk, 0)} for c in Category.objects.all()
        ]

    return remembered.get(("facets", broad), count)


def categories() -> list[dict[str, Any]]:
    """All categories with the number of products for sale: `id, slug, name, count`."""

    def count() -> list[dict[str, Any]]:
        rows = Category.objects.annotate(count=Count("products", filter=Q(products__is_active=True)))
        return [dict(row) for row in rows.order_by("position", "name").values("id", "slug", "name", "count")]

    return remembered.get("categories", count)


def categories_with_picture() -> list[dict[str, Any]]:
    """Categories that sell something, each with the picture of one of its products: as `categories`, and `pictures`."""

    def find() -> list[dict[str, Any]]:
        shown = [row for row in categories() if row["count"]]
        for row in shown:
            first = for_sale().filter(category_id=row["id"]).exclude(pictures=[]).order_by("name", "id")
            row["pictures"] = first.values_list("pictures", flat=True).first() or []
        return shown

    return remembered.get("categories_with_picture", find)


def in_stock_count(wanted: Filter) -> int:
    """How many products fit and can be had now."""
    only = replace(wanted, in_stock=True, ordering="", search=" ".join(rules.words(wanted.search)))
    return remembered.get(("in_stock", only), matching(only).count)


def product_row(**where: Any) -> dict[str, Any]:
    """One product for sale as a row (see ROW). NotFound."""
    row = for_sale().filter(**where).values(*ROW).first()
    if row is None:
        raise NotFound
    return row


def get_product(pk: int) -> Product:
    """A product for staff, sold or not. NotFound."""
    product = Product.objects.select_related("category").filter(pk=pk).first()
    if product is None:
        raise NotFound
    return product


def all_products(search: str = "") -> QuerySet[Product]:
    """Every product for staff, newest first; each word must begin a word of it."""
    found = Product.objects.select_related("category").order_by("-pk")
    for word in rules.words(search):
        found = found.filter(search_text__contains=f" {word}")
    return found


def counts() -> dict[str, int]:
    """Products for sale: how many in all, how many with nothing left."""
    return for_sale().aggregate(total=Count("pk"), out_of_stock=Count("pk", filter=Q(stock=0)))


def get_category(slug: str) -> Category:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        raise NotFound
    return category


def locked_product(pk: int) -> Product:
    """A product for a change of its stock figure. NotFound."""
    product = Product.objects.select_for_update().filter(pk=pk).first()
    if product is None:
        raise NotFound
    return product


def locked_products(pks: Collection[int]) -> list[Product]:
    """Products for a change of their stock, locked in the order of their ids as every checkout does."""
    return list(Product.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


def stocks(product_ids: list[int]) -> dict[int, int]:
    """What can be sold now, by product; 0 when it is not for sale any more."""
    rows = dict(for_sale().filter(pk__in=product_ids).values_list("pk", "stock"))
    return {pk: rows.get(pk, 0) for pk in product_ids}


def still_out(reference: str) -> dict[int, int]:
    """Pieces that the movements of a reference ("order:12") took out of stock and did not put back, by product."""
    rows = StockMovement.objects.filter(reference=reference).order_by().values_list("product_id")
    return {pk: -left for pk, left in rows.annotate(left=Sum("delta")) if left < 0}


def picture_list(product_id: int) -> list[dict[str, Any]]:
    """The pictures of a product as its `pictures` column keeps them: url, alt, sizes (width → url)."""
    result = []
    for image in ProductImage.objects.filter(product_id=product_id).order_by("position", "pk"):
        sizes = {width: default_storage.url(name) for width, name in image.sizes.items()}
        largest = sizes[max(sizes, key=int)] if sizes else default_storage.url(image.original.name)
        result.append({"url": largest, "alt": image.alt, "sizes": sizes})
    return result


def low_stock(limit: int = 5) -> QuerySet[Product]:
    """Products for sale with at most `limit` left, fewest first."""
    return for_sale().filter(stock__lte=limit).order_by("stock", "name")
