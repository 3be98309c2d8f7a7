"""Orders: what was bought at which price, how far it is, and every step with its author."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.companies.models import Company
from accounts.payments.models import Payment, Refund
from accounts.wallet.models import Transaction
from config.lib.jobs import JobState
from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from config.lib.money import ZERO
from delivery.deliveries.models import Delivery
from shop.cart.models import Cart
from shop.catalogue.models import Product
from shop.invoices.models import Invoice
from shop.orders.events import order_moved


class DeliveryMethod(models.TextChoices):
    RETRAIT = "RETRAIT", _("pick up in the shop")
    COURSIER = "COURSIER", _("delivery by courier")


class Order(Stateful, TimeStamped):
    """All amounts include VAT. Its number is made of year and id, so it needs neither a counter nor a lock."""

    class Status(models.TextChoices):
        CREE = "CREE", pgettext_lazy("order", "placed")
        VALIDEE = "VALIDEE", pgettext_lazy("order", "confirmed")
        PAYEE = "PAYEE", pgettext_lazy("order", "paid")
        EXPEDIEE = "EXPEDIEE", pgettext_lazy("order", "shipped")
        LIVREE = "LIVREE", pgettext_lazy("order", "delivered")
        ANNULEE = "ANNULEE", pgettext_lazy("order", "cancelled")
        REMBOURSEE = "REMBOURSEE", pgettext_lazy("order", "refunded")

    MOVES = {
        Status.CREE: {Status.VALIDEE, Status.PAYEE, Status.ANNULEE},
        Status.VALIDEE: {Status.PAYEE, Status.ANNULEE},
        Status.PAYEE: {Status.EXPEDIEE, Status.ANNULEE, Status.REMBOURSEE},
        Status.EXPEDIEE: {Status.LIVREE, Status.REMBOURSEE},
        Status.LIVREE: {Status.REMBOURSEE},
    }
    UNPAID = (Status.CREE, Status.VALIDEE)
    CANCELLABLE = (Status.CREE, Status.VALIDEE, Status.PAYEE)
    REFUNDABLE = (Status.PAYEE, Status.EXPEDIEE, Status.LIVREE)
    ENDED = (Status.LIVREE, Status.REMBOURSEE)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    # Empty: the customer in person.
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="orders", verbose_name=_("billed to")
    )
    # One order for each cart: what makes a checkout sent twice one order.
    cart = models.OneToOneField(
        Cart, null=True, blank=True, on_delete=models.SET_NULL, related_name="order", verbose_name=_("cart")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CREE)
    delivery_method = models.CharField(_("delivery method"), max_length=10, choices=DeliveryMethod.choices)
    address = models.JSONField(_("address"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    subtotal = MoneyField(_("subtotal"))
    discount = MoneyField(_("discount"), default=ZERO)
    delivery_fee = MoneyField(_("delivery fee"), default=ZERO)
    vat_total = MoneyField(_("VAT included"))
    total = MoneyField(_("total"))
    refunded = MoneyField(_("refunded"), default=ZERO)
    fee_refunded = MoneyField(_("delivery fee refunded"), default=ZERO)
    currency = models.CharField(_("currency"), max_length=3)
    expires_at = models.DateTimeField(_("to be paid before"), null=True, blank=True)
    payment = models.OneToOneField(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("payment")
    )
    invoice = models.OneToOneField(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("invoice")
    )
    delivery = models.OneToOneField(
        Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("delivery")
    )

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-id"], name="order_user_newest"),
            models.Index(fields=["status", "-id"], name="order_status_newest"),
            models.Index(
                fields=["expires_at"], condition=Q(status__in=["CREE", "VALIDEE"]), name="order_unpaid_expiry"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("total")), name="order_refunded_at_most_total"
            ),
            models.CheckConstraint(
                condition=Q(fee_refunded__gte=0) & Q(fee_refunded__lte=F("delivery_fee")),
                name="order_fee_refunded_at_most_fee",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"CMD-{timezone.localtime(self.created_at).year}-{self.pk:06d}"

    @property
    def reference(self) -> str:
        """How payments, ledger, stock and deliveries name this order."""
        return f"order:{self.pk}"

    @property
    def left_to_refund(self) -> Decimal:
        return self.total - self.refunded

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def by_courier(self) -> bool:
        return self.delivery_method == DeliveryMethod.COURSIER


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", verbose_name=_("order"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    sku = models.CharField(_("SKU"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = MoneyField(_("unit price"))
    vat_rate = models.DecimalField(_("VAT rate (%)"), max_digits=4, decimal_places=2)
    line_total = MoneyField(_("line total"))
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    parcel_size = models.CharField(_("parcel size"), max_length=2, default="S")
    refunded = MoneyField(_("refunded"), default=ZERO)
    refunded_quantity = models.PositiveIntegerField(_("pieces refunded"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("line_total")),
                name="order_line_refunded_at_most_total",
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="order_line_refunded_at_most_bought"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def kept(self) -> int:
        """Pieces that were not refunded."""
        return self.quantity - self.refunded_quantity


class OrderRefund(models.Model):
    """Money that went back on an order, with the movement, the credit note and the payer's refund that prove it."""

    class Kind(models.TextChoices):
        LIGNES = "LIGNES", _("articles")
        MONTANT = "MONTANT", _("commercial gesture")
        TOTAL = "TOTAL", _("all that was left")

    class State(models.TextChoices):
        """Where the money is, read from the payer's refund."""

        EN_COURS = "EN_COURS", pgettext_lazy("refund", "on its way")
        FAIT = "FAIT", pgettext_lazy("refund", "sent")
        ECHEC = "ECHEC", pgettext_lazy("refund", "held up")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    amount = MoneyField(_("amount"))
    delivery_fee = MoneyField(_("of which delivery fee"), default=ZERO)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    restocked = models.BooleanField(_("put back in stock"), default=False)
    of_return = models.BooleanField(_("for a return"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, related_name="+", verbose_name=_("transaction")
    )
    payment_refund = models.OneToOneField(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("payer's refund")
    )
    credit_note = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="+", verbose_name=_("credit note")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("refund of an order")
        verbose_name_plural = _("refunds of orders")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(delivery_fee__gte=0) & Q(delivery_fee__lte=F("amount")),
                name="order_refund_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} −{self.amount}"

    @property
    def state(self) -> str:
        if self.payment_refund is not None and self.payment_refund.ending == Refund.Ending.REVENU:
            return self.State.ECHEC
        if self.payment_refund is None or self.payment_refund.state == JobState.FAIT:
            return self.State.FAIT
        return self.State.ECHEC if self.payment_refund.state == JobState.ECHEC else self.State.EN_COURS

    def get_state_display(self) -> str:
        return str(self.State(self.state).label)


class OrderRefundLine(models.Model):
    """What a refund took of a line. A gesture takes euros of every line and no pieces."""

    refund = models.ForeignKey(OrderRefund, on_delete=models.CASCADE, related_name="lines", verbose_name=_("refund"))
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="order_refund_line_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="order_refund_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line.name}" if self.quantity else self.line.name


class OrderChange(StatusChange):
    EVENT = order_moved
    subject = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="history", verbose_name=_("order"))

    class Meta:
        verbose_name = _("order change")
        verbose_name_plural = _("order changes")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(announced_at=None), name="order_change_unannounced"),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


def order_reference_pk(reference: Any) -> int | None:
    """The id in `order:12`; None for a reference of something else."""
    kind, _sep, number = str(reference).partition(":")
    return int(number) if kind == "order" and number.isascii() and number.isdecimal() else None
