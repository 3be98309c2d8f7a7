"""Forms of the quote editor. Each line is a form of its own with numbered names, so that the page works without
JavaScript too."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError
from config.lib.money import CENT, ZERO
from config.lib.templatetags.ui import percent
from garage.clients.models import Client
from garage.clients.models import Kind as ClientKind
from garage.quotes import rules
from garage.quotes.models import LineKind, Quote, Skill
from garage.vehicles.models import Energy
from garage.vehicles.models import Kind as VehicleKind
from shop.invoices.queries import vat_rates_in_force

LINES = "lines"
ROW = re.compile(LINES + r"-(\d{1,4})-description")
RATE = re.compile(r"\d{1,2}(\.\d{1,2})?", re.ASCII)
TELLING = ("description", "unit_price", "product_id", "package_id", "skill")  # a row with none of them is blank
SPARE_ROWS = 3


class NumberField(forms.DecimalField):
    """A number as people type it: comma or point, spaces between thousands."""

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = re.sub(r"[\s€%]", "", value).replace(",", ".")
        return super().to_python(value)


def _number(label: Any, **options: Any) -> NumberField:
    attrs = {"inputmode": "decimal", "autocomplete": "off"}
    return NumberField(
        label=label, decimal_places=2, max_digits=10, localize=True, widget=forms.TextInput(attrs), **options
    )


def _id() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


def vat_choices(rows: Iterable[dict[str, str]] = ()) -> list[tuple[str, str]]:
    """The rates that the shop may charge today, highest first, and those that the rows have already."""
    told = {row["vat_rate"] for row in rows if RATE.fullmatch(row["vat_rate"])}
    rates = {Decimal(rate).normalize() for rate in [*told, *(row.rate for row in vat_rates_in_force())]}
    return [(str(rate.quantize(CENT)), percent(rate)) for rate in sorted(rates, reverse=True)]


class QuoteForm(forms.Form):
    """Everything of a quote but its lines. `who` is what one types to find the vehicle, `entry` a line to add."""

    vehicle = _id()
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    who = forms.CharField(
        label=_("Client and vehicle"), required=False, max_length=120,
        help_text=_("Plate, name, phone, make or model."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    entry = forms.CharField(
        label=_("Add a line"), required=False, max_length=120,
        help_text=_("A part, a package, or labour: T2 1.5 brakes is an hour and a half of T2."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    discount_percent = _number(_("Discount on the whole (%)"), required=False, min_value=0, max_value=100)
    valid_until = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    odometer_km = forms.IntegerField(
        label=_("Odometer (km)"), required=False, min_value=0, max_value=9_999_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    fee = _number(
        _("Price of this quote incl. VAT"), required=False, min_value=0, help_text=_("Zero: the quote is free.")
    )
    choice_by_line = forms.BooleanField(label=_("The client may choose line by line"), required=False)
    message = forms.CharField(
        label=_("Message to the client"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    notes = forms.CharField(
        label=_("Notes for the staff"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    KEPT = ("discount_percent", "valid_until", "odometer_km", "fee", "choice_by_line", "message", "notes")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # What the script asks while one types.
        self.fields["who"].widget.attrs["data-url"] = reverse("garage:quote_vehicles")
        self.fields["entry"].widget.attrs["data-url"] = reverse("garage:quote_offers")

    def clean_seen(self) -> datetime | None:
        """When the quote was last written, as the page showed it."""
        text = self.cleaned_data["seen"]
        try:
            return datetime.fromisoformat(text) if text else None
        except ValueError:
            raise forms.ValidationError(gettext("Open the quote again.")) from None

    def values(self) -> dict[str, Any]:
        """The fields that services.create_quote and update_quote take."""
        kept = {name: self.cleaned_data[name] for name in self.KEPT}
        return kept | {name: kept[name] or ZERO for name in ("discount_percent", "fee")}


class LineForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind.choices, initial=LineKind.PIECE)
    product_id = _id()
    package_id = _id()
    skill = forms.ChoiceField(required=False, choices=[("", ""), *Skill.choices], widget=forms.HiddenInput)
    description = forms.CharField(
        label=_("Description"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    quantity = _number(_("Quantity"), initial=1)
    unit_price = _number(_("Price incl. VAT"), required=False)  # left out: that of the catalogue
    discount_percent = _number(_("Discount (%)"), required=False, initial=0)
    vat_rate = forms.ChoiceField(label=_("VAT"))

    NAMES = (
        "kind", "product_id", "package_id", "skill", "description", "quantity", "unit_price", "discount_percent",
        "vat_rate",
    )
    total: Decimal | None = None  # filled in by the sheet, when the line can be counted
    note = ""  # what the stock lacks

    def __init__(self, *args: Any, vat_rates: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["vat_rate"].choices = vat_rates  # type: ignore[attr-defined]
        self.fields["vat_rate"].initial = vat_rates[0][0] if vat_rates else ""
        for field in self.fields.values():
            field.widget.attrs["aria-describedby"] = f"{self.prefix}-said"

    def wrong(self) -> list[str]:
        """What is wrong, each fault with the name of its cell."""
        return [
            gettext("%(label)s: %(error)s") % {"label": self.fields[name].label, "error": text}
            if name in self.fields else str(text)
            for name, texts in self.errors.items()
            for text in texts
        ]

    def values(self) -> dict[str, Any]:
        """The line as services.create_quote takes it."""
        values = {name: self.cleaned_data.get(name) for name in self.NAMES}
        return values | {"discount_percent": values["discount_percent"] or ZERO}

    def refuse(self, field: str, texts: list[Any]) -> None:
        """Put a refusal of the service on its field; above the line where the field is hidden."""
        shown = field in self.fields and not self.fields[field].widget.is_hidden
        self.add_error(field if shown else None, texts)


def posted_rows(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lines of a page that was sent, in the order asked for, without the blank ones and those crossed out."""
    rows = []
    for key in data:
        if found := ROW.fullmatch(key):
            prefix = key.removesuffix("description")
            row = {name: str(data.get(prefix + name, "")) for name in LineForm.NAMES}
            order = str(data.get(f"{prefix}ORDER", ""))
            place_ = int(order) if order.isascii() and order.isdecimal() and len(order) < 6 else int(found[1]) + 1
            if any(row[name].strip() for name in TELLING) and not data.get(f"{prefix}DELETE"):
                rows.append((place_, int(found[1]), row))
    return [row for _place, _index, row in sorted(rows, key=lambda each: each[:2])]


