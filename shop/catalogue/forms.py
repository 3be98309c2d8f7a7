"""What a reader of the catalogue page may ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.catalogue.queries import Filter

ORDERINGS = [
    ("name", _("Name, A to Z")),
    ("price", _("Price, low to high")),
    ("-price", _("Price, high to low")),
    ("newest", _("Newest first")),
]


def _euros(label: Any) -> forms.DecimalField:
    attrs = {"inputmode": "decimal", "autocomplete": "off", "size": "6"}
    field = forms.DecimalField(
        label=label, required=False, min_value=0, max_value=1_000_000, localize=True, widget=forms.TextInput(attrs)
    )
    field.look = "short"  # type: ignore[attr-defined]
    return field


class CatalogueForm(forms.Form):
    """A query that cannot be read is told beside its field and left out; the rest still filters."""

    min_price = _euros(_("From (€)"))
    max_price = _euros(_("Up to (€)"))
    in_stock = forms.BooleanField(required=False)
    ordering = forms.ChoiceField(required=False, choices=ORDERINGS)
    search = forms.CharField(required=False, max_length=200)

    def wanted(self, category: str = "") -> Filter:
        self.is_valid()
        given = self.cleaned_data
        return Filter(
            search=given.get("search", ""),
            category=category,
            min_price=given.get("min_price"),
            max_price=given.get("max_price"),
            in_stock=True if given.get("in_stock") else None,
            ordering=given.get("ordering") or "name",
        )
