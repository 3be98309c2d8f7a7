"""Plates, vehicle identification numbers and odometers: checked and brought into one form. No query.

SIV plates (since 15 April 2009): arrêté du 9 février 2009. Letters I, O and U are never used; SS never begins or
ends one; WW begins provisional ones and never ends one. FNI plates (before): 1 to 4 digits, 1 to 3 letters,
département. Mopeds of 2004 to 2009: 1 or 2 letters, 2 or 3 digits, 1 letter. VIN: ISO 3779, 17 characters without
I, O and Q. The check digit is an American rule and is not looked at.
"""

import hashlib
import re
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import Conflict

SIV = re.compile(r"([A-HJ-NP-TV-Z]{2})(\d{3})([A-HJ-NP-TV-Z]{2})")
FNI = re.compile(r"(\d{1,4})([A-HJ-NP-TV-Z]{1,3})(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6]|98[4-8])")
MOPED = re.compile(r"([A-HJ-NP-TV-Z]{1,2})(\d{2,3})([A-HJ-NP-TV-Z])")
FOREIGN = re.compile(r"[^\W_]+( [^\W_]+)*")
LONGEST_PLATE = 15
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
SOON = timedelta(days=30)


class BadPlate(ValueError):
    """Not a plate of its country."""


class BadVin(ValueError):
    """Not a VIN."""


def normal_plate(text: str, country: str = "FR") -> str:
    """A French plate as `AB-123-CD`, `1234 AB 75` or `AB-123-C`, whatever the spaces, dashes and case; one of another
    country in capitals, its groups of letters and digits parted by one space. Raises BadPlate."""
    if country != "FR":
        return _foreign_plate(text)
    bare = re.sub(r"[\s\-.·_]", "", text).upper()
    if found := SIV.fullmatch(bare):
        first, digits, last = found.groups()
        if digits != "000" and first != "SS" and last not in ("SS", "WW"):
            return f"{first}-{digits}-{last}"
    if (found := FNI.fullmatch(bare)) and int(found[1]):
        return f"{int(found[1])} {found[2]} {found[3]}"
    if (found := MOPED.fullmatch(bare)) and int(found[2]):
        return f"{found[1]}-{found[2]}-{found[3]}"
    raise BadPlate(_("Write the plate as AB-123-CD, or as 1234 AB 75 for an older one."))


def _foreign_plate(text: str) -> str:
    plate = re.sub(r"[\s\-.·_]+", " ", text).strip().upper()
    if not 2 <= len(plate) <= LONGEST_PLATE or not FOREIGN.fullmatch(plate):
        raise BadPlate(_("A plate has 2 to %d letters and digits.") % LONGEST_PLATE)
    return plate


def normal_vin(text: str) -> str:
    """17 capital letters and digits; empty stays empty. Raises BadVin."""
    bare = re.sub(r"[\s\-]", "", text).upper()
    if bare and not VIN.fullmatch(bare):
        raise BadVin(_("A VIN has 17 letters and digits, without I, O and Q."))
    return bare


