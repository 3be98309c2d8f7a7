"""Celery doors of the catalogue."""

from celery import shared_task

from shop.catalogue import services


@shared_task(name="shop.tasks.make_image_sizes")
def make_image_sizes(image_id: int) -> None:
    services.make_image_sizes(image_id=image_id)
