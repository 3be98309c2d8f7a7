"""The staff's pages: the board of the workshop, book at the counter, move, say who came."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.payments.views import local_path
from config.lib.errors import DomainError, Invalid, NotFound
from config.lib.pages import ActionView, LoginRequired, ServiceFormView
from garage.clients.queries import require_staff
from garage.quotes import queries as quotes
from garage.quotes.models import Quote
from garage.workshop.forms_appointments import DropForm, MoveForm, StaffBookForm
from garage.workshop.models import Appointment, RepairOrder
from garage.workshop.queries import appointments as queries
from garage.workshop.queries.board import board
from garage.workshop.services import appointments as services
from garage.workshop.services import open_for_appointment
from garage.workshop.slots import moment
from garage.workshop.views_appointments import day_of, in_words

WEEK, DAY = "semaine", "jour"


def board_url(day: date, view: str = WEEK) -> str:
    return f"{reverse('garage:planning')}?jour={day:%Y-%m-%d}&vue={view}"


def _in_reach(text: str) -> date:
    """The day of the address; today where it names none, or one that nobody plans for."""
    today = timezone.localdate()
    day = day_of(text.replace("\x00", "")) or today
    return day if abs(day - today) < timedelta(days=3660) else today


@contextmanager
def said_on_time() -> Iterator[None]:
    """What the service says about `starts_at` stands on the field of the hour."""
    try:
        yield
    except Invalid as error:
        if "starts_at" in error.errors:
            error.errors["time"] = error.errors.pop("starts_at")
        raise


class PlanningPage(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        """A week, or a day by the quarter of an hour."""
        require_staff(request.user)
        day = _in_reach(request.GET.get("jour", ""))
        view = DAY if request.GET.get("vue") == DAY else WEEK
        first, count = (day, 1) if view == DAY else (day - timedelta(days=day.weekday()), 7)
        shown = board(first, count)
        step = timedelta(days=count)
        return render(request, "garage/planning/board.html", {
            "board": shown, "view": view, "day": day, "first": first, "last": shown.days[-1],
            "lines": [(queries.local(moment(line.number)), line) for line in shown.lines],
            "earlier": board_url(first - step, view), "later": board_url(first + step, view),
            "now": board_url(shown.today, view), "here": board_url(day, view),
            "as_week": board_url(day, WEEK), "as_day": board_url(day, DAY),
            "day_before": board_url(day - timedelta(days=1), view),
            "day_after": board_url(day + timedelta(days=1), view), "of_day": shown.on(day),
        })


class StaffBookPage(LoginRequired, ServiceFormView):
    """Book at the counter or on the phone: a plate, what for, when."""

    template_name = "garage/planning/book.html"
    form_class = StaffBookForm
    success_message = gettext_lazy("The appointment is booked.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            require_staff(request.user)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def quote(self) -> Quote | None:
        asked = self.request.GET.get("devis", "")
        return quotes.get_for(self.request.user, int(asked[:18])) if asked.isdecimal() else None

    def get_initial(self) -> dict[str, Any]:
        """What the address names: a day and hour of the board, a lift or mechanic, a quote."""
        wish = self.request.GET
        initial: dict[str, Any] = {
            "day": _in_reach(wish.get("jour", "")), "time": wish.get("heure", ""), "lift": wish.get("pont", ""),
            "mechanic": wish.get("mecanicien", ""), "plate": wish.get("plaque", ""),
        }
        if self.quote:
            hours, _skill = queries.quote_needs(self.quote)
            initial |= {
                "plate": self.quote.vehicle.plate, "hours": hours, "quote": self.quote.pk,
                "reason": _("Quote %(number)s") % {"number": self.quote.number},
            }
        return initial

    def perform(self, form: StaffBookForm) -> Appointment:
        data = form.cleaned_data
        vehicle = queries.vehicle_of_plate(data["plate"])
        if vehicle is None:
            raise Invalid(errors={"plate": [_("We know no vehicle in use with this plate.")]})
        with said_on_time():
            return services.book_appointment(
                actor=self.request.user, vehicle_id=vehicle.pk, starts_at=form.starts_at, hours=data["hours"],
                reason=data["reason"], lift_id=data["lift"], mechanic_id=data["mechanic"], quote_id=data["quote"],
            )

    def success(self, result: Appointment) -> HttpResponse:
        messages.success(self.request, str(self.success_message))
        return HttpResponseRedirect(board_url(queries.local(result.starts_at).date()))


class MovePage(LoginRequired, ServiceFormView):
    """Another time or place, by a form, or by a block dropped on the board (`to`), which leads back to the board."""

    template_name = "garage/planning/move.html"
    form_class = MoveForm
    success_message = gettext_lazy("The appointment is moved. Its client is told.")

    @cached_property
    def appointment(self) -> Appointment:
        return queries.get_for(self.request.user, self.kwargs["pk"], "write")

    def get_initial(self) -> dict[str, Any]:
        row = self.appointment
        start = queries.local(row.starts_at)
        return {
            "day": start.date(), "time": start.time(), "hours": row.hours.normalize(), "lift": row.lift_id,
            "mechanic": row.mechanic_id,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(appointment=self.appointment, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = self.appointment.pk  # whose right it is comes first
        if "to" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = DropForm(request.POST)
        try:
            if not form.is_valid():
                raise NotFound
            data = form.cleaned_data
            services.move_appointment(
                actor=request.user, appointment_id=pk, starts_at=data["to"], lift_id=data["lift"],
                mechanic_id=data["mechanic"],
            )
        except DomainError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, str(self.success_message))
        return HttpResponseRedirect(local_path(request, request.POST.get("next", ""), self.get_success_url()))

    def perform(self, form: MoveForm) -> Appointment:
        data = form.cleaned_data
        with said_on_time():
            return services.move_appointment(
                actor=self.request.user, appointment_id=self.appointment.pk, starts_at=form.starts_at,
                hours=data["hours"], lift_id=data["lift"], mechanic_id=data["mechanic"],
            )

    def get_success_url(self) -> str:
        return reverse("garage:appointment", args=[self.kwargs["pk"]])


class ReceiveAction(LoginRequired, ActionView):
    """The vehicle of an appointment is here: its order is opened, and on to the intake."""

    success_message = ""

    def perform(self) -> RepairOrder:
        return open_for_appointment(actor=self.request.user, appointment_id=self.kwargs["pk"])

    def back(self, result: RepairOrder | None) -> str:
        if result is None:
            return reverse("garage:appointment", args=[self.kwargs["pk"]])
        open_yet = result.status == RepairOrder.Status.OUVERT
        return reverse("garage:repair_intake" if open_yet else "garage:repair_order", args=[result.pk])


class StatusAction(LoginRequired, ActionView):
    """The vehicle is here, or nobody came."""

    def perform(self) -> Appointment:
        return services.set_status(
            actor=self.request.user, appointment_id=self.kwargs["pk"], status=self.request.POST.get("status", "")
        )

    def back(self, result: Any) -> str:
        return reverse("garage:appointment", args=[self.kwargs["pk"]])
