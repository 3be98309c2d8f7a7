"""API doors of companies and their members."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.companies import queries, services
from accounts.companies.serializers import CompanyChangeIn, CompanyIn, CompanyOut, MemberIn, MemberOut, RoleIn
from accounts.users.throttles import ByWriter
from config.lib.api import NO_CONTENT, ApiView


class CompaniesView(ApiView):
    @extend_schema(responses=CompanyOut(many=True), operation_id="companies")
    def get(self, request: Request) -> Response:
        """Companies of which I am a member."""
        return self.paged(queries.visible_to(request.user).order_by("name", "pk"), CompanyOut)

    @extend_schema(request=CompanyIn, responses={201: CompanyOut}, operation_id="company_add")
    def post(self, request: Request) -> Response:
        """Found a company and become its owner."""
        company = services.create_company(actor=request.user, **self.read(CompanyIn))
        return Response(CompanyOut(company).data, status=201)


class CompanyView(ApiView):
    @extend_schema(responses=CompanyOut, operation_id="company")
    def get(self, request: Request, pk: int) -> Response:
        """One of my companies."""
        return Response(CompanyOut(queries.get_for(request.user, pk)).data)

    @extend_schema(request=CompanyChangeIn(partial=True), responses=CompanyOut, operation_id="company_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Change some fields of a company; owners and admins."""
        queries.get_for(request.user, pk)
        serializer = CompanyChangeIn(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        company = services.update_company(actor=request.user, company_id=pk, **serializer.validated_data)
        return Response(CompanyOut(company).data)


class MembersView(ApiView):
    throttle_classes = [ByWriter]
    throttle_scope = "invitations"

    @extend_schema(responses=MemberOut(many=True), operation_id="company_members")
    def get(self, request: Request, pk: int) -> Response:
        """Members of a company."""
        company = queries.get_for(request.user, pk)
        return self.paged(company.memberships.select_related("user"), MemberOut)

    @extend_schema(request=MemberIn, responses={201: MemberOut}, operation_id="company_member_add")
    def post(self, request: Request, pk: int) -> Response:
        """Add a person who has an account; owners and admins."""
        queries.get_for(request.user, pk)
        member = services.add_member(actor=request.user, company_id=pk, **self.read(MemberIn))
        return Response(MemberOut(member).data, status=201)


class MemberView(ApiView):
    @extend_schema(responses=MemberOut, operation_id="company_member")
    def get(self, request: Request, pk: int, member_id: int) -> Response:
        """One member."""
        return Response(MemberOut(queries.membership(queries.get_for(request.user, pk), member_id)).data)

    @extend_schema(request=RoleIn, responses=MemberOut, operation_id="company_member_role")
    def patch(self, request: Request, pk: int, member_id: int) -> Response:
        """Change a member's role."""
        queries.get_for(request.user, pk)
        data = self.read(RoleIn)
        member = services.change_role(actor=request.user, company_id=pk, member_id=member_id, **data)
        return Response(MemberOut(member).data)

    @extend_schema(responses={204: None}, operation_id="company_member_remove")
    def delete(self, request: Request, pk: int, member_id: int) -> Response:
        """Remove a member, or leave. The last owner stays."""
        services.remove_member(actor=request.user, company_id=pk, member_id=member_id)
        return Response(status=NO_CONTENT)
