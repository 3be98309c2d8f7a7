"""Finances for managers: page, API, CSV and FEC say the same, and it is what the postings say."""

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal as D
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.payments import services as payments
from accounts.wallet.accounting.rules import key_of, number_of
from accounts.wallet.models import Posting
from config.finances import fec
from config.finances.figures import BALANCES, FLOWS, periods
from config.finances.services import bring_up_to_date
from config.finances.tests.test_fec import gift, read
from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser
from delivery.couriers.tests.factories import make_courier
from shop.catalogue.tests.factories import make_product
from shop.orders import services as orders
from shop.orders.tests.factories import paid_order

pytestmark = pytest.mark.django_db
URL = "/api/manager/finances"
PAGE = "/admin/finances/"


@pytest.fixture
def traded(alice, bob, carla, commit):
    """Two rates sold, a part given back, a wallet filled, a courier rewarded."""
    make_courier(carla)
    with commit():
        order = paid_order(alice, (make_product(price="6.50", vat_rate=D("5.5")), 2), (make_product("Vase", price="39.90"), 1),
                           method="COURSIER")
        orders.refund_order(actor=SYSTEM, order_id=order.pk, amount=D("10.01"), reason="x")
        payments.top_up(actor=bob, amount=D(20), method="CARTE", token="tok_ok", key="k")
    gift(carla, "courier")
    return order


def numbers_by_sql():
    """Debit and credit of each account number, from the postings alone."""
    sums = defaultdict(lambda: [D(0), D(0)])
    for posting in Posting.objects.select_related("account"):
        key = key_of(posting.account.kind, posting.account.code, posting.vat_rate, credit=posting.amount > 0)
        sums[number_of(key)[0]][posting.amount > 0] += abs(posting.amount)
    return dict(sums)


