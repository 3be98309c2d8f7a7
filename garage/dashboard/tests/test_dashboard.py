"""The figures agree with the data, by a second way of counting, and with the lists behind them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser
from garage.alerts.tests.factories import alert_of, car_of
from garage.billing import services as billing
from garage.billing.models import Bill
from garage.billing.tests.factories import accepted_quote, deposit_on
from garage.dashboard.figures import FIGURES
from garage.quotes.models import Package, Quote, QuoteChange, QuoteLine
from garage.quotes.tests.factories import LABOUR, accept, quote_of, sent_quote
from garage.workshop.models import RepairOrder, RepairTask, TimeEntry
from garage.workshop.tests.appointment_factories import open_garage
from shop.invoices.models import Invoice
from shop.invoices.tests.factories import make_credit_note, make_invoice

pytestmark = pytest.mark.django_db
API, PAGE = "/api/garage/dashboard", "/admin/garage-chiffres/"
SPAN = {"from": "2026-03-01", "to": "2026-03-31"}
PARIS = ZoneInfo("Europe/Paris")
IN, EARLIER, LATER = (datetime(2026, month, 15, 10, tzinfo=PARIS) for month in (3, 2, 5))
LAST_MOMENT = datetime(2026, 3, 31, 23, 59, 59, tzinfo=PARIS)
FIRST_MOMENT_AFTER = datetime(2026, 4, 1, 0, 0, tzinfo=PARIS)


def figures(user, **span):
    answer = api(user).get(API, span or SPAN)
    assert answer.status_code == 200, answer.data
    return answer.data


def at_time(moment):
    """Papers are sealed with the hour of their issue."""
    return patch("django.utils.timezone.now", return_value=moment)


@pytest.fixture
def busy(dora):
    """A month with work in it, and work around it that must not be counted."""
    package = Package.objects.create(code="REV", name="Révision", price=Decimal("240.00"), hours=Decimal("2.50"))
    _lifts, mechanics = open_garage(mechanics=2)
    for number, moment in enumerate([IN, LAST_MOMENT, EARLIER, FIRST_MOMENT_AFTER, LATER]):
        car = car_of(plate=f"AB-{100 + number}-CD")
        lines = [LABOUR, {"kind": "FORFAIT", "package_id": package.pk, "quantity": 2}]
        quote = sent_quote(quote_of(vehicle=car, lines=lines))
        accept(quote)
        Quote.objects.filter(pk=quote.pk).update(created_at=moment, accepted_at=moment)
        QuoteChange.objects.filter(subject=quote).update(at=moment)
        order = RepairOrder.objects.get(quote=quote)
        RepairOrder.objects.filter(pk=order.pk).update(handed_over_at=moment, status="RENDU")
        task = RepairTask.objects.filter(order=order).first()
        TimeEntry.objects.create(
            task=task, mechanic=mechanics[number % 2], started_at=moment, ended_at=moment + timedelta(minutes=90)
        )
        with at_time(moment):
            billing.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    for number, status in enumerate(("REFUSE", "EXPIRE", "BROUILLON")):
        quote = quote_of(vehicle=car_of(plate=f"CD-10{number}-EF"))
        if status != "BROUILLON":
            sent_quote(quote).move(status, actor=SYSTEM)
        Quote.objects.filter(pk=quote.pk).update(created_at=IN)
        QuoteChange.objects.filter(subject=quote).update(at=IN)
    with at_time(IN):
        make_credit_note(Bill.objects.order_by("pk").first().invoice)
        make_invoice(key="order:1")  # the shop's own
    return dora


def local(moment):
    return timezone.localtime(moment).date()


def in_march(moment):
    return moment is not None and date(2026, 3, 1) <= local(moment) <= date(2026, 3, 31)


def garage_work(invoice):
    return Bill.objects.filter(invoice=invoice).exists()


def test_every_figure_agrees_with_a_count_by_hand(busy):
    found = figures(busy)["now"]
    papers = [
        (i, 1 if i.kind == "FACTURE" else -1) for i in Invoice.objects.all()
        if in_march(i.issued_at) and garage_work(i.corrects or i)
    ]  # fmt: skip
    assert len(papers) == 3
    assert found["invoices"] == 3
    assert Decimal(found["turnover_incl_vat"]) == sum(i.total * sign for i, sign in papers)
    assert Decimal(found["turnover_excl_vat"]) == sum(i.net * sign for i, sign in papers)

    made = [q for q in Quote.objects.all() if in_march(q.created_at)]
    assert found["quotes_made"] == len(made) == 5
    answered = [c for c in QuoteChange.objects.all() if in_march(c.at) and c.to_status in ("ACCEPTE", "REFUSE")]
    accepted = [c for c in answered if c.to_status == "ACCEPTE"]
    assert (found["quotes_answered"], found["quotes_accepted"]) == (len(answered), len(accepted)) == (3, 2)
    assert found["acceptance_rate"] == "66.67"

    sold = sum(
        (line.quantity if line.kind == "MAIN_OEUVRE" else line.quantity * line.package.hours)
        for line in QuoteLine.objects.all() if in_march(line.quote.accepted_at) and line.accepted
    )  # fmt: skip
    assert Decimal(found["hours_sold"]) == sold == 2 * (Decimal("1.50") + 5)
    assert found["hours_worked"] == "3.00"

    orders = [o for o in RepairOrder.objects.all() if in_march(o.handed_over_at)]
    assert found["repairs"] == len(orders) == 2
    assert Decimal(found["average_repair"]) == sum(o.quote.total for o in orders) / len(orders)

    # March 2026: 22 working days of nine hours and 4 Saturdays of four, for two mechanics.
    assert Decimal(found["hours_available"]) == 2 * (22 * 9 + 4 * 4)


def test_the_month_before_stands_beside_it(busy):
    before = figures(busy)["before"]
    assert (before["from"], before["to"]) == ("2026-02-01", "2026-02-28")
    assert (before["repairs"], before["hours_worked"], before["quotes_made"]) == (1, "1.50", 1)


def test_states_series_and_sums_agree(busy):
    found = figures(busy)
    states = {row["status"]: row["count"] for row in found["quotes_by_status"]}
    assert states == {"BROUILLON": 1, "ENVOYE": 0, "ACCEPTE": 0, "REFUSE": 1, "EXPIRE": 1, "FACTURE": 2}
    assert (found["by"], len(found["series"])) == ("day", 31)
    for name in ("turnover_incl_vat", "turnover_excl_vat", "hours_sold", "hours_worked"):
        assert sum(Decimal(row[name]) for row in found["series"]) == Decimal(found["now"][name]), name
    year = figures(busy, **{"from": "2026-01-01", "to": "2026-12-31"})
    assert (year["by"], len(year["series"])) == ("month", 12)
    assert sum(Decimal(row["hours_sold"]) for row in year["series"]) == Decimal(year["now"]["hours_sold"])


def test_a_quote_that_was_declined_and_then_accepted_counts_once_as_accepted(dora):
    quote = sent_quote(quote_of())
    quote.move("REFUSE", actor=SYSTEM)
    quote.move("BROUILLON", actor=SYSTEM)
    accept(sent_quote(quote))
    now = figures(dora, **{"from": str(timezone.localdate()), "to": str(timezone.localdate())})["now"]
    assert (now["quotes_answered"], now["quotes_accepted"], now["acceptance_rate"]) == (1, 1, "100.00")


def test_supplements_and_only_accepted_lines_count(dora):
    car = car_of()
    main = sent_quote(quote_of(vehicle=car, lines=[LABOUR, LABOUR], choice_by_line=True))
    accept(main, lines=[main.lines.first().pk])
    extra = sent_quote(quote_of(vehicle=car, supplements=main))
    accept(extra)
    RepairOrder.objects.filter(quote=main).update(status="RENDU", handed_over_at=timezone.now())
    today = str(timezone.localdate())
    now = figures(dora, **{"from": today, "to": today})["now"]
    assert (now["hours_sold"], now["average_repair"], now["repairs"]) == ("3.00", "180.00", 1)


def test_a_deposit_and_the_invoice_that_takes_it_off_make_the_quotes_total(dora):
    quote = accepted_quote()
    deposit_on(quote, "30")
    billing.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    now = figures(dora, **{"from": str(timezone.localdate()), "to": str(timezone.localdate())})["now"]
    assert (Decimal(now["turnover_incl_vat"]), now["invoices"]) == (quote.total, 2)
    assert Decimal(now["turnover_excl_vat"]) == quote.total_excl_vat


def test_what_waits_now_agrees_with_its_lists(dora):
    alert_of(due_in=-1)
    alert_of(plate="CD-123-EF", due_in=20)
    order = RepairOrder.objects.create(number="OR-1", client=car_of(plate="EF-123-GH").client, vehicle=car_of(plate="GH-123-JK"))
    RepairOrder.objects.filter(pk=order.pk).update(status="EN_COURS")
    found = figures(dora)
    assert (found["alerts_due"], sum(row["count"] for row in found["alerts"])) == (1, 2)
    assert (found["stock_low"], found["vehicles_in_workshop"]) == (0, 1)
    page = browser(dora).get("/garage/alertes/?level=ECHU").content.decode()
    assert len(re.findall("data-key-lead", page)) == found["alerts_due"]


def test_an_empty_garage_has_no_rates_and_no_errors(dora):
    found = figures(dora)["now"]
    assert (found["acceptance_rate"], found["average_repair"], found["turnover_incl_vat"]) == (None, None, "0.00")
    assert browser(dora).get(PAGE).status_code == 200


# --- The lists behind the figures ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", list(FIGURES))
def test_each_figure_opens_as_many_rows_as_it_counts(busy, admin_user, name):
    response = browser(admin_user).get(f"{PAGE}{name}/", SPAN)
    assert response.status_code == 200
    assert len(response.context["table"]["rows"]) == response.context["total"].count
    found = figures(busy)
    count = {
        "turnover_incl_vat": found["now"]["invoices"], "turnover_excl_vat": found["now"]["invoices"],
        "quotes_made": found["now"]["quotes_made"], "quotes_answered": found["now"]["quotes_answered"],
        "quotes_accepted": found["now"]["quotes_accepted"], "repairs": found["now"]["repairs"],
        "vehicles_in_workshop": found["vehicles_in_workshop"],
        **{f"quotes_{row['status'].lower()}": row["count"] for row in found["quotes_by_status"]},
    }.get(name)
    assert count is None or response.context["total"].count == count
    value = found["now"].get(name)
    if isinstance(value, str):
        assert response.context["total"].total == Decimal(value)


def test_every_card_leads_to_its_rows(busy, admin_user):
    response = browser(admin_user).get(PAGE, SPAN)
    links = {card["url"] for key in ("cards", "waiting", "states") for card in response.context[key]}
    assert len(links) > 10
    for link in links:
        assert browser(admin_user).get(link).status_code == 200, link


def test_a_figure_that_is_none_does_not_exist(admin_user):
    assert browser(admin_user).get(f"{PAGE}nonsense/").status_code == 404


# --- Doors -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "x"}, "from"), ({"to": "2026-13-01"}, "to"), ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"), ({"from": "1900-01-01"}, "from"),
        ({"from": "9999-12-31"}, "from"), ({"from": "2000-01-01", "to": "2026-01-01"}, "to"),
    ],
)  # fmt: skip
def test_a_wrong_period_is_refused_on_its_field(dora, query, field):
    answer = api(dora).get(API, query)
    assert (answer.status_code, answer.data["code"], list(answer.data["errors"])) == (400, "invalid_period", [field])
    page = browser(dora).get(PAGE, query)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]


def test_customers_are_kept_out(alice):
    assert api(alice).get(API).status_code == 403
    assert browser(alice).get(PAGE).status_code in (302, 403)


def test_staff_of_other_areas_are_kept_out(person):
    seller = person("seller", is_staff=True)
    seller.groups.set([Group.objects.get_or_create(name="Boutique")[0]])
    assert browser(seller).get(PAGE).status_code == 403


def test_more_work_costs_no_more_queries(busy):
    with assert_max_queries(40) as busy_month:
        figures(busy)
    with assert_max_queries(len(busy_month)):
        figures(busy, **{"from": "2020-01-01", "to": "2020-01-31"})
    with assert_max_queries(len(busy_month)):
        figures(busy, **{"from": "2022-01-01", "to": "2026-12-31"})


@pytest.mark.parametrize("page", [PAGE, "/admin/finances/"])
def test_the_pages_of_figures_ask_for_their_period_in_one_way(admin_user, page):
    client = browser(admin_user)
    fine = client.get(page)
    assert {"admin/_period.html", "admin/_charts.html"} <= {template.name for template in fine.templates}
    assert 'name="from"' in fine.content.decode()
    assert "The charts as a table" in fine.content.decode()
    wrong = client.get(page, {"from": "2026-02-01", "to": "2026-01-01"})
    assert wrong.status_code in (400, 422)
    assert '<p class="text-red-600 dark:text-red-500" role="alert">' in wrong.content.decode()
