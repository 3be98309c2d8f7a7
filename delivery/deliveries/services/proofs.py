"""Evidence of every outcome, and the PDF that shows it."""

import hashlib
import json
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, override

from config.lib import heavy
from config.lib.actors import Actor, actor_user
from config.lib.errors import NotFound
from config.lib.jobs import JobState, claim, done, failed, ring
from delivery.deliveries import queries
from delivery.deliveries.evidence import Evidence
from delivery.deliveries.models import Delivery, DeliveryProof, Method, ProofDocument, Step
from delivery.places.rules import Point, straight_m


def _place_of(delivery: Delivery, step: str) -> Point:
    if step in (Step.COLLECTE, Step.RETOUR) or (step == Step.ECHEC and delivery.picked_up_at is None):
        return Point(delivery.pickup_lat, delivery.pickup_lon)
    return Point(delivery.dropoff_lat, delivery.dropoff_lon)


def write_proof(
    *, delivery: Delivery, step: str, actor: Actor, evidence: Evidence | None, lat: float | None, lon: float | None,
    method: str = "", reason: str = "", note: str = "",
) -> DeliveryProof:
    """Keep who, when, where and by what. The hash is the file's, without a file that of the record itself."""
    here = Point(lat, lon) if lat is not None and lon is not None else None
    away = None if here is None else round(straight_m(here, _place_of(delivery, step)))
    method = evidence.method if evidence else method or Method.CODE
    at = timezone.now()
    record: dict[str, Any] = {
        "delivery": delivery.reference, "step": str(step), "method": str(method), "reason": reason, "note": note,
        "by": getattr(actor_user(actor), "pk", None), "at": at.isoformat(), "lat": lat, "lon": lon,
    }
    sha256 = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    proof = DeliveryProof(
        delivery=delivery, step=step, method=method, reason=reason, note=note[:300], by=actor_user(actor), at=at,
        lat=lat, lon=lon, distance_m=away, sha256=evidence.sha256 if evidence else sha256,
    )
    if evidence:
        name = f"{delivery.reference}-{step}.{evidence.extension}".lower()
        proof.file.save(name, ContentFile(evidence.data), save=False)
    proof.save(force_insert=True)
    return proof


@transaction.atomic
def request_document(*, actor: Actor, delivery_id: int) -> ProofDocument:
    """The PDF of the proofs so far, made by a job when it is not there yet (`state`). Raises NotFound (also when
    there is no proof yet)."""
    delivery = queries.get_for(actor, delivery_id)
    version = delivery.proofs.count()
    if not version:
        raise NotFound
    document, fresh = ProofDocument.objects.get_or_create(
        delivery=delivery, version=version, language=(get_language() or "fr")[:2]
    )
    if fresh or document.state != JobState.FAIT:
        ring(document)
    return document


def _html(document: ProofDocument) -> str:
    delivery = document.delivery
    with override(document.language):
        return render_to_string(
            "delivery/deliveries/proof_pdf.html",
            {
                "delivery": delivery, "proofs": queries.proofs_of(delivery)[: document.version],
                "history": delivery.history.select_related("by"), "made_at": timezone.now(),
            },
        )


def render_document(*, document_id: int) -> None:
    """Make the PDF of a claimed document row in a helper process; safe to run twice."""
    document = claim(ProofDocument, document_id)
    if document is None:
        return
    try:
        pdf: bytes = heavy.run("delivery.deliveries.pdf.render", _html(document), timeout=60)
    except Exception as error:
        failed(document, error)
        return
    document.file.save(f"{document.delivery.reference.lower()}-{document.version}.pdf", ContentFile(pdf), save=False)
    done(document, file=document.file.name, sha256=hashlib.sha256(pdf).hexdigest())
