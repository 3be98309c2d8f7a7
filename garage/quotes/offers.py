"""What a quote may offer, as it stands today: labour rates in force, packages, parts in the shop. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.money import round_half_up
from config.lib.templatetags.ui import money
from garage.quotes import entry, rules
from garage.quotes.entry import Entry
from garage.quotes.models import LabourRate, LineKind, Package, PackageLine, Skill
from garage.vehicles import queries as vehicles
from garage.vehicles.models import Status, Vehicle
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Product
from shop.invoices.queries import in_force

PACKAGES, PARTS, VEHICLES = 4, 6, 8
MAX_WORDS = 5
ONE = Decimal(1)


@dataclass(frozen=True)
class Offer:
    """Something to choose: what it says, and the lines that it puts on the quote (as services.create_quote takes)."""

    label: str
    detail: str
    lines: list[dict[str, Any]] = field(default_factory=list)


def rates_in_force(day: date | None = None) -> list[LabourRate]:
    """The hourly rates on display on a day (today), at most one a skill, in the order of the skills."""
    order = list(Skill.values)
    return sorted(in_force(LabourRate.objects.all(), day), key=lambda rate: order.index(rate.skill))


def packages_in_use() -> QuerySet[Package]:
    """With their lines and the products in them."""
    return Package.objects.filter(is_active=True).prefetch_related("lines__product")


def find(typed: str) -> list[Offer]:
    """What was probably meant, best first, and last the words themselves as a line without a price. The rates, a query
    for packages (three when there are some) and one for parts (a few more when nothing is spelled like that)."""
    wanted = entry.read(typed)
    if not wanted.words:
        return []
    rates = {rate.skill: rate for rate in rates_in_force()}
    found = [_labour(rates[skill], wanted.quantity or ONE, wanted.name) for skill in wanted.skills if skill in rates]
    if wanted.quantity is None or wanted.name or not wanted.skills:
        coded, named = _packages(wanted, rates)
        found += [*coded, *_parts(wanted), *named]
    return [*found, _free(wanted)]


def _labour(rate: LabourRate, hours: Decimal, words: str) -> Offer:
    name = words[:1].upper() + words[1:] or rate.get_skill_display()
    sum_ = money(rules.line_total(hours, rate.price))
    detail = _("%(hours)s h × %(price)s = %(sum)s") % {"hours": shown(hours), "price": money(rate.price), "sum": sum_}
    return Offer(name, detail, [_line(
        LineKind.MAIN_OEUVRE, name, hours, rate.price, rate.vat_rate, skill=rate.skill
    )])  # fmt: skip


def _packages(wanted: Entry, rates: dict[str, LabourRate]) -> tuple[list[Offer], list[Offer]]:
    """Those whose code begins so, and those named so. The times asked for multiply every line."""
    named = Q()
    for word in wanted.words.split():
        named &= Q(name__icontains=word)
    coded = Q(code__istartswith=wanted.words)
    by_code = ExpressionWrapper(coded, BooleanField())
    rows = packages_in_use().filter(coded | named).annotate(by_code=by_code).order_by("-by_code", "name")[:PACKAGES]
    offers = [(row.by_code, _package(row, wanted.quantity or ONE, rates)) for row in rows]
    return [offer for by_code, offer in offers if by_code], [offer for by_code, offer in offers if not by_code]


def _package(package: Package, times: Decimal, rates: dict[str, LabourRate]) -> Offer:
    lines = package_lines(package, times, rates)
    if package.price is not None:
        return Offer(package.name, f"{package.code} · {money(package.price)}", lines)
    count = ngettext("%(count)s line", "%(count)s lines", len(lines)) % {"count": len(lines)}
    return Offer(package.name, f"{package.code} · {count}", lines)


def package_lines(package: Package, times: Decimal, rates: dict[str, LabourRate]) -> list[dict[str, Any]]:
    """The lines that a package puts on a quote: one at its own price, or what is in it at the `rates` by skill and the
    shop's prices of today."""
    if package.price is not None:
        return [_line(
            LineKind.FORFAIT, package.name, times, package.price, package.vat_rate, package_id=package.pk
        )]  # fmt: skip
    return [_of_package(package, part, times, rates) for part in package.lines.all()]


