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


class BillQuoteForm(forms.Form):
    """What staff invoice of an accepted quote."""

    what = forms.ChoiceField(
        label=_("What do you invoice?"), initial="work", widget=forms.RadioSelect,
        choices=[("work", _("the work, less the deposits")), ("deposit", _("a deposit"))],
    )
    deposit_percent = forms.DecimalField(
        label=_("Deposit in percent of the total"), required=False, max_digits=5, decimal_places=2, initial=30,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0.01", "max": "100"}),
    )
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_("Left empty: at once, by a business in 30 days."),
    )
    buyer_reference = forms.CharField(
        label=_("Reference of the client"), required=False, max_length=60,
        help_text=_("An order number or a department, as some businesses ask for."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
