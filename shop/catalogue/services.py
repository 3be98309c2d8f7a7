"""Every write of the catalogue: products, their pictures, and stock with the ledger that explains it."""

import logging
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.users.queries import is_staff_of
from config.lib import heavy, jobs
from config.lib.actors import Actor, System, actor_user
from config.lib.errors import Conflict, Forbidden, Invalid
from config.lib.sql import insert
from shop.catalogue import queries, rules
from shop.catalogue.models import Category, Product, ProductImage, SearchWord, StockMovement, StockReason
from shop.invoices.queries import vat_rates_in_force

logger = logging.getLogger(__name__)

MAX_IMAGE_BYTES = 15 * 1024 * 1024


class OutOfStock(Conflict):
    """`available` is what can still be sold of the first product that lacks; `products` names them all."""

    code = "out_of_stock"
    message = _("There is not enough left in stock.")

    def __init__(self, lacking: dict[int, int]):
        first = next(iter(lacking))
        super().__init__(
            available=lacking[first],
            product_id=first,
            products=[{"product_id": pk, "available": left} for pk, left in lacking.items()],
        )


class CategoryInUse(Conflict):
    code = "category_in_use"
    message = _("This category still holds products.")


def _require_staff(actor: Actor) -> None:
    if not isinstance(actor, System) and not is_staff_of(actor, "SHOP"):
        raise Forbidden


def _free_slug(model: type[Product] | type[Category], name: str) -> str:
    base = slugify(name)[:80] or "article"
    taken = set(model._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _index(product: Product) -> None:
    """Refresh the text a product is found by, and the words known to the search."""
    product.search_text = rules.search_text(product.name, product.sku, product.category.name, product.description)
    known = {word[:60] for word in product.search_text.split()}
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in sorted(known)], ignore_conflicts=True)


def _forget_counts() -> None:
    transaction.on_commit(queries.remembered.forget)


@transaction.atomic
def create_category(*, actor: Actor, name: str, position: int = 0) -> Category:
    _require_staff(actor)
    _forget_counts()
    return Category.objects.create(name=name, slug=_free_slug(Category, name), position=position)


@transaction.atomic
def update_category(*, actor: Actor, category_id: int, name: str, position: int) -> Category:
    """Rename or move a category; its address stays. Its products are found by the new name."""
    _require_staff(actor)
    category = Category.objects.get(pk=category_id)
    renamed = category.name != name
    category.name, category.position = name, position
    category.save(update_fields=["name", "position"])
    if renamed:
        for product in category.products.select_related("category"):
            _index(product)
            product.save(update_fields=["search_text"])
    _forget_counts()
    return category


@transaction.atomic
def remove_category(*, actor: Actor, category_id: int) -> None:
    """Remove a category without products. CategoryInUse."""
    _require_staff(actor)
    if Product.objects.filter(category_id=category_id).exists():
        raise CategoryInUse
    Category.objects.filter(pk=category_id).delete()
    _forget_counts()


def _category(value: Category | int | str) -> Category:
    """A category given as itself, its id or its slug. Invalid on `category`."""
    if isinstance(value, Category):
        return value
    where = {"pk": int(value)} if str(value).isdecimal() else {"slug": str(value)}
    category = Category.objects.filter(**where).first()
    if category is None:
        raise Invalid(errors={"category": [_("This category does not exist.")]})
    return category


def check_vat_rate(rate: Decimal) -> None:
    """Invalid on `vat_rate` when the shop may not charge `rate` (percent) today."""
    allowed = sorted({row.rate for row in vat_rates_in_force()}, reverse=True)
    if Decimal(rate) not in allowed:
        words = {"rates": ", ".join(f"{one.normalize():f}" for one in allowed) or "-"}
        raise Invalid(errors={"vat_rate": [_("This VAT rate is not in force. In force today: %(rates)s.") % words]})


