"""OpenAPI: our errors and the Idempotency-Key header on every operation that has them."""

import inspect
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers


class Problem(serializers.Serializer):
    """RFC 9457 problem details with a stable `code` and messages by field."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class Schema(AutoSchema):
    def get_tags(self) -> list[str]:
        parts = [p for p in self.path.split("/") if p]
        return [parts[1] if len(parts) > 1 else "api"]

    def _doc(self) -> str:
        """What the operation's own docstring says, not the one of a base class."""
        action = getattr(self.view, self.method.lower(), None)
        return inspect.cleandoc(getattr(action, "__doc__", None) or type(self.view).__doc__ or "")

    def get_summary(self) -> str | None:
        return self._doc().split("\n\n")[0].split(". ")[0].replace("\n", " ").rstrip(".") or None

    def get_description(self) -> str:
        return self._doc()

    def get_override_parameters(self) -> list[Any]:
        if getattr(self.view, "idempotent", False) and self.method == "POST":
            return [
                OpenApiParameter(
                    "Idempotency-Key", {"type": "string", "maxLength": 128}, OpenApiParameter.HEADER, required=False,
                    description="Up to 128 characters; a repeat answers with what the first call answered.",
                )
            ]
        return []

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        """Adds the refusals that any operation may give; whatever else it answers must be declared."""
        bodies = super()._get_response_bodies(direction)
        problem = {"application/problem+json": {"schema": self.resolve_serializer(Problem(), direction).ref}}
        bodies.setdefault("4XX", {"description": "Refused: `code` says why", "content": problem})
        return bodies
