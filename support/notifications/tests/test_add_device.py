import pytest

from config.lib.testing import api
from support.notifications.models import Device

pytestmark = pytest.mark.django_db
URL = "/api/notifications/devices"
SUB = {"endpoint": "https://push.example.org/abc", "keys": {"p256dh": "k", "auth": "a"}}


def test_phone_is_kept_once_and_follows_its_user(alice, bob):
    first = api(alice).post(URL, {"platform": "FCM", "token": "t"})
    assert first.status_code == 201
    assert "t" not in first.json().values(), "the token is not shown again"
    assert api(alice).post(URL, {"platform": "FCM", "token": "t"}).json()["id"] == first.json()["id"]
    api(bob).post(URL, {"platform": "FCM", "token": "t"})
    assert Device.objects.get().user == bob


@pytest.mark.parametrize("body", [
    {"platform": "FCM"}, {"platform": "WEBPUSH", "subscription": {"endpoint": "https://a.b/c", "keys": {}}},
    {"platform": "PAGER", "token": "t"}, {"platform": "WEBPUSH"},
])
def test_useless_device_is_refused(alice, body):
    assert api(alice).post(URL, body).status_code == 422
    assert not Device.objects.exists()


def test_no_more_than_ten(alice):
    client = api(alice)
    codes = [client.post(URL, {"platform": "FCM", "token": f"t{n}"}).status_code for n in range(11)]
    assert codes == [201] * 10 + [409]


def test_remove_by_token_subscription_or_id_only_ones_own(alice, bob):
    client = api(alice)
    client.post(URL, {"platform": "FCM", "token": "t"})
    client.post(URL, {"platform": "WEBPUSH", "subscription": SUB})
    third = client.post(URL, {"platform": "FCM", "token": "u"}).json()["id"]
    api(bob).delete(URL, {"token": "t"})
    api(bob).delete(f"{URL}/{third}")
    assert Device.objects.count() == 3
    assert client.delete(URL, {"token": "t"}).status_code == 204
    assert client.delete(URL, {"subscription": SUB}).status_code == 204
    assert client.delete(f"{URL}/{third}").status_code == 204
    assert not Device.objects.exists()
