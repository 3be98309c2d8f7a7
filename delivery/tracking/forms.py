"""Input of the courier's phone page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.deliveries.models import FailReason, Method


class Here(forms.Form):
    """Where the phone is, filled in by JavaScript when the courier allows it."""

    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)

    def here(self) -> dict[str, float | None]:
        return {"lat": self.cleaned_data.get("lat"), "lon": self.cleaned_data.get("lon")}


class CodeForm(Here):
    """The six digits that the other side tells; a photo where the sender allows it instead."""

    code = forms.CharField(
        label=_("Code"), max_length=12, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*"}),
    )
    photo = forms.FileField(
        label=_("Or a photo of the parcel where you leave it"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, *args: Any, methods: list[str] | tuple = (), who: Any = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].look = "code"  # type: ignore[attr-defined]
        self.fields["code"].help_text = who
        if Method.PHOTO not in methods:
            del self.fields["photo"]
            self.fields["code"].required = True


class FailForm(Here):
    reason = forms.ChoiceField(label=_("What happened?"), choices=FailReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In a few words"), max_length=300, required=False)
    photo = forms.FileField(
        label=_("Photo"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ShiftForm(forms.Form):
    on = forms.BooleanField(required=False)
