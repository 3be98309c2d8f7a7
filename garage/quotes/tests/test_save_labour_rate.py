"""Hourly rates: dated, never two on a day, on display, with a memory of who changed what."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from config.lib.errors import Forbidden, Invalid
from config.lib.testing import browser
from garage.quotes import offers
from garage.quotes.models import LabourRate
from garage.quotes.services import rates

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2031, 1, 1)


def test_a_new_site_has_rates_to_begin_with():
    assert {rate.skill: rate.price for rate in offers.rates_in_force()} == {
        "T1": Decimal("62.00"), "T2": Decimal("74.00"), "T3": Decimal("89.00"), "CARROSSERIE": Decimal("79.00"),
    }
    assert {rate.vat_rate for rate in offers.rates_in_force()} == {Decimal(20)}


def test_overseas_they_carry_the_vat_of_the_place(settings):
    settings.SHOP_POSTAL_CODE = "97400"
    LabourRate.objects.all().delete()
    rates.load_labour_rates()
    assert {rate.vat_rate for rate in offers.rates_in_force()} == {Decimal("8.5")}


def test_loading_again_changes_nothing():
    LabourRate.objects.filter(skill="T1").update(price=Decimal("70.00"))
    call_command("migrate", verbosity=0)
    assert LabourRate.objects.count() == 4
    assert LabourRate.objects.get(skill="T1").price == Decimal("70.00")


def test_a_rate_is_closed_and_the_next_one_added(admin_user):
    desk = browser(admin_user)
    old = LabourRate.objects.get(skill="T2")
    new = {
        "skill": "T2", "price": "78.00", "vat_rate": "20", "valid_from": "2031-01-01", "valid_until": "", "source": "",
    }
    page = desk.post("/admin/garage/labourrate/add/", new)
    assert list(page.context["adminform"].form.errors) == ["valid_from"]
    closed = {**new, "price": "74.00", "valid_from": "2024-01-01", "valid_until": "2030-12-31"}
    assert desk.post(f"/admin/garage/labourrate/{old.pk}/change/", closed).status_code == 302
    assert desk.post("/admin/garage/labourrate/add/", new).status_code == 302
    assert [rate.price for rate in offers.rates_in_force(NEW_YEAR) if rate.skill == "T2"] == [Decimal("78.00")]
    assert [rate.price for rate in offers.rates_in_force() if rate.skill == "T2"] == [Decimal("74.00")]
    assert old.history.first().history_user == admin_user
    assert desk.get(f"/admin/garage/labourrate/{old.pk}/history/").status_code == 200
    assert desk.get(f"/admin/garage/labourrate/{old.pk}/delete/").status_code == 403


@pytest.mark.parametrize("fields, field", [
    ({"price": Decimal(0)}, "price"), ({"valid_until": date(2030, 1, 1)}, "valid_until"),
    ({"vat_rate": Decimal("19.6")}, "vat_rate"), ({"valid_from": date(2026, 1, 1)}, "valid_from"),
])
def test_what_cannot_be_a_rate(dora, fields, field):
    whole = {"skill": "T1", "price": Decimal(70), "vat_rate": Decimal(20), "valid_from": NEW_YEAR}
    LabourRate.objects.filter(skill="T1").update(valid_until=date(2030, 12, 31))
    with pytest.raises(Invalid) as refused:
        rates.save_labour_rate(actor=dora, **{**whole, **fields})
    assert list(refused.value.errors) == [field]
    rates.save_labour_rate(actor=dora, **whole)


def test_only_the_garage_sets_them(alice):
    with pytest.raises(Forbidden):
        rates.save_labour_rate(
            actor=alice, skill="T1", price=Decimal(1), vat_rate=Decimal(20), valid_from=NEW_YEAR
        )


def test_everybody_reads_them_with_what_a_quote_costs(settings):
    page = browser().get("/garage/tarifs/").content.decode()
    assert "€74.00" in page
    assert "A written quote is free." in page
    settings.GARAGE_QUOTE_FEE = Decimal("25.00")
    assert "A written quote costs €25.00" in browser().get("/garage/tarifs/").content.decode()


def test_the_page_without_any_rate_says_so():
    LabourRate.objects.all().delete()
    assert "No rate on display" in browser().get("/garage/tarifs/").content.decode()
