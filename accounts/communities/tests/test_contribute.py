"""Money into a pot: once, every month, and when the wallet is empty."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from accounts.communities import audit, services, tasks
from accounts.communities.models import MonthlyContribution
from accounts.communities.queries import solidarity
from accounts.communities.tests.factories import give, make_community
from accounts.users.tests.factories import make_user
from accounts.wallet import audit as books
from accounts.wallet.models import Transaction
from accounts.wallet.queries import balance_of, wallet_of
from accounts.wallet.rules import DailyLimitReached
from config.lib.errors import NotFound
from config.lib.testing import api, both_doors, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    community, (alice, bob) = make_community("alice", "bob")
    give(bob, "30")
    return community, alice, bob


def right(community):
    assert books.first_fault() == ""
    assert list(audit.faults()) == []
    return balance_of(community.account)


def monthly(community, user, amount="10", day=5):
    made = services.contribute(
        actor=user, community_id=community.pk, amount=D(amount), key=f"m{amount}{day}", monthly=True, day=day
    )
    return made.monthly


def run(row, today):
    done = services.run_monthly(contribution_id=row.pk, today=today)
    row.refresh_from_db()
    return done


def test_a_contribution_moves_from_the_wallet_to_the_pot_by_both_doors(pair):
    community, _alice, bob = pair
    page, phone = both_doors(bob)
    answer = phone.post(f"/api/wallet/communities/{community.pk}/contribute", {"amount": "10.50"})
    assert answer.status_code == 200
    assert (answer.json()["amount"], answer.json()["monthly"]) == ("10.50", None)
    assert answer.json()["community"]["balance"] == "10.50"
    shown = page.post(f"/communautes/{community.slug}/cotiser/", {"amount": "4.50", "key": "k"}, follow=True)
    assert "Thank you" in shown.content.decode()
    assert right(community) == D("15.00")
    assert balance_of(wallet_of(bob)) == D("15.00")
    line = api(bob).get("/api/wallet/transactions").json()["results"][0]
    assert (line["amount"], line["counterparty"]) == ("-4.50", "Les voisins du 12")
    statement = page.get("/portefeuille/").content.decode()
    assert f'href="/communautes/{community.slug}/"' in statement


def test_a_double_click_and_a_repeated_key_give_once(pair):
    community, _alice, bob = pair
    page, phone = both_doors(bob)
    for _ in range(2):
        page.post(f"/communautes/{community.slug}/cotiser/", {"amount": "4", "key": "same"})
    answers = [
        phone.post(f"/api/wallet/communities/{community.pk}/contribute", {"amount": "3"}, HTTP_IDEMPOTENCY_KEY="k")
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert right(community) == D("7")


def test_more_than_one_has_is_refused_in_the_same_words(pair):
    community, _alice, bob = pair
    page, phone = both_doors(bob)
    refused = phone.post(f"/api/wallet/communities/{community.pk}/contribute", {"amount": "30.01"})
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_funds")
    shown = page.post(f"/communautes/{community.slug}/cotiser/", {"amount": "30.01", "key": "k"})
    assert shown.status_code == 422
    assert refused.json()["detail"] in shown.content.decode()
    assert right(community) == 0


@pytest.mark.parametrize("body", [{"amount": "0"}, {"amount": "-5"}, {"amount": "1.001"}, {}, {"amount": "5", "monthly": True, "day": 29}])
def test_a_senseless_contribution_is_refused_on_its_field(pair, body):
    community, _alice, bob = pair
    answer = api(bob).post(f"/api/wallet/communities/{community.pk}/contribute", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert set(answer.json()["errors"]) <= {"amount", "day"}


def test_only_members_give_to_a_community_and_anybody_to_the_fund(pair):
    community, _alice, _bob = pair
    fred, fund = make_user("fred"), solidarity()
    give(fred, "10")
    refused = api(fred).post(f"/api/wallet/communities/{community.pk}/contribute", {"amount": "1"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert api(fred).post(f"/api/wallet/communities/{fund.pk}/contribute", {"amount": "1"}).status_code == 200
    asked = api(fred).post(f"/api/wallet/communities/{fund.pk}/requests", {"amount": "1", "purpose": "x"})
    assert asked.status_code == 403
    assert right(fund) == D("1")


def test_a_monthly_contribution_is_given_now_and_then_each_month_once(pair):
    community, _alice, bob = pair
    row = monthly(community, bob)
    today = timezone.localdate()
    assert (row.due_on.day, right(community)) == (5, D("10"))
    assert (row.due_on.year * 12 + row.due_on.month) - (today.year * 12 + today.month) == 1
    first = row.due_on
    assert not run(row, first - timedelta(days=1))
    assert run(row, first)
    assert not run(row, first)
    assert right(community) == D("20")
    assert (row.due_on, row.failures) == (row.next_on, 0)
    assert (row.due_on - first).days in (28, 29, 30, 31)
    assert Transaction.objects.get(key=f"monthly:{row.pk}:{first:%Y-%m}").actor is None


def test_without_money_it_is_tried_on_the_next_days_then_paused_and_told(pair):
    community, _alice, bob = pair
    row = monthly(community, bob, "25")
    day = row.due_on
    for n in range(2):
        assert not run(row, day + timedelta(days=n))
        assert not run(row, day + timedelta(days=n)), "once a day"
        assert (row.status, row.failures, row.next_on) == ("ACTIVE", n + 1, day + timedelta(days=n + 1))
    assert not run(row, day + timedelta(days=2))
    assert row.status == "SUSPENDUE"
    give(bob, "100")
    assert not run(row, day + timedelta(days=3))
    assert right(community) == D("25")
    again = monthly(community, bob, "20")
    assert (again.pk, again.status, again.failures) == (row.pk, "ACTIVE", 0)


def test_a_day_late_does_not_move_the_month(pair):
    community, _alice, bob = pair
    row = monthly(community, bob, "25", day=28)
    MonthlyContribution.objects.filter(pk=row.pk).update(due_on=date(2027, 1, 28), next_on=date(2027, 1, 28))
    assert not run(row, date(2027, 1, 28))
    give(bob, "100")
    assert run(row, date(2027, 2, 1))
    assert row.due_on == date(2027, 2, 28)
    assert Transaction.objects.filter(key=f"monthly:{row.pk}:2027-01").exists()


def test_months_in_which_it_was_suspended_are_not_asked_for_afterwards(pair, dora):
    community, _alice, bob = pair
    give(bob, "100")
    row = monthly(community, bob)
    services.suspend_community(actor=dora, community_id=community.pk)
    assert not run(row, row.due_on)
    services.resume_community(actor=dora, community_id=community.pk)
    late = row.due_on + timedelta(days=100)
    assert run(row, late)
    assert not run(row, late)
    assert row.due_on > late
    assert right(community) == D("20")


def test_one_bad_row_does_not_keep_the_others_waiting(pair):
    community, alice, bob = pair
    give(alice, "100")
    for user in (bob, alice):
        monthly(community, user, "25")
    MonthlyContribution.objects.update(due_on=timezone.localdate(), next_on=timezone.localdate())
    assert tasks.pay_monthly_contributions() == 1
    assert tasks.pay_monthly_contributions() == 0
    assert right(community) == D("75")


def test_it_can_be_looked_at_and_stopped(pair):
    community, _alice, bob = pair
    page, phone = both_doors(bob)
    url = f"/api/wallet/communities/{community.pk}/monthly"
    assert phone.get(url).status_code == 404
    row = monthly(community, bob)
    assert phone.get(url).json() == {
        "amount": "10.00", "currency": "EUR", "day": 5, "next_on": row.next_on.isoformat(), "status": "ACTIVE",
        "last_failure_at": None,
    }
    assert "You give €10.00 each month" in page.get(f"/communautes/{community.slug}/").content.decode()
    assert phone.delete(url).status_code == 204
    assert not run(row, row.due_on)
    with pytest.raises(NotFound):
        services.stop_monthly(actor=bob, community_id=community.pk)


def test_who_leaves_gives_no_more(pair):
    community, _alice, bob = pair
    row = monthly(community, bob)
    services.leave(actor=bob, community_id=community.pk)
    assert not run(row, row.due_on)
    assert row.status == "ARRETEE"
    assert right(community) == D("10"), "what was given stays"


def test_the_page_says_beforehand_that_it_stays(pair):
    community, _alice, bob = pair
    page = browser(bob).get(f"/communautes/{community.slug}/cotiser/").content.decode()
    assert "What you contribute stays in the pot, also when you leave." in page
    assert "€30.00" in page


def test_contributions_count_against_the_days_limit(settings, pair):
    """A community of one's own is no way around it; the same click again counts once."""
    settings.WALLET_DAILY_LIMIT = 20
    community, _alice, bob = pair
    for _ in range(2):
        services.contribute(actor=bob, community_id=community.pk, amount=D("15"), key="k")
    with pytest.raises(DailyLimitReached):
        services.contribute(actor=bob, community_id=community.pk, amount=D("6"), key="more")
    services.contribute(actor=bob, community_id=community.pk, amount=D("5"), key="rest")
    assert right(community) == D("20")
