"""Page doors of one's own account: profile, addresses, devices, export, closing."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from accounts.users import queries, services
from accounts.users.forms import AddressForm, CloseAccountForm, ProfileForm
from config.lib.pages import ActionView, LoginRequired, ServiceFormView


class ProfileView(LoginRequired, ServiceFormView):
    template_name = "accounts/users/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("accounts:profile")
    success_message = _("Your profile is up to date.")

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {name: getattr(user, name) for name in ("first_name", "last_name", "phone", "language")}

    def perform(self, form: ProfileForm) -> Any:
        data = {**form.cleaned_data, "phone": str(form.cleaned_data["phone"] or "")}
        return services.update_profile(actor=self.request.user, **data)

    def success(self, result: Any) -> HttpResponse:
        """The pages speak the chosen language from now on."""
        with translation.override(result.language):
            response = super().success(result)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, result.language, max_age=365 * 86400, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response


class AddressesView(LoginRequired, TemplateView):
    template_name = "accounts/users/addresses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(addresses=self.request.user.addresses.all(), **kwargs)


class AddressEditView(LoginRequired, ServiceFormView):
    """A new address, or one of the book."""

    template_name = "accounts/users/address.html"
    form_class = AddressForm
    success_url = reverse_lazy("accounts:addresses")
    success_message = _("The address is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        pk = self.kwargs.get("pk")
        if pk is not None:
            kwargs["instance"] = queries.address_of(self.request.user, pk)
        elif self.request.method == "GET":
            kwargs["initial"] = {"recipient": self.request.user.get_full_name(), "phone": self.request.user.phone}
        return kwargs

    def perform(self, form: AddressForm) -> Any:
        data = {**form.cleaned_data, "phone": str(form.cleaned_data["phone"] or "")}
        if {"line1", "postal_code", "city"} & set(form.changed_data):
            data |= {"lat": None, "lon": None}  # the old point is no longer this address
        return services.save_address(actor=self.request.user, address_id=self.kwargs.get("pk"), **data)


class AddressDeleteView(LoginRequired, ActionView):
    success_message = _("The address is deleted.")

    def perform(self) -> Any:
        services.delete_address(actor=self.request.user, address_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("accounts:addresses")


class DevicesView(LoginRequired, TemplateView):
    template_name = "accounts/users/devices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        devices = queries.devices_of(self.request.user, session_key=self.request.session.session_key)
        return super().get_context_data(devices=devices, **kwargs)


class DeviceEndView(LoginRequired, ActionView):
    success_message = _("This device is signed out.")

    def perform(self) -> Any:
        services.sign_out_device(actor=self.request.user, device_id=self.kwargs["device_id"])

    def back(self, result: Any) -> str:
        return reverse("accounts:sessions")


class DevicesEndAllView(LoginRequired, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        services.sign_out_everywhere(user=request.user)
        logout(request)
        return redirect("account_login")


class ExportView(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        """The file itself: all that is kept about this person."""
        response = JsonResponse(
            services.export_data(actor=request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        name = f"{settings.SITE_NAME.lower()}-{timezone.localdate():%Y-%m-%d}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class CloseAccountView(LoginRequired, ServiceFormView):
    template_name = "accounts/users/close.html"
    form_class = CloseAccountForm
    success_url = reverse_lazy("shop:home")
    success_message = _("Your account is closed and your personal data is erased.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def perform(self, form: CloseAccountForm) -> Any:
        services.close_account(actor=self.request.user)
        logout(self.request)
