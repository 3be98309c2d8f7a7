"""Doing things to a repair order: intake, checklist, extra work, handover, and the buttons of its page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from config.lib.errors import DomainError, Invalid, NotFound
from config.lib.pages import ActionView, ServiceFormView
from garage.clients.pages import StaffPage
from garage.quotes.models import Quote
from garage.quotes.strokes import svg_path
from garage.workshop import checklists, services, shapes_repairs
from garage.workshop import forms_repairs as forms
from garage.workshop.models import Inspection, RepairOrder
from garage.workshop.queries import repairs as queries
from shop.catalogue.models import Product


class OnOrder(StaffPage, ServiceFormView):
    """A page with one form about the order named in its address."""

    @cached_property
    def order(self) -> RepairOrder:
        return queries.detailed(self.request.user, self.kwargs["pk"], "write")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "order": self.order}

    def get_success_url(self) -> str:
        return reverse("garage:repair_order", args=[self.kwargs["pk"]])


class IntakePage(OnOrder):
    """The vehicle comes in, on a tablet at the counter. Photos that came with a form that was refused are kept."""

    template_name = "garage/workshop/intake.html"
    form_class = forms.IntakeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.order.vehicle.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kind = self.order.vehicle.kind
        return context | {
            "sketch": shapes_repairs.sketch(self.order), "kept": list(self.order.photos.all()),
            "drawn": getattr(context["form"], "cleaned_data", {}).get("signature"),
            "kinds": list(checklists.DAMAGE.items()),
            "views": [(code, checklists.VIEWS[code]) for code in checklists.VIEWS_OF[kind]],
        }

    def perform(self, form: forms.IntakeForm) -> RepairOrder:
        data = form.cleaned_data
        return services.receive_vehicle(
            actor=self.request.user, order_id=self.kwargs["pk"], odometer_km=data["odometer_km"], fuel=data["fuel"],
            damage=form.marks(), belongings=data["belongings"], signed_by=data["signed_by"], strokes=data["signature"],
            photos=data["photos"],
        )

    def form_invalid(self, form: forms.IntakeForm) -> HttpResponse:
        photos = form.cleaned_data.get("photos") or []
        if photos and "photos" not in form.errors and self.order.status == RepairOrder.Status.OUVERT:
            try:
                for photo in photos:
                    photo.seek(0)
                services.add_photos(actor=self.request.user, order_id=self.kwargs["pk"], photos=photos)
                del self.order
            except DomainError as error:
                form.add_error("photos", str(error))
        return super().form_invalid(form)

    def success(self, result: RepairOrder) -> HttpResponse:
        messages.success(self.request, gettext("The vehicle is received."))
        for reading in queries.set_aside(result):
            messages.warning(self.request, gettext("The reading of %(km)s km was set aside: %(reason)s") % {
                "km": reading.km, "reason": reading.get_reason_code_display(),
            })
        return super().success(result)


class ReceiptPage(StaffPage, View):
    """The intake on paper: the browser prints it, the client takes it along."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = queries.detailed(request.user, pk, "write")
        if order.received_at is None:
            raise NotFound
        return render(request, "garage/workshop/receipt.html", {
            "order": order, "sketch": shapes_repairs.sketch(order), "marks": shapes_repairs.marks(order),
            "signature": svg_path(order.intake_strokes), "photos": order.photos.all(),
        })  # fmt: skip


class ChecklistPage(StaffPage, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = queries.detailed(request.user, pk, "write")
        points = list(order.inspections.all())
        return render(request, "garage/workshop/checklist.html", {
            "order": order, "points": points, "progress": shapes_repairs.progress(points),
            "states": [s for s in Inspection.State.choices if s[0] != Inspection.State.NON_VU],
            "here": order.status in RepairOrder.HERE,
        })  # fmt: skip


class ExtraWorkPage(OnOrder):
    template_name = "garage/workshop/extra_work.html"
    form_class = forms.ExtraWorkForm
    success_message = _("This is the draft of the extra work. The repair waits once it is sent.")

    def get_form_kwargs(self) -> dict[str, Any]:
        found = (Inspection.State.ROUGE, Inspection.State.ORANGE)
        points = [point for point in self.order.inspections.all() if point.state in found]
        return {**super().get_form_kwargs(), "points": points}

    def perform(self, form: forms.ExtraWorkForm) -> Quote:
        return services.propose_extra_work(
            actor=self.request.user, order_id=self.kwargs["pk"], lines=form.lines(),
            message=form.cleaned_data["message"],
        )

    def success(self, result: Quote) -> HttpResponse:
        """On to the editor, where parts are added and the quote is sent."""
        self.quote = result
        return super().success(result)

    def get_success_url(self) -> str:
        return reverse("garage:quote_edit", args=[self.quote.pk])


class HandoverPage(OnOrder):
    template_name = "garage/workshop/handover.html"
    form_class = forms.HandoverForm
    success_message = _("The vehicle is handed over.")

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.order.client.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "paid": not queries.owed(self.order)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "owed": queries.owed(self.order)}

    def perform(self, form: forms.HandoverForm) -> RepairOrder:
        return services.hand_over(actor=self.request.user, order_id=self.kwargs["pk"], **form.cleaned_data)


