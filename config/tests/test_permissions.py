"""Every route × every person: nobody reads or changes what is not his (the table is config/tests/rights.py)."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from accounts.communities import queries as pots
from accounts.communities import services as communities
from accounts.companies import services as companies
from accounts.payments import services as payments
from accounts.payouts import services as payouts
from accounts.users.queries import devices_of
from accounts.users.services import addresses, sessions
from config.lib.actors import SYSTEM
from config.lib.testing import api, browser
from config.tests.rights import API, COURIER, OWNER, PAGES, PERSON, PUBLIC, STAFF, Right
from delivery.auctions import services as auctions
from delivery.couriers import services as couriers
from delivery.deliveries import services as deliveries
from delivery.deliveries.queries import public_token
from garage.alerts import services as alerts
from garage.billing import queries as bills
from garage.billing.services import credit_bill
from garage.billing.tests.factories import at_counter, bill_of
from garage.clients import services as clients
from garage.quotes import queries as quotes
from garage.quotes.tests.factories import quote_of
from garage.vehicles import services as vehicles
from garage.workshop.queries.appointments import feed_token
from garage.workshop.tests.appointment_factories import booked, open_garage
from garage.workshop.tests.factories import repair_world
from shop.cart import services as carts
from shop.catalogue import services as catalogue
from shop.orders import services as orders
from shop.returns import services as returns
from shop.reviews import services as reviews
from support.notifications import services as notifications
from support.threads import services as threads

pytestmark = pytest.mark.django_db
IBAN = "FR7630006000011234567890189"  # the banks' own example
METHODS = ("get", "post", "put", "patch", "delete")
OWN_APPS = ("accounts", "delivery", "shop", "garage", "support")
# What a refused request may leave behind: counters of attempts, never a change of the thing itself.
TRACES = {"IdempotentAnswer", "DeviceToken"}
ELSEWHERE = ("admin/", "style/", "i18n/", "static/")  # have tests of their own
THEIRS = ("account_", "mfa_", "usersessions_")  # allauth's pages, all about the person himself


def walk(resolver: Any, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        found += [(path, pattern)] if isinstance(pattern, URLPattern) else walk(pattern, path)
    return found


ROUTES = walk(get_resolver())
API_ROUTES = {p.removeprefix("api/"): r for p, r in ROUTES if p.startswith("api/") and not p.endswith(".*")}
PAGE_ROUTES = {
    p: r for p, r in ROUTES if not p.startswith(("api/", *ELSEWHERE)) and not str(r.name).startswith(THEIRS)
}


def methods_of(route: URLPattern) -> list[str]:
    view = getattr(route.callback, "view_class", None) or getattr(route.callback, "cls", None)
    return [m for m in METHODS if view is None or hasattr(view, m)]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "#0B6E4F").save(out, "PNG")
    return out.getvalue()


PLACE = {
    "name": "Alice", "phone": "+33612345678", "line1": "10 rue Oberkampf", "postal_code": "75011", "city": "Paris",
    "country": "FR", "lat": 48.8645, "lon": 2.3700, "instructions": "secret-door-code",
}  # fmt: skip


@pytest.fixture
def world(alice, carla, dora, admin_user, commit, settings) -> dict[str, Any]:
    """One thing of each kind, all of them Alice's (the courier and the bid are Carla's)."""
    with commit():
        product = catalogue.create_product(
            actor=SYSTEM, sku="T-1", name="Miel", price=Decimal("9.80"), vat_rate=Decimal("5.5"), stock=10,
            category=catalogue.create_category(actor=SYSTEM, name="Épicerie"),
        )
        address = addresses.save_address(
            actor=alice, recipient="Alice", line1="10 rue Oberkampf", postal_code="75011", city="Paris",
            country="FR", lat=48.8645, lon=2.37,
        )
        carts.add_to_cart(actor=alice, product_id=product.pk, quantity=1)
    with commit():
        order, _new = orders.checkout(actor=alice, delivery_method="RETRAIT")
    with commit():
        payments.top_up(actor=alice, amount=Decimal("50.00"), method="CARTE", token="tok_ok", key="world")
        waiting = payments.top_up(actor=alice, amount=Decimal("5.00"), method="CARTE", token="tok_3ds", key="world-3ds")
        orders.pay_order(actor=alice, order_id=order.pk, method="CARTE", token="tok_ok", key="world-order")
        orders.ship(actor=SYSTEM, order_id=order.pk)
        orders.mark_delivered(actor=SYSTEM, order_id=order.pk)
        review = reviews.write_review(actor=alice, product_id=product.pk, stars=4, body="Très bon miel")
        returned = returns.ask_return(
            actor=alice, order_id=order.pk, lines=[{"product_id": product.pk, "quantity": 1}], reason="AUTRE",
            photos=[SimpleUploadedFile("broken.png", png(), content_type="image/png")],
        )
        orders.refund_order(actor=SYSTEM, order_id=order.pk, amount=Decimal("1.00"), reason="geste")
        courier = couriers.apply(actor=carla, vehicle="VELO")
        couriers.approve(actor=admin_user, courier_id=courier.pk)
        couriers.set_shift(actor=carla, on=True)
        delivery = deliveries.create_delivery(
            actor=alice, pickup=PLACE, dropoff={**PLACE, "lat": 48.87, "lon": 2.38},
            parcels=[{"weight_kg": Decimal(1), "size": "S"}], kind="STANDARD", mode="ENCHERE", award="MANUELLE",
            max_price=Decimal("12.00"),
        )
        bid = auctions.place_bid(actor=carla, delivery_id=delivery.pk, amount=Decimal("8.00"), eta_minutes=30)
        picture = SimpleUploadedFile("photo.png", png(), content_type="image/png")
        thread = threads.open_thread(actor=alice, subject="Question", body="Bonjour", files=[picture])
        client = clients.create_client(actor=SYSTEM, kind="PARTICULIER", name="Alice", user=alice)
        vehicle = vehicles.create_vehicle(
            actor=SYSTEM, client=client, plate="AB-123-CD", kind="VOITURE",
            make="Renault", model="Clio", energy="ESSENCE", odometer_km=12000,
        )
        open_garage()
        appointment = booked(vehicle)
        vehicles.update_vehicle(actor=SYSTEM, vehicle_id=vehicle.pk, insurance_until=timezone.localdate())
        alerts.compute_vehicles(vehicle_ids=[vehicle.pk])
        bill = bill_of(vehicle=vehicle)
        bill_payment = at_counter(bill, "20.00")
        bill_credit = credit_bill(actor=SYSTEM, bill_id=bill.pk, amount=Decimal("1.00"), reason="geste")
        kept = vehicles.add_file(
            actor=alice, vehicle_id=vehicle.pk, kind="PHOTO",
            upload=SimpleUploadedFile("car.png", png(), content_type="image/png"),
        )
        shared_history, history_token = vehicles.share_history(actor=alice, vehicle_id=vehicle.pk, days=30)
        company = companies.create_company(actor=alice, name="Chez Alice", siren="732829320")
        community = communities.create_community(actor=alice, name="Chez Alice")
        shared = communities.invite(actor=alice, community_id=community.pk).link.rstrip("/").rsplit("/", 1)[-1]
        for user, accept in ((dora, True), (admin_user, False)):
            adhesion = communities.accept_invitation(actor=user, token=shared)
            if accept:
                communities.answer_adhesion(
                    actor=alice, community_id=community.pk, adhesion_id=adhesion.pk, accept=True
                )
        spending = communities.ask(actor=alice, community_id=community.pk, amount=Decimal("5.00"), purpose="Pain")
        fund = pots.solidarity()
    with commit():
        settings.SHOP_IBAN = IBAN
        destination = payouts.add_destination(actor=alice, to=IBAN)
        payouts.withdraw(actor=alice, to=str(destination.pk), amount=Decimal("5.00"), key="batched")
        batch = payouts.run_payouts(actor=SYSTEM)
        payout = payouts.withdraw(actor=alice, to=str(destination.pk), amount=Decimal("5.00"), key="waiting")
        case = payments.open_case(kind="PAIEMENT_INCONNU", key="world", amount=Decimal(0), provider="simulated")
    sessions.issue_token(user=alice, device_name="phone")
    quote = quote_of(vehicle=vehicle, sent=True)
    [device] = devices_of(alice)
    return {
        "alice": alice.pk, "product": product.pk, "address": address.pk, "order": order.pk, "courier": courier.pk,
        "bill": bill.pk, "bill_payment": bill_payment.pk, "bill_credit": bill_credit.pk,
        "bill_link": bills.public_token(bill),
        "quote": quote.pk, "quote_token": quotes.public_token(quote), "quote_paper": "devis", "quote_step": "pieces",
        **repair_world(client),
        "delivery": delivery.pk, "bid": bid.pk, "thread": thread.pk, "client": client.pk, "vehicle": vehicle.pk,
        "reading": vehicle.readings.last().pk, "vehicle_file": kept.pk, "share": shared_history.pk,
        "history_token": history_token,
        "appointment": appointment.pk, "feed": feed_token(appointment.mechanic),
        "alert": vehicle.alerts.get().pk,
        "destination": destination.pk, "payout": payout.pk, "payout_batch": batch.pk,
        "company": company.pk, "review": review.pk, "return_photo": returned.photos.get().pk, "provider": "simulated",
        "order_refund": order.refunds.get().pk,
        "reference": delivery.reference, "disagreement": case.pk, "payment": waiting.pk, "bank": waiting.provider_ref,
        "membership": company.memberships.get().pk,
        "attachment": apps.get_model("support.Attachment").objects.get().pk,
        "notification": alice.notifications.first().pk,
        "device": device.id,
        "push_device": notifications.add_device(actor=alice, platform="FCM", token="t" * 40).pk,
        "slug": product.slug, "category_slug": product.category.slug, "picture": "none.webp", "step": "depart",
        "token": public_token(delivery), "community": community.pk, "community_slug": community.slug,
        "community_member": community.members.last().pk, "adhesion": adhesion.pk, "spending": spending.pk,
        "fund": fund.pk, "fund_slug": fund.slug, "link": shared, "month": "2026-01",
    }  # fmt: skip


def state() -> dict[str, Any]:
    """Everything the five apps have written down."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for label in OWN_APPS
        for model in apps.get_app_config(label).get_models()
        if model.__name__ not in TRACES
    }


