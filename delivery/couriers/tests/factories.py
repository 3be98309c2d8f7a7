"""Couriers for tests, made through the services that make real ones."""

from config.lib.actors import SYSTEM
from delivery.couriers import services
from delivery.couriers.models import Courier


def make_courier(user, *, vehicle="VELO", on_shift=True, lat=48.8630, lon=2.3600) -> Courier:
    """An approved courier, on shift in Paris 3e unless told otherwise."""
    courier = services.apply(actor=user, vehicle=vehicle)
    services.approve(actor=SYSTEM, courier_id=courier.pk)
    if on_shift:
        services.set_shift(actor=user, on=True)
    Courier.objects.filter(pk=courier.pk).update(lat=lat, lon=lon)
    courier.refresh_from_db()
    return courier
