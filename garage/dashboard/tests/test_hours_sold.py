"""Hours of a quote are counted once and alike in the calendar, on the repair order and in the figures."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from config.lib.testing import api
from garage.alerts.tests.factories import car_of
from garage.dashboard.figures import hours_sold
from garage.dashboard.rules import Period
from garage.quotes.models import Package, PackageLine, QuoteLine
from garage.quotes.tests.factories import LABOUR, accept, part, quote_of, sent_quote
from garage.workshop.models import RepairPart, RepairTask
from garage.workshop.queries.appointments import package_needs, quote_needs
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db


def package_of(code, hours="0", labour=(), **values):
    package = Package.objects.create(code=code, name=code, hours=Decimal(hours), **values)
    for quantity in labour:
        PackageLine.objects.create(package=package, kind="MAIN_OEUVRE", skill="T2", quantity=Decimal(quantity))
    return package


def whole(package, quantity="1"):
    return {"kind": "FORFAIT", "package_id": package.pk, "quantity": quantity, "unit_price": "150.00"}


def in_figures(dora):
    today = timezone.localdate()
    rows = hours_sold(Period(today, today))
    shown = api(dora).get("/api/garage/dashboard", {"from": str(today), "to": str(today)}).data
    assert Decimal(shown["now"]["hours_sold"]) == sum(Decimal(row["hours_sold"]) for row in shown["series"])
    assert Decimal(shown["now"]["hours_sold"]) == rows.aggregate(all=Sum("amount"))["all"]
    return sorted(row.amount for row in rows)


def assert_everywhere(quote, dora, *hours):
    wanted = sorted(Decimal(one) for one in hours)
    assert quote_needs(quote)[0] == sum(wanted), "calendar"
    accept(sent_quote(quote))
    assert sorted(RepairTask.objects.values_list("planned_hours", flat=True)) == wanted, "repair order"
    assert in_figures(dora) == wanted, "figures"


def test_packages_count_by_their_hours_or_else_by_their_labour(dora):
    by_hours = package_of("REV", "1.25", labour=["9"], price=Decimal(99))
    by_lines = package_of("FRE", labour=["1.50", "0.50"], price=Decimal(150))
    quote = quote_of(vehicle=car_of(), lines=[whole(by_hours, "2"), whole(by_lines), LABOUR])
    assert [package_needs(package)[0] for package in (by_hours, by_lines)] == [Decimal("1.25"), Decimal(2)]
    assert_everywhere(quote, dora, "2.5", "2", "1.5")


def test_a_package_quoted_line_by_line_is_not_counted_again(dora):
    oil = make_product(stock=9)
    package = package_of("VID", "3")
    PackageLine.objects.create(package=package, kind="PIECE", product=oil, quantity=2)
    quote = quote_of(vehicle=car_of(), lines=[LABOUR, part(oil, quantity=2)])
    QuoteLine.objects.filter(quote=quote).update(package=package)
    assert_everywhere(quote, dora, "1.5")
    assert RepairPart.objects.get().quantity == 2
