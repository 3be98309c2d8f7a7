"""Monthly statements: the closed months, their PDF made once by a job, figures that equal the ledger."""

import hashlib
import io
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db.models import Sum
from django.utils import timezone
from pypdf import PdfReader

from accounts.companies import services as companies
from accounts.users.tests.factories import make_user
from accounts.wallet import services, statement
from accounts.wallet.models import MonthlyStatement, Posting
from accounts.wallet.queries import company_wallet, wallet_of
from accounts.wallet.tests.factories import give, noon, on
from config.lib import jobs
from config.lib.actors import SYSTEM
from config.lib.jobs import JobState
from config.lib.testing import api, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    alice, bob = make_user(), make_user("bob", last_name="Lefèvre")
    with on(noon("2026-01-31")):
        give(alice, "50", memo="Bienvenue 🎂 مرحبا")
    with on(noon("2026-03-01")):
        services.hold(account=wallet_of(alice), amount=D("8"), reference="x:1", actor=alice)
        services.transfer(actor=alice, to=str(bob.pk), amount=D("12.50"), note="Pizza", key="a")
        give(alice, "0.05")
    with on(noon("2026-04-01")):
        give(alice, "1")
    give(alice, "3")  # now: its month is open
    return alice


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\xa0", " ").replace("\x00", "")


def test_the_closed_months_with_their_figures(alice):
    body = api(alice).get("/api/wallet/statements").json()
    assert [(m["month"], m["opening_balance"], m["received"], m["spent"], m["closing_balance"]) for m in body["results"]] == [
        ("2026-04", "37.55", "1.00", "0.00", "38.55"),
        ("2026-03", "50.00", "0.05", "12.50", "37.55"),
        ("2026-01", "0.00", "50.00", "0.00", "50.00"),
    ]
    page = browser(alice).get("/portefeuille/releves/").content.decode()
    assert "March 2026" in page
    assert timezone.localdate().strftime("%B %Y") not in page
    assert "No statement yet" in browser(make_user("new")).get("/portefeuille/releves/").content.decode()


def test_the_figures_of_every_month_equal_the_ledger(alice):
    account = wallet_of(alice)
    for month in statement.months(account):
        start, end = statement.midnight(month.month), statement.midnight(statement.end_of(month.month))
        rows = Posting.objects.filter(account=account)
        inside = rows.filter(transaction__at__gte=start, transaction__at__lt=end)
        total = inside.aggregate(total=Sum("amount"))["total"]
        before = rows.filter(transaction__at__lt=start).aggregate(total=Sum("amount"))["total"] or D(0)
        assert (month.opening, month.received - month.spent, month.lines) == (before, total, inside.count())
        assert month.closing == before + total
        wanted = statement.Wanted(month.month, statement.end_of(month.month) - timedelta(days=1))
        shown = list(statement.read_through(account, wanted))
        assert shown[-1].balance_after == month.closing
        assert shown[0].balance_after - shown[0].amount == month.opening
        assert statement.balances(account, wanted) == (month.opening, month.closing)


