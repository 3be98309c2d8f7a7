from celery import shared_task
from django.utils import timezone

from delivery.auctions import queries, services


@shared_task(name="delivery.tasks.close_auction")
def close_auction(delivery_id: int) -> None:
    """Close one auction if its time is over."""
    services.close_auction(delivery_id=delivery_id)


@shared_task(name="delivery.tasks.close_due_auctions")
def close_due_auctions() -> int:
    """Close every auction whose time is over: what the bell of a single auction missed is found here."""
    due = queries.due_to_close(timezone.now())
    for delivery_id in due:
        services.close_auction(delivery_id=delivery_id)
    return len(due)
