"""Ordering on the pages, one question at a time: how, where, confirm. The answers wait in the session; nothing is
written before the last."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.users.services import save_address
from config.lib.errors import Invalid
from config.lib.money import ZERO
from config.lib.pages import LoginRequired, ServiceFormView
from shop.cart import queries as carts
from shop.orders import queries, rules, services, shipping
from shop.orders.forms import NEW_ADDRESS, AddressForm, ConfirmForm, MethodForm
from shop.orders.models import DeliveryMethod, Order

DRAFT = "checkout_draft"
METHOD, ADDRESS, CONFIRM = "mode", "adresse", "confirmer"


class CheckoutView(LoginRequired, ServiceFormView):
    """`?etape=` names the question; without it the first one that has no answer yet."""

    step: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        self.cart = carts.contents(request.user)
        if request.method == "POST" and (known := self._ordered(request)) is not None:
            return redirect("shop:order_pay", pk=known.pk)
        if not self.cart.items or (not self.cart.can_order and request.method != "POST"):
            return redirect("shop:cart")
        asked = request.GET.get("etape", "")
        self.step = asked if asked in self.open_steps else self.open_steps[-1]
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def _ordered(request: HttpRequest) -> Order | None:
        """The order that this press of the button already made: a double click, a page sent again."""
        text = request.POST.get("cart_id", "")
        readable = text.isascii() and text.isdecimal() and len(text) < 18
        return queries.order_of_cart(int(text), request.user) if readable else None

    @property
    def draft(self) -> dict[str, Any]:
        return self.request.session.get(DRAFT) or {}

    @property
    def open_steps(self) -> list[str]:
        """The questions answered so far and the next one."""
        draft = self.draft
        if "delivery_method" not in draft:
            return [METHOD]
        if draft["delivery_method"] == DeliveryMethod.RETRAIT:
            return [METHOD, CONFIRM]
        return [METHOD, ADDRESS, CONFIRM] if "place" in draft else [METHOD, ADDRESS]

    def keep(self, **answers: Any) -> None:
        self.request.session[DRAFT] = self.draft | answers

    def get_template_names(self) -> list[str]:
        return ["shop/orders/checkout.html"]

    def get_form_class(self) -> Any:
        return {METHOD: MethodForm, ADDRESS: AddressForm, CONFIRM: ConfirmForm}[self.step]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | ({"user": self.request.user} if self.step != METHOD else {})

    def get_initial(self) -> dict[str, Any]:
        if self.step == CONFIRM:
            return {"cart_id": self.cart.id, "expected_total": self.totals.total}
        if self.step == ADDRESS:
            return self.draft.get("typed", {})
        return {"delivery_method": self.draft.get("delivery_method", DeliveryMethod.COURSIER)}

    @property
    def totals(self) -> rules.Totals:
        place = self.draft.get("place") if self.draft.get("delivery_method") == DeliveryMethod.COURSIER else None
        fee = shipping.delivery_fee(place, self.cart.items) if place and self.cart.items else ZERO
        return rules.totals(self.cart.items, fee)

    def perform(self, form: Any) -> Order | None:
        if self.step == METHOD:
            self.keep(**form.cleaned_data)
            return None
        if self.step == ADDRESS:
            self._take_address(form)
            return None
        draft, data = self.draft, form.cleaned_data
        order, _new = services.checkout(
            actor=self.request.user, delivery_method=draft["delivery_method"], shipping_address=draft.get("place"),
            **data,
        )
        self.request.session.pop(DRAFT, None)
        return order

    def _take_address(self, form: AddressForm) -> None:
        """Find the place now, so that a wrong address is said on this question and not on the last."""
        answer = form.answer()
        try:
            place = shipping.customer_place(user=self.request.user, **answer)
        except Invalid as error:
            named = {field.removeprefix("shipping_address."): texts for field, texts in error.errors.items()}
            raise type(error)(errors=named) from error
        if form.cleaned_data["keep"] and "shipping_address" in answer:
            save_address(
                actor=self.request.user, recipient=place["name"] or self.request.user.get_full_name(),
                phone=place["phone"], line1=place["line1"], line2=place["instructions"][:160],
                postal_code=place["postal_code"], city=place["city"], country="FR", lat=place["lat"], lon=place["lon"],
            )
        self.keep(place=place, typed={name: form.cleaned_data[name] for name in ("address", *AddressForm.PLACE)})

    def form_invalid(self, form: Any) -> HttpResponse:
        if self.step == CONFIRM:
            # What is shown again is the cart of now, and the next press is about that.
            self.cart = carts.contents(self.request.user)
            if not self.cart.can_order:
                messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
                return redirect("shop:cart")
            form.data = form.data.copy()
            form.data.update({"cart_id": str(self.cart.id), "expected_total": str(self.totals.total)})
        return super().form_invalid(form)

    def success(self, result: Order | None) -> HttpResponse:
        if result is not None:
            return redirect("shop:order_pay", pk=result.pk)
        following = self.open_steps[self.open_steps.index(self.step) + 1 :]
        return HttpResponseRedirect(f"{reverse('shop:checkout')}?etape={following[0]}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {METHOD: _("How"), ADDRESS: _("Where"), CONFIRM: _("Check")}
        if self.draft.get("delivery_method") == DeliveryMethod.RETRAIT:
            del labels[ADDRESS]
        here = list(labels).index(self.step)
        steps = [
            {
                "label": label, "state": "done" if i < here else "current" if i == here else "next",
                "url": f"{reverse('shop:checkout')}?etape={step}",
            }
            for i, (step, label) in enumerate(labels.items())
        ]
        return super().get_context_data(
            **kwargs, step=self.step, steps=steps, cart=self.cart, totals=self.totals, draft=self.draft,
            by_courier=self.draft.get("delivery_method") == DeliveryMethod.COURSIER, shop=shipping.shop_place(),
            options=self._options(),
        )

    def _options(self) -> dict[str, dict[str, Any]]:
        """What stands beside the answers."""
        shop = shipping.shop_place()
        if self.step == METHOD:
            return {
                DeliveryMethod.COURSIER: {
                    "icon": "bike", "text": _("You follow it on the map. The price is said once we know where.")
                },
                DeliveryMethod.RETRAIT: {
                    "icon": "shop", "side": _("free"), "text": f"{shop['line1']}, {shop['postal_code']} {shop['city']}"
                },
            }
        if self.step == ADDRESS:
            return defaultdict(lambda: {"icon": "pin"}, {NEW_ADDRESS: {"icon": "plus"}})
        return {}
