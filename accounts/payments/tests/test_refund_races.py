"""Many refunds of one payment at once: never more than was received; without the lock this test fails."""

from decimal import Decimal as D

import pytest
from django.db.models import Sum

from accounts.payments import audit, queries, services
from accounts.payments.models import Disagreement, Payment, Refund
from accounts.payments.rules import RefundTooLarge
from accounts.payments.tests.factories import pay, tell
from accounts.reconciliation import services as desk
from accounts.users.models import User
from accounts.users.tests.factories import make_user
from accounts.wallet import audit as ledger
from accounts.wallet.models import Transaction
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import IllegalMove
from config.lib.testing import at_once

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def total() -> D:
    return Refund.objects.aggregate(n=Sum("amount"))["n"] or D(0)


def refunds_at_once(payment):
    return at_once(12, lambda n: services.refund(payment=payment, amount=D(3), key=f"r{n}", reason="", actor=SYSTEM))


def test_many_refunds_at_once_never_give_back_more_than_came():
    payment = pay(make_user("alice"))
    answers = refunds_at_once(payment)
    assert sum(isinstance(answer, Refund) for answer in answers) == 6
    assert {type(answer) for answer in answers} == {Refund, RefundTooLarge}
    assert total() == D(18)


def test_the_lock_is_what_holds(monkeypatch):
    """The canary: read without a lock, the same refunds give back more than was received."""
    monkeypatch.setattr(queries, "locked", lambda pk: Payment.objects.get(pk=pk))
    for attempt in range(5):
        Refund.objects.all().delete()
        refunds_at_once(pay(make_user(f"alice{attempt}")))
        if total() > D(20):
            return
    pytest.fail("without the lock nothing went wrong: the test above proves nothing")


def test_a_case_is_settled_once_whatever_the_outcomes():
    alice = make_user("alice")
    manager = User.objects.create_superuser("boss@email.test", "password123")
    for round_ in range(4):
        payment = services.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key=f"t{round_}")
        tell("succeeded", payment, amount="25")
        case = Disagreement.objects.get(status="OUVERT")
        outcomes = ["REMBOURSE", "CREDITE", "ECART"] * 3
        answers = at_once(
            9, lambda n, case=case, outcomes=outcomes: desk.resolve(
                actor=manager, case_id=case.pk, outcome=outcomes[n]
            )
        )
        assert sum(isinstance(answer, Disagreement) for answer in answers) == 1
        assert {type(answer) for answer in answers} == {Disagreement, IllegalMove}
    assert [*ledger.faults(), *audit.faults()] == []


def test_news_and_decisions_at_once_keep_the_books_right():
    """Webhooks raise a case while a manager settles it: no deadlock, nothing lost."""
    alice = make_user("alice")
    manager = User.objects.create_superuser("boss@email.test", "password123")
    for round_ in range(5):
        payment = services.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key=f"t{round_}")
        tell("succeeded", payment, amount="25")
        case = Disagreement.objects.get(status="OUVERT")

        def work(n, payment=payment, case=case):
            if n % 3 == 0:
                return desk.resolve(actor=manager, case_id=case.pk, outcome="CREDITE")
            return tell("succeeded" if n % 3 == 1 else "refunded", payment, amount=str(25 + n if n % 3 == 1 else n))

        answers = at_once(8, work)
        assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, IllegalMove | RefundTooLarge)]
        payment.refresh_from_db()
        assert (payment.received, payment.elsewhere) == (D(32), D(5))
        for row in Disagreement.objects.filter(status="OUVERT"):
            desk.resolve(actor=manager, case_id=row.pk, outcome="ECART")
    assert [*ledger.faults(), *audit.faults()] == []
    assert wallet_of(alice).balance >= D(100)


def test_the_same_unknown_charge_from_many_events_is_one_payment():
    at_once(8, lambda n: tell("succeeded", ref="r", key="k", amount="7"))
    assert Payment.objects.get().received == D(7)
    assert Transaction.objects.count() == 1
    assert Disagreement.objects.get().amount == D(7)
