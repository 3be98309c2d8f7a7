"""Page doors of auctions: the sender's page of one delivery with its bids, and the courier's bid."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from config.lib.pages import ActionView, LoginRequired, ServiceFormView
from delivery.auctions import queries, services
from delivery.auctions.forms import BidForm
from delivery.auctions.models import Bid
from delivery.couriers import queries as couriers
from delivery.deliveries import queries as deliveries
from delivery.deliveries.forms import RepostForm
from delivery.deliveries.models import Delivery, Mode
from delivery.deliveries.queries import Audience
from delivery.deliveries.rules import MAX_TRIES, line_label
from delivery.deliveries.timeline import events
from delivery.deliveries.views import DeliveryButton
from delivery.places.rules import one_line

Status = Delivery.Status


def map_of(delivery: Delivery) -> dict[str, Any]:
    """Context of the map partial: both ends. Where the courier is comes by the socket alone, which notes who looked
    (delivery.tracking): no position leaves the house unnoted."""
    ends = {
        end: {"lat": place["lat"], "lon": place["lon"], "name": place.get("name", ""), "line": one_line(place)}
        for end, place in (("pickup", delivery.pickup), ("dropoff", delivery.dropoff))
    }
    live = delivery.status in (*Delivery.OPEN, *Delivery.RUNNING)
    return {**ends, "ws": f"/ws/deliveries/{delivery.pk}" if live else "", "position": None, "eta": None}


class DeliveryPage(LoginRequired, TemplateView):
    """One delivery for its sender, recipient and staff: timeline, map, codes, bids, what can be done now."""

    template_name = "delivery/deliveries/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.delivery = deliveries.get_for(request.user, kwargs["pk"])
        self.audience = deliveries.audience_of(request.user, self.delivery)
        if self.audience is Audience.COURIER:
            return redirect("delivery:courier_delivery", pk=self.delivery.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delivery = self.delivery
        owner = self.audience in (Audience.SENDER, Audience.STAFF)
        return super().get_context_data(
            delivery=delivery, owner=owner, recipient=self.audience is Audience.RECIPIENT, map=map_of(delivery),
            events=events(delivery), socket=f"/ws/deliveries/{delivery.pk}", bids=self._bids() if owner else [],
            handover=deliveries.handover_for(self.audience, delivery), tracking_url=deliveries.tracking_url(delivery),
            breakdown=[
                {"label": line_label(row["code"], row.get("detail", "")), "amount": row["amount"]}
                for row in delivery.breakdown
            ],
            locked=MAX_TRIES in (delivery.pickup_tries, delivery.dropoff_tries), **self._possible(owner), **kwargs,
        )

    def _bids(self) -> list[Any]:
        rows = queries.bids_of(self.delivery).exclude(status=Bid.Status.RETIREE).order_by("pk")
        return queries.compare(self.delivery, list(rows)) if self.delivery.mode == Mode.ENCHERE else []

    def _possible(self, owner: bool) -> dict[str, Any]:
        """The buttons of this state."""
        delivery = self.delivery
        before_pickup = delivery.picked_up_at is None and delivery.can_move(Status.ANNULEE)
        failed = delivery.status == Status.ECHOUEE
        expired = delivery.status == Status.EXPIREE
        return {
            "can_cancel": owner and before_pickup, "can_choose": owner and delivery.status == Status.EN_ENCHERE,
            "can_reattempt": owner and failed, "can_return": owner and failed and delivery.picked_up_at is not None,
            "repost_form": RepostForm(
                initial={"max_price": delivery.max_price, "closes_in_s": delivery.closes_in_s}
            ) if owner and expired else None,
            "has_proof": delivery.proofs.exists(),
        }


class AcceptBid(DeliveryButton):
    success_message = _("Courier chosen. The price is set aside in your wallet and paid at the handover.")

    def perform(self) -> Any:
        ids = {"delivery_id": self.kwargs["pk"], "bid_id": self.kwargs["bid"]}
        return services.accept_bid(actor=self.request.user, **ids)


class RepostDelivery(LoginRequired, ServiceFormView):
    """Opens an expired delivery again; without fields as it was before."""

    form_class = RepostForm
    template_name = "delivery/deliveries/repost.html"
    success_message = _("Open again. Couriers nearby are told.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.delivery = deliveries.get_for(request.user, kwargs["pk"], deliveries.Right.OWN)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"max_price": self.delivery.max_price, "closes_in_s": self.delivery.closes_in_s}

    def perform(self, form: Any) -> Delivery:
        return services.repost(actor=self.request.user, delivery_id=self.delivery.pk, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(delivery=self.delivery, **kwargs)

    def get_success_url(self) -> str:
        return reverse("delivery:delivery", args=[self.delivery.pk])


def _next(request: HttpRequest, default: str) -> str:
    """Where the form asked to go back to, when that is a path of this site."""
    asked = request.POST.get("next", "")
    fine = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=False)
    return asked if asked and fine else default


class PlaceBid(LoginRequired, ServiceFormView):
    """A courier's bid on one open delivery; a second one changes the first."""

    form_class = BidForm
    template_name = "delivery/auctions/bid.html"
    success_message = _("Your bid is placed. Other couriers do not see it.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.own: Bid | None = None
        if request.user.is_authenticated:
            self.delivery = queries.offer_for(request.user, kwargs["pk"])
            courier = couriers.acting(request.user)
            self.own = queries.bids_by_courier(courier, [self.delivery.pk]).get(self.delivery.pk)
            if request.method == "GET" and self.delivery.status not in Delivery.OPEN:
                messages.info(request, str(_("This auction is closed.")))
                return redirect("delivery:courier")
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        if self.own is None:
            return {"eta_minutes": queries.expected_minutes(self.delivery)}
        return {"amount": self.own.amount, "eta_minutes": self.own.eta_minutes, "note": self.own.note}

    def perform(self, form: Any) -> Bid:
        ids = {"actor": self.request.user, "delivery_id": self.delivery.pk}
        if self.own is not None:
            return services.change_bid(bid_id=self.own.pk, **ids, **form.cleaned_data)
        return services.place_bid(**ids, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(delivery=self.delivery, own=self.own, **kwargs)

    def get_success_url(self) -> str:
        return _next(self.request, reverse("delivery:courier"))


class WithdrawBid(LoginRequired, ActionView):
    success_message = _("Your bid is withdrawn.")

    def perform(self) -> Any:
        ids = {"delivery_id": self.kwargs["pk"], "bid_id": self.kwargs["bid"]}
        return services.withdraw_bid(actor=self.request.user, **ids)

    def back(self, result: Any) -> str:
        return _next(self.request, reverse("delivery:courier"))


class TakeOffer(LoginRequired, ActionView):
    success_message = _("It is yours. Go to the pickup and ask for the code.")

    def perform(self) -> Any:
        return services.take_fixed_price(actor=self.request.user, delivery_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return _next(self.request, reverse("delivery:courier"))
