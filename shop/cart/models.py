"""What a person means to buy: of an account, or of a visitor's browser. Nothing is reserved by a cart."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import TimeStamped
from shop.catalogue.models import Product


class CartStatus(models.TextChoices):
    OUVERT = "OUVERT", _("open")
    COMMANDE = "COMMANDE", _("ordered")


class Cart(TimeStamped):
    """`version` counts the changes: a checkout computed from one version takes the cart only at that version."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="carts",
        verbose_name=_("user"),
    )
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=CartStatus.choices, default=CartStatus.OUVERT)
    version = models.PositiveIntegerField(default=0, editable=False)
    # What changed without the owner's doing (merge at login), until the next change of the cart.
    notices = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(status="OUVERT"), name="cart_one_open_per_user")
        ]
        indexes = [models.Index(fields=["user", "status"], name="cart_user_status")]

    def __str__(self) -> str:
        return f"{_('cart')} {self.pk}"


class CartLine(models.Model):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines", verbose_name=_("cart"))
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="cart_line_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"
