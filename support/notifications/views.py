"""Pages: the feed, opening one, marking them read, the preferences."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views import View

from config.lib.pages import ActionView, LoginRequired, ServiceFormView, paginate
from support.notifications import queries, services
from support.notifications.forms import PreferencesForm


class FeedPage(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = paginate(request, queries.feed(request.user))
        context = {"page": page, "unread": queries.unread_count(request.user)}
        return render(request, "support/notifications/list.html", context)


class OpenNotification(LoginRequired, ActionView):
    """The button on a notification: marks it read and goes to its page."""

    def perform(self) -> Any:
        return services.mark_read(actor=self.request.user, notification_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return (result and result.url) or reverse("support:notifications")


class ReadAll(LoginRequired, ActionView):
    def perform(self) -> int:
        return services.mark_all_read(actor=self.request.user)

    def back(self, result: Any) -> str:
        return reverse("support:notifications")


class PreferencesPage(LoginRequired, ServiceFormView):
    template_name = "support/notifications/preferences.html"
    form_class = PreferencesForm
    success_url = reverse_lazy("support:preferences")
    success_message = _("Your choices are saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "preferences": queries.preferences_of(self.request.user)}

    def perform(self, form: PreferencesForm) -> None:
        services.set_preferences(actor=self.request.user, channels=form.channels(), quiet=form.quiet())

