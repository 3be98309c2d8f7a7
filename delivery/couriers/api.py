"""REST doors of couriers: the own profile, the shift, and the managers' list."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView
from config.lib.errors import Forbidden, NotFound
from delivery.couriers import queries, services
from delivery.couriers.models import Courier, Vehicle


class CourierIn(serializers.Serializer):
    vehicle = serializers.ChoiceField(choices=Vehicle.choices)
    about = serializers.CharField(max_length=300, required=False, allow_blank=True)


class CourierPatch(serializers.Serializer):
    vehicle = serializers.ChoiceField(choices=Vehicle.choices, required=False)
    about = serializers.CharField(max_length=300, required=False, allow_blank=True)


class CourierOut(serializers.Serializer):
    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    name = serializers.CharField(source="user.get_full_name")
    vehicle = serializers.ChoiceField(choices=Vehicle.choices)
    about = serializers.CharField()
    status = serializers.ChoiceField(choices=Courier.Status.choices)
    on_shift = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ManagedCourierOut(CourierOut):
    email = serializers.EmailField(source="user.email")
    phone = serializers.CharField(source="user.phone")


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ShiftIn(serializers.Serializer):
    on = serializers.BooleanField()


class ShiftOut(serializers.Serializer):
    on = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)


class MyCourier(ApiView):
    @extend_schema(responses=CourierOut)
    def get(self, request: Request) -> Response:
        """My courier profile; 404 before I applied."""
        courier = queries.courier_of(request.user)
        if courier is None:
            raise NotFound
        return Response(CourierOut(courier).data)

    @extend_schema(request=CourierIn, responses={201: CourierOut})
    def post(self, request: Request) -> Response:
        """Apply to become a courier."""
        courier = services.apply(actor=request.user, **self.read(CourierIn))
        return Response(CourierOut(courier).data, status=201)

    @extend_schema(request=CourierPatch, responses=CourierOut)
    def patch(self, request: Request) -> Response:
        """Change my vehicle or what is said about me."""
        courier = services.change(actor=request.user, **self.read(CourierPatch))
        return Response(CourierOut(courier).data)


class MyShift(ApiView):
    @extend_schema(request=ShiftIn, responses=ShiftOut)
    def post(self, request: Request) -> Response:
        """Open or close my shift. Nothing is recorded off shift."""
        courier = services.set_shift(actor=request.user, on=self.read(ShiftIn)["on"])
        shift = queries.open_shift(courier)
        return Response(ShiftOut({"on": courier.on_shift, "since": shift.opened_at if shift else None}).data)


class ManagedCouriers(ApiView):
    @extend_schema(
        parameters=[
            OpenApiParameter("search", str), OpenApiParameter("status", str, enum=Courier.Status.values),
            OpenApiParameter("page", int), OpenApiParameter("page_size", int),
        ],
        responses=ManagedCourierOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Couriers and applicants, newest first."""
        if not queries.may_manage(request.user):
            raise Forbidden
        rows = queries.all_for_manager(
            search=request.query_params.get("search", ""), status=request.query_params.get("status", "")
        )
        return self.paged(rows, ManagedCourierOut)


class ManagedCourier(ApiView):
    @extend_schema(responses=ManagedCourierOut)
    def get(self, request: Request, pk: int) -> Response:
        """One courier or applicant, for managers."""
        return Response(ManagedCourierOut(queries.get_for_manager(request.user, pk)).data)


class ApproveCourier(ApiView):
    @extend_schema(request=None, responses=ManagedCourierOut)
    def post(self, request: Request, pk: int) -> Response:
        """Let an applicant, or a suspended courier, work."""
        return Response(ManagedCourierOut(services.approve(actor=request.user, courier_id=pk)).data)


class SuspendCourier(ApiView):
    @extend_schema(request=ReasonIn, responses=ManagedCourierOut)
    def post(self, request: Request, pk: int) -> Response:
        """Stop a courier; his shift is closed at once."""
        reason = self.read(ReasonIn)["reason"]
        return Response(ManagedCourierOut(services.suspend(actor=request.user, courier_id=pk, reason=reason)).data)
