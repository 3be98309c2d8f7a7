"""Paying a bill online: in parts, by account or link, late, twice; by webhook and through the desk."""

from decimal import Decimal as D

import pytest

from accounts.payments import services as payments
from accounts.payments.models import Disagreement, Payment
from accounts.payments.rules import PaymentInProgress
from accounts.payments.tests.factories import tell
from accounts.reconciliation import rules as desk_rules
from accounts.reconciliation import services as desk
from accounts.reconciliation.tests.factories import unknown
from accounts.wallet.queries import wallet_of
from accounts.wallet.rules import InsufficientFunds
from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound, PaymentDeclined
from garage.billing import rules, services
from garage.billing.tests.factories import at_counter, bill_of, fresh, pay
from shop.orders.tests.factories import balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(alice):
    return bill_of(alice)  # 181.90


def right():
    assert list(proof.faults()) == []


def test_a_card_pays_all_that_is_due(bill, alice, commit):
    with commit():
        payment = pay(bill, actor=alice)
    assert (bill.status, bill.paid, bill.due) == ("PAYEE", D("181.90"), D(0))
    assert payment.user == alice
    assert balance("RECEIVABLE") == balance("UNAPPLIED") == D(0)
    assert [step.to_status for step in bill.history.all()] == ["EMISE", "PAYEE"]
    right()


def test_in_parts_by_several_means(bill, alice, commit):
    with commit():
        payments.top_up(actor=alice, amount=D(50), method="CARTE", token="tok_ok", key="k")
    with commit():
        pay(bill, "40.00", actor=alice, method="PORTEFEUILLE", token="")
    with commit():
        pay(bill, "41.90", actor=alice)
    at_counter(bill, "100.00", "CHEQUE", remark="n° 42")
    assert bill.status == "PAYEE"
    assert [row.means for row in bill.payments.all()] == ["PORTEFEUILLE", "CARTE", "CHEQUE"]
    assert wallet_of(alice).available == D("10.00")
    right()


def test_whoever_has_the_link_pays_without_an_account(db, commit):
    bill = bill_of()
    with commit():
        payment = pay(bill, actor=SYSTEM)
    assert payment.user is None
    assert bill.status == "PAYEE"
    right()


def test_a_wallet_needs_an_account(bill):
    with pytest.raises(Invalid):
        pay(bill, actor=SYSTEM, method="PORTEFEUILLE")
    assert fresh(bill).paid == D(0)


def test_members_of_the_company_pay_its_bill_and_others_do_not(alice, bob, charlie, dora, bill):
    with pytest.raises(NotFound):
        pay(bill, actor=charlie)
    with pytest.raises(NotFound):
        pay(bill, actor=bob)


def test_staff_pay_nobody_s_bill(bill, admin_user):
    with pytest.raises(Forbidden):
        pay(bill, actor=admin_user)


@pytest.mark.parametrize("amount, refusal", [
    ("181.91", rules.AboveDue), ("0.00", Invalid), ("-5.00", Invalid), ("99999999.00", rules.AboveDue),
])
def test_an_amount_that_does_not_fit_is_refused_before_anybody_is_asked(bill, alice, amount, refusal):
    with pytest.raises(refusal):
        pay(bill, amount, actor=alice)
    assert not Payment.objects.exists()


def test_declined_is_tried_again(bill, alice, commit):
    with commit(), pytest.raises(PaymentDeclined):
        pay(bill, actor=alice, token="tok_declined")
    with commit():
        pay(bill, actor=alice)
    assert fresh(bill).status == "PAYEE"
    right()


def test_too_little_in_the_wallet(bill, alice):
    with pytest.raises(InsufficientFunds):
        pay(bill, actor=alice, method="PORTEFEUILLE", token="")
    right()


def test_the_same_key_is_the_same_payment_however_often(bill, alice, commit):
    with commit():
        first = pay(bill, "40.00", actor=alice, key="k")
        again = pay(bill, "40.00", actor=alice, key="k")
    assert first.pk == again.pk
    assert fresh(bill).paid == D("40.00")


