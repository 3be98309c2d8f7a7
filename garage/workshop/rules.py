"""Refusals and limits of bookings. No ORM."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict

MOST_HOURS = Decimal(60)
LEAST_HOURS = Decimal("0.25")
WORDS_ALONE = Decimal(1)  # hours to look at what a client describes in his own words
FARTHEST = timedelta(days=400)  # ahead, for anybody
CLIENT_AHEAD = timedelta(days=120)
CLIENT_LEAD = timedelta(hours=2)  # a client does not surprise the garage
CLIENT_MOST_HOURS = Decimal(16)  # longer work is planned by the garage
MOST_OPEN = 5  # appointments to come that a client booked himself
MOST_VEHICLES = 10  # in use, that a client entered himself


class SlotTaken(Conflict):
    code = "slot_taken"
    message = _("This time has just been taken. Choose another one.")


class TooLate(Conflict):
    code = "too_late_to_cancel"
    message = _("It is too late to cancel here. Please call us.")


class TooManyAppointments(Conflict):
    code = "too_many_appointments"
    message = _("You have several appointments to come. Call us for another one.")


class TooManyVehicles(Conflict):
    code = "too_many_vehicles"
    message = _("You have entered many vehicles. Call us to add another one.")


class NotYet(Conflict):
    code = "not_yet"
    message = _("The time of this appointment has not come yet.")


class NotOpen(Conflict):
    code = "not_open"
    message = _("Only an appointment to come can be moved.")


def short_name(name: str) -> str:
    """As little of a client's name as tells two of them apart: the first word and the next one's initial."""
    first, *others = name.split() or [""]
    return f"{first} {others[0][0]}." if others else first
