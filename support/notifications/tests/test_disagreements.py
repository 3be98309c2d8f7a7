"""Money that does not fit: managers hear of it once, the payer of what became of it."""

from decimal import Decimal

import pytest

from accounts.payments import services as payments
from accounts.payments.models import DisagreementChange
from accounts.payments.tests.factories import tell
from accounts.reconciliation import services as desk
from accounts.reconciliation.tests.factories import only
from support.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def surplus(alice, dora, commit):
    """Five euros too much on a top-up of twenty."""
    payment = payments.top_up(actor=alice, amount=Decimal(20), method="CARTE", token="tok_pending", key="t")
    with commit():
        tell("succeeded", payment, amount="25")
    return only()


def told(user, prefix="disagreement"):
    return list(Notification.objects.filter(user=user, kind__startswith=prefix).values_list("kind", flat=True))


def test_managers_hear_of_a_case_once(surplus, dora, alice, commit):
    with commit():
        tell("succeeded", surplus.payment, amount="25")
        DisagreementChange.objects.get().announce()
    assert told(dora) == ["disagreement_opened"]
    row = Notification.objects.get(user=dora, kind="disagreement_opened")
    assert row.url.endswith(f"/admin/accounts/disagreement/{surplus.pk}/change/")
    assert told(alice) == []


@pytest.mark.parametrize("outcome, kind", [("REMBOURSE", "disagreement_refunded"), ("CREDITE", "disagreement_credited")])
def test_the_payer_hears_what_became_of_it(surplus, dora, alice, commit, outcome, kind):
    with commit():
        desk.resolve(actor=dora, case_id=surplus.pk, outcome=outcome)
    assert told(alice) == [kind]
    assert "5" in Notification.objects.get(user=alice, kind=kind).subject


def test_who_was_credited_instead_hears_it(surplus, dora, alice, bob, commit):
    with commit():
        desk.resolve(actor=dora, case_id=surplus.pk, outcome="CREDITE", to=bob.email)
    assert (told(bob), told(alice)) == (["disagreement_credited"], [])


def test_a_write_off_is_told_to_nobody(surplus, dora, alice, commit):
    with commit():
        desk.resolve(actor=dora, case_id=surplus.pk, outcome="ECART")
    assert told(alice) == []


def test_a_whole_payment_that_goes_back_is_told_once(dora, alice, commit):
    payment = payments.charge(
        actor=alice, reference="thing:1", amount=Decimal(20), method="CARTE", token="tok_pending", key="k"
    )
    with commit():
        tell("succeeded", payment)
        case = payments.open_case(
            kind="PAYE_ANNULE", key=f"late:{payment.pk}", amount=payment.amount, payment=payment
        )
    with commit():
        desk.resolve(actor=dora, case_id=case.pk, outcome="REMBOURSE")
    assert told(alice) == []
    assert told(alice, "payment_refunded") == ["payment_refunded"]
