"""Proofs of the books: asked for in the admin or by the clock, done by a job, told when red."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from accounts.wallet import services as wallet
from accounts.wallet.accounting.models import LedgerProof
from accounts.wallet.models import Account
from accounts.wallet.queries import system_account, wallet_of
from config.finances import services
from config.finances.tasks import prove_books_nightly
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden
from config.lib.testing import browser
from support.notifications.models import Notification

pytestmark = pytest.mark.django_db
LIST = "admin:accounts_ledgerproof_changelist"
ASK = "admin:accounts_ledgerproof_prove_now"


@pytest.fixture
def purse(alice):
    wallet.post(
        kind="gift", key="g", actor=SYSTEM,
        postings=[(system_account("REWARDS"), D("-9")), (wallet_of(alice), D("9"))],
    )
    return wallet_of(alice)


def test_a_manager_asks_and_reads_that_all_is_right(purse, dora, commit):
    page = browser(dora)
    with commit():
        page.post(reverse(ASK))
    row = LedgerProof.objects.get()
    assert (row.verdict, row.by, row.faults, row.counts["postings"]) == ("JUSTE", dora, [], 2)
    assert row.seconds is not None
    assert b"JUSTE" in page.get(reverse(LIST)).content or page.get(reverse(LIST)).status_code == 200


def test_a_wrong_row_is_named_and_the_managers_are_told(purse, dora, commit):
    Account.objects.filter(pk=purse.pk).update(balance=D("8.99"))
    with commit():
        services.ask_for_proof(actor=dora)
    row = LedgerProof.objects.get()
    assert row.verdict == "FAUX"
    assert row.first_fault == f"account {purse.pk} stores 8.99, its postings add up to 9.00"
    told = Notification.objects.get(user=dora, kind="books_wrong")
    assert f"account {purse.pk} stores 8.99" in told.body
    content = browser(dora).get(told.url).content.decode()
    assert row.first_fault in content


def test_the_clock_asks_every_night(purse, commit):
    with commit():
        prove_books_nightly()
    assert LedgerProof.objects.get().verdict == "JUSTE"


def test_a_proof_under_way_serves_the_next_asker(dora):
    assert services.ask_for_proof(actor=dora) == services.ask_for_proof(actor=SYSTEM)
    assert LedgerProof.objects.count() == 1


def test_only_managers_ask_and_read(alice, person, commit):
    clerk = person("clerk", is_staff=True)
    for user in (alice, clerk):
        with pytest.raises(Forbidden):
            services.ask_for_proof(actor=user)
        assert browser(user).get(reverse(LIST)).status_code in (302, 403)
        assert browser(user).post(reverse(ASK)).status_code in (302, 403)
    assert not LedgerProof.objects.exists()