@transaction.atomic
def create_product(
    *, actor: Actor, sku: str, name: str, price: Decimal, category: Category | int | str,
    vat_rate: Decimal = Decimal(20), description: str = "", stock: int = 0, is_active: bool = True,
    weight_g: int = 500, parcel_size: str = "S",
) -> Product:
    """A new product with its first stock. `price` in euros incl. VAT. Invalid when the SKU is taken or
    the VAT rate is not in force."""
    _require_staff(actor)
    check_vat_rate(vat_rate)
    product = Product(
        sku=sku, name=name, price=price, category=_category(category), vat_rate=vat_rate, description=description,
        stock=stock, is_active=is_active, weight_g=weight_g, parcel_size=parcel_size, slug=_free_slug(Product, name),
    )
    _index(product)
    _save(product)
    if stock:
        StockMovement.objects.create(product=product, delta=stock, reason=StockReason.INITIAL, by=actor_user(actor))
    _forget_counts()
    return product


EDITABLE = {"sku", "name", "description", "price", "vat_rate", "category", "is_active", "weight_g", "parcel_size"}


@transaction.atomic
def update_product(*, actor: Actor, product_id: int, **fields: Any) -> Product:
    """Change what EDITABLE allows; stock has its own verb. NotFound; Invalid when the SKU is taken or
    a new VAT rate is not in force."""
    _require_staff(actor)
    product = queries.get_product(product_id)
    changed = {name: value for name, value in fields.items() if name in EDITABLE}
    if "vat_rate" in changed and changed["vat_rate"] != product.vat_rate:
        check_vat_rate(changed["vat_rate"])  # an old rate stays until somebody changes it
    if "category" in changed:
        changed["category"] = _category(changed["category"])
    for name, value in changed.items():
        setattr(product, name, value)
    _index(product)
    _save(product, update_fields=[*changed, "search_text", "updated_at"])
    _forget_counts()
    return product


