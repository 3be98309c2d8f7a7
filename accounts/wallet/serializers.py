"""What the API reads and shows about the wallet."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.wallet.models import Posting
from config.lib.api import Money


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


class TransferIn(serializers.Serializer):
    to = serializers.CharField(max_length=254, help_text=_("e-mail or user id"))
    amount = Money()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class TransferOut(serializers.Serializer):
    id = serializers.IntegerField()
    amount = Money()
    currency = serializers.CharField()
    at = serializers.DateTimeField()
    wallet = WalletOut()
