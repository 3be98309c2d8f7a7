"""What payments refuse."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, DomainError


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


class KeyOfAnother(Conflict):
    code = "payment_key_reused"
    message = _("This key was used for another payment.")


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
