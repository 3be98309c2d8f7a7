"""Admin of the garage's clients."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from config.lib.admin import ReadOnlyAdmin, ReadOnlyInline, each
from config.lib.sheets import SheetAdmin
from garage.clients import queries, services
from garage.clients.merge_admin import MergePages
from garage.clients.models import Client, Consent, Contact, Distinct, Merge
from garage.clients.sheet import ClientResource


class ContactInline(TabularInline):
    model = Contact
    extra = 0


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = readonly_fields = ["kind", "given", "at", "source", "by"]


class LinkedFilter(admin.SimpleListFilter):
    title = _("account")
    parameter_name = "linked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("oui", _("has an account")), ("non", _("without account")), ("a_relier", _("an account could be his"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        if self.value() == "a_relier":
            return queryset.filter(pk__in=queries.linkable())
        free = {"user": None, "company": None}
        if self.value() == "non":
            return queryset.filter(**free)
        return queryset.exclude(**free) if self.value() == "oui" else queryset


@admin.register(Client)
class ClientAdmin(MergePages, SheetAdmin, ModelAdmin):
    list_display = ["name", "kind", "email", "phone", "city", "user", "company", "created_at"]
    list_filter = [LinkedFilter, "kind", "language", ("forgotten_at", admin.EmptyFieldListFilter), "city"]
    search_fields = ["name", "email", "phone", "city", "siren", "vehicles__plate", "contacts__name"]
    list_select_related = ["user", "company"]
    autocomplete_fields = ["user", "company"]
    readonly_fields = ["suggested_company"]
    inlines = [ContactInline, ConsentInline]
    actions = ["merge_two", "link_company"]
    actions_list = ["look_alike"]
    actions_detail = ["erase_data"]
    resource_classes = [ClientResource]

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            services.update_client(actor=request.user, client_id=obj.pk, **form.cleaned_data)
        else:
            obj.pk = services.create_client(actor=request.user, **form.cleaned_data).pk

    def may_exchange(self, request: HttpRequest) -> bool:
        return queries.works_here(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.forgotten_at is None) and super().has_change_permission(request, obj)

    @admin.display(description=_("a registered company of this SIREN"))
    def suggested_company(self, client: Client) -> str:
        company = queries.company_for(client) if client.pk else None
        if company is None:
            return "-"
        return format_html('<a href="{}">{}</a>', reverse("admin:accounts_company_change", args=[company.pk]), company)

    @admin.action(description=_("Merge the two selected clients"), permissions=["change"])
    def merge_two(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse | None:
        found = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(found) != 2:
            messages.error(request, _("Select two clients."))
            return None
        return HttpResponseRedirect(f"{reverse('admin:garage_client_merge')}?keep={found[0]}&gone={found[1]}")

    @admin.action(description=_("Link to the registered company of the same SIREN"), permissions=["change"])
    def link_company(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        each(request, queryset, lambda row: services.link_company(actor=request.user, client_id=row.pk))

    @action(description=_("Files that look alike"), icon="group", url_path="look-alike")
    def look_alike(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:garage_client_duplicates"))

    @action(description=_("Erase the data"), icon="delete", url_path="erase-data")
    def erase_data(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:garage_client_erase", args=[object_id]))


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Answers are noted, never changed."""

    list_display = ["client", "kind", "given", "at", "source", "by"]
    list_filter = ["kind", "given", "source"]
    search_fields = ["client__name", "client__email"]
    list_select_related = ["client", "by"]
    date_hierarchy = "at"
    autocomplete_fields = ["client"]
    fields = ["client", "kind", "given", "source"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return queries.works_here(request.user)

    def save_model(self, request: HttpRequest, obj: Consent, form: Any, change: bool) -> None:
        given = form.cleaned_data
        row = services.record_consent(
            actor=request.user, client_id=given["client"].pk, kind=given["kind"], given=given["given"],
            source=given["source"],
        )
        obj.pk = (row or given["client"].consents.filter(kind=given["kind"]).first()).pk


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ["kept", "gone_id", "by", "at"]
    list_filter = ["at"]
    search_fields = ["kept__name", "gone_id"]
    list_select_related = ["kept", "by"]


@admin.register(Distinct)
class DistinctAdmin(ReadOnlyAdmin):
    list_display = ["low", "high", "by", "at"]
    list_filter = ["at"]
    search_fields = ["low__name", "high__name"]
    list_select_related = ["low", "high", "by"]
