"""Clients of the garage: persons and companies, with or without an account here."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
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


class Agreement(models.TextChoices):
    """What a client is asked before we do it. `queries.UNASKED` says what holds until he is."""

    RAPPELS = "RAPPELS", _("Reminders of what falls due on my vehicles")
    SMS = "SMS", _("Text messages")
    OFFRES = "OFFRES", _("Offers and news")


class Consent(models.Model):
    """One answer of a client, with its day and how it was given (GDPR art. 7(1): we must be able to show it). Only
    ever added: the last row of a kind counts."""

    class Source(models.TextChoices):
        COMPTE = "COMPTE", _("in his account")
        COMPTOIR = "COMPTOIR", _("at the counter")
        TELEPHONE = "TELEPHONE", _("by phone")
        ECRIT = "ECRIT", _("in writing")
        IMPORT = "IMPORT", _("imported")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents", verbose_name=_("client"))
    kind = models.CharField(_("what for"), max_length=8, choices=Agreement.choices)
    given = models.BooleanField(_("agreed"))
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("noted by"),
    )
    source = models.CharField(_("how"), max_length=10, choices=Source.choices)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["client", "kind", "-id"], name="garage_consent_last")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {_('yes') if self.given else _('no')}"


class Merge(models.Model):
    """Two files that were one client's: what the one that is gone said, and what moved to the one kept."""

    kept = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="merges", verbose_name=_("client kept"))
    gone_id = models.BigIntegerField(_("number of the file that is gone"))
    gone = models.JSONField(_("what it said"))
    moved = models.JSONField(_("what moved"), help_text=_("table and field, number of rows"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("merge of clients")
        verbose_name_plural = _("merges of clients")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class Distinct(models.Model):
    """Two files that look alike and are two clients, as somebody found: not suggested again. `low` < `high`."""

    low = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", verbose_name=_("client"))
    high = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", verbose_name=_("other client"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("clients told apart")
        verbose_name_plural = _("clients told apart")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="garage_distinct_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="garage_distinct_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} / {self.high_id}"


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