# --- Buttons ------------------------------------------------------------------------------------------------------
class Button(StaffPage, ActionView):
    """A POST with few fields, named by the last word of its address. What is wrong is said in the message."""

    VERBS: dict[str, Any] = {}

    def act(self) -> Any:
        verb = self.VERBS.get(self.kwargs["verb"])
        if verb is None:
            raise NotFound
        return verb(self)

    def perform(self) -> Any:
        try:
            return self.act()
        except Invalid as error:
            raise Invalid(" ".join(str(text) for texts in error.errors.values() for text in texts) or None) from error

    def read(self, form: Any) -> dict[str, Any]:
        """The fields of a form, or Invalid with what it says."""
        if not form.is_valid():
            raise Invalid(errors={name: list(texts) for name, texts in form.errors.items()})
        return form.cleaned_data

    def quantity(self) -> Any:
        return self.read(forms.QuantityForm(self.request.POST))["quantity"]

    def back(self, result: Any) -> str:
        if self.request.POST.get("back") == "workshop":
            return reverse("garage:workshop")
        place = self.request.POST.get("at", "")
        page = reverse("garage:repair_order", args=[self.order_id()])
        return f"{page}#{place}" if place in ("tasks", "parts", "photos") else page

    def order_id(self) -> int:
        return self.kwargs["pk"]

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "order_id": self.kwargs["pk"]}


class OrderButton(Button):
    def _add_part(self) -> Any:
        data = self.read(forms.ExtraPartForm(self.request.POST))
        product = Product.objects.filter(sku__iexact=data["sku"]).first() if data["sku"] else None
        if data["sku"] and product is None:
            raise Invalid(errors={"sku": [gettext("No product has this SKU.")]})
        return services.add_part(
            **self.who, quantity=data["quantity"], product_id=product.pk if product else None, description=data["part"]
        )

    VERBS = {
        "attendre-pieces": lambda self: services.wait_for_parts(**self.who),
        "reprendre": lambda self: services.take_up(**self.who),
        "pret": lambda self: services.mark_ready(**self.who, **self.read(forms.ReadyForm(self.request.POST))),
        "annuler": lambda self: services.cancel_order(**self.who, **self.read(forms.ReasonForm(self.request.POST))),
        "promettre": lambda self: services.promise(**self.who, **self.read(forms.PromiseForm(self.request.POST))),
        "tache": lambda self: services.add_task(**self.who, **self.read(forms.TaskForm(self.request.POST))),
        "piece": _add_part,
        "mecanicien": lambda self: services.assign(
            **self.who, mechanic_id=self.read(forms.MechanicForm(self.request.POST))["mechanic"]
        ),
        "photos": lambda self: services.add_photos(
            **self.who, **self.read(forms.PhotosForm(self.request.POST, self.request.FILES))
        ),
    }


class TaskButton(Button):
    @cached_property
    def task(self) -> Any:
        return queries.child_for(queries.RepairTask, self.request.user, self.kwargs["pk"])

    def order_id(self) -> int:
        return self.task.order_id

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "task_id": self.task.pk}

    def _start(self) -> Any:
        chosen = self.read(forms.MechanicForm(self.request.POST))["mechanic"]
        return services.start_clock(**self.who, mechanic_id=chosen)

    VERBS = {
        "demarrer": _start,
        "terminer": lambda self: services.finish_task(**self.who),
        "rayer": lambda self: services.strike_task(**self.who, **self.read(forms.ReasonForm(self.request.POST))),
        "rouvrir": lambda self: services.reopen_task(**self.who),
    }


class PartButton(Button):
    @cached_property
    def part(self) -> Any:
        return queries.child_for(queries.RepairPart, self.request.user, self.kwargs["pk"])

    def order_id(self) -> int:
        return self.part.order_id

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "part_id": self.part.pk}

    def back(self, result: Any) -> str:
        return reverse("garage:parts_to_order") if self.request.POST.get("back") == "list" else super().back(result)

    VERBS = {
        "sortir": lambda self: services.issue_part(**self.who, quantity=self.quantity()),
        "rendre": lambda self: services.return_part(**self.who, quantity=self.quantity()),
        "recevoir": lambda self: services.receive_part(**self.who, quantity=self.quantity()),
        "abandonner": lambda self: services.drop_part(**self.who),
    }


class PointButton(Button):
    """One point of the checklist: its state, word and photos."""

    @cached_property
    def point(self) -> Any:
        return queries.child_for(queries.Inspection, self.request.user, self.kwargs["pk"])

    def act(self) -> Any:
        data = self.read(forms.PointForm(self.request.POST, self.request.FILES))
        return services.note_point(
            actor=self.request.user, point_id=self.point.pk, state=data["state"], note=data["note"],
            photos=data["photos"],
        )

    def back(self, result: Any) -> str:
        return f"{reverse('garage:repair_checklist', args=[self.point.order_id])}#point-{self.point.pk}"


class StopClock(StaffPage, ActionView):
    success_message = _("Your clock is stopped.")

    def perform(self) -> Any:
        return services.stop_clock(actor=self.request.user)

    def back(self, result: Any) -> str:
        return reverse("garage:workshop")


class CorrectTime(Button):
    @cached_property
    def entry(self) -> Any:
        return queries.entry_for(self.request.user, self.kwargs["pk"])

    def order_id(self) -> int:
        return self.entry.task.order_id

    def act(self) -> Any:
        return services.correct_time(
            actor=self.request.user, entry_id=self.entry.pk, **self.read(forms.TimeForm(self.request.POST))
        )
