"""Clients of the garage: persons and companies, with or without an account here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.companies.models import Company
from accounts.users.models import Language
from config.lib.models import TimeStamped


class Kind(models.TextChoices):
    PARTICULIER = "PARTICULIER", _("Private person")
    SOCIETE = "SOCIETE", _("Company")


class Client(TimeStamped):
    """Who brings vehicles. `user` or `company` lets the people concerned see them in their own account."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PARTICULIER)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    line1 = models.CharField(_("address"), max_length=160, blank=True)
    line2 = models.CharField(_("address, second line"), max_length=160, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="garage_client",
        verbose_name=_("user"),
    )
    company = models.OneToOneField(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="garage_client",
        verbose_name=_("company"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.FR)
    # Of a company without an account here; one that has an account carries its own.
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff only."))
    forgotten_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name"], name="garage_client_name"),
            models.Index(fields=["phone"], name="garage_client_phone"),
            models.Index(fields=["siren"], condition=~Q(siren=""), name="garage_client_siren"),
            models.Index(Lower("email"), condition=~Q(email=""), name="garage_client_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="SOCIETE") | Q(company__isnull=True), name="garage_client_company_of_company",
                violation_error_message=_("Only a client of the kind company is linked to a company."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person to talk to at a client's."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("client"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
