"""Celery doors of quotes."""

from celery import shared_task

from garage.quotes import services


@shared_task(name="garage.tasks.render_quote")
def render_quote(paper_id: int) -> None:
    services.render_paper(paper_id=paper_id)
