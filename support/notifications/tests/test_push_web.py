"""Web push against a local TLS server: encryption, VAPID, and the endpoints that this server must never call."""

import base64
import json
import ssl
from datetime import timedelta
from http.server import ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread

import http_ece
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from config.lib.jobs import JobState
from config.lib.testing import api
from support.conftest import Provider, handler_for
from support.notifications import services
from support.notifications.models import Device
from support.notifications.ports import Later, webpush

pytestmark = pytest.mark.django_db
BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = b"0123456789abcdef"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def subscription(endpoint):
    point = BROWSER.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {"endpoint": endpoint, "keys": {"p256dh": b64(point), "auth": b64(AUTH)}}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = timezone.now()
    cert = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    return folder


@pytest.fixture
def service(settings, certificate, monkeypatch):
    """A push service on loopback; only here is a loopback address allowed, and another port than 443."""
    state = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(state))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"https://127.0.0.1:{server.server_port}"
    key = ec.generate_private_key(ec.SECP256R1())
    settings.VAPID_PRIVATE_KEY = b64(key.private_numbers().private_value.to_bytes(32, "big"))
    settings.WEBPUSH_CA_FILE = str(certificate / "cert.pem")
    monkeypatch.setattr(webpush, "address_is_public", lambda address: True)
    monkeypatch.setattr(webpush, "PORTS", {server.server_port})
    yield state
    server.shutdown()
    server.server_close()


def told(user, commit, service):
    services.add_device(actor=user, platform="WEBPUSH", subscription=subscription(f"{service.url}/push/1"))
    with commit():
        row = services.notify(user=user, kind="bid_received", dedupe_key="1", reference="L", amount="1", url="/x/")
    return row.dispatches.get()


def test_browser_can_read_what_was_sent(service, alice, commit):
    service.answer(201, None, Location="https://push.example/m/1")
    dispatch = told(alice, commit, service)
    assert (dispatch.state, dispatch.provider_ref) == (JobState.FAIT, "https://push.example/m/1")
    request = service.requests[0]
    headers = {name.lower(): value for name, value in request["headers"].items()}
    assert headers["authorization"].lower().startswith(("vapid", "webpush"))
    assert int(headers["ttl"]) > 0
    plain = http_ece.decrypt(request["body"], private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    message = json.loads(plain)
    assert message["kind"] == "bid_received"
    assert message["url"].endswith("/x/")


@pytest.mark.parametrize("status", [404, 410])
def test_ended_subscription_is_deleted(service, alice, commit, status):
    service.answer(status)
    assert told(alice, commit, service).state == JobState.ECHEC
    assert not Device.objects.exists()


def test_busy_service_is_obeyed(service, alice, commit):
    service.answer(429, None, Retry_After="900")
    dispatch = told(alice, commit, service)
    assert dispatch.state == JobState.A_FAIRE
    assert dispatch.next_attempt_at > timezone.now() + timedelta(seconds=890)
    assert Device.objects.exists()


def test_redirect_is_not_followed(service, alice, commit):
    service.answer(307, None, Location=f"{service.url}/inside")
    assert told(alice, commit, service).state == JobState.ECHEC
    assert len(service.requests) == 1


@pytest.mark.parametrize("endpoint", [
    "http://push.example/1", "https://127.0.0.1/1", "https://10.0.0.5/1", "https://[::1]/1", "https://169.254.169.254/",
    "https://localhost/1", "https://redis/1", "https://push.example:6379/1", "https://user@push.example/1", "ftp://x.y",
    "https://db.internal/", "https://[fe80::1]/", "https://100.64.0.1/", "rubbish", "https://x.y:99999/",
])
def test_dangerous_endpoints_are_refused_at_the_door(alice, endpoint):
    answer = api(alice).post("/api/notifications/devices", {
        "platform": "WEBPUSH", "subscription": subscription(endpoint),
    })
    assert answer.status_code == 422
    assert "subscription" in answer.json()["errors"]


def test_name_that_leads_inside_is_never_connected_to(settings, monkeypatch):
    key = ec.generate_private_key(ec.SECP256R1())
    settings.VAPID_PRIVATE_KEY = b64(key.private_numbers().private_value.to_bytes(32, "big"))
    inside = [(2, 1, 6, "", ("10.0.0.5", 443))]
    monkeypatch.setattr(webpush.socket, "getaddrinfo", lambda *a, **k: inside)
    tried = []
    monkeypatch.setattr(webpush, "create_connection", lambda *a, **k: tried.append(a))
    with pytest.raises(Later):
        webpush.send(subscription=subscription("https://push.example/1"), message={"title": "x"})
    assert not tried
