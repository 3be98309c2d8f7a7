"""Several real connections on the same payouts. With the lock off, the canary must fail."""

from collections import Counter
from decimal import Decimal as D

import pytest

from accounts.payouts import audit, queries, services
from accounts.payouts.models import Means, Payout, PayoutBatch
from accounts.payouts.tests.factories import IBAN, LATER, destination, earn, payout
from accounts.users.tests.factories import make_user
from accounts.wallet import audit as ledger
from accounts.wallet.queries import wallet_of
from accounts.wallet.rules import InsufficientFunds
from accounts.wallet.services import transfer as send
from config.lib.actors import SYSTEM
from config.lib.errors import IllegalMove
from config.lib.testing import at_once

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]
S = Payout.Status


def ten_ready():
    return [payout(earn(make_user(f"u{i}"), "50"), "10") for i in range(10)]


def four_runs():
    return at_once(4, lambda i: services.run_payouts(actor=SYSTEM, key=str(i)))


def test_runs_at_once_put_each_payout_into_exactly_one_file():
    rows = ten_ready()
    results = four_runs()
    assert all(result is None or isinstance(result, PayoutBatch) for result in results), results
    seen = Counter(row.reference for row in rows for b in PayoutBatch.objects.all() if row.reference in bytes(b.file).decode())
    assert seen == Counter({row.reference: 1 for row in rows})
    assert list(audit.faults()) == []


def test_canary_without_the_lock_a_run_fails(monkeypatch):
    ten_ready()
    naive = Payout.objects.select_related("account__user").filter(status=S.PRET, means=Means.VIREMENT).order_by("pk")
    monkeypatch.setattr(queries, "locked_ready_transfers", lambda: list(naive.all()))
    assert any(isinstance(result, IllegalMove) for result in four_runs())


def test_the_same_click_at_once_is_one_file():
    ten_ready()
    results = at_once(4, lambda _i: services.run_payouts(actor=SYSTEM, key="same"))
    assert {result.pk for result in results} == {PayoutBatch.objects.get().pk}


def test_weekly_payouts_are_opened_once():
    people = [earn(make_user(f"u{i}"), "50") for i in range(5)]
    for user in people:
        destination(user, automatic=True)
    results = four_runs()
    assert all(result is None or isinstance(result, PayoutBatch) for result in results), results
    assert Payout.objects.count() == 5
    assert list(ledger.faults()) == list(audit.faults()) == []


def test_withdrawals_at_once_never_overdraw_and_one_key_is_one_payout():
    alice = earn(make_user("alice"), "100")
    to = str(destination(alice).pk)
    results = at_once(12, lambda i: services.withdraw(actor=alice, to=to, amount=D("30"), key=str(i % 6)))
    made = {result.pk for result in results if isinstance(result, Payout)}
    assert {type(result) for result in results} <= {Payout, InsufficientFunds}
    assert len(made) == Payout.objects.count() == 3
    assert wallet_of(alice).held == D("90")
    assert list(audit.faults()) == []


def test_slices_at_once_do_not_slip_under_the_limit():
    alice = earn(make_user("alice"), "2000")
    to = str(destination(alice).pk)
    results = at_once(4, lambda i: services.withdraw(actor=alice, to=to, amount=D("200"), key=str(i)))
    assert Counter(row.status for row in results) == {S.PRET: 2, S.A_VALIDER: 2}


def test_a_payout_is_cancelled_or_batched_never_both():
    rows = ten_ready()
    work = [lambda row=row: services.cancel(actor=row.account.user, payout_id=row.pk) for row in rows]
    at_once(11, lambda i: work[i]() if i < 10 else services.run_payouts(actor=SYSTEM, key="k"))
    batched = set(Payout.objects.exclude(batch=None).values_list("status", flat=True))
    assert batched <= {S.ENVOYE}
    assert list(ledger.faults()) == list(audit.faults()) == []


def test_one_mobile_payout_by_many_workers_is_sent_once():
    row = payout(earn(make_user("alice")), "40", LATER)
    at_once(6, lambda _i: services.send_mobile_payout(transfer_id=row.transfer.pk))
    row.refresh_from_db()
    assert row.status == S.ENVOYE
    assert row.history.filter(to_status=S.ENVOYE).count() == 1


def test_the_same_destination_at_once_is_one():
    alice = make_user("alice")
    results = at_once(6, lambda _i: services.add_destination(actor=alice, to=IBAN))
    assert len({row.pk for row in results}) == 1
    assert results[0].account.destinations.get(is_default=True)


def test_files_are_executed_while_their_owners_send_each_other_money():
    """Wallets are locked in the order of their keys by everybody, whatever the order of the payouts in a file."""
    people = [earn(make_user(f"u{i}"), "50") for i in range(6)]
    for user in people:
        wallet_of(user)
    for number in range(8):
        for user in reversed(people):  # the file's order is not that of the wallets
            payout(user, "1", key=str(number))
        batch = services.run_payouts(actor=SYSTEM, key=str(number))

        def work(i, batch=batch, number=number):
            if i == 0:
                return services.execute_batch(actor=SYSTEM, batch_id=batch.pk)
            giver, taker = people[i % 6], people[(i + 1) % 6]
            return [send(actor=giver, to=str(taker.pk), amount=D("0.01"), key=f"{number}:{n}") for n in range(10)]

        results = at_once(7, work)
        assert not [result for result in results if isinstance(result, Exception)], results
    assert list(ledger.faults()) == list(audit.faults()) == []
