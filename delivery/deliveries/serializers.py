"""What the API reads and shows of a delivery."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.lib.api import Money
from delivery.deliveries import queries
from delivery.deliveries.models import Award, Delivery, FailReason, Kind, Method, Mode, Size
from delivery.deliveries.queries import Audience
from delivery.deliveries.rules import line_label
from delivery.places.api import Degrees, PlaceIn, PlaceOut


class ParcelIn(serializers.Serializer):
    weight_kg = serializers.DecimalField(max_digits=7, decimal_places=3, min_value=0)
    size = serializers.ChoiceField(choices=Size.choices)


class ParcelOut(serializers.Serializer):
    weight_kg = serializers.CharField()
    size = serializers.ChoiceField(choices=Size.choices)


class WindowField(serializers.Serializer):
    """When it should be handed over. `from` is a word of Python, so the fields are added by name."""

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateTimeField(), "to": serializers.DateTimeField()}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        return {key: value.isoformat() for key, value in super().to_internal_value(data).items()}

    def to_representation(self, instance: Any) -> Any:
        return instance


class EstimateIn(serializers.Serializer):
    pickup = PlaceIn()
    dropoff = PlaceIn()
    parcels = ParcelIn(many=True, allow_empty=False, max_length=20)
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.STANDARD)
    window = WindowField(required=False, allow_null=True)


class DeliveryIn(EstimateIn):
    """`handover_methods`: what the courier may show instead of the code."""

    mode = serializers.ChoiceField(choices=Mode.choices, default=Mode.ENCHERE)
    award = serializers.ChoiceField(choices=Award.choices, default=Award.MANUELLE)
    max_price = Money(required=False, allow_null=True, min_value=0)
    closes_in_s = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    handover_methods = serializers.ListField(
        child=serializers.ChoiceField(choices=[Method.CODE, Method.PHOTO, Method.SIGNATURE]), required=False
    )


class LineOut(serializers.Serializer):
    label = serializers.SerializerMethodField()
    amount = Money()

    def get_label(self, line: Any) -> str:
        if isinstance(line, dict):
            return line_label(line["code"], line.get("detail", ""))
        return str(line.label)


class EtaOut(serializers.Serializer):
    """Seconds from now."""

    p20 = serializers.IntegerField()
    p50 = serializers.IntegerField()
    p80 = serializers.IntegerField()


class EstimateOut(serializers.Serializer):
    distance_m = serializers.IntegerField()
    duration_s = serializers.IntegerField()
    price = Money()
    currency = serializers.CharField()
    breakdown = LineOut(many=True)
    eta = EtaOut()


class CarrierOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    vehicle = serializers.CharField()


class AuctionOut(serializers.Serializer):
    closes_at = serializers.DateTimeField()
    bids_count = serializers.IntegerField()
    award = serializers.ChoiceField(choices=Award.choices)


class HandoverOut(serializers.Serializer):
    pickup_code = serializers.CharField(allow_null=True)
    dropoff_code = serializers.CharField(allow_null=True)


class ChangeOut(serializers.Serializer):
    status = serializers.CharField(source="to_status")
    at = serializers.DateTimeField()
    by = serializers.SerializerMethodField()
    reason = serializers.CharField()

    def get_by(self, change: Any) -> str | None:
        return change.by.get_short_name() if change.by else None


class DeliveryListOut(serializers.Serializer):
    """A delivery as one of its people sees it; `context["user"]` decides about codes and link."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    mode = serializers.ChoiceField(choices=Mode.choices)
    status = serializers.ChoiceField(choices=Delivery.Status.choices)
    role = serializers.SerializerMethodField()
    pickup = PlaceOut()
    dropoff = PlaceOut()
    parcels = ParcelOut(many=True)
    window = WindowField(allow_null=True)
    note = serializers.CharField()
    origin = serializers.CharField(allow_null=True)
    distance_m = serializers.IntegerField()
    duration_s = serializers.IntegerField()
    price = Money()
    max_price = Money()
    currency = serializers.SerializerMethodField()
    courier = serializers.SerializerMethodField()
    auction = serializers.SerializerMethodField()
    handover_methods = serializers.ListField(child=serializers.CharField())
    handover = serializers.SerializerMethodField()
    tracking_url = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    awarded_at = serializers.DateTimeField(allow_null=True)
    promised_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)

    def _audience(self, delivery: Delivery) -> Audience | None:
        known: dict[int, Audience | None] = self.context.setdefault("audiences", {})
        if delivery.pk not in known:
            known[delivery.pk] = queries.audience_of(self.context["request"].user, delivery)
        return known[delivery.pk]

    @extend_schema_field(serializers.ChoiceField(choices=[a.value for a in Audience]))
    def get_role(self, delivery: Delivery) -> str | None:
        audience = self._audience(delivery)
        return audience.value if audience else None

    def get_currency(self, delivery: Delivery) -> str:
        return settings.CURRENCY

    @extend_schema_field(CarrierOut(allow_null=True))
    def get_courier(self, delivery: Delivery) -> dict[str, Any] | None:
        courier = delivery.courier
        if courier is None:
            return None
        return {"id": courier.pk, "name": courier.user.get_short_name(), "vehicle": courier.vehicle}

    @extend_schema_field(AuctionOut)
    def get_auction(self, delivery: Delivery) -> dict[str, Any]:
        row = {"closes_at": delivery.closes_at, "award": delivery.award}
        count = getattr(delivery, "bids_count", None)
        if count is None:
            count = queries.count_bids(delivery)
        return AuctionOut({**row, "bids_count": count}).data

    @extend_schema_field(HandoverOut)
    def get_handover(self, delivery: Delivery) -> dict[str, str | None]:
        return queries.handover_for(self._audience(delivery), delivery)

    def get_tracking_url(self, delivery: Delivery) -> str | None:
        # The link shows the second code: it is the sender's to pass on, never the courier's.
        allowed = self._audience(delivery) in (Audience.SENDER, Audience.RECIPIENT, Audience.STAFF)
        return queries.tracking_url(delivery) if allowed else None


class DeliveryOut(DeliveryListOut):
    breakdown = LineOut(many=True)
    estimate = Money()
    history = serializers.SerializerMethodField()

    @extend_schema_field(ChangeOut(many=True))
    def get_history(self, delivery: Delivery) -> Any:
        return ChangeOut(delivery.history.select_related("by"), many=True).data


class HandIn(serializers.Serializer):
    """A code, or what the sender allows instead of it: a photo, or a signature as strokes [[[x, y], …], …]."""

    code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    photo = serializers.FileField(required=False, allow_null=True, default=None)
    signature = serializers.JSONField(required=False, allow_null=True, default=None)
    signed_by = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    lat = Degrees(90, required=False, allow_null=True, default=None)
    lon = Degrees(180, required=False, allow_null=True, default=None)


class FailIn(serializers.Serializer):
    reason = serializers.ChoiceField(choices=FailReason.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    photo = serializers.FileField(required=False, allow_null=True, default=None)
    lat = Degrees(90, required=False, allow_null=True, default=None)
    lon = Degrees(180, required=False, allow_null=True, default=None)


class ReturnIn(serializers.Serializer):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    lat = Degrees(90, required=False, allow_null=True, default=None)
    lon = Degrees(180, required=False, allow_null=True, default=None)


class DeliveryCancelIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
