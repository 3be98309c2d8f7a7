"""Staff pages: look at a quote's paper before it goes out, send it, see how far it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from config.lib.pages import LoginRequired, ServiceFormView
from garage.quotes import queries, services
from garage.quotes.evidence import masked
from garage.quotes.models import Quote, QuotePaper
from garage.quotes.paper_models import PaperSending
from garage.quotes.views.forms import SendForm


class PreviewPage(LoginRequired, View):
    """The paper of a quote as it would be now. Kept nowhere."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        pdf = services.preview(actor=request.user, quote_id=pk)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="preview.pdf"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response


class SendPage(LoginRequired, ServiceFormView):
    """Chooses the ways, sends, and shows what became of it. With no way chosen the paper is made for the counter."""

    template_name = "garage/quotes/send.html"
    form_class = SendForm
    success_message = _("The quote goes out as soon as its paper is made.")

    @property
    def quote(self) -> Quote:
        return queries.get_for(self.request.user, self.kwargs["pk"], "write")

    def get_initial(self) -> dict[str, Any]:
        ways = queries.ways_to_reach(self.quote)
        return {"email": "EMAIL" in ways, "sms": "EMAIL" not in ways and "SMS" in ways}

    def perform(self, form: Any) -> Quote:
        return services.send_quote(actor=self.request.user, quote_id=self.kwargs["pk"], **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return reverse("garage:quote_send", args=[self.kwargs["pk"]])

    def get_template_names(self) -> list[str]:
        """htmx asks for the part that moves alone."""
        return ["garage/quotes/_sending.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quote = self.quote
        paper = queries.papers_of(quote).get(QuotePaper.Kind.DEVIS)
        sendings = PaperSending.objects.filter(paper__quote=quote).select_related("paper", "by").defer(
            "paper__pdf", "paper__content"
        )
        return super().get_context_data(
            quote=quote, paper=paper, sendings=sendings[:20], made=paper is not None and paper.ready,
            waiting=paper is not None and not paper.ready, sent=quote.status == Quote.Status.ENVOYE,
            may_send=quote.status in (Quote.Status.BROUILLON, Quote.Status.ENVOYE),
            reach={channel: masked(address) for channel, address in queries.ways_to_reach(quote).items()}, **kwargs,
        )
