"""The choice of a period."""

from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy
from unfold.widgets import INPUT_CLASSES

from garage.dashboard.rules import BadPeriod


class SpanForm(forms.Form):
    """Which days. The names are those of the API; `from` is a word of Python."""

    to = forms.DateField(label=pgettext_lazy("day", "To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields = {"from": forms.DateField(label=pgettext_lazy("day", "From"), required=False), **self.fields}
        for field in self.fields.values():
            field.widget = forms.DateInput({"type": "date", "class": " ".join(INPUT_CLASSES)}, "%Y-%m-%d")

    def refuse(self, error: BadPeriod) -> None:
        """What the service said, beside its field, in place of the form's own words."""
        self.full_clean()
        self.errors.clear()
        for name, texts in error.errors.items():
            for text in texts:
                self.add_error(name, str(text))
