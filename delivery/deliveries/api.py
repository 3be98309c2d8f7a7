"""REST doors of deliveries: estimate, create, read, hand over, incidents, proof."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView
from config.lib.jobs import JobState
from delivery.deliveries import queries, services
from delivery.deliveries.models import Delivery
from delivery.deliveries.serializers import (
    DeliveryCancelIn,
    DeliveryIn,
    DeliveryListOut,
    DeliveryOut,
    EstimateIn,
    EstimateOut,
    FailIn,
    HandIn,
    ReturnIn,
)


def shown(request: Request, pk: int, status: int = 200) -> Response:
    """The delivery as it is now for the person who asks."""
    delivery = queries.get_for(request.user, pk)
    return Response(DeliveryOut(delivery, context={"request": request}).data, status=status)


class EstimateDelivery(ApiView):
    @extend_schema(request=EstimateIn, responses=EstimateOut)
    def post(self, request: Request) -> Response:
        """What a delivery would cost and how long it would take. Nothing is created."""
        return Response(EstimateOut(services.estimate(**self.read(EstimateIn))).data)


class Deliveries(ApiView):
    idempotent = True

    @extend_schema(
        parameters=[
            OpenApiParameter("role", str, enum=["sender", "recipient", "courier"]),
            OpenApiParameter("status", str, description="A status, or open, running, ended."),
            OpenApiParameter("search", str), OpenApiParameter("page", int), OpenApiParameter("page_size", int),
        ],
        responses=DeliveryListOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """My deliveries as sender, recipient, courier or company, newest first."""
        asked = request.query_params
        rows = queries.listing(
            request.user, role=asked.get("role", ""), status=asked.get("status", ""), search=asked.get("search", "")
        )
        return self.paged(rows, DeliveryListOut)

    @extend_schema(request=DeliveryIn, responses={201: DeliveryOut})
    def post(self, request: Request) -> Response:
        """Offer a delivery to the couriers."""
        delivery = services.create_delivery(actor=request.user, **self.read(DeliveryIn))
        return shown(request, delivery.pk, status=201)


class DeliveryDetail(ApiView):
    @extend_schema(responses=DeliveryOut)
    def get(self, request: Request, pk: int) -> Response:
        """One delivery of mine, as sender, recipient, courier or staff."""
        return shown(request, pk)


class DeliveryAction(ApiView):
    """A POST that calls one service and shows the delivery after it."""

    input_class: Any = None

    def act(self, delivery_id: int, **data: Any) -> Delivery:
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> Response:
        data = self.read(self.input_class) if self.input_class else {}
        self.act(pk, **data)
        return shown(request, pk)


class Pickup(DeliveryAction):
    input_class = HandIn

    def act(self, delivery_id: int, **data: Any) -> Delivery:
        return services.pickup(actor=self.request.user, delivery_id=delivery_id, **data)

    @extend_schema(request=HandIn, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """The courier takes the parcel, by the code that the sender tells him. 409 `wrong_code` with
        `attempts_left`."""
        return super().post(request, pk)


class Deliver(DeliveryAction):
    idempotent = True
    input_class = HandIn

    def act(self, delivery_id: int, **data: Any) -> Delivery:
        return services.deliver(actor=self.request.user, delivery_id=delivery_id, **data)

    @extend_schema(request=HandIn, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """The courier hands over, by the code that the recipient tells him, and is paid."""
        return super().post(request, pk)


class Fail(DeliveryAction):
    input_class = FailIn

    def act(self, delivery_id: int, **data: Any) -> Delivery:
        return services.fail(actor=self.request.user, delivery_id=delivery_id, **data)

    @extend_schema(request=FailIn, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """The courier reports why pickup or handover failed."""
        return super().post(request, pk)


class Reattempt(DeliveryAction):
    def act(self, delivery_id: int, **data: Any) -> Delivery:
        return services.reattempt(actor=self.request.user, delivery_id=delivery_id)

    @extend_schema(request=None, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """Try once more from where it failed."""
        return super().post(request, pk)


class Return(DeliveryAction):
    idempotent = True
    input_class = ReturnIn

    def act(self, delivery_id: int, **data: Any) -> Delivery:
        return services.return_to_sender(actor=self.request.user, delivery_id=delivery_id, **data)

    @extend_schema(request=ReturnIn, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """The parcel is back with its sender; the money goes back."""
        return super().post(request, pk)


class Cancel(DeliveryAction):
    idempotent = True
    input_class = DeliveryCancelIn

    def act(self, delivery_id: int, **data: Any) -> Delivery:
        return services.cancel(actor=self.request.user, delivery_id=delivery_id, **data)

    @extend_schema(request=DeliveryCancelIn, responses=DeliveryOut)
    def post(self, request: Request, pk: int) -> Response:
        """The sender calls it off before the pickup; the money goes back."""
        return super().post(request, pk)


class Proof(ApiView):
    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY, 202: OpenApiTypes.OBJECT})
    def get(self, request: Request, pk: int) -> Any:
        """The proofs as PDF; 202 with Retry-After while it is being made."""
        document = services.request_document(actor=request.user, delivery_id=pk)
        document.refresh_from_db()
        if document.state != JobState.FAIT:
            return Response({"state": document.state}, status=202, headers={"Retry-After": "2"})
        return FileResponse(document.file.open("rb"), content_type="application/pdf", filename=document.filename)