def test_a_second_payment_of_the_same_part_waits_for_the_first(bill, alice):
    pay(bill, actor=alice, token="tok_pending")
    with pytest.raises(PaymentInProgress):
        pay(bill, "10.00", actor=alice)


def test_a_pending_payment_pays_when_the_provider_says_so(bill, alice, commit):
    with commit():
        payment = pay(bill, actor=alice, token="tok_3ds")
    assert (payment.status, bill.paid) == ("EN_COURS", D(0))
    assert payment.next_url
    with commit():
        payments.answer_simulated_bank(ref=payment.provider_ref, confirm=True)
    assert fresh(bill).status == "PAYEE"
    right()


def test_settling_twice_changes_nothing(bill, alice, commit):
    with commit():
        payment = pay(bill, actor=alice)
    services.settle_payment(payment_id=payment.pk)
    assert fresh(bill).payments.count() == 1


# --- Too late, too much ---------------------------------------------------------------------------------------
def late(bill, alice, commit, meanwhile):
    """A payment that the bank confirms after `meanwhile`."""
    with commit():
        payment = pay(bill, actor=alice, token="tok_3ds")
    meanwhile()
    with commit():
        payments.answer_simulated_bank(ref=payment.provider_ref, confirm=True)
    return Disagreement.objects.get(payment=payment)


def test_paid_at_the_counter_meanwhile_the_money_waits_on_the_desk(bill, alice, commit, admin_user):
    case = late(bill, alice, commit, lambda: at_counter(bill, "181.90"))
    assert (case.kind, case.amount) == ("TROP_PERCU", D("181.90"))
    assert fresh(bill).paid == D("181.90")
    right()
    with commit():
        desk.resolve(actor=admin_user, case_id=case.pk, outcome="REMBOURSE", reason="x")
    assert balance("UNAPPLIED") == D(0)
    right()


def test_cancelled_meanwhile_it_is_a_case_too(bill, alice, commit):
    case = late(bill, alice, commit, lambda: services.credit_bill(actor=SYSTEM, bill_id=bill.pk, reason="x"))
    assert case.kind == "PAYE_ANNULE"
    right()


def test_the_desk_attaches_stray_money_to_a_bill_by_its_number(bill, alice, commit, admin_user):
    case = late(bill, alice, commit, lambda: at_counter(bill, "181.90"))
    other = bill_of(vehicle=bill.quote.vehicle, lines=[{"kind": "MAIN_OEUVRE", "description": "x", "unit_price": "80"}])
    with commit():
        desk.resolve(actor=admin_user, case_id=case.pk, outcome="RATTACHE", target=str(other), reason="x")
    assert fresh(other).status == "PAYEE"
    assert wallet_of(alice).available == D("101.90")
    right()


def test_what_is_over_needs_somebody_to_hold_it(admin_user):
    """Money that nobody here sent, for the bill of a client without an account: no wallet could take the rest. Nothing
    moves, and the desk is told how much it would be."""
    bill, case = bill_of(), unknown("200.00")
    with pytest.raises(desk_rules.NobodyForTheRest) as refused:
        desk.resolve(actor=admin_user, case_id=case.pk, outcome="RATTACHE", target=str(bill), reason="x")
    assert refused.value.status == 422
    assert "18.10" in str(refused.value.errors["target"][0]).replace(",", ".")
    case.refresh_from_db()
    assert (case.status, fresh(bill).due, balance("UNAPPLIED")) == ("OUVERT", D("181.90"), D("200.00"))
    right()


def test_a_refund_made_at_the_provider_makes_the_bill_due_again(bill, alice, commit, admin_user):
    with commit():
        payment = pay(bill, actor=alice)
    with commit():
        tell("refunded", payment, amount="30.00")
    case = Disagreement.objects.get(payment=payment)
    with commit():
        desk.resolve(actor=admin_user, case_id=case.pk, outcome="ACCEPTE", reason="litige perdu")
    bill = fresh(bill)
    assert (bill.status, bill.due, bill.credited) == ("EMISE", D("30.00"), D(0))
    with commit():
        pay(bill, actor=alice)
    assert bill.status == "PAYEE"
    right()
