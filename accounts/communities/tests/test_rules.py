"""When a vote is decided, and the names in public books."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from accounts.communities.rules import Verdict, needed_of, next_due, pseudonym, verdict

VOTERS = st.integers(1, 500)
PERCENT = st.integers(1, 100)


def test_the_quorum_is_rounded_up_and_at_least_one():
    assert [needed_of(n, 51) for n in (1, 2, 3, 4, 10, 100)] == [1, 2, 2, 3, 6, 51]
    assert [needed_of(3, p) for p in (1, 33, 34, 66, 67, 100)] == [1, 1, 2, 2, 3, 3]
    assert needed_of(100, 29) == 29  # not 30: no float was near


@given(VOTERS, PERCENT)
def test_the_quorum_can_be_reached_and_is_no_less_than_its_share(voters, percent):
    needed = needed_of(voters, percent)
    assert 1 <= needed <= voters
    assert needed * 100 >= voters * percent
    assert needed == 1 or (needed - 1) * 100 < voters * percent


@given(PERCENT, st.lists(st.booleans(), min_size=1, max_size=60))
def test_votes_one_by_one_decide_once_and_the_rest_would_not_change_it(percent, votes):
    needed = needed_of(len(votes), percent)
    seen = [
        verdict(needed=needed, approvals=sum(votes[:i]), pending=len(votes) - i) for i in range(len(votes) + 1)
    ]
    assert seen[0] is Verdict.OPEN
    assert seen[-1] is (Verdict.PASSED if sum(votes) >= needed else Verdict.LOST)
    decided = next(i for i, v in enumerate(seen) if v is not Verdict.OPEN)
    assert set(seen[decided:]) == {seen[-1]}
    # Not a vote too late: one vote earlier both ends were still possible.
    before = sum(votes[: decided - 1])
    assert before < needed <= before + len(votes) - decided + 1


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 28))
def test_the_next_month_is_never_skipped_nor_the_same(after, day):
    due = next_due(after, day)
    assert due.day == day
    assert (due.year * 12 + due.month) - (after.year * 12 + after.month) == 1


def test_a_pseudonym_is_stable_and_another_one_in_each_community():
    assert pseudonym("a" * 64, 7) == pseudonym("a" * 64, 7)
    assert len({pseudonym("a" * 64, 7), pseudonym("b" * 64, 7), pseudonym("a" * 64, 8)}) == 3
