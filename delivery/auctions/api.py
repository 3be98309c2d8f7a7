"""REST doors of auctions: the couriers' open list, bids, awards."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import NO_CONTENT, ApiView, Money
from config.lib.errors import Invalid
from delivery.auctions import queries, services
from delivery.auctions.models import Bid
from delivery.auctions.queries import Compared
from delivery.couriers import queries as couriers
from delivery.deliveries.api import shown
from delivery.deliveries.models import Award, Delivery, Kind, Mode
from delivery.deliveries.queries import open_near
from delivery.deliveries.serializers import CarrierOut, DeliveryOut, ParcelOut
from delivery.places.api import Degrees
from delivery.places.rules import Point

RADIUS_M, RADIUS_MAX_M = 5000, 50_000


class NearIn(serializers.Serializer):
    lat = Degrees(90, required=False)
    lon = Degrees(180, required=False)
    radius_m = serializers.IntegerField(min_value=1, max_value=RADIUS_MAX_M, default=RADIUS_M)


class HiddenPlaceOut(serializers.Serializer):
    """A place without its people: who lives there is told to the chosen courier only."""

    line1 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class MyBidOut(serializers.Serializer):
    id = serializers.IntegerField()
    amount = Money()
    eta_minutes = serializers.IntegerField()


class OpenDeliveryOut(serializers.Serializer):
    """What a courier sees before he is chosen. `away_m`: metres along streets from here to the pickup."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    mode = serializers.ChoiceField(choices=Mode.choices)
    status = serializers.ChoiceField(choices=Delivery.Status.choices)
    award = serializers.ChoiceField(choices=Award.choices)
    pickup = HiddenPlaceOut()
    dropoff = HiddenPlaceOut()
    parcels = ParcelOut(many=True)
    max_price = Money()
    currency = serializers.CharField()
    distance_m = serializers.IntegerField()
    duration_s = serializers.IntegerField()
    away_m = serializers.IntegerField()
    closes_at = serializers.DateTimeField()
    bids_count = serializers.IntegerField()
    my_bid = MyBidOut(allow_null=True)


class BidIn(serializers.Serializer):
    amount = Money()
    eta_minutes = serializers.IntegerField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class BidPatch(serializers.Serializer):
    amount = Money(required=False)
    eta_minutes = serializers.IntegerField(required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ScorePartOut(serializers.Serializer):
    name = serializers.ChoiceField(choices=["price", "time", "rating", "kept"])
    points = serializers.DecimalField(max_digits=4, decimal_places=1)
    out_of = serializers.DecimalField(max_digits=4, decimal_places=1)


class BidOut(serializers.Serializer):
    """A bid. `score` (0-100) and the `parts` that add up to it are for the sender only, null for couriers."""

    id = serializers.IntegerField()
    delivery_id = serializers.IntegerField()
    amount = Money()
    currency = serializers.CharField()
    eta_minutes = serializers.IntegerField()
    note = serializers.CharField()
    status = serializers.ChoiceField(choices=Bid.Status.choices)
    created_at = serializers.DateTimeField()
    courier = CarrierOut()
    score = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)
    parts = ScorePartOut(many=True, allow_null=True)


def bid_row(bid: Bid, compared: Compared | None = None) -> dict[str, Any]:
    """A bid for BidOut; with its score for those who choose."""
    return {
        "id": bid.pk, "delivery_id": bid.delivery_id, "amount": bid.amount, "currency": settings.CURRENCY,
        "eta_minutes": bid.eta_minutes, "note": bid.note, "status": bid.status, "created_at": bid.created_at,
        "courier": {
            "id": bid.courier_id, "name": bid.courier.user.get_short_name(), "vehicle": bid.courier.vehicle,
        },
        "score": compared.score.total if compared else None,
        "parts": [part.__dict__ for part in compared.parts] if compared else None,
    }


class OpenDeliveries(ApiView):
    @extend_schema(
        parameters=[
            NearIn, OpenApiParameter("page", int), OpenApiParameter("page_size", int),
        ],
        responses=OpenDeliveryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Couriers on shift: open auctions and offers, nearest first. Without lat and lon from my last position."""
        courier = couriers.on_shift(request.user)
        serializer = NearIn(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        lat, lon = asked.get("lat", courier.lat), asked.get("lon", courier.lon)
        if lat is None or lon is None:
            raise Invalid(errors={"lat": [_("Give lat and lon: your position is not known yet.")]})
        rows = open_near(point=Point(lat, lon), radius_m=asked["radius_m"], not_of=request.user)
        own = queries.bids_by_courier(courier, [row["id"] for row in rows])
        for row in rows:
            row.update(my_bid=own.get(row["id"]), currency=settings.CURRENCY)
        return self.paged(rows, OpenDeliveryOut)


class Bids(ApiView):
    idempotent = True

    @extend_schema(responses=BidOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The sender sees all with their scores, best first; a courier sees his own."""
        delivery, bids, everything = queries.bids_visible_to(request.user, pk)
        if everything:
            rows = [bid_row(row.bid, row) for row in queries.compare(delivery, bids)]
        else:
            rows = [bid_row(bid) for bid in bids]
        return self.paged(rows, BidOut)

    @extend_schema(request=BidIn, responses={201: BidOut})
    def post(self, request: Request, pk: int) -> Response:
        """A courier on shift makes a sealed bid: an amount, and the minutes until the handover."""
        bid = services.place_bid(actor=request.user, delivery_id=pk, **self.read(BidIn))
        return Response(BidOut(bid_row(bid)).data, status=201)


class OneBid(ApiView):
    @extend_schema(request=BidPatch, responses=BidOut)
    def patch(self, request: Request, pk: int, bid: int) -> Response:
        """A courier changes his bid before the close."""
        row = services.change_bid(actor=request.user, delivery_id=pk, bid_id=bid, **self.read(BidPatch))
        return Response(BidOut(bid_row(row)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, bid: int) -> Response:
        """A courier takes his bid back before the close."""
        services.withdraw_bid(actor=request.user, delivery_id=pk, bid_id=bid)
        return Response(status=NO_CONTENT)


class AcceptBid(ApiView):
    idempotent = True

    @extend_schema(request=None, responses=DeliveryOut)
    def post(self, request: Request, pk: int, bid: int) -> Response:
        """The sender chooses a bid; its amount is held on his wallet. 409 `auction_closed`, `insufficient_funds`."""
        services.accept_bid(actor=request.user, delivery_id=pk, bid_id=bid)
        return shown(request, pk)


class TakeFixedPrice(ApiView):
    idempotent = True

    @extend_schema(request=None, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """A courier on shift takes a fixed price delivery: first come, first served."""
        services.take_fixed_price(actor=request.user, delivery_id=pk)
        return shown(request, pk)


class RepostIn(serializers.Serializer):
    closes_in_s = serializers.IntegerField(required=False, allow_null=True, default=None)
    max_price = Money(required=False, allow_null=True, default=None)


class Repost(ApiView):
    idempotent = True

    @extend_schema(request=RepostIn, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """Open an expired delivery once more."""
        data: dict[str, Decimal | None] = self.read(RepostIn)
        services.repost(actor=request.user, delivery_id=pk, **data)  # type: ignore[arg-type]
        return shown(request, pk)