def _save(product: Product, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            product.save(update_fields=update_fields)
    except IntegrityError:
        if Product.objects.filter(sku=product.sku).exclude(pk=product.pk).exists():
            raise Invalid(errors={"sku": [_("Another product has this SKU.")]})
        raise


# --- Stock ----------------------------------------------------------------------------------------------------
@transaction.atomic
def set_stock(
    *, actor: Actor, product_id: int, quantity: int | None = None, delta: int | None = None,
    reason: str = StockReason.INVENTAIRE, note: str = "",
) -> Product:
    """Set the stock to `quantity`, or change it by `delta`. Invalid when neither or both, or below zero."""
    _require_staff(actor)
    if (quantity is None) == (delta is None):
        raise Invalid(errors={"quantity": [_("Give either a quantity or a change.")]})
    product = queries.locked_product(product_id)
    if delta is None:
        delta = int(quantity or 0) - product.stock
    if product.stock + delta < 0:
        field = "quantity" if quantity is not None else "delta"
        raise Invalid(errors={field: [_("Stock cannot go below zero.")]})
    if delta:
        Product.objects.filter(pk=product.pk).update(stock=F("stock") + delta)
        StockMovement.objects.create(
            product=product, delta=delta, reason=reason, note=note[:200], by=actor_user(actor)
        )
        product.stock += delta
        _forget_counts()
    return product


def _change_stock(quantities: dict[int, int], *, sign: int, guarded: bool) -> int:
    """One UPDATE for all products; its row count is the verdict.

    Rows are locked in the order of their ids (PostgreSQL), so that two orders of the same products in different
    sequence wait for each other instead of deadlocking. SQLite has one writer at a time.
    """
    pairs = sorted(quantities.items())
    values = ", ".join(["(%s, %s)"] * len(pairs))
    wanted = f"(VALUES {values})"
    if connection.vendor == "postgresql":
        wanted = (
            f"(SELECT s.id AS column1, v.column2 FROM shop_product s JOIN {wanted} v ON s.id = v.column1"
            " ORDER BY s.id FOR NO KEY UPDATE OF s)"
        )
    operator = "-" if sign < 0 else "+"
    guard = " AND shop_product.is_active AND shop_product.stock >= w.column2" if guarded else ""
    sql = (
        f"UPDATE shop_product SET stock = stock {operator} w.column2 FROM {wanted} AS w"
        f" WHERE shop_product.id = w.column1{guard}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for pair in pairs for value in pair])
        return cursor.rowcount


def _movements(quantities: dict[int, int], *, sign: int, reason: str, reference: str, actor: Actor) -> None:
    by, at = actor_user(actor), timezone.now()
    insert(
        [
            StockMovement(product_id=pk, delta=sign * quantity, reason=reason, reference=reference, by=by, at=at)
            for pk, quantity in sorted(quantities.items())
        ]
    )


def take_stock(
    *, actor: Actor, quantities: dict[int, int], reference: str, reason: str = StockReason.VENTE
) -> None:
    """Take `quantities` (product id → pieces, all above zero) out of stock; OutOfStock when one lacks.

    Inside the caller's transaction, which a refusal must roll back. The stock rows are written last, so that they
    are locked only until the caller commits; call it last.
    """
    _movements(quantities, sign=-1, reason=reason, reference=reference, actor=actor)
    if _change_stock(quantities, sign=-1, guarded=True) != len(quantities):
        left = queries.stocks(list(quantities))
        lacking = {pk: left[pk] for pk, quantity in quantities.items() if left[pk] < quantity}
        # Someone put pieces back between the refusal and this look: what was refused stays refused.
        raise OutOfStock(lacking or left)


def take_available(*, actor: Actor, quantities: dict[int, int], reference: str, reason: str) -> dict[int, int]:
    """Take of each product (id → pieces wanted) what there is, also of one no longer for sale; says what was taken.

    Inside the caller's transaction. Locks the stock rows until it commits; call it last.
    """
    rows = queries.locked_products(quantities)
    taken = {row.pk: min(row.stock, quantities[row.pk]) for row in rows if row.stock > 0 < quantities[row.pk]}
    if taken:
        _movements(taken, sign=-1, reason=reason, reference=reference, actor=actor)
        _change_stock(taken, sign=-1, guarded=False)
    return taken


def put_back_stock(*, actor: Actor, quantities: dict[int, int], reference: str, reason: str) -> None:
    """Put pieces back that `take_stock` took, also of products no longer sold. Inside the caller's transaction."""
    if quantities:
        _movements(quantities, sign=1, reason=reason, reference=reference, actor=actor)
        _change_stock(quantities, sign=1, guarded=False)


# --- Pictures -------------------------------------------------------------------------------------------------
@transaction.atomic
def add_image(*, actor: Actor, product_id: int, content: bytes, filename: str, alt: str = "") -> ProductImage:
    """Keep a picture of a product; its sizes are made by a job. Invalid when it is too large."""
    _require_staff(actor)
    product = queries.locked_product(product_id)
    if len(content) > MAX_IMAGE_BYTES:
        raise Invalid(errors={"original": [_("This picture is larger than 15 MB.")]})
    last = product.images.aggregate(last=Max("position"))["last"]
    image = ProductImage(product=product, alt=alt or product.name, position=0 if last is None else last + 1)
    image.original.save(filename, ContentFile(content), save=False)
    image.save()
    jobs.ring(image)
    return image


@transaction.atomic
def adopt_image(*, actor: Actor, image: ProductImage) -> ProductImage:
    """Save a picture filled by an admin form; its sizes are made (again) by a job."""
    _require_staff(actor)
    image.alt = image.alt or image.product.name
    image.state, image.sizes = jobs.JobState.A_FAIRE, {}
    image.save()
    jobs.ring(image)
    return image


@transaction.atomic
def remove_image(*, actor: Actor, image_id: int) -> None:
    _require_staff(actor)
    image = ProductImage.objects.get(pk=image_id)
    image.delete()
    _refresh_pictures(image.product_id)


def _refresh_pictures(product_id: int) -> None:
    Product.objects.filter(pk=product_id).update(pictures=queries.picture_list(product_id))


def make_image_sizes(*, image_id: int) -> None:
    """Do the job of a picture: make its sizes in a helper process. Safe to run twice."""
    image = jobs.claim(ProductImage, image_id)
    if image is None:
        return
    try:
        with image.original.open("rb") as source:
            made: dict[int, bytes] = heavy.run("shop.catalogue.pictures.resize", source.read(), timeout=60)
    except Exception as error:
        jobs.failed(image, error, retry=not isinstance(error, ValueError))
        return
    stem = f"products/{image.product_id}/{image.pk}"
    sizes = {}
    for width, content in made.items():
        name = f"{stem}-{width}.webp"
        default_storage.delete(name)
        sizes[str(width)] = default_storage.save(name, ContentFile(content))
    with transaction.atomic():
        jobs.done(image, sizes=sizes)
        _refresh_pictures(image.product_id)
