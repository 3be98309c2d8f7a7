"""Pages of a client: book in four short steps, see and cancel what is booked, keep it in one's own calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views import View

from accounts.users.throttles import ByWriter
from config.lib.errors import DomainError
from config.lib.pages import ActionView, LoginRequired, ServiceFormView, ThrottledPage, paginate
from config.lib.templatetags.ui import duration, money
from garage.clients import queries as clients
from garage.quotes.models import Package, Quote
from garage.vehicles import queries as vehicles
from garage.vehicles.models import Vehicle
from garage.workshop import calendar_feed, rules
from garage.workshop.forms_appointments import IN_WORDS, OwnVehicleForm, VehicleStep, WorkStep
from garage.workshop.models import Appointment
from garage.workshop.queries import appointments as queries
from garage.workshop.services import appointments as services
from garage.workshop.services.own_vehicles import register_own_vehicle

DAYS_LOOKED_THROUGH = 42
DAYS_SHOWN = 6


def in_words(error: DomainError) -> str:
    """A refusal as one message: what is wrong with the fields, else the refusal itself."""
    return " ".join(str(text) for texts in error.errors.values() for text in texts) or str(error)


def takes(hours: Decimal) -> str:
    return _("about %(time)s") % {"time": duration(float(hours) * 3600)}


@dataclass(frozen=True)
class Work:
    """What the client wants done: its code in the address, its name, hours and skill."""

    code: str
    name: str
    hours: Decimal
    skill: str = ""
    quote: Quote | None = None

    @property
    def about(self) -> str:
        """What a quote is for, as its number says little; and how long it takes."""
        lines = [line.description for line in self.quote.lines.all()][:2] if self.quote else []
        return " · ".join([*lines, takes(self.hours)])

    def reason(self, words: str) -> str:
        return " · ".join(part for part in (self.name, words) if part)


class BookPage(LoginRequired, View):
    """Everything chosen so far stands in the address, so that every step can be left, kept and come back to. The
    first question without an answer is asked; the last step is a POST."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.vehicles:
            return HttpResponseRedirect(reverse("garage:own_vehicle"))
        if self.vehicle is None:
            return self.ask_vehicle()
        if self.work is None:
            return self.ask_work()
        if self.start is None:
            return self.ask_time(self.vehicle, self.work)
        return self.step("confirm", starts_at=self.start, hours=takes(self.work.hours))

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.vehicle is None or self.work is None or self.start is None:
            return HttpResponseRedirect(self.address())
        try:
            appointment = services.book_appointment(
                actor=request.user, vehicle_id=self.vehicle.pk, starts_at=self.start, hours=self.work.hours,
                skill=self.work.skill, quote_id=self.work.quote and self.work.quote.pk,
                reason=self.work.reason(self.words),
            )
        except DomainError as error:
            messages.error(request, in_words(error))
            return HttpResponseRedirect(self.address("vehicle", "travail", "mots"))
        messages.success(request, _("Your appointment is booked."))
        return HttpResponseRedirect(reverse("garage:appointment", args=[appointment.pk]))

    # --- What is chosen ---------------------------------------------------------------------------------------
    def said(self, name: str) -> str:
        wish = self.request.POST if self.request.method == "POST" else self.request.GET
        return wish.get(name, "").replace("\x00", "").strip()

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        return list(vehicles.mine(self.request.user))

    @cached_property
    def vehicle(self) -> Vehicle | None:
        return next((row for row in self.vehicles if str(row.pk) == self.said("vehicle")), None)

    @property
    def words(self) -> str:
        return self.said("mots")[:200]

    @cached_property
    def works(self) -> list[Work]:
        """What can be booked for this vehicle without a word of the garage's."""
        found = [
            Work(f"devis-{row.pk}", _("Quote %(number)s") % {"number": row.number}, *queries.quote_needs(row), row)
            for row in self.quotes
        ]
        for package in self.packages:
            hours, skill = queries.package_needs(package)
            found.append(Work(f"forfait-{package.pk}", package.name, hours or rules.WORDS_ALONE, skill))
        found.append(Work(IN_WORDS, "", rules.WORDS_ALONE))
        return [work for work in found if work.hours <= rules.CLIENT_MOST_HOURS]

    @cached_property
    def packages(self) -> list[Package]:
        return queries.packages()

    @cached_property
    def quotes(self) -> list[Quote]:
        return queries.bookable_quotes(self.request.user, self.vehicle)

    @cached_property
    def work(self) -> Work | None:
        found = next((work for work in self.works if work.code == self.said("travail")), None)
        return None if found and found.code == IN_WORDS and not self.words else found

    @cached_property
    def start(self) -> datetime | None:
        return moment_of(self.said("debut"))

    def address(self, *kept: str, **more: str) -> str:
        """This page with some of what is chosen, and with more."""
        query = {name: self.said(name) for name in kept if self.said(name)} | more
        return reverse("garage:book") + (f"?{urlencode(query)}" if query else "")

    # --- The steps --------------------------------------------------------------------------------------------
    def step(self, name: str, status: int = 200, **context: Any) -> HttpResponse:
        names = ["vehicle", "work", "time", "confirm"]
        labels = [_("Vehicle"), _("Work"), _("Day and time"), _("Confirm")]
        back = [
            reverse("garage:book"), self.address("vehicle"), self.address("vehicle", "travail", "mots"), "",
        ]
        at = names.index(name)
        steps = [
            {"label": label, "url": url, "state": "done" if n < at else "current" if n == at else "next"}
            for n, (label, url) in enumerate(zip(labels, back, strict=True))
        ]
        context |= {
            "steps": steps, "vehicle": self.vehicle, "work": self.work, "words": self.words,
            "place": calendar_feed.place(), "phone": settings.SHOP_PHONE, "cancel_hours": settings.GARAGE_CANCEL_HOURS,
        }
        return render(self.request, f"garage/appointments/book_{name}.html", context, status=status)

    def ask_vehicle(self) -> HttpResponse:
        asked = bool(self.said("vehicle"))
        form = VehicleStep(
            {"vehicle": self.said("vehicle")} if asked else None, vehicles=self.vehicles,
            initial={"vehicle": str(self.vehicles[0].pk)},
        )
        about = {str(row.pk): {"icon": "wrench", "text": f"{row.make} {row.model}"} for row in self.vehicles}
        return self.step("vehicle", 422 if asked else 200, form=form, about=about)

    def ask_work(self) -> HttpResponse:
        asked = "travail" in self.request.GET or "mots" in self.request.GET
        codes = {work.code for work in self.works}
        prices = {f"forfait-{row.pk}": row.price for row in self.packages}
        prices |= {f"devis-{row.pk}": row.total for row in self.quotes}
        form = WorkStep(
            {"travail": self.said("travail"), "mots": self.words} if asked else None,
            packages=[row for row in self.packages if f"forfait-{row.pk}" in codes],
            quotes=[row for row in self.quotes if f"devis-{row.pk}" in codes],
        )
        about = {work.code: {"text": work.about, "side": money(prices.get(work.code))} for work in self.works}
        return self.step("work", 422 if asked else 200, form=form, about=about)

    def ask_time(self, vehicle: Vehicle, work: Work) -> HttpResponse:
        now, today = timezone.now(), timezone.localdate()
        last = today + rules.CLIENT_AHEAD
        first = min(max(day_of(self.said("jour")) or today, today), last)
        look = min(DAYS_LOOKED_THROUGH, (last - first).days)
        found = queries.free_slots(
            hours=work.hours, skill=work.skill, from_day=first, days=look, earliest=now + rules.CLIENT_LEAD
        )
        kept = ("vehicle", "travail", "mots")
        days = [
            (day, [(slot, self.address(*kept, debut=slot.starts_at.isoformat())) for slot in of_day])
            for day, of_day in groupby(found, key=lambda slot: queries.local(slot.starts_at).date())
        ]
        shown = days[:DAYS_SHOWN]
        following = days[DAYS_SHOWN][0] if len(days) > DAYS_SHOWN else first + timedelta(days=look)
        return self.step(
            "time", days=shown, first=first, hours=takes(work.hours),
            later=self.address(*kept, jour=following.isoformat()) if following < last else "",
            earliest=self.address(*kept) if first > today else "",
            until=first + timedelta(days=look),
        )


