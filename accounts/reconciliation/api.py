"""REST doors of the reconciliation desk, for managers."""

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.payments.models import Disagreement
from accounts.reconciliation import offers, queries, services
from accounts.reconciliation.rules import Choice
from accounts.users.stepup import StepUpApi
from config.lib.api import ApiView, Money


class DisagreementOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Disagreement.Kind.choices)
    status = serializers.ChoiceField(choices=Disagreement.Status.choices)
    outcome = serializers.CharField(help_text="Empty while it is open.")
    amount = Money(help_text="What stands unapplied because of it; negative: taken back by the provider.")
    currency = serializers.SerializerMethodField()
    about = serializers.SerializerMethodField()
    reference = serializers.CharField()
    provider = serializers.CharField()
    payment_id = serializers.IntegerField(allow_null=True)
    payer = serializers.SerializerMethodField()
    transaction_id = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    history = serializers.SerializerMethodField()

    def get_currency(self, case: Disagreement) -> str:
        return settings.CURRENCY

    def get_about(self, case: Disagreement) -> str:
        return offers.title(case)

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_payer(self, case: Disagreement) -> str | None:
        return case.payment.user.email if case.payment and case.payment.user else None

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_history(self, case: Disagreement) -> list[dict]:
        return [
            {"status": change.to_status, "at": change.at, "by": change.by.email if change.by else None,
             "reason": change.reason}
            for change in case.history.all()
        ]  # fmt: skip


class DisagreementPostingOut(serializers.Serializer):
    account = serializers.CharField()
    amount = Money(help_text="Positive: credit.")


class DisagreementOutcomeOut(serializers.Serializer):
    outcome = serializers.CharField()
    label = serializers.CharField()
    text = serializers.CharField()
    needs = serializers.ListField(
        child=serializers.CharField(), source="fields", help_text="What may be given: to, target."
    )
    postings = serializers.SerializerMethodField()

    @extend_schema_field(DisagreementPostingOut(many=True))
    def get_postings(self, choice: Choice) -> list[dict]:
        rows = [{"account": name, "amount": amount} for name, amount in choice.postings]
        return DisagreementPostingOut(rows, many=True).data


class DisagreementStepOut(serializers.Serializer):
    at = serializers.DateTimeField()
    what = serializers.CharField()
    amount = Money(allow_null=True)
    who = serializers.CharField()
    detail = serializers.CharField()


class DisagreementDetailOut(DisagreementOut):
    facts = serializers.DictField(source="data")
    timeline = serializers.SerializerMethodField()
    outcomes = serializers.SerializerMethodField()

    @extend_schema_field(DisagreementStepOut(many=True))
    def get_timeline(self, case: Disagreement) -> list[dict]:
        return DisagreementStepOut(queries.timeline(case), many=True).data

    @extend_schema_field(DisagreementOutcomeOut(many=True))
    def get_outcomes(self, case: Disagreement) -> list[dict]:
        return DisagreementOutcomeOut(offers.choices(case), many=True).data


class ResolveIn(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=Disagreement.Outcome.choices)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    to = serializers.CharField(max_length=254, required=False, allow_blank=True, default="")
    target = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class StatusIn(serializers.Serializer):
    status = serializers.ChoiceField(choices=Disagreement.Status.choices, required=False)


class DisagreementsView(ApiView):
    @extend_schema(
        parameters=[OpenApiParameter("status", str, enum=Disagreement.Status.values)],
        responses=DisagreementOut(many=True), operation_id="manager_disagreements",
    )
    def get(self, request: Request) -> Response:
        """What providers and banks did that does not fit our books, newest first."""
        wanted = StatusIn(data=request.query_params)
        rows = queries.visible_to(request.user)
        wanted.is_valid(raise_exception=True)
        return self.paged(rows.filter(**wanted.validated_data), DisagreementOut)


class DisagreementView(ApiView):
    @extend_schema(responses=DisagreementDetailOut, operation_id="manager_disagreement")
    def get(self, request: Request, pk: int) -> Response:
        """One of them, with all that was said and the outcomes that it can have."""
        return Response(DisagreementDetailOut(queries.get_for(request.user, pk)).data)


class ResolveView(StepUpApi, ApiView):
    @extend_schema(request=ResolveIn, responses=DisagreementDetailOut, operation_id="manager_disagreement_resolve")
    def post(self, request: Request, pk: int) -> Response:
        """Settle it: REMBOURSE, CREDITE (to), RATTACHE (target), ACCEPTE, ECART, RELANCE or RENDU, posted at once."""
        queries.get_for(request.user, pk)  # the right comes before the form
        data = self.read(ResolveIn)
        return Response(DisagreementDetailOut(services.resolve(actor=request.user, case_id=pk, **data)).data)
