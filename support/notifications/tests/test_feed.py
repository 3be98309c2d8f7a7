"""The feed: reading it, marking it, and nobody else's."""

import pytest

from config.lib.testing import api, assert_max_queries, browser
from support.notifications import queries, services
from support.notifications.models import Notification

pytestmark = pytest.mark.django_db


def tell(user, number=1):
    return services.notify(
        user=user, kind="order_shipped", dedupe_key=f"{user.pk}:{number}", number=f"CMD-{number}", id=number,
        url=f"/commandes/{number}/",
    )


def test_feed_is_newest_first_and_mine_only(alice, bob):
    for number in (1, 2, 3):
        tell(alice, number)
    tell(bob, 9)
    client = api(alice)
    with assert_max_queries(2):
        data = client.get("/api/notifications").json()
    assert data["count"] == 3
    assert [row["url"] for row in data["results"]] == ["/commandes/3/", "/commandes/2/", "/commandes/1/"]
    page = browser(alice).get("/notifications/").content.decode()
    assert "CMD-3" in page
    assert "CMD-9" not in page


def test_unread_filter_and_read(alice):
    row, _other = tell(alice, 1), tell(alice, 2)
    client = api(alice)
    data = client.post(f"/api/notifications/{row.pk}/read").json()
    assert data["read_at"] is not None
    assert client.post(f"/api/notifications/{row.pk}/read").json()["read_at"] == data["read_at"]
    assert client.get("/api/notifications?unread=true").json()["count"] == 1
    assert queries.unread_count(alice) == 1
    assert client.post("/api/notifications/read-all").json() == {"unread": 0}
    assert queries.unread_count(alice) == 0


def test_another_persons_notification_does_not_exist(alice, bob):
    row = tell(alice)
    assert api(bob).post(f"/api/notifications/{row.pk}/read").status_code == 404
    assert browser(bob).post(f"/notifications/{row.pk}/").status_code == 404
    api(bob).post("/api/notifications/read-all")
    assert Notification.objects.get().read_at is None


def test_opening_on_the_page_marks_it_and_goes_there(alice):
    row = tell(alice)
    answer = browser(alice).post(f"/notifications/{row.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/commandes/1/")
    assert queries.unread_count(alice) == 0


def test_mark_all_by_page_and_api_do_the_same(alice, bob):
    tell(alice)
    tell(bob)
    browser(alice).post("/notifications/tout-lire/")
    api(bob).post("/api/notifications/read-all")
    assert not Notification.objects.filter(read_at=None).exists()


def test_empty_feed_says_so(alice):
    assert "Nothing to tell you yet" in browser(alice).get("/notifications/").content.decode()


def test_visitor_must_sign_in():
    assert api().get("/api/notifications").status_code == 401
    assert browser().get("/notifications/").status_code == 302


def test_count_of_a_visitor_is_nothing():
    from django.contrib.auth.models import AnonymousUser

    assert queries.unread_count(AnonymousUser()) == 0