def _of_package(
    package: Package, part: PackageLine, times: Decimal, rates: dict[str, LabourRate]
) -> dict[str, Any]:
    rate = rates.get(part.skill)
    known = part.product or rate
    name = part.description or (part.product.name if part.product else part.get_skill_display())
    price = part.unit_price if part.unit_price is not None else getattr(known, "price", None)
    vat_rate = getattr(known, "vat_rate", package.vat_rate)
    quantity = round_half_up(part.quantity * times)
    return _line(part.kind, name, quantity, price, vat_rate, product_id=part.product_id, skill=part.skill)


def _parts(wanted: Entry) -> list[Offer]:
    page = catalogue.product_page(catalogue.Filter(search=wanted.words), size=PARTS)
    return [_part(row, wanted.quantity or ONE) for row in page.rows]


def _part(row: dict[str, Any], quantity: Decimal) -> Offer:
    detail = f"{money(row['price'])} · {stock_words(row['stock'])} · {row['sku']}"
    return Offer(row["name"], detail, [_line(
        LineKind.PIECE, row["name"], quantity, row["price"], row["vat_rate"], product_id=row["id"]
    )])  # fmt: skip


def _free(wanted: Entry) -> Offer:
    words = wanted.words[:200]
    return Offer(_("“%(words)s” as a line of its own") % {"words": words}, _("you give the price"), [_line(
        LineKind.PIECE, words, wanted.quantity or ONE, None, None
    )])  # fmt: skip


def _line(
    kind: str, description: str, quantity: Decimal, unit_price: Decimal | None, vat_rate: Decimal | None, *,
    product_id: int | None = None, package_id: int | None = None, skill: str = "",
) -> dict[str, Any]:
    return {
        "kind": str(kind), "description": description, "product_id": product_id, "package_id": package_id,
        "skill": skill, "quantity": quantity, "unit_price": unit_price, "vat_rate": vat_rate,
    }


def find_vehicles(actor: Any, typed: str) -> list[Vehicle]:
    """Vehicles in use that fit every word: plate, make, model, client's name."""
    rows = vehicles.visible_to(actor).filter(status=Status.ACTIF)
    for word in typed.replace("\x00", "").split()[:MAX_WORDS]:
        rows = vehicles.search(rows, word)
    return list(rows[:VEHICLES])


def stock_words(stock: int) -> str:
    if stock <= 0:
        return _("none in stock")
    return ngettext("%(count)s in stock", "%(count)s in stock", stock) % {"count": stock}


def missing_words(count: int) -> str:
    """What a line says about pieces that the stock lacks; nothing when it lacks none."""
    if not count:
        return ""
    return ngettext("%(count)s to order", "%(count)s to order", count) % {"count": count}


def shown(quantity: Decimal) -> str:
    """A quantity without idle zeros, in the reader's locale."""
    return number_format(Decimal(quantity).normalize() + 0)


def missing(lines: Sequence[dict[str, Any]]) -> list[int]:
    """How many pieces of each line the stock lacks, counting what the lines before it take. One query."""
    ids = [line["product_id"] for line in lines if line.get("product_id")]
    left = dict(Product.objects.filter(pk__in=ids).values_list("pk", "stock")) if ids else {}
    lacking = []
    for line in lines:
        pk, quantity = line.get("product_id"), line.get("quantity")
        wanted = int(quantity) if pk in left and quantity else 0
        lacking.append(max(0, wanted - left.get(pk, 0)))
        if pk in left:
            left[pk] = max(0, left[pk] - wanted)
    return lacking
