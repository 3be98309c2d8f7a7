"""Celery doors of orders."""

from celery import shared_task

from shop.orders import services


@shared_task(name="shop.tasks.expire_orders")
def expire_orders() -> int:
    return services.expire_orders()
