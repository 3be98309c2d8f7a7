"""Files that belong to a vehicle, and links to its history."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.private import PrivateStorage
from garage.clients.models import Client
from garage.vehicles.models.vehicle import Vehicle


class FileKind(models.TextChoices):
    PHOTO = "PHOTO", _("Photo")
    CARTE_GRISE = "CARTE_GRISE", _("Registration certificate")
    ASSURANCE = "ASSURANCE", _("Insurance")
    CONTROLE = "CONTROLE", _("Technical inspection report")
    FACTURE = "FACTURE", _("Invoice of another garage")
    AUTRE = "AUTRE", _("Other")


def private_path(row: "VehicleFile", filename: str) -> str:
    """A name that nobody can guess."""
    return f"vehicles/{row.vehicle_id}/{uuid4().hex}{'.pdf' if row.content_type == 'application/pdf' else '.jpg'}"


class VehicleFile(models.Model):
    """A picture, made small and without the metadata of the phone, or a PDF. It is the owner's of that time: who
    buys the vehicle does not see it."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="files", verbose_name=_("vehicle"))
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="vehicle_files", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=12, choices=FileKind.choices)
    name = models.CharField(_("name"), max_length=120)
    file = models.FileField(_("file"), storage=PrivateStorage(), upload_to=private_path, max_length=200)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("vehicle's file")
        verbose_name_plural = _("vehicles' files")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class HistoryShare(models.Model):
    """A link by which anybody reads the vehicle's history without names and amounts. Only the hash of its token is
    kept, so it is shown once."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="shares", verbose_name=_("vehicle"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(_("for whom"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)

    class Meta:
        verbose_name = _("shared history")
        verbose_name_plural = _("shared histories")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.label or f"{timezone.localtime(self.created_at):%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
