"""Inspection rules and maintenance intervals as they usually stand, loaded when a site is set up. From then on they
are the site's own data: staff change them in the admin. To be confirmed by the operator's adviser.

Sources: code de la route, art. R323-22 (cars and vans: within the six months before the fourth birthday, then every
two years; vans also a pollution check within the two months before a year after each inspection); art. R323-27 with
décret 2023-974 (two-wheelers: within the six months before the fifth birthday, then every three years, in force since
15 April 2024) and arrêté du 23 octobre 2023, art. 43 (the calendar of those first registered before 2022).
"""

from typing import Any

ROUTE = "Code de la route, art."
MOTOS = f"{ROUTE} R323-27 (décret 2023-974)"
CALENDAR = "Arrêté du 23 octobre 2023, art. 43"
SINCE, MOTOS_SINCE = "1992-01-01", "2024-04-15"


def _transition(registered_from: str | None, registered_until: str, first_due_on: str) -> dict[str, Any]:
    return {
        "vehicle_kind": "DEUX_ROUES", "registered_from": registered_from, "registered_until": registered_until,
        "first_due_on": first_due_on, "every_months": 36, "valid_from": MOTOS_SINCE, "source": CALENDAR,
    }


INSPECTION_RULES: list[dict[str, Any]] = [
    *[
        {
            "vehicle_kind": kind, "first_months": 48, "every_months": 24, "valid_from": SINCE,
            "source": f"{ROUTE} R323-22 I",
        }
        for kind in ("VOITURE", "UTILITAIRE")
    ],
    {
        "vehicle_kind": "UTILITAIRE", "check_kind": "POLLUTION", "every_months": 12, "window_months": 2,
        "except_energies": ["ELECTRIQUE", "HYDROGENE"], "valid_from": "1999-01-01", "source": f"{ROUTE} R323-22 II",
    },
    _transition(None, "2016-12-31", "2024-12-31"),
    _transition("2017-01-01", "2019-12-31", "2025-12-31"),
    _transition("2020-01-01", "2021-12-31", "2026-12-31"),
    {
        "vehicle_kind": "DEUX_ROUES", "registered_from": "2022-01-01", "first_months": 60, "every_months": 36,
        "valid_from": MOTOS_SINCE, "source": MOTOS,
    },
]

_BURNING = ["ESSENCE", "DIESEL", "HYBRIDE", "HYBRIDE_RECHARGEABLE", "GPL", "GNV", "ETHANOL"]
_ITEMS: list[tuple[str, str, str, list[str], int | None, int | None]] = [
    ("VIDANGE-VP", "Vidange et filtres", "VOITURE", _BURNING, 12, 15_000),
    ("VIDANGE-VU", "Vidange et filtres", "UTILITAIRE", _BURNING, 12, 20_000),
    ("REVISION-2R", "Révision du deux-roues", "DEUX_ROUES", _BURNING, 12, 4_000),
    ("REVISION-2R-ELEC", "Révision du deux-roues électrique", "DEUX_ROUES", ["ELECTRIQUE"], 12, 6_000),
    ("REVISION-VP-ELEC", "Révision du véhicule électrique", "VOITURE", ["ELECTRIQUE"], 24, 30_000),
    ("REVISION-VU-ELEC", "Révision de l’utilitaire électrique", "UTILITAIRE", ["ELECTRIQUE"], 24, 30_000),
    ("FREIN-LIQ-VP", "Liquide de frein", "VOITURE", [], 24, None),
    ("FREIN-LIQ-VU", "Liquide de frein", "UTILITAIRE", [], 24, None),
    ("FREIN-LIQ-2R", "Liquide de frein", "DEUX_ROUES", [], 24, None),
]
MAINTENANCE_ITEMS: list[dict[str, Any]] = [
    {
        "code": code, "name": name, "vehicle_kind": kind, "energies": energies, "every_months": months, "every_km": km,
    }
    for code, name, kind, energies, months, km in _ITEMS
]
