"""Idempotency-Key: the first answer is stored, a repeat gets it again.

The table is named by `settings.IDEMPOTENCY_MODEL` (a subclass of `StoredAnswer`), as this package has none.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.errors import Conflict, Invalid
from config.lib.visitors import address_of

KEY_MAX = 128
KEPT = timedelta(days=2)
ABANDONED = timedelta(minutes=2)  # a first call that died without an answer: a repeat may run (services are safe)


class StoredAnswer(models.Model):
    """Abstract: who asked what with which key, and what was answered (status 0 while it runs)."""

    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=KEY_MAX)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="%(class)s_owner_key")]


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request.")


class InProgress(Conflict):
    code = "idempotency_in_progress"
    message = _("The first request with this Idempotency-Key is still running.")


class KeyTooLong(Invalid):
    message = _("The Idempotency-Key is longer than 128 characters.")


def answers() -> Any:
    return apps.get_model(settings.IDEMPOTENCY_MODEL)._default_manager


def _owner(request: Request) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"anonymous:{address_of(request) or ''}"[:64]


def _body(request: Request) -> bytes:
    """What makes two requests the same. Of a form its fields: each sending draws another boundary."""
    if isinstance(request.data, QueryDict):
        fields = {name: request.data.getlist(name) for name in sorted(request.data)}
        return json.dumps(fields, default=_digest).encode()
    return json.dumps(request.data, sort_keys=True).encode()


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _fingerprint(request: Request) -> str:
    parts = [str(request.method).encode(), request.path_info.encode(), _body(request)]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _claim(owner: str, key: str, fingerprint: str) -> Any:
    """The row of a first call, or the stored row of an earlier one (status > 0). Raises KeyReused, InProgress."""
    for _attempt in range(2):
        try:
            with transaction.atomic():
                return answers().create(owner=owner, key=key, fingerprint=fingerprint)
        except IntegrityError:
            row = answers().filter(owner=owner, key=key).first()
        if row is None:
            continue
        if row.fingerprint != fingerprint:
            raise KeyReused
        if row.status:
            return row
        taken = answers().filter(pk=row.pk, status=0, created_at__lt=timezone.now() - ABANDONED)
        if taken.update(created_at=timezone.now()):
            return row
        raise InProgress
    raise InProgress


class IdempotentMixin:
    """For an APIView: wraps POST when `idempotent` is True and the request carries a key."""

    idempotent = False
    _stored: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key", "")
        if not (self.idempotent and request.method == "POST" and key):
            return
        if len(key) > KEY_MAX:
            raise KeyTooLong
        row = _claim(_owner(request), key, _fingerprint(request))
        if row.status:
            handler = self._replay(row)
            self.post = lambda *a, **k: handler
        else:
            self._stored = row

    def _replay(self, row: Any) -> Response:
        response = Response(row.body, status=row.status, content_type=row.content_type or None)
        response["Idempotent-Replayed"] = "true"
        return response

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        row, self._stored = self._stored, None
        if row is not None:
            if response.status_code >= 500 or response.status_code in (401, 429):
                answers().filter(pk=row.pk).delete()
            else:
                response.add_post_render_callback(lambda r: self._keep(row, r))
        return response

    def handle_exception(self, exc: Exception) -> Response:
        try:
            return super().handle_exception(exc)  # type: ignore[misc]
        except Exception:
            if self._stored is not None:
                answers().filter(pk=self._stored.pk).delete()
            raise

    @staticmethod
    def _keep(row: Any, response: Response) -> None:
        """Store what was sent, as rendered, so that a replay is the same to the letter."""
        renderer = response.accepted_renderer
        data = renderer.render(response.data) if response.data is not None else b"null"
        answers().filter(pk=row.pk).update(
            status=response.status_code, body=json.loads(data), content_type=response.get("Content-Type", "")[:100]
        )


def free_claims() -> int:
    """Let every call that died without an answer be repeated at once. Only for a process that knows it is the only one
    (config/server.py)."""
    return answers().filter(status=0).delete()[0]


def forget_old_answers() -> int:
    """Delete stored answers older than KEPT (periodic)."""
    return answers().filter(created_at__lt=timezone.now() - KEPT).delete()[0]
