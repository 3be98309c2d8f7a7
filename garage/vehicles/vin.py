"""What a vehicle identification number tells of its vehicle. For looking at: nothing depends on it."""

from datetime import date
from functools import lru_cache
from typing import TypedDict

from babel import Locale
from django.utils.translation import get_language
from vininfo import Vin, VininfoException


class VinFacts(TypedDict):
    """Empty where the number does not say."""

    maker: str
    country: str
    year: int | None


@lru_cache
def _countries() -> dict[str, str]:
    """ISO code by the English name."""
    return {str(name): str(code) for code, name in Locale("en").territories.items() if len(str(code)) == 2}


def country_name(code: str) -> str:
    """A country in the reader's language; the code itself when it is unknown."""
    names = Locale.parse((get_language() or "fr").replace("-", "_")).territories
    return str(names.get(code, code))


def facts(vin: str, today: date) -> VinFacts | None:
    """Maker and country (ISO 3780), and the latest model year (its tenth character, which not every maker keeps to).
    None for no VIN."""
    if not vin:
        return None
    try:
        known = Vin(vin)
        maker, country, years = str(known.manufacturer or ""), str(known.country or ""), list(known.years)
    except (VininfoException, LookupError, ValueError):
        return None
    code = _countries().get(country, "")
    return {
        "maker": "" if maker == "UnsupportedBrand" else maker,
        "country": country_name(code) if code else country,
        "year": max((year for year in years if year <= today.year + 1), default=None),
    }
