"""Who does a thing: a user, or the system itself (jobs, listeners, commands)."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class System:
    """The actor of jobs and listeners. It has every right and no row of its own."""

    pk = None
    is_system = True

    def __str__(self) -> str:
        return "system"


SYSTEM = System()
Actor: TypeAlias = "AbstractBaseUser | System"


def actor_user(actor: Any) -> Any:
    """The user behind an actor, or None for the system: what goes into a foreign key."""
    return None if isinstance(actor, System) or not getattr(actor, "pk", None) else actor
