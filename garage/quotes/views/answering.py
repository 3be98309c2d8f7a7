"""Pages where a client reads his quote and answers it, one question at a time."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from config.lib.errors import NotFound
from config.lib.pages import ActionView, LoginRequired, ServiceFormView, paginate
from config.lib.templatetags.ui import money
from config.lib.visitors import address_of
from delivery.deliveries.rules import WrongCode
from garage.quotes import papers, queries, rules, services
from garage.quotes.evidence import masked
from garage.quotes.models import Quote, QuoteLine, QuotePaper
from garage.quotes.paper_api import paper_for, pdf_response
from garage.quotes.strokes import svg_path
from garage.quotes.views.doors import AtDoor, ByLink
from garage.quotes.views.forms import AgreeForm, LinesForm, PartsForm, RefuseForm, SignForm

STEPS = {
    "lignes": gettext_lazy("Lines"), "pieces": gettext_lazy("Parts"), "signature": gettext_lazy("Signature"),
    "accord": gettext_lazy("Agreement"),
}
QUESTIONS = {
    "lignes": gettext_lazy("Which lines do you accept?"), "pieces": gettext_lazy("Do you want reused parts?"),
    "signature": gettext_lazy("Who signs?"), "accord": gettext_lazy("Do you agree?"),
}
FORMS = {"lignes": LinesForm, "pieces": PartsForm, "signature": SignForm, "accord": AgreeForm}
CODE_REFUSALS = (WrongCode, rules.CodeExpired, rules.CodeLocked)
KINDS = {kind.lower(): kind for kind in QuotePaper.Kind.values}


class ReadPage(AtDoor, TemplateView):
    """The quote with all its lines, and what can be done with it now."""

    template_name = "garage/quotes/read.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        quote = self.door.quote
        lines = list(quote.lines.all())
        made = queries.papers_of(quote)
        acceptance = quote.acceptances.filter(version=quote.version).order_by("-pk").first()
        sums = rules.totals([line for line in lines if line.accepted is not False], quote.discount_percent)
        paper = made.get(QuotePaper.Kind.DEVIS)
        return super().get_context_data(
            door=self.door, quote=quote, lines=lines, sums=sums, acceptance=acceptance, paper=paper,
            texts=papers.texts_of(quote), waiting=paper is not None and not paper.ready,
            open=quote.status == Quote.Status.ENVOYE and quote.valid_until >= timezone.localdate(),
            first_step=self.door.url("step", steps_of(quote, at_counter=self.door.at_counter)[0]),
            others=[
                {"kind": row.get_kind_display(), "url": self.door.url("pdf", kind.lower()), "paper": row}
                for kind, row in made.items() if kind != QuotePaper.Kind.DEVIS
            ],
            pdf_url=self.door.url("pdf", "devis") if paper else "", refuse_url=self.door.url("refuse"),
            withdraw_url=self.door.url("withdraw") if not self.door.at_counter and acceptance is not None
            and rules.may_withdraw(acceptance, quote.status, timezone.localdate()) else "",
            drawn=svg_path(acceptance.strokes) if acceptance else "", **kwargs,
        )


class MyQuotesPage(LoginRequired, TemplateView):
    """The quotes of this person and of the companies he belongs to, those that wait for an answer first."""

    template_name = "garage/quotes/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = queries.mine(self.request.user).annotate(waits=Q(status=Quote.Status.ENVOYE)).order_by("-waits", "-pk")
        return super().get_context_data(page=paginate(self.request, rows), **kwargs)


class PaperPage(AtDoor, View):
    """One of the quote's papers as PDF; while it is being made, a page that asks again and says how far it is."""

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> HttpResponse:
        if kind not in KINDS:
            raise NotFound
        paper = paper_for(self.door.quote, KINDS[kind])
        if paper.ready:
            if request.headers.get("HX-Request"):
                response = HttpResponse()
                response["HX-Redirect"] = request.path
                return response
            return pdf_response(paper, self.door.quote.number)
        context = {"paper": paper, "quote": self.door.quote, "back_url": self.door.url()}
        if request.headers.get("HX-Request"):
            return render(request, "garage/quotes/_paper_wait.html", context)
        response = render(request, "garage/quotes/paper_wait.html", context, status=202)
        response["Refresh"] = "3"
        return response