def moment_of(text: str) -> datetime | None:
    """A moment with its offset, as the page wrote it into a link."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def day_of(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


class OwnVehiclePage(LoginRequired, ThrottledPage, ServiceFormView):
    """Enter one's own vehicle on the way to an appointment. Few tries a minute: it tells which plates are known."""

    template_name = "garage/appointments/own_vehicle.html"
    form_class = OwnVehicleForm
    throttle_classes = (ByWriter,)
    throttle_scope = "invitations"

    def get_initial(self) -> dict[str, Any]:
        return {"phone": self.request.user.phone}  # type: ignore[union-attr]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(first=not vehicles.mine(self.request.user).exists(), **kwargs)

    def perform(self, form: OwnVehicleForm) -> Vehicle:
        return register_own_vehicle(actor=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def success(self, result: Vehicle) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('garage:book')}?vehicle={result.pk}")


class AppointmentsPage(LoginRequired, View):
    """My appointments: those to come first, then the earlier ones."""

    def get(self, request: HttpRequest) -> HttpResponse:
        mine, coming = queries.mine(request.user), list(queries.to_come(queries.mine(request.user)))
        page = paginate(request, mine.exclude(pk__in=[row.pk for row in coming]))
        return render(request, "garage/appointments/list.html", {"coming": coming, "page": page})


