"""The OpenAPI document is valid, and every documented call answers as documented.

schemathesis makes requests from the document, good and bad ones, and sends them to the demo as a visitor, a customer,
a courier and staff. Good requests are given ids that exist, otherwise most would only ever meet 404. Each call is
rolled back, so that closing the account or signing out harms no other call. Every run makes the same requests.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.test import TestCase
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.companies import services as companies
from accounts.users.services.sessions import issue_token
from config.demo.streets import address
from config.tests.shop_window import demo_loaded, rolled_back
from delivery.auctions.models import Bid
from delivery.deliveries import queries as deliveries
from delivery.deliveries.models import Delivery
from garage.billing.tests.factories import bill_of
from garage.clients.tests.factories import client_of
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop.tests.appointment_factories import booked, open_garage
from shop.catalogue.models import Product
from shop.orders.models import Order
from support.notifications.models import Notification
from support.threads.models import Thread

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
PERSONAS = ["visitor", "bob@email.test", "carla@courier.test", "admin@ecom.test"]
PARTS = 4
ANSWERED: set[str] = set()


def test_the_document_is_valid_and_complete() -> None:
    GENERATOR_STATS.reset()
    document = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, "drf-spectacular has to guess"
    validate(document)
    operations = [(path, verb, o) for path, verbs in document["paths"].items() for verb, o in verbs.items()]
    for path, verb, operation in operations:
        assert operation.get("summary"), f"{verb} {path} does not say what it does"
        assert any(status.startswith("2") for status in operation["responses"]), f"{verb} {path}"
    unnamed = [name for name in document["components"]["schemas"] if name.endswith("Enum") and name[-5].isdigit()]
    assert not unnamed, "enums want a name in ENUM_NAME_OVERRIDES"
    assert set(document["components"]["securitySchemes"]) == {"token", "cookieAuth"}


class World:
    """The demo, the tokens of its people, and ids for the names that requests use."""

    def __init__(self) -> None:
        users = {user.email: user for user in get_user_model().objects.all()}
        self.tokens = {email: issue_token(user=users[email]).token for email in PERSONAS[1:]}
        bob = users["bob@email.test"]
        company = companies.create_company(actor=bob, name="Bob et fils", siren="732829320")
        client = client_of(bob)
        vehicle = vehicle_of(client, plate="ZZ-999-ZZ")
        open_garage()
        home = address("Rue Oberkampf", 84)
        self.place = {
            "name": "Alice", "phone": "+33612000001", "line1": home.line1, "postal_code": home.postal_code,
            "city": "Paris", "lat": home.lat, "lon": home.lon,
        }
        open_delivery = Delivery.objects.get(status="EN_ENCHERE")
        self.ids: dict[str, Any] = {
            "product_id": Product.objects.filter(stock__gt=5).first().pk,
            "order_id": Order.objects.get(user=bob).pk,
            "address_id": bob.addresses.get().pk,
            "delivery_id": open_delivery.pk,
            "bid": Bid.objects.filter(delivery=open_delivery).first().pk,
            "member_id": company.memberships.get().pk,
            "device_id": "token-1",
            "to": "alice@email.test", "email": "bob@email.test", "payment_token": "tok_ok", "provider": "simulated",
            "pickup": self.place, "dropoff": self.place, "phone": "+33612000001", "shipping_address": self.place,
            "q": "Oberkampf", "token": deliveries.public_token(open_delivery), "client": client.pk,
        }
        self.by_path = {
            "/api/deliveries/": self.ids["delivery_id"], "/api/tracking/deliveries/": self.ids["delivery_id"],
            "/api/orders/": self.ids["order_id"], "/api/catalog/products/": self.ids["product_id"],
            "/api/companies/": company.pk, "/api/users/me/addresses/": self.ids["address_id"],
            "/api/users/": bob.pk, "/api/support/threads/": Thread.objects.get().pk,
            "/api/admin/support/threads/": Thread.objects.get().pk, "/api/manager/couriers/": 1,
            "/api/notifications/": Notification.objects.filter(user=bob).first().pk,
            "/api/garage/clients/": client.pk, "/api/garage/vehicles/": vehicle.pk,
            "/api/garage/appointments/": booked(vehicle).pk, "/api/garage/invoices/": bill_of(vehicle=vehicle).pk,
        }

    def make_real(self, case: Any, turn: int) -> None:
        """Put what exists in place of what was drawn, save in every third request."""
        if turn % 3 == 2:
            return
        for where in (case.path_parameters, case.query, case.body):
            if not isinstance(where, dict):
                continue
            for name in where:
                if name in self.ids:
                    where[name] = self.ids[name]
        if "id" in case.path_parameters:
            prefix = max((p for p in self.by_path if case.path.startswith(p)), key=len, default=None)
            if prefix:
                case.path_parameters["id"] = self.by_path[prefix]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    with demo_loaded(django_db_blocker, tmp_path_factory.mktemp("demo")):
        yield World()


@pytest.fixture(scope="module")
def document(world: World) -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema?format=json", WSGIHandler())


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_every_call_answers_as_documented(part: int, world: World, document: Any) -> None:
    operations = [result.ok() for result in document.get_all_operations()]
    wrong: dict[str, str] = {}
    for operation in operations[part::PARTS]:
        plain = not operation.body and not list(operation.iter_parameters())
        for mode, examples in EXAMPLES.items():
            if plain and mode == GenerationMode.NEGATIVE:
                continue  # nothing to be wrong in
            error = try_out(operation, mode, examples, world)
            if error:
                wrong[operation.label] = error
    assert not wrong, "\n\n".join(f"## {label}\n{error}" for label, error in wrong.items())


def try_out(operation: Any, mode: GenerationMode, examples: int, world: World) -> str:
    """What is wrong with the answers of one operation, or nothing."""
    turns = itertools.count()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_documented(case: Any) -> None:
        if mode == GenerationMode.POSITIVE:
            world.make_real(case, next(turns))
        for persona in PERSONAS:
            headers = {"Accept-Language": "en"}
            if persona in world.tokens:
                headers["Authorization"] = f"Token {world.tokens[persona]}"
            with rolled_back(), TestCase.captureOnCommitCallbacks(execute=False):
                response = case.call(headers=headers)
                transaction.set_rollback(True)
            if 200 <= response.status_code < 300:
                ANSWERED.add(operation.label)
            case.validate_response(response, checks=CHECKS, headers=headers)

    try:
        answers_as_documented()
    except Unsatisfiable:
        return ""
    except BaseExceptionGroup as group:
        return str(group.exceptions[0])
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"
    return ""