def test_the_pdf_is_made_by_a_job_once_and_kept(alice, commit):
    asker = api(alice)
    waiting = asker.get("/api/wallet/statements/2026-03")
    assert (waiting.status_code, waiting.json()) == (202, {"month": "2026-03", "state": "A_FAIRE"})
    assert int(waiting["Retry-After"]) > 0
    row = MonthlyStatement.objects.get()
    services.render_statement(statement_id=row.pk)
    answer = asker.get("/api/wallet/statements/2026-03", HTTP_ACCEPT="application/pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    row.refresh_from_db()
    assert (row.state, row.sha256) == (JobState.FAIT, hashlib.sha256(answer.content).hexdigest())
    text = text_of(answer.content)
    for words in ("Pizza", "Bob Lefèvre", "50,00 €", "−12,50 €", "37,55 €", "0,05 €", "8,00 €", "1 mars 2026", "31 mars 2026"):
        assert words in text, words
    jobs.retry(row)
    services.render_statement(statement_id=row.pk)
    assert asker.get("/api/wallet/statements/2026-03").content == answer.content
    assert MonthlyStatement.objects.count() == 1


def test_ringing_twice_keeps_the_first_file(alice):
    row = services.ask_statement(actor=alice, month=date(2026, 3, 1))
    services.render_statement(statement_id=row.pk)
    first = MonthlyStatement.objects.get().sha256
    MonthlyStatement.objects.update(state=JobState.A_FAIRE)  # as when a lease lapsed
    services.render_statement(statement_id=row.pk)
    assert MonthlyStatement.objects.get().sha256 == first


def test_a_note_with_emoji_and_arabic_does_not_break_the_pdf(alice):
    row = services.ask_statement(actor=alice, month=date(2026, 1, 1))
    services.render_statement(statement_id=row.pk)
    row.refresh_from_db()
    assert row.pdf_ready
    assert "Bienvenue" in text_of(bytes(row.pdf))


def test_the_job_is_rung_when_it_is_asked_for_by_page_and_the_page_shows_progress(alice, commit):
    page = browser(alice)
    first = page.get("/portefeuille/releves/2026-03/")
    assert (first.status_code, first["Refresh"]) == (202, "3")
    assert 'hx-get="/portefeuille/releves/2026-03/"' in first.content.decode()
    assert page.get("/portefeuille/releves/2026-03/", HTTP_HX_REQUEST="true").status_code == 200
    row = MonthlyStatement.objects.get()
    with commit():
        jobs.ring(row)
    assert page.get("/portefeuille/releves/2026-03/", HTTP_HX_REQUEST="true")["HX-Redirect"] == "/portefeuille/releves/2026-03/"
    assert page.get("/portefeuille/releves/2026-03/")["Content-Type"] == "application/pdf"


def test_a_failure_is_told_without_blame(alice):
    page = browser(alice)
    page.get("/portefeuille/releves/2026-03/")
    MonthlyStatement.objects.update(state=JobState.ECHEC)
    told = page.get("/portefeuille/releves/2026-03/")
    assert "could not be written" in told.content.decode()
    assert "Refresh" not in told


@pytest.mark.parametrize("month", ["2026-02", "2027-01", "2025-12", "2026-13", "2026-3", "x", "0000-01", "９９９９-１２"])
def test_a_month_that_is_open_empty_or_none_is_not_found(alice, month):
    assert api(alice).get(f"/api/wallet/statements/{month}").status_code == 404
    assert browser(alice).get(f"/portefeuille/releves/{month}/").status_code == 404
    assert not MonthlyStatement.objects.exists()


def test_the_present_month_is_open(alice):
    assert api(alice).get(f"/api/wallet/statements/{timezone.localdate():%Y-%m}").status_code == 404


def test_a_month_stays_open_for_a_while_after_its_end(monkeypatch):
    end = statement.midnight(date(2026, 4, 1))
    for minutes, closed in ((-1, False), (59, False), (60, True)):
        monkeypatch.setattr(statement.timezone, "now", lambda m=minutes: end + timedelta(minutes=m))
        assert statement.is_closed(date(2026, 3, 1)) is closed


def test_the_statement_of_another_is_ones_own(alice):
    stranger = make_user("stranger")
    assert api(stranger).get("/api/wallet/statements/2026-03").status_code == 404
    company = companies.create_company(actor=alice, name="Boulangerie", siren="732829320")
    with on(noon("2026-03-02")):
        give(None, "80", account=company_wallet(company))
    path = f"/api/wallet/statements/2026-03?company={company.pk}"
    assert api(stranger).get(path).status_code == 404
    assert api(alice).get(path).status_code == 202
    row = MonthlyStatement.objects.get()
    services.render_statement(statement_id=row.pk)
    assert "SIREN 732829320" in text_of(api(alice).get(path).content)


def test_holds_of_the_past_are_those_of_that_moment(alice):
    account = wallet_of(alice)
    march = statement.midnight(date(2026, 4, 1))
    assert [h.amount for h in statement.holds_at(account, march)] == [D("8")]
    services.release(hold=account.holds.get(), actor=SYSTEM)
    assert [h.amount for h in statement.holds_at(account, march)] == [D("8")]
    assert not statement.holds_at(account, timezone.now()).exists()
    assert not statement.holds_at(account, statement.midnight(date(2026, 3, 1))).exists()
