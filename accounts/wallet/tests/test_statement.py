"""The statement by page, API and CSV: filters, balances, escapes."""

import csv
import io
import tracemalloc
from decimal import Decimal as D

import pytest
from django.urls import reverse

from accounts.companies import services as companies
from accounts.payments import services as payments
from accounts.users.tests.factories import make_user
from accounts.wallet import services, statement
from accounts.wallet.models import Posting
from accounts.wallet.queries import company_wallet, wallet_of
from accounts.wallet.tests.factories import give, noon, on
from config.lib.csvfile import cell
from config.lib.testing import api, assert_max_queries, browser

pytestmark = pytest.mark.django_db
API = "/api/wallet/transactions"


@pytest.fixture
def alice():
    """60.00 from September to November: in 50, out 12.50, in 20, out 5, in 7.50."""
    alice, bob = make_user(), make_user("bob", last_name="Lefèvre")
    with on(noon("2026-09-10")):
        give(alice, "50", memo="Bienvenue")
    with on(noon("2026-10-02")):
        services.transfer(actor=alice, to=str(bob.pk), amount=D("12.50"), note="Pizza de jeudi", key="a")
    with on(noon("2026-10-31")):
        give(alice, "20")
    with on(noon("2026-11-01")):
        services.transfer(actor=alice, to=str(bob.pk), amount=D("5"), note="=1+1", key="b")
        services.transfer(actor=bob, to=str(alice.pk), amount=D("7.50"), note="Café", key="c")
    return alice


def amounts(body):
    return [(row["amount"], row["balance_after"]) for row in body["results"]]


ALL = [("7.50", "60.00"), ("-5.00", "52.50"), ("20.00", "57.50"), ("-12.50", "37.50"), ("50.00", "50.00")]


@pytest.mark.parametrize(
    "query, shown, opening, closing",
    [
        ("", [0, 1, 2, 3, 4], "0.00", "60.00"),
        ("?from=2026-10-01&to=2026-10-31", [2, 3], "50.00", "57.50"),
        ("?from=2026-10-02", [0, 1, 2, 3], "50.00", "60.00"),
        ("?to=2026-10-02", [3, 4], "0.00", "37.50"),
        ("?from=2027-01-01", [], "60.00", "60.00"),
        ("?to=9999-12-31", [0, 1, 2, 3, 4], "0.00", "60.00"),
        ("?direction=SORTIE", [1, 3], "0.00", "60.00"),
        ("?direction=ENTREE", [0, 2, 4], "0.00", "60.00"),
        ("?kind=VIREMENT", [0, 1, 3], "0.00", "60.00"),
        ("?kind=transfer&direction=ENTREE", [0], "0.00", "60.00"),
        ("?kind=nothing", [], "0.00", "60.00"),
        ("?search=pizza", [3], "0.00", "60.00"),
        ("?search=lefèvre", [0, 1, 3], "0.00", "60.00"),
        ("?search=bob+jeudi", [3], "0.00", "60.00"),
        ("?search=Rewards", [], "0.00", "60.00"),
    ],
)
def test_filters_by_api(alice, query, shown, opening, closing):
    body = api(alice).get(API + query).json()
    assert amounts(body) == [ALL[i] for i in shown]
    assert (body["opening_balance"], body["closing_balance"], body["count"]) == (opening, closing, len(shown))


@pytest.mark.parametrize(
    "query, field",
    [
        ("?from=yesterday", "from"), ("?to=2026-13-01", "to"), ("?direction=UP", "direction"),
        ("?from=2026-10-02&to=2026-10-01", "to"),
    ],
)
def test_a_wrong_filter_is_named(alice, query, field):
    answer = api(alice).get(API + query)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert api(alice).get(f"/api/wallet/transactions.csv{query}").status_code == 422


def test_balances_stay_right_over_pages_and_filters(alice):
    bob = make_user("b2")
    for i in range(30):
        services.transfer(actor=alice, to=str(bob.pk), amount=D("0.10"), key=f"s{i}")
        give(alice, "0.25")
    exact, total = {}, D(0)
    for pk, amount in Posting.objects.filter(account=wallet_of(alice)).order_by("pk").values_list("pk", "amount"):
        total += amount
        exact[pk] = f"{total:.2f}"
    seen = 0
    for query in ("?direction=SORTIE&", "?"):
        for number in (1, 2, 3):
            rows = api(alice).get(f"{API}{query}page={number}&page_size=7").json()["results"]
            seen += len(rows)
            assert [row["balance_after"] for row in rows] == [exact[row["id"]] for row in rows]
    assert seen == 42


def test_the_page_filters_keeps_the_filters_and_says_when_nothing_fits(alice):
    page = browser(alice)
    shown = page.get("/portefeuille/?from=2026-10-01&to=2026-10-31&kind=VIREMENT").content.decode()
    assert "Pizza de jeudi" in shown
    assert "Café" not in shown
    assert 'value="2026-10-01"' in shown
    assert "/portefeuille/releve.csv?from=2026-10-01&amp;to=2026-10-31&amp;kind=VIREMENT" in shown
    assert "€50.00" in shown  # balance before the first day
    nothing = page.get("/portefeuille/?search=zzz").content.decode()
    assert "No movement fits" in nothing
    assert "No movement yet" not in nothing
    wrong = page.get("/portefeuille/?from=2026-10-31&to=2026-10-01")
    assert "The last day lies before the first." in wrong.content.decode()
    assert "No movement yet" in browser(make_user("new")).get("/portefeuille/").content.decode()


