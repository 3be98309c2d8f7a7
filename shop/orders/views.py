"""Page doors of orders: my orders, one order as a timeline, cancel, invoice."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from accounts.payments.models import Payment
from config.lib.jobs import JobState
from config.lib.pages import LoginRequired, ServiceFormView, paginate
from delivery.deliveries.models import Delivery
from delivery.deliveries.queries import audience_of, handover_for
from delivery.places.rules import one_line
from delivery.tracking.queries import snapshot, trail_of, watchable
from delivery.tracking.services import note_watch
from shop.invoices.models import Invoice
from shop.orders import queries, refund_shapes, services, timeline
from shop.orders.api import invoice_of, pdf_response
from shop.orders.forms import CancelForm, OrderFilterForm
from shop.orders.models import Order
from shop.orders.shipping import shop_place


class OrderListView(LoginRequired, TemplateView):
    template_name = "shop/orders/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = OrderFilterForm(self.request.GET)
        orders = Order.objects.filter(user_id=self.request.user.pk)
        wanted = form.cleaned_data if form.is_valid() else {}
        if wanted.get("status"):
            orders = orders.filter(status=wanted["status"])
        if wanted.get("search"):
            orders = queries.search(orders, wanted["search"])
        page = paginate(self.request, orders.prefetch_related("lines").order_by("-pk"))
        return super().get_context_data(**kwargs, form=form, page=page, filtered=any(wanted.values()))


def live_map(user: Any, delivery: Delivery | None) -> dict[str, Any] | None:
    """The context of the map partial while the delivery runs. It may show where the courier is: that is noted."""
    if delivery is None or delivery.status not in (*Delivery.OPEN, *Delivery.RUNNING):
        return None
    view = watchable(user, delivery.pk)
    note_watch(view=view)
    seen = snapshot(view)
    trail = trail_of(delivery) if seen["position"] else []
    return {
        "ws": f"/ws/deliveries/{delivery.pk}",
        "pickup": {**seen["pickup"], "line": one_line(delivery.pickup)},
        "dropoff": {**seen["dropoff"], "line": one_line(delivery.dropoff)},
        "position": seen["position"], "eta": seen["eta"],
        "trail": [[lat, lon] for lat, lon, _at in trail] or None,
    }


class OrderView(LoginRequired, TemplateView):
    template_name = "shop/orders/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        order = queries.detailed(user, self.kwargs["pk"])
        delivery = order.delivery
        payments = queries.payments_of([order])[order.reference]
        code = handover_for(audience_of(user, delivery), delivery)["dropoff_code"] if delivery else None
        own = order.user_id == user.pk
        chart = live_map(user, delivery)
        events = timeline.events(order, eta=chart["eta"] if chart else None)
        return super().get_context_data(
            **kwargs, order=order, events=events, headline=timeline.headline(order, events), payments=payments,
            map=chart, shop=shop_place(), refunds=[refund_shapes.shown(refund) for refund in order.refunds.all()],
            channel=f"/ws/deliveries/{delivery.pk}" if delivery else "",
            dropoff_code=code if delivery and delivery.status in (*Delivery.OPEN, *Delivery.RUNNING) else None,
            can_pay=own and order.status in Order.UNPAID and not order.is_expired,
            pending=any(p.status == Payment.Status.EN_COURS for p in payments),
            can_cancel=order.status in Order.CANCELLABLE,
        )


class CancelView(LoginRequired, ServiceFormView):
    """The question before the deed, then the deed."""

    template_name = "shop/orders/cancel.html"
    form_class = CancelForm
    success_message = _("Your order is cancelled.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, order=queries.get_for(self.request.user, self.kwargs["pk"]))

    def perform(self, form: CancelForm) -> Order:
        return services.cancel(actor=self.request.user, order_id=self.kwargs["pk"], **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("shop:order", args=[self.kwargs["pk"]])


class PaperView(View):
    """The PDF of an invoice or credit note; while it is being made, a page that asks again. A subclass says which
    paper, and where one goes back to."""

    back_label: Any = _("Back to the order")

    def paper(self) -> Invoice:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        invoice = self.paper()
        if invoice.pdf_ready:
            if request.headers.get("HX-Request"):
                response = HttpResponse()
                response["HX-Redirect"] = request.path
                return response
            return pdf_response(invoice)
        context = {
            "invoice": invoice, "back": self.back(), "back_label": self.back_label,
            "failed": invoice.state == JobState.ECHEC,
        }
        if request.headers.get("HX-Request"):
            return render(request, "shop/orders/_invoice_wait.html", context)
        response = render(request, "shop/orders/invoice_wait.html", context, status=202)
        response["Refresh"] = "3"
        return response


class InvoiceView(LoginRequired, PaperView):
    def paper(self) -> Invoice:
        return invoice_of(self.request.user, self.kwargs["pk"])

    def back(self) -> str:
        return reverse("shop:order", args=[self.kwargs["pk"]])


class CreditNoteView(InvoiceView):
    """The same for the credit note of a refund."""

    def paper(self) -> Invoice:
        return queries.refund_for(self.request.user, self.kwargs["pk"], self.kwargs["refund"]).credit_note


