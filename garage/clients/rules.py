"""Refusals about clients, and when two files look like one client's. No ORM."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict

# Two names of this likeness (difflib's ratio) in one postal code: "Duppont Marie" and "Marie Dupont", not brothers.
ALIKE = 0.88


class StillBusy(Conflict):
    code = "client_busy"
    message = _("A quote, an appointment or a repair of this client is not finished yet.")


class Forgotten(Conflict):
    code = "client_erased"
    message = _("The data of this client was erased.")


class CannotMerge(Conflict):
    code = "cannot_merge"


def plain_name(name: str) -> str:
    """A name without case, accents, punctuation and order of its words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in bare).split()))


def names_alike(one: str, other: str) -> bool:
    one, other = plain_name(one), plain_name(other)
    if not one or not other:
        return False
    match = SequenceMatcher(None, one, other, autojunk=False)
    return one == other or (match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE <= match.ratio())


def near_pairs(rows: Iterable[tuple[int, str, str]]) -> list[tuple[int, int]]:
    """Of (id, name, postal code): pairs of ids in one postal code whose names are alike, lower id first.

    Only names that share a word are compared, so that a large town does not cost the square of its clients.
    """
    blocks: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for pk, name, postal_code in rows:
        for word in set(plain_name(name).split()):
            blocks[postal_code, word].append((pk, name))
    found = set()
    for block in blocks.values():
        for index, (pk, name) in enumerate(block):
            for other_pk, other in block[index + 1 :]:
                if names_alike(name, other):
                    found.add((min(pk, other_pk), max(pk, other_pk)))
    return sorted(found)
