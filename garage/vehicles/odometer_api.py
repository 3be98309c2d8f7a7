"""`/api/garage/vehicles/{id}/odometer`: readings, by the client or the workshop; staff decide on doubtful ones."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, PageOut
from garage.clients import queries as clients
from garage.vehicles import queries, services
from garage.vehicles.models import OdometerReading, ReadingStatus, Source
from garage.vehicles.rules import HIGHEST_KM


class ReadingOut(serializers.ModelSerializer):
    """`reason` says in words why a reading was set aside; empty for a retained one."""

    reason = serializers.CharField(source="refusal", read_only=True)

    class Meta:
        model = OdometerReading
        fields = ["id", "km", "read_on", "source", "status", "reason", "reason_code", "note", "created_at"]


class ReadingPage(PageOut):
    results = ReadingOut(many=True)


class ReadingIn(serializers.Serializer):
    """`source`: without it CLIENT for a client, ATELIER for staff. GPS readings are made by the house alone."""

    km = serializers.IntegerField(min_value=0, max_value=HIGHEST_KM)
    read_on = serializers.DateField()
    source = serializers.ChoiceField(choices=Source.choices, required=False)  # type: ignore[assignment]
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ReadingPatch(serializers.Serializer):
    """`instead` with RETENUE sets aside the retained readings that contradict this one (a new speedometer)."""

    status = serializers.ChoiceField(choices=ReadingStatus.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    instead = serializers.BooleanField(required=False, default=False)


class OdometerView(ApiView):
    @extend_schema(
        operation_id="garage_vehicle_readings", responses=ReadingPage,
        parameters=[OpenApiParameter("page", int), OpenApiParameter("page_size", int),
                    OpenApiParameter("status", str, enum=ReadingStatus.values)],
    )
    def get(self, request: Request, pk: int) -> Response:
        """Readings of one vehicle, newest first, those set aside included."""
        rows, status = queries.readings_for(request.user, pk), request.query_params.get("status")
        return self.paged(rows.filter(status=status) if status in ReadingStatus.values else rows, ReadingOut)

    @extend_schema(operation_id="garage_vehicle_reading_create", request=ReadingIn, responses={201: ReadingOut})
    def post(self, request: Request, pk: int) -> Response:
        """Tell what the odometer says. One that cannot be right is kept as ECARTEE, with the reason."""
        queries.get_for(request.user, pk)
        default = Source.ATELIER if clients.works_here(request.user) else Source.CLIENT
        values = {"source": default, **self.read(ReadingIn)}
        reading = services.record_reading(actor=request.user, vehicle_id=pk, **values)
        return Response(ReadingOut(reading).data, status=201)


class ReadingView(ApiView):
    @extend_schema(operation_id="garage_vehicle_reading_decide", request=ReadingPatch, responses=ReadingOut)
    def patch(self, request: Request, pk: int, reading_id: int) -> Response:
        """Retain a reading that was set aside, or set a retained one aside with a note; staff."""
        reading = queries.reading_for(request.user, reading_id, "write", vehicle_id=pk)
        values = self.read(ReadingPatch)
        if values["status"] == ReadingStatus.RETENUE:
            reading = services.retain_reading(
                actor=request.user, reading_id=reading.pk, note=values["note"], instead=values["instead"]
            )
        else:
            reading = services.set_reading_aside(actor=request.user, reading_id=reading.pk, note=values["note"])
        return Response(ReadingOut(reading).data)