def told_rows(lines: Any) -> list[dict[str, str]]:
    """The lines of a JSON body, each a dict of plain values. ValueError for anything else."""
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise ValueError("lines")
    return [
        {name: _text(line.get(name)) for name in LineForm.NAMES} | {"kind": _text(line.get("kind", LineKind.PIECE))}
        for line in lines[: rules.MAX_LINES + 1]
    ]


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def line_forms(rows: Iterable[dict[str, str]], vat_rates: list[tuple[str, str]]) -> list[LineForm]:
    """Bound forms, numbered as they stand."""
    made = []
    for index, row in enumerate(rows):
        prefix = f"{LINES}-{index}"
        data = {f"{prefix}-{name}": value for name, value in row.items()}
        made.append(LineForm(data, prefix=prefix, vat_rates=vat_rates, auto_id=False))
    return made


def spare_forms(start: int, vat_rates: list[tuple[str, str]]) -> list[LineForm]:
    """Empty rows for a browser without JavaScript."""
    return [
        LineForm(prefix=f"{LINES}-{index}", vat_rates=vat_rates, auto_id=False, use_required_attribute=False)
        for index in range(start, start + SPARE_ROWS)
    ]


def row_of(values: Any) -> dict[str, str]:
    """A line of a quote, or of an offer, as the page shows it: numbers in the reader's locale."""
    get = values.get if isinstance(values, dict) else lambda name: getattr(values, name, None)
    row = {name: _text(get(name)) for name in LineForm.NAMES}
    for name in ("quantity", "discount_percent"):
        row[name] = number_format(Decimal(get(name) or 0).normalize() + 0)
    price = get("unit_price")
    row["unit_price"] = "" if price is None else number_format(price, 2)
    rate = get("vat_rate")
    row["vat_rate"] = "" if rate is None else str(Decimal(rate).quantize(CENT))
    return row


def fields_of(quote: Quote) -> dict[str, Any]:
    """A quote as QuoteForm shows it; a last day that is over becomes a new one."""
    values = {name: getattr(quote, name) for name in QuoteForm.KEPT}
    return values | {
        "vehicle": quote.vehicle_id, "seen": quote.updated_at.isoformat(),
        "valid_until": max(quote.valid_until, timezone.localdate()),
    }


def fields_of_new() -> dict[str, Any]:
    return {
        "valid_until": timezone.localdate() + timedelta(days=settings.GARAGE_QUOTE_DAYS),
        "fee": settings.GARAGE_QUOTE_FEE, "discount_percent": ZERO,
    }


class NewcomerForm(forms.Form):
    """A vehicle that the garage does not know, of a client whom it knows or not."""

    client = forms.ModelChoiceField(Client.objects.none(), required=False, widget=forms.HiddenInput)
    plate = forms.CharField(
        label=_("Plate"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    make = forms.CharField(label=_("Make"), max_length=60)
    model = forms.CharField(label=_("Model"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind of vehicle"), choices=VehicleKind.choices)
    energy = forms.ChoiceField(label=_("Energy"), choices=Energy.choices)
    client_kind = forms.ChoiceField(label=_("Client"), choices=ClientKind.choices, required=False)
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=32, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = Client.objects.all()  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """The filters of the list of quotes, as they stand in its address."""

    search = forms.CharField(
        label=_("Number, client or plate"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("All")), *Quote.Status.choices]  # type: ignore[attr-defined]


def place(error: DomainError, form: forms.Form, lines: list[LineForm]) -> None:
    """Put a refusal where it belongs: `lines.2.quantity` on that line, a field of the quote on it, the rest above."""
    for name, texts in error.errors.items():
        head, _dot, rest = name.partition(".")
        row, _dot, field = rest.partition(".")
        if head == LINES and row.isdecimal() and int(row) < len(lines):
            lines[int(row)].refuse(field, texts)
        else:
            form.add_error({"client": "who", "vehicle": "who"}.get(name, name if name in form.fields else None), texts)
    if not error.errors:
        form.add_error(None, str(error))
