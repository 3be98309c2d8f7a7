"""What a customer downloads is the Factur-X file itself, invoice and credit note alike."""

from decimal import Decimal

import pytest

from config.lib.testing import api
from shop.catalogue.tests.factories import make_product
from shop.invoices import pdf, services, validation
from shop.invoices.models import Invoice
from shop.orders import services as orders
from shop.orders.tests.factories import paid_order

pytestmark = pytest.mark.django_db


def test_an_order_and_its_refund_give_valid_files(seller, alice, dora, client):
    jam, bread = make_product(price="6.50"), make_product("Pain", price="1.15", vat_rate=Decimal("5.5"))
    order = paid_order(alice, (jam, 3), (bread, 2), method="COURSIER")
    orders.refund_order(actor=dora, order_id=order.pk, amount=None, reason="colis abîmé")
    for invoice in Invoice.objects.all():
        services.render_invoice(invoice_id=invoice.pk)
    body = api(alice).get(f"/api/orders/{order.pk}").json()
    paths = [body["invoice"]["url"], *[f"/api/orders/{order.pk}/refunds/{row['id']}/credit-note" for row in body["refunds"]]]
    assert len(paths) == 2
    for path, code in zip(paths, (b"380", b"381"), strict=True):
        file = api(alice).get(path).content
        assert validation.check_file(file) == []
        assert b"<ram:TypeCode>" + code in pdf.xml_of(file)
    client.force_login(alice)
    assert client.get(f"/commandes/{order.pk}/facture/").content == api(alice).get(paths[0]).content
    xml = pdf.xml_of(api(alice).get(paths[0]).content).decode()
    assert "<ram:ID>M2</ram:ID>" in xml
    assert "14 rue Commines" in xml.split("ShipToTradeParty")[1], "where the courier brings it"
    assert "instructions" not in xml
