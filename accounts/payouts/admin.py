"""Admin of money that leaves: what waits for a look, the files for the bank, what came of each."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.payouts import queries, services
from accounts.payouts.downloads import file_response
from accounts.payouts.models import (
    Destination,
    MobileTransfer,
    Payout,
    PayoutBatch,
    PayoutBatchChange,
    PayoutChange,
)
from accounts.users.back_office import ManagersLook
from accounts.users.queries import is_staff_of
from accounts.users.stepup import confirm_first
from config.lib.admin import HistoryInline, ReadOnlyAdmin, ReadOnlyInline, each
from config.lib.errors import DomainError


class PayoutHistory(HistoryInline):
    model: type[Model] = PayoutChange


class BatchHistory(HistoryInline):
    model: type[Model] = PayoutBatchChange


class PayoutInline(ReadOnlyInline):
    model: type[Model] = Payout
    fields = ["reference", "holder", "number", "amount", "status"]
    readonly_fields = fields
    show_change_link = True
    verbose_name_plural = _("transfers of this file")
    per_page = 50

    @admin.display(description=_("reference"))
    def reference(self, payout: Payout) -> str:
        return payout.reference


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)


class SureForm(BaseDialogForm):
    """No field: the button is the question."""


def dialog(title: Any, form_class: type[BaseDialogForm], text: Any) -> dict[str, Any]:
    return {"title": title, "description": text, "form_class": form_class, "form_submit_text": title}


class ForManagers(ManagersLook, ReadOnlyAdmin):
    """Buttons for managers; the services check again."""

    def has_manage_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return is_staff_of(request.user, "MANAGER")

    def _is(self, request: HttpRequest, object_id: Any, *statuses: str) -> bool:
        """Whether a button has its place: none stands on a row that it could not change."""
        if not self.has_manage_permission(request):
            return False
        return object_id is None or self.get_queryset(request).filter(pk=object_id, status__in=statuses).exists()

    def _do(self, request: HttpRequest, done: Any, service: Callable[..., Any], **given: Any) -> None:
        try:
            service(actor=request.user, **given)
        except DomainError as error:
            texts = [str(text) for texts in error.errors.values() for text in texts]
            messages.error(request, " ".join([str(error), *texts]))
        else:
            messages.success(request, str(done))

    def _back(self, object_id: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:accounts_{self.opts.model_name}_change", args=[object_id]))


@admin.register(Payout)
class PayoutAdmin(ForManagers):
    list_display = ["reference", "account", "holder", "number", "amount", "status", "means", "batch", "created_at"]
    list_filter = ["status", "means", "automatic", "created_at"]
    search_fields = ["account__user__email", "holder", "number", "batch__key", "provider_ref", "hold__reference"]
    search_help_text = _("Person, holder, number, or payout:12")
    list_select_related = ["account__user", "account__company", "batch"]
    date_hierarchy = "created_at"
    inlines = [PayoutHistory]
    fields = readonly_fields = [
        "reference", "status", "why", "account", "means", "holder", "number", "bic", "amount", "automatic", "batch",
        "provider", "provider_ref", "hold", "transaction", "bounce", "returned", "retry_of", "created_at",
    ]
    actions = ["accept_selected"]
    actions_detail = ["accept", "refuse", "fail"]

    def has_accept_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is(request, object_id, Payout.Status.A_VALIDER)

    def has_refuse_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is(request, object_id, *Payout.CANCELLABLE)

    def has_fail_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is(request, object_id, Payout.Status.ENVOYE, Payout.Status.PAYE)

    @admin.display(description=_("reference"), ordering="pk")
    def reference(self, payout: Payout) -> str:
        return payout.reference

    @admin.action(description=_("Let leave"), permissions=["manage"])
    def accept_selected(self, request: HttpRequest, queryset: QuerySet[Payout]) -> HttpResponse | None:
        asked = confirm_first(request, request.get_full_path())
        if asked is None:
            each(request, queryset, lambda row: services.accept(actor=request.user, payout_id=row.pk))
        return asked

    @action(
        description=_("Let leave"), permissions=["accept"], icon="check",
        dialog=dialog(_("Let leave"), SureForm, _("Mobile money is sent at once, a transfer with the next file.")),
    )
    def accept(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        asked = confirm_first(request, self._back(object_id).url)
        if asked is not None:
            return asked
        self._do(request, _("The payout may leave."), services.accept, payout_id=object_id)
        return self._back(object_id)

    @action(
        description=_("Refuse"), permissions=["refuse"], icon="block",
        dialog=dialog(_("Refuse"), ReasonForm, _("The amount is free again. The person reads the reason.")),
    )
    def refuse(self, request: HttpRequest, form: ReasonForm, object_id: int) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        self._do(request, _("The payout is refused."), services.refuse, payout_id=object_id, reason=reason)
        return self._back(object_id)

    @action(
        description=_("Rejected by the bank"), permissions=["fail"], icon="undo",
        dialog=dialog(
            _("Rejected by the bank"), ReasonForm,
            _("Before or after it was executed. A case opens on the reconciliation desk."),
        ),
    )
    def fail(self, request: HttpRequest, form: ReasonForm, object_id: int) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        self._do(request, _("The payout has failed."), services.fail_payout, payout_id=object_id, reason=reason)
        return self._back(object_id)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ForManagers):
    list_display = ["reference", "status", "count", "control_sum", "execution_date", "by", "created_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["key", "sha256"]
    list_select_related = ["by"]
    date_hierarchy = "created_at"
    inlines = [PayoutInline, BatchHistory]
    fields = readonly_fields = [
        "reference", "status", "execution_date", "count", "control_sum", "download", "sha256", "by", "created_at",
    ]
    actions_list = ["run"]
    actions_detail = ["executed"]

    def has_executed_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is(request, object_id, PayoutBatch.Status.PRET)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutBatch]:
        return super().get_queryset(request).defer("file")

    def get_urls(self) -> list[URLPattern]:
        file = path(
            "<int:pk>/file/", self.admin_site.admin_view(self.file_view), name="accounts_payoutbatch_file"
        )
        return [file, *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Download; the query refuses all but managers."""
        return file_response(queries.batch_for(request.user, pk))

    @admin.display(description=_("reference"), ordering="pk")
    def reference(self, batch: PayoutBatch) -> str:
        return batch.reference

    @admin.display(description=_("file for the bank"))
    def download(self, batch: PayoutBatch) -> str:
        url = reverse("admin:accounts_payoutbatch_file", args=[batch.pk])
        return format_html('<a href="{}" download>{}.xml</a>', url, batch.reference)

    @action(
        description=_("Run the payouts"), permissions=["manage"], icon="play_arrow",
        dialog=dialog(
            _("Run the payouts"), SureForm,
            _("Opens the weekly payouts, then puts every transfer that is ready into one file for the bank."),
        ),
    )
    def run(self, request: HttpRequest, form: SureForm) -> HttpResponse:
        here = reverse("admin:accounts_payoutbatch_changelist")
        try:
            batch = services.run_payouts(actor=request.user, key=uuid4().hex)
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(here)
        if batch is None:
            messages.info(request, _("No transfer is waiting."))
            return HttpResponseRedirect(here)
        messages.success(request, _("The file is ready: download it and give it to the bank."))
        return self._back(batch.pk)

    @action(
        description=_("Executed by the bank"), permissions=["executed"], icon="account_balance",
        dialog=dialog(
            _("Executed by the bank"), SureForm,
            _("Every payout of this file that the bank has not rejected is paid. Note the rejected ones first."),
        ),
    )
    def executed(self, request: HttpRequest, form: SureForm, object_id: int) -> HttpResponse:
        self._do(request, _("The payouts of this file are paid."), services.execute_batch, batch_id=object_id)
        return self._back(object_id)


@admin.register(Destination)
class DestinationAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["account", "means", "number", "holder", "is_default", "automatic", "created_at"]
    list_filter = ["means", "automatic", "is_default", "created_at"]
    search_fields = ["account__user__email", "number", "holder"]
    list_select_related = ["account__user", "account__company"]
    date_hierarchy = "created_at"


@admin.register(MobileTransfer)
class MobileTransferAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["payout", "state", "tries", "last_error", "next_attempt_at", "created_at"]
    list_filter = ["state", "created_at"]
    search_fields = ["payout__account__user__email", "payout__number", "last_error"]
    list_select_related = ["payout"]
    actions = ["again"]

    @admin.action(description=_("Send again with the same key"))
    def again(self, request: HttpRequest, queryset: QuerySet[MobileTransfer]) -> None:
        each(request, queryset, lambda row: services.retry_transfer(actor=request.user, transfer_id=row.pk))


@admin.register(PayoutChange)
class PayoutChangeAdmin(ManagersLook, ReadOnlyAdmin):
    list_display = ["subject", "from_status", "to_status", "by", "at", "announced_at"]
    list_filter = ["to_status", ("announced_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject__account__user__email", "reason"]
    list_select_related = ["subject", "by"]
    date_hierarchy = "at"
