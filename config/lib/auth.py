"""Token authentication of the API: `Authorization: Token …`, 401 for whatever is wrong with it."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.models import get_token_model
from rest_framework.exceptions import AuthenticationFailed

USE_NOTED_EVERY = timedelta(hours=1)


class TokenAuthentication(KnoxAuthentication):
    """knox tokens (hashed at rest, per device, expiring). Remembers when a device was last in use, to the hour."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not token.isascii():  # knox would fail to decode it
            raise AuthenticationFailed(_("Invalid token."))
        user, row = super().authenticate_credentials(token)
        now = timezone.now()
        if row.last_used_at is None or row.last_used_at < now - USE_NOTED_EVERY:
            stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
            get_token_model().objects.filter(stale, pk=row.pk).update(last_used_at=now)
        return user, row


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "config.lib.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <token>"}
