"""Celery doors of invoices."""

from celery import shared_task

from shop.invoices import services


@shared_task(name="shop.tasks.render_invoice")
def render_invoice(invoice_id: int) -> None:
    services.render_invoice(invoice_id=invoice_id)


@shared_task(name="shop.tasks.check_invoice")
def check_invoice(check_id: int) -> None:
    services.check_invoice(check_id=check_id)
