"""Page form of what a client agrees to."""

from typing import Any

from django import forms

from garage.clients.models import Agreement


class AgreementsForm(forms.Form):
    """One box for each kind."""

    def __init__(self, *args: Any, agreements: dict[str, bool], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for kind in Agreement:
            self.fields[kind.value] = forms.BooleanField(
                label=kind.label, required=False, initial=agreements[kind.value]
            )
