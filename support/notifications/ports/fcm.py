"""Firebase Cloud Messaging, HTTP v1: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages

The service account's key file is all it needs: a signed JWT is changed for an access token (RFC 7523), kept in
the cache until shortly before it ends.
"""

import base64
import json
import time
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from django.core.cache import cache

from support.notifications.ports import Gone, Later, Refused, retry_after

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
TIMEOUT_S = 10
TOKEN_KEY = "support.fcm.token"


def send(*, token: str, message: dict[str, str]) -> str:
    """Send to one registration token. Gone when it is not registered any more."""
    account = json.loads(Path(settings.FCM_CREDENTIALS_FILE).read_text())
    body = {
        "message": {
            "token": token,
            "notification": {"title": message["title"], "body": message["body"]},
            "data": {"url": message["url"], "kind": message["kind"]},
            "android": {"notification": {"tag": message["tag"]}},
        }
    }
    response = _post(
        f"{settings.FCM_URL}/v1/projects/{account['project_id']}/messages:send",
        json=body, headers={"Authorization": f"Bearer {_access_token(account)}"},
    )
    if response.status_code == 200:
        return str(response.json().get("name", ""))
    said = f"HTTP {response.status_code}: {response.text[:300]}"
    codes = _error_codes(response)
    if response.status_code == 404 or codes & {"UNREGISTERED", "SENDER_ID_MISMATCH"}:
        raise Gone(said)
    if response.status_code == 401:
        cache.delete(TOKEN_KEY)
    if response.status_code in (401, 403, 429) or response.status_code >= 500:
        raise Later(said, after=retry_after(response.headers.get("Retry-After")))
    raise Refused(said)


def _post(url: str, **options: Any) -> httpx.Response:
    try:
        return httpx.post(url, timeout=TIMEOUT_S, follow_redirects=False, **options)
    except httpx.HTTPError as error:
        raise Later(f"{type(error).__name__}: {error}") from error


def _error_codes(response: httpx.Response) -> set[str]:
    try:
        details = response.json()["error"].get("details", [])
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
    return {str(d.get("errorCode", "")) for d in details if isinstance(d, dict)}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _assertion(account: dict[str, str], now: int) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": account.get("private_key_id", "")}
    claims = {
        "iss": account["client_email"], "scope": SCOPE, "aud": account["token_uri"], "iat": now, "exp": now + 3600,
    }
    signed = f"{_b64(json.dumps(header).encode())}.{_b64(json.dumps(claims).encode())}"
    key = serialization.load_pem_private_key(account["private_key"].encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Later("the FCM service account has no RSA key")
    return f"{signed}.{_b64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _access_token(account: dict[str, str]) -> str:
    token = cache.get(TOKEN_KEY)
    if token:
        return str(token)
    response = _post(
        account["token_uri"],
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": _assertion(account, int(time.time())),
        },
    )
    if response.status_code != 200:
        raise Later(f"FCM token: HTTP {response.status_code}: {response.text[:300]}")
    answer = response.json()
    cache.set(TOKEN_KEY, answer["access_token"], max(60, int(answer.get("expires_in", 3600)) - 300))
    return str(answer["access_token"])
