"""`/api/garage/vehicles`: staff see and write all, a client reads his own and tells its kilometres."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, PageOut
from delivery.couriers.models import Courier
from garage.clients import queries as clients
from garage.clients.api import PAGES, ordered, words_of
from garage.clients.models import Client
from garage.vehicles import queries, services
from garage.vehicles.models import Energy, Kind, Ownership, Status, Vehicle
from garage.vehicles.rules import HIGHEST_KM

ORDERINGS = {
    sign + name for name in ("plate", "make", "inspection_due", "insurance_until", "created_at") for sign in ("", "-")
}
FIELDS = [
    "id", "client", "plate", "plate_country", "vin", "vin_facts", "make", "model", "energy", "kind",
    "first_registration", "odometer_km", "odometer_on", "inspection_due", "insurance_until", "status", "created_at",
]


class VinShape(serializers.Serializer):
    """What the VIN says of itself, for looking at."""

    maker = serializers.CharField()
    country = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)


class VehicleOut(serializers.ModelSerializer):
    vin_facts = VinShape(read_only=True, allow_null=True)

    class Meta:
        model = Vehicle
        fields = FIELDS


class StaffVehicleOut(VehicleOut):
    class Meta(VehicleOut.Meta):
        fields = [*FIELDS, "driver", "notes"]


class VehiclePage(PageOut):
    results = VehicleOut(many=True)


class VehicleIn(serializers.Serializer):
    """`plate` in any spelling of a French plate, or free with another `plate_country`; `status` moves it (sold,
    scrapped, back in use). `odometer_km` becomes a reading of today: it shows in the answer when it can be right.
    Another `client` owns it from today; `driver` is the courier whose tracked kilometres are its own from now on.
    """

    client = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all())
    plate = serializers.CharField(max_length=20)
    plate_country = serializers.CharField(max_length=2, required=False)
    vin = serializers.CharField(max_length=30, required=False, allow_blank=True)
    make = serializers.CharField(max_length=60)
    model = serializers.CharField(max_length=80)
    energy = serializers.ChoiceField(choices=Energy.choices)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    first_registration = serializers.DateField(required=False, allow_null=True)
    odometer_km = serializers.IntegerField(min_value=0, max_value=HIGHEST_KM, required=False, allow_null=True)
    inspection_due = serializers.DateField(required=False, allow_null=True)
    insurance_until = serializers.DateField(required=False, allow_null=True)
    driver = serializers.PrimaryKeyRelatedField(queryset=Courier.objects.all(), required=False, allow_null=True)
    notes = serializers.CharField(required=False, allow_blank=True)


class VehiclePatch(VehicleIn):
    status = serializers.ChoiceField(choices=Status.choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


def shape_for(user: Any) -> type[VehicleOut]:
    return StaffVehicleOut if clients.works_here(user) else VehicleOut


class VehiclesView(ApiView):
    @extend_schema(
        operation_id="garage_vehicles", responses=VehiclePage,
        parameters=[
            *PAGES, OpenApiParameter("ordering", str, enum=sorted(ORDERINGS)),
            OpenApiParameter("status", str, enum=Status.values), OpenApiParameter("client", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """Vehicles: all for staff, one's own for a client."""
        rows, wish = queries.visible_to(request.user), request.query_params
        if words := words_of(request):
            rows = queries.search(rows, words)
        if wish.get("status") in Status.values:
            rows = rows.filter(status=wish["status"])
        if wish.get("client", "").isdecimal():
            rows = rows.filter(client=int(wish["client"][:18]))
        return self.paged(ordered(request, rows, ORDERINGS), shape_for(request.user))

    @extend_schema(operation_id="garage_vehicle_create", request=VehicleIn, responses={201: StaffVehicleOut})
    def post(self, request: Request) -> Response:
        """Add a vehicle; staff."""
        clients.require_staff(request.user)
        vehicle = services.create_vehicle(actor=request.user, **self.read(VehicleIn))
        return Response(StaffVehicleOut(vehicle).data, status=201)


class VehicleView(ApiView):
    @extend_schema(operation_id="garage_vehicle", responses=VehicleOut)
    def get(self, request: Request, pk: int) -> Response:
        """One vehicle."""
        return Response(shape_for(request.user)(queries.get_for(request.user, pk)).data)

    @extend_schema(operation_id="garage_vehicle_replace", request=VehicleIn, responses=StaffVehicleOut)
    def put(self, request: Request, pk: int) -> Response:
        """Replace a vehicle's data; staff."""
        return self._write(pk, VehicleIn)

    @extend_schema(operation_id="garage_vehicle_change", request=VehiclePatch, responses=StaffVehicleOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change some of a vehicle's data; staff."""
        return self._write(pk, VehiclePatch)

    def _write(self, pk: int, shape: type[serializers.Serializer]) -> Response:
        user = self.request.user
        vehicle = queries.get_for(user, pk, "write")
        values = self.read(shape)
        status = values.pop("status", None)
        if values:
            vehicle = services.update_vehicle(actor=user, vehicle_id=pk, **values)
        if status and status != vehicle.status:
            vehicle = services.set_status(actor=user, vehicle_id=pk, status=status)
        return Response(StaffVehicleOut(vehicle).data)


class OwnerOut(serializers.ModelSerializer):
    name = serializers.CharField(source="client.name", read_only=True)

    class Meta:
        model = Ownership
        fields = ["client", "name", "since", "until"]


class OwnerPage(PageOut):
    results = OwnerOut(many=True)


class OwnerIn(serializers.Serializer):
    client = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all())
    on = serializers.DateField(required=False)


class OwnersView(ApiView):
    @extend_schema(operation_id="garage_vehicle_owners", responses=OwnerPage)
    def get(self, request: Request, pk: int) -> Response:
        """Owners over time, the present one first; staff."""
        return self.paged(queries.owners_for(request.user, pk), OwnerOut)

    @extend_schema(operation_id="garage_vehicle_hand_on", request=OwnerIn, responses={201: StaffVehicleOut})
    def post(self, request: Request, pk: int) -> Response:
        """The vehicle belongs to another client from a day on; staff."""
        queries.get_for(request.user, pk, "write")
        values = self.read(OwnerIn)
        vehicle = services.change_owner(
            actor=request.user, vehicle_id=pk, client_id=values["client"].pk, on=values.get("on")
        )
        return Response(StaffVehicleOut(vehicle).data, status=201)
