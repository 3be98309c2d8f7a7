import pytest

from accounts.users.events import account_closed
from config.lib.testing import api, assert_max_queries, browser
from delivery.deliveries.tests import factories as parcels
from shop.orders.tests.factories import place_order
from support.notifications.models import Notification
from support.notifications.services import notify
from support.threads.models import Status, Thread
from support.threads.tests.factories import picture, thread_of

pytestmark = pytest.mark.django_db
URL = "/api/support/threads"


def test_asking_starts_an_open_conversation(alice):
    answer = api(alice).post(URL, {"subject": "Broken bell", "body": "It does not ring."})
    assert answer.status_code == 201
    data = answer.json()
    assert data["status"] == "OUVERT"
    assert data["about"] is None
    assert [m["body"] for m in data["messages"]] == ["It does not ring."]
    thread = Thread.objects.get()
    assert thread.asker == alice
    assert [h.to_status for h in thread.history.all()] == [Status.OUVERT]


def test_page_and_api_write_the_same_conversation(alice):
    said = {"subject": "Broken bell", "body": "It does not ring."}
    page = browser(alice).post("/aide/nouveau/", said)
    assert page.status_code == 302
    api(alice).post(URL, said)
    rows = list(Thread.objects.values_list("asker", "subject", "status", "about_type"))
    assert rows[0] == rows[1]


@pytest.mark.parametrize("field", ["subject", "body"])
def test_empty_field_is_refused_on_that_field(alice, field):
    answer = api(alice).post(URL, {"subject": "A", "body": "B", field: "   "})
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Thread.objects.exists()


def test_unknown_thing_is_refused_on_the_field(alice):
    for about in ({"type": "quote", "id": 1}, {"type": "order", "id": 999}, {"type": "delivery", "id": 999}):
        answer = api(alice).post(URL, {"subject": "A", "body": "B", "about": about})
        assert answer.status_code == 422
        assert "about" in answer.json()["errors"]
    assert api(alice).post(URL, {"subject": "A", "body": "B", "about": {"type": "wallet", "id": 1}}).status_code == 422


def test_visitor_must_sign_in():
    assert api().post(URL, {"subject": "A", "body": "B"}).status_code == 401
    assert browser().get("/aide/").status_code == 302


def test_list_shows_only_mine_and_costs_the_same_for_more(alice, bob):
    thread_of(bob)
    for number in range(3):
        thread_of(alice, subject=f"Question {number}")
    client = api(alice)
    with assert_max_queries(2):
        data = client.get(URL).json()
    assert [row["subject"] for row in data["results"]] == ["Question 2", "Question 1", "Question 0"]
    page = browser(alice).get("/aide/").content.decode()
    assert "Question 2" in page
    assert "Where is my order" not in page


def test_empty_list_says_what_to_do(alice):
    page = browser(alice).get("/aide/").content.decode()
    assert "No conversation yet" in page
    assert "/aide/nouveau/" in page


def test_about_ones_own_order_and_delivery(alice, bob, carla):
    order = place_order(alice)
    parcels.fund(alice)
    delivery = parcels.make_delivery(alice, recipient_user=bob)
    for kind, thing, label in (("order", order, order.number), ("delivery", delivery, delivery.reference)):
        about = {"type": kind, "id": thing.pk}
        data = api(alice).post(URL, {"subject": "A", "body": "B", "about": about}).json()
        assert (data["about"]["type"], data["about"]["id"], data["about"]["label"]) == (kind, thing.pk, label)
        assert f"/{thing.pk}/" in data["about"]["url"]
        stranger = api(carla).post(URL, {"subject": "A", "body": "B", "about": about})
        assert stranger.status_code == 422
        assert "about" in stranger.json()["errors"]
    assert api(bob).post(URL, {"subject": "A", "body": "B", "about": about}).status_code == 201, "bob receives it"


def test_staff_do_not_ask_about_a_customers_order_as_their_own(alice, dora):
    about = {"type": "order", "id": place_order(alice).pk}
    assert api(dora).post(URL, {"subject": "A", "body": "B", "about": about}).status_code == 422


def test_page_opened_from_an_order_names_it(alice):
    order = place_order(alice)
    page = browser(alice)
    assert order.number in page.get(f"/aide/nouveau/?about=order:{order.pk}").content.decode()
    page.post("/aide/nouveau/", {"subject": "A", "body": "B", "about": f"order:{order.pk}"})
    assert Thread.objects.get().about_label == order.number


def test_closed_account_leaves_nothing_behind(alice, bob, var_dir, commit):
    thread_of(alice, files=[picture()])
    thread_of(bob)
    notify(user=alice, kind="order_shipped", dedupe_key="1", number="C", url="/x/")
    assert list((var_dir / "private").rglob("*.png"))
    with commit():
        account_closed.send(user_id=alice.pk)
    assert not list((var_dir / "private").rglob("*.png"))
    assert Thread.objects.get().asker == bob
    assert not Notification.objects.filter(user=alice).exists()
