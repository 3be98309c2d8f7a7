"""Whatever a provider says it received or gave back is in the books at once, and what does not fit is a case."""

from decimal import Decimal as D
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.payments import audit, services
from accounts.payments.gateways import gateway
from accounts.payments.models import Disagreement, Payment, Refund
from accounts.payments.rules import AlreadyPaid, RefundTooLarge
from accounts.payments.services import charges
from accounts.payments.tests.factories import pay, tell
from accounts.users.tests.factories import make_user
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import PaymentDeclined

pytestmark = pytest.mark.django_db


def balance(code):
    return balance_of(system_account(SystemAccount(code)))


def cases():
    return [(c.kind, c.amount) for c in Disagreement.objects.filter(status="OUVERT").order_by("kind", "amount")]


@pytest.fixture(autouse=True)
def _books_are_right():
    yield
    assert list(audit.faults()) == []


def declined(user, reference):
    with pytest.raises(PaymentDeclined):
        pay(user, token="tok_declined", reference=reference)
    return Payment.objects.get(reference=reference, status="REFUSE")


def test_less_than_asked_is_posted_and_waits(alice):
    payment = pay(alice, token="tok_pending")
    tell("succeeded", payment, amount="19")
    payment.refresh_from_db()
    assert (payment.status, payment.received) == ("EN_COURS", D(19))
    assert cases() == [("MONTANT_DIFFERENT", D(19))]
    assert balance("UNAPPLIED") == -balance("CLEARING") == D(19)


def test_the_rest_that_arrives_pays_after_all(alice):
    payment = pay(alice, token="tok_pending")
    tell("succeeded", payment, amount="19")
    tell("succeeded", payment, amount="20")
    payment.refresh_from_db()
    assert (payment.status, cases()) == ("REUSSI", [])
    assert balance("UNAPPLIED") == D(20)


def test_more_than_asked_pays_and_the_surplus_waits(alice):
    payment = services.top_up(actor=alice, amount=D(20), method="CARTE", token="tok_pending", key="t")
    tell("succeeded", payment, amount="25")
    assert wallet_of(alice).balance == D(20)
    assert cases() == [("TROP_PERCU", D(5))]
    assert balance("UNAPPLIED") == D(5)


def test_another_currency_is_never_posted_as_euros(alice):
    payment = pay(alice, token="tok_pending")
    for _ in range(2):
        tell("succeeded", payment, amount="20", currency="XOF")
    payment.refresh_from_db()
    assert payment.status == "EN_COURS"
    assert cases() == [("MONTANT_DIFFERENT", D(0))]
    assert Disagreement.objects.get().data["currency"] == "XOF"
    assert balance("CLEARING") == 0


def test_a_charge_we_never_asked_is_money_all_the_same():
    for event in ("a", "a", "b"):
        tell("succeeded", ref="r", key="k", amount="7", event=event)
    payment = Payment.objects.get()
    assert (payment.reference, payment.user, payment.status) == ("inconnu:simulated:r", None, "REUSSI")
    assert cases() == [("PAIEMENT_INCONNU", D(7))]
    assert balance("UNAPPLIED") == D(7)


def test_a_long_foreign_reference_still_finds_its_row():
    for _ in range(2):
        tell("succeeded", ref="r" * 119, key="k", amount="7")
    assert cases() == [("PAIEMENT_INCONNU", D(7))]


def test_an_unknown_charge_that_failed_or_is_not_euros_posts_nothing():
    tell("failed", ref="r", key="k", amount="7")
    assert cases() == []
    for _ in range(2):
        tell("succeeded", ref="r", key="k", amount="7", currency="USD")
    assert cases() == [("PAIEMENT_INCONNU", D(0))]
    assert not Payment.objects.exists()
    assert balance("CLEARING") == 0


def test_a_second_success_of_one_thing_is_kept_apart(alice):
    first = declined(alice, "thing:1")
    second = pay(alice, reference="thing:1")
    for _ in range(2):
        tell("succeeded", first)
    first.refresh_from_db()
    assert (first.status, first.extra) == ("REUSSI", True)
    assert cases() == [("TROP_PERCU", D(20))]
    assert balance("UNAPPLIED") == D(40)  # the first waits to be applied, the other for a manager
    second.refresh_from_db()
    assert not second.extra


def test_a_late_success_takes_the_place_of_an_attempt_under_way(alice):
    first = declined(alice, "thing:1")
    second = pay(alice, token="tok_pending", reference="thing:1")
    tell("succeeded", first)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.extra, second.extra, cases()) == ("REUSSI", False, True, [])
    tell("succeeded", second)
    assert cases() == [("TROP_PERCU", D(20))]


