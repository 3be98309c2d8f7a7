from celery import shared_task

from delivery.deliveries import services


@shared_task(name="delivery.tasks.render_proof")
def render_proof(document_id: int) -> None:
    """Make the PDF of a delivery's proofs."""
    services.render_document(document_id=document_id)