def url_of(path: str, right: Right, world: dict[str, Any]) -> str:
    parts = []
    for part in path.split("/"):
        name = part[1:-1].split(":")[-1] if part.startswith("<") else ""
        parts.append(str(world[right.args[name]]) if name else part)
    return "/".join(parts) + right.query.format_map(world)


def body_of(right: Right, world: dict[str, Any]) -> dict[str, Any]:
    return {**right.body, **{name: world[thing] for name, thing in right.body_ids.items()}}


def api_calls(world: dict[str, Any], client: APIClient, *kinds: str) -> Any:
    """(method, url, answer) of every API route of these kinds."""
    for path, right in API.items():
        if right.who in kinds:
            url = "/api/" + url_of(path, right, world)
            for method in methods_of(API_ROUTES[path]):
                body = None if method in ("get", "delete") else body_of(right, world)
                yield method, url, getattr(client, method)(url, body, format=None if body is None else "json")


def test_the_table_names_every_route_and_no_other():
    assert set(API) == set(API_ROUTES), set(API) ^ set(API_ROUTES)
    assert set(PAGES) == set(PAGE_ROUTES), set(PAGES) ^ set(PAGE_ROUTES)


def test_a_visitor_is_asked_to_sign_in(world):
    before = state()
    wrong = [
        (method, url, r.status_code)
        for method, url, r in api_calls(world, APIClient(), PERSON, OWNER, STAFF, COURIER)
        if r.status_code != 401 or r["Content-Type"] != "application/problem+json"
    ]
    assert wrong == []
    assert state() == before


