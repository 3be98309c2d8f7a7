"""Page forms of payments."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.payments.gateways import offered
from accounts.payments.models import Method
from accounts.payments.rules import BadPhone, mobile_number
from accounts.wallet.forms import amount_field

SIMULATED = "simulated"
TEST_CARDS = [
    ("tok_ok", _("a card that works")),
    ("tok_declined", _("a card that is declined")),
    ("tok_pending", _("a card that needs a moment")),
    ("tok_3ds", _("a card whose bank wants to hear from you")),
]


class PayingForm(forms.Form):
    """How to pay: by card, with a number for mobile money, and test cards where the gateway is simulated.

    A real card is typed at the provider's, never on our pages.
    """

    METHODS: tuple[Method, ...] = tuple(Method)

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    method = forms.ChoiceField(label=_("How would you like to pay?"), initial=Method.CARTE, widget=forms.RadioSelect)
    method.look = "cards"  # type: ignore[attr-defined]
    phone = forms.CharField(
        label=_("Number of your mobile money account"), max_length=30, required=False,
        help_text=_("You get a message on this phone and confirm there with your secret code. We never see it."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    token = forms.ChoiceField(
        label=_("Test card"), choices=TEST_CARDS, required=False, initial="tok_ok", widget=forms.RadioSelect,
        help_text=_("The payment gateway is simulated: choose what happens. No money moves."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.set_methods(dict(Method.choices))
        if settings.PAYMENT_GATEWAY != SIMULATED:
            del self.fields["token"]
        if settings.MOBILE_MONEY_GATEWAY == SIMULATED and "phone" in self.fields:
            self.fields["phone"].help_text = _(
                "Mobile money is simulated: a number that ends in 00 refuses, in 99 never answers, any other confirms."
            )

    def set_methods(self, labels: dict[str, Any]) -> None:
        """Offer what is configured, under these names."""
        choices = [(m.value, capfirst(labels[m.value])) for m in self.METHODS if offered(m.value)]
        field = self.fields["method"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = choices[0][0] if choices else None
        if not offered(Method.MOBILE_MONEY):
            self.fields.pop("phone", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("method") == Method.MOBILE_MONEY and "phone" not in self.errors:
            try:
                data["phone"] = mobile_number(data.get("phone", ""))
            except BadPhone:
                self.add_error("phone", BadPhone.message)
        return data

    def payment_token(self) -> str:
        """What the services take as `token`."""
        data = self.cleaned_data
        if data["method"] == Method.MOBILE_MONEY:
            return data["phone"]
        if data["method"] == Method.PORTEFEUILLE or "token" not in self.fields:
            return ""
        return data["token"] or "tok_ok"


class TopUpForm(PayingForm):
    METHODS = (Method.CARTE, Method.MOBILE_MONEY)
    amount = amount_field()
    field_order = ("amount", "method", "phone", "token")

    def service_arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("key", "amount", "method")} | {"token": self.payment_token()}
