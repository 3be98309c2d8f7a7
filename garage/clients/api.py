"""`/api/garage/clients`: staff see and write all, a client reads his own."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.companies.models import Company
from accounts.users.models import Language, User
from config.lib.api import ApiView, PageOut
from garage.clients import queries, services
from garage.clients.duplicates import REASONS, suggestions
from garage.clients.models import Agreement, Client, Consent, Contact, Kind
from garage.clients.pointing import what_points

PAGES = [
    OpenApiParameter("page", int), OpenApiParameter("page_size", int), OpenApiParameter("search", str),
]
ORDERINGS = {"name", "-name", "created_at", "-created_at"}


class AddressShape(serializers.Serializer):
    line1 = serializers.CharField(max_length=160, required=False, allow_blank=True)
    line2 = serializers.CharField(max_length=160, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False)


class ContactShape(serializers.ModelSerializer):
    phone = PhoneNumberField(required=False, allow_blank=True)

    class Meta:
        model = Contact
        fields = ["name", "role", "email", "phone"]


class ClientOut(serializers.ModelSerializer):
    address = AddressShape(source="*")
    phone = serializers.CharField()
    contacts = ContactShape(many=True)

    class Meta:
        model = Client
        fields = [
            "id", "kind", "name", "email", "phone", "address", "language", "siren", "vat_number", "user", "company",
            "contacts", "created_at",
        ]


class StaffClientOut(ClientOut):
    class Meta(ClientOut.Meta):
        fields = [*ClientOut.Meta.fields, "notes"]


class ClientPage(PageOut):
    results = ClientOut(many=True)


class ClientIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    name = serializers.CharField(max_length=160)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = PhoneNumberField(required=False, allow_blank=True)
    address = AddressShape(required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    siren = serializers.CharField(max_length=20, required=False, allow_blank=True)
    vat_number = serializers.CharField(max_length=30, required=False, allow_blank=True)
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), required=False, allow_null=True)
    company = serializers.PrimaryKeyRelatedField(queryset=Company.objects.all(), required=False, allow_null=True)
    contacts = ContactShape(many=True, required=False)
    notes = serializers.CharField(required=False, allow_blank=True)


class ClientPatch(ClientIn):
    name = serializers.CharField(max_length=160, required=False)


def shape_for(user: Any) -> type[ClientOut]:
    """Staff get the notes and the day of creation too."""
    return StaffClientOut if queries.works_here(user) else ClientOut


def words_of(request: Request) -> str:
    """The words of `?search=`, without what no database takes."""
    return request.query_params.get("search", "").replace("\x00", "").strip()


def ordered(request: Request, rows: Any, allowed: set[str]) -> Any:
    """Rows by `?ordering=`; a name that is not ours changes nothing."""
    wish = request.query_params.get("ordering", "")
    return rows.order_by(wish, "pk") if wish in allowed else rows


def _split(data: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    contacts, address = data.pop("contacts", None), data.pop("address", {})
    return {**data, **address}, contacts


class ClientsView(ApiView):
    @extend_schema(
        operation_id="garage_clients", responses=ClientPage, parameters=[*PAGES, OpenApiParameter("ordering", str)]
    )
    def get(self, request: Request) -> Response:
        """Clients of the garage: all for staff, oneself for a client."""
        rows = queries.visible_to(request.user).prefetch_related("contacts")
        if words := words_of(request):
            rows = queries.search(rows, words)
        return self.paged(ordered(request, rows, ORDERINGS), shape_for(request.user))

    @extend_schema(operation_id="garage_client_create", request=ClientIn, responses={201: StaffClientOut})
    def post(self, request: Request) -> Response:
        """Add a client; staff."""
        queries.require_staff(request.user)
        values, contacts = _split(self.read(ClientIn))
        client = services.create_client(actor=request.user, **values)
        if contacts:
            services.set_contacts(actor=request.user, client_id=client.pk, contacts=contacts)
        return Response(StaffClientOut(client).data, status=201)


class LookAlikeOut(serializers.Serializer):
    """Two files that look like one client's."""

    older = ClientOut()
    newer = ClientOut()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=list(REASONS.items())))


class MergeIn(serializers.Serializer):
    gone = serializers.IntegerField(min_value=1, max_value=2**53, help_text="The file that is joined to this one.")


class MovingOut(serializers.Serializer):
    what = serializers.CharField()
    table = serializers.CharField()
    rows = serializers.IntegerField()


class MergePreviewOut(serializers.Serializer):
    keep = StaffClientOut()
    gone = StaffClientOut()
    moves = MovingOut(many=True)


class ApartIn(serializers.Serializer):
    other = serializers.IntegerField(min_value=1, max_value=2**53)


class HintsOut(serializers.Serializer):
    company = serializers.IntegerField(allow_null=True, help_text="A registered company of the same SIREN.")
    company_name = serializers.CharField(allow_blank=True)
    duplicates = LookAlikeOut(many=True)


