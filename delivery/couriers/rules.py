"""Refusals of the couriers' feature."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Forbidden


class NotACourier(Forbidden):
    code = "not_a_courier"
    message = _("Only approved couriers can do this.")


class NotOnShift(Forbidden):
    code = "not_on_shift"
    message = _("Open your shift first.")


class AlreadyApplied(Conflict):
    code = "already_applied"
    message = _("You have applied already.")


