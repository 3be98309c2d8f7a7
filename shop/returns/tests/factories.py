"""Returns for tests, asked for through the service."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from config.lib.actors import SYSTEM
from shop.catalogue.models import Product
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.factories import fresh, paid_order
from shop.returns import services
from shop.returns.models import Return


def delivered_order(user: Any, *lines: tuple[Product, int], **fields: Any) -> Order:
    """An order that the customer holds in hand since now."""
    order = paid_order(user, *lines, **fields)
    orders.ship(actor=SYSTEM, order_id=order.pk)
    orders.mark_delivered(actor=SYSTEM, order_id=order.pk)
    return fresh(order)


def received_days_ago(order: Order, days: float) -> Order:
    for step in order.history.filter(to_status="LIVREE"):
        type(step).objects.filter(pk=step.pk).update(at=step.at - timedelta(days=days))
    return order


def make_return(order: Order, quantity: int = 1, **fields: Any) -> Return:
    """Pieces of the first line on their way back."""
    lines = [{"line_id": order.lines.first().pk, "quantity": quantity}]
    return services.ask_return(
        actor=order.user, order_id=order.pk, **{"lines": lines, "reason": "RETRACTATION", **fields}
    )


def photo(name: str = "phone.jpg", size: tuple[int, int] = (2400, 1200)) -> SimpleUploadedFile:
    """A photo as a phone makes it, with its place in the metadata."""
    picture = Image.new("RGB", size, "brown")
    exif = picture.getexif()
    exif[0x010F] = "SecretPhone"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
