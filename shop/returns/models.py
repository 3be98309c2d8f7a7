"""Goods that come back: what, why, how far, and what was given back for them."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import MoneyField, Stateful, StatusChange, TimeStamped
from config.lib.money import ZERO
from config.lib.private import PrivateStorage
from shop.orders.models import Order, OrderLine
from shop.returns.events import return_moved


class Reason(models.TextChoices):
    RETRACTATION = "RETRACTATION", _("I changed my mind (right of withdrawal)")
    DEFECTUEUX = "DEFECTUEUX", _("It does not work")
    ABIME = "ABIME", _("It arrived damaged")
    ERREUR = "ERREUR", _("It is not what I ordered")
    NON_CONFORME = "NON_CONFORME", _("It is not as described")
    AUTRE = "AUTRE", _("Something else")


class Return(Stateful, TimeStamped):
    """Some lines of one order on their way back. Refused ones free their pieces for another request."""

    class Status(models.TextChoices):
        DEMANDE = "DEMANDE", _("asked for")
        ACCEPTE = "ACCEPTE", _("accepted")
        REFUSE = "REFUSE", _("refused")
        RECU = "RECU", _("received back")
        REMBOURSE = "REMBOURSE", _("refunded")

    MOVES = {
        Status.DEMANDE: {Status.ACCEPTE, Status.REFUSE},
        Status.ACCEPTE: {Status.RECU},
        Status.RECU: {Status.REMBOURSE},
    }

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns", verbose_name=_("order"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DEMANDE)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    amount = MoneyField(_("to refund"))
    refunded = MoneyField(_("refunded"), default=ZERO)
    restocked = models.BooleanField(_("put back in stock"), default=False)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["status", "id"], name="return_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")), name="return_refunded_at_most_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"RET-{timezone.localtime(self.created_at).year}-{self.pk:06d}"


class ReturnLine(models.Model):
    """`amount` is what was paid for these pieces, in euros incl. VAT, fixed when the return was asked for."""

    goods_return = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines", verbose_name=_("return"))
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="returned", verbose_name=_("order line")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = MoneyField(_("to refund"))

    class Meta:
        verbose_name = _("returned line")
        verbose_name_plural = _("returned lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["goods_return", "line"], name="return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="return_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line.name}"


def private_path(photo: "ReturnPhoto", filename: str) -> str:
    """A name that nobody can guess."""
    return f"returns/{photo.goods_return_id}/{uuid4().hex}.jpg"


class ReturnPhoto(models.Model):
    """A picture that the customer sent along: made small, without the metadata of the phone."""

    goods_return = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="photos", verbose_name=_("return"))
    file = models.FileField(_("file"), storage=PrivateStorage(), upload_to=private_path, max_length=200)
    size = models.PositiveIntegerField(_("size"))

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.goods_return_id}-{self.pk}.jpg"


class ReturnChange(StatusChange):
    EVENT = return_moved
    subject = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="history", verbose_name=_("return"))

    class Meta:
        verbose_name = _("return change")
        verbose_name_plural = _("return changes")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(announced_at=None), name="return_change_unannounced"),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
