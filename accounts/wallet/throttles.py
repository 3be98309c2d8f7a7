"""How often one person may try to let money leave, by page and API together: guesses at who is known here, and
mistakes of a script, stay few. The rate is THROTTLE_TRANSFERS."""

from typing import Any

from rest_framework.throttling import SimpleRateThrottle


class MoneyOutThrottle(SimpleRateThrottle):
    """For `throttle_classes` of an ApiView, and of a page with config.lib.pages.ThrottledPage."""

    scope = "transfers"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}
