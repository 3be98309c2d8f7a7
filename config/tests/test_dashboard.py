"""The staff's start page tells what waits, to those whose work it is."""

from decimal import Decimal

import pytest

from accounts.users.services.people import create_user
from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from delivery.couriers import services as couriers
from shop.catalogue import services as catalogue
from support.threads import services as threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(alice, carla, commit):
    with commit():
        shelf = catalogue.create_category(actor=SYSTEM, name="Épicerie")
        catalogue.create_product(actor=SYSTEM, sku="T-1", name="Miel", price=Decimal("9.80"), category=shelf, stock=2)
        couriers.apply(actor=carla, vehicle="VELO")
        threads.open_thread(actor=alice, subject="Question", body="Bonjour")


def labels(response):
    return {row["label"]: row["count"] for row in response.context["work"]}


@pytest.mark.usefixtures("waiting")
def test_an_administrator_sees_everything_that_waits(admin_user):
    response = browser(admin_user).get("/admin/")
    assert response.status_code == 200
    assert labels(response) == {"Products nearly sold out": 1, "Couriers to approve": 1, "Questions unanswered": 1}
    assert "Revenue incl. VAT, less refunds" in response.content.decode()


@pytest.mark.usefixtures("waiting")
def test_a_support_agent_sees_the_questions_only():
    agent = create_user(
        actor=SYSTEM, email="sam@email.test", password="x", is_staff=True, groups=["Support"], verified=True
    )
    response = browser(agent).get("/admin/")
    assert labels(response) == {"Questions unanswered": 1}
    assert "figures" not in response.context


def test_a_quiet_day_says_so(admin_user):
    assert "Nothing waits for anybody" in browser(admin_user).get("/admin/").content.decode()


@pytest.mark.usefixtures("waiting")
def test_it_costs_the_same_on_a_busy_day(admin_user, alice):
    client = browser(admin_user)
    client.get("/admin/")
    with assert_max_queries(45) as quiet:
        client.get("/admin/")
    for number in range(10):
        threads.open_thread(actor=alice, subject=f"Question {number}", body="Bonjour")
    with assert_max_queries(len(quiet)):
        client.get("/admin/")
