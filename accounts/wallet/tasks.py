"""Celery door of the wallet: monthly statements."""

from celery import shared_task

from accounts.wallet import services


@shared_task(name="accounts.wallet.tasks.render_statement")
def render_statement(statement_id: int) -> None:
    services.render_statement(statement_id=statement_id)
