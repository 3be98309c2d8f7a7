import pytest

from config.lib.errors import Forbidden, IllegalMove, Invalid
from config.lib.testing import api, browser
from support.notifications.models import Notification
from support.threads import services
from support.threads.models import CannedReply, Status, Thread
from support.threads.tests.factories import thread_of

pytestmark = pytest.mark.django_db


def test_answer_waits_for_the_customer_and_tells_him(alice, dora, commit):
    thread = thread_of(alice)
    with commit():
        answer = api(dora).post(f"/api/admin/support/threads/{thread.pk}/reply", {"body": "Tomorrow."})
    assert answer.status_code == 201
    thread.refresh_from_db()
    assert (thread.status, thread.assigned_to) == (Status.EN_ATTENTE, dora)
    assert thread.first_answer_time.total_seconds() >= 0
    told = Notification.objects.get(user=alice)
    assert told.url == f"/aide/{thread.pk}/"
    assert "Tomorrow." in told.body


def test_second_answer_keeps_first_time_and_handler(alice, dora, admin_user):
    thread = thread_of(alice)
    services.reply_as_staff(actor=dora, thread_id=thread.pk, body="Tomorrow.")
    first = Thread.objects.get().first_answered_at
    services.reply_as_staff(actor=admin_user, thread_id=thread.pk, body="At nine.")
    thread = Thread.objects.get()
    assert (thread.first_answered_at, thread.assigned_to) == (first, dora)


@pytest.mark.parametrize("path", ["reply", "close"])
def test_customers_get_403(alice, bob, path):
    thread = thread_of(alice)
    for user in (alice, bob):
        answer = api(user).post(f"/api/admin/support/threads/{thread.pk}/{path}", {"body": "x"})
        assert answer.status_code == 403
    assert api(alice).get("/api/admin/support/threads").status_code == 403
    with pytest.raises(Forbidden):
        services.reply_as_staff(actor=alice, thread_id=thread.pk, body="x")


def test_staff_list_filters(alice, bob, dora):
    first, second = thread_of(alice, subject="Bell"), thread_of(bob, subject="Basket")
    services.reply_as_staff(actor=dora, thread_id=first.pk, body="Tomorrow.")
    client = api(dora)

    def found(query):
        return [row["id"] for row in client.get(f"/api/admin/support/threads{query}").json()["results"]]

    assert set(found("")) == {first.pk, second.pk}
    assert found("?status=OUVERT") == [second.pk]
    assert found("?assigned=me") == [first.pk]
    assert found("?assigned=nobody") == [second.pk]
    assert found("?search=basket") == [second.pk]
    assert client.get("/api/admin/support/threads?status=X").status_code == 422


def test_close_and_resolution_time(alice, dora):
    thread = thread_of(alice)
    data = api(dora).post(f"/api/admin/support/threads/{thread.pk}/close", {}).json()
    assert data["status"] == "FERME"
    assert data["resolution_s"] is not None
    again = api(dora).post(f"/api/admin/support/threads/{thread.pk}/close", {})
    assert again.status_code == 409
    assert again.json()["code"] == "illegal_transition"


def test_asker_may_close_his_own(alice):
    thread = thread_of(alice)
    assert browser(alice).post(f"/aide/{thread.pk}/fermer/").status_code == 302
    thread.refresh_from_db()
    assert thread.status == Status.FERME


def test_reopen_is_for_staff(alice, dora):
    thread = thread_of(alice)
    services.close(actor=dora, thread_id=thread.pk)
    with pytest.raises(Forbidden):
        services.reopen(actor=alice, thread_id=thread.pk)
    assert services.reopen(actor=dora, thread_id=thread.pk).status == Status.OUVERT


def test_assign_only_to_those_who_answer(alice, dora, admin_user):
    thread = thread_of(alice)
    with pytest.raises(Invalid):
        services.assign(actor=dora, thread_id=thread.pk, to=alice)
    assert services.assign(actor=dora, thread_id=thread.pk, to=admin_user).assigned_to == admin_user


@pytest.mark.parametrize("start", Status.values)
@pytest.mark.parametrize("end", Status.values)
def test_every_pair_of_states(alice, dora, start, end):
    thread = thread_of(alice)
    Thread.objects.filter(pk=thread.pk).update(status=start)
    thread.refresh_from_db()
    if end in Thread.MOVES[start]:
        thread.move(end, actor=dora)
        assert thread.history.last().to_status == end
    else:
        with pytest.raises(IllegalMove):
            thread.move(end, actor=dora)
        assert thread.history.count() == 1


def test_admin_replies_with_a_canned_text_and_closes(alice, admin_user):
    thread = thread_of(alice)
    canned = CannedReply.objects.create(title="Hello", body="Good day,")
    client = browser(admin_user)
    assert client.get(f"/admin/support/thread/{thread.pk}/change/").status_code == 200
    assert client.get("/admin/support/thread/").status_code == 200
    path = f"/admin/support/thread/{thread.pk}/reply/"
    assert "I wait since Monday." in client.get(path).content.decode()
    answer = client.post(path, {"canned": canned.pk, "body": "Tomorrow.", "close": "on"})
    assert answer.status_code == 302
    thread.refresh_from_db()
    assert thread.status == Status.FERME
    assert thread.messages.last().body == "Good day,\n\nTomorrow."


def test_admin_actions_call_the_services(alice, admin_user):
    thread = thread_of(alice)
    client = browser(admin_user)
    take = f"/admin/support/thread/{thread.pk}/take/"
    assert client.get(take).status_code == 200
    thread.refresh_from_db()
    assert thread.assigned_to is None, "a link alone changes nothing"
    client.post(take)
    client.post("/admin/support/thread/", {"action": "close_selected", "_selected_action": [thread.pk]})
    thread.refresh_from_db()
    assert (thread.assigned_to, thread.status) == (admin_user, Status.FERME)
