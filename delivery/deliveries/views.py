"""Page doors of the sender: my deliveries, one delivery, its buttons."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from config.lib.jobs import JobState
from config.lib.pages import ActionView, LoginRequired, paginate
from delivery.deliveries import queries, services
from delivery.deliveries.models import Delivery

TABS = [("", _("All")), ("open", _("Looking for a courier")), ("running", _("Under way")), ("ended", _("Ended"))]
ROLES = [("", _("Sent and received")), ("sender", _("I send")), ("recipient", _("I receive"))]


class MyDeliveries(LoginRequired, TemplateView):
    template_name = "delivery/deliveries/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        status, role, search = asked.get("status", ""), asked.get("role", ""), asked.get("search", "")[:60]
        rows = queries.listing(self.request.user, role=role, status=status, search=search)
        base = reverse("delivery:deliveries")
        return super().get_context_data(
            page=paginate(self.request, rows), search=search, filtered=bool(status or role or search),
            tabs=[
                {"label": label, "url": f"{base}?status={key}" if key else base, "current": key == status}
                for key, label in TABS
            ],
            roles=[{"value": key, "label": label, "selected": key == role} for key, label in ROLES],
            status=status, **kwargs,
        )


class DeliveryProofPage(LoginRequired, View):
    """The PDF when it is ready, else a page that says so and comes back."""

    def get(self, request: HttpRequest, pk: int) -> Any:
        document = services.request_document(actor=request.user, delivery_id=pk)
        document.refresh_from_db()
        if document.state == JobState.FAIT:
            return FileResponse(document.file.open("rb"), content_type="application/pdf", filename=document.filename)
        return self.waiting(request, document.delivery)

    def waiting(self, request: HttpRequest, delivery: Delivery) -> HttpResponse:
        view = WaitForProof.as_view(extra_context={"delivery": delivery})
        response = view(request)
        response["Refresh"] = "2"
        return response


class WaitForProof(TemplateView):
    template_name = "delivery/deliveries/proof_waiting.html"


class DeliveryButton(LoginRequired, ActionView):
    """A button of the delivery's page."""

    def back(self, result: Any) -> str:
        return reverse("delivery:delivery", args=[self.kwargs["pk"]])


class CancelDelivery(DeliveryButton):
    success_message = _("Cancelled. Nothing is taken from your wallet.")

    def perform(self) -> Any:
        reason = self.request.POST.get("reason", "")
        return services.cancel(actor=self.request.user, delivery_id=self.kwargs["pk"], reason=reason[:300])


class ReattemptDelivery(DeliveryButton):
    success_message = _("The courier tries once more.")

    def perform(self) -> Any:
        return services.reattempt(actor=self.request.user, delivery_id=self.kwargs["pk"])


class ReturnDelivery(DeliveryButton):
    success_message = _("Noted: the parcel is back. Nothing is taken from your wallet.")

    def perform(self) -> Any:
        return services.return_to_sender(actor=self.request.user, delivery_id=self.kwargs["pk"])

