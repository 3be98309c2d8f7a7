"""API doors of the wallet: balance, statement, transfer."""

from uuid import uuid4

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from accounts.wallet import queries, services
from accounts.wallet.serializers import PostingOut, TransferIn, TransferOut, WalletOut
from config.lib.api import ApiView


class WalletView(ApiView):
    @extend_schema(responses=WalletOut, operation_id="wallet")
    def get(self, request: Request) -> Response:
        """My wallet. `available` is `balance` less `held`."""
        return Response(WalletOut(queries.wallet_of(request.user)).data)


class StatementView(ApiView):
    @extend_schema(responses=PostingOut(many=True), operation_id="wallet_transactions")
    def get(self, request: Request) -> Response:
        """My statement, newest first."""
        return self.paged(queries.statement(queries.wallet_of(request.user)), PostingOut)


class TransferView(ApiView):
    idempotent = True
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "transfers"

    @extend_schema(request=TransferIn, responses=TransferOut, operation_id="wallet_transfer")
    def post(self, request: Request) -> Response:
        """Send money to another person's wallet."""
        data = self.read(TransferIn)
        row = services.transfer(actor=request.user, key=self.idempotency_key or uuid4().hex, **data)
        answer = {
            "id": row.pk, "amount": data["amount"], "currency": settings.CURRENCY, "at": row.at,
            "wallet": queries.wallet_of(request.user),
        }
        return Response(TransferOut(answer).data)
