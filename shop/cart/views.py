"""Page doors of the cart, for visitors and signed-in people alike. Every POST works without JavaScript."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.http import require_safe

from config.lib.errors import DomainError, Invalid
from shop.cart import queries, services
from shop.cart.forms import AddForm, UpdateForm
from shop.cart.models import Cart
from shop.catalogue.queries import product_row

COOKIE_AGE_S = 60 * 60 * 24 * 30


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/cart/cart.html", {"cart": queries.contents(queries.visitor(request))})


def told(error: DomainError) -> str:
    """The refusal, with what can still be had where it names it."""
    left = error.data.get("available")
    if left:
        return f"{error} " + ngettext("%(left)d left.", "%(left)d left.", left) % {"left": left}
    return str(error)


class CartAction(View):
    """A POST that changes the cart: `change(given)` calls one service; refusals become messages."""

    http_method_names = ["post"]
    form_class: type[forms.Form] | None = None

    def change(self, given: dict[str, Any]) -> Cart:
        raise NotImplementedError

    def post(self, request: HttpRequest) -> HttpResponse:
        self.actor = queries.visitor(request)
        try:
            made = self.change(self.given())
        except DomainError as error:
            return self.refused(error)
        response = self.done()
        if self.actor.pk is None and str(made.token) != self.actor.token:
            response.set_signed_cookie(
                queries.COOKIE, str(made.token), salt=queries.COOKIE_SALT, max_age=COOKIE_AGE_S,
                httponly=True, samesite="Lax", secure=settings.HTTPS,
            )
        return response

    def given(self) -> dict[str, Any]:
        if self.form_class is None:
            return {}
        form = self.form_class(self.request.POST)
        if not form.is_valid():
            raise Invalid(_("Choose a quantity between 1 and 999."))
        return form.cleaned_data

    def refused(self, error: DomainError) -> HttpResponse:
        messages.error(self.request, told(error))
        return self.done()

    def done(self) -> HttpResponse:
        """Back to where the button was, or to the cart."""
        target = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, {self.request.get_host()}, self.request.is_secure())
        return HttpResponseRedirect(target if safe else reverse("shop:cart"))


class AddView(CartAction):
    """From a list the answer to htmx is only what changes: the count, and a word about what was added."""

    form_class = AddForm
    name = ""

    def change(self, given: dict[str, Any]) -> Cart:
        made = services.add_to_cart(actor=self.actor, **given)
        self.name = product_row(pk=given["product_id"])["name"]
        self.count = queries.contents(self.actor if self.actor.pk else queries.Guest(str(made.token))).count
        return made

    def refused(self, error: DomainError) -> HttpResponse:
        if not self.request.htmx:
            return super().refused(error)
        return render(self.request, "shop/cart/_added.html", {"error": told(error)})

    def done(self) -> HttpResponse:
        if self.request.htmx:
            return render(self.request, "shop/cart/_added.html", {"name": self.name, "cart_count": self.count})
        if self.name:
            messages.success(self.request, _("%(name)s is in your cart.") % {"name": self.name})
        return super().done()


class UpdateView(CartAction):
    form_class = UpdateForm

    def change(self, given: dict[str, Any]) -> Cart:
        return services.set_quantity(actor=self.actor, **given)


class ClearView(CartAction):
    def change(self, given: dict[str, Any]) -> Cart:
        return services.clear_cart(actor=self.actor)
