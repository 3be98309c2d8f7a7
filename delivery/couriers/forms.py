"""Input of the application to become a courier."""

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.couriers.models import Vehicle


class ApplyForm(forms.Form):
    vehicle = forms.ChoiceField(
        label=_("What do you ride or drive?"), choices=Vehicle.choices, widget=forms.RadioSelect, initial=Vehicle.VELO
    )
    about = forms.CharField(
        label=_("A few words about you"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("When you are free, what you can carry. A manager reads it."),
    )
    vehicle.look = "cards"  # type: ignore[attr-defined]
