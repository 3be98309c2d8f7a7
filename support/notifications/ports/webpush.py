"""Web push (RFC 8030, encryption RFC 8291, VAPID RFC 8292) by pywebpush.

The endpoint is user input that this server calls. So: https only, the default port only, no address that is not
public (checked on the address really connected to, so that a name cannot change in between), no redirects.
"""

import ipaddress
import json
import socket
from typing import Any
from urllib.parse import urlparse

import requests
from django.conf import settings
from pywebpush import WebPushException, webpush
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.util.connection import create_connection

from support.notifications.ports import Gone, Later, Refused, retry_after

TIMEOUT_S = 10
TTL_S = 86400
PORTS = {None, 443}


class PrivateAddress(OSError):
    """The push service's name leads to an address inside our own network."""


def address_is_public(address: str) -> bool:
    return ipaddress.ip_address(address).is_global


def endpoint_problem(endpoint: str) -> str:
    """Why we would never call this endpoint, or an empty string. Names are looked up only when sending."""
    try:
        url = urlparse(endpoint)
        port = url.port
    except ValueError:
        return "malformed"
    if url.scheme != "https" or not url.hostname or url.username or port not in PORTS:
        return "https only"
    try:
        return "" if address_is_public(url.hostname) else "private address"
    except ValueError:
        local = url.hostname == "localhost" or "." not in url.hostname
        return "private address" if local or url.hostname.endswith((".local", ".internal", ".localhost")) else ""


class _PublicConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        """Look the name up once, and connect to a public address of it or to none."""
        host = self._dns_host
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)]
        public = [address for address in found if address_is_public(address)]
        if not public:
            raise PrivateAddress(f"{host} has no public address")
        return create_connection((public[0], self.port), self.timeout)


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


class _Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxy from the environment: it would do the look-up in our place
        self.verify = settings.WEBPUSH_CA_FILE or True
        self.adapters.clear()
        self.mount("https://", _PublicAdapter())

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{**kwargs, "allow_redirects": False})


def send(*, subscription: dict[str, Any], message: dict[str, str]) -> str:
    """Send to one browser subscription. 404/410: Gone. 429: Later, as long as the service asks."""
    problem = endpoint_problem(subscription["endpoint"])
    if problem:
        raise Gone(problem)
    with _Session() as session:
        try:
            response = webpush(
                subscription_info=subscription, data=json.dumps(message), vapid_private_key=settings.VAPID_PRIVATE_KEY,
                vapid_claims={"sub": settings.VAPID_SUBJECT}, ttl=TTL_S, timeout=TIMEOUT_S, requests_session=session,
            )
        except WebPushException as error:
            if error.response is None:
                raise Refused(str(error)) from error
            raise _verdict(error.response) from error
        except (ValueError, TypeError) as error:
            raise Gone(f"unusable subscription: {error}") from error
        except OSError as error:  # requests' exceptions are OSErrors too
            raise Later(f"{type(error).__name__}: {error}") from error
    if response.status_code >= 300:
        raise _verdict(response)
    return str(response.headers.get("Location", ""))


def _verdict(response: requests.Response) -> Exception:
    status = response.status_code
    said = f"HTTP {status}: {response.text[:300]}"
    if status in (404, 410):
        return Gone(said)
    if status >= 500 or status in (401, 403, 408, 429):
        return Later(said, after=retry_after(response.headers.get("Retry-After")))
    return Refused(said)