class ConsentOut(serializers.ModelSerializer):
    class Meta:
        model = Consent
        fields = ["kind", "given", "at", "source"]


class ConsentsOut(serializers.Serializer):
    agreements = serializers.DictField(child=serializers.BooleanField(), help_text="What holds now, by kind.")
    history = ConsentOut(many=True)


class ConsentIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Agreement.choices)
    given = serializers.BooleanField()
    source = serializers.ChoiceField(
        choices=Consent.Source.choices, required=False, help_text="How the client told it; staff say it."
    )


class DuplicatesView(ApiView):
    @extend_schema(operation_id="garage_client_duplicates", responses=LookAlikeOut(many=True), parameters=PAGES[:2])
    def get(self, request: Request) -> Response:
        """Files that look like one client's; staff."""
        queries.require_staff(request.user)
        return self.paged(suggestions(), LookAlikeOut)


class HintsView(ApiView):
    @extend_schema(operation_id="garage_client_hints", responses=HintsOut)
    def get(self, request: Request, pk: int) -> Response:
        """What staff may confirm about a client: his company, files that look like his."""
        client = queries.get_for(request.user, pk, "write")
        company = queries.company_for(client)
        hints = {
            "company": company and company.pk, "company_name": company.name if company else "",
            "duplicates": suggestions(of=client),
        }
        return Response(HintsOut(hints).data)


class MergeView(ApiView):
    @extend_schema(
        operation_id="garage_client_merge_preview", responses=MergePreviewOut,
        parameters=[OpenApiParameter("gone", int, required=True)],
    )
    def get(self, request: Request, pk: int) -> Response:
        """What would move to this client from the file `gone`; staff."""
        keep = queries.get_for(request.user, pk, "write")
        asked = MergeIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        gone = queries.get_for(request.user, asked.validated_data["gone"], "write")
        moves = [{"what": p.label, "table": p.name, "rows": count} for p, count in what_points(gone.pk)]
        preview = {"keep": keep, "gone": gone, "moves": moves}
        return Response(MergePreviewOut(preview).data)

    @extend_schema(operation_id="garage_client_merge", request=MergeIn, responses=StaffClientOut)
    def post(self, request: Request, pk: int) -> Response:
        """Join the file `gone` to this client; staff."""
        queries.get_for(request.user, pk, "write")
        given = self.read(MergeIn)
        client = services.merge_clients(actor=request.user, keep_id=pk, gone_id=given["gone"])
        return Response(StaffClientOut(client).data)


class ApartView(ApiView):
    @extend_schema(operation_id="garage_client_tell_apart", request=ApartIn, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """These two are not the same client: do not suggest them again; staff."""
        queries.get_for(request.user, pk, "write")
        services.tell_apart(actor=request.user, one_id=pk, other_id=self.read(ApartIn)["other"])
        return Response(status=204)


class ConsentsView(ApiView):
    @extend_schema(operation_id="garage_client_consents", responses=ConsentsOut)
    def get(self, request: Request, pk: int) -> Response:
        """What a client agreed to, and when he said so."""
        return Response(self._shown(queries.get_for(request.user, pk, "decide")))

    @extend_schema(operation_id="garage_client_consent", request=ConsentIn, responses=ConsentsOut)
    def post(self, request: Request, pk: int) -> Response:
        """Note an answer: the client's own, or what he told staff."""
        client = queries.get_for(request.user, pk, "decide")
        services.record_consent(actor=request.user, client_id=pk, **self.read(ConsentIn))
        return Response(self._shown(client))

    def _shown(self, client: Client) -> dict[str, Any]:
        return ConsentsOut({"agreements": queries.agreements(client), "history": client.consents.all()}).data


class ClientView(ApiView):
    @extend_schema(operation_id="garage_client", responses=ClientOut)
    def get(self, request: Request, pk: int) -> Response:
        """One client."""
        return Response(shape_for(request.user)(queries.get_for(request.user, pk)).data)

    @extend_schema(operation_id="garage_client_replace", request=ClientIn, responses=StaffClientOut)
    def put(self, request: Request, pk: int) -> Response:
        """Replace a client's data; staff."""
        return self._write(pk, ClientIn)

    @extend_schema(operation_id="garage_client_change", request=ClientPatch, responses=StaffClientOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change some of a client's data; staff."""
        return self._write(pk, ClientPatch)

    def _write(self, pk: int, shape: type[serializers.Serializer]) -> Response:
        user = self.request.user
        queries.get_for(user, pk, "write")
        values, contacts = _split(self.read(shape))
        client = services.update_client(actor=user, client_id=pk, **values)
        if contacts is not None:
            services.set_contacts(actor=user, client_id=pk, contacts=contacts)
        return Response(StaffClientOut(client).data)
