"""Files that leave through a page or an API door."""

from django.http import HttpResponse

from accounts.payouts.models import PayoutBatch


def file_response(batch: PayoutBatch) -> HttpResponse:
    """The file for the bank, as it was written."""
    answer = HttpResponse(bytes(batch.file), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{batch.reference}.xml"'
    answer["Cache-Control"] = "private, no-store"
    return answer
