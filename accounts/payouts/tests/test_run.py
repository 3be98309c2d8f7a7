"""The run: weekly payouts, one file for the bank, paid once whatever happens."""

from datetime import UTC, datetime
from decimal import Decimal as D
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from accounts.payments.models import Disagreement
from accounts.payouts import audit, queries, services
from accounts.payouts.models import Payout, PayoutBatch
from accounts.payouts.rules import NoBankAccount
from accounts.payouts.tests.factories import GERMAN, IBAN, LATER, OTHER_IBAN, destination, earn, payout
from accounts.users import services as people
from accounts.users.tests.factories import make_user
from accounts.wallet.queries import balance_of, system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db
S = Payout.Status


def run(key=""):
    return services.run_payouts(actor=SYSTEM, key=key)


def test_ready_transfers_go_into_one_file_and_are_paid_when_the_bank_has_executed_it(alice, bob, admin_user):
    rows = [payout(earn(alice), "40"), payout(earn(bob), "25.50", GERMAN)]
    batch = run()
    assert (batch.count, batch.control_sum, batch.status) == (2, D("65.50"), "PRET")
    assert all(row in bytes(batch.file).decode() for row in (rows[0].reference, IBAN, GERMAN, "65.50"))
    assert balance_of(wallet_of(alice)) == D("100")
    services.execute_batch(actor=admin_user, batch_id=batch.pk)
    assert {row.status for row in Payout.objects.all()} == {S.PAYE}
    assert (balance_of(wallet_of(alice)), wallet_of(alice).held) == (D("60"), D("0"))
    assert balance_of(system_account("BANK")) == D("65.50")
    assert list(audit.faults()) == []


def test_a_second_run_gives_the_rest_and_the_same_key_the_same_file(alice):
    payout(earn(alice), "10")
    first = run("monday")
    assert run("tuesday") is None
    payout(alice, "11")
    assert run("monday") == first
    second = run("tuesday")
    assert [row.amount for row in second.payouts.all()] == [D("11")]
    assert first.count == 1


def test_what_waits_for_a_manager_and_mobile_money_stay_out_of_the_file(alice):
    earn(alice, "2000")
    payout(alice, "20", LATER)
    review = payout(alice, "700")
    assert run() is None
    services.accept(actor=SYSTEM, payout_id=review.pk)
    assert run().control_sum == D("700")


def test_a_crash_while_the_file_is_written_leaves_everything_ready(alice, monkeypatch):
    row = payout(earn(alice), "10")
    with monkeypatch.context() as broken:
        broken.setattr("accounts.payouts.sepa.build", lambda **_kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run("k")
    row.refresh_from_db()
    assert (row.status, row.batch, PayoutBatch.objects.count()) == (S.PRET, None, 0)
    assert run("k").count == 1


def test_weekly_destinations_are_paid_what_is_available(alice, bob, charlie):
    destination(earn(alice, "30"), automatic=True)
    destination(earn(bob, "9.99"), automatic=True)
    destination(earn(charlie, "50"))
    batch = services.run_weekly()
    assert [(row.account.user, row.amount, row.automatic) for row in batch.payouts.all()] == [(alice, D("30"), True)]
    earn(alice, "40")
    assert services.run_weekly() == batch
    assert wallet_of(alice).available == D("40")


def test_the_daily_limit_is_not_for_the_weekly_run(alice, settings):
    settings.WALLET_DAILY_LIMIT = 20
    destination(earn(alice, "30"), automatic=True)
    assert services.run_weekly().control_sum == D("30")


def test_money_that_is_held_elsewhere_is_not_paid_out(alice):
    destination(earn(alice, "30"), automatic=True)
    payout(alice, "25", OTHER_IBAN)
    assert [row.amount for row in run().payouts.all()] == [D("25")]


def test_a_large_weekly_payout_is_looked_at_first(alice):
    destination(earn(alice, "800"), automatic=True)
    assert services.run_weekly() is None
    assert Payout.objects.get().status == S.A_VALIDER


def test_without_a_bank_account_nothing_moves(alice, settings):
    row = payout(earn(alice), "10")
    settings.SHOP_IBAN = ""
    with pytest.raises(NoBankAccount):
        run()
    row.refresh_from_db()
    assert row.status == S.PRET


def test_only_managers_run_and_read_files(alice, bob):
    payout(earn(alice), "10")
    batch = run()
    for verb in (lambda: services.run_payouts(actor=bob), lambda: queries.batch_for(alice, batch.pk)):
        with pytest.raises(Forbidden):
            verb()


def test_the_bank_rejects_before_it_executes_the_held_amount_stays_for_the_desk(alice, admin_user):
    good, bad = payout(earn(alice), "10"), payout(alice, "11")
    batch = run()
    services.fail_payout(actor=admin_user, payout_id=bad.pk, reason="AC04: account closed")
    services.execute_batch(actor=admin_user, batch_id=batch.pk)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status, bad.why) == (S.PAYE, S.ECHOUE, "AC04: account closed")
    case = Disagreement.objects.get()
    assert (case.kind, case.reference, case.amount) == ("VERSEMENT_ECHOUE", f"payout:{bad.pk}", 0)
    assert wallet_of(alice).held == D("11")
    services.return_to_wallet(actor=admin_user, payout_id=bad.pk)
    assert (wallet_of(alice).available, wallet_of(alice).held) == (D("90"), 0)
    assert list(audit.faults()) == []