def token_hash(token: str) -> str:
    """What is kept of a link: the table alone opens nothing."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def due_state(day: date | None, today: date) -> str:
    """Empty when unknown or far away, "soon" within 30 days, "late" when past."""
    if day is None or day - today > SOON:
        return ""
    return "late" if day < today else "soon"


# --- Odometer ---------------------------------------------------------------------------------------------------
HIGHEST_KM = 9_999_999
OLDEST_DAY = date(1900, 1, 1)
# How far a vehicle of a kind may come: at most `most` km in its life, and between two readings what it may do in a
# day of long driving (`burst`) and then day after day (`daily`).
KM_LIMITS = {
    "VOITURE": {"burst": 2000, "daily": 500, "most": 2_000_000},
    "UTILITAIRE": {"burst": 2000, "daily": 700, "most": 2_000_000},
    "DEUX_ROUES": {"burst": 1500, "daily": 350, "most": 700_000},
}


class Reason(TextChoices):
    """Why a reading was set aside."""

    FUTUR = "FUTUR", gettext_lazy("in the future")
    TROP_ANCIENNE = "TROP_ANCIENNE", gettext_lazy("before the first registration")
    RECUL = "RECUL", gettext_lazy("goes backwards")
    SAUT = "SAUT", gettext_lazy("jumps too far")
    REMPLACEE = "REMPLACEE", gettext_lazy("contradicted by a later decision")
    GARAGE = "GARAGE", gettext_lazy("decided by the garage")
    ESTIMATION = "ESTIMATION", gettext_lazy("an estimate that a reading contradicts")


REFUSALS = {
    Reason.FUTUR: gettext_lazy("This day has not come yet."),
    Reason.TROP_ANCIENNE: gettext_lazy("The vehicle was not registered yet on that day."),
    Reason.RECUL: gettext_lazy("An odometer does not go backwards: another reading contradicts this one."),
    Reason.SAUT: gettext_lazy("No vehicle of this kind goes so far in that time."),
    Reason.REMPLACEE: gettext_lazy("The garage has retained another reading, which contradicts this one."),
    Reason.GARAGE: gettext_lazy("The garage has set this reading aside."),
    Reason.ESTIMATION: gettext_lazy("What the odometer said contradicts this estimate from tracked kilometres."),
}


class NotTheOwner(Conflict):
    code = "owned_since"
    message = gettext_lazy("The present owner has it since a later day.")


class NotYet(Conflict):
    code = "not_yet"
    message = REFUSALS[Reason.FUTUR]


class Contradicted(Conflict):
    code = "contradicted"
    message = gettext_lazy("Retained readings contradict this one. Set them aside first, or retain it in their place.")


class Estimated(Conflict):
    code = "estimated"
    message = gettext_lazy("An estimate follows from readings and tracked kilometres. Correct the reading before it.")


class AlreadyDriving(Conflict):
    code = "already_driving"
    message = gettext_lazy("This courier drives another vehicle already.")


class Read(NamedTuple):
    """Kilometres on a day; of several on one day the one with the higher `turn` was written down later."""

    day: date
    turn: int
    km: int


def refusal(reason: str) -> str:
    """A reason as a sentence for the person who gave the reading; empty for none."""
    return str(REFUSALS[Reason(reason)]) if reason else ""


def contradict(one: Read, other: Read) -> bool:
    """Whether of two readings the later shows less."""
    first, second = sorted((one, other))
    return first.km > second.km


def judge(
    day: date, km: int, *, kept: Sequence[Read], today: date, first_registration: date | None, kind: str
) -> str:
    """The Reason to set a new reading aside, empty to retain it. `kept` are the retained ones, in any order."""
    given = Read(day, sys.maxsize, km)
    if day > today:
        return Reason.FUTUR
    if day < (first_registration or OLDEST_DAY):
        return Reason.TROP_ANCIENNE
    if any(contradict(other, given) for other in kept):
        return Reason.RECUL
    limits = KM_LIMITS[kind]
    start = [Read(first_registration, 0, 0)] if first_registration else []
    before = max((r for r in [*start, *kept] if r < given), default=None)
    after = min((r for r in kept if r > given), default=None)
    pairs = [(a, b) for a, b in ((before, given), (given, after)) if a and b]
    far = any(b.km - a.km > limits["burst"] + limits["daily"] * (b.day - a.day).days for a, b in pairs)
    return Reason.SAUT if far or km > limits["most"] else ""


def estimates(kept: Sequence[Read], tracked: Sequence[tuple[date, int]]) -> dict[date, tuple[int, bool]]:
    """For each tracked day (day, metres) the kilometres at its end: those of the last reading before that day and the
    metres since. False beside them when the next reading, of that day or later, shows less."""
    found: dict[date, tuple[int, bool]] = {}
    reads, metres, base = sorted(kept), 0, None
    for day, moved in sorted(tracked):
        last = next((read for read in reversed(reads) if read.day < day), None)
        if last is None:
            continue
        metres, base = (metres + moved if last == base else moved), last
        following = next((read for read in reads if read.day >= day), None)
        km = last.km + metres // 1000
        found[day] = (km, following is None or km <= following.km)
    return found
