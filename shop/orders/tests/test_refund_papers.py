"""The papers of refunds by the official rules: invoice and credit notes of a company's order, lines and gestures."""

from decimal import Decimal

import pytest

from accounts.companies import services as companies
from shop.catalogue.tests.factories import make_product
from shop.invoices import facturx_xml, validation
from shop.invoices.models import Invoice
from shop.invoices.services.files import document
from shop.orders import services
from shop.orders.tests.factories import paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registered(settings):
    settings.SHOP_SIREN, settings.SHOP_VAT_NUMBER = "900000027", "FR49900000027"


def test_they_are_valid_factur_x(alice, dora):
    studio = companies.create_company(
        actor=alice, name="Atelier Rivière", siren="900000019", vat_number="FR25900000019", line1="118 rue Saint-Maur",
        postal_code="75011", city="Paris",
    )
    goods = [
        (make_product("Thé", price="6.55", vat_rate=Decimal("5.50")), 3), (make_product("Vase", price="39.90"), 1),
        (make_product("Livre", price="3.33", vat_rate=Decimal("10.00")), 3),
    ]
    order = paid_order(alice, *goods, method="COURSIER", company_id=studio.pk)
    tea, _vase, book = order.lines.order_by("pk")
    for given in (
        {"lines": [{"line_id": tea.pk, "quantity": 2}]}, {"amount": Decimal("7.01")},
        {"lines": [{"line_id": book.pk, "quantity": 2}], "delivery_fee": True}, {},
    ):
        services.refund_order(actor=dora, order_id=order.pk, reason="abîmé", **given)
    papers = list(Invoice.objects.order_by("pk"))
    assert [paper.kind for paper in papers] == ["FACTURE"] + ["AVOIR"] * 4
    for paper in papers:
        assert paper.buyer["siren"] == "900000019"
        assert validation.check_xml(facturx_xml.build(document(paper))) == [], paper.number
    assert sum(paper.total for paper in papers[1:]) == papers[0].total
