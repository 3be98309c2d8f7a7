"""Real streets of Paris 3e and 11e, drawn as straight lines: house numbers are spread along them.

Positions are good to some fifty metres, which is enough for a demo; a real shop imports its commune's addresses
(`manage.py import_addresses`).
"""

from typing import NamedTuple

Point = tuple[float, float]


class Street(NamedTuple):
    name: str
    postal_code: str
    start: Point
    end: Point
    last_number: int


STREETS = [
    Street("Rue Oberkampf", "75011", (48.86380, 2.36680), (48.86680, 2.38320), 160),
    Street("Rue de la Roquette", "75011", (48.85340, 2.37050), (48.86100, 2.38700), 180),
    Street("Rue Saint-Maur", "75011", (48.86060, 2.38050), (48.87110, 2.37220), 220),
    Street("Boulevard Voltaire", "75011", (48.86690, 2.36400), (48.84840, 2.39580), 280),
    Street("Rue de Charonne", "75011", (48.85330, 2.37350), (48.85620, 2.39300), 180),
    Street("Avenue Parmentier", "75011", (48.85980, 2.37850), (48.86950, 2.37080), 130),
    Street("Rue Jean-Pierre-Timbaud", "75011", (48.86550, 2.36720), (48.86900, 2.38050), 150),
    Street("Rue de la Folie-Méricourt", "75011", (48.86120, 2.37200), (48.86870, 2.36850), 110),
    Street("Rue Amelot", "75011", (48.85420, 2.36920), (48.86330, 2.36720), 140),
    Street("Rue du Chemin-Vert", "75011", (48.85730, 2.36830), (48.86150, 2.38850), 170),
    Street("Rue de Bretagne", "75003", (48.86300, 2.36450), (48.86430, 2.36000), 60),
    Street("Rue de Turenne", "75003", (48.85770, 2.36430), (48.86360, 2.36500), 130),
    Street("Rue des Archives", "75003", (48.85980, 2.35640), (48.86400, 2.36050), 90),
    Street("Rue du Temple", "75003", (48.86080, 2.35520), (48.86720, 2.36300), 200),
    Street("Rue Vieille-du-Temple", "75003", (48.85860, 2.35960), (48.86320, 2.36450), 140),
    Street("Rue Charlot", "75003", (48.86100, 2.36100), (48.86520, 2.36500), 80),
    Street("Rue de Saintonge", "75003", (48.86050, 2.36250), (48.86480, 2.36550), 70),
    Street("Rue Réaumur", "75003", (48.86540, 2.36060), (48.86620, 2.35430), 60),
]


class DemoAddress(NamedTuple):
    line1: str
    postal_code: str
    lat: float
    lon: float


def position(street: Street, number: int) -> Point:
    share = min(number / street.last_number, 1)
    lat = street.start[0] + (street.end[0] - street.start[0]) * share
    lon = street.start[1] + (street.end[1] - street.start[1]) * share
    return round(lat, 6), round(lon, 6)


def address(name: str, number: int) -> DemoAddress:
    """One house of a street of the list."""
    street = next(s for s in STREETS if s.name == name)
    return DemoAddress(f"{number} {street.name}", street.postal_code, *position(street, number))


def bal_rows() -> list[dict[str, str]]:
    """Every fourth house as a row of a *Base Adresse Locale* file, for the address import."""
    rows = []
    for index, street in enumerate(STREETS, start=1):
        for number in range(2, street.last_number + 1, 4):
            lat, lon = position(street, number)
            rows.append({
                "cle_interop": f"751{street.postal_code[-2:]}_{index:04d}_{number:05d}",
                "voie_nom": street.name,
                "numero": str(number),
                "suffixe": "",
                "commune_nom": "Paris",
                "code_postal": street.postal_code,
                "position": "entrée",
                "long": str(lon),
                "lat": str(lat),
            })  # fmt: skip
    return rows


def bal_lines() -> list[str]:
    """The same rows as the lines of such a file."""
    rows = bal_rows()
    return [";".join(rows[0]), *(";".join(row.values()) for row in rows)]
