"""What the quote editor shows and takes back: the fields of a quote, its lines as rows, and what they come to.

The page and the endpoint of the live totals read by the same forms and count by the same rule (rules.totals)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from config.lib.errors import Invalid
from config.lib.money import ZERO
from garage.quotes import offers, rules
from garage.quotes.forms import (
    LineForm,
    QuoteForm,
    fields_of,
    fields_of_new,
    line_forms,
    place,
    posted_rows,
    row_of,
    spare_forms,
    vat_choices,
)
from garage.quotes.models import Quote, QuoteLine
from garage.quotes.services.editing import build_lines
from garage.vehicles import queries as vehicles
from garage.vehicles.models import Vehicle


class Sheet:
    """`form` and `lines` are bound when the page was sent, and so carry the errors; `totals` is None while the lines
    cannot be counted."""

    def __init__(self, form: QuoteForm, rows: list[dict[str, str]]):
        self.vat_rates = vat_choices(rows)
        self.form = form
        self.rows = rows
        self.lines: list[LineForm] = line_forms(rows, self.vat_rates)
        self.totals: rules.Totals | None = None
        self.vehicle: Vehicle | None = None
        self.found: list[Vehicle] | None = None

    @classmethod
    def of(cls, quote: Quote) -> "Sheet":
        sheet = cls(QuoteForm(initial=fields_of(quote)), [row_of(line) for line in quote.lines.all()])
        sheet.vehicle = quote.vehicle
        sheet.count(quote.discount_percent)
        return sheet

    @classmethod
    def new(cls, vehicle: Vehicle | None = None) -> "Sheet":
        odometer = vehicle.odometer_km if vehicle else None
        known = {"vehicle": vehicle.pk if vehicle else None, "odometer_km": odometer}
        sheet = cls(QuoteForm(initial={**fields_of_new(), **known}), [])
        sheet.vehicle = vehicle
        return sheet

    @classmethod
    def posted(cls, data: Mapping[str, Any], *, actor: Any) -> "Sheet":
        """The page as it was sent, not looked at yet."""
        sheet = cls(QuoteForm(data), posted_rows(data))
        chosen = sheet.form["vehicle"].value()
        if chosen and str(chosen).isdecimal() and len(str(chosen)) < 10:
            sheet.vehicle = vehicles.visible_to(actor).filter(pk=chosen).first()
        return sheet

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(line.is_valid() for line in self.lines)])

    def values(self) -> list[dict[str, Any]]:
        """The lines as services.create_quote takes them; only once they are valid."""
        return [line.values() for line in self.lines]

    def wrong(self) -> list[tuple[int, str]]:
        """(number of the line, what is wrong with it), fault by fault."""
        return [(number, text) for number, line in enumerate(self.lines, 1) for text in line.wrong()]

    def spare(self) -> list[LineForm]:
        return spare_forms(len(self.lines), self.vat_rates)

    def blank(self) -> LineForm:
        """What a script copies for a new row."""
        return LineForm(prefix="lines-__row__", vat_rates=self.vat_rates, auto_id=False)

    def count(self, discount_percent: Decimal = ZERO) -> None:
        """Fill in `totals` and those of the lines; a line that cannot stand gets its error instead."""
        fine = [line.is_valid() for line in self.lines]
        lines = [line for line, valid in zip(self.lines, fine, strict=True) if valid]
        values = [line.values() for line in lines]
        for line, lacking in zip(lines, offers.missing(values), strict=True):
            line.note = offers.missing_words(lacking)
        try:
            built = build_lines(lines=values)
            for line, row in zip(lines, built, strict=True):
                line.total = row.total
            if all(fine):
                self.totals = self._sum(built, discount_percent)
        except Invalid as error:
            place(error, self.form, lines)

    @staticmethod
    def _sum(lines: list[QuoteLine], discount_percent: Decimal) -> rules.Totals | None:
        try:
            return rules.totals(lines, discount_percent)
        except ValueError:
            return None  # a discount below zero or above everything, which the form says itself

    def discount(self) -> Decimal:
        """The discount on the whole, as far as it can be read."""
        if not self.form.is_bound:
            return self.form.initial.get("discount_percent") or ZERO
        self.form.is_valid()
        return self.form.cleaned_data.get("discount_percent") or ZERO

    def with_lines(self, lines: list[dict[str, Any]]) -> None:
        """Put more lines under those that are there."""
        usual = self.vat_rates[0][0] if self.vat_rates else ""
        more = [row_of(line) for line in lines]
        self.rows = [*self.rows, *({**row, "vat_rate": row["vat_rate"] or usual} for row in more)]
        self.lines = line_forms(self.rows, self.vat_rates)
