"""Pages of the vehicles: the list, a vehicle with its history, readings, files and links."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.users.throttles import ByVisitor
from config.lib.pages import ActionView, LoginRequired, ServiceFormView, ThrottledReading, paginate
from config.lib.private import give_out
from garage.clients import queries as clients
from garage.vehicles import queries, services
from garage.vehicles.forms import FileForm, ReadingForm, ShareForm, StaffReadingForm
from garage.vehicles.models import OdometerReading, ReadingStatus, Source, Vehicle, VehicleFile
from garage.vehicles.timeline import ANYBODY, events, history

ENTRIES = 50


def pdf_response(pdf: bytes) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="history.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


class VehiclesPage(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "garage/vehicles/list.html", {"page": paginate(request, queries.mine(request.user))})


class VehiclePage(LoginRequired, View):
    """A vehicle and its history. A former owner sees what was until he sold it, and changes nothing."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        vehicle, reader = queries.past_for(request.user, pk)
        page = paginate(request, history(vehicle, reader), ENTRIES)
        context: dict[str, Any] = {
            "vehicle": vehicle, "reader": reader, "page": page, "events": events(page.object_list),
            "former": reader.left_on is not None, "files": queries.files_for(request.user, pk),
        }
        if not context["former"]:
            context["shares"] = queries.shares_for(request.user, pk)
        return render(request, "garage/vehicles/vehicle.html", context)


class OfVehicle(LoginRequired, ServiceFormView):
    """A form about one vehicle that goes back to its page."""

    @cached_property
    def vehicle(self) -> Vehicle:
        return queries.get_for(self.request.user, self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.vehicle  # noqa: B018 - a stranger learns nothing, not even from a form that is wrong
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "vehicle": self.vehicle, "back": self.get_success_url()}

    def get_success_url(self) -> str:
        return reverse("garage:vehicle", args=[self.vehicle.pk])


class ReadingPage(OfVehicle):
    template_name = "garage/vehicles/reading.html"

    def get_form_class(self) -> type[ReadingForm]:
        return StaffReadingForm if clients.works_here(self.request.user) else ReadingForm

    def perform(self, form: ReadingForm) -> OdometerReading:
        values = {"source": Source.CLIENT, **form.cleaned_data}
        return services.record_reading(actor=self.request.user, vehicle_id=self.vehicle.pk, **values)

    def success(self, result: OdometerReading) -> HttpResponse:
        if result.status == ReadingStatus.RETENUE:
            messages.success(self.request, _("The reading is kept. Thank you."))
        else:
            text = _("We have kept this reading aside: %(reason)s The garage looks at it.")
            messages.warning(self.request, text % {"reason": result.refusal})
        return super().success(result)


class FilePage(OfVehicle):
    template_name = "garage/vehicles/file.html"
    form_class = FileForm
    success_message = _("The file is kept with the vehicle.")

    def perform(self, form: FileForm) -> VehicleFile:
        data = form.cleaned_data
        return services.add_file(
            actor=self.request.user, vehicle_id=self.vehicle.pk, upload=data["file"], kind=data["kind"],
            name=data["name"],
        )


class SharePage(OfVehicle):
    template_name = "garage/vehicles/share.html"
    form_class = ShareForm

    def perform(self, form: ShareForm) -> str:
        _share, token = services.share_history(
            actor=self.request.user, vehicle_id=self.vehicle.pk, **form.cleaned_data
        )
        return self.request.build_absolute_uri(reverse("garage:shared_history", args=[token]))

    def success(self, result: str) -> HttpResponse:
        """The link is shown once: the page that made it is the only one that knows it."""
        response = self.render_to_response(self.get_context_data(form=ShareForm(), link=result))
        response["Cache-Control"] = "no-store"
        return response


class FileGivenOut(LoginRequired, View):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        row = queries.file_for(request.user, pk)
        return give_out(row.file, content_type=row.content_type, filename=row.name)


class RemoveFile(LoginRequired, ActionView):
    success_message = _("The file is erased.")

    def perform(self) -> int:
        row = queries.file_for(self.request.user, self.kwargs["pk"], "remove")
        services.remove_file(actor=self.request.user, file_id=row.pk)
        return row.vehicle_id

    def back(self, result: int) -> str:
        return reverse("garage:vehicle", args=[result])


class RevokeShare(LoginRequired, ActionView):
    success_message = _("The link opens nothing any more.")

    def perform(self) -> int:
        return services.revoke_share(actor=self.request.user, share_id=self.kwargs["pk"]).vehicle_id

    def back(self, result: int) -> str:
        return reverse("garage:vehicle", args=[result]) + "#shares"


class HistoryPdf(LoginRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return pdf_response(services.history_pdf(actor=request.user, vehicle_id=pk))


def _secret(response: HttpResponse) -> HttpResponse:
    """A page whose address is the key."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response


class SharedHistory(ThrottledReading, View):
    """A vehicle's history for whoever has the link: no name, no address, no amount."""

    throttle_classes = (ByVisitor,)
    throttle_scope = "shared_pages"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        share = services.open_share(token=token)
        page = paginate(request, history(share.vehicle, ANYBODY), ENTRIES)
        context = {"vehicle": share.vehicle, "share": share, "token": token, "page": page}
        return _secret(render(request, "garage/vehicles/shared.html", {**context, "events": events(page.object_list)}))


class SharedPdf(ThrottledReading, View):
    """The same as a file, which is made anew each time and so asked for less often."""

    throttle_classes = (ByVisitor,)
    throttle_scope = "shared_papers"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _secret(pdf_response(services.shared_pdf(token=token)))
