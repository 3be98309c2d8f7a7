from decimal import Decimal

import pytest

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from garage.clients.tests.factories import client_of
from garage.quotes import opening
from garage.quotes.models import Package, PackageLine, Quote
from garage.quotes.tests.factories import LABOUR, accept, part, quote_of
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop import services
from garage.workshop.models import RepairOrder, RepairPart
from garage.workshop.rules_repairs import OrderEnded, QuoteStands, WorkHasBegun
from garage.workshop.tests.factories import order_of, order_with_part
from shop.catalogue.models import StockMovement
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
Status = RepairOrder.Status


def stock_of(product):
    product.refresh_from_db()
    return product.stock


def supplement(order, lines):
    quote = quote_of(vehicle=order.vehicle, lines=lines, supplements=order.quote, sent=True)
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.ATTENTE_ACCORD)
    return quote


def test_acceptance_opens_the_order_and_takes_the_parts_from_the_shop(alice):
    product = make_product(stock=5)
    quote = quote_of(alice, sent=True, lines=[LABOUR, part(product, quantity=2)])
    accept(quote)
    order = RepairOrder.objects.get(quote=quote)
    assert (order.status, order.client, order.vehicle) == (Status.OUVERT, quote.client, quote.vehicle)
    assert order.number.startswith("OR-20")
    assert order.number.endswith("-000001")
    assert [(t.description, t.planned_hours) for t in order.tasks.all()] == [("Vidange", Decimal("1.50"))]
    [kept] = order.parts.all()
    assert (kept.reserved, kept.to_order) == (2, 0)
    assert stock_of(product) == 3
    move = StockMovement.objects.latest("pk")
    assert (move.delta, move.reason, move.reference) == (-2, "ATELIER", order.number)


def test_what_lacks_is_to_be_ordered(alice):
    product = make_product(stock=1)
    quote = quote_of(alice, sent=True, lines=[
        part(product, quantity=1), part(product, quantity=3),
        {"kind": "PIECE", "description": "Joint", "quantity": "2", "unit_price": "4.00"},
    ])
    accept(quote)
    assert [(p.reserved, p.to_order) for p in RepairPart.objects.all()] == [(1, 0), (0, 3), (0, 2)]
    assert stock_of(product) == 0


def test_a_product_no_longer_for_sale_is_used_up(alice):
    product = make_product(stock=1)
    quote = quote_of(alice, sent=True, lines=[part(product)])
    type(product).objects.filter(pk=product.pk).update(is_active=False)
    accept(quote)
    assert RepairPart.objects.get().reserved == 1


def test_lines_that_the_client_left_out_are_not_done(alice):
    quote = quote_of(alice, sent=True, lines=[LABOUR, {**LABOUR, "description": "Freins"}], choice_by_line=True)
    accept(quote, lines=[quote.lines.last().pk])
    assert [t.description for t in RepairOrder.objects.get().tasks.all()] == ["Freins"]


def test_a_package_brings_its_hours_and_its_parts(alice):
    product = make_product(stock=9)
    package = Package.objects.create(code="VID", name="Vidange", price=Decimal("99"), hours=Decimal("1.2"))
    PackageLine.objects.create(package=package, kind="PIECE", product=product, quantity=Decimal("4.5"))
    quote = quote_of(alice, sent=True, lines=[{"kind": "FORFAIT", "package_id": package.pk, "quantity": "1"}])
    accept(quote)
    order = RepairOrder.objects.get()
    assert [(t.description, t.planned_hours) for t in order.tasks.all()] == [("Vidange", Decimal("1.20"))]
    assert [(p.product, p.quantity, p.reserved) for p in order.parts.all()] == [(product, Decimal("4.50"), 5)]
    assert stock_of(product) == 4


def test_numbers_follow_each_other(alice):
    first = order_of(alice)
    second = order_of(vehicle=vehicle_of(client_of(name="Bob"), plate="CD-456-EF"))
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1


def test_a_refusal_of_the_work_takes_the_acceptance_back(alice, monkeypatch):
    def refuse(**_):
        raise OrderEnded

    monkeypatch.setattr(opening, "_open", [*opening._open, refuse])
    product = make_product(stock=5)
    quote = quote_of(alice, sent=True, lines=[part(product, quantity=2)])
    with pytest.raises(OrderEnded):
        accept(quote)
    quote.refresh_from_db()
    assert (quote.status, stock_of(product)) == (Quote.Status.ENVOYE, 5)
    assert not RepairOrder.objects.exists()


def test_extra_work_joins_the_order_and_ends_its_wait(alice):
    order = order_of(alice)
    accept(supplement(order, [{**LABOUR, "description": "Plaquettes"}]))
    order.refresh_from_db()
    assert order.status == Status.EN_COURS
    assert [t.description for t in order.tasks.all()] == ["Vidange", "Freins", "Plaquettes"]


