"""`/api/garage/alerts`: staff see all and settle them, an owner reads those of his vehicles."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, Money, PageOut
from garage.alerts import queries, services
from garage.alerts.models import Alert, AlertKind, AlertLevel, Outcome
from garage.clients.api import PAGES, ordered, words_of

ORDERINGS = {sign + name for name in ("due_on", "created_at", "done_at") for sign in ("", "-")}
FIELDS = [
    "id", "kind", "level", "title", "due_on", "due_km", "by_km", "vehicle", "plate", "client", "check_kind",
    "snoozed_until", "done_at", "done_how", "created_at",
]


class AlertOut(serializers.ModelSerializer):
    """`by_km`: the distance is reached before the date would be."""

    title = serializers.CharField(read_only=True)
    plate = serializers.CharField(source="vehicle.plate", default=None, allow_null=True)
    client = serializers.IntegerField(source="vehicle.client_id", default=None, allow_null=True)

    class Meta:
        model = Alert
        fields = FIELDS


class StaffAlertOut(AlertOut):
    class Meta(AlertOut.Meta):
        fields = [*FIELDS, "quote", "product", "item", "draft"]


class AlertPage(PageOut):
    results = AlertOut(many=True)


class SnoozeIn(serializers.Serializer):
    until = serializers.DateField()


class DoneIn(serializers.Serializer):
    """`outcome` of an inspection, `until` of an insurance."""

    on = serializers.DateField(required=False)
    km = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=9_999_999)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False)
    until = serializers.DateField(required=False, allow_null=True)


class SlotOut(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class AlertQuoteIn(serializers.Serializer):
    """`book`: book the first free time too, and tell the client."""

    book = serializers.BooleanField(default=False)


class DraftOut(serializers.Serializer):
    """The draft's id and number; `slot` is the time booked (`appointment`), else the first free one, null when there is
    none soon."""

    quote = serializers.IntegerField(source="quote.pk")
    number = serializers.CharField(source="quote.number")
    total = Money(source="quote.total")
    currency = serializers.SerializerMethodField()
    slot = SlotOut(allow_null=True)
    appointment = serializers.IntegerField(source="appointment.pk", default=None, allow_null=True)

    def get_currency(self, _draft: services.Draft) -> str:
        return settings.CURRENCY


class AlertsView(ApiView):
    @extend_schema(
        operation_id="garage_alerts", responses=AlertPage,
        parameters=[
            *PAGES, OpenApiParameter("ordering", str, enum=sorted(ORDERINGS)),
            OpenApiParameter("kind", str, enum=AlertKind.values),
            OpenApiParameter("level", str, enum=AlertLevel.values),
            OpenApiParameter("state", str, enum=list(queries.STATES), default="open"),
            OpenApiParameter("vehicle", int), OpenApiParameter("client", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """Alerts, most urgent first: all for staff, those of one's vehicles for an owner."""
        rows, wish = queries.visible_to(request.user), request.query_params
        rows = queries.in_state(rows, wish.get("state", "open"))
        if words := words_of(request):
            rows = queries.search(rows, words)
        for name, values in (("kind", AlertKind.values), ("level", AlertLevel.values)):
            if wish.get(name) in values:
                rows = rows.filter(**{name: wish[name]})
        for name, column in (("vehicle", "vehicle"), ("client", "vehicle__client")):
            if wish.get(name, "").isdecimal():
                rows = rows.filter(**{column: int(wish[name][:18])})
        return self.paged(ordered(request, rows, ORDERINGS), shape_for(request.user))


class SnoozeView(ApiView):
    @extend_schema(operation_id="garage_alert_snooze", request=SnoozeIn, responses=StaffAlertOut)
    def post(self, request: Request, pk: int) -> Response:
        """Put an alert off until a day; staff."""
        queries.get_for(request.user, pk, "write")
        return shown(request.user, services.snooze(actor=request.user, alert_id=pk, **self.read(SnoozeIn)).pk)


class DoneView(ApiView):
    @extend_schema(operation_id="garage_alert_done", request=DoneIn, responses=StaffAlertOut)
    def post(self, request: Request, pk: int) -> Response:
        """Close an alert that was seen to, with the day, the kilometres or the outcome; staff."""
        queries.get_for(request.user, pk, "write")
        return shown(request.user, services.settle(actor=request.user, alert_id=pk, **self.read(DoneIn)).pk)


class QuoteView(ApiView):
    @extend_schema(operation_id="garage_alert_quote", request=AlertQuoteIn, responses={201: DraftOut, 200: DraftOut})
    def post(self, request: Request, pk: int) -> Response:
        """Draft a priced quote for an alert, and book its first free time if asked to; the draft that is there already
        answers 200. Staff."""
        queries.get_for(request.user, pk, "write")
        draft = services.make_quote(actor=request.user, alert_id=pk, **self.read(AlertQuoteIn))
        return Response(DraftOut(draft).data, status=201 if draft.made else 200)


def shape_for(user: Any) -> type[AlertOut]:
    return StaffAlertOut if queries.clients.works_here(user) else AlertOut


def shown(user: Any, pk: int) -> Response:
    return Response(StaffAlertOut(queries.get_for(user, pk)).data)
