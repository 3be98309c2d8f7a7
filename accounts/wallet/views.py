"""Page doors of the wallet."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from accounts.users.stepup import StepUpPage
from accounts.wallet import queries, services, statement
from accounts.wallet.export import statement_csv
from accounts.wallet.forms import StatementFilterForm, TransferForm
from accounts.wallet.models import Account, MonthlyStatement
from accounts.wallet.neighbours import on_its_way
from accounts.wallet.throttles import MoneyOutThrottle
from config.lib.errors import NotFound
from config.lib.jobs import JobState
from config.lib.pages import LoginRequired, ServiceFormView, ThrottledPage, paginate

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


def company_asked(params: Any) -> int | None:
    """The id in `?company=`: whose wallet is looked at, None for one's own. NotFound for what is no id."""
    text = params.get("company", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise NotFound
    return int(text)


def around(company_id: int | None) -> dict[str, Any]:
    """Where the pages of one wallet are: for their templates."""
    query = f"?company={company_id}" if company_id else ""
    return {
        "company_id": company_id, "home": reverse("accounts:wallet") + query,
        "months_url": reverse("accounts:wallet_statements") + query,
    }


def month_asked(text: str) -> date:
    """The first day of the month written YYYY-MM. NotFound for what is no month."""
    if not MONTH.fullmatch(text):
        raise NotFound
    return date(int(text[:4]), int(text[5:]), 1)


class WalletView(LoginRequired, TemplateView):
    template_name = "accounts/wallet/wallet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company_id = company_asked(self.request.GET)
        account = queries.account_for(self.request.user, company_id)
        form = StatementFilterForm(self.request.GET)
        wanted = form.wanted()
        page = paginate(self.request, statement.lines(account, wanted))
        rows = list(page.object_list)
        statement.with_balances(account, rows)
        statement.with_names(account, rows)
        page.object_list = rows
        opening, closing = statement.balances(account, wanted)
        return super().get_context_data(
            account=account, form=form, wanted=wanted, page=page, opening=opening, closing=closing,
            dated=bool(wanted.since or wanted.until),
            holds=statement.with_hold_names(account, list(queries.active_holds(account))),
            coming=on_its_way(account), companies=list(queries.companies_with_wallet(self.request.user)),
            **around(company_id), **kwargs,
        )


class StatementCsvView(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The filtered statement as a file, in the reader's language."""
        account = queries.account_for(request.user, company_asked(request.GET))
        return statement_csv(account, StatementFilterForm(request.GET).wanted(), readable=True)


class StatementsView(LoginRequired, TemplateView):
    """The closed months with movements; each leads to its PDF."""

    template_name = "accounts/wallet/statements.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company_id = company_asked(self.request.GET)
        account = queries.account_for(self.request.user, company_id)
        page = paginate(self.request, statement.months(account))
        return super().get_context_data(account=account, page=page, **around(company_id), **kwargs)


def pdf_response(row: MonthlyStatement) -> HttpResponse:
    response = HttpResponse(bytes(row.pdf or b""), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_("statement")}-{row.month:%Y-%m}.pdf"'
    return response


class StatementPdfView(LoginRequired, View):
    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        """The PDF, or a page that waits for it."""
        company_id = company_asked(request.GET)
        row = services.ask_statement(actor=request.user, month=month_asked(month), company_id=company_id)
        asked_by_htmx = request.headers.get("HX-Request")
        if row.pdf_ready:
            if asked_by_htmx:
                response = HttpResponse()
                response["HX-Redirect"] = request.get_full_path()
                return response
            return pdf_response(row)
        context = {"statement": row, "failed": row.state == JobState.ECHEC, **around(company_id)}
        if asked_by_htmx:
            return render(request, "accounts/wallet/_statement_wait.html", context)
        response = render(request, "accounts/wallet/statement_wait.html", context, status=202)
        if not context["failed"]:
            response["Refresh"] = "3"
        return response


class TransferView(LoginRequired, StepUpPage, ThrottledPage, ServiceFormView):
    throttle_classes = (MoneyOutThrottle,)
    template_name = "accounts/wallet/transfer.html"
    form_class = TransferForm
    success_url = reverse_lazy("accounts:wallet")
    success_message = _("The money is sent.")

    def get_initial(self) -> dict[str, Any]:
        """The key makes a double click one transfer."""
        return {"key": uuid4().hex}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account: Account = queries.wallet_of(self.request.user)
        return super().get_context_data(account=account, left_today=queries.left_today(account), **kwargs)

    def perform(self, form: TransferForm) -> Any:
        return services.transfer(actor=self.request.user, **form.cleaned_data)
