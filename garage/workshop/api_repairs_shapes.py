"""What the API reads and shows of repair orders."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from config.lib.api import PageOut
from config.lib.parsing import load_json
from garage.quotes.api import QuoteLineIn
from garage.quotes.rules import MAX_LINES
from garage.workshop import checklists
from garage.workshop import rules_repairs as rules
from garage.workshop.models import Inspection, RepairOrder, RepairPart, RepairTask, TimeEntry
from garage.workshop.queries import repair_times as times
from garage.workshop.queries import repairs as queries

BIGGEST_ID = 2**31 - 1


def an_id(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, **kwargs)


def kilometres(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=rules.MOST_KM, **kwargs)


def some(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=8, decimal_places=2, min_value=0, **kwargs)


# --- Output -----------------------------------------------------------------------------------------------------
class RepairListOut(serializers.ModelSerializer):
    class Meta:
        model = RepairOrder
        fields = [
            "id", "number", "status", "client", "vehicle", "quote", "complaint", "promised_at", "received_at",
            "ready_at", "handed_over_at", "created_at",
        ]


class RepairPage(PageOut):
    results = RepairListOut(many=True)


class RepairPhotoOut(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.SerializerMethodField()
    note = serializers.CharField()

    def get_url(self, photo: Any) -> str:
        """For the client and staff only."""
        return f"/api/garage/repair-orders/{photo.order_id}/photos/{photo.pk}"


class InspectionOut(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField(source="__str__")
    state = serializers.ChoiceField(choices=Inspection.State.choices)
    note = serializers.CharField()
    photos = RepairPhotoOut(many=True)


class RepairTaskOut(serializers.ModelSerializer):
    class Meta:
        model = RepairTask
        fields = ["id", "description", "status", "done_at"]


class TimeEntryOut(serializers.ModelSerializer):
    class Meta:
        model = TimeEntry
        fields = ["id", "mechanic", "started_at", "ended_at", "forgotten"]


class StaffRepairTaskOut(RepairTaskOut):
    clocked_hours = serializers.SerializerMethodField()
    entries = TimeEntryOut(many=True)

    class Meta(RepairTaskOut.Meta):
        fields = [*RepairTaskOut.Meta.fields, "planned_hours", "clocked_hours", "mechanic", "struck_reason", "entries"]

    def get_clocked_hours(self, task: RepairTask) -> str:
        return str(queries.clocked_hours([task])[task.pk])


class RepairPartOut(serializers.ModelSerializer):
    to_issue = serializers.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        model = RepairPart
        fields = [
            "id", "product", "description", "quantity", "reserved", "issued", "to_issue", "to_order", "supplier",
            "ordered_on", "expected_on",
        ]


class RepairStepOut(serializers.Serializer):
    status = serializers.ChoiceField(choices=RepairOrder.Status.choices, source="to_status")
    at = serializers.DateTimeField()


class MarkOut(serializers.Serializer):
    """`x` and `y` from 0 to 1000 of the view; null: somewhere on it."""

    view = serializers.ChoiceField(choices=list(checklists.VIEWS.items()))
    kind = serializers.ChoiceField(choices=list(checklists.DAMAGE.items()))
    x = serializers.IntegerField(allow_null=True)
    y = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class RepairOut(RepairListOut):
    """As its client reads it."""

    tasks = RepairTaskOut(many=True)
    inspection = InspectionOut(many=True, source="inspections")
    photos = RepairPhotoOut(many=True)
    damage = MarkOut(many=True)
    history = RepairStepOut(many=True)

    class Meta(RepairListOut.Meta):
        fields = [
            *RepairListOut.Meta.fields, "odometer_km", "fuel", "damage", "belongings", "tasks", "inspection", "photos",
            "history",
        ]


class StaffRepairOut(RepairOut):
    tasks = StaffRepairTaskOut(many=True)
    parts = RepairPartOut(many=True)
    forecast_at = serializers.SerializerMethodField()
    odometer_status = serializers.SerializerMethodField()

    class Meta(RepairOut.Meta):
        fields = [
            *RepairOut.Meta.fields, "mechanic", "parts", "forecast_at", "odometer_status", "handed_over_to",
            "odometer_out_km", "notes",
        ]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_forecast_at(self, order: RepairOrder) -> Any:
        """When the work ends as things stand."""
        found = times.forecast(order)
        return found and serializers.DateTimeField().to_representation(found)

    @extend_schema_field(serializers.ChoiceField(choices=["RETENUE", "ECARTEE"], allow_null=True))
    def get_odometer_status(self, order: RepairOrder) -> str | None:
        """ECARTEE when a reading taken for this order cannot be right."""
        if order.odometer_km is None:
            return None
        return "ECARTEE" if queries.set_aside(order) else "RETENUE"


class ToOrderOut(RepairPartOut):
    order_number = serializers.CharField(source="order.number")
    plate = serializers.CharField(source="order.vehicle.plate")

    class Meta(RepairPartOut.Meta):
        fields = [*RepairPartOut.Meta.fields, "order", "order_number", "plate"]


class ToOrderPage(PageOut):
    results = ToOrderOut(many=True)


# --- Input ------------------------------------------------------------------------------------------------------
class ListOrText(serializers.JSONField):
    """A list; in multipart/form-data, where photos travel, the same list as JSON text."""

    def get_value(self, dictionary: Any) -> Any:
        name = str(self.field_name)
        if isinstance(dictionary, QueryDict) and name in dictionary:
            try:
                return load_json(str(dictionary[name]))
            except ValueError:
                return ""  # no list: refused below
        return super().get_value(dictionary)

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and not isinstance(data, list):
            raise serializers.ValidationError(serializers.ListField.default_error_messages["not_a_list"].format(
                input_type=type(data).__name__
            ))
        return super().run_validation(data)


class OpenIn(serializers.Serializer):
    """A vehicle with what its client says, or an appointment whose vehicle is here."""

    vehicle = an_id(required=False)
    appointment = an_id(required=False)
    complaint = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("vehicle" in attrs) == ("appointment" in attrs):
            raise serializers.ValidationError({"vehicle": [_("Name the vehicle, or the appointment it came for.")]})
        return attrs


class ChangeIn(serializers.Serializer):
    """`status`: ATTENTE_PIECES, EN_COURS, or ANNULE with its `reason`; the other states are reached another way."""

    promised_at = serializers.DateTimeField(required=False, allow_null=True)
    mechanic = an_id(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=RepairOrder.Status.choices, required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class IntakeIn(serializers.Serializer):
    """`fuel` in eighths. `damage`: list of {view, kind, note, x, y}. `signature`: strokes [[[x, y], …], …]. Photos
    only in multipart/form-data."""

    odometer_km = kilometres()
    fuel = serializers.IntegerField(min_value=0, max_value=8, required=False, allow_null=True)
    damage = ListOrText(required=False)
    belongings = serializers.CharField(max_length=300, required=False, allow_blank=True)
    signed_by = serializers.CharField(max_length=120, required=False, allow_blank=True)
    signature = ListOrText(required=False)
    photos = serializers.ListField(child=serializers.FileField(), required=False, max_length=12)


class PhotosIn(serializers.Serializer):
    photos = serializers.ListField(child=serializers.FileField(), max_length=12, allow_empty=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    inspection = an_id(required=False, allow_null=True)


class PointIn(serializers.Serializer):
    state = serializers.ChoiceField(choices=Inspection.State.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class TaskIn(serializers.Serializer):
    description = serializers.CharField(max_length=200)
    planned_hours = some(required=False)


class TaskChangeIn(serializers.Serializer):
    """A_FAIRE, FAITE, or RAYEE with its `reason`; EN_COURS comes from the clock."""

    status = serializers.ChoiceField(choices=RepairTask.Status.choices)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ClockIn(serializers.Serializer):
    """`mechanic`: whose clock; none: one's own."""

    mechanic = an_id(required=False, allow_null=True)


class PartIn(serializers.Serializer):
    product_id = an_id(required=False, allow_null=True)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    quantity = some()


class PartChangeIn(serializers.Serializer):
    """`quantity` for ISSUE, RETURN and RECEIVE (none: all); `supplier` and `expected_on` for ORDER."""

    action = serializers.ChoiceField(choices=["ISSUE", "RETURN", "ORDER", "RECEIVE", "DROP"])
    quantity = some(required=False, allow_null=True)
    supplier = serializers.CharField(max_length=80, required=False, allow_blank=True)
    expected_on = serializers.DateField(required=False, allow_null=True)


class ExtraWorkIn(serializers.Serializer):
    lines = serializers.ListField(child=QuoteLineIn(), max_length=MAX_LINES, allow_empty=False)
    message = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ReadyIn(serializers.Serializer):
    unused_back = serializers.BooleanField(required=False)


class HandoverIn(serializers.Serializer):
    to = serializers.CharField(max_length=120)
    odometer_km = kilometres(required=False, allow_null=True)
    unpaid_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
