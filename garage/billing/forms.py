"""Page forms of bills."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.payments.forms import PayingForm
from accounts.payments.models import Method
from garage.billing.models import Bill


class LinkPayForm(PayingForm):
    """For whoever has the link: a wallet needs an account."""

    METHODS = (Method.CARTE, Method.MOBILE_MONEY)


class BillFilterForm(forms.Form):
    search = forms.CharField(
        label=_("Number, plate or quote"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("all")), *Bill.Status.choices])
