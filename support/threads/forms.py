"""Page forms of the conversations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from support.threads.services import MAX_BODY, MAX_SUBJECT

ACCEPT = "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain"


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field; the service checks each."""

    widget = ManyFiles(attrs={"accept": ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files if file]


def files_field() -> FilesField:
    return FilesField(
        label=_("Files"), required=False, help_text=_("Pictures, PDF or text, up to 5 MB each, at most five.")
    )


class ThreadForm(forms.Form):
    subject = forms.CharField(label=_("What is it about?"), max_length=MAX_SUBJECT)
    body = forms.CharField(
        label=_("Your message"), max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say what happened and what you expected. We see the order or delivery you come from."),
    )
    attachments = files_field()
    about = forms.CharField(required=False, widget=forms.HiddenInput)

    def about_value(self) -> dict[str, str] | None:
        """`order:12` of the hidden field as the service wants it."""
        kind, _colon, pk = self.cleaned_data["about"].partition(":")
        return {"type": kind, "id": pk} if kind else None


class MessageForm(forms.Form):
    body = forms.CharField(
        label=_("Your message"), max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 4, "data-typing": ""})
    )
    attachments = files_field()