def test_extra_work_whose_parts_lack_waits_for_them(alice):
    order = order_of(alice)
    accept(supplement(order, [part(make_product(stock=0))]))
    order.refresh_from_db()
    assert order.status == Status.ATTENTE_PIECES


def test_extra_work_waits_for_the_other_answer(alice):
    order = order_of(alice)
    first, _second = supplement(order, [LABOUR]), supplement(order, [LABOUR])
    accept(first)
    order.refresh_from_db()
    assert order.status == Status.ATTENTE_ACCORD


def test_extra_work_for_a_vehicle_handed_over_is_refused(alice):
    order = order_of(alice)
    quote = supplement(order, [LABOUR])
    RepairOrder.objects.update(status=Status.RENDU)
    with pytest.raises(OrderEnded):
        accept(quote)


def test_calling_off_gives_the_parts_back_and_frees_the_lines_of_the_quote(alice):
    order, part_ = order_with_part(alice)
    services.call_off(quote=order.quote, actor=SYSTEM)
    order.refresh_from_db()
    assert order.status == Status.ANNULE
    assert stock_of(part_.product) == 5
    assert order.parts.get().reserved == 0
    order.quote.lines.all().delete()
    services.call_off(quote=order.quote, actor=SYSTEM)  # again: nothing left to call off


def test_a_quote_accepted_again_after_its_withdrawal_opens_a_new_order(alice):
    first, _part = order_with_part(alice)
    services.call_off(quote=first.quote, actor=SYSTEM)
    second = services.open_for_quote(quote=first.quote, actor=SYSTEM)
    first.refresh_from_db()
    assert (first.status, first.quote) == (Status.ANNULE, None)
    assert (second.status, second.parts.get().reserved) == (Status.OUVERT, 2)


def test_work_that_has_begun_is_not_called_off(alice):
    order, part_ = order_with_part(alice)
    RepairPart.objects.update(issued=1)
    with pytest.raises(WorkHasBegun):
        services.call_off(quote=order.quote, actor=SYSTEM)
    assert stock_of(part_.product) == 3


def test_extra_work_called_off_leaves_the_rest(alice):
    order, _part = order_with_part(alice)
    product = make_product(sku="B", stock=4)
    quote = supplement(order, [{**LABOUR, "description": "Plaquettes"}, part(product, quantity=4)])
    accept(quote)
    assert stock_of(product) == 0
    services.call_off(quote=quote, actor=SYSTEM)
    order.refresh_from_db()
    assert (order.status, stock_of(product)) == (Status.EN_COURS, 4)
    assert [t.description for t in order.tasks.all()] == ["Vidange"]
    quote.lines.all().delete()


def test_staff_open_an_order_without_a_quote(alice, dora, charlie):
    vehicle = vehicle_of(client_of(alice))
    order = services.open_order(actor=dora, vehicle_id=vehicle.pk, complaint=" Bruit à l’avant ")
    assert (order.status, order.complaint, order.client.user) == (Status.OUVERT, "Bruit à l’avant", alice)
    with pytest.raises(Forbidden):
        services.open_order(actor=alice, vehicle_id=vehicle.pk)
    with pytest.raises(Invalid):
        services.open_order(actor=dora, vehicle_id=99999)


def test_staff_cancel_an_order_of_their_own_only_with_a_reason(alice, dora, charlie):
    order = services.open_order(actor=dora, vehicle_id=vehicle_of(client_of(alice)).pk)
    with pytest.raises(Invalid):
        services.cancel_order(actor=dora, order_id=order.pk, reason=" ")
    with pytest.raises(NotFound):
        services.cancel_order(actor=charlie, order_id=order.pk, reason="x")
    with pytest.raises(Forbidden):
        services.cancel_order(actor=alice, order_id=order.pk, reason="x")
    assert services.cancel_order(actor=dora, order_id=order.pk, reason="plus besoin").status == Status.ANNULE
    assert order.history.last().reason == "plus besoin"


def test_an_order_with_an_accepted_quote_is_not_cancelled_by_hand(alice, dora):
    with pytest.raises(QuoteStands):
        services.cancel_order(actor=dora, order_id=order_of(alice).pk, reason="x")


@pytest.mark.parametrize("start", Status.values)
@pytest.mark.parametrize("end", Status.values)
def test_every_pair_of_states(alice, start, end):
    order = order_of(alice)
    RepairOrder.objects.update(status=start)
    order.refresh_from_db()
    if end in RepairOrder.MOVES.get(start, ()):
        order.move(end, actor=SYSTEM)
        assert order.history.last().to_status == end
    else:
        with pytest.raises(IllegalMove):
            order.move(end, actor=SYSTEM)
        order.refresh_from_db()
        assert order.status == start