def test_the_bank_gives_back_what_it_had_executed(alice, admin_user):
    row = payout(earn(alice), "10")
    services.execute_batch(actor=SYSTEM, batch_id=run().pk)
    services.fail_payout(actor=admin_user, payout_id=row.pk, reason="MD07: holder deceased")
    assert Disagreement.objects.get().amount == D("10")
    assert (balance_of(system_account("BANK")), balance_of(system_account("UNAPPLIED"))) == (0, D("10"))
    returned = services.return_to_wallet(actor=admin_user, payout_id=row.pk)
    assert returned.returned is not None
    assert (balance_of(system_account("UNAPPLIED")), wallet_of(alice).available) == (0, D("100"))
    with pytest.raises(IllegalMove):
        services.retry_payout(actor=admin_user, payout_id=row.pk)
    assert list(audit.faults()) == []


@pytest.mark.parametrize("executed", [False, True])
def test_a_failed_payout_is_sent_again_under_a_reference_of_its_own(alice, admin_user, executed):
    row = payout(earn(alice, "10"), "10")
    batch = run()
    if executed:
        services.execute_batch(actor=SYSTEM, batch_id=batch.pk)
    services.fail_payout(actor=admin_user, payout_id=row.pk, reason="AC01")
    again = services.retry_payout(actor=admin_user, payout_id=row.pk)
    row.refresh_from_db()
    assert (row.status, again.status, again.retry_of) == (S.RELANCE, S.PRET, row)
    second = run()
    assert again.reference in bytes(second.file).decode()
    services.execute_batch(actor=SYSTEM, batch_id=second.pk)
    assert (balance_of(wallet_of(alice)), balance_of(system_account("BANK"))) == (0, D("10"))
    assert balance_of(system_account("UNAPPLIED")) == 0
    assert list(audit.faults()) == []


def test_a_payout_that_left_cannot_be_cancelled_or_refused(alice):
    row = payout(earn(alice), "10")
    run()
    for verb in (
        lambda: services.cancel(actor=alice, payout_id=row.pk),
        lambda: services.refuse(actor=SYSTEM, payout_id=row.pk, reason="late"),
    ):
        with pytest.raises(IllegalMove):
            verb()


def test_the_run_by_api_file_and_execution(alice, admin_user):
    boss = api(admin_user)
    assert boss.post("/api/manager/payout-batches").status_code == 204
    payout(earn(alice), "10")
    made = boss.post("/api/manager/payout-batches", HTTP_IDEMPOTENCY_KEY="k")
    assert (made.status_code, made.json()["count"], made.json()["control_sum"]) == (201, 1, "10.00")
    pk = made.json()["id"]
    file = boss.get(f"/api/manager/payout-batches/{pk}/file")
    assert file["Content-Type"] == "application/xml"
    assert file["Content-Disposition"] == f'attachment; filename="{made.json()["reference"]}.xml"'
    assert file.content == bytes(PayoutBatch.objects.get().file)
    assert boss.post(f"/api/manager/payout-batches/{pk}/executed").json()["status"] == "EXECUTE"
    assert boss.post(f"/api/manager/payout-batches/{pk}/executed").status_code == 409
    assert Payout.objects.get().status == S.PAYE


def test_the_admin_downloads_the_file_and_shows_the_batch(alice, admin_user, dora, bob):
    payout(earn(alice), "10")
    batch = run()
    boss = browser(admin_user)
    assert boss.get(f"/admin/accounts/payoutbatch/{batch.pk}/file/").content == bytes(batch.file)
    assert batch.reference in boss.get(f"/admin/accounts/payoutbatch/{batch.pk}/change/").content.decode()
    assert browser(bob).get(f"/admin/accounts/payoutbatch/{batch.pk}/file/").status_code == 302


def test_the_command_says_what_it_did(alice, settings):
    said = StringIO()
    call_command("run_payouts", stdout=said)
    payout(earn(alice), "10")
    call_command("run_payouts", stdout=said)
    assert said.getvalue().splitlines()[0] == "No transfer is waiting."
    assert "1 transfers, 10.00 EUR" in said.getvalue()
    payout(earn(make_user("zoe")), "10")
    settings.SHOP_IBAN = ""
    with pytest.raises(CommandError, match="SHOP_IBAN"):
        call_command("run_payouts")


def test_the_file_waits_for_nobody_who_was_shut_out():
    bad, good = payout(earn(make_user("bad"))), payout(earn(make_user("good")))
    people.set_active(actor=SYSTEM, user_id=bad.account.user_id, active=False)
    batch = services.run_payouts(actor=SYSTEM, key="a")
    assert [row.pk for row in batch.payouts.all()] == [good.pk]
    people.set_active(actor=SYSTEM, user_id=bad.account.user_id, active=True)
    assert [row.pk for row in services.run_payouts(actor=SYSTEM, key="b").payouts.all()] == [bad.pk]


def test_the_name_of_a_run_is_of_the_local_day_also_after_midnight():
    made = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    for zone in (UTC, ZoneInfo("Europe/Paris")):
        assert PayoutBatch(pk=1, created_at=made.astimezone(zone)).reference == "LOT-000001-20261122"
