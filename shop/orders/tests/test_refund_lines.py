"""POST /api/admin/orders/refund by articles: pieces, stock, papers, what the customer sees, and returns beside it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.payments.models import Refund
from config.lib.testing import api, assert_max_queries, browser
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice
from shop.orders import audit, services
from shop.orders.tests.factories import balance, fresh, paid_order, statuses, stock_of
from shop.returns import services as returns
from shop.returns.rules import NothingLeft
from shop.returns.tests.factories import delivered_order, make_return

pytestmark = pytest.mark.django_db
URL = "/api/admin/orders/refund"


def ask(staff, order, **fields):
    return api(staff).post(URL, {"order_id": order.pk, "reason": "abîmé", **fields}, format="json")


def line(order, n=0):
    return order.lines.order_by("pk")[n]


def test_some_pieces_go_back_with_a_credit_note_that_names_them(alice, dora, commit):
    tea = make_product("Thé", price="6.50", vat_rate=Decimal("5.50"), stock=10)
    order = paid_order(alice, (tea, 3), (make_product("Vase", price="39.90", stock=5), 1))
    with commit():
        answer = ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 2}], restock=True)
    assert (answer.status_code, answer.json()["status"], answer.json()["refunded"]) == (200, "PAYEE", "13.00")
    [refund] = answer.json()["refunds"]
    assert [(row["name"], row["quantity"], row["amount"]) for row in refund["lines"]] == [("Thé", 2, "13.00")]
    assert (refund["kind"], refund["state"], refund["reason"], refund["restocked"]) == ("LIGNES", "EN_COURS", "abîmé", True)
    assert [item["refunded_quantity"] for item in answer.json()["items"]] == [2, 0]
    note = Invoice.objects.get(kind="AVOIR")
    assert (note.corrects_id, note.number) == (order.invoice_id, refund["credit_note"]["number"])
    [row] = note.lines
    assert (row["description"], row["quantity"], row["unit_price"], row["total"]) == ("Thé", 2, "6.50", "13.00")
    assert stock_of(tea) == 9
    assert Refund.objects.get().amount == Decimal("13.00")
    assert list(audit.faults()) == []


def test_piece_by_piece_to_the_end(alice, dora, commit):
    tea = make_product(price="3.33", stock=5)
    order = paid_order(alice, (tea, 3), method="COURSIER")
    for left in (2, 1, 0):
        with commit():
            assert ask(dora, order, lines=[{"id": line(order).pk, "quantity": 1}]).json()["status"] == "PAYEE"
        assert line(order).kept == left
    assert fresh(order).refunded == order.subtotal
    more = ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 1}])
    assert (more.status_code, list(more.json()["errors"])) == (422, ["lines.0.quantity"])
    with commit():
        assert ask(dora, order, delivery_fee=True).json()["status"] == "REMBOURSEE"
    assert balance("SALES") == balance("VAT") == balance("ESCROW") == balance("CLEARING") == 0
    assert stock_of(tea) == 2
    assert list(audit.faults()) == []


def test_the_couriers_fee_goes_back_only_when_named(alice, dora):
    order = paid_order(alice, method="COURSIER")
    answer = ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 1}], delivery_fee=True).json()
    assert answer["refunds"][0]["delivery_fee"] == answer["delivery_fee"]
    assert balance("ESCROW") > 0, "the courier who brings the rest is still paid"
    again = ask(dora, order, delivery_fee=True)
    assert (again.status_code, list(again.json()["errors"])) == (422, ["delivery_fee"])
    note = Invoice.objects.get(kind="AVOIR")
    assert [row["nature"] for row in note.lines] == ["BIEN", "SERVICE"]


def test_after_a_gesture_the_articles_are_worth_what_is_left_of_them(alice, dora, commit):
    order = paid_order(alice, (make_product("Thé", price="10.00"), 2), (make_product(price="10.00"), 1))
    with commit():
        ask(dora, order, amount="3.00")
        answer = ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 2}]).json()
    assert [r["amount"] for r in answer["refunds"]] == ["3.00", "18.00"]
    assert answer["refunds"][0]["lines"] == []
    row = Invoice.objects.filter(kind="AVOIR").order_by("pk").last().lines[0]
    assert (row["quantity"], row["unit_price"], row["discount"], row["total"]) == (2, "10.00", "2.00", "18.00")
    assert "gest" in Invoice.objects.filter(kind="AVOIR").order_by("pk").first().lines[0]["description"].lower()
    assert ask(dora, order).json()["status"] == "REMBOURSEE"
    assert fresh(order).refunded == order.total


@pytest.mark.parametrize("fields, field", [
    ({"lines": [{"line_id": 0, "quantity": 1}]}, "lines.0.line_id"),
    ({"lines": [{"line_id": 999999, "quantity": 1}]}, "lines.0.line_id"),
    ({"lines": [{"quantity": 1}]}, "lines.0.line_id"),
    ({"lines": [{"line_id": "L", "quantity": 0}]}, "lines.0.quantity"),
    ({"lines": [{"line_id": "L", "quantity": 3}]}, "lines.0.quantity"),
    ({"lines": [{"line_id": "L", "quantity": 1}, {"id": "L", "quantity": 2}]}, "lines.1.quantity"),
    ({"lines": []}, "lines"),
    ({"lines": [{"line_id": "L", "quantity": 1}], "amount": "1.00"}, "amount"),
    ({"amount": "1.00", "delivery_fee": True}, "delivery_fee"),
    ({"delivery_fee": True}, "delivery_fee"),
])
def test_what_is_wrong_is_said_on_its_field_and_nothing_moves(alice, dora, fields, field):
    order = paid_order(alice)
    for row in fields.get("lines", ()):
        row.update({name: line(order).pk for name, value in list(row.items()) if value == "L"})
    answer = ask(dora, order, **fields)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert (Refund.objects.count(), fresh(order).refunded) == (0, 0)


def test_only_the_pieces_of_a_refund_come_back_to_the_stock(alice, dora):
    tea = make_product(stock=10)
    order = paid_order(alice, (tea, 4))
    ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 1}])
    services.cancel(actor=alice, order_id=order.pk)
    assert stock_of(tea) == 9, "the first piece is broken and does not come back with the cancellation"


def test_refunded_pieces_are_not_sent(alice, dora):
    order = paid_order(alice, (make_product(weight_g=1000), 3), method="COURSIER")
    ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 2}])
    services.ship(actor=dora, order_id=order.pk)
    assert [float(parcel["weight_kg"]) for parcel in fresh(order).delivery.parcels] == [1.0]


def test_an_order_of_which_all_articles_are_refunded_is_not_sent(alice, dora):
    order = paid_order(alice, method="COURSIER")
    ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 2}])
    answer = api(dora).post("/api/admin/orders/ship", {"order_id": order.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_ship")


def test_a_piece_refunded_by_hand_cannot_be_returned_and_the_reverse(alice, dora):
    order = delivered_order(alice, (make_product(price="10.00"), 3))
    back = make_return(order, 2)
    answer = ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 2}])
    assert answer.status_code == 200
    with pytest.raises(NothingLeft):
        make_return(order, 1)
    for verb in (returns.accept, lambda **k: returns.receive(**k, restock=False), returns.refund_return):
        back = verb(actor=dora, return_id=back.pk)
    assert back.refunded == Decimal("10.00"), "one of its two pieces was paid by hand"
    assert (fresh(order).refunded, statuses(order)[-1]) == (Decimal("30.00"), "REMBOURSEE")
    assert list(audit.faults()) == []


def test_a_returned_piece_cannot_be_refunded_again(alice, dora):
    order = delivered_order(alice, (make_product(price="10.00"), 2))
    back = make_return(order, 1)
    for verb in (returns.accept, lambda **k: returns.receive(**k, restock=True), returns.refund_return):
        verb(actor=dora, return_id=back.pk)
    answer = ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 2}])
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["lines.0.quantity"])
    assert fresh(order).refunds.get().of_return


def test_the_customer_sees_it_and_is_told(alice, bob, dora, commit):
    order = paid_order(alice, (make_product("Thé vert", price="6.50"), 2))
    with commit():
        ask(dora, order, lines=[{"line_id": line(order).pk, "quantity": 1}])
    page = browser(alice).get(reverse("shop:order", args=[order.pk])).content.decode()
    refund = order.refunds.get()
    assert page.count("€6.50 refunded") == 1, "in the timeline"
    assert refund.credit_note.number in page
    assert "The shop is packing your order" in page
    url = reverse("shop:order_credit_note", args=[order.pk, refund.pk])
    assert url in page
    assert browser(alice).get(url).status_code in (200, 202)
    assert browser(bob).get(url).status_code == 404
    path = api(alice).get(f"/api/orders/{order.pk}").json()["refunds"][0]["credit_note"]["url"]
    assert api(alice).get(path).status_code in (200, 202)
    assert alice.notifications.filter(kind="order_refunded_in_part").exists()


def test_money_that_the_provider_did_not_take_is_said(alice, dora, commit):
    order = paid_order(alice)
    with commit():
        ask(dora, order, amount="1.00")
    for state, shown in (("A_FAIRE", "EN_COURS"), ("ECHEC", "ECHEC"), ("FAIT", "FAIT")):
        Refund.objects.update(state=state)
        assert api(alice).get(f"/api/orders/{order.pk}").json()["refunds"][0]["state"] == shown


def test_a_list_of_refunded_orders_costs_the_same_for_few_and_many(alice, dora):
    def refunded():
        ask(dora, paid_order(alice, (make_product(), 2)), amount="1.00")

    refunded()
    with assert_max_queries(9):
        api(alice).get("/api/orders")
    for _ in range(3):
        refunded()
    with assert_max_queries(9):
        api(alice).get("/api/orders")
