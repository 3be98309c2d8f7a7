"""Forms of a client's answer to his quote."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from config.lib.parsing import load_json
from garage.quotes import strokes


class LinesForm(forms.Form):
    lines = forms.MultipleChoiceField(
        label=_("Which lines do you accept?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose one line at least, or decline the quote.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]


class PartsForm(forms.Form):
    reused_parts = forms.TypedChoiceField(
        label=_("Do you want reused parts?"), widget=forms.RadioSelect, coerce=lambda value: value == "yes",
        choices=[("yes", _("Yes, where there are some")), ("no", _("No, new parts"))],
        error_messages={"required": _("Choose yes or no: the law asks us to note it.")},
    )
    reused_parts.look = "cards"  # type: ignore[attr-defined]


class SignForm(forms.Form):
    signed_by = forms.CharField(
        label=_("First and last name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}),
    )
    signature = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200_000)

    def clean_signature(self) -> list[list[list[int]]]:
        text = self.cleaned_data["signature"]
        try:
            return strokes.clean(load_json(text) if text else [])
        except ValueError:
            raise forms.ValidationError(_("This signature cannot be read. Draw it again.")) from None
        except Invalid as error:
            raise forms.ValidationError(error.errors["signature"]) from None


class AgreeForm(forms.Form):
    """The last question. The code is asked for by the link alone, the wish to begin of private persons."""

    start_now = forms.BooleanField(required=False)
    code = forms.CharField(
        label=_("Code"), max_length=12, help_text=_("Six digits, good for 10 minutes."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    code.look = "code"  # type: ignore[attr-defined]

    def __init__(self, *args: Any, with_code: bool, start_text: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]
        if start_text:
            self.fields["start_now"].label = start_text
        else:
            del self.fields["start_now"]


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you decline?"), required=False, max_length=300,
        widget=forms.Textarea({"rows": 3}), help_text=_("It helps us to make you a better offer."),
    )


class WithdrawForm(forms.Form):
    name = forms.CharField(
        label=_("First and last name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}),
    )


class SendForm(forms.Form):
    email = forms.BooleanField(label=_("By e-mail"), required=False)
    sms = forms.BooleanField(label=_("By text message"), required=False)
