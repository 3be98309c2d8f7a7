"""What admin pages share: rows that only services write, one service for each selected row, a reason asked first."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.lib.errors import DomainError


class ReadOnly:
    """Mixin for a ModelAdmin or an inline: looked at, never typed into."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("The customer reads it."),
    )


def each(request: HttpRequest, rows: QuerySet[Any], call: Callable[[Any], Any]) -> None:
    """`call(row)` for every row; refusals are shown with the row's name and do not stop the others."""
    done = 0
    for row in rows:
        try:
            call(row)
            done += 1
        except DomainError as error:
            fields = " ".join(str(text) for texts in error.errors.values() for text in texts)
            messages.error(request, f"{row}: {fields or error}")
    if done:
        messages.success(request, ngettext("Done for %d entry.", "Done for %d entries.", done) % done)


def each_with_reason(
    site: ModelAdmin, request: HttpRequest, rows: QuerySet[Any], *, action: str, title: Any,
    call: Callable[[Any, str], Any],
) -> HttpResponse | None:
    """As `each`, after a page that asks for the reason. `action` is the name of the calling admin action."""
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if form.is_valid():
        each(request, rows, lambda row: call(row, form.cleaned_data["reason"]))
        return None
    context = {
        **site.admin_site.each_context(request), "opts": site.model._meta, "title": title, "form": form, "rows": rows,
        "action": action, "checkbox": helpers.ACTION_CHECKBOX_NAME, "go_back": _("Go back"),
    }
    return TemplateResponse(request, "admin/ask_reason.html", context)
