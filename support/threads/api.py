"""`/api/support/threads` for customers, `/api/admin/support/threads` for those who answer them."""

from typing import Any

import django_filters
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import ApiView, PageOut
from support.threads import queries, services
from support.threads.about import url_of
from support.threads.files import serve
from support.threads.models import About, Message, Status, Thread
from support.threads.rules import CONTENT_TYPES
from support.threads.shapes import as_message

PAGES = [OpenApiParameter("page", int), OpenApiParameter("page_size", int)]


class AboutIn(serializers.Serializer):
    type = serializers.ChoiceField(choices=About.choices)
    id = serializers.IntegerField(min_value=1)


class AboutOut(serializers.Serializer):
    type = serializers.ChoiceField(choices=About.choices)
    id = serializers.IntegerField()
    label = serializers.CharField()
    url = serializers.CharField()


class ThreadIn(serializers.Serializer):
    subject = serializers.CharField(max_length=services.MAX_SUBJECT)
    body = serializers.CharField(max_length=services.MAX_BODY)
    about = AboutIn(required=False, allow_null=True, default=None)


class MessageIn(serializers.Serializer):
    """Files only as multipart/form-data."""

    body = serializers.CharField(max_length=services.MAX_BODY)
    attachments = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class CloseIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class AttachmentOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    url = serializers.CharField()


class MessageOut(serializers.Serializer):
    id = serializers.IntegerField()
    thread = serializers.IntegerField()
    author = serializers.CharField()
    author_id = serializers.IntegerField(allow_null=True)
    from_staff = serializers.BooleanField()
    body = serializers.CharField()
    created_at = serializers.DateTimeField()
    attachments = AttachmentOut(many=True)

    def to_representation(self, instance: Message) -> dict[str, Any]:
        return super().to_representation(as_message(instance))


def about_of(thread: Thread) -> dict[str, Any] | None:
    if not thread.about_type:
        return None
    return {
        "type": thread.about_type, "id": thread.about_id, "label": thread.about_label,
        "url": url_of(thread.about_type, thread.about_id),
    }


class ThreadOut(serializers.ModelSerializer):
    about = serializers.SerializerMethodField()
    assigned_to = serializers.SerializerMethodField()

    class Meta:
        model = Thread
        fields = [
            "id", "subject", "status", "about", "assigned_to", "created_at", "last_message_at", "first_answered_at",
            "closed_at",
        ]

    @extend_schema_field(AboutOut(allow_null=True))
    def get_about(self, thread: Thread) -> dict[str, Any] | None:
        return about_of(thread)

    def get_assigned_to(self, thread: Thread) -> str | None:
        return thread.assigned_to.get_short_name() if thread.assigned_to else None


class ThreadDetail(ThreadOut):
    messages = serializers.SerializerMethodField()

    class Meta(ThreadOut.Meta):
        fields = [*ThreadOut.Meta.fields, "messages"]

    @extend_schema_field(MessageOut(many=True))
    def get_messages(self, thread: Thread) -> list[dict[str, Any]]:
        return MessageOut(queries.messages_of(thread), many=True).data


class AskerOut(serializers.Serializer):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField(source="get_full_name")


class StaffThreadOut(ThreadOut):
    asker = AskerOut()
    first_answer_s = serializers.SerializerMethodField()
    resolution_s = serializers.SerializerMethodField()

    class Meta(ThreadOut.Meta):
        fields = [*ThreadOut.Meta.fields, "asker", "first_answer_s", "resolution_s"]

    def get_first_answer_s(self, thread: Thread) -> int | None:
        return int(thread.first_answer_time.total_seconds()) if thread.first_answer_time is not None else None

    def get_resolution_s(self, thread: Thread) -> int | None:
        return int(thread.resolution_time.total_seconds()) if thread.resolution_time is not None else None


class ThreadPage(PageOut):
    results = ThreadOut(many=True)


class StaffThreadPage(ThreadPage):
    results = StaffThreadOut(many=True)


class IsSupport(permissions.BasePermission):
    """Those who answer customers."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return queries.works_here(request.user)


class ThreadFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Status.choices)
    assigned = django_filters.ChoiceFilter(choices=[("me", "me"), ("nobody", "nobody")], method="by_handler")
    search = django_filters.CharFilter(method="by_words")

    class Meta:
        model = Thread
        fields: list[str] = []

    def by_handler(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(assigned_to=self.request.user if value == "me" else None)

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return queries.search(rows, value)


class ThreadsView(ApiView):
    """My conversations; ask something."""

    @extend_schema(operation_id="support_threads", responses=ThreadPage, parameters=PAGES)
    def get(self, request: Request) -> Response:
        return self.paged(queries.mine(request.user), ThreadOut)

    @extend_schema(operation_id="support_thread_open", request=ThreadIn, responses={201: ThreadDetail})
    def post(self, request: Request) -> Response:
        thread = services.open_thread(actor=request.user, **self.read(ThreadIn))
        return Response(ThreadDetail(thread).data, status=201)


class ThreadView(ApiView):
    @extend_schema(operation_id="support_thread", responses=ThreadDetail)
    def get(self, request: Request, pk: int) -> Response:
        """One conversation with its messages."""
        return Response(ThreadDetail(queries.get_for(request.user, pk)).data)


class MessagesView(ApiView):
    @extend_schema(operation_id="support_message", request=MessageIn, responses={201: MessageOut})
    def post(self, request: Request, pk: int) -> Response:
        """Write into a conversation. A closed one opens again."""
        data = self.read(MessageIn)
        message = services.post_message(
            actor=request.user, thread_id=pk, body=data["body"], files=data["attachments"]
        )
        return Response(MessageOut(message).data, status=201)


class AttachmentView(ApiView):
    @extend_schema(
        operation_id="support_attachment",
        responses={(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES},
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """A file sent with a message."""
        return serve(queries.attachment_for(request.user, pk))


class StaffThreadsView(ApiView):
    """Every conversation, for staff."""

    permission_classes = [permissions.IsAuthenticated, IsSupport]

    @extend_schema(
        operation_id="admin_support_threads", responses=StaffThreadPage,
        parameters=[
            *PAGES, OpenApiParameter("status", str, enum=Status.values), OpenApiParameter("search", str),
            OpenApiParameter("assigned", str, enum=["me", "nobody"]),
        ],
    )
    def get(self, request: Request) -> Response:
        chosen = ThreadFilter(request.query_params, queries.visible_to(request.user), request=request)
        if not chosen.is_valid():
            raise serializers.ValidationError(chosen.errors)
        return self.paged(chosen.qs, StaffThreadOut)


class StaffReplyView(ApiView):
    permission_classes = [permissions.IsAuthenticated, IsSupport]

    @extend_schema(operation_id="admin_support_reply", request=MessageIn, responses={201: MessageOut})
    def post(self, request: Request, pk: int) -> Response:
        """Answer a customer."""
        data = self.read(MessageIn)
        message = services.reply_as_staff(
            actor=request.user, thread_id=pk, body=data["body"], files=data["attachments"]
        )
        return Response(MessageOut(message).data, status=201)


class StaffCloseView(ApiView):
    permission_classes = [permissions.IsAuthenticated, IsSupport]

    @extend_schema(operation_id="admin_support_close", request=CloseIn, responses=StaffThreadOut)
    def post(self, request: Request, pk: int) -> Response:
        """Close a conversation."""
        thread = services.close(actor=request.user, thread_id=pk, **self.read(CloseIn))
        return Response(StaffThreadOut(thread).data)
