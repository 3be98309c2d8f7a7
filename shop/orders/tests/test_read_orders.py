"""Lists and single orders: one's own, filtered, and at a fixed cost; the invoice PDF."""

import pytest
from django.db import DatabaseError, transaction

from config.lib.testing import api, assert_max_queries
from shop.catalogue.tests.factories import make_product
from shop.invoices import services as invoices
from shop.invoices.models import Invoice
from shop.orders import services
from shop.orders.tests.factories import paid_order, place_order

pytestmark = pytest.mark.django_db


def test_the_list_holds_only_my_orders_newest_first(alice, bob, dora):
    mine = [place_order(alice), paid_order(alice)]
    place_order(bob)
    page = api(alice).get("/api/orders").json()
    assert page["count"] == 2
    assert [o["id"] for o in page["results"]] == [mine[1].pk, mine[0].pk]
    assert api(alice).get("/api/orders?status=PAYEE").json()["count"] == 1
    assert api(alice).get(f"/api/orders?search={mine[0].number}").json()["results"][0]["id"] == mine[0].pk
    assert api(alice).get("/api/orders?search=confiture").json()["count"] == 2
    assert api(alice).get("/api/orders?ordering=created_at").json()["results"][0]["id"] == mine[0].pk
    assert list(api(alice).get("/api/orders?status=X").json()["errors"]) == ["status"]
    assert api(dora).get("/api/orders").json()["count"] == 0
    assert api().get("/api/orders").status_code == 401


def test_staff_list_all_and_customers_do_not(alice, bob, dora):
    place_order(alice)
    paid_order(bob)
    assert api(dora).get("/api/admin/orders").json()["count"] == 2
    assert api(dora).get("/api/admin/orders?status=PAYEE").json()["count"] == 1
    assert api(dora).get("/api/admin/orders?search=alice@").json()["count"] == 1
    assert api(alice).get("/api/admin/orders").status_code == 403


def test_a_stranger_reads_nothing_of_mine(alice, bob, dora):
    order = paid_order(alice)
    for path in (f"/api/orders/{order.pk}", f"/api/orders/{order.pk}/invoice"):
        assert api(bob).get(path).status_code == 404
        assert api().get(path).status_code == 401
        assert api(dora).get(path).status_code in (200, 202)


def test_the_list_costs_the_same_for_few_and_many(alice):
    place_order(alice, (make_product(), 1))
    with assert_max_queries(6):
        api(alice).get("/api/orders")
    for _ in range(4):
        paid_order(alice, (make_product(), 1), (make_product(), 1), method="COURSIER")
    with assert_max_queries(6):
        api(alice).get("/api/orders")


def test_the_invoice_is_made_by_a_job_and_kept(alice, commit):
    order = paid_order(alice, method="COURSIER")
    url = f"/api/orders/{order.pk}/invoice"
    waiting = api(alice).get(url)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "2")
    invoices.render_invoice(invoice_id=order.invoice.pk)
    answer = api(alice).get(url, HTTP_ACCEPT="application/pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    invoices.render_invoice(invoice_id=order.invoice.pk)
    assert api(alice).get(url).content == answer.content
    assert api(alice).get(f"/api/orders/{order.pk}").json()["invoice"] == {
        "number": order.invoice.number, "pdf_ready": True, "url": url,
    }


def test_no_invoice_before_the_payment(alice):
    answer = api(alice).get(f"/api/orders/{place_order(alice).pk}/invoice")
    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_not_issued")


def test_an_issued_invoice_is_sealed(alice):
    invoice = paid_order(alice).invoice
    invoices.render_invoice(invoice_id=invoice.pk)
    for change in ({"total": 1}, {"number": "FA-2026-9"}, {"buyer": {}}, {"lines": []}, {"pdf": b"x", "sha256": "y"}):
        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(**change)
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk)._raw_delete("default")


def test_the_invoice_copies_what_was_bought(alice):
    tea = make_product("Thé", price="12.00")
    order = paid_order(alice, (tea, 2))
    invoice = order.invoice
    assert (invoice.total, invoice.net + invoice.vat_total) == (order.total, order.total)
    assert [(line["description"], line["quantity"], line["total"]) for line in invoice.lines] == [("Thé", 2, "24.00")]
    (vat,) = invoice.vat
    assert (vat["rate"], vat["net"], vat["vat"], vat["gross"]) == ("20", "20.00", "4.00", "24.00")
    assert invoice.buyer["name"] == "Alice Martin"
    assert invoice.seller["city"] == "Paris"


def test_staff_read_the_figures(alice, bob, dora):
    paid_order(alice)
    order = paid_order(bob)
    services.cancel(actor=bob, order_id=order.pk)
    place_order(bob)
    stats = api(dora).get("/api/admin/stats").json()
    assert stats["orders"]["total"] == 3
    assert {k: v for k, v in stats["orders"]["by_status"].items() if v} == {"PAYEE": 1, "ANNULEE": 1, "CREE": 1}
    assert (stats["revenue"], stats["products"], stats["threads"]) == ("13.00", {"total": 3, "out_of_stock": 0}, {"open": 0})
    assert api(alice).get("/api/admin/stats").status_code == 403
