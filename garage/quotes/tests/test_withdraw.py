"""Withdrawal from a contract concluded at a distance."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Conflict
from config.lib.testing import browser
from garage.quotes import opening, queries, rules, services
from garage.quotes.tests.factories import accept, quote_of


@pytest.fixture
def accepted(alice, commit):
    """Alice accepted by her link and asked that work begins at once."""
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)
    with commit():
        accept(quote, start_now=True)
    quote.refresh_from_db()
    return quote


@pytest.fixture
def link(accepted):
    return f"/devis/{queries.public_token(accepted)}/"


def receipt(quote) -> str:
    pdf = quote.papers.get(kind="RETRACTATION").pdf
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bytes(pdf))).pages).split())


def test_confirmed_it_ends_the_quote_and_gives_a_dated_receipt(accepted, link, commit):
    client = browser()
    page = client.get(f"{link}retractation/").content.decode()
    assert "Confirm the withdrawal" in page
    assert accepted.number in page
    with commit():
        assert client.post(f"{link}retractation/", {"name": "Alice Martin"}).status_code == 302
    accepted.refresh_from_db()
    assert accepted.status == "REFUSE"
    assert accepted.acceptances.get().withdrawn_at
    assert "Alice Martin" in receipt(accepted)
    assert accepted.papers.get(kind="RETRACTATION").sendings.get().by_email
    assert "Your withdrawal was received" in client.get(link).content.decode()


def test_twice_is_refused(accepted, link, commit):
    with commit():
        services.withdraw(actor=SYSTEM, quote_id=accepted.pk, name="Alice")
    with pytest.raises(rules.NoWithdrawal):
        services.withdraw(actor=SYSTEM, quote_id=accepted.pk, name="Alice")
    assert browser().get(f"{link}retractation/").status_code == 404


def test_once_work_has_begun_it_is_taken_all_the_same_and_staff_decide(accepted, commit, monkeypatch):
    def begun(**_quote):
        raise Conflict

    monkeypatch.setattr(opening, "_undo", [begun])
    with commit():
        acceptance = services.withdraw(actor=SYSTEM, quote_id=accepted.pk, name="Alice")
    accepted.refresh_from_db()
    assert accepted.status == "ACCEPTE"
    assert acceptance.withdrawn_at
    assert "Work had begun at your request" in receipt(accepted) or "Les travaux avaient commencé" in receipt(accepted)
    assert accepted.history.latest("pk").reason


@pytest.mark.parametrize("late", [0, 1])
def test_the_last_day_counts_and_the_next_does_not(accepted, late, monkeypatch):
    until = accepted.acceptances.get().withdraw_until
    today = until + timedelta(days=late)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: today)
    allowed = rules.may_withdraw(accepted.acceptances.get(), accepted.status, timezone.localdate())
    assert allowed is (late == 0)


def test_at_the_counter_there_is_no_right(alice, dora, commit):
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)
        accept(quote, channel="COMPTOIR")
    with pytest.raises(rules.NoWithdrawal):
        services.withdraw(actor=SYSTEM, quote_id=quote.pk, name="Alice")
    assert browser(alice).get(f"/garage/mes-devis/{quote.pk}/retractation/").status_code == 404


def test_wholly_done_and_billed_at_his_wish_the_right_has_ended(accepted):
    accepted.move("FACTURE", actor=SYSTEM)
    with pytest.raises(rules.NoWithdrawal):
        services.withdraw(actor=SYSTEM, quote_id=accepted.pk, name="Alice")


def test_a_stranger_cannot_withdraw(accepted, charlie):
    reply = browser(charlie).post(f"/garage/mes-devis/{accepted.pk}/retractation/", {"name": "X"})
    assert reply.status_code == 404
    accepted.refresh_from_db()
    assert accepted.status == "ACCEPTE"


@pytest.mark.parametrize("start_now", [True, False])
def test_wholly_done_the_right_ends_only_for_who_asked_to_begin(alice, commit, monkeypatch, start_now):
    def done(**_quote):
        raise rules.WorkDone

    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)
        accept(quote, start_now=start_now)
    monkeypatch.setattr(opening, "_undo", [done])
    if start_now:
        with pytest.raises(rules.NoWithdrawal):
            services.withdraw(actor=SYSTEM, quote_id=quote.pk, name="Alice")
    else:
        assert services.withdraw(actor=SYSTEM, quote_id=quote.pk, name="Alice").withdrawn_at
