"""Rate limits of the credential doors, by visitor and by the address that is tried, so that neither one machine with
many addresses nor many machines with one address get far; by visitor alone of what a link opens without an account."""

import hashlib
from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle


class ByVisitor(ScopedRateThrottle):
    def get_cache_key(self, request: Request, view: Any) -> str:
        """By address of the machine, also for people who are signed in."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class ByPerson(SimpleRateThrottle):
    """Confirmations of one person, right or wrong, from wherever they come: six digits must not be guessed."""

    scope = "step_up"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class ByWriter(ScopedRateThrottle):
    """Writes of one person: doors that send mail to a typed address, or tell whether it is known here."""

    def allow_request(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or super().allow_request(request, view)


class ByTarget(SimpleRateThrottle):
    scope = "credentials"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        data = request.data if isinstance(request.data, dict) else {}
        target = str(data.get("email") or "").strip().lower()[:254]
        if not target:
            return None
        # Hashed: what strangers type may hold spaces and control characters, which no cache takes in its keys.
        ident = hashlib.sha256(target.encode(errors="replace")).hexdigest()
        return self.cache_format % {"scope": "credentials-target", "ident": ident}
