"""What every adapter owes the house, whoever the provider is. The same tests for all three."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from accounts.payments.gateways import gateway
from accounts.payments.gateways.base import Answer, Gateway, GatewayDown, News, Outcome
from accounts.payments.gateways.mobile_money import reference
from accounts.payments.gateways.simulated import event_body, sign
from accounts.payments.models import SimulatedCharge
from accounts.payments.rules import BadSignature, MalformedEvent
from accounts.payments.services import answer_simulated_bank
from accounts.payments.tests.servers import mobile_money, stripe
from config.lib.errors import Invalid

pytestmark = pytest.mark.django_db
TWENTY = D("20.00")


@dataclass
class Case:
    """A provider as the contract sees it: its tokens, its payers, its webhooks."""

    gateway: Gateway
    header: str
    ok: str
    declined: str
    pending: str
    sign: Callable[..., str]
    settle: Callable[[str], bytes]  # the payer of this key pays; the webhook about it
    count: Callable[[], int]  # charges in the provider's books
    trouble: Callable[..., None] | None
    nonsense: str | None

    def charge(self, token: str, key: str = "k1", amount: D = TWENTY) -> Answer:
        return self.gateway.charge(
            key=key, amount=amount, token=self.gateway.clean_token(token), label="Order 1",
            return_url="https://shop.example/back",
        )


@pytest.fixture
def simulated_case() -> Case:
    def settle(key: str) -> bytes:
        charge = SimulatedCharge.objects.get(key=key)
        if charge.redirect_url:
            answer_simulated_bank(ref=charge.provider_ref, confirm=True)
        SimulatedCharge.objects.filter(key=key).update(outcome="ok", state="FAIT")
        return event_body(charge)

    return Case(
        gateway("simulated"), "Simulated-Signature", "tok_ok", "tok_declined", "tok_3ds",
        lambda body, at=None: sign(body, int(time.time()) if at is None else at), settle, SimulatedCharge.objects.count,
        None, None,
    )


@pytest.fixture
def stripe_case(stripe_server) -> Case:
    def intents() -> list[dict[str, Any]]:
        return [t for t in stripe_server.things.values() if t["object"] == "payment_intent"]

    def settle(key: str) -> bytes:
        [intent] = [i for i in intents() if i["metadata"]["key"] == key]
        return stripe_server.event("payment_intent.succeeded", stripe_server.pay(intent["id"]))

    return Case(
        gateway("stripe"), "Stripe-Signature", "pm_card_visa", "pm_card_visa_chargeDeclined",
        "pm_card_threeDSecure2Required", stripe.signature, settle, lambda: len(intents()),
        lambda *what: stripe_server.trouble.extend(what), "tok_ok",
    )


@pytest.fixture
def mobile_money_case(momo_server) -> Case:
    def settle(key: str) -> bytes:
        momo_server.settle("requesttopay", reference("requesttopay", key))
        return momo_server.callback("requesttopay", reference("requesttopay", key))

    return Case(
        gateway("mobile_money"), "X-Callback-Signature", "+46733123454", "+46733123451", "+46733123453",
        mobile_money.signature, settle, lambda: len(momo_server.books),
        lambda *what: momo_server.trouble.extend(what), "0102",
    )


@pytest.fixture(params=["simulated", "stripe", "mobile_money"])
def case(request) -> Case:
    return request.getfixturevalue(f"{request.param}_case")


def test_a_good_payer_pays_what_was_asked(case):
    answer = case.charge(case.ok)
    assert (answer.outcome, answer.amount, answer.currency in ("", "EUR")) == (Outcome.OK, TWENTY, True)
    assert answer.provider_ref


def test_a_refusal_says_why_and_takes_nothing(case):
    answer = case.charge(case.declined)
    assert answer.outcome == Outcome.DECLINED
    assert answer.reason
    assert case.gateway.find(key="k1", ref=answer.provider_ref).outcome == Outcome.DECLINED


def test_the_same_key_is_one_charge_and_one_answer(case):
    first = case.charge(case.ok)
    assert case.charge(case.ok) == first
    assert case.count() == 1
    case.charge(case.ok, key="k2")
    assert case.count() == 2


def test_a_refused_key_stays_refused(case):
    assert case.charge(case.declined).outcome == case.charge(case.declined).outcome == Outcome.DECLINED
    assert case.count() == 1


def test_what_was_never_asked_is_not_found(case):
    assert case.gateway.find(key="never", since=timezone.now()) is None


@pytest.mark.parametrize("known", [True, False])
def test_a_charge_is_found_by_its_key_with_and_without_the_reference(case, known):
    case.charge(case.pending, key="other")
    mine = case.charge(case.ok).provider_ref
    case.charge(case.pending, key="another")
    found = case.gateway.find(key="k1", ref=mine if known else "", since=timezone.now())
    assert (found.outcome, found.provider_ref, found.amount) == (Outcome.OK, mine, TWENTY)


def test_a_pending_charge_is_settled_by_the_payer(case):
    asked = case.charge(case.pending)
    assert asked.outcome == Outcome.PENDING
    body = case.settle("k1")
    found = case.gateway.find(key="k1", ref=asked.provider_ref)
    assert (found.outcome, found.amount) == (Outcome.OK, TWENTY)
    said = case.gateway.parse(body=body.decode())
    assert (said.news, said.key, said.answer.outcome, said.answer.amount) == (News.CHARGE, "k1", Outcome.OK, TWENTY)
    assert said.answer.provider_ref == asked.provider_ref


def test_a_signed_webhook_is_read_and_names_itself_alike_every_time(case):
    case.charge(case.pending)
    body = case.settle("k1")
    first = case.gateway.read(headers={case.header: case.sign(body)}, body=body)
    again = case.gateway.read(headers={case.header: case.sign(body, int(time.time()) - 5)}, body=body)
    assert first.event_id == again.event_id == case.gateway.parse(body=body.decode()).event_id
    assert 0 < len(first.event_id) <= 120


@pytest.mark.parametrize("forged", ["", "t=1,v1=00", "t=x,v1=00", "v1=é", "t=²,v1=1", "old", "other body"])
def test_a_webhook_is_believed_only_with_its_own_fresh_signature(case, forged):
    case.charge(case.pending)
    body = case.settle("k1")
    header = forged
    if forged == "old":
        header = case.sign(body, int(time.time()) - 400)
    elif forged == "other body":
        header = case.sign(body.replace(b"k1", b"k2"))
    with pytest.raises(BadSignature):
        case.gateway.read(headers={case.header: header}, body=body)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'{"id": "x", "data": 1}'])
def test_a_signed_body_without_sense_is_malformed(case, body):
    with pytest.raises(MalformedEvent):
        case.gateway.read(headers={case.header: case.sign(body)}, body=body)


def test_a_refund_by_parts_is_repeatable_by_its_key(case):
    paid = case.charge(case.ok)
    first = case.gateway.refund(key="r1", provider_ref=paid.provider_ref, amount=D("5"))
    assert case.gateway.refund(key="r1", provider_ref=paid.provider_ref, amount=D("5")) == first
    assert case.gateway.refund(key="r2", provider_ref=paid.provider_ref, amount=D("15")) != first


def test_ending_a_pending_charge_ends_it_or_says_that_it_cannot(case):
    asked = case.charge(case.pending)
    ended = case.gateway.cancel(key="k1", ref=asked.provider_ref)
    assert ended.outcome in (Outcome.DECLINED, Outcome.PENDING)
    assert case.gateway.find(key="k1", ref=asked.provider_ref).outcome == ended.outcome


def test_ending_a_paid_charge_tells_that_it_is_paid(case):
    paid = case.charge(case.ok)
    assert case.gateway.cancel(key="k1", ref=paid.provider_ref).outcome == Outcome.OK


def test_a_token_of_another_provider_is_refused_on_its_field(case):
    if case.nonsense is None:
        pytest.skip("any token means something to the simulated one")
    with pytest.raises(Invalid) as refused:
        case.gateway.clean_token(case.nonsense)
    assert list(refused.value.errors) == ["payment_token"]


@pytest.mark.parametrize("trouble", [503, 429, "drop"])
def test_a_provider_in_trouble_is_down_and_never_a_refusal(case, trouble):
    if case.trouble is None:
        pytest.skip("it lives in our own database")
    case.gateway.find(key="warm", since=timezone.now())
    for ask in (
        lambda: case.charge(case.ok),
        lambda: case.gateway.find(key="k9", since=timezone.now()),
        lambda: case.gateway.refund(key="r", provider_ref="x", amount=D("1")),
    ):
        case.trouble(trouble)
        with pytest.raises(GatewayDown):
            ask()


def test_a_lost_answer_is_told_again(case):
    """The provider charged, the line broke: the same key gives the answer that was lost."""
    if case.trouble is None:
        pytest.skip("it lives in our own database")
    case.gateway.find(key="warm", since=timezone.now())
    case.trouble("drop")
    with pytest.raises(GatewayDown):
        case.charge(case.ok)
    assert case.charge(case.ok).outcome == Outcome.OK
    assert case.count() == 1
