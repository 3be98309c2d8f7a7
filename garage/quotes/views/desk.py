"""Page /garage/devis/: the staff's list of quotes, and the buttons beside a quote."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from config.lib.pages import ActionView, paginate
from garage.clients.pages import StaffPage
from garage.quotes import queries, services
from garage.quotes.forms import FindForm
from garage.quotes.models import Quote


class QuotesPage(StaffPage, View):
    """Searched, filtered and paged by the query string alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = FindForm(request.GET, auto_id="filter-%s")
        form.is_valid()
        words, status = form.cleaned_data.get("search", ""), form.cleaned_data.get("status", "")
        rows = queries.visible_to(request.user)
        for word in words.split()[:5]:
            rows = queries.search(rows, word)
        if status:
            rows = rows.filter(status=status)
        return render(request, "garage/quotes/list.html", {
            "page": paginate(request, rows), "form": form, "filtered": bool(words or status),
        })  # fmt: skip


class CopyQuote(StaffPage, ActionView):
    success_message = _("This is the copy. It has a number of its own.")

    def perform(self) -> Quote:
        return services.copy_quote(actor=self.request.user, quote_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("garage:quote_edit", args=[result.pk if result else self.kwargs["pk"]])


class DeclineQuote(StaffPage, ActionView):
    success_message = _("The quote is marked as declined.")

    def perform(self) -> Quote:
        return services.refuse_quote(
            actor=self.request.user, quote_id=self.kwargs["pk"], reason=self.request.POST.get("reason", "")[:300]
        )

    def back(self, result: Any) -> str:
        return reverse("garage:quote_edit", args=[self.kwargs["pk"]])
