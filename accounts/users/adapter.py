"""allauth's hooks: our texts in the person's language, mails as owed jobs, one way to set a password."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.users import services
from accounts.users.events import email_verified
from accounts.users.models import User
from config.lib.events import emit


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": services.EMAIL_TAKEN,
        "email_password_mismatch": _("The e-mail or the password is not right."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Write the mail now, in the language of its reader, and owe its sending."""
        user = context.get("user")
        language = getattr(user, "language", None) or translation.get_language()
        with translation.override(language):
            message = self.render_mail(
                template_prefix,
                email,
                {"email": email, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context},
            )
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
        services.queue_mail(to=email, subject=message.subject, text=str(message.body), html=str(html))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Signing up by the page: the language is what the form says; allauth fills in the rest and saves."""
        user.language = form.cleaned_data.get("language") or translation.get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit=commit)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """The link of the mail was opened: the address is the person's own, and whoever knows it hears so."""
        fine = super().confirm_email(request, email_address)
        if fine:
            emit(email_verified, user_id=email_address.user_id)
        return fine

    def get_email_confirmation_url(self, request: HttpRequest | None, emailconfirmation: Any) -> str:
        """Links in mails begin with SITE_URL, never with the Host header of whoever asked for the mail."""
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, token = key.split("-", 1)
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return settings.SITE_URL + path

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        """With a second factor only its code confirms who one is: the password alone is what a thief may have."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"].startswith("mfa")] or methods

    def set_password(self, user: User, password: str) -> None:
        """Also ends the person's API tokens."""
        services.set_password(user=user, password=password)
