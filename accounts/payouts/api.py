"""API doors of money that leaves: a person's own destinations and payouts, and the managers' work."""

from uuid import uuid4

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from accounts.payouts import queries, services
from accounts.payouts.downloads import file_response
from accounts.payouts.models import Payout
from accounts.payouts.serializers import (
    BatchOut,
    DestinationIn,
    DestinationOut,
    DestinationPatch,
    ManagedPayoutOut,
    PayoutOut,
    RefusalIn,
    WithdrawIn,
)
from accounts.users.stepup import StepUpApi
from config.lib.api import NO_CONTENT, ApiView

PAGING = [OpenApiParameter("page", int), OpenApiParameter("page_size", int)]


class DestinationsView(StepUpApi, ApiView):
    @extend_schema(responses=DestinationOut(many=True), parameters=PAGING, operation_id="wallet_destinations")
    def get(self, request: Request) -> Response:
        """Where I am paid, the default first."""
        return self.paged(queries.destinations_of(request.user), DestinationOut)

    @extend_schema(request=DestinationIn, responses={201: DestinationOut}, operation_id="wallet_destination_add")
    def post(self, request: Request) -> Response:
        """Name an IBAN of the SEPA area or a mobile number. I am told by mail. A known one is given as it is."""
        row = services.add_destination(actor=request.user, **self.read(DestinationIn))
        return Response(DestinationOut(row).data, status=201)


class DestinationView(StepUpApi, ApiView):
    @extend_schema(request=DestinationPatch, responses=DestinationOut, operation_id="wallet_destination_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Make it the default, or be paid there every week."""
        row = services.change_destination(actor=request.user, destination_id=pk, **self.read(DestinationPatch))
        return Response(DestinationOut(row).data)

    @extend_schema(responses={204: None}, operation_id="wallet_destination_remove")
    def delete(self, request: Request, pk: int) -> Response:
        """Forget a destination; 409 while a payout to it is under way."""
        services.remove_destination(actor=request.user, destination_id=pk)
        return Response(status=NO_CONTENT)


class WithdrawView(StepUpApi, ApiView):
    idempotent = True
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "transfers"

    @extend_schema(request=WithdrawIn, responses={201: PayoutOut}, operation_id="wallet_withdraw")
    def post(self, request: Request) -> Response:
        """Have money of my wallet paid out. It is held at once; A_VALIDER means that a manager looks first."""
        data = self.read(WithdrawIn)
        payout = services.withdraw(actor=request.user, key=self.idempotency_key or uuid4().hex, **data)
        return Response(PayoutOut(payout).data, status=201)


class PayoutsView(ApiView):
    @extend_schema(responses=PayoutOut(many=True), parameters=PAGING, operation_id="wallet_payouts")
    def get(self, request: Request) -> Response:
        """My payouts, newest first."""
        return self.paged(queries.payouts_of(request.user), PayoutOut)


class PayoutView(ApiView):
    @extend_schema(responses=PayoutOut, operation_id="wallet_payout")
    def get(self, request: Request, pk: int) -> Response:
        """One of my payouts."""
        return Response(PayoutOut(queries.get_for(request.user, pk)).data)


class CancelView(ApiView):
    @extend_schema(request=None, responses=PayoutOut, operation_id="wallet_payout_cancel")
    def post(self, request: Request, pk: int) -> Response:
        """Keep a payout that has not been sent from leaving."""
        return Response(PayoutOut(services.cancel(actor=request.user, payout_id=pk)).data)


# --- Managers -----------------------------------------------------------------------------------------------------
class ManagedPayouts(ApiView):
    @extend_schema(
        parameters=[OpenApiParameter("status", str, enum=Payout.Status.values), *PAGING],
        responses=ManagedPayoutOut(many=True), operation_id="manager_payouts",
    )
    def get(self, request: Request) -> Response:
        """Every payout, newest first."""
        rows = queries.all_for_manager(request.user, status=request.query_params.get("status", ""))
        return self.paged(rows, ManagedPayoutOut)


class AcceptView(StepUpApi, ApiView):
    @extend_schema(request=None, responses=ManagedPayoutOut, operation_id="manager_payout_accept")
    def post(self, request: Request, pk: int) -> Response:
        """Let a payout leave: mobile money at once, a transfer with the next file."""
        return Response(ManagedPayoutOut(services.accept(actor=request.user, payout_id=pk)).data)


class RefuseView(ApiView):
    @extend_schema(request=RefusalIn, responses=ManagedPayoutOut, operation_id="manager_payout_refuse")
    def post(self, request: Request, pk: int) -> Response:
        """Keep a payout from leaving; the person reads the reason."""
        queries.get_for_manager(request.user, pk)  # who may not is told so before his words are looked at
        reason = self.read(RefusalIn)["reason"]
        return Response(ManagedPayoutOut(services.refuse(actor=request.user, payout_id=pk, reason=reason)).data)


class FailView(ApiView):
    @extend_schema(request=RefusalIn, responses=ManagedPayoutOut, operation_id="manager_payout_fail")
    def post(self, request: Request, pk: int) -> Response:
        """The bank rejected this transfer, before or after it was executed: a case opens on the desk."""
        queries.get_for_manager(request.user, pk)
        reason = self.read(RefusalIn)["reason"]
        return Response(ManagedPayoutOut(services.fail_payout(actor=request.user, payout_id=pk, reason=reason)).data)


class BatchesView(ApiView):
    idempotent = True

    @extend_schema(responses=BatchOut(many=True), parameters=PAGING, operation_id="manager_payout_batches")
    def get(self, request: Request) -> Response:
        """The files of transfers, newest first."""
        return self.paged(queries.batches_for(request.user), BatchOut)

    @extend_schema(request=None, responses={201: BatchOut, 204: None}, operation_id="manager_payout_run")
    def post(self, request: Request) -> Response:
        """Run the payouts: one file of every transfer that is ready; 204 when there is none. The same
        Idempotency-Key gives the same file."""
        batch = services.run_payouts(actor=request.user, key=self.idempotency_key)
        return Response(status=NO_CONTENT) if batch is None else Response(BatchOut(batch).data, status=201)


class BatchFileView(ApiView):
    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY}, operation_id="manager_payout_batch_file")
    def get(self, request: Request, pk: int) -> Response:
        """The file for the bank (ISO 20022 pain.001.001.09)."""
        return file_response(queries.batch_for(request.user, pk))  # type: ignore[return-value]


class BatchExecutedView(ApiView):
    @extend_schema(request=None, responses=BatchOut, operation_id="manager_payout_batch_executed")
    def post(self, request: Request, pk: int) -> Response:
        """The bank executed the file: its payouts are paid."""
        return Response(BatchOut(services.execute_batch(actor=request.user, batch_id=pk)).data)
