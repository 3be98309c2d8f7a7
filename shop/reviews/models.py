"""What buyers say about a product they received: one review each, read by staff before others see it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import Stateful, StatusChange, TimeStamped
from shop.catalogue.models import Product
from shop.orders.models import OrderLine
from shop.reviews.events import review_moved

FEWEST_STARS, MOST_STARS = 1, 5


class Review(Stateful, TimeStamped):
    """Only published ones are public and count in the product's rating. A change by its author is read again."""

    class Status(models.TextChoices):
        EN_ATTENTE = "EN_ATTENTE", _("waiting to be read")
        PUBLIE = "PUBLIE", _("published")
        MASQUE = "MASQUE", _("hidden")

    MOVES = {
        Status.EN_ATTENTE: {Status.PUBLIE, Status.MASQUE},
        Status.PUBLIE: {Status.MASQUE, Status.EN_ATTENTE},
        Status.MASQUE: {Status.PUBLIE, Status.EN_ATTENTE},
    }

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("product"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("author")
    )
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("order line"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EN_ATTENTE)
    stars = models.PositiveSmallIntegerField(_("stars"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    body = models.TextField(_("opinion"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["product", "status", "-id"], name="review_of_product"),
            models.Index(fields=["status", "id"], name="review_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["product", "user"], name="review_one_each"),
            models.CheckConstraint(
                condition=Q(stars__gte=FEWEST_STARS) & Q(stars__lte=MOST_STARS), name="review_stars_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars}/{MOST_STARS} {self.title}".strip()

    @property
    def author(self) -> str:
        """First name only."""
        return self.user.first_name or str(_("A customer"))

    @property
    def hidden_because(self) -> str:
        """What staff wrote when they hid it, for its author."""
        if self.status != self.Status.MASQUE:
            return ""
        last = self.history.filter(to_status=self.Status.MASQUE).last()
        return last.reason if last else ""


class ReviewChange(StatusChange):
    EVENT = review_moved
    subject = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="history", verbose_name=_("review"))

    class Meta:
        verbose_name = _("review change")
        verbose_name_plural = _("review changes")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(announced_at=None), name="review_change_unannounced"),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
