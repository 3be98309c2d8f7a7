"""FCM's HTTP v1 protocol, token exchange included, against a local server that speaks it."""

import base64
import json
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from config.lib.jobs import JobState
from support.notifications import services
from support.notifications.models import Device
from support.notifications.ports import fcm

pytestmark = pytest.mark.django_db
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def firebase(settings, provider, tmp_path):
    pem = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    account = {
        "project_id": "tri", "client_email": "push@tri.example", "private_key_id": "k1", "private_key": pem,
        "token_uri": f"{provider.url}/token",
    }
    path = tmp_path / "firebase.json"
    path.write_text(json.dumps(account))
    settings.FCM_CREDENTIALS_FILE, settings.FCM_URL = str(path), provider.url
    return provider


@pytest.fixture
def phone(alice):
    return services.add_device(actor=alice, platform="FCM", token="device-token")


def told(user, commit, key="1"):
    with commit():
        row = services.notify(user=user, kind="bid_received", dedupe_key=key, reference="L", amount="1", url="/x/")
    return row.dispatches.get()


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_message_with_a_signed_token_request(firebase, phone, alice, commit):
    firebase.answer(200, {"access_token": "ya29", "expires_in": 3599})
    firebase.answer(200, {"name": "projects/tri/messages/1"})
    dispatch = told(alice, commit)
    assert (dispatch.state, dispatch.provider_ref) == (JobState.FAIT, "projects/tri/messages/1")
    asked, sent = firebase.requests
    header, claims, signature = parse_qs(asked["body"].decode())["assertion"][0].split(".")
    assert decoded(header)["alg"] == "RS256"
    assert decoded(claims)["scope"] == fcm.SCOPE
    KEY.public_key().verify(
        base64.urlsafe_b64decode(signature + "=="), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    assert sent["path"] == "/v1/projects/tri/messages:send"
    assert sent["headers"]["Authorization"] == "Bearer ya29"
    message = json.loads(sent["body"])["message"]
    assert message["token"] == "device-token"
    assert message["data"]["url"].endswith("/x/")

    told(alice, commit, key="2")
    assert len(firebase.requests) == 3, "the access token is kept"


def test_phone_that_is_gone_is_removed(firebase, phone, alice, commit):
    firebase.answer(200, {"access_token": "ya29"})
    firebase.answer(404, {"error": {"status": "NOT_FOUND", "details": [{"errorCode": "UNREGISTERED"}]}})
    dispatch = told(alice, commit)
    assert dispatch.state == JobState.ECHEC
    assert not Device.objects.exists()


def test_busy_service_is_tried_later(firebase, phone, alice, commit):
    firebase.answer(200, {"access_token": "ya29"})
    firebase.answer(503, {}, Retry_After="120")
    assert told(alice, commit).state == JobState.A_FAIRE
    assert Device.objects.exists()