def test_public_routes_answer_a_visitor(world):
    wrong = [
        (method, url, r.status_code)
        for method, url, r in api_calls(world, APIClient(), PUBLIC)
        if r.status_code in (403, 404) or r.status_code >= 500 or (method == "get" and r.status_code != 200)
    ]
    assert wrong == []


def test_a_stranger_learns_nothing_and_changes_nothing(world, charlie):
    client = api(charlie)
    before = state()
    wrong = [
        (method, url, r.status_code, getattr(r, "data", None))
        for method, url, r in api_calls(world, client, OWNER)
        if r.status_code != 404
    ]
    assert wrong == []
    assert state() == before


def test_customers_are_kept_out_of_the_staffs_and_couriers_doors(world, alice):
    client = api(alice)
    before = state()
    wrong = [
        (method, url, r.status_code)
        for method, url, r in api_calls(world, client, STAFF, COURIER)
        if r.status_code != 403
    ]
    assert wrong == []
    assert state() == before


def test_nobody_gets_a_server_error(world, alice, charlie, carla, dora, admin_user):
    wrong = []
    for person in (carla, charlie, dora, admin_user, alice):
        client = api(person)
        for method, url, r in api_calls(world, client, PUBLIC, PERSON, OWNER, STAFF, COURIER):
            if r.status_code >= 500:
                wrong.append((person.first_name, method, url, r.status_code))
    assert wrong == []


def page_calls(world: dict[str, Any], client: Client, *kinds: str) -> Any:
    for path, right in PAGES.items():
        if right.who in kinds:
            url = "/" + url_of(path, right, world)
            for method in ("get", "post"):
                if method in methods_of(PAGE_ROUTES[path]):
                    yield method, url, getattr(client, method)(url, body_of(right, world) if method == "post" else None)


def test_pages_send_a_visitor_to_the_login(world):
    wrong = [
        (method, url, r.status_code)
        for method, url, r in page_calls(world, Client(), PERSON, OWNER, STAFF, COURIER)
        if not (r.status_code == 302 and "/compte/login/" in r["Location"])
    ]
    assert wrong == []


def test_pages_of_another_do_not_exist(world, charlie):
    client = browser(charlie)
    before = state()
    wrong = [
        (method, url, r.status_code)
        for method, url, r in page_calls(world, client, OWNER)
        if r.status_code != 404
    ]
    assert wrong == []
    assert state() == before


def test_no_page_fails(world, alice, charlie, carla, dora, admin_user):
    wrong = []
    for person in (None, carla, charlie, dora, admin_user, alice):
        client = browser(person)
        for method, url, r in page_calls(world, client, PUBLIC, PERSON, OWNER, STAFF, COURIER):
            if r.status_code >= 500:
                wrong.append((person and person.first_name, method, url, r.status_code))
    assert wrong == []
