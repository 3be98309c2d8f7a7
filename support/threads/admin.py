"""Admin of conversations: the queue, one conversation with its timeline, reply, assign, close."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from config.lib.errors import DomainError
from config.lib.pages import add_domain_error
from support.notifications.admin import ReadOnlyAdmin
from support.threads import queries, services
from support.threads.forms import files_field
from support.threads.models import Attachment, CannedReply, Status, Thread
from support.threads.shapes import timeline


class ReplyForm(forms.Form):
    canned = forms.ModelChoiceField(
        label=_("Canned reply"), queryset=CannedReply.objects.none(), required=False,
        widget=UnfoldAdminSelectWidget, help_text=_("Placed before what you write."),
    )
    body = forms.CharField(
        label=_("Message"), required=False, max_length=services.MAX_BODY, widget=UnfoldAdminTextareaWidget
    )
    attachments = files_field()
    close = forms.BooleanField(label=_("Close the conversation afterwards"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["canned"].queryset = queries.canned_replies()  # type: ignore[attr-defined]

    def text(self) -> str:
        canned = self.cleaned_data["canned"]
        return "\n\n".join(part for part in (canned.body if canned else "", self.cleaned_data["body"]) if part)


@admin.register(Thread)
class ThreadAdmin(ReadOnlyAdmin):
    list_display = ["subject", "asker", "shown_status", "about_label", "assigned_to", "last_message_at", "first_answer"]
    list_filter = ["status", "about_type", ("assigned_to", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["subject", "asker__email", "asker__last_name", "about_label", "messages__body"]
    list_select_related = ["asker", "assigned_to"]
    date_hierarchy = "created_at"
    fields = [
        "subject", "asker", "status", "about_label", "assigned_to", "created_at", "first_answer", "resolution",
        "conversation",
    ]
    readonly_fields = ["conversation", "first_answer", "resolution"]
    actions = ["take_selected", "close_selected"]
    actions_detail = ["reply", "take", "close", "reopen"]

    @display(description=_("status"), label={"OUVERT": "warning", "EN_ATTENTE": "info", "FERME": "success"})
    def shown_status(self, thread: Thread) -> tuple[str, str]:
        return thread.status, thread.get_status_display()

    @admin.display(description=_("first answer after"))
    def first_answer(self, thread: Thread) -> str:
        return str(thread.first_answer_time or "–").split(".")[0]

    @admin.display(description=_("resolved after"))
    def resolution(self, thread: Thread) -> str:
        return str(thread.resolution_time or "–").split(".")[0]

    @admin.display(description=_("conversation"))
    def conversation(self, thread: Thread) -> SafeString:
        rows = (
            (row["title"], date_format(localtime(row["at"]), "SHORT_DATETIME_FORMAT"), row["detail"] or "")
            for row in timeline(thread, None)
            if row["at"]
        )
        return format_html("<ol>{}</ol>", format_html_join(
            "", "<li style='margin-bottom:1rem'><strong>{}</strong> <small>{}</small><br>{}</li>", rows
        ))

    def _do(
        self, request: HttpRequest, pk: Any, title: Any, service: Any, done: Any, **values: Any
    ) -> HttpResponse:
        """One service after a confirming POST (the admin's buttons are links), then back to the conversation."""
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request), "title": title, "opts": self.model._meta,
                "thread": queries.get_for(request.user, int(pk), "staff"),
            }
            return TemplateResponse(request, "support/admin/confirm.html", context)
        try:
            service(actor=request.user, thread_id=int(pk), **values)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(done))
        return HttpResponseRedirect(reverse("admin:support_thread_change", args=[pk]))

    @action(description=_("Reply"), url_path="reply", permissions=["view"])
    def reply(self, request: HttpRequest, object_id: int) -> HttpResponse:
        thread = queries.get_for(request.user, int(object_id), "staff")
        form = ReplyForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.reply_as_staff(
                    actor=request.user, thread_id=thread.pk, body=form.text(), files=form.cleaned_data["attachments"]
                )
                if form.cleaned_data["close"]:
                    services.close(actor=request.user, thread_id=thread.pk)
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, str(_("Your answer is on its way.")))
                return HttpResponseRedirect(reverse("admin:support_thread_change", args=[thread.pk]))
        context = {
            **self.admin_site.each_context(request), "title": thread.subject, "form": form, "thread": thread,
            "opts": self.model._meta, "conversation": self.conversation(thread),
        }
        return TemplateResponse(request, "support/admin/reply.html", context)

    @action(description=_("Take it"), url_path="take", permissions=["view"])
    def take(self, request: HttpRequest, object_id: int) -> HttpResponse:
        done = _("You handle this conversation.")
        return self._do(request, object_id, _("Take it"), services.assign, done, to=request.user)

    @action(description=_("Close"), url_path="close", permissions=["view"])
    def close(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._do(request, object_id, _("Close"), services.close, _("The conversation is closed."))

    @action(description=_("Open again"), url_path="reopen", permissions=["view"])
    def reopen(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._do(
            request, object_id, _("Open again"), services.reopen, _("The conversation is open again.")
        )

    @admin.action(description=_("Take the selected conversations"), permissions=["view"])
    def take_selected(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        self._each(request, queryset, services.assign, to=request.user)

    @admin.action(description=_("Close the selected conversations"), permissions=["view"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[Thread]) -> None:
        self._each(request, queryset.exclude(status=Status.FERME), services.close)

    def _each(self, request: HttpRequest, queryset: QuerySet[Thread], service: Any, **values: Any) -> None:
        for pk in list(queryset.values_list("pk", flat=True)):
            try:
                service(actor=request.user, thread_id=pk, **values)
            except DomainError as error:
                messages.error(request, f"{pk}: {error}")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "content_type", "size", "thread", "link"]
    list_filter = ["content_type"]
    search_fields = ["name", "message__thread__subject", "message__thread__asker__email"]
    list_select_related = ["message__thread"]
    fields = ["name", "content_type", "size", "thread", "link"]

    @admin.display(description=_("conversation"))
    def thread(self, attachment: Attachment) -> str:
        return attachment.message.thread.subject

    @admin.display(description=_("file"))
    def link(self, attachment: Attachment) -> SafeString:
        url = reverse("support:attachment", args=[attachment.pk])
        return format_html('<a href="{}">{}</a>', url, attachment.name)


@admin.register(CannedReply)
class CannedReplyAdmin(ModelAdmin):
    list_display = ["title", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["title", "body"]
