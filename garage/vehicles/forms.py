"""Page forms of the vehicles."""

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from garage.vehicles.models import FileKind, Source
from garage.vehicles.rules import HIGHEST_KM
from garage.vehicles.services.papers import SHARE_DAYS


class ReadingForm(forms.Form):
    km = forms.IntegerField(
        label=_("Kilometres"), min_value=0, max_value=HIGHEST_KM,
        help_text=_("As the odometer shows them, without decimals."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    read_on = forms.DateField(
        label=_("Read on"), initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class StaffReadingForm(ReadingForm):
    source = forms.ChoiceField(
        label=_("Where it comes from"), initial=Source.ATELIER,
        choices=[(value, label) for value, label in Source.choices if value != Source.GPS],
    )
    field_order = ["km", "read_on", "source", "note"]


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("Photo or PDF"), help_text=_("A PDF of at most 10 MB, or a photo of at most 12 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=FileKind.choices)
    name = forms.CharField(label=_("Name"), required=False, max_length=120, help_text=_("Empty: the name of the file."))


class ShareForm(forms.Form):
    label = forms.CharField(
        label=_("For whom"), required=False, max_length=80,
        help_text=_("For yourself: who reads the link does not see it."),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"), coerce=int, initial=SHARE_DAYS[1],
        choices=[(days, format_lazy(_("{days} days"), days=days)) for days in SHARE_DAYS],
    )
