"""What the API reads and shows about payments."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.payments.models import Method, Payment
from accounts.payments.queries import next_url
from accounts.wallet.serializers import WalletOut
from config.lib.api import Money

NEXT_URL_HELP = _("where the payer goes on (3-D Secure, the provider's page); empty when there is nothing to do")


class TopUpPaymentOut(serializers.ModelSerializer):
    amount = Money()
    currency = serializers.SerializerMethodField()
    next_url = serializers.SerializerMethodField(help_text=NEXT_URL_HELP)

    class Meta:
        model = Payment
        fields = ["id", "reference", "amount", "currency", "method", "status", "next_url", "decline_code", "created_at"]

    def get_currency(self, payment: Payment) -> str:
        return settings.CURRENCY

    def get_next_url(self, payment: Payment) -> str:
        return next_url(payment)


class TopUpIn(serializers.Serializer):
    amount = Money()
    method = serializers.ChoiceField(choices=[Method.CARTE, Method.MOBILE_MONEY], default=Method.CARTE)
    payment_token = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class TopUpOut(serializers.Serializer):
    payment = TopUpPaymentOut()
    wallet = WalletOut()


class ReceivedOut(serializers.Serializer):
    received = serializers.BooleanField()
