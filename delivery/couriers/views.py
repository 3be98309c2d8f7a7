"""Page doors of couriers: the application."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.pages import LoginRequired, ServiceFormView
from delivery.couriers import queries, services
from delivery.couriers.forms import ApplyForm
from delivery.couriers.models import Courier


class ApplyAsCourier(LoginRequired, ServiceFormView):
    """Asks for a vehicle; who has applied already goes to the courier's page, which says how it stands."""

    form_class = ApplyForm
    template_name = "delivery/couriers/apply.html"
    success_message = _("Application received. A manager answers soon.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = queries.courier_of(request.user)
        if known is not None and known.status != Courier.Status.REFUSE:
            return redirect("delivery:courier")
        return super().dispatch(request, *args, **kwargs)

    def perform(self, form: Any) -> Courier:
        return services.apply(actor=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("delivery:courier")
