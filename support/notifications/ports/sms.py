"""Text messages: file (default), console, a generic HTTP service, Twilio's REST API. Chosen by SMS_BACKEND."""

from collections.abc import Callable

import httpx
from django.conf import settings

from support.notifications.ports import Later, Refused, files, retry_after
from support.notifications.rules import may_text

TIMEOUT_S = 10


def send(*, to: str, text: str, reference: str) -> str:
    """Send `text` to the E.164 number `to`. Returns the provider's reference. Premium-rate numbers are Refused."""
    if not may_text(to):
        raise Refused("not a number that may be texted")
    return ADAPTERS[settings.SMS_BACKEND](to, text, reference)


def _file(to: str, text: str, reference: str) -> str:
    return files.write(folder="sms", reference=reference, message={"to": to, "text": text})


def _console(to: str, text: str, reference: str) -> str:
    return files.show(folder="sms", reference=reference, message={"to": to, "text": text})


def _post(url: str, **options: object) -> httpx.Response:
    """POST; Later when the provider is down, busy or does not know us, Refused when it will never take it."""
    try:
        response = httpx.post(url, timeout=TIMEOUT_S, follow_redirects=False, **options)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise Later(f"{type(error).__name__}: {error}") from error
    status = response.status_code
    if status < 300:
        return response
    said = f"HTTP {status}: {response.text[:300]}"
    # 401 and 403 are our own settings: the message is fine and must outlive their repair.
    if status >= 500 or status in (401, 403, 408, 425, 429) or 300 <= status < 400:
        raise Later(said, after=retry_after(response.headers.get("Retry-After")))
    raise Refused(said)


def _http(to: str, text: str, reference: str) -> str:
    """JSON `{to, text, from, reference}`; the reference is also the Idempotency-Key. Answer: any 2xx, `{"id": …}`."""
    headers = {"Idempotency-Key": reference}
    if settings.SMS_HTTP_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_HTTP_TOKEN}"
    body = {"to": to, "text": text, "from": settings.SMS_FROM, "reference": reference}
    response = _post(settings.SMS_HTTP_URL, json=body, headers=headers)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    return str(answer.get("id", "")) if isinstance(answer, dict) else ""


def _twilio(to: str, text: str, reference: str) -> str:
    """Twilio Messages resource, https://www.twilio.com/docs/messaging/api/message-resource (2010-04-01)."""
    url = f"{settings.TWILIO_URL}/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Messages.json"
    sender = "MessagingServiceSid" if settings.SMS_FROM.startswith("MG") else "From"
    response = _post(
        url,
        data={"To": to, "Body": text, sender: settings.SMS_FROM},
        auth=(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
    )
    return str(response.json().get("sid", ""))


ADAPTERS: dict[str, Callable[[str, str, str], str]] = {
    "file": _file, "console": _console, "http": _http, "twilio": _twilio,
}
