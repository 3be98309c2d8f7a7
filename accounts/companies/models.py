"""Business customers and merchants, and who belongs to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Role(models.TextChoices):
    OWNER = "OWNER", _("owner")
    ADMIN = "ADMIN", _("administrator")
    MEMBER = "MEMBER", _("member")


class Company(models.Model):
    name = models.CharField(_("name"), max_length=160)
    siren = models.CharField(_("SIREN"), max_length=9, unique=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    line1 = models.CharField(_("address"), max_length=160, blank=True)
    line2 = models.CharField(_("address, second line"), max_length=160, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    MANAGERS: ClassVar[tuple[str, ...]] = (Role.OWNER, Role.ADMIN)

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("company")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
