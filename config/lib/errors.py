"""What a service may refuse, in one family: doors render it, nobody else catches it."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a stable `code`, an HTTP `status` and a translated `message`.

    `errors` maps a field to its messages; further keyword arguments are `data` shown beside the code.
    """

    code = "error"
    status = 409
    message: Any = _("This cannot be done.")

    def __init__(self, message: Any = None, *, code: str = "", errors: dict[str, list] | None = None, **data: Any):
        if message is not None:
            self.message = message
        if code:
            self.code = code
        self.errors = errors or {}
        self.data = data
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    code = "not_found"
    status = 404
    message = _("This does not exist or is not yours.")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    message = _("You do not have the right to do this.")


class Invalid(DomainError):
    code = "invalid"
    status = 422
    message = _("Some fields need your attention.")


class Conflict(DomainError):
    code = "conflict"
    status = 409


class IllegalMove(Conflict):
    code = "illegal_transition"
    message = _("This step is not possible in the present state.")


class PaymentDeclined(DomainError):
    code = "payment_declined"
    status = 402
    message = _("The payment was declined. Nothing was charged.")
