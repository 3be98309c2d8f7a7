"""The reconciliation desk: open disagreements first; on each its outcomes, as buttons that say what they post."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from accounts.payments.models import Disagreement
from accounts.reconciliation import offers, queries, services
from accounts.users.back_office import ManagersLook
from accounts.users.stepup import confirm_first
from config.lib.admin import ReadOnlyAdmin
from config.lib.errors import DomainError
from config.lib.templatetags.ui import money

GIVEN = ("outcome", "reason", "to", "target")
# How the page names what a case keeps beside its payment (payments' `open_case(**data)`).
FACTS = {
    "number": _("number of the order"), "status": _("its state then"), "asked": _("amount asked"),
    "said": _("amount that the provider says"), "told": _("amount that the provider says"),
    "booked": _("amount in our books"), "currency": _("currency"), "event": _("event"), "payout": _("payout"),
    "payout_amount": _("amount"), "to": _("to"), "reason": _("reason"),
}  # fmt: skip


class StateFilter(admin.SimpleListFilter):
    """Open cases unless another state is asked for."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("OUVERT", _("open")), ("RESOLU", _("settled")), ("TOUS", _("all"))]

    def choices(self, changelist: ChangeList) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "OUVERT") == value, "display": title,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Disagreement]) -> QuerySet[Disagreement]:
        wanted = self.value() or "OUVERT"
        return queryset if wanted == "TOUS" else queryset.filter(status=wanted)


@admin.register(Disagreement)
class DisagreementAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["kind", "about", "payer", "euros", "age", "state", "provider"]
    list_filter = [StateFilter, "kind", "provider", "created_at"]
    search_fields = ["reference", "key", "payment__label", "payment__provider_ref", "payment__user__email"]
    list_select_related = ["payment__user"]
    list_per_page = 50
    date_hierarchy = "created_at"
    change_form_template = "admin/accounts/disagreement/case.html"

    # --- The list -----------------------------------------------------------------------------------------------
    @admin.display(description=_("about"))
    def about(self, case: Disagreement) -> str:
        url = offers.url(case)
        return format_html('<a href="{}">{}</a>', url, offers.title(case)) if url else offers.title(case)

    @admin.display(description=_("payer"))
    def payer(self, case: Disagreement) -> str:
        return case.payment.user.email if case.payment and case.payment.user else "-"

    @admin.display(description=_("amount"), ordering="amount")
    def euros(self, case: Disagreement) -> str:
        return money(case.amount, settings.CURRENCY)

    @admin.display(description=_("age"), ordering="-created_at")
    def age(self, case: Disagreement) -> str:
        return timesince(case.created_at, depth=1)

    @admin.display(description=_("status"))
    def state(self, case: Disagreement) -> str:
        return str(case.get_outcome_display() or case.get_status_display())

    # --- One case -----------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        resolve = self.admin_site.admin_view(self.resolve)
        return [path("<int:pk>/resolve/", resolve, name="accounts_disagreement_resolve"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        context = {} if case is None else self._case(case)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _case(self, case: Disagreement) -> dict[str, Any]:
        return {
            "title": str(case.get_kind_display()), "subtitle": offers.title(case), "case": case,
            "choices": offers.choices(case), "timeline": queries.timeline(case), "events": queries.events_of(case),
            "about_url": offers.url(case), "about": offers.title(case), "currency": settings.CURRENCY,
            "input_class": " ".join(INPUT_CLASSES),
            "facts": [(FACTS.get(name, name), value) for name, value in case.data.items() if value not in ("", None)],
        }

    def resolve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The buttons' door: one POST, one service."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        here = HttpResponseRedirect(reverse("admin:accounts_disagreement_change", args=[pk]))
        asked = confirm_first(request, here.url)
        if asked is not None:
            return asked
        given = {name: request.POST.get(name, "") for name in GIVEN}
        try:
            case = services.resolve(actor=request.user, case_id=pk, **given)  # type: ignore[arg-type]
        except DomainError as error:
            if error.status in (403, 404):
                raise
            texts = [str(text) for texts in error.errors.values() for text in texts]
            messages.error(request, " ".join(texts) or str(error))
        else:
            messages.success(request, f"{case}: {case.get_outcome_display()}")
        return here
