"""Input of the order pages: one question at a time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.companies import queries as companies
from accounts.payments.forms import PayingForm
from accounts.payments.models import Method
from accounts.users.models import Address
from shop.orders.models import DeliveryMethod, Order

NEW_ADDRESS = "new"


def _text(label: Any, limit: int, autocomplete: str, *, hint: Any = "", look: str = "", **attrs: str) -> Any:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attrs})
    field = forms.CharField(label=label, max_length=limit, required=False, help_text=hint, widget=widget)
    field.look = look  # type: ignore[attr-defined]
    return field


class MethodForm(forms.Form):
    delivery_method = forms.ChoiceField(
        label=_("How would you like to receive your order?"), choices=DeliveryMethod.choices, widget=forms.RadioSelect
    )
    delivery_method.look = "cards"  # type: ignore[attr-defined]


class AddressForm(forms.Form):
    """An address of the book, or a new one; field names are those of a place in the API."""

    address = forms.ChoiceField(label=_("Where shall we deliver?"), widget=forms.RadioSelect)
    address.look = "cards"  # type: ignore[attr-defined]
    name = _text(_("Who receives it"), 120, "name", hint=_("As on the door."))
    phone = _text(_("Phone"), 32, "tel", hint=_("Only the chosen courier sees it."), inputmode="tel")
    line1 = _text(_("Number and street"), 160, "address-line1", hint=_("For example 14 rue Commines."))
    instructions = _text(_("How to find the door"), 300, "off", hint=_("Door code, floor, yard."))
    postal_code = _text(_("Postal code"), 12, "postal-code", look="short", inputmode="numeric")
    city = _text(_("Town"), 100, "address-level2")
    keep = forms.BooleanField(label=_("Keep it in my address book"), required=False)

    PLACE = ("name", "phone", "line1", "instructions", "postal_code", "city")

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(str(a.pk), f"{a.label or a.recipient}: {a}") for a in Address.objects.filter(user=user)]
        self.fields["address"].choices = [*known, (NEW_ADDRESS, _("Another address"))]  # type: ignore[attr-defined]
        if known:
            self.fields["address"].initial = known[0][0]
        else:
            self.fields["address"].initial = NEW_ADDRESS
            self.fields["address"].widget = forms.HiddenInput()
            self.fields["name"].initial = user.get_full_name()
            self.fields["phone"].initial = str(user.phone or "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("address") == NEW_ADDRESS:
            for name, text in (("line1", _("Enter the number and the street.")), ("city", _("Enter the town."))):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return data

    def answer(self) -> dict[str, Any]:
        """What the services take: `address_id`, or `shipping_address`."""
        data = self.cleaned_data
        if data["address"] != NEW_ADDRESS:
            return {"address_id": int(data["address"])}
        return {"shipping_address": {name: data[name] for name in self.PLACE}}


class ConfirmForm(forms.Form):
    """What the customer saw: a cart or a total that changed meanwhile is shown again before anything is ordered."""

    cart_id = forms.IntegerField(widget=forms.HiddenInput())
    expected_total = forms.DecimalField(widget=forms.HiddenInput(), decimal_places=2)
    company_id = forms.TypedChoiceField(label=_("Billed to"), required=False, coerce=int, empty_value=None)
    note = _text(_("A word for the shop"), 300, "off")

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(company.pk, str(company)) for company in companies.of_member(user)]
        if known:
            me = _("me: %(name)s") % {"name": user.get_full_name() or user.email}
            self.fields["company_id"].choices = [("", me), *known]  # type: ignore[attr-defined]
        else:
            del self.fields["company_id"]


class PayForm(PayingForm):
    def __init__(self, *args: Any, wallet: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        labels = dict(Method.choices) | {Method.PORTEFEUILLE: _("wallet (%(amount)s available)") % {"amount": wallet}}
        self.set_methods(labels)


class CancelForm(forms.Form):
    reason = _text(_("Why? It helps us."), 300, "off")


class OrderFilterForm(forms.Form):
    search = forms.CharField(
        label=_("Number or article"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("all")), *Order.Status.choices])