class AppointmentPage(LoginRequired, View):
    """One appointment, for its client and for staff."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        appointment = queries.get_for(request.user, pk)
        staff = clients.works_here(request.user)
        return render(request, "garage/appointments/detail.html", {
            "appointment": appointment, "staff": staff, "may_cancel": queries.may_cancel(request.user, appointment),
            "to_come": appointment.status == Appointment.Status.CONFIRME,
            "place": calendar_feed.place(), "phone": settings.SHOP_PHONE, "takes": takes(appointment.hours),
            "order": getattr(appointment, "repair_order", None) if staff else None,
            "begun": appointment.starts_at <= timezone.now(), "events": timeline(appointment, staff),
        })


def timeline(appointment: Appointment, staff: bool) -> list[dict[str, Any]]:
    """What happened, for components/_timeline.html; who did it is for staff."""
    stops = []
    for change in appointment.history.select_related("by"):
        planned_anew = change.from_status == change.to_status
        if planned_anew and not change.reason and not staff:
            continue  # another lift or mechanic at the same time is no news to the client
        if planned_anew:
            title = _("Moved") if change.reason else pgettext("appointment", "Changed")
        else:
            title = change.word_of(change.to_status) if change.from_status else _("Booked")
        stops.append({
            "at": change.at, "title": title, "detail": change.reason, "state":
            "stop" if change.to_status in ("ANNULE", "ABSENT") else "done",
            "by": change.by.get_full_name() if staff and change.by else "",
        })
    return stops


class CancelAppointment(LoginRequired, ActionView):
    success_message = gettext_lazy("The appointment is cancelled.")

    def perform(self) -> Appointment:
        return services.cancel_appointment(actor=self.request.user, appointment_id=self.kwargs["pk"])

    def back(self, result: Any) -> str:
        return reverse("garage:appointment", args=[self.kwargs["pk"]])


def calendar_file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=calendar_feed.CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response


class OwnCalendarFile(LoginRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One appointment to keep in one's own calendar."""
        appointment = queries.get_for(request.user, pk)
        changes = appointment.history.count()
        return calendar_file(calendar_feed.own_appointment(appointment, changes), f"garage-{pk}.ics")


class MechanicFeed(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """A mechanic's appointments of the last month and to come, for whoever knows the address."""
        mechanic = queries.mechanic_for_token(token)
        if mechanic is None:
            raise Http404
        since = timezone.now() - timedelta(days=31)
        return calendar_file(calendar_feed.mechanic_feed(mechanic, queries.feed_of(mechanic, since)), "agenda.ics")
