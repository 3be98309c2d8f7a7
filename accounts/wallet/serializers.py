"""What the API reads and shows about the wallet."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.wallet.models import GROUPS, Posting
from accounts.wallet.statement import IN, OUT, Wanted
from config.lib.api import Money, PageOut


class WalletOut(serializers.Serializer):
    """`balance` is what the person owns, holds included; `available` is what may be spent."""

    balance = Money()
    held = Money()
    available = Money()
    currency = serializers.SerializerMethodField()

    def get_currency(self, account: Any) -> str:
        return settings.CURRENCY


class PostingOut(serializers.ModelSerializer):
    """One line of a statement; a negative amount left the wallet."""

    at = serializers.DateTimeField(source="transaction.at")
    kind = serializers.CharField(source="transaction.kind")
    reference = serializers.CharField(source="transaction.reference")
    note = serializers.CharField(source="transaction.memo")
    amount = Money()
    balance_after = Money()
    currency = serializers.SerializerMethodField()
    counterparty = serializers.SerializerMethodField()

    class Meta:
        model = Posting
        fields = ["id", "at", "kind", "reference", "note", "amount", "balance_after", "currency", "counterparty"]

    def get_currency(self, posting: Posting) -> str:
        return settings.CURRENCY

    def get_counterparty(self, posting: Posting) -> str:
        return posting.counterparty


class StatementOut(PageOut):
    """A page of a statement, with what the wallet held when the wanted days began and ended."""

    opening_balance = Money()
    closing_balance = Money()
    currency = serializers.CharField()
    results = PostingOut(many=True)


class StatementFilters(serializers.Serializer):
    """The query of a statement."""

    kind = serializers.CharField(
        max_length=40, required=False, allow_blank=True,
        help_text=_("kind of a line, or a group of kinds: %(groups)s") % {"groups": ", ".join(GROUPS)},
    )
    direction = serializers.ChoiceField(choices=[IN, OUT], required=False, allow_blank=True)
    search = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text=_("in the note, the reference and the other's name")
    )

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name for an attribute."""
        first = serializers.DateField(required=False, help_text=_("first day"))
        last = serializers.DateField(required=False, help_text=_("last day, included"))
        return {"from": first, "to": last, **super().get_fields()}

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if "from" in data and "to" in data and data["to"] < data["from"]:
            raise serializers.ValidationError({"to": [_("The last day lies before the first.")]})
        return data

    def wanted(self) -> Wanted:
        """What was asked for. Raises ValidationError (422)."""
        self.is_valid(raise_exception=True)
        data = self.validated_data
        return Wanted(
            data.get("from"), data.get("to"), data.get("kind", ""), data.get("direction", ""), data.get("search", "")
        )


@extend_schema_field(OpenApiTypes.STR)
class MonthField(serializers.DateField):
    """A month is no date of the schema's: it has no day."""


class MonthOut(serializers.Serializer):
    month = MonthField(format="%Y-%m", help_text=_("YYYY-MM"))
    opening_balance = Money(source="opening")
    received = Money()
    spent = Money()
    closing_balance = Money(source="closing")
    lines = serializers.IntegerField()
    currency = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_currency(self, month: Any) -> str:
        return settings.CURRENCY

    def get_url(self, month: Any) -> str:
        company = self.context.get("company_id")
        return f"/api/wallet/statements/{month.month:%Y-%m}" + (f"?company={company}" if company else "")


class StatementStateOut(serializers.Serializer):
    month = serializers.CharField()
    state = serializers.CharField()


class TransferIn(serializers.Serializer):
    to = serializers.CharField(max_length=254, help_text=_("e-mail, phone number or user id"))
    amount = Money()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class TransferOut(serializers.Serializer):
    id = serializers.IntegerField()
    amount = Money()
    currency = serializers.CharField()
    at = serializers.DateTimeField()
    wallet = WalletOut()
