"""When and where a message may go: channels by choice, quiet hours, phone numbers. No ORM."""

from datetime import datetime, time, timedelta

import phonenumbers
from phonenumbers import PhoneNumberType

from support.notifications.models import Channel

# A text message costs money and is read at once: it is for those who asked for it.
DEFAULTS: dict[str, bool] = {Channel.EMAIL: True, Channel.SMS: False, Channel.PUSH: True}
# Who has no account has set no quiet hours: no text message leaves at night. Nor does what the clock finds at night
# ring a phone whose owner chose none.
NIGHT = (time(20, 30), time(8, 30))
RINGING = {Channel.SMS, Channel.PUSH}
MAX_DEVICES = 10
_EXPENSIVE = {
    PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN, PhoneNumberType.VOICEMAIL,
    PhoneNumberType.PAGER,
}


def channels_for(
    *, possible: tuple[str, ...], forced: bool, topic: str, choices: dict[tuple[str, str], bool]
) -> list[str]:
    """The channels a message takes: those its kind allows and the person did not switch off.

    `forced` is for what one must receive (security of the account): all of `possible`, whatever was chosen.
    """
    if forced:
        return list(possible)
    return [c for c in possible if choices.get((topic, c), DEFAULTS[c])]


def ways_outside(*, possible: tuple[str, ...], forced: bool, email: str, phone: str) -> list[tuple[str, str]]:
    """(channel, where to) for somebody without account: by e-mail if he has one, else by text message. What is
    `forced` takes every way given."""
    both: list[tuple[str, str]] = [(Channel.EMAIL, email), (Channel.SMS, phone)]
    ways = [(channel, to) for channel, to in both if channel in possible and to]
    return ways if forced else ways[:1]


def is_quiet(*, at: time, starts: time, ends: time) -> bool:
    """Whether `at` lies in the quiet hours; `starts` later than `ends` passes midnight; equal means never."""
    if starts <= ends:
        return starts <= at < ends
    return at >= starts or at < ends


def not_before(*, now: datetime, quiet: tuple[time, time] | None) -> datetime:
    """When a phone may ring: `now` (local time), or the end of the quiet hours it falls into."""
    if quiet is None or not is_quiet(at=now.time(), starts=quiet[0], ends=quiet[1]):
        return now
    end = now.replace(hour=quiet[1].hour, minute=quiet[1].minute, second=0, microsecond=0)
    return end if end > now else end + timedelta(days=1)


def may_text(number: str) -> bool:
    """Whether a text message may go to this E.164 number: valid, and no premium-rate or service line."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in _EXPENSIVE
