"""Plates and vehicle identification numbers: checked and brought into one form. No ORM.

SIV plates (since 15 April 2009): arrêté du 9 février 2009. Letters I, O and U are never used; SS never begins or
ends one; WW begins provisional ones and never ends one. FNI plates (before): 1 to 4 digits, 1 to 3 letters,
département. Mopeds of 2004 to 2009: 1 or 2 letters, 2 or 3 digits, 1 letter. VIN: ISO 3779, 17 characters without
I, O and Q. The check digit is an American rule and is not looked at.
"""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

SIV = re.compile(r"([A-HJ-NP-TV-Z]{2})(\d{3})([A-HJ-NP-TV-Z]{2})")
FNI = re.compile(r"(\d{1,4})([A-HJ-NP-TV-Z]{1,3})(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6]|98[4-8])")
MOPED = re.compile(r"([A-HJ-NP-TV-Z]{1,2})(\d{2,3})([A-HJ-NP-TV-Z])")
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
SOON = timedelta(days=30)


class BadPlate(ValueError):
    """Not a French plate."""


class BadVin(ValueError):
    """Not a VIN."""


def normal_plate(text: str) -> str:
    """`AB-123-CD`, `1234 AB 75` or `AB-123-C`, whatever the spaces, dashes and case. Raises BadPlate."""
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


def normal_vin(text: str) -> str:
    """17 capital letters and digits; empty stays empty. Raises BadVin."""
    bare = re.sub(r"[\s\-]", "", text).upper()
    if bare and not VIN.fullmatch(bare):
        raise BadVin(_("A VIN has 17 letters and digits, without I, O and Q."))
    return bare


def due_state(day: date | None, today: date) -> str:
    """Empty when unknown or far away, "soon" within 30 days, "late" when past."""
    if day is None or day - today > SOON:
        return ""
    return "late" if day < today else "soon"
