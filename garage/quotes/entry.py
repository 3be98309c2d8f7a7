"""What staff type into the entry field of the quote editor, read. No ORM.

    T2 1,5        an hour and a half of labour of skill T2; also `T2 1h30`, `T2 90min`
    T2 1,5 freins the same, under that name
    2x filtre     two of what is found for "filtre"; also `filtre x2`
    vidange       whatever has these words: packages, parts
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from config.lib.money import round_half_up
from garage.quotes.models import Skill

MAX_TYPED = 120
NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
HOURS = re.compile(rf"(?:(\d{{1,4}})\s*min|(\d{{1,3}})\s*(?:h|:)\s*([0-5]\d)|{NUMBER}\s*h?)", re.IGNORECASE)
NAMED = re.compile(rf"({HOURS.pattern})\s+(\S.*)", re.IGNORECASE)
FIRST = re.compile(rf"{NUMBER}\s*[x×*]\s*(\S.*)", re.IGNORECASE)
LAST = re.compile(rf"(.*\S)\s+[x×*]\s*{NUMBER}", re.IGNORECASE)
SHORTEST = 3  # letters of CARROSSERIE that say it


@dataclass(frozen=True)
class Entry:
    """`skills` that the first word may mean; `words` to look for; how many, or how many hours (None: not said); the
    `name` that the labour gets."""

    words: str
    skills: tuple[str, ...] = ()
    quantity: Decimal | None = None
    name: str = ""


def hours(text: str) -> Decimal | None:
    """Hours as people write them, to the hundredth; None for anything else."""
    found = HOURS.fullmatch(text.strip())
    if found is None:
        return None
    only_minutes, whole, minutes, plain = found.groups()
    if plain:
        return number(plain)
    if only_minutes:
        return round_half_up(Decimal(only_minutes) / 60)
    return round_half_up(Decimal(whole) + Decimal(minutes) / 60)


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def read(typed: str) -> Entry:
    """Never fails: what is no skill and no number is words."""
    text = " ".join(typed.replace("\x00", "").split())[:MAX_TYPED]
    head, _, tail = text.partition(" ")
    skills = tuple(code for code in Skill.values if _means(head, code))
    if skills and (not tail or hours(tail) is not None):
        return Entry(text, skills, hours(tail) if tail else None)
    if skills and (named := NAMED.fullmatch(tail)):
        return Entry(text, skills, hours(named[1]), named[named.re.groups])
    if found := FIRST.fullmatch(text):
        return Entry(found[2], (), number(found[1]))
    if found := LAST.fullmatch(text):
        return Entry(found[1], (), number(found[2]))
    return Entry(text)


def _means(word: str, code: str) -> bool:
    wanted = word.upper()
    return bool(wanted) and code.startswith(wanted) and len(wanted) >= min(SHORTEST, len(code))