def rows_of(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_sums_by_account_agree_in_fec_csv_api_and_sql(traded, dora):
    manager = api(dora)
    expected = numbers_by_sql()
    from_csv, from_fec = defaultdict(lambda: [D(0), D(0)]), defaultdict(lambda: [D(0), D(0)])
    for row in rows_of(manager.get(URL + ".csv")):
        from_csv[row["account"]][0] += D(row["debit"])
        from_csv[row["account"]][1] += D(row["credit"])
    for row in read(b"".join(manager.get(URL + "/fec").streaming_content)):
        from_fec[row["CompteNum"]][0] += D(row["Debit"].replace(",", "."))
        from_fec[row["CompteNum"]][1] += D(row["Credit"].replace(",", "."))
    from_api = {a["number"]: [D(a["debit"]), D(a["credit"])] for a in manager.get(URL).data["accounts"]}
    assert from_csv == expected
    assert from_fec == expected
    assert from_api == expected


def test_figures_say_what_was_traded(traded, dora, alice):
    data = api(dora).get(URL).data
    totals = {name: D(value) for name, value in data["totals"].items()}
    invoice = traded.invoice
    assert totals["refunds"] == D("10.01")
    assert totals["revenue"] == totals["sales"] + totals["delivery_sales"] + totals["commissions"]
    assert totals["sales"] + totals["vat"] + totals["delivery_fees"] == invoice.total - D("10.01")
    assert totals["rewards"] == D("9.05")
    assert sum(D(r["vat"]) for r in data["vat_by_rate"]) == totals["vat"]
    balances = {row["name"]: D(row["closing"]) for row in data["balances"]}
    assert (balances["couriers"], balances["users"]) == (D("9.05"), D("20.00"))
    assert balances["clearing"] == invoice.total - D("10.01") + 20
    assert balances["escrow"] == totals["delivery_fees"]
    for name in totals:
        assert sum(D(row[name]) for row in data["series"]) == totals[name], name


def test_by_rate_comes_from_the_postings(traded, dora):
    rates = {row["rate"]: D(row["vat"]) for row in api(dora).get(URL).data["vat_by_rate"] if D(row["vat"])}
    assert rates == {
        f"{rate.normalize():f}": amount
        for rate, amount in by_rate(Posting.objects.filter(account__code="VAT")).items() if amount
    }
    assert len(rates) > 1


def by_rate(postings):
    sums = defaultdict(D)
    for posting in postings:
        sums[posting.vat_rate] += posting.amount
    return sums


def test_opening_and_closing_follow_each_other(alice, dora):
    gift(alice, "a", at=datetime(2026, 1, 10, 12, tzinfo=UTC))
    gift(alice, "b", at=datetime(2026, 2, 10, 12, tzinfo=UTC))
    manager = api(dora)
    january = manager.get(URL + "?from=2026-01-01&to=2026-01-31").data
    february = manager.get(URL + "?from=2026-02-01&to=2026-02-28&by=month").data
    assert [b["closing"] for b in january["balances"]] == [b["opening"] for b in february["balances"]]
    [wallets] = [a for a in february["accounts"] if a["number"] == "467100"]
    assert [wallets[n] for n in ("opening", "debit", "credit", "closing")] == ["9.05", "0.00", "9.05", "18.10"]
    assert [row["period"] for row in february["series"]] == ["2026-02-01"]
    lines = rows_of(manager.get(URL + ".csv?from=2026-01-01&to=2026-02-28&by=month"))
    assert [(r["period"], r["opening"], r["closing"]) for r in lines if r["account"] == "467100"] == [
        ("2026-01-01", "0.00", "9.05"), ("2026-02-01", "9.05", "18.10"),
    ]


def test_days_are_those_of_the_shop(alice, dora):
    gift(alice, "a", at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # half past midnight in Paris
    data = api(dora).get(URL + "?from=2026-04-01&to=2026-04-01").data
    assert data["totals"]["rewards"] == "9.05"


def test_a_number_changed_in_between_splits_the_sum(alice, dora, settings):
    gift(alice, "a")
    bring_up_to_date()
    settings.ACCOUNT_NUMBERS = {"REWARDS": "623800"}
    gift(alice, "b")
    manager = api(dora)
    assert {a["number"] for a in manager.get(URL).data["accounts"]} == {"467100", "623400", "623800"}
    in_file = {row["CompteNum"] for row in read(b"".join(manager.get(URL + "/fec").streaming_content))}
    assert in_file == {"467100", "623400", "623800"}


@pytest.mark.parametrize("query, field", [
    ("from=yesterday", "from"), ("to=2026-02-30", "to"), ("from=2026-02-01&to=2026-01-01", "to"), ("by=year", "by"),
    ("from=1990-01-01&to=2026-01-01", "by"),
])  # fmt: skip
@pytest.mark.parametrize("path", [URL, URL + ".csv"])
def test_bad_dates_are_refused_on_their_field(dora, path, query, field):
    answer = api(dora).get(f"{path}?{query}")
    assert (answer.status_code, list(answer.data["errors"])) == (422, [field])


def test_customers_and_clerks_are_kept_out(alice, person):
    for user in (alice, person("clerk", is_staff=True)):
        for path in (URL, URL + ".csv", URL + "/fec"):
            assert api(user).get(path).status_code == 403
        assert browser(user).get(PAGE).status_code in (302, 403)


def test_this_month_is_shown_when_nothing_is_asked(dora):
    data = api(dora).get(URL).data
    today = timezone.localdate()
    assert (data["from"], data["to"]) == (str(today.replace(day=1)), str(today))


def test_queries_do_not_grow_with_rows(alice, bob, dora, commit):
    manager = api(dora)
    gift(alice, "first")
    bring_up_to_date()
    with assert_max_queries(8):
        manager.get(URL)
    for n in range(20):
        gift(bob, str(n))
    bring_up_to_date()
    with assert_max_queries(8):
        manager.get(URL)


def test_each_figure_of_the_page_leads_to_its_postings(traded, dora):
    page = browser(dora)
    answer = page.get(PAGE)
    assert answer.status_code == 200
    found = answer.context["found"]
    for figure, card in zip(FLOWS, answer.context["cards"], strict=True):
        listed = page.get(card["url"])
        assert listed.status_code == 200, (figure.name, urlsplit(card["url"]).query)
        shown = sum((p.amount for p in listed.context["cl"].queryset), D(0)) * figure.sign
        assert shown == found.totals[figure.name], figure.name
    closing = {row["name"]: row["closing"] for row in found.balances}
    for figure, row in zip(BALANCES, answer.context["balances"]["rows"], strict=True):
        listed = page.get(str(row[2]).split('"')[1].replace("&amp;", "&"))
        assert sum((p.amount for p in listed.context["cl"].queryset), D(0)) * figure.sign == closing[figure.name]
    for line, row in zip(found.accounts, answer.context["accounts"]["rows"], strict=True):
        listed = page.get(str(row[4]).split('"')[1].replace("&amp;", "&"))
        assert sum((p.amount for p in listed.context["cl"].queryset), D(0)) == line.closing, line.number


def test_the_page_says_what_is_wrong_with_the_dates(dora):
    answer = browser(dora).get(PAGE + "?from=2026-02-01&to=2026-01-01")
    assert answer.status_code == 422
    assert b"The end lies before the beginning." in answer.content


def test_the_side_bar_leads_managers_there(dora):
    assert PAGE in browser(dora).get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("by, first", [("day", date(2026, 1, 30)), ("week", date(2026, 1, 26)), ("month", date(2026, 1, 1))])
def test_periods_are_whole_and_without_holes(by, first):
    found = periods(date(2026, 1, 30), date(2026, 3, 1), by)
    assert found[0] == first
    assert len(found) == {"day": 31, "week": 5, "month": 3}[by]


def test_the_export_is_named_and_typed_as_the_law_wants(dora, settings):
    settings.SHOP_SIREN = "732829320"
    answer = api(dora).get(URL + "/fec?from=2026-01-01&to=2026-12-31")
    assert answer["Content-Disposition"] == 'attachment; filename="732829320FEC20261231.txt"'
    assert answer["Content-Type"] == f"text/plain; charset={fec.ENCODING}"