def test_the_wallet_does_not_pay_what_arrived_meanwhile(alice, monkeypatch):
    """Between the announcement of a wallet payment and the taking, an older card payment succeeds."""
    services.top_up(actor=alice, amount=D(50), method="CARTE", token="tok_ok", key="t")
    first = declined(alice, "thing:1")
    announce = charges._announce

    def overtaken(**kwargs):
        row = announce(**kwargs)
        tell("succeeded", first)
        row.refresh_from_db()
        return row

    monkeypatch.setattr(charges, "_announce", overtaken)
    with pytest.raises(AlreadyPaid):
        services.charge(
            actor=alice, reference="thing:1", amount=D(20), method="PORTEFEUILLE", token="", key="w"
        )
    assert wallet_of(alice).balance == D(50)


# --- Refunds that we did not ask --------------------------------------------------------------------------------
def test_a_refund_at_the_provider_is_reflected_once(alice):
    payment = pay(alice)
    for total in ("5", "5", "8", "5"):
        tell("refunded", payment, amount=total)
    assert cases() == [("REMBOURSE_AILLEURS", D(-8))]
    assert balance("UNAPPLIED") == D(12)
    assert balance("CLEARING") == D(-12)


@pytest.mark.parametrize("sent_first", [True, False])
def test_the_providers_word_on_our_own_refund_opens_nothing(alice, sent_first):
    payment = pay(alice)
    owed = services.refund(payment=payment, amount=D(5), key="a", reason="", actor=SYSTEM)
    if sent_first:
        services.send_refund(refund_id=owed.pk)
    tell("refunded", payment, amount="5")
    services.send_refund(refund_id=owed.pk)
    assert cases() == []
    tell("refunded", payment, amount="9")
    assert cases() == [("REMBOURSE_AILLEURS", D(-4))]


def test_what_was_refunded_there_is_not_refunded_again(alice):
    payment = pay(alice)
    tell("refunded", payment, amount="15")
    with pytest.raises(RefundTooLarge):
        services.refund(payment=payment, amount=D("5.01"), key="a", reason="", actor=SYSTEM)
    services.refund(payment=payment, amount=D(5), key="a", reason="", actor=SYSTEM)


def test_a_refund_that_we_gave_up_explains_nothing(alice, monkeypatch):
    """A manager refunded in the provider's own pages, so ours is refused there for good."""
    payment = pay(alice)
    owed = services.refund(payment=payment, amount=D(20), key="a", reason="", actor=SYSTEM)
    tell("refunded", payment, amount="20")
    assert cases() == []
    monkeypatch.setattr(gateway("simulated"), "refund", lambda **_: 1 / 0)
    Refund.objects.update(tries=7)
    services.send_refund(refund_id=owed.pk)
    owed.refresh_from_db()
    assert (owed.state, owed.last_error) == ("ECHEC", "division by zero")
    assert cases() == [("REMBOURSEMENT_ECHOUE", D(20)), ("REMBOURSE_AILLEURS", D(-20))]


# --- In any order, any number of times ----------------------------------------------------------------------------
NEWS = [("succeeded", "12"), ("succeeded", "20"), ("succeeded", "26"), ("failed", "20"), ("refunded", "3"), ("refunded", "9")]


def story(alice, news):
    """The end after hearing `news` in this order, by the books and by the desk; nothing of it is kept."""
    kept_out = transaction.atomic()
    kept_out._from_testcase = True  # like TestCase's own: a payment may begin its transaction in it
    with kept_out:
        payment = pay(alice, token="tok_pending")
        for what, amount in news:
            tell(what, payment, amount=amount)
            assert list(audit.faults()) == []
        payment.refresh_from_db()
        end = (payment.status, payment.received, payment.elsewhere, cases(), balance("UNAPPLIED"), balance("CLEARING"))
        transaction.set_rollback(True)
    return end


@given(chosen=st.lists(st.sampled_from(NEWS), min_size=1, max_size=5), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_the_same_news_gives_the_same_end(transactional_books, chosen, data):
    shuffled = data.draw(st.permutations(chosen + data.draw(st.lists(st.sampled_from(chosen), max_size=3))))
    assert story(transactional_books, chosen) == story(transactional_books, shuffled)


@pytest.fixture
def transactional_books():
    return make_user("alice")


def test_every_order_of_an_unknown_charge_gives_the_same_end():
    ends = []
    news = [("succeeded", "7"), ("succeeded", "9"), ("refunded", "4"), ("failed", "9")]
    for order in permutations(news):
        with transaction.atomic():
            for what, amount in order:
                tell(what, ref="r", key="k", amount=amount)
            payment = Payment.objects.get()
            ends.append((payment.status, payment.amount, payment.received, cases(), balance("UNAPPLIED")))
            transaction.set_rollback(True)
    assert set(map(str, ends)) == {str(ends[0])}
    assert ends[0][3] == [("PAIEMENT_INCONNU", D(9)), ("REMBOURSE_AILLEURS", D(-4))]
