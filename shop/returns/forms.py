"""Page form of a return: a quantity for each line, a reason, photos."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shop.returns.models import Reason
from shop.returns.queries import Returnable
from shop.returns.services import LONGEST_NOTE


class Photos(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures in one field; the service checks each."""

    widget = Photos(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PhotosField, self).clean(file, initial) for file in files if file]


class ReturnForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=Reason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What should we know?"), required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("You need not explain when you have changed your mind."),
    )
    photos = PhotosField(
        label=_("Photos"), required=False, help_text=_("Where something is broken or wrong. At most five."),
    )

    def __init__(self, *args: Any, rows: Sequence[Returnable] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rows = [row for row in rows if row.left]
        for row in self.rows:
            field = forms.IntegerField(
                label=row.line.name, min_value=0, max_value=row.left, required=False,
                initial=row.left if len(self.rows) == 1 and row.left == 1 else 0,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                help_text=ngettext(
                    "How many do you send back? You have %(left)d.", "How many do you send back? You have %(left)d.",
                    row.left,
                ) % {"left": row.left},
            )
            field.look = "short"  # type: ignore[attr-defined]
            self.fields[f"line_{row.line.pk}"] = field
        self.order_fields([f"line_{row.line.pk}" for row in self.rows])

    def lines(self) -> list[dict[str, Any]]:
        """What was chosen, as the service wants it."""
        chosen = ((row.line.pk, self.cleaned_data[f"line_{row.line.pk}"]) for row in self.rows)
        return [{"line_id": pk, "quantity": quantity} for pk, quantity in chosen if quantity]
