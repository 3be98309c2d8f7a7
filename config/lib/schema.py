"""OpenAPI: our errors and the Idempotency-Key header on every operation that has them."""

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

    def get_override_parameters(self) -> list[Any]:
        if getattr(self.view, "idempotent", False) and self.method == "POST":
            return [
                OpenApiParameter(
                    "Idempotency-Key", str, OpenApiParameter.HEADER, required=False,
                    description="Up to 128 characters; a repeat answers with what the first call answered.",
                )
            ]
        return []

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        """Adds the problem+json answer that any operation may give."""
        bodies = super()._get_response_bodies(direction)
        component = self.resolve_serializer(Problem(), direction)
        bodies.setdefault(
            "default",
            {"description": "Refused", "content": {"application/problem+json": {"schema": component.ref}}},
        )
        return bodies
