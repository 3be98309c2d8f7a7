"""Admin of the proofs: asking for one, reading the last ones."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.users.queries import is_staff_of
from accounts.wallet.accounting.models import LedgerProof
from config.finances import services
from config.lib.admin import ReadOnlyAdmin


@admin.register(LedgerProof)
class LedgerProofAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "shown_verdict", "by", "seconds", "faults_count", "first_fault"]
    list_filter = ["verdict", "created_at"]
    search_fields = ["faults", "by__email"]
    list_select_related = ["by"]
    date_hierarchy = "created_at"
    actions_list = ["prove_now"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff_of(request.user, "MANAGER")

    @display(description=_("verdict"), ordering="verdict", label={"JUSTE": "success", "FAUX": "danger"})
    def shown_verdict(self, proof: LedgerProof) -> tuple[str, str]:
        return proof.verdict, proof.get_verdict_display()

    @display(description=_("first fault"))
    def first_fault(self, proof: LedgerProof) -> str:
        return proof.first_fault

    @action(description=_("Prove the books now"), url_path="prove", icon="verified")
    def prove_now(self, request: HttpRequest) -> HttpResponse:
        services.ask_for_proof(actor=request.user)
        messages.success(request, _("The proof is under way. It appears here when it is done."))
        return HttpResponseRedirect(reverse("admin:accounts_ledgerproof_changelist"))