def steps_of(quote: Quote, *, at_counter: bool) -> list[str]:
    """The questions that this quote asks: a choice of lines only where there is one."""
    by_line = quote.choice_by_line or at_counter
    return [step for step in STEPS if step != "lignes" or (by_line and len(quote.lines.all()) > 1)]


class StepPage(AtDoor, ServiceFormView):
    """One question. A question whose predecessors are not answered leads back to the first open one; a quote that
    waits for no answer, to its page."""

    template_name = "garage/quotes/step.html"
    step: str

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        elsewhere = self._elsewhere()
        if elsewhere is not None:
            return elsewhere
        if request.headers.get("HX-Request") and self.step == "lignes":
            return self._live_sum()
        return super().post(request, *args, **kwargs)

    def _elsewhere(self) -> HttpResponse | None:
        quote, self.step = self.door.quote, self.kwargs["step"]
        self.steps = steps_of(quote, at_counter=self.door.at_counter)
        if self.step not in self.steps:
            raise NotFound
        paper = queries.papers_of(quote).get(QuotePaper.Kind.DEVIS)
        if quote.status != Quote.Status.ENVOYE or (paper is not None and not paper.ready):
            return redirect(self.door.url())
        for earlier in self.steps[: self.steps.index(self.step)]:
            if earlier not in self.door.answer:
                return redirect(self.door.url("step", earlier))
        return None

    @property
    def lines(self) -> list[QuoteLine]:
        """The lines accepted so far: all where there is no choice."""
        kept = self.door.answer.get("lignes") if "lignes" in self.steps else None
        return self._among(kept)

    def _among(self, kept: list[int] | None) -> list[QuoteLine]:
        return [line for line in self.door.quote.lines.all() if kept is None or line.pk in kept]

    def _sums(self, lines: list[QuoteLine]) -> rules.Totals:
        return rules.totals(lines, self.door.quote.discount_percent)

    def _live_sum(self) -> HttpResponse:
        asked = {int(pk) for pk in self.request.POST.getlist("lines") if pk.isascii() and pk.isdigit()}
        sums = self._sums(self._among(list(asked)))
        return render(self.request, "garage/quotes/_sum.html", {"sums": sums})

    def get_form_class(self) -> Any:
        return FORMS[self.step]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.step == "lignes":
            kwargs["choices"] = [(str(line.pk), line.description) for line in self.door.quote.lines.all()]
        if self.step == "accord":
            kwargs["with_code"] = isinstance(self.door, ByLink)
            kwargs["start_text"] = "" if self.door.at_counter else self.start_text
        return kwargs

    @property
    def start_text(self) -> str:
        """The wish that work begins at once, in the words of the law; empty for who has no right of withdrawal."""
        return papers.texts_of(self.door.quote).get("DEMARRER", "")

    def get_initial(self) -> dict[str, Any]:
        answer, quote = self.door.answer, self.door.quote
        if self.step == "lignes":
            return {"lines": [str(pk) for pk in answer.get("lignes") or [line.pk for line in quote.lines.all()]]}
        if self.step == "pieces" and "pieces" in answer:
            return {"reused_parts": "yes" if answer["pieces"] else "no"}
        if self.step == "signature":
            return {"signed_by": answer.get("signature", {}).get("signed_by", "") or quote.client.name}
        return {}

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        if self.step == "lignes":
            self.door.keep(lignes=[int(pk) for pk in data["lines"]])
        elif self.step == "pieces":
            self.door.keep(pieces=data["reused_parts"])
        elif self.step == "signature":
            self.door.keep(signature={"signed_by": data["signed_by"], "strokes": data["signature"]})
        else:
            return self._accept(data)
        return None

    def _accept(self, data: dict[str, Any]) -> Any:
        door, answer = self.door, self.door.answer
        said: dict[str, Any] = {
            "quote_id": door.quote.pk, "version": door.quote.version, "signed_by": answer["signature"]["signed_by"],
            "signature": answer["signature"]["strokes"], "reused_parts": answer["pieces"],
            "lines": answer["lignes"] if "lignes" in self.steps else None, "start_now": data.get("start_now", False),
            "ip": address_of(self.request), "user_agent": self.request.headers.get("User-Agent", ""),
        }
        if isinstance(door, ByLink):
            try:
                return services.sign_by_link(code=data["code"], **said)
            except CODE_REFUSALS as error:
                left = error.data.get("attempts_left")
                told = ngettext("%(left)s try left.", "%(left)s tries left.", left) % {"left": left} if left else ""
                error.errors = {"code": [f"{error} {told}".strip()]}
                raise
        return services.accept_quote(actor=door.actor, channel=door.channel, **said)

    def success(self, result: Any) -> HttpResponse:
        if self.step != "accord":
            return redirect(self.door.url("step", self.steps[self.steps.index(self.step) + 1]))
        self.door.forget()
        return redirect(self.door.url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.steps.index(self.step)
        marks = [
            {
                "label": STEPS[step], "state": "done" if i < here else "current" if i == here else "next",
                "url": self.door.url("step", step),
            }
            for i, step in enumerate(self.steps)
        ]
        quote, lines = self.door.quote, self.lines
        sums = self._sums(lines)
        back = self.door.url("step", self.steps[here - 1]) if here else self.door.url()
        context: dict[str, Any] = {
            "door": self.door, "quote": quote, "step": self.step, "steps": marks, "question": QUESTIONS[self.step],
            "back_url": back, "sums": sums, "texts": papers.texts_of(quote),
        }
        if self.step == "lignes":
            context["rows"] = list(quote.lines.all())
            form = kwargs.get("form") or self.get_form()
            context["chosen"] = [str(pk) for pk in (form["lines"].value() or [])]
            kwargs["form"] = form
        if self.step == "signature":
            context["drawn"] = self.door.answer.get("signature", {}).get("strokes", [])
        if self.step == "accord":
            context.update(self._agreement(lines, sums))
        return super().get_context_data(**context, **kwargs)

    def _agreement(self, lines: list[QuoteLine], sums: rules.Totals) -> dict[str, Any]:
        """Everything at a glance, and the code's way."""
        answer, quote = self.door.answer, self.door.quote
        code = queries.last_code(quote) if isinstance(self.door, ByLink) else None
        live = code is not None and code.used_at is None and code.expires_at > timezone.now()
        parts = dict(PartsForm.base_fields["reused_parts"].choices)  # type: ignore[attr-defined]
        total = money(sums.total)
        return {
            "lines": lines, "left_out": len(quote.lines.all()) - len(lines),
            "parts": parts["yes" if answer["pieces"] else "no"], "path": svg_path(answer["signature"]["strokes"]),
            "signed_by": answer["signature"]["signed_by"], "with_code": isinstance(self.door, ByLink),
            "code": code if live else None, "sent_to": masked(code.destination) if live and code else "",
            "ways": [
                {"channel": channel, "to": masked(address)}
                for channel, address in queries.ways_to_reach(quote).items()
            ],
            "code_url": self.door.url("code") if isinstance(self.door, ByLink) else "",
            "submit": _("Sign and accept: %(total)s") % {"total": total} if self.door.at_counter
            else _("Accept with obligation to pay: %(total)s") % {"total": total},
        }


class CodeButton(AtDoor, ActionView):
    """Sends the client a one-time code; by the link only."""

    success_message = gettext_lazy("The code is on its way. It is good for 10 minutes.")

    def perform(self) -> Any:
        quote = self.door.quote
        return services.send_code(
            quote_id=quote.pk, version=quote.version, channel=self.request.POST.get("channel", "")
        )

    def back(self, result: Any) -> str:
        return self.door.url("step", "accord")


class RefusePage(AtDoor, ServiceFormView):
    template_name = "garage/quotes/refuse.html"
    form_class = RefuseForm

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason"]
        return services.refuse_quote(actor=self.door.actor, quote_id=self.door.quote.pk, reason=reason)

    def success(self, result: Any) -> HttpResponse:
        self.door.forget()
        return HttpResponseRedirect(self.door.url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(door=self.door, quote=self.door.quote, back_url=self.door.url(), **kwargs)
