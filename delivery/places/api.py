"""REST door of addresses."""

import math
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView
from delivery.places import queries
from delivery.places.models import AddressPoint


class Degrees(serializers.FloatField):
    """A coordinate; unlike a plain float it takes no NaN."""

    def __init__(self, limit: int, **kwargs: Any):
        super().__init__(min_value=-limit, max_value=limit, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class PlaceIn(serializers.Serializer):
    """A place as a client gives it; without lat and lon it is geocoded."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=32, required=False, allow_blank=True)
    line1 = serializers.CharField(max_length=160)
    postal_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True, default="FR")
    lat = Degrees(90, required=False, allow_null=True)
    lon = Degrees(180, required=False, allow_null=True)
    instructions = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PlaceOut(serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField()
    line1 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    instructions = serializers.CharField()


class SuggestionOut(serializers.Serializer):
    label = serializers.SerializerMethodField()
    line1 = serializers.SerializerMethodField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()

    def get_label(self, point: AddressPoint) -> str:
        return str(point)

    def get_line1(self, point: AddressPoint) -> str:
        return " ".join(part for part in (str(point.number), point.suffix, point.street) if part)


class PlaceSearch(ApiView):
    pagination_class = None

    @extend_schema(
        parameters=[OpenApiParameter("q", str, description="Number and street, as far as typed.")],
        responses=SuggestionOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Addresses that match what has been typed (at most ten)."""
        text = request.query_params.get("q", "").replace("\x00", "")[:160]
        return Response(SuggestionOut(queries.suggestions(text), many=True).data)
