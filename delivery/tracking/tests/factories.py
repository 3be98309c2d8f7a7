"""Couriers on shift, deliveries on their way, and points of a phone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account, wallet_of
from delivery.couriers.models import Courier, Shift
from delivery.deliveries.models import Delivery

RIVOLI = (48.8570, 2.3540)
BASTILLE = (48.8530, 2.3690)


def courier_on_shift(user, *, vehicle="VELO", on_shift=True) -> Courier:
    courier = Courier.objects.create(user=user, vehicle=vehicle, status=Courier.Status.ACTIF, on_shift=on_shift)
    if on_shift:
        Shift.objects.create(courier=courier)
    return courier


def place(lat, lon, name="Madame Dupont") -> dict:
    return {
        "name": name, "phone": "+33612345678", "line1": "12 rue de Turenne", "postal_code": "75003", "city": "Paris",
        "country": "FR", "lat": lat, "lon": lon, "instructions": "code 4512",
    }


def delivery_of(courier, *, status="COLLECTEE", sender=None, recipient=None) -> Delivery:
    """A delivery in `status`, carried by `courier` (None while it is open)."""
    now = timezone.now()
    has_courier = status not in ("EN_ENCHERE", "PUBLIEE", "EXPIREE")
    delivery = Delivery.objects.create(
        sender=sender, recipient_user=recipient, courier=courier if has_courier else None, status=status,
        pickup=place(*RIVOLI), pickup_lat=RIVOLI[0], pickup_lon=RIVOLI[1],
        dropoff=place(*BASTILLE), dropoff_lat=BASTILLE[0], dropoff_lon=BASTILLE[1],
        payer_account=wallet_of(sender) if sender else system_account(SystemAccount.ESCROW),
        parcels=[{"weight_kg": "1.0", "size": "S"}], distance_m=1500, duration_s=400,
        estimate=Decimal("6.00"), max_price=Decimal("9.00"),
        agreed_price=Decimal("7.00") if has_courier else None, commission_percent=Decimal("15"),
        closes_in_s=600, closes_at=now, awarded_at=now - timedelta(hours=1) if has_courier else None,
        picked_up_at=now - timedelta(minutes=30) if status in ("COLLECTEE", "LIVREE") else None,
        delivered_at=now if status == "LIVREE" else None,
    )
    delivery.history.create(to_status=status, announced_at=now)
    return delivery


def point(seq=1, *, ago_s=0.0, lat=RIVOLI[0], lon=RIVOLI[1], **more) -> dict:
    """One item as a phone sends it, recorded `ago_s` seconds ago."""
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return {"seq": seq, "lat": lat, "lon": lon, "recorded_at": at.isoformat(), **more}


def ride(count=10, *, ago_s=60.0, step_s=1.0, step_deg=0.00004, first_seq=1) -> list[dict]:
    """A steady ride north-east at about 5 m/s, its first point recorded `ago_s` seconds ago."""
    start = datetime.now(UTC) - timedelta(seconds=ago_s)
    return [
        {
            "seq": first_seq + i, "lat": RIVOLI[0] + i * step_deg, "lon": RIVOLI[1] + i * step_deg,
            "accuracy": 5, "speed": 5.0, "recorded_at": (start + timedelta(seconds=i * step_s)).isoformat(),
        }
        for i in range(count)
    ]
