"""`/api/garage/vehicles/{id}/history`, its PDF, links to it, and the vehicle's files."""

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import NO_CONTENT, ApiView, PageOut
from config.lib.private import give_out
from garage.vehicles import queries, services
from garage.vehicles.models import FileKind, HistoryShare, VehicleFile
from garage.vehicles.services.papers import SHARE_DAYS
from garage.vehicles.timeline import KINDS, history
from garage.vehicles.views import pdf_response

PAGES = [OpenApiParameter("page", int), OpenApiParameter("page_size", int)]


class EntryOut(serializers.Serializer):
    day = serializers.DateField()
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    title = serializers.CharField()
    detail = serializers.CharField()
    by = serializers.CharField()
    url = serializers.CharField()


class HistoryPage(PageOut):
    results = EntryOut(many=True)


class HistoryView(ApiView):
    @extend_schema(operation_id="garage_vehicle_history", responses=HistoryPage, parameters=PAGES)
    def get(self, request: Request, pk: int) -> Response:
        """What happened to the vehicle, newest first, as far as the reader may know; a former owner reads until he
        sold it."""
        return self.paged(history(*queries.past_for(request.user, pk)), EntryOut)


class HistoryPdfView(ApiView):
    pagination_class = None

    @extend_schema(operation_id="garage_vehicle_history_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The same as a PDF."""
        return pdf_response(services.history_pdf(actor=request.user, vehicle_id=pk))


class ShareOut(serializers.ModelSerializer):
    class Meta:
        model = HistoryShare
        fields = ["id", "label", "created_at", "expires_at", "revoked_at", "opened_at"]


class NewShareOut(ShareOut):
    """`url` is told only here: the house keeps its hash alone."""

    url = serializers.CharField()

    class Meta(ShareOut.Meta):
        fields = [*ShareOut.Meta.fields, "url"]


class SharePage(PageOut):
    results = ShareOut(many=True)


class ShareIn(serializers.Serializer):
    """`days`: 7, 30 or 90."""

    days = serializers.IntegerField(default=SHARE_DAYS[1])
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=80, required=False, allow_blank=True, default=""
    )


class SharesView(ApiView):
    @extend_schema(operation_id="garage_vehicle_shares", responses=SharePage, parameters=PAGES)
    def get(self, request: Request, pk: int) -> Response:
        """Links to the history, newest first, those that ended included."""
        return self.paged(queries.shares_for(request.user, pk), ShareOut)

    @extend_schema(operation_id="garage_vehicle_share", request=ShareIn, responses={201: NewShareOut})
    def post(self, request: Request, pk: int) -> Response:
        """A link by which anybody reads the history without names and amounts."""
        queries.get_for(request.user, pk)
        share, token = services.share_history(actor=request.user, vehicle_id=pk, **self.read(ShareIn))
        url = request.build_absolute_uri(reverse("garage:shared_history", args=[token]))
        return Response({**ShareOut(share).data, "url": url}, status=201)


class ShareView(ApiView):
    @extend_schema(operation_id="garage_vehicle_share_revoke", responses=ShareOut)
    def delete(self, request: Request, pk: int, share_id: int) -> Response:
        """The link opens nothing any more."""
        share = queries.share_for(request.user, share_id, vehicle_id=pk)
        return Response(ShareOut(services.revoke_share(actor=request.user, share_id=share.pk)).data)


class FileOut(serializers.ModelSerializer):
    class Meta:
        model = VehicleFile
        fields = ["id", "kind", "name", "content_type", "size", "created_at"]


class FilePage(PageOut):
    results = FileOut(many=True)


class FileIn(serializers.Serializer):
    """multipart/form-data: a PDF of at most 10 MB, or a photo of at most 12 MB, which is made small."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=FileKind.choices)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class FilesView(ApiView):
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="garage_vehicle_files", responses=FilePage, parameters=PAGES)
    def get(self, request: Request, pk: int) -> Response:
        """Photos and documents, newest first: all for staff, those of their own time for owners."""
        return self.paged(queries.files_for(request.user, pk), FileOut)

    @extend_schema(
        operation_id="garage_vehicle_file_add", request={"multipart/form-data": FileIn}, responses={201: FileOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add a photo or document; staff and the owner."""
        queries.get_for(request.user, pk)
        values = self.read(FileIn)
        row = services.add_file(
            actor=request.user, vehicle_id=pk, upload=values["file"], kind=values["kind"], name=values["name"]
        )
        return Response(FileOut(row).data, status=201)


class FileView(ApiView):
    pagination_class = None

    @extend_schema(operation_id="garage_vehicle_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, file_id: int) -> FileResponse:
        """The photo (image/jpeg) or document (application/pdf)."""
        row = queries.file_for(request.user, file_id, vehicle_id=pk)
        return give_out(row.file, content_type=row.content_type, filename=row.name)

    @extend_schema(operation_id="garage_vehicle_file_remove", responses={204: None})
    def delete(self, request: Request, pk: int, file_id: int) -> Response:
        """Erase it; staff, and who added it."""
        row = queries.file_for(request.user, file_id, "remove", vehicle_id=pk)
        services.remove_file(actor=request.user, file_id=row.pk)
        return Response(status=NO_CONTENT)
