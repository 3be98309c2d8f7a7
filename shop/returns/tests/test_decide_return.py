"""Accept, refuse, receive, refund: staff only; stock and money follow exactly once."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.payments.models import Refund
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from config.lib.testing import api, browser
from shop.catalogue.models import StockMovement
from shop.catalogue.tests.factories import make_product
from shop.invoices.models import Invoice
from shop.orders import services as orders
from shop.orders.tests.factories import fresh, stock_of
from shop.returns import services
from shop.returns.models import Return
from shop.returns.tests.factories import delivered_order, make_return

pytestmark = pytest.mark.django_db


def through(staff, back, restock=True):
    services.accept(actor=staff, return_id=back.pk)
    services.receive(actor=staff, return_id=back.pk, restock=restock)
    return services.refund_return(actor=staff, return_id=back.pk)


def test_a_full_refund_later_puts_back_only_what_is_still_out(alice, dora, commit):
    tea = make_product("Thé", price="6.00", stock=10)
    order = delivered_order(alice, (tea, 3))
    with commit():
        through(dora, make_return(order, 2))
        orders.refund_order(actor=dora, order_id=order.pk, reason="trop tard", restock=True)
    assert stock_of(tea) == 10


def test_the_whole_way(alice, dora, commit):
    tea = make_product("Thé", price="6.00", stock=10)
    order = delivered_order(alice, (tea, 3))
    back = make_return(order, 2)
    assert stock_of(tea) == 7
    with commit():
        through(dora, back)
    shown = api(alice).get(f"/api/orders/{order.pk}/returns").json()["results"][0]
    assert [(h["status"], h["by"]) for h in shown["history"]] == [
        ("DEMANDE", "Alice Martin"), ("ACCEPTE", "Dora Martin"), ("RECU", "Dora Martin"), ("REMBOURSE", "Dora Martin"),
    ]
    assert (shown["amount"], shown["refunded"]) == ("12.00", "12.00")
    assert stock_of(tea) == 9
    assert StockMovement.objects.get(reference=order.reference, reason="RETOUR").delta == 2
    order = fresh(order)
    assert (order.status, order.refunded) == ("LIVREE", Decimal("12.00"))
    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (Decimal("12.00"), "FAIT")
    note = Invoice.objects.get(kind="AVOIR")
    assert (note.total, note.corrects) == (Decimal("12.00"), order.invoice)
    assert back.number in note.reason


def test_everything_returned_ends_the_order_as_refunded(alice, dora):
    order = delivered_order(alice)
    through(dora, make_return(order, 2))
    assert fresh(order).status == "REMBOURSEE"


def test_the_couriers_fee_stays(alice, dora):
    order = delivered_order(alice, method="COURSIER")
    through(dora, make_return(order, 2))
    order = fresh(order)
    assert (order.status, order.refunded) == ("LIVREE", order.subtotal)


def test_thirds_add_up_to_what_was_paid(alice, dora):
    order = delivered_order(alice, (make_product(price="3.33"), 3))
    type(order).objects.filter(pk=order.pk).update(discount=Decimal("0.01"))
    amounts = [make_return(order, 1).amount for _ in range(3)]
    assert sum(amounts) == Decimal("9.98")


def test_broken_goods_do_not_go_back_on_the_shelf(alice, dora):
    tea = make_product(stock=10)
    through(dora, make_return(delivered_order(alice, (tea, 3)), 2), restock=False)
    assert stock_of(tea) == 7


def test_refused_with_a_reason(alice, dora):
    back = make_return(delivered_order(alice))
    with pytest.raises(Invalid):
        services.refuse(actor=dora, return_id=back.pk, reason=" ")
    services.refuse(actor=dora, return_id=back.pk, reason="hygiène")
    page = browser(alice).get(reverse("shop:order", args=[back.order_id])).content.decode()
    assert "hygiène" in page
    assert not Refund.objects.exists()


def test_a_gesture_before_is_not_paid_twice(alice, dora):
    order = delivered_order(alice, (make_product(price="10.00"), 1))
    back = make_return(order)
    orders.refund_order(actor=dora, order_id=order.pk, amount=Decimal("4.00"), reason="geste")
    assert through(dora, back).refunded == Decimal("6.00")
    assert fresh(order).refunded == Decimal("10.00")


def test_after_a_full_refund_by_hand_the_return_ends_without_money(alice, dora):
    order = delivered_order(alice)
    back = make_return(order, 2)
    services.accept(actor=dora, return_id=back.pk)
    services.receive(actor=dora, return_id=back.pk, restock=False)
    orders.refund_order(actor=dora, order_id=order.pk, reason="x")
    assert services.refund_return(actor=dora, return_id=back.pk).refunded == 0
    assert Refund.objects.count() == 1


ACTIONS = {
    "ACCEPTE": lambda who, pk: services.accept(actor=who, return_id=pk),
    "REFUSE": lambda who, pk: services.refuse(actor=who, return_id=pk, reason="x"),
    "RECU": lambda who, pk: services.receive(actor=who, return_id=pk, restock=True),
    "REMBOURSE": lambda who, pk: services.refund_return(actor=who, return_id=pk),
}


@pytest.mark.parametrize("before", Return.Status.values)
@pytest.mark.parametrize("after", ACTIONS)
def test_every_move_is_allowed_or_refused_as_the_table_says(alice, before, after):
    back = make_return(delivered_order(alice))
    product = back.lines.get().line.product
    Return.objects.update(status=before)
    stock = stock_of(product)
    if after in Return.MOVES.get(before, ()):
        ACTIONS[after](SYSTEM, back.pk)
        assert Return.objects.get().status == after
    else:
        with pytest.raises(IllegalMove):
            ACTIONS[after](SYSTEM, back.pk)
        assert (Return.objects.get().status, back.history.count()) == (before, 1)
        assert (stock_of(product), Refund.objects.count()) == (stock, 0)


@pytest.mark.parametrize("after", ACTIONS)
def test_customers_decide_nothing(alice, bob, after):
    back = make_return(delivered_order(alice))
    with pytest.raises(Forbidden):
        ACTIONS[after](alice, back.pk)
    with pytest.raises(NotFound):
        ACTIONS[after](bob, back.pk)
    with pytest.raises(NotFound):
        ACTIONS[after](SYSTEM, back.pk + 1)
    assert Return.objects.get().status == "DEMANDE"


def test_the_admin_takes_it_all_the_way(alice, dora, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    from shop.returns.tests.factories import photo

    back = make_return(delivered_order(alice, (make_product("Thé", stock=5), 2)), photos=[photo()])
    site = browser(dora)
    assert back.number in site.get(reverse("admin:shop_return_changelist")).content.decode()
    page = site.get(reverse("admin:shop_return_change", args=[back.pk])).content.decode()
    assert f"/api/orders/{back.order_id}/returns/photos/" in page

    def dialog(name, **data):
        return site.post(reverse(f"admin:shop_return_{name}", args=[back.pk]), {"_form_submitted": "on", **data})

    for name in ("accept", "refuse", "receive", "refund"):
        assert site.get(reverse(f"admin:shop_return_{name}", args=[back.pk])).status_code == 200
    assert Return.objects.get().status == "DEMANDE"
    dialog("accept")
    dialog("refuse", reason="trop tard")
    assert Return.objects.get().status == "ACCEPTE"
    dialog("receive", restock="on")
    dialog("refund")
    back.refresh_from_db()
    assert (back.status, back.restocked, back.refunded) == ("REMBOURSE", True, back.amount)
    assert stock_of(back.lines.get().line.product) == 4
    assert browser(alice).get(reverse("admin:shop_return_changelist")).status_code == 302
