"""Bids of couriers on open deliveries: sealed, one live bid per courier and delivery."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from delivery.auctions.events import bid_changed
from delivery.couriers.models import Courier
from delivery.deliveries.models import Delivery


class Bid(Stateful, TimeStamped):
    class Status(models.TextChoices):
        DEPOSEE = "DEPOSEE", _("Placed")
        RETIREE = "RETIREE", _("Withdrawn")
        RETENUE = "RETENUE", _("Chosen")
        PERDUE = "PERDUE", _("Not chosen")

    MOVES = {Status.DEPOSEE: {Status.RETIREE, Status.RETENUE, Status.PERDUE}}

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="bids", verbose_name=_("delivery")
    )
    courier = models.ForeignKey(
        Courier, on_delete=models.PROTECT, related_name="bids", verbose_name=_("courier")
    )
    amount = MoneyField(_("amount"))
    eta_minutes = models.PositiveIntegerField(
        _("promised minutes"), validators=[MinValueValidator(1)],
        help_text=_("Minutes from the award to the handover."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DEPOSEE)

    class Meta:
        verbose_name = _("bid")
        verbose_name_plural = _("bids")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="bid_amount_positive"),
            models.UniqueConstraint(
                fields=["delivery", "courier"], condition=models.Q(status__in=["DEPOSEE", "RETENUE"]),
                name="bid_one_live_per_courier",
            ),
            models.UniqueConstraint(
                fields=["delivery"], condition=models.Q(status="RETENUE"), name="bid_one_winner_per_delivery"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery} {self.courier}"


class BidChange(StatusChange):
    EVENT = bid_changed
    subject = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="history")

    class Meta:
        verbose_name = _("bid's change")
        verbose_name_plural = _("bids' changes")
        ordering = ["pk"]

    def payload(self) -> dict[str, int]:
        return {"bid_id": self.subject_id, "delivery_id": self.subject.delivery_id}
