"""Twilio's REST protocol against a local server that speaks it."""

import base64
from urllib.parse import parse_qs

import pytest

from support.notifications.ports import Later, Refused, sms


@pytest.fixture(autouse=True)
def twilio(settings, provider):
    settings.SMS_BACKEND = "twilio"
    settings.TWILIO_URL = provider.url
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC123", "token"
    settings.SMS_FROM = "+33700000000"
    return provider


def send():
    return sms.send(to="+33612345678", text="Bonjour é", reference="r1")


def test_message_is_posted_as_twilio_wants_it(twilio):
    twilio.answer(201, {"sid": "SM1", "status": "queued"})
    assert send() == "SM1"
    request = twilio.requests[0]
    assert request["path"] == "/2010-04-01/Accounts/AC123/Messages.json"
    assert request["headers"]["Authorization"] == "Basic " + base64.b64encode(b"AC123:token").decode()
    assert parse_qs(request["body"].decode()) == {"To": ["+33612345678"], "Body": ["Bonjour é"], "From": ["+33700000000"]}


def test_messaging_service(twilio, settings):
    settings.SMS_FROM = "MG9"
    twilio.answer(201, {"sid": "SM1"})
    send()
    assert parse_qs(twilio.requests[0]["body"].decode())["MessagingServiceSid"] == ["MG9"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_trouble_that_may_pass_is_tried_later(twilio, status):
    twilio.answer(status, {"code": 20429, "message": "no"}, Retry_After="30")
    with pytest.raises(Later) as caught:
        send()
    assert caught.value.after == 30


def test_number_that_twilio_refuses(twilio):
    twilio.answer(400, {"code": 21211, "message": "The 'To' number is not a valid phone number."})
    with pytest.raises(Refused, match="21211"):
        send()


def test_redirects_are_not_followed(twilio):
    twilio.answer(302, {}, Location="/elsewhere")
    with pytest.raises(Later):
        send()
    assert len(twilio.requests) == 1
