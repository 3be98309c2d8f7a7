"""Making and changing quotes: lines come in as plain values, prices that are left out come from the catalogue."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid, NotFound
from config.lib.money import ZERO
from garage.clients import queries as clients
from garage.clients.services import checked_save
from garage.quotes import offers, queries, rules
from garage.quotes.models import LabourRate, LineKind, Package, Quote, QuoteLine
from garage.vehicles import queries as vehicles
from shop.catalogue.models import Product

MAX_AMOUNT = Decimal("9999999.99")


class QuoteFields(TypedDict, total=False):
    valid_until: date
    odometer_km: int | None
    discount_percent: Decimal
    choice_by_line: bool
    fee: Decimal
    message: str
    notes: str
    language: str


LineValues = dict[str, Any]  # kind, description, product_id, package_id, skill, quantity, unit_price, …


@transaction.atomic
def create_quote(
    *, actor: Actor, client_id: int, vehicle_id: int, lines: list[LineValues], supplements: Quote | None = None,
    **fields: Unpack[QuoteFields],
) -> Quote:
    """Draft a quote (staff). Amounts in euros incl. VAT. Forbidden; Invalid on the field, a line's as `lines.0.field`.

    A line that names a product or package may leave out its description, price and VAT rate; one of labour with a
    skill takes the rate on display. `supplements`: the accepted quote that this one adds work to.
    """
    clients.require_staff(actor)
    client, vehicle = _of(actor, client_id, vehicle_id)
    quote = Quote(client=client, vehicle=vehicle, supplements=supplements, author=actor_user(actor))
    quote.language = client.user.language if client.user else settings.LANGUAGE_CODE[:2]
    quote.valid_until = timezone.localdate() + timedelta(days=settings.GARAGE_QUOTE_DAYS)
    rows = build_lines(lines=lines)
    _fill(quote, fields)
    count_again(quote=quote, lines=rows)
    counter = queries.locked_counter(timezone.localdate().year)
    counter.last += 1
    counter.save(update_fields=["last"])
    quote.number = rules.number(counter.year, counter.last)
    checked_save(quote)
    _store(quote, rows)
    quote.record(actor=actor)
    return quote


@transaction.atomic
def update_quote(
    *, actor: Actor, quote_id: int, lines: list[LineValues] | None = None, seen: Any = None,
    client_id: int | None = None, vehicle_id: int | None = None, **fields: Unpack[QuoteFields],
) -> Quote:
    """Change what is given, keep the rest (staff). One that was sent, declined or has expired becomes a draft again,
    and its next sending a new version. `seen` is the `updated_at` that the writer had before his eyes.

    NotFound, Forbidden, QuoteClosed once it is accepted, QuoteChanged when somebody else wrote meanwhile, Invalid.
    """
    quote = queries.locked(queries.get_for(actor, quote_id, "write").pk)
    if quote.status not in Quote.EDITABLE:
        raise rules.QuoteClosed
    if seen is not None and quote.updated_at != seen:
        raise rules.QuoteChanged
    if client_id is not None or vehicle_id is not None:
        quote.client, quote.vehicle = _of(actor, client_id or quote.client_id, vehicle_id or quote.vehicle_id)
    _fill(quote, fields)
    rows = list(quote.lines.all()) if lines is None else build_lines(lines=lines)
    count_again(quote=quote, lines=rows)
    checked_save(quote)
    if lines is not None:
        quote.lines.all().delete()
        _store(quote, rows)
    if quote.status != Quote.Status.BROUILLON:
        quote.move(Quote.Status.BROUILLON, actor=actor)
    return quote


@transaction.atomic
def copy_quote(*, actor: Actor, quote_id: int) -> Quote:
    """A new draft with the same lines at the same prices, for the same vehicle (staff). NotFound, Forbidden."""
    old = queries.get_for(actor, quote_id, "write")
    names = (
        "kind", "description", "product_id", "package_id", "skill", "quantity", "unit_price", "discount_percent",
        "vat_rate",
    )
    return create_quote(
        actor=actor, client_id=old.client_id, vehicle_id=old.vehicle_id,
        lines=[{name: getattr(line, name) for name in names} for line in old.lines.all()],
        discount_percent=old.discount_percent, choice_by_line=old.choice_by_line, fee=old.fee, message=old.message,
        odometer_km=old.vehicle.odometer_km,
    )


def count_again(*, quote: Quote, lines: list[QuoteLine]) -> None:
    """Bring the stored totals in line with the lines that count; the caller saves."""
    try:
        found = rules.totals([line for line in lines if line.accepted is not False], quote.discount_percent)
    except ValueError as error:
        raise _invalid("discount_percent", _("Give a percentage from 0 to 100.")) from error
    if found.total > MAX_AMOUNT:
        raise _invalid("lines", _("The total is too high."))
    quote.total_excl_vat, quote.vat, quote.total = found.net, found.vat, found.total


def build_lines(*, lines: list[LineValues]) -> list[QuoteLine]:
    """Unsaved lines with every price filled in. Invalid on `lines.<index>.<field>`."""
    if len(lines) > rules.MAX_LINES:
        raise _invalid("lines", _("A quote has at most %(count)s lines.") % {"count": rules.MAX_LINES})
    products = _named(Product, lines, "product_id")
    packages = _named(Package, lines, "package_id")
    rates = {rate.skill: rate for rate in offers.rates_in_force()}
    rows, errors = [], {}
    for index, values in enumerate(lines):
        try:
            rows.append(_line(index, values, products, packages, rates))
        except Invalid as error:
            errors.update({f"lines.{index}.{field}": texts for field, texts in error.errors.items()})
    if errors:
        raise Invalid(errors=errors)
    return rows


def _named(model: Any, lines: list[LineValues], name: str) -> dict[int, Any]:
    return model.objects.in_bulk([values[name] for values in lines if values.get(name)])


def _line(
    index: int, values: LineValues, products: dict[int, Product], packages: dict[int, Package],
    rates: dict[str, LabourRate],
) -> QuoteLine:
    kind = values.get("kind") or LineKind.PIECE
    product, package = None, None
    if values.get("product_id"):
        product = products.get(values["product_id"])
        if product is None or kind != LineKind.PIECE:
            raise _invalid("product_id", _("Choose a product of the catalogue, on a line for a part."))
    if values.get("package_id"):
        package = packages.get(values["package_id"])
        if package is None or kind != LineKind.FORFAIT:
            raise _invalid("package_id", _("Choose a package that is in use, on a line for a package."))
    skill = values.get("skill") or ""
    rate = rates.get(skill) if kind == LineKind.MAIN_OEUVRE else None
    known = product or package or rate
    line = QuoteLine(position=index, kind=kind, product=product, package=package, skill=skill)
    line.description = values.get("description") or str(
        product or package or (rate.get_skill_display() if rate else "")
    )
    price = values.get("unit_price")
    line.unit_price = _amount("unit_price", getattr(known, "price", None) if price is None else price)
    line.quantity = _amount("quantity", values.get("quantity", 1))
    line.discount_percent = _amount("discount_percent", values.get("discount_percent") or 0)
    vat_rate = values.get("vat_rate")
    line.vat_rate = _amount("vat_rate", getattr(known, "vat_rate", 20) if vat_rate is None else vat_rate)
    if product is not None and line.quantity != int(line.quantity):
        raise _invalid("quantity", _("Parts from stock are counted in whole pieces."))
    line.total = ZERO
    try:
        # Products and packages were just read; asking for each again would cost a query a line.
        line.full_clean(exclude=["quote", "total", "product", "package"], validate_constraints=False)
    except ValidationError as error:
        raise Invalid(errors=dict(error.message_dict)) from error
    if line.unit_price < 0 or line.vat_rate < 0:
        raise _invalid("unit_price", _("A price cannot be negative."))
    line.total = rules.line_total(line.quantity, line.unit_price, line.discount_percent)
    if line.total > MAX_AMOUNT:
        raise _invalid("unit_price", _("The total is too high."))
    return line


def _amount(field: str, value: Any) -> Decimal:
    if value is None:
        raise _invalid(field, _("Fill in this field."))
    try:
        amount = Decimal(str(value))
        if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation as error:
        raise _invalid(field, _("Give a number with at most two decimals.")) from error
    return amount


def _fill(quote: Quote, fields: QuoteFields) -> None:
    for name, value in fields.items():
        setattr(quote, name, value)
    if quote.valid_until < timezone.localdate():
        raise _invalid("valid_until", _("This day is over."))
    for name in ("discount_percent", "fee"):
        setattr(quote, name, _amount(name, getattr(quote, name)))
    if quote.fee < 0:
        raise _invalid("fee", _("A price cannot be negative."))


def _store(quote: Quote, rows: list[QuoteLine]) -> None:
    for row in rows:
        row.quote = quote
    QuoteLine.objects.bulk_create(rows)


def _of(actor: Actor, client_id: int, vehicle_id: int) -> tuple[Any, Any]:
    """The client, and a vehicle of his."""
    try:
        client = clients.get_for(actor, client_id)
    except NotFound as error:
        raise _invalid("client", _("This client does not exist.")) from error
    try:
        vehicle = vehicles.get_for(actor, vehicle_id)
    except NotFound as error:
        raise _invalid("vehicle", _("This vehicle does not exist.")) from error
    if vehicle.client_id != client.pk:
        raise _invalid("vehicle", _("This vehicle belongs to another client."))
    return client, vehicle


def _invalid(field: str, text: str) -> Invalid:
    return Invalid(errors={field: [text]})
