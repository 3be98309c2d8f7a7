"""Sending a parcel, one question at a time. The answers wait in the session; nothing is written before the last."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.users.models import Address
from config.lib.errors import DomainError, Invalid
from config.lib.pages import LoginRequired, ServiceFormView
from config.lib.templatetags.ui import money
from delivery.deliveries import services
from delivery.deliveries.forms import OPEN_FOR, OfferForm, ParcelForm, PlaceForm
from delivery.deliveries.models import Award, Delivery, Mode, Size
from delivery.deliveries.rules import Estimate
from delivery.places.geocoding import resolve_places
from delivery.places.rules import one_line

DRAFT = "parcel_draft"
STEPS = {
    "depart": _("From"), "arrivee": _("To"), "colis": _("Parcel"), "prix": _("Price"), "verifier": _("Check"),
}
ORDER = list(STEPS)
QUESTIONS = {
    "depart": _("Where does the parcel wait?"), "arrivee": _("Where does it go?"),
    "colis": _("What is it?"), "prix": _("What may it cost?"),
}


class WizardStep(LoginRequired, ServiceFormView):
    """One question. A question whose predecessors are not answered leads back to the first open one."""

    template_name = "delivery/deliveries/send.html"
    step: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.step = kwargs.get("step", "depart")
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if self.step not in STEPS:
            return redirect("delivery:delivery_new")
        for earlier in ORDER[: ORDER.index(self.step)]:
            if earlier not in self.draft:
                return redirect("delivery:delivery_new_step", step=earlier)
        return super().dispatch(request, *args, **kwargs)

    @property
    def draft(self) -> dict[str, Any]:
        return self.request.session.setdefault(DRAFT, {"key": uuid4().hex})

    def keep(self, answer: Any) -> None:
        self.draft[self.step] = answer
        self.request.session.modified = True

    def get_form_class(self) -> Any:
        return {"depart": PlaceForm, "arrivee": PlaceForm, "colis": ParcelForm, "prix": OfferForm}[self.step]

    def get_initial(self) -> dict[str, Any]:
        if self.step in ("depart", "arrivee"):
            saved = self._saved()
            if saved is not None:
                return {
                    "line1": saved.line1, "postal_code": saved.postal_code, "city": saved.city,
                    "name": saved.recipient, "phone": str(saved.phone), "instructions": saved.line2,
                }
        known = dict(self.draft.get(self.step, {}))
        for field in ("weight_kg", "max_price"):
            if field in known:
                known[field] = Decimal(known[field])
        if self.step == "prix" and not known:
            found = self.estimate()
            return {"max_price": found.price if found else None}
        return known

    def _saved(self) -> Address | None:
        asked = self.request.GET.get("address", "")
        mine = self.request.user.addresses  # type: ignore[union-attr]
        return mine.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 18 else None

    def estimate(self) -> Estimate | None:
        """The price of the answers so far; None when they no longer make one."""
        if not {"depart", "arrivee", "colis"} <= set(self.draft):
            return None
        try:
            return services.estimate(
                pickup=self.draft["depart"], dropoff=self.draft["arrivee"], parcels=self.draft["colis"]["parcels"]
            )
        except DomainError:
            return None

    def perform(self, form: Any) -> Any:
        if self.step in ("depart", "arrivee"):
            self.keep(_located(form.place()))
        elif self.step == "colis":
            data = {key: str(value) for key, value in form.cleaned_data.items()}
            self.keep({**data, "parcels": form.parcels()})
        else:
            data = form.cleaned_data
            self.keep({**data, "max_price": str(data["max_price"])})

    def success(self, result: Any) -> HttpResponse:
        return redirect("delivery:delivery_new_step", step=ORDER[ORDER.index(self.step) + 1])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = ORDER.index(self.step)
        steps = [
            {
                "label": label, "state": "done" if i < here else "current" if i == here else "next",
                "url": reverse("delivery:delivery_new_step", args=[step]),
            }
            for i, (step, label) in enumerate(STEPS.items())
        ]
        more: dict[str, Any] = {}
        if self.step in ("depart", "arrivee"):
            more["addresses"] = self.request.user.addresses.all()  # type: ignore[union-attr]
        if self.step in ("prix", "verifier"):
            found = self.estimate()
            more.update(estimate=found, price_facts=price_facts(found) if found else [])
        back = reverse("delivery:delivery_new_step", args=[ORDER[here - 1]]) if here else ""
        return super().get_context_data(
            steps=steps, step=self.step, question=QUESTIONS.get(self.step), back_url=back, **more, **kwargs
        )


class CheckAndPublish(WizardStep):
    """The last page: everything at a glance, and the button that says what it may cost."""

    template_name = "delivery/deliveries/send_check.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().dispatch(request, *args, **{**kwargs, "step": "verifier"})

    def get_form_class(self) -> Any:
        return forms.Form

    def get_initial(self) -> dict[str, Any]:
        return {}

    def perform(self, form: Any) -> Delivery:
        draft = self.draft
        offer = draft["prix"]
        # The draft's key makes a second press of the button give the same delivery.
        return services.create_delivery(
            actor=self.request.user, pickup=draft["depart"], dropoff=draft["arrivee"],
            parcels=draft["colis"]["parcels"], note=draft["colis"]["note"], mode=offer["mode"], award=offer["award"],
            max_price=Decimal(offer["max_price"]), closes_in_s=offer["closes_in_s"],
            handover_methods=offer["handover_methods"], origin=f"form:{draft['key']}",
        )

    def success(self, result: Delivery) -> HttpResponse:
        self.request.session.pop(DRAFT, None)
        return HttpResponseRedirect(reverse("delivery:delivery", args=[result.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.draft
        offer, parcel = draft["prix"], draft["colis"]
        change = {step: reverse("delivery:delivery_new_step", args=[step]) for step in ORDER[:-1]}
        wallet = getattr(self.request.user, "wallet", None)
        price = Decimal(offer["max_price"])
        return super().get_context_data(
            answers=[
                {"label": STEPS["depart"], "value": _place(draft["depart"]), "url": change["depart"]},
                {"label": STEPS["arrivee"], "value": _place(draft["arrivee"]), "url": change["arrivee"]},
                {
                    "label": STEPS["colis"], "url": change["colis"],
                    "value": _parcel(parcel),
                },
                {
                    "label": _("Couriers"), "url": change["prix"],
                    "value": _offer(offer),
                },
            ],
            max_price=price, fixed=offer["mode"] == Mode.PRIX_FIXE,
            short_of_money=price > (wallet.available if wallet else 0), **kwargs,
        )


def _located(place: dict[str, str]) -> dict[str, Any]:
    """The place with its coordinates, its errors on the form's own fields."""
    try:
        return resolve_places(place=place)[0]
    except Invalid as error:
        fields = {field.removeprefix("place."): texts for field, texts in error.errors.items()}
        raise Invalid(error.message, errors=fields)


def _place(place: dict[str, Any]) -> str:
    return ", ".join(part for part in (place.get("name"), one_line(place)) if part)


def _parcel(parcel: dict[str, Any]) -> str:
    return f"{parcel['count']} × {Size(parcel['size']).label}, {number_format(Decimal(parcel['weight_kg']))} kg"


def _offer(offer: dict[str, Any]) -> str:
    mode, time = Mode(offer["mode"]), dict(OPEN_FOR)[offer["closes_in_s"]]
    return f"{mode.label} · {time}" + ("" if mode == Mode.PRIX_FIXE else f" · {Award(offer['award']).label}")


def price_facts(found: Estimate) -> list[dict[str, Any]]:
    """The breakdown for the facts partial; its last line is the sum."""
    rows = [{"label": line.label, "value": money(line.amount)} for line in found.breakdown]
    return [*rows, {"label": _("Estimate"), "value": money(found.price), "total": True}]
