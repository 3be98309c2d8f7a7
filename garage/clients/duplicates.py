"""Files that look like one client's: the same address, phone or SIREN, or nearly the same name in one postal code."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from garage.clients.models import Client, Distinct
from garage.clients.rules import near_pairs

REASONS = {
    "EMAIL": _("the same e-mail"), "TELEPHONE": _("the same phone"), "SIREN": _("the same SIREN"),
    "NOM": _("nearly the same name in one postal code"),
}
MOST = 200  # pairs shown at once: the list is worked off from the top


@dataclass(frozen=True)
class Suggestion:
    older: Client
    newer: Client
    reasons: list[str]

    @property
    def files(self) -> tuple[Client, Client]:
        return self.older, self.newer

    @property
    def why(self) -> str:
        return ", ".join(str(REASONS[reason]) for reason in self.reasons)


def _same(rows: QuerySet[Client], field: str) -> list[tuple[int, int]]:
    """Pairs of files with one value of `field`; the first of each group with each of the others."""
    values = rows.exclude(**{field: ""}).annotate(value=Lower(field))
    several = values.order_by().values("value").annotate(n=Count("pk")).filter(n__gt=1).values("value")
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, value in values.filter(value__in=several).order_by("pk").values_list("pk", "value"):
        groups[value].append(pk)
    return [(group[0], pk) for group in groups.values() for pk in group[1:]]


def suggestions(*, of: Client | None = None) -> list[Suggestion]:
    """Pairs to look at, those with the most reasons first; with `of` only its own."""
    rows = Client.objects.filter(forgotten_at=None)
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for reason, field in (("EMAIL", "email"), ("TELEPHONE", "phone"), ("SIREN", "siren")):
        for pair in _same(rows, field):
            found[pair].append(reason)
    named: Any = rows.exclude(postal_code="").order_by("pk").values_list("pk", "name", "postal_code")
    for pair in near_pairs(named if of is None else named.filter(postal_code=of.postal_code)):
        found[pair].append("NOM")
    for pair in Distinct.objects.values_list("low", "high"):
        found.pop(pair, None)
    pairs = [(pair, why) for pair, why in found.items() if of is None or of.pk in pair]
    pairs.sort(key=lambda item: (-len(item[1]), item[0]))
    kept = pairs[:MOST]
    files = Client.objects.select_related("user", "company").in_bulk({pk for pair, _why in kept for pk in pair})
    return [Suggestion(files[low], files[high], why) for (low, high), why in kept]