def read(answer):
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_csv_by_api_is_for_programs(alice):
    answer = api(alice).get("/api/wallet/transactions.csv?from=2026-11-01", HTTP_ACCEPT="text/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = read(answer)
    assert rows == [
        ["at", "kind", "counterparty", "reference", "note", "amount", "balance_after", "currency"],
        ["2026-11-01T11:00:00Z", "transfer", "Bob Lefèvre", "", "'=1+1", "-5.00", "52.50", "EUR"],
        ["2026-11-01T11:00:00Z", "transfer", "Bob Lefèvre", "", "Café", "7.50", "60.00", "EUR"],
    ]


@pytest.mark.parametrize("language, amount", [("fr", "-12,50"), ("en", "-12.50")])
def test_csv_by_page_is_for_people(alice, language, amount):
    rows = read(browser(alice).get("/portefeuille/releve.csv?search=pizza", HTTP_ACCEPT_LANGUAGE=language))
    assert len(rows) == 2
    assert rows[1][0] == "2026-10-02 12:00"
    assert rows[1][5] == amount
    assert rows[1][4] == "Pizza de jeudi"


@pytest.mark.parametrize("text", ["=1+1", "+33612345678", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"])
def test_a_text_never_runs_as_a_formula_and_a_number_stays_one(text):
    assert cell(text) == (text if text == "＝1" else f"'{text}")
    assert cell(D("-12.50")) == "-12.50"
    assert cell("a=b") == "a=b"


def test_csv_is_sent_while_it_is_read(alice, monkeypatch):
    """Memory and queries per line do not grow with the lines."""
    monkeypatch.setattr(statement, "CHUNK", 50)
    for _i in range(200):
        give(alice, "0.01", memo="x" * 100)
    with assert_max_queries(45):
        rows = sum(1 for _line in statement.read_through(wallet_of(alice), statement.Wanted()))
    assert rows == 205
    tracemalloc.start()
    for _line in statement.read_through(wallet_of(alice), statement.Wanted()):
        pass
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


def test_each_line_of_the_csv_has_its_true_balance(alice, monkeypatch):
    monkeypatch.setattr(statement, "CHUNK", 3)
    bob = make_user("b2")
    for i in range(10):
        services.transfer(actor=alice, to=str(bob.pk), amount=D("1"), key=f"s{i}")
        give(alice, "0.25")
    shown = list(statement.read_through(wallet_of(alice), statement.Wanted(direction=statement.OUT)))
    for line in shown:
        before = Posting.objects.filter(account=wallet_of(alice), pk__lte=line.pk).values_list("amount", flat=True)
        assert line.balance_after == sum(before)
    assert len(shown) == 12


def test_holds_stand_apart_from_the_balance_in_words(alice):
    services.hold(account=wallet_of(alice), amount=D("10"), reference="x:1", actor=alice)
    page = browser(alice).get("/portefeuille/").content.decode()
    assert "Held apart" in page
    assert "€60.00" in page
    assert "€50.00" in page


# --- companies --------------------------------------------------------------------------------------------------
@pytest.fixture
def bakery(alice):
    company = companies.create_company(actor=alice, name="Boulangerie Alice", siren="732829320")
    give(None, "80", memo="Fournil", account=company_wallet(company))
    return company


PATHS = [
    "/api/wallet?company={}", "/api/wallet/transactions?company={}", "/api/wallet/transactions.csv?company={}",
    "/api/wallet/statements?company={}", "/portefeuille/?company={}", "/portefeuille/releve.csv?company={}",
    "/portefeuille/releves/?company={}",
]


def get(user, path):
    return (api if path.startswith("/api") else browser)(user).get(path)


def test_owners_and_administrators_see_the_companys_wallet(alice, bakery):
    bob = make_user("bob2")
    companies.add_member(actor=alice, company_id=bakery.pk, email=bob.email, role="ADMIN")
    for user in (alice, bob):
        assert get(user, PATHS[0].format(bakery.pk)).json()["balance"] == "80.00"
        page = get(user, PATHS[4].format(bakery.pk)).content.decode()
        assert "Fournil" in page
        assert "Send money" not in page  # looking, not spending
        assert f'href="/portefeuille/?company={bakery.pk}"' in page


@pytest.mark.parametrize("path", PATHS)
def test_others_learn_nothing_of_the_companys_wallet(alice, bakery, path):
    member = make_user("member")
    companies.add_member(actor=alice, company_id=bakery.pk, email=member.email, role="MEMBER")
    for user in (member, make_user("stranger")):
        assert get(user, path.format(bakery.pk)).status_code == 404
    for odd in ("0", "x", "²", "-1", "99999999999999999999"):
        assert get(alice, path.format(odd)).status_code == 404
    assert get(alice, path.format(bakery.pk)).status_code == 200


# --- names of things, money on its way --------------------------------------------------------------------------
def test_a_top_up_on_its_way_is_shown_then_told_when_it_was_declined(alice, commit):
    with commit():
        payments.top_up(actor=alice, amount=D("12"), method="CARTE", token="tok_ok", key="a")
    assert "on their way" not in browser(alice).get("/portefeuille/").content.decode()
    payment = payments.top_up(actor=alice, amount=D("14"), method="MOBILE_MONEY", token="tok_pending", key="b")
    shown = browser(alice).get("/portefeuille/").content.decode()
    assert "€14.00 on their way by mobile money" in shown
    assert f'href="{reverse("accounts:payment", args=[payment.pk])}"' in shown
    type(payment).objects.filter(pk=payment.pk).update(status="REFUSE")
    told = browser(alice).get("/portefeuille/").content.decode()
    assert "The top-up of €14.00 by mobile money was declined. Nothing was charged." in told
    assert "?amount=14.00" in told
    with commit():
        payments.top_up(actor=alice, amount=D("14"), method="CARTE", token="tok_ok", key="c")
    page = browser(alice).get("/portefeuille/").content.decode()
    assert "declined" not in page
    assert "Card" in page  # how the money came
