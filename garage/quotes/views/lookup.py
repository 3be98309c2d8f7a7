"""What the script of the quote editor asks while one types: totals, things to put on the quote, vehicles. JSON, as
plain values and ready to show; nothing here writes."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from config.lib.parsing import load_json
from config.lib.templatetags.ui import money
from garage.clients.pages import StaffPage
from garage.quotes import offers
from garage.quotes.forms import QuoteForm, row_of, told_rows
from garage.quotes.sheet import Sheet
from garage.vehicles.models import Vehicle
from garage.vehicles.rules import BadPlate, normal_plate


class CalcView(StaffPage, View):
    """POST {lines: [{kind, quantity, …}], discount_percent} → what each line and the whole come to. A line that cannot
    be counted has `errors` by field, and the whole has no totals until it is mended."""

    def post(self, request: HttpRequest) -> JsonResponse:
        try:
            body = load_json(request.body.decode())
            rows = told_rows(body.get("lines", []) if isinstance(body, dict) else None)
        except ValueError:
            return JsonResponse({"detail": _("This is not valid JSON.")}, status=400)
        form = QuoteForm({"discount_percent": str(body.get("discount_percent", ""))})
        sheet = Sheet(form, rows)
        sheet.count(sheet.discount())
        return JsonResponse({
            "lines": [
                {
                    "total": line.total, "shown": money(line.total), "note": line.note, "errors": line.errors,
                    "wrong": " ".join(line.wrong()),
                }
                for line in sheet.lines
            ],
            "errors": {
                name: texts for name, texts in form.errors.items() if name in ("discount_percent", "__all__")
            },
            **_sums(sheet),
            "html": render_to_string("garage/quotes/_totals.html", {"totals": sheet.totals}, request),
        })  # fmt: skip


def _sums(sheet: Sheet) -> dict[str, Any]:
    sums = sheet.totals
    if sums is None:
        return {"total_excl_vat": None, "vat": None, "total": None, "vat_lines": []}
    return {
        "total_excl_vat": sums.net, "vat": sums.vat, "total": sums.total,
        "vat_lines": [
            {"rate": line.rate, "net": line.net, "vat": line.vat, "gross": line.gross} for line in sums.vat_lines
        ],
    }  # fmt: skip


class OffersView(StaffPage, View):
    """GET ?q= → parts, labour and packages that it may mean; each with the rows that it puts on the quote."""

    def get(self, request: HttpRequest) -> JsonResponse:
        found = offers.find(request.GET.get("q", ""))
        return JsonResponse({
            "results": [
                {"label": offer.label, "detail": offer.detail, "lines": [row_of(line) for line in offer.lines]}
                for offer in found
            ]
        })  # fmt: skip


def vehicle_shown(vehicle: Vehicle) -> dict[str, Any]:
    client = vehicle.client
    contact = " · ".join(text for text in (client.name, str(client.phone), client.city) if text)
    return {
        "label": f"{vehicle.plate} · {vehicle.make} {vehicle.model}", "detail": contact, "vehicle": vehicle.pk,
        "odometer_km": vehicle.odometer_km,
    }


class VehiclesFoundView(StaffPage, View):
    """GET ?q= → vehicles in use, then a new one: of a client among them, or of somebody new."""

    def get(self, request: HttpRequest) -> JsonResponse:
        typed = " ".join(request.GET.get("q", "").split())[:120]
        found = offers.find_vehicles(request.user, typed) if typed else []
        page = reverse("garage:quote_newcomer")
        names = {vehicle.client_id: vehicle.client.name for vehicle in found[:2]}
        others = [
            {"label": _("Another vehicle of %(name)s") % {"name": name}, "detail": "", "client": pk,
             "url": f"{page}?client={pk}"}
            for pk, name in names.items()
        ]  # fmt: skip
        new = {"label": _("New client and vehicle"), "detail": typed, "client": "", "url": page, **_told_by(typed)}
        return JsonResponse({"results": [*map(vehicle_shown, found), *others, new]})


def _told_by(typed: str) -> dict[str, str]:
    """What was typed goes where it belongs in the form of a new vehicle."""
    try:
        return {"plate": normal_plate(typed)}
    except BadPlate:
        return {"name": typed}
