"""Export and closing, for features above: each tells what it keeps about a person and what still binds him."""

from collections.abc import Callable
from typing import Any

Section = Callable[[Any], Any]
Check = Callable[[Any], None]
_sections: dict[str, Section] = {}
_checks: list[Check] = []


def register_section(name: str, section: Section) -> None:
    """`section(user)` gives what a feature keeps about a person, as plain JSON values."""
    _sections[name] = section


def register_check(check: Check) -> None:
    """`check(user)` raises a Conflict while the account may not be closed."""
    if check not in _checks:
        _checks.append(check)


def sections(user: Any) -> dict[str, Any]:
    return {name: section(user) for name, section in _sections.items()}


def check_closing(user: Any) -> None:
    for check in _checks:
        check(user)
