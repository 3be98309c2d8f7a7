"""Where the shop meets the couriers: the pickup place, the address of the customer, the fee."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.users.models import Address
from config.lib.errors import Invalid, NotFound
from delivery.deliveries.services import estimate
from delivery.places.geocoding import resolve_places
from shop.orders import rules


def shop_place() -> dict[str, Any]:
    """The shop as the pickup place of a delivery."""
    return {
        "name": settings.SHOP_NAME, "phone": settings.SHOP_PHONE, "line1": settings.SHOP_LINE1,
        "postal_code": settings.SHOP_POSTAL_CODE, "city": settings.SHOP_CITY, "country": "FR",
        "lat": settings.SHOP_LAT, "lon": settings.SHOP_LON, "instructions": "",
    }


def _of_address_book(user: Any, address_id: int) -> dict[str, Any]:
    address = Address.objects.filter(pk=address_id, user_id=user.pk).first()
    if address is None:
        raise NotFound(_("This address is not in your address book."))
    return {
        "name": address.recipient, "phone": str(address.phone or ""), "line1": address.line1,
        "postal_code": address.postal_code, "city": address.city, "country": address.country,
        "lat": address.lat, "lon": address.lon, "instructions": address.line2,
    }


def customer_place(
    *, user: Any, address_id: int | None = None, shipping_address: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Where an order goes, with coordinates. Asks the geocoder: call it outside a transaction.

    NotFound (another's address), Invalid, AddressNotFound (422) on `shipping_address.…`.
    """
    if address_id is not None:
        place = _of_address_book(user, address_id)
    elif shipping_address:
        place = {"name": user.get_full_name(), "phone": str(user.phone or ""), **shipping_address}
    else:
        raise Invalid(errors={"address_id": [_("Say where to deliver: an address of yours or a new one.")]})
    return resolve_places(shipping_address=place)[0]


def delivery_fee(place: dict[str, Any], items: Sequence[Any]) -> Decimal:
    """What the delivery of these articles to a place costs, incl. VAT."""
    return estimate(pickup=shop_place(), dropoff=place, parcels=rules.parcels(items)).price
