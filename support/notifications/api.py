"""`/api/notifications`: the feed, its preferences, the devices that take push messages."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import NO_CONTENT, ApiView, PageOut
from support.notifications import queries, services
from support.notifications.models import Device, Notification, Platform, Topic


class NotificationOut(serializers.ModelSerializer):
    class Meta:
        model = Notification
        fields = ["id", "kind", "topic", "subject", "body", "url", "created_at", "read_at"]


class NotificationPage(PageOut):
    results = NotificationOut(many=True)


class UnreadOut(serializers.Serializer):
    unread = serializers.IntegerField()


class Choices(serializers.Serializer):
    EMAIL = serializers.BooleanField(required=False)
    SMS = serializers.BooleanField(required=False)
    PUSH = serializers.BooleanField(required=False)


class TopicChoices(serializers.Serializer):
    topic = serializers.ChoiceField(choices=Topic.choices)
    label = serializers.CharField(read_only=True)
    channels = Choices()


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]", "example": "22:00"})
class Clock(serializers.TimeField):
    """Hours and minutes on the clock of the house."""

    def __init__(self, **kwargs: Any):
        super().__init__(format="%H:%M", **kwargs)


class Preferences(serializers.Serializer):
    """`quiet_from` and `quiet_until` (clock times, both or neither): phones stay silent in between."""

    topics = TopicChoices(many=True, required=False)
    quiet_from = Clock(allow_null=True, required=False)
    quiet_until = Clock(allow_null=True, required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("quiet_from", "quiet_until") if data.get(name) is not None]
        if len(given) == 1:
            missing = "quiet_until" if given == ["quiet_from"] else "quiet_from"
            raise serializers.ValidationError({missing: self.fields[missing].error_messages["required"]})
        return data


class Subscription(serializers.Serializer):
    endpoint = serializers.CharField(max_length=1000)
    keys = serializers.DictField(child=serializers.CharField(max_length=200))


class DeviceIn(serializers.Serializer):
    platform = serializers.ChoiceField(choices=Platform.choices)
    token = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    subscription = Subscription(required=False, allow_null=True, default=None)


class DeviceGone(serializers.Serializer):
    token = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    subscription = Subscription(required=False, allow_null=True, default=None)


class PushDeviceOut(serializers.ModelSerializer):
    class Meta:
        model = Device
        fields = ["id", "platform", "created_at"]


class FeedView(ApiView):
    @extend_schema(
        operation_id="notifications_list", responses=NotificationPage,
        parameters=[
            OpenApiParameter("unread", bool), OpenApiParameter("page", int), OpenApiParameter("page_size", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """My notifications, newest first."""
        unread = request.query_params.get("unread", "").lower() in ("1", "true")
        return self.paged(queries.feed(request.user, unread=unread), NotificationOut)


class ReadView(ApiView):
    @extend_schema(operation_id="notifications_read", request=None, responses=NotificationOut)
    def post(self, request: Request, pk: int) -> Response:
        """Mark one notification as read."""
        return Response(NotificationOut(services.mark_read(actor=request.user, notification_id=pk)).data)


class ReadAllView(ApiView):
    @extend_schema(operation_id="notifications_read_all", request=None, responses=UnreadOut)
    def post(self, request: Request) -> Response:
        """Mark all my notifications as read."""
        services.mark_all_read(actor=request.user)
        return Response({"unread": queries.unread_count(request.user)})


class PreferencesView(ApiView):
    @extend_schema(operation_id="notifications_preferences", responses=Preferences)
    def get(self, request: Request) -> Response:
        """What I am told, and how."""
        return Response(Preferences(queries.preferences_of(request.user)).data)

    @extend_schema(operation_id="notifications_preferences_change", request=Preferences, responses=Preferences)
    def put(self, request: Request) -> Response:
        """Choose what I am told, and how. Topics that are not named keep what they had."""
        data = self.read(Preferences)
        start, end = data.get("quiet_from"), data.get("quiet_until")
        services.set_preferences(
            actor=request.user,
            channels={row["topic"]: row["channels"] for row in data.get("topics", [])},
            quiet=(start, end) if start is not None else None,
            keep_quiet="quiet_from" not in data and "quiet_until" not in data,
        )
        return Response(Preferences(queries.preferences_of(request.user)).data)


class DevicesView(ApiView):
    @extend_schema(operation_id="notifications_device_add", request=DeviceIn, responses={201: PushDeviceOut})
    def post(self, request: Request) -> Response:
        """Register a device for push messages."""
        return Response(PushDeviceOut(services.add_device(actor=request.user, **self.read(DeviceIn))).data, status=201)

    @extend_schema(operation_id="notifications_device_remove", request=DeviceGone, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Forget a device by its token or subscription."""
        data = self.read(DeviceGone)
        endpoint = (data["subscription"] or {}).get("endpoint", "")
        services.remove_device(actor=request.user, token=data["token"], endpoint=endpoint)
        return Response(status=NO_CONTENT)


class DeviceView(ApiView):
    @extend_schema(operation_id="notifications_device_remove_one", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Forget a device."""
        services.remove_device(actor=request.user, device_id=pk)
        return Response(status=NO_CONTENT)


