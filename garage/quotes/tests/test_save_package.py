"""Packages: lines that go together, kept by staff, with a memory of their prices."""

from decimal import Decimal

import pytest

from config.lib.errors import Forbidden, Invalid, NotFound
from config.lib.testing import browser
from garage.quotes.models import Package
from garage.quotes.services import packages
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
ROW = {"kind": "PIECE", "description": "", "product": "", "skill": "", "quantity": "1", "unit_price": ""}


def sent(*rows, initial=0, **fields):
    """What the admin form of a package sends."""
    data = {
        "code": "vidange", "name": "Vidange", "price": "89.00", "vat_rate": "20", "hours": "0.5", "is_active": "on",
        "lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": initial, "lines-MIN_NUM_FORMS": 0,
        "lines-MAX_NUM_FORMS": 1000, **fields,
    }
    for index, row in enumerate(rows):
        data |= {f"lines-{index}-{name}": value for name, value in {**ROW, **row}.items()}
    return data


def test_the_admin_keeps_changes_and_takes_away_lines(admin_user):
    desk, oil = browser(admin_user), make_product("Huile 5W30")
    labour = {"kind": "MAIN_OEUVRE", "skill": "T1", "quantity": "0.5"}
    assert desk.post("/admin/garage/package/add/", sent({"product": oil.pk}, labour)).status_code == 302
    package = Package.objects.get()
    assert package.code == "VIDANGE"
    first, second = package.lines.all()
    change = f"/admin/garage/package/{package.pk}/change/"
    keep = {"id": second.pk, "package": package.pk, **labour, "quantity": "0.75"}
    drop = {"id": first.pk, "package": package.pk, "product": oil.pk, "DELETE": "on"}
    assert desk.post(change, sent(drop, keep, initial=2, price="95.00")).status_code == 302
    assert [(line.pk, line.quantity) for line in package.lines.all()] == [(second.pk, Decimal("0.75"))]
    assert [row.price for row in package.history.all()] == [Decimal("95.00"), Decimal("89.00")]
    assert desk.get(f"/admin/garage/package/{package.pk}/history/").status_code == 200


@pytest.mark.parametrize("row, field", [
    ({"kind": "FORFAIT"}, "kind"), ({"description": ""}, "description"),
    ({"description": "Chiffons"}, "unit_price"), ({"kind": "PIECE", "skill": "T1"}, "skill"),
])
def test_a_wrong_line_is_told_on_its_row(admin_user, row, field):
    page = browser(admin_user).post("/admin/garage/package/add/", sent({"description": "x", "unit_price": "1"}, row))
    [formset] = page.context["inline_admin_formsets"]
    assert formset.formset.errors[0] == {}
    assert field in formset.formset.errors[1]
    assert not Package.objects.exists()


def test_without_a_price_of_its_own_it_needs_lines(admin_user, dora):
    page = browser(admin_user).post("/admin/garage/package/add/", sent(price=""))
    assert "needs lines" in page.content.decode()
    package = packages.save_package(actor=dora, code="a", name="A")
    with pytest.raises(Invalid):
        packages.set_package_lines(actor=dora, package_id=package.pk, lines=[])
    with pytest.raises(Invalid) as refused:
        packages.set_package_lines(actor=dora, package_id=package.pk, lines=[{"kind": "PIECE"}])
    assert list(refused.value.errors["lines"][0]) == ["description", "unit_price"]


def test_a_code_belongs_to_one_package(dora):
    packages.save_package(actor=dora, code="PNEU", name="Pneus")
    with pytest.raises(Invalid) as refused:
        packages.save_package(actor=dora, code="pneu", name="Encore")
    assert list(refused.value.errors) == ["code"]
    with pytest.raises(Invalid):
        packages.save_package(actor=dora, code="X", name="X", price=Decimal("-1.00"))


def test_only_the_garage_writes_them(alice, dora):
    with pytest.raises(Forbidden):
        packages.save_package(actor=alice, code="A", name="A")
    with pytest.raises(NotFound):
        packages.save_package(actor=dora, package_id=4711, code="A", name="A")
    with pytest.raises(NotFound):
        packages.set_package_lines(actor=dora, package_id=4711, lines=[])
