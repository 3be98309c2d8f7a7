"""`/api/garage/quotes/{id}/send` and `/pdf`: the quote's paper goes out, and is read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView
from config.lib.errors import Invalid, NotFound
from config.lib.jobs import JobState
from garage.quotes import queries, rules, services
from garage.quotes.api import StaffQuoteOut, shown
from garage.quotes.models import Quote, QuotePaper

RETRY_AFTER_S = 2


class SendIn(serializers.Serializer):
    email = serializers.BooleanField(default=True, help_text=_("Tell the client by e-mail."))
    sms = serializers.BooleanField(default=False, help_text=_("Tell the client by text message."))


class QuotePaperPendingOut(serializers.Serializer):
    number = serializers.CharField()
    pdf_ready = serializers.BooleanField()
    progress = serializers.IntegerField(help_text=_("From 0 to 100."))


class SendView(ApiView):
    @extend_schema(operation_id="garage_quote_send", request=SendIn, responses=StaffQuoteOut)
    def post(self, request: Request, pk: int) -> Response:
        """Send the quote, staff: its next version, or the one that waits once more. The client is told by the chosen
        ways once the paper is made."""
        queries.get_for(request.user, pk, "write")
        services.send_quote(actor=request.user, quote_id=pk, **self.read(SendIn))
        return shown(request.user, pk)


def paper_for(quote: Quote, kind: str) -> QuotePaper:
    """The paper of this kind. NotFound where there can be none (yet), NoPaper for a draft."""
    paper = queries.paper_of(quote, kind)
    if paper is None and kind == QuotePaper.Kind.DEVIS:
        raise rules.NoPaper
    if paper is None or paper.state == JobState.ECHEC:
        raise NotFound
    return paper


def pdf_response(paper: QuotePaper, number: str) -> HttpResponse:
    """The bytes that are kept, for the reader who may see them."""
    response = HttpResponse(bytes(paper.pdf or b""), content_type="application/pdf")
    name = number if paper.kind == QuotePaper.Kind.DEVIS else f"{number}-{paper.kind.lower()}"
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = f'"{paper.sha256}"'
    return response


class PdfView(ApiView):
    def perform_content_negotiation(self, request: HttpRequest, force: bool = False) -> Any:
        """Answers whatever the client accepts: a PDF is a PDF, a refusal is a problem."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="garage_quote_pdf",
        parameters=[OpenApiParameter("kind", str, enum=QuotePaper.Kind.values, description="DEVIS when left out.")],
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            202: OpenApiResponse(QuotePaperPendingOut, description="being made, see Retry-After"),
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The quote as PDF, byte for byte as it was sent; the signed one and the receipt of a withdrawal by `kind`.
        202 with the progress while it is being made."""
        quote = queries.get_for(request.user, pk)
        kind = request.query_params.get("kind", QuotePaper.Kind.DEVIS)
        if kind not in QuotePaper.Kind.values:
            raise Invalid(errors={"kind": [", ".join(QuotePaper.Kind.values)]})
        paper = paper_for(quote, kind)
        if paper.ready:
            return pdf_response(paper, quote.number)
        pending = {"number": quote.number, "pdf_ready": False, "progress": paper.progress}
        return Response(pending, status=202, headers={"Retry-After": str(RETRY_AFTER_S)})
