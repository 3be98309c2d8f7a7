"""Page forms of bills."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.payments.forms import PayingForm
from accounts.payments.models import Method
from config.lib.money import ZERO
from config.lib.templatetags.ui import money
from garage.billing.models import Bill
from garage.quotes.models import LineKind, QuoteLine
from garage.quotes.opening import Progress
from garage.quotes.rules import likely_done


class LinkPayForm(PayingForm):
    """For whoever has the link: a wallet needs an account."""

    METHODS = (Method.CARTE, Method.MOBILE_MONEY)


class BillFilterForm(forms.Form):
    search = forms.CharField(
        label=_("Number, plate or quote"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("all")), *Bill.Status.choices])


class TermsForm(forms.Form):
    due_on = forms.DateField(
        label=_("Due on"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_("Left empty: at once, by a business in 30 days."),
    )
    buyer_reference = forms.CharField(
        label=_("Reference of the client"), required=False, max_length=60,
        help_text=_("An order number or a department, as some businesses ask for."),
    )


class BillQuoteForm(TermsForm):
    """What staff invoice of an accepted quote."""

    what = forms.ChoiceField(
        label=_("What do you invoice?"), initial="work", widget=forms.RadioSelect,
        choices=[("work", _("the work, less the deposits")), ("deposit", _("a deposit"))],
    )
    deposit_percent = forms.DecimalField(
        label=_("Deposit in percent of the total"), required=False, max_digits=5, decimal_places=2, initial=30,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0.01", "max": "100"}),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    field_order = ["what", "deposit_percent", "due_on", "buyer_reference"]


class PartDoneForm(TermsForm):
    """What was done until the client withdrew: a quantity for each line that was agreed on, filled in with what the
    workshop's clocks and shelves say. Fields are named as the service names their errors, `done.<id>`."""

    what = forms.ChoiceField(
        label=_("What is due?"), initial="done", widget=forms.RadioSelect,
        choices=[("done", _("the part done, line by line")), ("nothing", _("nothing: the quote ends"))],
    )

    def __init__(self, *args: Any, lines: list[QuoteLine], progress: dict[int, Progress], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.line_ids = [line.pk for line in lines]
        for line in lines:
            told = progress.get(line.pk, Progress())
            self.fields[f"done.{line.pk}"] = forms.DecimalField(
                label=line.description, required=False, min_value=0, max_digits=8, decimal_places=2,
                help_text=_of_line(line, told), initial=likely_done(line.kind, line.quantity, **vars(told)),
                widget=forms.NumberInput({"inputmode": "decimal", "step": "0.01", "max": str(line.quantity)}),
            )
        self.order_fields(["what", *(f"done.{pk}" for pk in self.line_ids)])

    def done(self) -> dict[int, Decimal]:
        return {pk: self.cleaned_data.get(f"done.{pk}") or ZERO for pk in self.line_ids}


def _of_line(line: QuoteLine, told: Progress) -> str:
    """What was agreed on, and how far it is."""
    words = {"quantity": number_format(line.quantity), "price": money(line.unit_price)}
    if line.kind == LineKind.MAIN_OEUVRE:
        texts = [gettext("of %(quantity)s h at %(price)s") % words]
    else:
        texts = [gettext("of %(quantity)s at %(price)s") % words]
    if told.finished:
        texts.append(gettext("finished"))
    if told.hours:
        texts.append(gettext("%(hours)s h on the clock") % {"hours": number_format(told.hours)})
    if told.pieces:
        texts.append(gettext("%(pieces)s handed to the mechanic") % {"pieces": number_format(told.pieces)})
    return " · ".join(texts)
