"""API doors of payments: top up, and the providers' webhooks."""

from uuid import uuid4

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.payments import services
from accounts.payments.models import Payment
from accounts.payments.serializers import ReceivedOut, TopUpIn, TopUpOut
from accounts.wallet.queries import wallet_of
from config.lib.api import ApiView


class TopUpView(ApiView):
    idempotent = True

    @extend_schema(request=TopUpIn, responses={200: TopUpOut, 202: TopUpOut}, operation_id="wallet_topup")
    def post(self, request: Request) -> Response:
        """Put money into my wallet. 202 while the provider has not said yes or no."""
        data = self.read(TopUpIn)
        payment = services.top_up(
            actor=request.user, amount=data["amount"], method=data["method"], token=data["payment_token"],
            key=self.idempotency_key or uuid4().hex,
        )
        answer = TopUpOut({"payment": payment, "wallet": wallet_of(request.user)}).data
        return Response(answer, status=202 if payment.status == Payment.Status.EN_COURS else 200)


class WebhookView(ApiView):
    """A provider's call: its signature is the proof of who speaks."""

    authentication_classes: list = []
    permission_classes = [AllowAny]

    @extend_schema(request=OpenApiTypes.OBJECT, responses=ReceivedOut, operation_id="payments_webhook")
    def post(self, request: Request, provider: str) -> Response:
        services.ingest(provider=provider, headers=request.headers, body=request._request.body)
        return Response({"received": True})

    @extend_schema(request=OpenApiTypes.OBJECT, responses=ReceivedOut, operation_id="payments_webhook_put")
    def put(self, request: Request, provider: str) -> Response:
        """The same: mobile money providers call back by PUT as well."""
        return self.post(request, provider)


