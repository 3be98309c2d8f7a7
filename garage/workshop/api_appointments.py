"""`/api/garage/appointments`: staff see and book all, a client his own."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import NO_CONTENT, ApiView, PageOut
from config.lib.errors import Invalid
from garage.quotes import queries as quotes
from garage.quotes.models import Skill
from garage.workshop import rules
from garage.workshop.models import Appointment
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments as services

Status = Appointment.Status
BIGGEST_ID = 2**63 - 1
SLOT_DAYS = 14


class AppointmentOut(serializers.ModelSerializer):
    class Meta:
        model = Appointment
        fields = [
            "id", "client", "vehicle", "quote", "lift", "mechanic", "starts_at", "ends_at", "hours", "reason", "origin",
            "status", "created_at",
        ]


class AppointmentPage(PageOut):
    results = AppointmentOut(many=True)


class FreeSlotOut(serializers.Serializer):
    """`ends_at`: when the work is done, breaks and nights included."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class FreeSlotsOut(serializers.Serializer):
    """`hours`: of work that were looked for."""

    hours = serializers.DecimalField(max_digits=5, decimal_places=2)
    slots = FreeSlotOut(many=True)


def an_id(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, **kwargs)


def some_hours(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=rules.LEAST_HOURS, max_value=rules.MOST_HOURS, **kwargs
    )


class AppointmentIn(serializers.Serializer):
    """`hours` of work within the opening hours; none: what the `quote` asks for, else one. Staff may name `client`,
    `lift` and `mechanic`."""

    vehicle = an_id()
    starts_at = serializers.DateTimeField()
    hours = some_hours(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    quote = an_id(required=False, allow_null=True)
    client = an_id(required=False, allow_null=True)
    lift = an_id(required=False, allow_null=True)
    mechanic = an_id(required=False, allow_null=True)
    skill = serializers.ChoiceField(choices=Skill.choices, required=False, allow_blank=True)


class AppointmentPatch(serializers.Serializer):
    """Another time, length, lift or mechanic; or `status` ARRIVE, ABSENT, ANNULE. Staff."""

    starts_at = serializers.DateTimeField(required=False)
    hours = some_hours(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    lift = an_id(required=False, allow_null=True)
    mechanic = an_id(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices, required=False)


class SlotsIn(serializers.Serializer):
    hours = some_hours(required=False)
    quote = an_id(required=False)
    skill = serializers.ChoiceField(choices=Skill.choices, required=False, allow_blank=True)
    days = serializers.IntegerField(min_value=1, max_value=queries.MOST_DAYS, default=SLOT_DAYS)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python."""
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class ListIn(serializers.Serializer):
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    client = an_id(required=False)
    vehicle = an_id(required=False)
    to = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


def asked(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The parameters of the address, or 422 on the one that is wrong."""
    serializer = shape(data=request.query_params)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def within(day: date, field: str) -> date:
    """A day that calendars can count from. Invalid on the field otherwise."""
    if abs(day - timezone.localdate()) > timedelta(days=3660):
        raise Invalid(errors={field: [_("This day is too far away.")]})
    return day


class AppointmentsView(ApiView):
    idempotent = True

    @extend_schema(
        operation_id="garage_appointments", responses=AppointmentPage,
        parameters=[
            OpenApiParameter("page", int), OpenApiParameter("page_size", int),
            OpenApiParameter("from", date), OpenApiParameter("to", date), OpenApiParameter("client", int),
            OpenApiParameter("vehicle", int), OpenApiParameter("status", enum=Status.values),
        ],
    )
    def get(self, request: Request) -> Response:
        """Appointments by time: all for staff, one's own for a client. `from` and `to` are days, both included."""
        wish, rows = asked(ListIn, request), queries.visible_to(request.user).order_by("starts_at", "pk")
        for name in ("status", "client", "vehicle"):
            if name in wish:
                rows = rows.filter(**{name: wish[name]})
        if "from" in wish:
            rows = rows.filter(ends_at__gt=queries.local_midnight(within(wish["from"], "from")))
        if "to" in wish:
            end = within(wish["to"], "to") + timedelta(days=1)
            rows = rows.filter(starts_at__lt=queries.local_midnight(end))
        return self.paged(rows, AppointmentOut)

    @extend_schema(operation_id="garage_appointment_book", request=AppointmentIn, responses={201: AppointmentOut})
    def post(self, request: Request) -> Response:
        """Book. 409 `slot_taken` when another was faster, `too_many_appointments`; 422 on `starts_at` when closed."""
        data = self.read(AppointmentIn)
        appointment = services.book_appointment(
            actor=request.user, vehicle_id=data["vehicle"], starts_at=data["starts_at"], hours=data.get("hours"),
            reason=data.get("reason", ""), client_id=data.get("client"), lift_id=data.get("lift"),
            mechanic_id=data.get("mechanic"), quote_id=data.get("quote"), skill=data.get("skill", ""),
        )
        return Response(AppointmentOut(appointment).data, status=201)


class AppointmentSlotsView(ApiView):
    pagination_class = None

    @extend_schema(
        operation_id="garage_appointment_slots", responses=FreeSlotsOut,
        parameters=[
            OpenApiParameter("hours", float, description="of work; none: what the quote asks for, else 1"),
            OpenApiParameter("quote", int),
            OpenApiParameter("from", date, description="first day; none: today"),
            OpenApiParameter("days", int, description=f"1 to {queries.MOST_DAYS}, usually {SLOT_DAYS}"),
            OpenApiParameter("skill", enum=Skill.values),
        ],
    )
    def get(self, request: Request) -> Response:
        """When work of some hours can begin, every half hour."""
        wish = asked(SlotsIn, request)
        quote = quotes.get_for(request.user, wish["quote"]) if "quote" in wish else None
        hours, skill = queries.quote_needs(quote)
        hours = wish.get("hours", hours)
        found = queries.free_slots(
            hours=hours, skill=wish.get("skill", skill), days=wish["days"],
            from_day=within(wish.get("from", timezone.localdate()), "from"),
        )
        return Response(FreeSlotsOut({"hours": hours, "slots": found}).data)


class AppointmentView(ApiView):
    @extend_schema(operation_id="garage_appointment", responses=AppointmentOut)
    def get(self, request: Request, pk: int) -> Response:
        """One appointment."""
        return Response(AppointmentOut(queries.get_for(request.user, pk)).data)

    @extend_schema(operation_id="garage_appointment_change", request=AppointmentPatch, responses=AppointmentOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Move it, or say what became of it; staff. 409 `slot_taken`, `not_open`, `not_yet`, `illegal_transition`."""
        appointment = queries.get_for(request.user, pk, "write")
        data = self.read(AppointmentPatch)
        status = data.pop("status", None)
        if data:
            appointment = services.move_appointment(
                actor=request.user, appointment_id=pk, starts_at=data.get("starts_at"), hours=data.get("hours"),
                lift_id=data.get("lift"), mechanic_id=data.get("mechanic"), reason=data.get("reason"),
            )
        if status and status != appointment.status:
            appointment = services.set_status(actor=request.user, appointment_id=pk, status=status)
        return Response(AppointmentOut(appointment).data)

    @extend_schema(operation_id="garage_appointment_cancel", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel. 409 `too_late_to_cancel` for a client shortly before it, `illegal_transition`."""
        services.cancel_appointment(actor=request.user, appointment_id=pk)
        return Response(status=NO_CONTENT)
