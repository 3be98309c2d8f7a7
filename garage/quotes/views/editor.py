"""Pages /garage/devis/nouveau/ and /garage/devis/<id>/: the staff's quote editor."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from config.lib.errors import DomainError
from config.lib.pages import add_domain_error
from garage.clients import queries as clients
from garage.clients.pages import StaffPage
from garage.quotes import offers, queries, services
from garage.quotes.forms import NewcomerForm, place
from garage.quotes.models import Quote
from garage.quotes.rules import QuoteChanged
from garage.quotes.sheet import Sheet
from garage.quotes.views.lookup import vehicle_shown
from garage.vehicles import queries as vehicles

# Buttons of a line, each with its drawing and how that is turned; the keys do the same.
TOOLS = [
    ("up", "chevron-down", "icon--up", gettext_lazy("Move the line up")),
    ("down", "chevron-down", "", gettext_lazy("Move the line down")),
    ("copy", "plus", "", gettext_lazy("Copy the line")),
    ("remove", "trash", "", gettext_lazy("Remove the line")),
]


class EditorPage(StaffPage, View):
    """One page for a new quote and for one that exists. `action` says which button was pressed:

    update  add what stands in the entry field, look for a vehicle, or only count again; nothing is written
    save    write it down
    send    write it down and go on to sending
    keep    write it down as a new quote, after somebody else wrote first
    replace write it over what somebody else wrote; `fresh` says what one has read of theirs
    """

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        if pk is None:
            return self._page(request, Sheet.new(self._asked_vehicle(request)), None)
        quote = self._quote(request, pk)
        if quote.status not in Quote.EDITABLE:
            return render(request, "garage/quotes/closed.html", {"quote": quote, "totals": queries.totals(quote)})
        return self._page(request, Sheet.of(quote), quote)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        quote = None if pk is None else self._quote(request, pk)
        action = request.POST.get("action", "update")
        if action == "update":
            return self._update(request, quote)
        data = request.POST.copy()
        if action == "replace":
            data["seen"] = data.get("fresh", "")
        sheet = Sheet.posted(data, actor=request.user)
        if sheet.is_valid() and self._has_vehicle(sheet):
            try:
                saved = self._save(request, sheet, None if action == "keep" else quote)
            except QuoteChanged:
                return self._changed(request, quote)
            except DomainError as error:
                if error.status in (403, 404):
                    raise
                place(error, sheet.form, sheet.lines)
            else:
                messages.success(request, _("Saved."))
                page = "garage:quote_send" if action == "send" else "garage:quote_edit"
                return HttpResponseRedirect(reverse(page, args=[saved.pk]))
        sheet.count(sheet.discount())
        return self._page(request, sheet, quote, status=422)

    def _save(self, request: HttpRequest, sheet: Sheet, quote: Quote | None) -> Quote:
        """Both doors of a quote call the same services. A page without `seen` has nothing before its eyes."""
        assert sheet.vehicle is not None  # _has_vehicle asked
        values: dict[str, Any] = {
            "client_id": sheet.vehicle.client_id, "vehicle_id": sheet.vehicle.pk, "lines": sheet.values(),
            **sheet.form.values(),
        }  # fmt: skip
        if quote is None:
            return services.create_quote(actor=request.user, **values)
        return services.update_quote(
            actor=request.user, quote_id=quote.pk, seen=sheet.form.cleaned_data["seen"], **values
        )

    def _update(self, request: HttpRequest, quote: Quote | None) -> HttpResponse:
        """What a script does in place, for a browser without one."""
        data = request.POST.copy()
        who, typed = data.get("who", "").strip(), data.get("entry", "").strip()
        data["who"], data["entry"] = "", ""
        found = offers.find_vehicles(request.user, who) if who else None
        if found and len(found) == 1:
            data["vehicle"] = str(found[0].pk)
        elif who:
            data["who"] = who
        sheet = Sheet.posted(data, actor=request.user)
        sheet.found = found if found is None or len(found) != 1 else None
        if typed:
            sheet.with_lines(offers.find(typed)[0].lines)
        sheet.count(sheet.discount())
        return self._page(request, sheet, quote)

    def _changed(self, request: HttpRequest, quote: Quote | None) -> HttpResponse:
        """Somebody else wrote first: what was typed stays on the page, and one chooses what becomes of it."""
        assert quote is not None  # a new quote has no other writer
        theirs = self._quote(request, quote.pk)
        sheet = Sheet.posted(request.POST, actor=request.user)
        sheet.count(sheet.discount())
        return self._page(request, sheet, theirs, status=409, theirs=theirs)

    def _has_vehicle(self, sheet: Sheet) -> bool:
        if sheet.vehicle is None:
            sheet.form.add_error("who", _("Choose the client's vehicle."))
        return sheet.vehicle is not None

    def _quote(self, request: HttpRequest, pk: int) -> Quote:
        return queries.get_for(request.user, pk, "write")

    def _asked_vehicle(self, request: HttpRequest) -> Any:
        asked = request.GET.get("vehicle", "")
        known = asked.isascii() and asked.isdecimal() and len(asked) < 10
        return vehicles.get_for(request.user, asked) if known else None

    def _page(
        self, request: HttpRequest, sheet: Sheet, quote: Quote | None, *, status: int = 200, theirs: Quote | None = None
    ) -> HttpResponse:
        context = {
            "sheet": sheet, "form": sheet.form, "quote": quote, "theirs": theirs, "totals": sheet.totals,
            "newcomer": NewcomerForm(auto_id="new-%s"), "tools": TOOLS,
        }
        return render(request, "garage/quotes/editor.html", context, status=status)


class NewcomerPage(StaffPage, View):
    """A vehicle that the garage does not know yet: a page of its own, and a dialog of the editor."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = NewcomerForm(auto_id="new-%s", initial={"client": request.GET.get("client") or None})
        return self._page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """A script that asks for JSON gets the vehicle, or the errors by field."""
        form = NewcomerForm(request.POST, auto_id="new-%s")
        in_place = request.headers.get("Accept", "") == "application/json"
        if form.is_valid():
            try:
                vehicle = services.register_vehicle(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                if error.status in (403, 404):
                    raise
                add_domain_error(form, error)
            else:
                if in_place:
                    return JsonResponse(vehicle_shown(vehicle))
                page = f"{reverse('garage:quote_new')}?vehicle={vehicle.pk}"
                return HttpResponseRedirect(page)
        if in_place:
            return JsonResponse({"errors": form.errors}, status=422)
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: NewcomerForm, status: int = 200) -> HttpResponse:
        known = form["client"].value()
        client = clients.visible_to(request.user).filter(pk=known).first() if str(known).isdecimal() else None
        return render(request, "garage/quotes/newcomer.html", {"form": form, "client": client}, status=status)
