"""Photos and documents of a vehicle, its history as a PDF, and links to it."""

from datetime import timedelta
from pathlib import PurePath
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib import heavy
from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from delivery.deliveries.evidence import photo
from garage.vehicles import queries
from garage.vehicles.models import FileKind, HistoryShare, Vehicle, VehicleFile
from garage.vehicles.rules import token_hash
from garage.vehicles.timeline import ANYBODY, Reader, history

MAX_PDF_BYTES = 10 * 1024 * 1024
MOST_FILES = 100
SHARE_DAYS = (7, 30, 90)
MOST_ENTRIES = 1000  # of a PDF


def _checked(upload: Any) -> tuple[bytes, str]:
    """(bytes, type) of a PDF, or of a picture made small and without metadata. Known by their content, not their
    name. Invalid on `file`."""
    upload.seek(0)
    if upload.read(5) == b"%PDF-":
        if upload.size > MAX_PDF_BYTES:
            raise Invalid(errors={"file": [_("A PDF may have at most 10 MB.")]})
        upload.seek(0)
        return upload.read(), "application/pdf"
    upload.seek(0)
    try:
        return photo(upload).data, "image/jpeg"
    except Invalid as error:
        text = _("Send a PDF of at most 10 MB, or a photo (JPEG, PNG or WebP) of at most 12 MB.")
        raise Invalid(errors={"file": [text]}) from error


def add_file(*, actor: Actor, vehicle_id: int, upload: Any, kind: str, name: str = "") -> VehicleFile:
    """Keep a photo or document (staff, the owner). Without a name it has that of the file.

    NotFound; Invalid on file, kind or name. Pictures are made small before the transaction begins.
    """
    queries.get_for(actor, vehicle_id)
    if kind not in FileKind.values:
        raise Invalid(errors={"kind": [_("Choose what it is.")]})
    given = name.replace("\x00", "").strip() or PurePath(str(upload.name or "")).stem
    name = "".join(char for char in given if char.isprintable())[:120].strip() or str(FileKind(kind).label)
    data, content_type = _checked(upload)
    return _keep(actor=actor, vehicle_id=vehicle_id, data=data, content_type=content_type, kind=kind, name=name)


@transaction.atomic
def _keep(*, actor: Actor, vehicle_id: int, data: bytes, content_type: str, kind: str, name: str) -> VehicleFile:
    vehicle = queries.locked(queries.get_for(actor, vehicle_id).pk)
    if vehicle.files.count() >= MOST_FILES:
        raise Invalid(errors={"file": [_("At most %d files for a vehicle.") % MOST_FILES]})
    row = VehicleFile(
        vehicle=vehicle, client=vehicle.client, kind=kind, name=name, content_type=content_type, size=len(data),
        by=actor_user(actor),
    )
    row.file.save("file", ContentFile(data), save=False)
    row.save()
    return row


@transaction.atomic
def remove_file(*, actor: Actor, file_id: int) -> None:
    """Erase a file (staff, and who added it). NotFound, Forbidden."""
    row = queries.file_for(actor, file_id, "remove")
    storage, name = row.file.storage, str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def share_history(*, actor: Actor, vehicle_id: int, days: int, label: str = "") -> tuple[HistoryShare, str]:
    """A link for so many days, and its token, which is told only now (staff, the present owner). NotFound, Invalid."""
    vehicle = queries.get_for(actor, vehicle_id)
    if days not in SHARE_DAYS:
        raise Invalid(errors={"days": [_("Choose how long the link is valid.")]})
    token = token_urlsafe(32)
    row = HistoryShare.objects.create(
        vehicle=vehicle, token_hash=token_hash(token), label=label.replace("\x00", "").strip()[:80],
        by=actor_user(actor), expires_at=timezone.now() + timedelta(days=days),
    )
    return row, token


@transaction.atomic
def revoke_share(*, actor: Actor, share_id: int) -> HistoryShare:
    """The link opens nothing any more. Twice is once. NotFound."""
    row = queries.share_for(actor, share_id)
    HistoryShare.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now())
    row.refresh_from_db()
    return row


def open_share(*, token: str) -> HistoryShare:
    """The vehicle's history for whoever has the link. NotFound for one that is altered, expired or revoked."""
    row = queries.share_for_token(token)
    HistoryShare.objects.filter(pk=row.pk).update(opened_at=timezone.now())
    return row


def history_pdf(*, actor: Actor, vehicle_id: int) -> bytes:
    """The history that this person may read, as a PDF. NotFound."""
    return _pdf(*queries.past_for(actor, vehicle_id))


def shared_pdf(*, token: str) -> bytes:
    """The history behind a link, as a PDF: without names and amounts. NotFound."""
    return _pdf(open_share(token=token).vehicle, ANYBODY)


def _pdf(vehicle: Vehicle, reader: Reader) -> bytes:
    context = {
        "vehicle": vehicle, "entries": history(vehicle, reader)[:MOST_ENTRIES], "today": timezone.localdate(),
        "garage": {
            "name": settings.SHOP_NAME, "line1": settings.SHOP_LINE1, "postal_code": settings.SHOP_POSTAL_CODE,
            "city": settings.SHOP_CITY,
        },
        "site_name": settings.SITE_NAME, "css": (settings.BASE_DIR / "static/css/print.css").read_text(),
        "former": reader.left_on is not None,
    }
    pdf: bytes = heavy.run("accounts.wallet.pdf.render", render_to_string("garage/vehicles/history_pdf.html", context))
    return pdf
