"""API doors of a community's money: contributing, asking, voting."""

from uuid import uuid4

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.communities import queries, services
from accounts.communities.models import SpendingRequest
from accounts.communities.queries import Right
from accounts.communities.serializers import (
    ContributeIn,
    ContributionOut,
    MonthlyOut,
    SpendingRequestIn,
    SpendingRequestOut,
    VoteIn,
)
from accounts.users.stepup import StepUpApi
from config.lib.api import NO_CONTENT, ApiView, Empty
from config.lib.errors import NotFound


class ContributeView(StepUpApi, ApiView):
    idempotent = True

    @extend_schema(request=ContributeIn, responses=ContributionOut, operation_id="community_contribute")
    def post(self, request: Request, pk: int) -> Response:
        """Give to the pot from my wallet, once or (`monthly`) from now on every month. It is not given back."""
        queries.get_for(request.user, pk, Right.GIVE)
        data = self.read(ContributeIn)
        made = services.contribute(
            actor=request.user, community_id=pk, key=self.idempotency_key or uuid4().hex, **data
        )
        answer = {
            "transaction": made.transaction, "amount": data["amount"], "monthly": made.monthly,
            "community": queries.get_for(request.user, pk),
        }
        return Response(ContributionOut(answer).data)


class MonthlyView(ApiView):
    pagination_class = None

    @extend_schema(responses=MonthlyOut, operation_id="community_monthly")
    def get(self, request: Request, pk: int) -> Response:
        """My monthly contribution; 404 when there is none."""
        row = queries.monthly_of(queries.get_for(request.user, pk), request.user)
        if row is None:
            raise NotFound
        return Response(MonthlyOut(row).data)

    @extend_schema(responses={204: None}, operation_id="community_monthly_stop")
    def delete(self, request: Request, pk: int) -> Response:
        """Stop my monthly contribution."""
        services.stop_monthly(actor=request.user, community_id=pk)
        return Response(status=NO_CONTENT)


class RequestsView(ApiView):
    idempotent = True

    @extend_schema(
        responses=SpendingRequestOut(many=True), operation_id="community_requests",
        parameters=[OpenApiParameter("status", str, enum=SpendingRequest.Status.values)],
    )
    def get(self, request: Request, pk: int) -> Response:
        """Requests for money, newest first; for members."""
        community = queries.get_for(request.user, pk, Right.MEMBER)
        rows = queries.requests_of(request.user, community)
        status = request.query_params.get("status")
        return self.paged(rows.filter(status=status) if status else rows, SpendingRequestOut, community=community)

    @extend_schema(request=SpendingRequestIn, responses={201: SpendingRequestOut}, operation_id="community_request_add")
    def post(self, request: Request, pk: int) -> Response:
        """Ask the pot for money. Every other member of this moment may vote."""
        community = queries.get_for(request.user, pk, Right.MEMBER)
        made = services.ask(actor=request.user, community_id=pk, **self.read(SpendingRequestIn))
        row = queries.request_for(request.user, community, made.pk)
        return Response(SpendingRequestOut(row, context={"community": community}).data, status=201)


class RequestView(ApiView):
    @extend_schema(responses=SpendingRequestOut, operation_id="community_request")
    def get(self, request: Request, pk: int, spending: int) -> Response:
        """One request with how the vote stands."""
        community = queries.get_for(request.user, pk, Right.MEMBER)
        row = queries.request_for(request.user, community, spending)
        return Response(SpendingRequestOut(row, context={"community": community}).data)


class VoteView(ApiView):
    idempotent = True

    @extend_schema(request=VoteIn, responses=SpendingRequestOut, operation_id="community_request_vote")
    def post(self, request: Request, pk: int, spending: int) -> Response:
        """Vote once. The vote that decides pays the asker at once, or refuses."""
        community = queries.get_for(request.user, pk, Right.MEMBER)
        queries.request_for(request.user, community, spending)
        row = services.vote(actor=request.user, community_id=pk, request_id=spending, **self.read(VoteIn))
        return Response(SpendingRequestOut(row, context={"community": community}).data)


class WithdrawView(ApiView):
    @extend_schema(request=Empty, responses=SpendingRequestOut, operation_id="community_request_withdraw")
    def post(self, request: Request, pk: int, spending: int) -> Response:
        """Take my open request back."""
        community = queries.get_for(request.user, pk, Right.MEMBER)
        row = services.withdraw_request(actor=request.user, community_id=pk, request_id=spending)
        return Response(SpendingRequestOut(row, context={"community": community}).data)
