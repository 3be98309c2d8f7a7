"""Page doors of tracking: the courier's phone page and the public page of one delivery."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from config.lib.errors import NotFound
from config.lib.pages import ActionView, LoginRequired, ServiceFormView, paginate
from delivery.couriers.queries import acting, courier_of
from delivery.couriers.services import set_shift
from delivery.deliveries import queries as deliveries
from delivery.deliveries import services as handover
from delivery.deliveries.models import Delivery
from delivery.deliveries.queries import Audience
from delivery.deliveries.rules import WrongCode
from delivery.tracking import queries, services
from delivery.tracking.forms import CodeForm, FailForm, ShiftForm

Status = Delivery.Status
SOCKET = "/ws/courier"


class CourierHome(LoginRequired, TemplateView):
    """The courier's day: shift, what to do next, auctions near, own bids."""

    template_name = "delivery/tracking/courier.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.courier = courier_of(request.user)
        if self.courier is None:
            return redirect("delivery:courier_apply")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        courier = self.courier
        assert courier is not None
        approved = courier.status == courier.Status.ACTIF
        context = {"courier": courier, "approved": approved, "channel": SOCKET if approved else ""}
        if approved:
            context |= {
                "run": queries.run_of(courier),
                "offers": queries.offers_near(courier) if courier.on_shift else [],
                "bids": queries.bids_waiting(courier),
            }
        return super().get_context_data(**context, **kwargs)


class CourierShift(LoginRequired, ActionView):
    """Opens or closes the shift."""

    def perform(self) -> Any:
        form = ShiftForm(self.request.POST)
        self.on = form.is_valid() and form.cleaned_data["on"]
        courier = set_shift(actor=self.request.user, on=self.on)
        self.success_message = _("Your shift is open.") if self.on else _("Your shift is over. Nothing is recorded.")
        return courier

    def back(self, result: Any) -> str:
        return reverse("delivery:courier")


class CourierDelivery(LoginRequired, ServiceFormView):
    """One delivery as its courier sees it. Subclasses handle one of its forms; this one only shows them."""

    template_name = "delivery/tracking/courier_delivery.html"
    slot = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.delivery = deliveries.get_for(request.user, kwargs["pk"], deliveries.Right.CARRY)
            if request.method == "GET" and self.slot:
                return redirect("delivery:courier_delivery", pk=self.delivery.pk)
        return super().dispatch(request, *args, **kwargs)

    def code_form(self, data: Any = None, files: Any = None) -> CodeForm:
        fetch = self.delivery.status == Status.ATTRIBUEE
        who = _("The sender tells you six digits.") if fetch else _("The recipient tells you six digits.")
        return CodeForm(data, files, methods=self.delivery.handover_methods, who=who, auto_id="code_%s")

    def fail_form(self, data: Any = None, files: Any = None) -> FailForm:
        return FailForm(data, files, auto_id="fail_%s")

    def get_form(self, form_class: Any = None) -> Any:
        if not self.slot:
            return self.code_form()
        return getattr(self, self.slot)(self.request.POST, self.request.FILES)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = {"code_form": self.code_form, "fail_form": self.fail_form}
        filled = {name: kwargs["form"] if name == self.slot else make() for name, make in forms.items()}
        return super().get_context_data(
            delivery=self.delivery, stop=queries.courier_stop(self.delivery), channel=SOCKET,
            share=queries.courier_share(self.delivery), **filled, **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("delivery:courier")


class CourierPickup(CourierDelivery):
    slot = "code_form"
    success_message = _("Picked up. The recipient can follow you now.")
    service = staticmethod(handover.pickup)

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        try:
            return self.service(
                actor=self.request.user, delivery_id=self.delivery.pk, code=data["code"], photo=data.get("photo"),
                **form.here(),
            )
        except WrongCode as error:
            left = error.data["attempts_left"]
            tries = ngettext("%(n)s try is left.", "%(n)s tries are left.", left) % {"n": left}
            error.errors = {"code": [f"{error} {tries}"]}
            raise

    def get_success_url(self) -> str:
        return reverse("delivery:courier_delivery", args=[self.delivery.pk])


class CourierDeliver(CourierPickup):
    success_message = _("Delivered. Your pay is in your wallet.")
    service = staticmethod(handover.deliver)

    def get_success_url(self) -> str:
        return reverse("delivery:courier")


class CourierFail(CourierDelivery):
    slot = "fail_form"
    success_message = _("Noted. The sender is told.")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return handover.fail(
            actor=self.request.user, delivery_id=self.delivery.pk, reason=data["reason"], note=data["note"],
            photo=data["photo"], **form.here(),
        )

    def get_success_url(self) -> str:
        return reverse("delivery:courier_delivery", args=[self.delivery.pk])


class CourierReattempt(LoginRequired, ActionView):
    success_message = _("On the way again.")

    def perform(self) -> Any:
        return handover.reattempt(actor=self.request.user, delivery_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("delivery:courier_delivery", args=[self.kwargs["pk"]])


class CourierReturn(CourierReattempt):
    success_message = _("The parcel is back with the sender.")

    def perform(self) -> Any:
        return handover.return_to_sender(actor=self.request.user, delivery_id=self.kwargs["pk"])


class CourierWatchers(LoginRequired, TemplateView):
    """Who looked at my position, and when."""

    template_name = "delivery/tracking/watchers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = queries.watchers_of(acting(self.request.user))
        return super().get_context_data(page=paginate(self.request, rows), **kwargs)


class CourierWorker(View):
    """The service worker, served from the courier's own path so that this path is all it may touch."""

    def get(self, request: HttpRequest) -> HttpResponse:
        response = render(
            request, "delivery/tracking/courier-worker.js", content_type="text/javascript; charset=utf-8"
        )
        response["Cache-Control"] = "no-cache"
        return response


class Follow(TemplateView):
    """The public page of one delivery, opened by its signed link: where it is, when it comes, the second code."""

    template_name = "delivery/tracking/follow.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        token = self.request.GET.get("token", "")
        delivery = deliveries.delivery_for_token(token)
        if delivery is None or delivery.reference != self.kwargs["reference"]:
            raise NotFound
        carrier = deliveries.audience_of(self.request.user, delivery) is Audience.COURIER
        view = queries.View(delivery, Audience.COURIER if carrier else queries.LINK, None)
        services.note_watch(view=view)
        code = None
        if delivery.status in Delivery.RUNNING and not carrier:
            code = deliveries.handover_for(Audience.RECIPIENT, delivery)["dropoff_code"]
        return super().get_context_data(
            delivery=delivery, code=code, map=queries.map_of(view, token), events=queries.public_events(delivery),
            courier_name=delivery.courier.user.get_short_name() if delivery.courier else "", **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        response["Referrer-Policy"] = "no-referrer"  # the address is the key
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store"
        return response
