"""People: the e-mail user, the devices signed in, the address book, stored answers of the API."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken
from phonenumber_field.modelfields import PhoneNumberField

from accounts.users.events import account_closed
from accounts.users.roles import roles_of
from config.lib.idempotency import StoredAnswer
from config.lib.jobs import OwedJob
from config.lib.models import Announced


class Language(models.TextChoices):
    FR = "fr", _("French")
    EN = "en", _("English")


class UserManager(BaseUserManager):
    """Django's createsuperuser and authentication need these; the product creates people in services."""

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), unique=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.FR)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["-date_joined"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_ci")]
        indexes = [models.Index(fields=["phone"], name="user_phone")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def roles(self) -> list[str]:
        """What this person is, computed from what he has (accounts/users/roles.py)."""
        return roles_of(self)

    @property
    def email_verified(self) -> bool:
        """True when the person has shown that the address is his. One query, none when prefetched."""
        return any(row.verified and row.email.lower() == self.email for row in self.emailaddress_set.all())

    def get_short_name(self) -> str:
        return self.first_name or self.email.split("@")[0]


class DeviceToken(AbstractAuthToken):
    """An API token of one device, hashed at rest."""

    device_name = models.CharField(_("device"), max_length=120, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    # Step-up (accounts/users/stepup.py): when the owner last showed on this device that it is he.
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by_code = models.BooleanField(_("confirmed by second factor"), default=False)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")


class Address(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses", verbose_name=_("user"))
    label = models.CharField(_("label"), max_length=60, blank=True)
    recipient = models.CharField(_("recipient"), max_length=120)
    phone = PhoneNumberField(_("phone"), blank=True)
    line1 = models.CharField(_("address"), max_length=160)
    line2 = models.CharField(_("address, second line"), max_length=160, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12)
    city = models.CharField(_("city"), max_length=100)
    country = models.CharField(_("country"), max_length=2, default="FR")
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.line1}, {self.postal_code} {self.city}"


class IdempotentAnswer(StoredAnswer):
    """The answers that the API keeps for repeated Idempotency-Keys."""


class OutgoingMail(OwedJob):
    """A mail about someone's account, owed to the post. The text is wiped once it is sent."""

    class Kind(models.TextChoices):
        MESSAGE = "MESSAGE", _("message")
        PASSWORD_RESET = "PASSWORD_RESET", _("password reset")

    TASK = "accounts.users.tasks.send_outgoing_mail"
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.MESSAGE)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject or self.get_kind_display()}"


class AccountClosure(Announced):
    """A person closed the account. The row owes the news to whoever else keeps personal data."""

    EVENT = account_closed
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="closure", verbose_name=_("user"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("account closure")
        verbose_name_plural = _("account closures")

    def payload(self) -> dict[str, Any]:
        return {"user_id": self.user_id}

    def __str__(self) -> str:
        return str(self.user)
