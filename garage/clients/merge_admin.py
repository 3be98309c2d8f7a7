"""Admin pages about files that look alike: the list of suggestions, the preview of a merge, erasing a file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.pages import paginate
from garage.clients import queries, services
from garage.clients.duplicates import suggestions
from garage.clients.models import Client
from garage.clients.pointing import what_points

FIELDS = ("kind", "name", "email", "phone", "line1", "postal_code", "city", "siren", "user", "company", "notes")
LIST = "admin:garage_client_duplicates"


def _number(text: str | None) -> int:
    """An id of the query; 0, which is nobody, for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 16 else 0


class MergePages:
    """For the ModelAdmin of clients."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("duplicates/", view(self.duplicates), name="garage_client_duplicates"),
            path("merge/", view(self.merge), name="garage_client_merge"),
            path("<int:pk>/erase/", view(self.erase), name="garage_client_erase"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "title": title, "opts": Client._meta}
        return TemplateResponse(request, f"admin/garage/client/{name}.html", {**shared, **context})

    def _staff(self, request: HttpRequest) -> None:
        if not queries.works_here(request.user):
            raise PermissionDenied

    def duplicates(self, request: HttpRequest) -> HttpResponse:
        """Pairs that look like one client; a button tells two of them apart."""
        self._staff(request)
        if request.method == "POST":
            one, other = (_number(request.POST.get(name)) for name in ("one", "other"))
            services.tell_apart(actor=request.user, one_id=one, other_id=other)
            messages.success(request, _("Noted: these are two clients."))
            return HttpResponseRedirect(reverse(LIST))
        page = paginate(request, suggestions())
        return self._page(request, "duplicates", _("Files that look like one client's"), page=page)

    def merge(self, request: HttpRequest) -> HttpResponse:
        """Both files side by side and what would move; a POST merges."""
        self._staff(request)
        given = request.POST if request.method == "POST" else request.GET
        keep = queries.get_for(request.user, _number(given.get("keep")), "write")
        gone = queries.get_for(request.user, _number(given.get("gone")), "write")
        if request.method == "POST":
            try:
                services.merge_clients(actor=request.user, keep_id=keep.pk, gone_id=gone.pk)
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The two files are one now."))
                return HttpResponseRedirect(reverse("admin:garage_client_change", args=[keep.pk]))
        rows = [
            (Client._meta.get_field(name).verbose_name, _shown(keep, name), _shown(gone, name))  # type: ignore[union-attr]
            for name in FIELDS
        ]
        moves = [(pointer.label, count) for pointer, count in what_points(gone.pk)]
        return self._page(request, "merge", _("Merge two clients"), keep=keep, gone=gone, rows=rows, moves=moves)

    def erase(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says what is erased and what stays; a POST erases."""
        self._staff(request)
        client = queries.get_for(request.user, pk, "write")
        back = HttpResponseRedirect(reverse("admin:garage_client_change", args=[pk]))
        if request.method != "POST":
            return self._page(request, "erase", _("Erase the data of a client"), client=client)
        try:
            services.forget_client(actor=request.user, client_id=pk)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("What was personal on the file is erased."))
        return back


def _shown(client: Client, name: str) -> str:
    display = getattr(client, f"get_{name}_display", None)
    return str(display() if display else getattr(client, name) or "")
