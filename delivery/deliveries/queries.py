"""Reads of deliveries: who may see what, locks, codes and links."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts.users.queries import is_staff_of
from accounts.wallet.models import AccountKind
from config.lib.actors import SYSTEM, Actor
from config.lib.clock import days_ago
from config.lib.errors import Forbidden, NotFound
from delivery.deliveries.models import Delivery, DeliveryProof, PricingRule, Step
from delivery.deliveries.rules import handover_code
from delivery.places.rules import DETOUR, Point, around, straight_m

LINK_SALT = "triporteur.delivery.follow"
OPEN_LIST_MAX = 500


class Audience(StrEnum):
    """How a person stands to a delivery. Decides what he sees and may do."""

    SENDER = "SENDER"
    RECIPIENT = "RECIPIENT"
    COURIER = "COURIER"
    STAFF = "STAFF"


class Right(StrEnum):
    READ = "READ"
    OWN = "OWN"  # choose, cancel, post again: the sender's side
    CARRY = "CARRY"  # pick up, hand over, report: the chosen courier


def _company_ids(user: Any) -> Any:
    return user.memberships.values("company")


def mine(user: Any) -> QuerySet[Delivery]:
    """Deliveries of a person as sender, recipient, courier or member of the paying company."""
    return Delivery.objects.filter(
        Q(sender=user) | Q(recipient_user=user) | Q(courier__user=user)
        | Q(payer_account__company__in=_company_ids(user))
    )


def _is_staff(actor: Any, delivery: Delivery) -> bool:
    # The shop's clerks act for the platform's own deliveries, which have no sender.
    return is_staff_of(actor, "DELIVERY") or (delivery.sender_id is None and is_staff_of(actor, "SHOP"))


def audience_of(actor: Actor, delivery: Delivery) -> Audience | None:
    """How the actor stands to the delivery; None for a stranger. The courier's side wins: who carries a parcel
    must not read its codes, whatever else he is."""
    if actor is SYSTEM:
        return Audience.STAFF
    pk = getattr(actor, "pk", None)
    if pk is None:
        return None
    if delivery.courier is not None and delivery.courier.user_id == pk:
        return Audience.COURIER
    if delivery.sender_id == pk:
        return Audience.SENDER
    company = delivery.payer_account.company_id
    if company is not None and actor.memberships.filter(company=company).exists():  # type: ignore[union-attr]
        return Audience.SENDER
    if delivery.recipient_user_id == pk:
        return Audience.RECIPIENT
    return Audience.STAFF if _is_staff(actor, delivery) else None


def is_platform_paid(delivery: Delivery) -> bool:
    """The customer paid the fee with the order: it waits in the platform's escrow."""
    return delivery.payer_account.kind == AccountKind.SYSTEME


