"""What a person is, seen from what he has: never a writable field.

A higher feature tells who holds its role, in its app's `ready()`: `roles.register("COURSIER", is_courier)`, with
`among` beside it where lists of people are shown, so that a list costs one query and not one for each row.
"""

from collections.abc import Callable, Iterable
from typing import Any

ORDER = ("CLIENT", "COURSIER", "MARCHAND", "MECANICIEN", "SUPPORT", "GESTIONNAIRE", "ADMIN")
GROUP_ROLES = {"Mecanicien": "MECANICIEN", "Support": "SUPPORT", "Gestionnaire": "GESTIONNAIRE"}

Predicate = Callable[[Any], bool]
Among = Callable[[list[int]], Iterable[int]]
_predicates: dict[str, Predicate] = {}
_among: dict[str, Among] = {}


def register(role: str, predicate: Predicate, *, among: Among | None = None) -> None:
    """`predicate(user)` says whether a person holds `role`; `among(user_ids)` gives those of many who do."""
    _predicates[role] = predicate
    if among is not None:
        _among[role] = among


def groups_of(user: Any) -> frozenset[str]:
    """Names of the staff groups of a person; read once for each instance."""
    known = getattr(user, "_group_names", None)
    if known is None:
        known = user._group_names = frozenset(group.name for group in user.groups.all())
    return known


def _own(user: Any) -> set[str]:
    held = {"CLIENT"}
    if user.is_staff:
        held |= {GROUP_ROLES[name] for name in groups_of(user) if name in GROUP_ROLES}
    if user.is_superuser:
        held.add("ADMIN")
    return held


def roles_of(user: Any) -> list[str]:
    """The roles of one person, in the order of the contract."""
    held = _own(user) | {role for role, predicate in _predicates.items() if predicate(user)}
    return [role for role in ORDER if role in held]


def roles_of_many(users: Iterable[Any]) -> dict[int, list[str]]:
    """The roles of many people: one query for each registered role that offers `among`."""
    people = list(users)
    ids = [user.pk for user in people]
    found = {role: set(among(ids)) for role, among in _among.items()}
    result = {}
    for user in people:
        held = _own(user) | {role for role, holders in found.items() if user.pk in holders}
        held |= {role for role, predicate in _predicates.items() if role not in found and predicate(user)}
        result[user.pk] = [role for role in ORDER if role in held]
    return result
