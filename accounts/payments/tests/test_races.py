"""The same payment from several connections at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D
from threading import Barrier

import pytest
from django.db import connections

from accounts.payments import services
from accounts.payments.gateways.simulated import SIGNATURE_HEADER, event_body, sign
from accounts.payments.models import Payment, SimulatedCharge, WebhookEvent
from accounts.payments.rules import AlreadyPaid, PaymentInProgress
from accounts.users.tests.factories import make_user
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, system_account

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def at_once(count, work):
    gate = Barrier(count)

    def run(i):
        try:
            gate.wait()
            return work(i)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def pay(user, key, token="tok_ok"):
    return services.charge(
        actor=user, reference="order:1", amount=D("20"), method="CARTE", token=token, key=key
    )


def test_two_keys_for_one_order_pay_once():
    alice = make_user("alice")
    results = at_once(6, lambda i: pay(alice, f"k{i}"))
    assert sum(isinstance(r, Payment) for r in results) == 1
    assert {type(r) for r in results} <= {Payment, AlreadyPaid, PaymentInProgress}
    assert balance_of(system_account("UNAPPLIED")) == D("20")


def test_the_same_key_at_once_pays_once():
    alice = make_user("alice")
    results = at_once(6, lambda i: pay(alice, "k"))
    assert {r.pk for r in results} == {Payment.objects.get().pk}
    assert Transaction.objects.count() == 1


def test_five_webhooks_at_once_pay_once():
    alice = make_user("alice")
    pay(alice, "k", token="tok_pending")
    body = event_body(SimulatedCharge.objects.get())
    headers = {SIGNATURE_HEADER: sign(body, int(time.time()))}
    at_once(5, lambda i: services.ingest(provider="simulated", headers=headers, body=body))
    assert WebhookEvent.objects.get().state == "FAIT"
    assert Payment.objects.get().status == "REUSSI"
    assert balance_of(system_account("UNAPPLIED")) == D("20")
