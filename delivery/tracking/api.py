"""REST doors of tracking."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView
from config.lib.errors import Invalid, NotFound
from delivery.couriers.queries import acting
from delivery.tracking import queries, services
from delivery.tracking.models import Watch

TOKEN = OpenApiParameter("token", str, description="The secret part of a signed tracking link.")


class PositionIn(serializers.Serializer):
    """Shown in the API's document; the points themselves are judged one by one in rules.parse_point."""

    seq = serializers.IntegerField(min_value=0)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    recorded_at = serializers.DateTimeField()
    accuracy = serializers.FloatField(required=False, allow_null=True, help_text="metres")
    speed = serializers.FloatField(required=False, allow_null=True, help_text="m/s")
    heading = serializers.FloatField(required=False, allow_null=True, help_text="degrees")


class PositionsIn(serializers.Serializer):
    items = PositionIn(many=True)


class BadPositionOut(serializers.Serializer):
    seq = serializers.IntegerField(allow_null=True)
    code = serializers.CharField()
    field = serializers.CharField()


class RecordedOut(serializers.Serializer):
    ack = serializers.IntegerField(allow_null=True)
    stored = serializers.IntegerField()
    ignored = serializers.IntegerField()
    errors = BadPositionOut(many=True)


class PointOut(serializers.Serializer):
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    heading = serializers.FloatField(allow_null=True)
    recorded_at = serializers.DateTimeField()


class ArrivalOut(serializers.Serializer):
    p20 = serializers.DateTimeField()
    p50 = serializers.DateTimeField()
    p80 = serializers.DateTimeField()


class StopOut(serializers.Serializer):
    name = serializers.CharField()
    line1 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class WatchedCourierOut(serializers.Serializer):
    first_name = serializers.CharField()
    vehicle = serializers.CharField()


class EventOut(serializers.Serializer):
    status = serializers.CharField()
    title = serializers.CharField()
    at = serializers.DateTimeField()


class TrackingOut(serializers.Serializer):
    delivery = serializers.IntegerField()
    reference = serializers.CharField()
    status = serializers.CharField()
    status_label = serializers.CharField()
    position = PointOut(allow_null=True)
    eta = ArrivalOut(allow_null=True)
    pickup = StopOut()
    dropoff = StopOut()
    courier = WatchedCourierOut(allow_null=True)
    timeline = EventOut(many=True)


class GeometryOut(serializers.Serializer):
    type = serializers.CharField()
    coordinates = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class TrailProperties(serializers.Serializer):
    delivery = serializers.IntegerField()
    times = serializers.ListField(child=serializers.DateTimeField())


class TrailOut(serializers.Serializer):
    type = serializers.CharField(default="Feature")
    geometry = GeometryOut(allow_null=True)
    properties = TrailProperties()


class WatchOut(serializers.Serializer):
    audience = serializers.CharField()
    audience_label = serializers.CharField(source="get_audience_display")
    name = serializers.SerializerMethodField()
    delivery = serializers.IntegerField(source="delivery_id", allow_null=True)
    reference = serializers.SerializerMethodField()
    at = serializers.DateTimeField()

    def get_name(self, watch: Watch) -> str | None:
        return watch.watcher.first_name if watch.watcher else None

    def get_reference(self, watch: Watch) -> str | None:
        return watch.delivery.reference if watch.delivery else None


class Positions(ApiView):
    @extend_schema(request=PositionsIn, responses=RecordedOut)
    def post(self, request: Request) -> Response:
        """Positions of a courier on shift. Bad items are refused alone and named in `errors`."""
        items = request.data.get("items") if isinstance(request.data, dict) else None
        if not isinstance(items, list):
            raise Invalid(errors={"items": ["items: a list of positions"]})
        return Response(RecordedOut(services.record_points(actor=request.user, items=items)).data)


class _Watching(ApiView):
    """What the parties of a delivery, or the holders of its link, may see."""

    permission_classes = [AllowAny]

    def view_of(self, request: Request, pk: int) -> queries.View:
        try:
            return queries.watchable(request.user, pk, request.query_params.get("token", ""))
        except NotFound:
            if not request.user.is_authenticated:
                raise NotAuthenticated
            raise


class Tracking(_Watching):
    @extend_schema(responses=TrackingOut, parameters=[TOKEN])
    def get(self, request: Request, pk: int) -> Response:
        """What is known of a delivery now: status, latest position, arrival. A visitor needs the link's `token`."""
        view = self.view_of(request, pk)
        services.note_watch(view=view)
        return Response(TrackingOut(queries.snapshot(view)).data)


class Trail(_Watching):
    @extend_schema(responses=TrailOut, parameters=[TOKEN])
    def get(self, request: Request, pk: int) -> Response:
        """The way from pickup to end as a GeoJSON feature; `geometry` is null before there are two points."""
        view = self.view_of(request, pk)
        services.note_watch(view=view)
        return Response(queries.trail_feature(view))


class Watchers(ApiView):
    @extend_schema(responses=WatchOut(many=True))
    def get(self, request: Request) -> Response:
        """A courier: who looked at my position, and when."""
        rows: Any = queries.watchers_of(acting(request.user))
        return self.paged(rows, WatchOut)
