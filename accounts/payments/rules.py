"""What payments refuse."""

from typing import Any

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType

from config.lib.errors import Conflict, DomainError, Invalid, PaymentDeclined

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

TOP_UP = "topup:"  # references of payments into a wallet begin like this
UNKNOWN = "inconnu:"  # and those of charges that a provider speaks of and that we never asked
REFERENCE_MAX = 100


class PaymentInProgress(Conflict):
    code = "payment_in_progress"
    message = _("A payment for this is already under way.")


class AlreadyPaid(Conflict):
    code = "already_paid"
    message = _("This is already paid.")


class NotPaid(Conflict):
    code = "not_paid"
    message = _("This payment has not been received.")


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    message = _("This is more than what is left to refund.")


class CannotAbsorb(Conflict):
    code = "cannot_absorb"
    message = _("Our books cannot be reversed by this amount: what was paid is refunded already. Write it off instead.")


class KeyOfAnother(Conflict):
    code = "payment_key_reused"
    message = _("This key was used for another payment.")


DECLINES: dict[str, Any] = {
    "insufficient_funds": _("There was not enough money on the account."),
    "not_enough_funds": _("There was not enough money on the account."),
    "expired": _("Nobody confirmed it in time. Nothing was charged."),
    "expired_card": _("The card has expired."),
    "cancelled": _("You stopped it. Nothing was charged."),
    "never_asked": _("The payment provider was not reached. Nothing was charged."),
    "authentication_failed": _("It was refused on the bank’s page. Nothing was charged."),
    "authentication_required": _("The bank wants to hear from you first: please try again and confirm there."),
    "refused_on_phone": _("It was refused on the phone. Nothing was charged."),
    "approval_rejected": _("It was refused on the phone. Nothing was charged."),
    "payer_not_found": _("This number has no mobile money account."),
    "payer_limit_reached": _("The limit of this mobile money account is reached."),
}


def decline_text(code: str) -> Any:
    """Why a payment failed, for the payer. Codes come from several providers: their spelling is made one."""
    return DECLINES.get(code.lower(), PaymentDeclined.message)


class StillPending(Conflict):
    code = "payment_still_pending"
    message = _("This payment cannot be stopped: the provider is deciding. You are told as soon as it has.")


class ProviderAway(DomainError):
    code = "provider_away"
    status = 503
    message = _("The payment provider does not answer. Please try again in a moment.")


class MethodNotOffered(Invalid):
    message = _("This way to pay is not offered here.")


class BadToken(Invalid):
    message = _("This is not a token of the payment provider.")


class BadPhone(Invalid):
    message = _("Enter a mobile number, for example 06 12 34 56 78 or +225 07 00 00 00 00.")


def mobile_number(text: str, *, field: str = "payment_token") -> str:
    """A number that people type, in E.164 (ITU-T: + and at most 15 digits); BadPhone on `field` otherwise.

    Without a country code it is read as one of PHONENUMBER_DEFAULT_REGION. Fixed and premium-rate lines are refused:
    no wallet lives there.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise BadPhone(errors={field: [BadPhone.message]})
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE:
        raise BadPhone(errors={field: [BadPhone.message]})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class BadSignature(DomainError):
    code = "bad_signature"
    status = 400
    message = _("The signature of this call is wrong.")


class MalformedEvent(DomainError):
    code = "malformed"
    status = 400
    message = _("This event cannot be read.")


class UnknownProvider(DomainError):
    code = "not_found"
    status = 404
    message = _("There is no such payment provider.")
