"""API doors of signing in and out, the profile, passwords, the address book and the staff's list of people."""

from datetime import timedelta

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import queries, services
from accounts.users.models import DeviceToken, Language
from accounts.users.roles import roles_of_many
from accounts.users.serializers import (
    AddressIn,
    AddressOut,
    ChangeIn,
    ForgotIn,
    LoginIn,
    ProfileIn,
    RegisterIn,
    ResetIn,
    SessionOut,
    SignedInOut,
    StaffUserOut,
    StepUpIn,
    StepUpOut,
    UserOut,
)
from accounts.users.throttles import ByPerson, ByTarget, ByVisitor, ByWriter
from config.lib.api import NO_CONTENT, ApiView, Page


class CredentialView(ApiView):
    """A door where secrets are tried: open to visitors, limited. A token sent along is not looked at."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    throttle_classes = [ByVisitor, ByTarget]
    throttle_scope = "credentials"


class RegisterView(CredentialView):
    @extend_schema(request=RegisterIn, responses={201: SignedInOut}, operation_id="auth_register")
    def post(self, request: Request) -> Response:
        """Open an account and sign this device in. The address is verified by mail."""
        data = self.read(RegisterIn)
        spoken = get_language() or ""
        data.setdefault("language", spoken[:2] if spoken[:2] in Language.values else Language.FR)
        user = services.register(**data)
        return Response(SignedInOut(services.issue_token(user=user)).data, status=201)


class LoginView(CredentialView):
    @extend_schema(request=LoginIn, responses=SignedInOut, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Sign a device in. `device_name` tells it apart in the list of sessions."""
        data = self.read(LoginIn)
        data["device_name"] = data.get("device_name") or request.headers.get("User-Agent", "")
        return Response(SignedInOut(services.sign_in(**data)).data)


