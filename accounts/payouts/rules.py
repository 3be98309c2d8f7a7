"""What may leave and where to: checks of IBANs and mobile numbers, and when a manager looks first. No ORM."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import to_python
from phonenumbers import PhoneNumberType, number_type
from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError

from accounts.payouts.sepa import plain
from config.lib.errors import Conflict, Invalid

# The geographical scope of the SEPA schemes (European Payments Council, EPC409-09), by the country code of the
# IBAN; banks of the French overseas territories write FR, those of the British islands GB.
SEPA_COUNTRIES = frozenset({
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE",
    "SI", "SK", "SM", "VA",
})  # fmt: skip
NEW_FOR = timedelta(hours=24)
RUN_AT = time(5, 20)  # on Mondays, shop's time; also in config/celery.py
MOBILES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class NoBankAccount(Conflict):
    code = "no_bank_account"
    message = _("Bank transfers need euros and our own bank account: set SHOP_IBAN.")


class DestinationInUse(Conflict):
    code = "destination_in_use"
    message = _("A payout to this destination is under way. Cancel it or wait until it is paid.")


class UnknownDestination(Invalid):
    message = _("Give one of your destinations, an IBAN or a mobile number.")

    def __init__(self) -> None:
        super().__init__(errors={"to": [self.message]})


def masked(number: str) -> str:
    """`FR76 •••• 1234`: enough to recognise an account, too little to use it."""
    return f"{number[:4]} •••• {number[-4:]}"


def looks_like_iban(text: str) -> bool:
    """Two letters first: no telephone number begins so."""
    return text.strip()[:2].isalpha()


def checked_iban(text: str, *, field: str = "to") -> str:
    """An IBAN of the SEPA area, without spaces; Invalid on `field`. Checksum and length per country by stdnum."""
    try:
        number = iban_number.validate(text)
    except ValidationError:
        raise Invalid(errors={field: [_("This IBAN is not right. Copy it again from your bank.")]})
    if number[:2] not in SEPA_COUNTRIES:
        raise Invalid(errors={field: [_("Transfers go to banks of the SEPA area only.")]})
    if settings.CURRENCY != "EUR":
        raise Invalid(errors={field: [_("Bank transfers are made in euros only. Give a mobile number.")]})
    return number


def checked_mobile(text: str, *, field: str = "to") -> str:
    """A mobile number in E.164 form; Invalid on `field`. Premium and landline numbers are refused."""
    phone = to_python(text, region=settings.PHONENUMBER_DEFAULT_REGION)
    if not phone or not phone.is_valid() or number_type(phone) not in MOBILES:
        raise Invalid(errors={field: [_("Give a mobile number with its country, for example +33 6 12 34 56 78.")]})
    return phone.as_e164


def checked_bic(text: str) -> str:
    """A BIC, or empty: since 2016 transfers inside SEPA do without (Regulation (EU) 260/2012, art. 5)."""
    if not text.strip():
        return ""
    try:
        return bic_number.validate(text)
    except ValidationError:
        raise Invalid(errors={"bic": [_("This BIC is not right. You may leave it out.")]})


def checked_holder(text: str) -> str:
    """The name on the account, at most 70 characters, that the transfer file can write; Invalid on `holder`."""
    name = " ".join(text.split())[:70]
    if len(plain(name, 70)) < 2:
        raise Invalid(errors={"holder": [_("Give the name on the account in Latin letters.")]})
    return name


def needs_review(*, total_of_a_day: Decimal, destination_age: timedelta) -> bool:
    """Whether a manager looks first: `total_of_a_day` is what this wallet asked for in 24 hours, this time included.

    A stolen session sends money to a new place at once. The owner is warned by mail when a destination is added;
    until he had a day to read it, only small amounts leave unseen. Counting a whole day, not one payout, keeps
    anybody from slicing a large amount.
    """
    limit = settings.WITHDRAW_REVIEW_NEW_ABOVE if destination_age < NEW_FOR else settings.WITHDRAW_REVIEW_ABOVE
    return total_of_a_day > limit


def next_bank_day(day: date) -> date:
    """The first weekday after `day`. Banks move a date that falls on one of their holidays themselves."""
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def next_run(now: datetime) -> date:
    """The Monday of the next weekly run (config/celery.py), today when it is still to come."""
    day = now.date() if now.time() < RUN_AT else now.date() + timedelta(days=1)
    return day + timedelta(days=-day.weekday() % 7)
