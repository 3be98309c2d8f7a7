"""API doors of communities: themselves, their people, their books."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.communities import queries, services
from accounts.communities.models import Adhesion
from accounts.communities.queries import Right
from accounts.communities.serializers import (
    AcceptIn,
    AdhesionOut,
    AnswerIn,
    BookLineOut,
    CommunityChangeIn,
    CommunityIn,
    CommunityMemberOut,
    CommunityOut,
    CommunityRoleIn,
    InviteIn,
    InviteOut,
)
from accounts.users.throttles import ByWriter
from config.lib.api import NO_CONTENT, ApiView, Empty, Page

ORDERINGS = {"name": "name", "-name": "-name", "newest": "-created_at", "balance": "account__balance",
             "-balance": "-account__balance"}  # fmt: skip


class CommunitiesView(ApiView):
    @extend_schema(
        responses=CommunityOut(many=True), operation_id="communities",
        parameters=[
            OpenApiParameter("mine", OpenApiTypes.BOOL, description="only those of which I am a member"),
            OpenApiParameter("search", str), OpenApiParameter("ordering", str, enum=list(ORDERINGS)),
        ],
    )
    def get(self, request: Request) -> Response:
        """My communities and the public ones."""
        queries.solidarity()
        asked = request.query_params
        rows = queries.found(request.user, search=asked.get("search", ""), only_mine=asked.get("mine") == "true")
        return self.paged(rows.order_by(ORDERINGS.get(asked.get("ordering", ""), "name"), "pk"), CommunityOut)

    @extend_schema(request=CommunityIn, responses={201: CommunityOut}, operation_id="community_add")
    def post(self, request: Request) -> Response:
        """Found a community. Private unless told otherwise."""
        community = services.create_community(actor=request.user, **self.read(CommunityIn))
        return Response(CommunityOut(community).data, status=201)


class CommunityView(ApiView):
    @extend_schema(responses=CommunityOut, operation_id="community")
    def get(self, request: Request, pk: int) -> Response:
        """One community."""
        return Response(CommunityOut(queries.get_for(request.user, pk)).data)

    @extend_schema(request=CommunityChangeIn(partial=True), responses=CommunityOut, operation_id="community_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Change its settings; founder and administrators. A quorum counts for requests made from then on."""
        queries.get_for(request.user, pk, Right.MANAGE)
        serializer = CommunityChangeIn(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        community = services.update_community(actor=request.user, community_id=pk, **serializer.validated_data)
        return Response(CommunityOut(community).data)


class CloseView(ApiView):
    @extend_schema(request=Empty, responses=CommunityOut, operation_id="community_close")
    def post(self, request: Request, pk: int) -> Response:
        """Close it for good; the founder. What is in the pot is shared out equally among the members."""
        return Response(CommunityOut(services.close_community(actor=request.user, community_id=pk)).data)


class JoinView(ApiView):
    @extend_schema(request=Empty, responses={200: CommunityOut, 202: AdhesionOut}, operation_id="community_join")
    def post(self, request: Request, pk: int) -> Response:
        """Join a public community, or a private one to which my proved address was invited. 202: a manager has to
        answer first (solidarity fund)."""
        entered = services.join(actor=request.user, community_id=pk)
        if isinstance(entered, Adhesion):
            return Response(AdhesionOut(entered).data, status=202)
        return Response(CommunityOut(queries.get_for(request.user, pk)).data)


class AcceptView(ApiView):
    throttle_classes = [ByWriter]
    throttle_scope = "invitations"

    @extend_schema(
        request=AcceptIn, responses={200: CommunityOut, 202: AdhesionOut}, operation_id="community_invitation_accept"
    )
    def post(self, request: Request) -> Response:
        """Follow an invitation's link. 202: an administrator of the private community has to answer first."""
        found = services.accept_invitation(actor=request.user, **self.read(AcceptIn))
        if isinstance(found, Adhesion):
            return Response(AdhesionOut(found).data, status=202)
        return Response(CommunityOut(queries.get_for(request.user, found.community_id)).data)


class InviteView(ApiView):
    throttle_classes = [ByWriter]
    throttle_scope = "invitations"

    @extend_schema(request=InviteIn, responses={201: InviteOut}, operation_id="community_invite")
    def post(self, request: Request, pk: int) -> Response:
        """Invite one person by e-mail, or, without one, make a link; founder and administrators."""
        queries.get_for(request.user, pk, Right.MANAGE)
        made = services.invite(actor=request.user, community_id=pk, **self.read(InviteIn))
        return Response(InviteOut(made).data, status=201)


class LeaveView(ApiView):
    @extend_schema(request=Empty, responses={204: None}, operation_id="community_leave")
    def post(self, request: Request, pk: int) -> Response:
        """Leave. What was contributed stays; the founder hands over first."""
        services.leave(actor=request.user, community_id=pk)
        return Response(status=NO_CONTENT)


class MembersView(ApiView):
    @extend_schema(responses=CommunityMemberOut(many=True), operation_id="community_members")
    def get(self, request: Request, pk: int) -> Response:
        """Who belongs to it; for members."""
        community = queries.get_for(request.user, pk, Right.MEMBER)
        return self.paged(queries.members(community), CommunityMemberOut, community=community)


class MemberView(ApiView):
    @extend_schema(request=CommunityRoleIn, responses=CommunityMemberOut, operation_id="community_member_role")
    def patch(self, request: Request, pk: int, member: int) -> Response:
        """Name an administrator, or hand over (`FONDATEUR`); the founder."""
        seen = queries.get_for(request.user, pk, Right.FOUND)
        row = services.change_role(
            actor=request.user, community_id=pk, member_id=member, **self.read(CommunityRoleIn)
        )
        return Response(CommunityMemberOut(row, context={"request": request, "community": seen}).data)


class AdhesionsView(ApiView):
    @extend_schema(responses=AdhesionOut(many=True), operation_id="community_adhesions")
    def get(self, request: Request, pk: int) -> Response:
        """Who asks to join; founder and administrators."""
        return self.paged(queries.asked_to_join(queries.get_for(request.user, pk, Right.MANAGE)), AdhesionOut)


class AdhesionView(ApiView):
    @extend_schema(request=AnswerIn, responses=AdhesionOut, operation_id="community_adhesion_answer")
    def post(self, request: Request, pk: int, adhesion: int) -> Response:
        """Let somebody in, or not; founder and administrators."""
        queries.get_for(request.user, pk, Right.MANAGE)
        row = services.answer_adhesion(
            actor=request.user, community_id=pk, adhesion_id=adhesion, **self.read(AnswerIn)
        )
        return Response(AdhesionOut(row).data)


class BooksView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(responses=BookLineOut(many=True), operation_id="community_books")
    def get(self, request: Request, pk: int) -> Response:
        """The books of the pot, newest first, people by pseudonym. Those of a public community are open to all."""
        community = queries.get_for(request.user, pk)
        page = Page()
        rows = page.paginate_queryset(queries.books(community), request, view=self)
        lines = queries.as_lines(community, rows, request.user)
        return page.get_paginated_response(BookLineOut(lines, many=True).data)