def with_people(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.select_related("courier__user", "sender", "recipient_user", "payer_account")


def get_for(actor: Actor, pk: Any, right: Right = Right.READ) -> Delivery:
    """The delivery together with the right to use it. Raises NotFound for strangers, Forbidden for readers."""
    delivery = with_people(Delivery.objects.filter(pk=pk)).first()
    audience = None if delivery is None else audience_of(actor, delivery)
    if delivery is None or audience is None:
        raise NotFound
    allowed = {
        Right.READ: set(Audience),
        Right.OWN: {Audience.SENDER, Audience.STAFF},
        Right.CARRY: {Audience.COURIER},
    }[right]
    if audience not in allowed:
        raise Forbidden
    return delivery


def get_for_manager(actor: Actor, pk: Any) -> Delivery:
    """Any delivery, for managers and the system. Raises Forbidden, NotFound."""
    if actor is not SYSTEM and not is_staff_of(actor, "DELIVERY"):
        raise Forbidden
    delivery = with_people(Delivery.objects.filter(pk=pk)).first()
    if delivery is None:
        raise NotFound
    return delivery


def locked(pk: int) -> Delivery:
    """The delivery, locked until the transaction ends. Locked before its bids and before any wallet.

    Its people and its hold are read after the lock: PostgreSQL answers a join in the locking statement from before
    the wait, so that a cancel which waited for an accept would see no hold, and leave the money held.
    """
    Delivery.objects.select_for_update().only("pk").get(pk=pk)
    return Delivery.objects.select_related("courier__user", "payer_account", "hold", "sender").get(pk=pk)


def with_bids_count(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Adds `bids_count`: bids that were not withdrawn."""
    bid: Any = Delivery._meta.get_field("bids").related_model
    counted = (
        bid.objects.filter(delivery=OuterRef("pk")).exclude(status="RETIREE")
        .order_by().values("delivery").annotate(n=Count("pk")).values("n")
    )
    return rows.annotate(bids_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def count_bids(delivery: Delivery) -> int:
    """Bids that were not withdrawn: public, unlike what they say."""
    return delivery.bids.exclude(status="RETIREE").count()


def listing(user: Any, *, role: str = "", status: str = "", search: str = "") -> QuerySet[Delivery]:
    """Mine, newest first, with what a list shows. `role` is sender, recipient or courier; `status` may be a group:
    open, running, ended."""
    rows = mine(user)
    status, search = (text.replace("\x00", "") for text in (status, search))
    roles = {"sender": Q(sender=user), "recipient": Q(recipient_user=user), "courier": Q(courier__user=user)}
    groups = {
        "open": (*Delivery.OPEN, Delivery.Status.EXPIREE), "running": Delivery.RUNNING, "ended": Delivery.ENDED,
    }
    if role in roles:
        rows = rows.filter(roles[role])
    if status:
        rows = rows.filter(status__in=groups.get(status, (status,)))
    if search:
        rows = rows.filter(Q(reference__icontains=search) | Q(note__icontains=search))
    return with_bids_count(with_people(rows)).order_by("-created_at", "-pk")


def open_near(*, point: Point, radius_m: float, not_of: Any) -> list[dict[str, Any]]:
    """Open deliveries whose pickup is within `radius_m` metres, nearest first, as plain rows with `away_m`.

    A box on indexed columns, then the exact distance; rows come from .values(): this is the couriers' hot list.
    Names, phones and instructions stay hidden until a courier is chosen.
    """
    south, north, west, east = around(point.lat, point.lon, radius_m)
    rows = (
        Delivery.objects.filter(
            status__in=Delivery.OPEN, closes_at__gt=timezone.now(),
            pickup_lat__range=(south, north), pickup_lon__range=(west, east),
        )
        .exclude(sender=not_of).exclude(recipient_user=not_of).exclude(payer_account__user=not_of)
        .order_by("closes_at", "pk")
    )
    fields = (
        "id", "reference", "kind", "mode", "status", "award", "pickup", "dropoff", "parcels", "max_price",
        "distance_m", "duration_s", "closes_at", "pickup_lat", "pickup_lon", "window",
    )
    found = []
    for row in with_bids_count(rows).values(*fields, "bids_count")[:OPEN_LIST_MAX]:
        straight = straight_m(point, Point(row.pop("pickup_lat"), row.pop("pickup_lon")))
        if straight <= radius_m:
            row["away_m"] = round(straight * DETOUR)
            for end in ("pickup", "dropoff"):
                row[end] = {key: row[end].get(key) for key in ("line1", "postal_code", "city", "lat", "lon")}
            found.append(row)
    return sorted(found, key=lambda row: (row["away_m"], row["id"]))


def pricing_rule(kind: str) -> PricingRule:
    """The rule in force now for a kind; unsaved defaults when the table has none."""
    rows = PricingRule.objects.filter(kind=kind, valid_from__lte=timezone.now()).order_by("-valid_from")
    return rows.first() or PricingRule(kind=kind)


def by_origin(origin: str) -> Delivery | None:
    return with_people(Delivery.objects.filter(origin=origin)).first()


def code_for(delivery: Delivery, step: str) -> str:
    """The 6-digit code of a step (Step.COLLECTE or Step.REMISE)."""
    return handover_code(
        secret=settings.SECRET_KEY, delivery_id=delivery.pk, nonce=delivery.code_nonce, step=str(step)
    )


def handover_for(audience: Audience | None, delivery: Delivery) -> dict[str, str | None]:
    """The codes this audience must hand over: the sender both, the recipient the second, couriers neither.

    Staff see both for the platform's own deliveries, where they are the sender.
    """
    sender = audience is Audience.SENDER or (audience is Audience.STAFF and delivery.sender_id is None)
    second = sender or audience is Audience.RECIPIENT
    return {
        "pickup_code": code_for(delivery, Step.COLLECTE) if sender else None,
        "dropoff_code": code_for(delivery, Step.REMISE) if second else None,
    }


def public_token(delivery: Delivery) -> str:
    """The signed part of the recipient's link. It shows the second code: never give it to a courier."""
    return signing.Signer(salt=LINK_SALT).sign(f"{delivery.pk}.{delivery.code_nonce[:8]}").replace(":", "~")


def delivery_for_token(token: str) -> Delivery | None:
    """The delivery of a recipient's link, or None when the token was not signed here."""
    try:
        value = signing.Signer(salt=LINK_SALT).unsign(str(token).replace("~", ":"))
        pk, _dot, nonce = value.partition(".")
        delivery = with_people(Delivery.objects.filter(pk=int(pk))).first()
    except (signing.BadSignature, ValueError):
        return None
    return delivery if delivery is not None and delivery.code_nonce.startswith(nonce) else None


def tracking_url(delivery: Delivery) -> str:
    """The public page where the recipient follows the delivery, absolute. The page itself is tracking's, a higher
    feature; its path is part of the links people have received, so it is written here and never changes."""
    return f"{settings.SITE_URL}/suivi/{delivery.reference}/?token={public_token(delivery)}"


def proofs_of(delivery: Delivery) -> list[DeliveryProof]:
    return list(delivery.proofs.select_related("by"))


def kept_promises(courier_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Courier → (kept, made): deliveries handed over by the promised time, out of those that ended with a
    handover or a return."""
    ended = Q(status__in=[Delivery.Status.LIVREE, Delivery.Status.RETOURNEE], promised_at__isnull=False)
    kept = Q(status=Delivery.Status.LIVREE, delivered_at__lte=F("promised_at"))
    rows = (
        Delivery.objects.filter(ended, courier__in=courier_ids).order_by().values("courier")
        .annotate(made=Count("pk"), kept=Count("pk", filter=kept))
    )
    return {row["courier"]: (row["kept"], row["made"]) for row in rows}


def without_bids() -> QuerySet[Delivery]:
    """Open auctions on which nobody bid yet."""
    return Delivery.objects.filter(status=Delivery.Status.EN_ENCHERE, bids=None)


def late(now: datetime) -> QuerySet[Delivery]:
    """Deliveries under way whose promised time is over."""
    return Delivery.objects.filter(status__in=Delivery.RUNNING, promised_at__lt=now)


def ended_by_day(days: int) -> dict[date, int]:
    """How many were handed over on each of the last `days` days, today included; days without are absent."""
    rows = (
        Delivery.objects.filter(status=Delivery.Status.LIVREE, delivered_at__gte=days_ago(days - 1))
        .order_by()
        .values_list(TruncDate("delivered_at"))
        .annotate(n=Count("pk"))
    )
    return dict(rows)
