"""Pages under /aide/: my conversations, ask something, one conversation."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from config.lib.pages import ActionView, LoginRequired, ServiceFormView, paginate
from support.threads import queries, services
from support.threads.about import resolve, url_of
from support.threads.files import serve
from support.threads.forms import MessageForm, ThreadForm
from support.threads.models import Status, Thread
from support.threads.shapes import timeline


class ThreadsPage(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "support/threads/list.html", {"page": paginate(request, queries.mine(request.user))})


class NewThreadPage(LoginRequired, ServiceFormView):
    template_name = "support/threads/new.html"
    form_class = ThreadForm

    def get_initial(self) -> dict[str, Any]:
        return {"about": self.request.GET.get("about", ""), "subject": self.request.GET.get("subject", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kind, _colon, pk = str(context["form"]["about"].value() or "").partition(":")
        context["topic"] = resolve(self.request.user, {"type": kind, "id": pk}) if kind and not self._posted else None
        return context

    @property
    def _posted(self) -> bool:
        return self.request.method == "POST"

    def perform(self, form: ThreadForm) -> Thread:
        return services.open_thread(
            actor=self.request.user, subject=form.cleaned_data["subject"], body=form.cleaned_data["body"],
            about=form.about_value(), files=form.cleaned_data["attachments"],
        )

    def success(self, result: Thread) -> HttpResponse:
        return HttpResponseRedirect(reverse("support:thread", args=[result.pk]))


class ThreadPage(LoginRequired, ServiceFormView):
    template_name = "support/threads/thread.html"
    form_class = MessageForm

    @property
    def thread(self) -> Thread:
        return queries.get_for(self.request.user, self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        thread = self.thread
        return {
            **super().get_context_data(**kwargs),
            "thread": thread,
            "channel": f"/ws/support/threads/{thread.pk}",
            "events": timeline(thread, self.request.user),
            "about_url": url_of(thread.about_type, thread.about_id),
            "mine": thread.asker_id == self.request.user.pk,
            "closed": thread.status == Status.FERME,
            "canned": queries.canned_replies() if thread.asker_id != self.request.user.pk else [],
        }

    def perform(self, form: MessageForm) -> Any:
        return services.post_message(
            actor=self.request.user, thread_id=self.kwargs["pk"], body=form.cleaned_data["body"],
            files=form.cleaned_data["attachments"],
        )

    def get_success_url(self) -> str:
        return reverse("support:thread", args=[self.kwargs["pk"]])


class CloseThread(LoginRequired, ActionView):
    success_message = _("The conversation is closed. Write again whenever you need.")

    def perform(self) -> Thread:
        return services.close(actor=self.request.user, thread_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("support:thread", args=[self.kwargs["pk"]])


class AttachmentFile(LoginRequired, View):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return serve(queries.attachment_for(request.user, pk))
