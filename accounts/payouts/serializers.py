"""What the API reads and shows about money that leaves."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.payouts.models import Destination, Means, Payout, PayoutBatch
from config.lib.api import Money


class DestinationIn(serializers.Serializer):
    to = serializers.CharField(max_length=50, help_text=_("IBAN, or mobile number in E.164 form"))
    holder = serializers.CharField(
        max_length=70, required=False, allow_blank=True, default="", help_text=_("the name on it; by default your own")
    )
    bic = serializers.CharField(max_length=11, required=False, allow_blank=True, default="")
    is_default = serializers.BooleanField(required=False, allow_null=True, default=None)
    automatic = serializers.BooleanField(
        required=False, default=False, help_text=_("pay everything available here every week")
    )


class DestinationPatch(serializers.Serializer):
    is_default = serializers.BooleanField(required=False, allow_null=True, default=None)
    automatic = serializers.BooleanField(required=False, allow_null=True, default=None)


class DestinationOut(serializers.ModelSerializer):
    to = serializers.CharField(source="masked")
    means = serializers.ChoiceField(choices=Means.choices)

    class Meta:
        model = Destination
        fields = ["id", "means", "to", "holder", "is_default", "automatic", "created_at"]


class WithdrawIn(serializers.Serializer):
    amount = Money()
    to = serializers.CharField(
        max_length=50, help_text=_("id of a destination, an IBAN, or a mobile number in E.164 form")
    )
    holder = serializers.CharField(
        max_length=70, required=False, allow_blank=True, default="", help_text=_("for a new IBAN or number")
    )
    bic = serializers.CharField(max_length=11, required=False, allow_blank=True, default="")


class PayoutOut(serializers.ModelSerializer):
    amount = Money()
    currency = serializers.SerializerMethodField()
    to = serializers.CharField(source="masked")
    means = serializers.ChoiceField(choices=Means.choices)
    status = serializers.ChoiceField(choices=Payout.Status.choices)
    reason = serializers.CharField(source="why", help_text=_("why it was refused or failed"))

    class Meta:
        model = Payout
        fields = [
            "id", "reference", "status", "amount", "currency", "means", "to", "holder", "automatic", "reason",
            "created_at", "updated_at",
        ]

    def get_currency(self, payout: Payout) -> str:
        return settings.CURRENCY


class ManagedPayoutOut(PayoutOut):
    """For managers: whose it is, and the whole number."""

    to = serializers.CharField(source="number")
    owner = serializers.CharField(source="account.__str__")
    user_id = serializers.IntegerField(source="account.user_id", allow_null=True)
    batch_id = serializers.IntegerField(allow_null=True)

    class Meta(PayoutOut.Meta):
        fields = [*PayoutOut.Meta.fields, "owner", "user_id", "bic", "batch_id"]


class RefusalIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class BatchOut(serializers.ModelSerializer):
    control_sum = Money()
    currency = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=PayoutBatch.Status.choices)

    class Meta:
        model = PayoutBatch
        fields = [
            "id", "reference", "status", "count", "control_sum", "currency", "execution_date", "sha256", "created_at",
        ]

    def get_currency(self, batch: PayoutBatch) -> str:
        return settings.CURRENCY
