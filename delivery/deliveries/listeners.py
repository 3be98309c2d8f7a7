"""What is seen live when a delivery moves."""

from typing import Any

from config.lib.live import push
from delivery.deliveries.events import delivery_moved
from delivery.deliveries.models import Delivery


@delivery_moved.listener
def show_status(delivery_id: int, to_status: str, **ids: Any) -> None:
    """Watchers of the delivery see its status; its courier gets the assignment and what becomes of it."""
    delivery = Delivery.objects.select_related("courier").get(pk=delivery_id)
    push(f"delivery.{delivery_id}", {"type": "status", "delivery": delivery_id, "status": to_status})
    if delivery.courier is not None:
        push(
            f"courier.{delivery.courier.user_id}",
            {
                "type": "assignment", "delivery": delivery_id, "reference": delivery.reference, "status": to_status,
                "promised_at": delivery.promised_at,
            },
        )