class LogoutView(ApiView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign this device out: its token is dead at once."""
        if isinstance(request.auth, DeviceToken):
            services.sign_out(token=request.auth)
        else:
            logout(request._request)
        return Response(status=NO_CONTENT)


class LogoutAllView(ApiView):
    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout_all")
    def post(self, request: Request) -> Response:
        """Sign every device and browser out."""
        services.sign_out_everywhere(user=request.user)
        if not isinstance(request.auth, DeviceToken):
            logout(request._request)
        return Response(status=NO_CONTENT)


class ProfileView(ApiView):
    throttle_classes = [ByWriter]
    throttle_scope = "invitations"

    @extend_schema(responses=UserOut, operation_id="auth_profile")
    def get(self, request: Request) -> Response:
        """My profile. `roles` follow from what a person is and cannot be written."""
        return Response(UserOut(request.user).data)

    @extend_schema(request=ProfileIn, responses=UserOut, operation_id="auth_profile_replace")
    def put(self, request: Request) -> Response:
        """Replace my profile."""
        return self._change(partial=False)

    @extend_schema(request=ProfileIn(partial=True), responses=UserOut, operation_id="auth_profile_change")
    def patch(self, request: Request) -> Response:
        """Change some fields of my profile."""
        return self._change(partial=True)

    def _change(self, *, partial: bool) -> Response:
        serializer = ProfileIn(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return Response(UserOut(services.update_profile(actor=self.request.user, **serializer.validated_data)).data)


class DevicesView(ApiView):
    @extend_schema(responses=SessionOut(many=True), operation_id="auth_sessions")
    def get(self, request: Request) -> Response:
        """Devices and browsers signed in as me."""
        token = request.auth if isinstance(request.auth, DeviceToken) else None
        key = None if token else request._request.session.session_key
        return self.paged(queries.devices_of(request.user, token=token, session_key=key), SessionOut)


class DeviceView(ApiView):
    @extend_schema(responses={204: None}, operation_id="auth_session_end")
    def delete(self, request: Request, device_id: str) -> Response:
        """Sign one device or browser out."""
        services.sign_out_device(actor=request.user, device_id=device_id)
        return Response(status=NO_CONTENT)


class ForgotView(CredentialView):
    @extend_schema(request=ForgotIn, responses={202: None}, operation_id="auth_password_forgot")
    def post(self, request: Request) -> Response:
        """Ask for a link to set a new password. The answer never tells whether the address is known."""
        services.ask_password_reset(**self.read(ForgotIn))
        return Response(status=202)


class ResetView(CredentialView):
    @extend_schema(request=ResetIn, responses={204: None}, operation_id="auth_password_reset")
    def post(self, request: Request) -> Response:
        """Set a new password with the link's `uid` and `token`. Every device is signed out."""
        data = self.read(ResetIn)
        services.reset_password(uid=data["uid"], token=data["token"], password=data["new_password"])
        return Response(status=NO_CONTENT)


class ChangeView(ApiView):
    throttle_classes = [ByVisitor]
    throttle_scope = "credentials"

    @extend_schema(request=ChangeIn, responses={204: None}, operation_id="auth_password_change")
    def post(self, request: Request) -> Response:
        """Change my password. Every other device is signed out."""
        data = self.read(ChangeIn)
        token = request.auth if isinstance(request.auth, DeviceToken) else None
        services.change_password(
            actor=request.user, old=data["old_password"], new=data["new_password"], keep_token=token
        )
        if token is None:
            update_session_auth_hash(request._request, request.user)
        return Response(status=NO_CONTENT)


class StepUpView(ApiView):
    throttle_classes = [ByVisitor, ByPerson]
    throttle_scope = "credentials"

    @extend_schema(request=StepUpIn, responses=StepUpOut, operation_id="auth_step_up")
    def post(self, request: Request) -> Response:
        """Confirm that it is me, so that money may leave from this device until `until`.

        With `password`, or, where a second factor is set up, with a `code` of it or a recovery code.
        """
        token = request.auth if isinstance(request.auth, DeviceToken) else None
        by_code = services.step_up(actor=request.user, token=token, **self.read(StepUpIn))
        if token is None:
            method = "mfa" if by_code else "password"
            record_authentication(request._request, request.user, method, reauthenticated=True)
        until = timezone.now() + timedelta(minutes=settings.STEP_UP_MINUTES)
        return Response(StepUpOut({"until": until}).data)


class AddressesView(ApiView):
    @extend_schema(responses=AddressOut(many=True), operation_id="addresses")
    def get(self, request: Request) -> Response:
        """My address book."""
        return self.paged(request.user.addresses.all(), AddressOut)

    @extend_schema(request=AddressIn, responses={201: AddressOut}, operation_id="address_add")
    def post(self, request: Request) -> Response:
        """Add an address to my book."""
        address = services.save_address(actor=request.user, **self.read(AddressIn))
        return Response(AddressOut(address).data, status=201)


class AddressView(ApiView):
    @extend_schema(responses=AddressOut, operation_id="address")
    def get(self, request: Request, pk: int) -> Response:
        """One of my addresses."""
        return Response(AddressOut(queries.address_of(request.user, pk)).data)

    @extend_schema(request=AddressIn, responses=AddressOut, operation_id="address_replace")
    def put(self, request: Request, pk: int) -> Response:
        """Replace one of my addresses."""
        return self._change(pk, partial=False)

    @extend_schema(request=AddressIn(partial=True), responses=AddressOut, operation_id="address_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Change some fields of one of my addresses."""
        return self._change(pk, partial=True)

    def _change(self, pk: int, *, partial: bool) -> Response:
        queries.address_of(self.request.user, pk)  # 404 before any word about the body
        serializer = AddressIn(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        address = services.save_address(actor=self.request.user, address_id=pk, **serializer.validated_data)
        return Response(AddressOut(address).data)

    @extend_schema(responses={204: None}, operation_id="address_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Remove one of my addresses. Orders keep their own copy."""
        services.delete_address(actor=request.user, address_id=pk)
        return Response(status=NO_CONTENT)


class UsersView(ApiView):
    ORDERINGS = {"email", "last_name", "date_joined"}

    @extend_schema(
        responses=StaffUserOut(many=True), operation_id="users",
        parameters=[OpenApiParameter("search", str), OpenApiParameter("ordering", str)],
    )
    def get(self, request: Request) -> Response:
        """People, for staff. `ordering`: email, last_name, date_joined, with - for descending."""
        people = queries.visible_to(request.user)
        for word in request.query_params.get("search", "").split()[:5]:
            people = people.filter(
                Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
                | Q(phone__contains=word)
            )
        ordering = request.query_params.get("ordering", "")
        order = ordering if ordering.lstrip("-") in self.ORDERINGS else "-date_joined"
        page = Page()
        rows = page.paginate_queryset(people.order_by(order, "pk"), request, view=self)
        return page.get_paginated_response(StaffUserOut(rows, many=True, context={"roles": roles_of_many(rows)}).data)


class UserView(ApiView):
    @extend_schema(responses=StaffUserOut, operation_id="user")
    def get(self, request: Request, pk: int) -> Response:
        """One person, for staff or oneself."""
        return Response(StaffUserOut(queries.get_for(request.user, pk)).data)


class ExportView(ApiView):
    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="users_me_export")
    def get(self, request: Request) -> Response:
        """All personal data kept about me."""
        return Response(services.export_data(actor=request.user))


class MeView(ApiView):
    @extend_schema(responses=UserOut, operation_id="users_me")
    def get(self, request: Request) -> Response:
        """My profile, as /auth/profile gives it."""
        return Response(UserOut(request.user).data)

    @extend_schema(responses={204: None}, operation_id="users_me_close")
    def delete(self, request: Request) -> Response:
        """Close my account: personal data is erased, accounting is kept."""
        services.close_account(actor=request.user)
        return Response(status=NO_CONTENT)
