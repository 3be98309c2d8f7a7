"""The page of an order's returns: ask, and see how far they are."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from config.lib.pages import LoginRequired, ServiceFormView
from shop.orders import queries as orders
from shop.orders.models import Order
from shop.returns import queries, services
from shop.returns.forms import ReturnForm
from shop.returns.models import Return
from shop.returns.tags import returns_context


class ReturnsPage(LoginRequired, ServiceFormView):
    template_name = "shop/returns/ask.html"
    form_class = ReturnForm
    success_message = _("We have your request and answer soon.")

    @cached_property
    def order(self) -> Order:
        return orders.get_for(self.request.user, self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rows": queries.returnable(self.order)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **returns_context(self.order, self.request.user)}

    def perform(self, form: ReturnForm) -> Return:
        return services.ask_return(
            actor=self.request.user, order_id=self.order.pk, lines=form.lines(), reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"], photos=form.cleaned_data["photos"],
        )

    def get_success_url(self) -> str:
        return reverse("shop:order", args=[self.order.pk]) + "#returns"
