"""What is refused about people, and the checks of what they type."""

import re
from datetime import timedelta
from typing import Any

import phonenumbers
from babel import Locale
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError, Forbidden, Invalid

TOKEN_LIFETIME = timedelta(days=90)
FRENCH_POSTCODE = re.compile(r"\d{5}")
_CODES = frozenset(code for code in Locale("fr").territories if re.fullmatch(r"[A-Z]{2}", str(code)))
COUNTRIES = _CODES - {"ZZ", "EU", "UN", "XA", "XB", "EZ", "QO"}


class InvalidCredentials(DomainError):
    code = "invalid_credentials"
    status = 401
    message = _("The e-mail, the password or the code is not right.")


class MfaRequired(DomainError):
    code = "mfa_required"
    status = 401
    message = _("Enter the code of your second factor.")


class MfaSetupRequired(Forbidden):
    code = "mfa_setup_required"
    message = _("Staff accounts need a second factor: set it up on the website first.")


class StepUpRequired(Forbidden):
    code = "step_up_required"
    message = _("Confirm that it is you before money leaves your wallet.")


class BadResetLink(Invalid):
    message = _("This link has expired or was already used. Ask for a new one.")


# What people put between the digits of a phone number: spaces of any kind, dots, dashes, brackets.
PHONE_MARKS = re.compile(r"[\s.\-()/‐‑–]+")


def e164(text: str) -> str:
    """A phone number as people write it, in E.164 ("+33612345678"); empty for what is none."""
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_title(agent: str) -> str:
    """A User-Agent as a person would say it ("Firefox, Windows"); another name as it is."""
    if not agent.startswith("Mozilla/"):
        return agent
    found = (next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name) or agent


def checked_password(password: str, *, user: Any, field: str = "password") -> str:
    """The password, if it is good enough for `user`; Invalid on `field` otherwise."""
    try:
        validate_password(password, user=user)
    except ValidationError as error:
        raise Invalid(errors={field: list(error.messages)})
    return password


def checked_address(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an address, tidied; Invalid on the wrong ones."""
    errors: dict[str, list] = {}
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    for name in ("recipient", "line1", "postal_code", "city"):
        if not tidy.get(name):
            errors[name] = [_("This field is required.")]
    tidy["country"] = (tidy.get("country") or "FR").upper()
    if tidy["country"] not in COUNTRIES:
        errors["country"] = [_("Give the two letters of a country, for example FR.")]
    if tidy["country"] == "FR" and tidy.get("postal_code") and not FRENCH_POSTCODE.fullmatch(tidy["postal_code"]):
        errors["postal_code"] = [_("A French postal code has five digits.")]
    lat: float | None = fields.get("lat")
    lon: float | None = fields.get("lon")
    if (lat is None) != (lon is None):
        errors["lat" if lat is None else "lon"] = [_("Give both latitude and longitude, or neither.")]
    if lat is not None and not -90 <= lat <= 90:
        errors["lat"] = [_("A latitude lies between -90 and 90.")]
    if lon is not None and not -180 <= lon <= 180:
        errors["lon"] = [_("A longitude lies between -180 and 180.")]
    if errors:
        raise Invalid(errors=errors)
    return tidy
