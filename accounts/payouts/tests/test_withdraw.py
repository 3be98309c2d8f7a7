"""Asking for money out of the wallet: what is held, who looks first, what is refused."""

from decimal import Decimal as D

import pytest

from accounts.payouts import audit, services
from accounts.payouts.models import Payout
from accounts.payouts.tests.factories import IBAN, destination, earn, payout
from accounts.users.tests.factories import make_user
from accounts.wallet.queries import wallet_of
from accounts.wallet.rules import DailyLimitReached, InsufficientFunds
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound

pytestmark = pytest.mark.django_db
S = Payout.Status


@pytest.fixture
def rich(alice):
    return earn(alice, "2000")


def test_the_amount_is_held_at_once(rich):
    row = payout(rich, "40")
    account = wallet_of(rich)
    assert (row.status, row.number, row.holder) == (S.PRET, IBAN, "Alice Martin")
    assert (account.balance, account.held, account.available) == (D("2000"), D("40"), D("1960"))
    assert list(audit.faults()) == []


def test_more_than_is_available_is_refused_and_leaves_nothing(rich):
    payout(rich, "1990", key="first")
    with pytest.raises(InsufficientFunds):
        services.withdraw(actor=rich, to="FR1420041010050500013M02606", amount=D("11"), key="second")
    assert Payout.objects.count() == 1
    assert rich.wallet.destinations.count() == 1


def test_the_same_key_is_one_payout(rich):
    assert payout(rich, "40", key="k") == payout(rich, "40", key="k")
    assert wallet_of(rich).held == D("40")


@pytest.mark.parametrize("amounts, old, expected", [
    (["500"], True, [S.PRET]),
    (["500.01"], True, [S.A_VALIDER]),
    (["300", "200", "0.01"], True, [S.PRET, S.PRET, S.A_VALIDER]),
    (["50"], False, [S.PRET]),
    (["50.01"], False, [S.A_VALIDER]),
    (["30", "20.01"], False, [S.PRET, S.A_VALIDER]),
])
def test_a_manager_looks_first_at_what_is_large_in_a_day_or_goes_to_a_new_place(rich, amounts, old, expected):
    assert [payout(rich, amount, old=old).status for amount in amounts] == expected


def test_what_was_given_back_does_not_count_for_the_day(rich):
    services.cancel(actor=rich, payout_id=payout(rich, "500").pk)
    assert payout(rich, "500").status == S.PRET


def test_the_daily_limit_counts_what_leaves_and_forgets_what_stays(rich, settings):
    settings.WALLET_DAILY_LIMIT = 100
    first = payout(rich, "90")
    with pytest.raises(DailyLimitReached):
        payout(rich, "10.01")
    services.cancel(actor=rich, payout_id=first.pk)
    assert payout(rich, "100").status == S.PRET
    refused = payout(earn(make_user("bob")), "100")
    services.refuse(actor=SYSTEM, payout_id=refused.pk, reason="no")
    assert payout(refused.account.user, "100").status == S.PRET


def test_the_owner_changes_his_mind_until_it_is_sent(rich):
    row = payout(rich, "600")
    services.cancel(actor=rich, payout_id=row.pk)
    assert wallet_of(rich).available == D("2000")
    with pytest.raises(IllegalMove):
        services.cancel(actor=rich, payout_id=row.pk)
    assert list(audit.faults()) == []


def test_a_stranger_cannot_cancel_and_a_manager_refuses_instead(rich, bob, admin_user):
    row = payout(rich)
    with pytest.raises(NotFound):
        services.cancel(actor=bob, payout_id=row.pk)
    with pytest.raises(Forbidden):
        services.cancel(actor=admin_user, payout_id=row.pk)


def test_a_manager_lets_leave_or_refuses_with_a_reason(rich, admin_user):
    first, second = payout(rich, "600"), payout(rich, "601")
    services.accept(actor=admin_user, payout_id=first.pk)
    with pytest.raises(Invalid) as refusal:
        services.refuse(actor=admin_user, payout_id=second.pk, reason=" ")
    assert list(refusal.value.errors) == ["reason"]
    services.refuse(actor=admin_user, payout_id=second.pk, reason="Not your account")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.why) == (S.PRET, S.REFUSE, "Not your account")
    assert wallet_of(rich).held == D("600")
    assert second.history.last().by == admin_user
    with pytest.raises(Forbidden):
        services.accept(actor=rich, payout_id=first.pk)
    assert list(audit.faults()) == []


@pytest.mark.parametrize("to", ["FR7630006000011234567890188", "TR330006100519786457841326", "hello", "", "12", "+33143550000", "0899123456"])
def test_a_wrong_place_is_refused_on_its_field(rich, to):
    with pytest.raises(Invalid) as refusal:
        services.withdraw(actor=rich, to=to, amount=D("5"), key="k")
    assert list(refusal.value.errors) == ["to"]


def test_the_destination_of_another_is_not_found(rich):
    theirs = destination(make_user("bob"))
    with pytest.raises(Invalid):
        services.withdraw(actor=rich, to=str(theirs.pk), amount=D("5"), key="k")


def test_an_iban_is_understood_as_people_write_it(rich):
    row = services.withdraw(actor=rich, to=" fr76 3000 6000 0112 3456 7890 189 ", amount=D("5"), key="k")
    assert (row.number, row.masked) == (IBAN, "FR76 •••• 0189")
    assert services.withdraw(actor=rich, to="06 12 34 56 78", amount=D("5"), key="l").number == "+33612345678"


@pytest.mark.parametrize("before", S.values)
@pytest.mark.parametrize("after", S.values)
def test_every_pair_of_states(rich, before, after):
    row = payout(rich)
    row.status = before
    allowed = after in Payout.MOVES.get(before, ())
    assert row.can_move(after) == allowed
    if not allowed:
        with pytest.raises(IllegalMove):
            row.move(after, actor=rich)
