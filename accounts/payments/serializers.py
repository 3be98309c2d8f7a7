"""What the API reads and shows about payments."""

from django.conf import settings
from rest_framework import serializers

from accounts.payments.models import Method, Payment
from accounts.wallet.serializers import WalletOut
from config.lib.api import Money


class TopUpPaymentOut(serializers.ModelSerializer):
    amount = Money()
    currency = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = ["id", "reference", "amount", "currency", "method", "status", "decline_code", "created_at"]

    def get_currency(self, payment: Payment) -> str:
        return settings.CURRENCY


class TopUpIn(serializers.Serializer):
    amount = Money()
    method = serializers.ChoiceField(choices=[Method.CARTE, Method.MOBILE_MONEY], default=Method.CARTE)
    payment_token = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class TopUpOut(serializers.Serializer):
    payment = TopUpPaymentOut()
    wallet = WalletOut()


class ReceivedOut(serializers.Serializer):
    received = serializers.BooleanField()
