"""Page forms about people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.users.models import Address, Language


def _text(label: Any, *, autocomplete: str, length: int, required: bool = True, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attrs})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget)


def _phone(help_text: Any = "") -> PhoneNumberField:
    return PhoneNumberField(
        label=_("Phone"), required=False, region="FR", help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )


class SignupForm(forms.Form):
    """What the sign-up page asks beside e-mail and password."""

    field_order = ["first_name", "last_name", "email", "password1", "language"]
    first_name = _text(_("First name"), autocomplete="given-name", length=80)
    last_name = _text(_("Last name"), autocomplete="family-name", length=80)
    language = forms.ChoiceField(label=_("Language of our messages"), choices=Language.choices)

    def signup(self, request: object, user: object) -> None:
        """Called by allauth once the user exists; the adapter has put names and language on it."""


class ProfileForm(forms.Form):
    first_name = _text(_("First name"), autocomplete="given-name", length=80)
    last_name = _text(_("Last name"), autocomplete="family-name", length=80)
    phone = _phone(_("The courier calls it when nobody opens."))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class AddressForm(forms.ModelForm):
    label = _text(_("Name of this address"), autocomplete="off", length=60, required=False)
    recipient = _text(_("Recipient"), autocomplete="name", length=120)
    phone = _phone()
    line1 = _text(_("Number and street"), autocomplete="address-line1", length=160)
    line2 = _text(_("Building, floor, door"), autocomplete="address-line2", length=160, required=False)
    postal_code = _text(_("Postal code"), autocomplete="postal-code", length=12, inputmode="numeric")
    city = _text(_("City"), autocomplete="address-level2", length=100)

    class Meta:
        model = Address
        fields = ["label", "recipient", "phone", "line1", "line2", "postal_code", "city"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["label"].help_text = _("For example: home, the shop.")
        self.fields["postal_code"].look = "short"


class CloseAccountForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your present password."))
        return self.cleaned_data["password"]
