import pytest

from config.lib.testing import api, assert_max_queries, browser
from support.notifications.models import Notification
from support.threads import services
from support.threads.models import Attachment, Message, Status
from support.threads.rules import MAX_BYTES
from support.threads.tests.factories import picture, text_file, thread_of

pytestmark = pytest.mark.django_db


def post(user, thread, body="And now?", **files):
    form = {"body": body, **files}
    return api(user).post(f"/api/support/threads/{thread.pk}/messages", form, format="multipart" if files else "json")


def test_customer_writes_again_by_page_and_api(alice):
    thread = thread_of(alice)
    assert post(alice, thread).status_code == 201
    assert browser(alice).post(f"/aide/{thread.pk}/", {"body": "And now?"}).status_code == 302
    assert list(thread.messages.values_list("body", "from_staff")) == [
        ("I wait since Monday.", False), ("And now?", False), ("And now?", False),
    ]


@pytest.mark.parametrize("state", [Status.EN_ATTENTE, Status.FERME])
def test_message_of_the_customer_opens_it_again(alice, dora, state):
    thread = thread_of(alice)
    services.reply_as_staff(actor=dora, thread_id=thread.pk, body="Tomorrow.")
    if state == Status.FERME:
        services.close(actor=dora, thread_id=thread.pk)
    post(alice, thread)
    thread.refresh_from_db()
    assert thread.status == Status.OUVERT
    assert thread.closed_at is None


def test_another_customers_conversation_does_not_exist(alice, bob):
    thread = thread_of(alice)
    assert post(bob, thread).status_code == 404
    assert api(bob).get(f"/api/support/threads/{thread.pk}").status_code == 404
    for path in (f"/aide/{thread.pk}/",):
        assert browser(bob).get(path).status_code == 404
        assert browser(bob).post(path, {"body": "x"}).status_code == 404
    assert browser(bob).post(f"/aide/{thread.pk}/fermer/").status_code == 404
    assert thread.messages.count() == 1


def test_staff_writing_here_answers(alice, dora):
    thread = thread_of(alice)
    assert post(dora, thread, "Tomorrow.").json()["from_staff"] is True
    thread.refresh_from_db()
    assert thread.status == Status.EN_ATTENTE


def test_handler_hears_of_a_new_message(alice, dora, commit):
    thread = thread_of(alice)
    services.assign(actor=dora, thread_id=thread.pk, to=dora)
    with commit():
        services.post_message(actor=alice, thread_id=thread.pk, body="And now?")
    assert Notification.objects.get(user=dora).kind == "thread_message"


def test_attachments_are_known_by_content_and_kept_private(alice, bob, dora, var_dir, settings):
    thread = thread_of(alice)
    answer = post(alice, thread, attachments=[picture("photo.txt"), text_file("note.exe")])
    assert answer.status_code == 201
    kinds = [(a["name"], a["content_type"]) for a in answer.json()["attachments"]]
    assert kinds == [("photo.png", "image/png"), ("note.txt", "text/plain")]
    for row in Attachment.objects.all():
        assert row.file.path.startswith(str(var_dir / "private"))
        assert not row.file.path.startswith(str(settings.MEDIA_ROOT))
        for path in (f"/aide/fichiers/{row.pk}/", f"/api/support/attachments/{row.pk}"):
            for reader in (alice, dora):
                got = (api if path.startswith("/api") else browser)(reader).get(path)
                assert got.status_code == 200
                assert got["X-Content-Type-Options"] == "nosniff"
                assert "sandbox" in got["Content-Security-Policy"]
            assert (api if path.startswith("/api") else browser)(bob).get(path).status_code == 404


@pytest.mark.parametrize("content", [b"MZ\x90\x00\x03", b"\x00\x01\x02", b"\xff\xfe\x00", b""])
def test_wrong_content_is_refused_whatever_its_name(alice, content):
    thread = thread_of(alice)
    answer = post(alice, thread, attachments=[text_file("photo.png", content)])
    assert answer.status_code == 422
    assert any(name.startswith("attachments") for name in answer.json()["errors"])
    assert thread.messages.count() == 1


def test_too_large_a_file_is_413(alice):
    thread = thread_of(alice)
    answer = post(alice, thread, attachments=[text_file(content=b"a" * (MAX_BYTES + 1))])
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert not Attachment.objects.exists()


def test_too_many_files(alice):
    thread = thread_of(alice)
    assert post(alice, thread, attachments=[text_file() for _ in range(6)]).status_code == 422
    assert Message.objects.count() == 1


def test_reading_a_conversation_costs_the_same_for_more_messages(alice):
    thread = thread_of(alice)
    for number in range(6):
        services.post_message(actor=alice, thread_id=thread.pk, body=f"{number}", files=[picture()])
    client = api(alice)
    with assert_max_queries(4):
        data = client.get(f"/api/support/threads/{thread.pk}").json()
    assert len(data["messages"]) == 7


def test_page_shows_messages_as_text_with_links(alice):
    thread = thread_of(alice, body="<script>alert(1)</script>\nline two")
    services.post_message(actor=alice, thread_id=thread.pk, body="photo", files=[picture()])
    page = browser(alice).get(f"/aide/{thread.pk}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>line two" in page
    assert f"/aide/fichiers/{Attachment.objects.get().pk}/" in page
