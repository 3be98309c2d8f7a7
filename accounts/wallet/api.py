"""API doors of the wallet: balance, statement, its files, transfer."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users.stepup import StepUpApi
from accounts.wallet import queries, services, statement
from accounts.wallet.export import statement_csv
from accounts.wallet.models import Account
from accounts.wallet.serializers import (
    MonthOut,
    PostingOut,
    StatementFilters,
    StatementOut,
    StatementStateOut,
    TransferIn,
    TransferOut,
    WalletOut,
)
from accounts.wallet.throttles import MoneyOutThrottle
from accounts.wallet.views import company_asked, month_asked, pdf_response
from config.lib.api import ApiView, Page

COMPANY = OpenApiParameter(
    "company", int, description="a company whose owner or administrator I am: its wallet instead of mine"
)
PDF_RETRY_S = 2


def wallet_asked(request: Request) -> Account:
    """My wallet, or that of `?company=`. NotFound."""
    return queries.account_for(request.user, company_asked(request.query_params))


class AnyAccept(DefaultContentNegotiation):
    """A file is a file whatever the Accept header says (text/csv and application/pdf have no renderer)."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class WalletView(ApiView):
    @extend_schema(responses=WalletOut, operation_id="wallet", parameters=[COMPANY])
    def get(self, request: Request) -> Response:
        """My wallet. `available` is `balance` less `held`."""
        return Response(WalletOut(wallet_asked(request)).data)


class StatementView(ApiView):
    pagination_class = None  # StatementOut says it itself, with the balances beside the page

    @extend_schema(
        responses=StatementOut, operation_id="wallet_transactions",
        parameters=[StatementFilters, COMPANY, OpenApiParameter("page", int), OpenApiParameter("page_size", int)],
    )
    def get(self, request: Request) -> Response:
        """My statement, newest first. `balance_after` counts the lines that the filters hide too."""
        account = wallet_asked(request)
        wanted = StatementFilters(data=request.query_params).wanted()
        page = Page()
        rows = page.paginate_queryset(statement.lines(account, wanted), request, view=self) or []
        statement.with_balances(account, rows)
        answer = page.get_paginated_response(PostingOut(rows, many=True).data)
        opening, closing = statement.balances(account, wanted)
        answer.data |= {
            "opening_balance": str(opening), "closing_balance": str(closing), "currency": settings.CURRENCY
        }
        return answer


class StatementCsvView(ApiView):
    pagination_class = None
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR}, operation_id="wallet_transactions_csv",
        parameters=[StatementFilters, COMPANY],
    )
    def get(self, request: Request) -> Any:
        """My statement as CSV, oldest first, all of it.

        UTF-8 with a byte order mark, semicolons, decimals with a point, times in UTC; columns are named as in
        /wallet/transactions. Texts that a spreadsheet would run as formulas begin with an apostrophe.
        """
        wanted = StatementFilters(data=request.query_params).wanted()
        return statement_csv(wallet_asked(request), wanted, readable=False)


class StatementsView(ApiView):
    @extend_schema(responses=MonthOut(many=True), operation_id="wallet_statements", parameters=[COMPANY])
    def get(self, request: Request) -> Response:
        """The closed months with movements, newest first."""
        company_id = company_asked(request.query_params)
        account = queries.account_for(request.user, company_id)
        return self.paged(statement.months(account), MonthOut, company_id=company_id)


class StatementPdfView(ApiView):
    pagination_class = None
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 202: StatementStateOut},
        operation_id="wallet_statement", parameters=[COMPANY],
    )
    def get(self, request: Request, month: str) -> Response | HttpResponse:
        """The statement of a closed month as PDF. 202 while it is being made: ask again after Retry-After."""
        row = services.ask_statement(
            actor=request.user, month=month_asked(month), company_id=company_asked(request.query_params)
        )
        if row.pdf_ready:
            return pdf_response(row)
        state = StatementStateOut({"month": f"{row.month:%Y-%m}", "state": row.state}).data
        return Response(state, status=202, headers={"Retry-After": str(PDF_RETRY_S)})


class TransferView(StepUpApi, ApiView):
    idempotent = True
    throttle_classes = [MoneyOutThrottle]

    @extend_schema(request=TransferIn, responses=TransferOut, operation_id="wallet_transfer")
    def post(self, request: Request) -> Response:
        """Send money to another person's wallet.

        `to` is an e-mail, a phone number (international, or as written in France) or a user id. 403
        `step_up_required` when the device has not shown for a while whose it is (POST /api/auth/step-up); 409
        `daily_limit` above what may leave a wallet in a day.
        """
        data = self.read(TransferIn)
        row = services.transfer(actor=request.user, key=self.idempotency_key or uuid4().hex, **data)
        answer = {
            "id": row.pk, "amount": data["amount"], "currency": settings.CURRENCY, "at": row.at,
            "wallet": queries.wallet_of(request.user),
        }
        return Response(TransferOut(answer).data)
