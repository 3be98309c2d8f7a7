"""What the shop sells: categories, products, their pictures, and the ledger that explains every stock figure."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.jobs import OwedJob
from config.lib.models import MoneyField, TimeStamped


class ParcelSize(models.TextChoices):
    S = "S", _("small (shoe box)")
    M = "M", _("medium (crate)")
    L = "L", _("large (suitcase)")
    XL = "XL", _("very large (fills the cargo box)")


class Category(models.Model):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=90, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Product(TimeStamped):
    """A thing for sale. `price` includes VAT. `stock` is what can still be sold: orders take it at checkout."""

    sku = models.CharField(_("SKU"), max_length=40, unique=True)
    slug = models.SlugField(_("address"), max_length=140, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    price = MoneyField(_("price incl. VAT"))
    vat_rate = models.DecimalField(
        _("VAT rate (%)"), max_digits=4, decimal_places=2, default=20,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    stock = models.IntegerField(_("stock"), default=0)
    is_active = models.BooleanField(_("for sale"), default=True)
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=500)
    parcel_size = models.CharField(_("parcel size"), max_length=2, choices=ParcelSize.choices, default=ParcelSize.S)
    # Copies kept by services, so that a list of products is one query over one table and its category.
    pictures = models.JSONField(default=list, editable=False)
    search_text = models.TextField(default="", editable=False)
    rating_sum = models.PositiveIntegerField(_("stars in all"), default=0, editable=False)
    rating_count = models.PositiveIntegerField(_("reviews"), default=0, editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(stock__gte=0), name="product_stock_not_negative"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(
                condition=Q(rating_sum__gte=F("rating_count")) & Q(rating_sum__lte=5 * F("rating_count")),
                name="product_rating_1_to_5",
            ),
        ]
        # One index per order of the public list, whole shop and per category: a page reads 21 entries, whatever
        # the number of products.
        indexes = [
            models.Index(fields=["name", "id"], condition=Q(is_active=True), name="product_by_name"),
            models.Index(fields=["price", "id"], condition=Q(is_active=True), name="product_by_price"),
            models.Index(fields=["-price", "-id"], condition=Q(is_active=True), name="product_by_price_desc"),
            models.Index(fields=["-id"], condition=Q(is_active=True), name="product_by_newest"),
            models.Index(fields=["category", "name", "id"], condition=Q(is_active=True), name="product_cat_name"),
            models.Index(fields=["category", "price", "id"], condition=Q(is_active=True), name="product_cat_price"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_stock(self) -> bool:
        return self.stock > 0


class SearchWord(models.Model):
    """A distinct word of the catalogue: what a mistyped word is compared with, instead of every product."""

    word = models.CharField(max_length=60, primary_key=True)

    def __str__(self) -> str:
        return self.word


class ProductImage(OwedJob):
    """A picture and its sizes; the row owes the job that makes them."""

    TASK = "shop.tasks.make_image_sizes"
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images", verbose_name=_("product"))
    original = models.FileField(_("file"), upload_to="products/originals/", max_length=200)
    alt = models.CharField(_("description for those who do not see it"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    sizes = models.JSONField(default=dict, editable=False, help_text=_("width → file name"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.alt or self.original.name


class StockReason(models.TextChoices):
    INITIAL = "INITIAL", _("first stock")
    RECEPTION = "RECEPTION", _("goods received")
    INVENTAIRE = "INVENTAIRE", _("count corrected")
    VENTE = "VENTE", _("reserved by an order")
    ANNULATION = "ANNULATION", _("order cancelled")
    RETOUR = "RETOUR", _("order refunded")
    ATELIER = "ATELIER", _("used in the workshop")


class StockMovement(models.Model):
    """One reason why a stock figure changed. The deltas of a product add up to its stock. Never changed."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="movements", verbose_name=_("product"))
    delta = models.IntegerField(_("change"))
    reason = models.CharField(_("reason"), max_length=12, choices=StockReason.choices)
    reference = models.CharField(_("reference"), max_length=60, blank=True, db_index=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.product_id}"
