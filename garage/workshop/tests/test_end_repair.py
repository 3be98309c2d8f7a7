import pytest

from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from garage.quotes.tests.factories import LABOUR, sent_quote
from garage.workshop import rules_repairs as rules
from garage.workshop import services
from garage.workshop.tests.factories import order_by_hand, order_of, order_with_part, received

pytestmark = pytest.mark.django_db


def all_done(order, dora):
    for task in order.tasks.all():
        services.finish_task(actor=dora, task_id=task.pk)


def ready(order, dora):
    received(order)
    all_done(order, dora)
    return services.mark_ready(actor=dora, order_id=order.pk)


def test_ready_needs_every_task_done_or_struck_off(alice, dora):
    order = received(order_of(alice))
    with pytest.raises(rules.TasksLeft) as refused:
        services.mark_ready(actor=dora, order_id=order.pk)
    assert refused.value.data["tasks"] == ["Vidange", "Freins"]
    first, second = order.tasks.all()
    services.finish_task(actor=dora, task_id=first.pk)
    services.strike_task(actor=dora, task_id=second.pk, reason="client absent")
    order = services.mark_ready(actor=dora, order_id=order.pk)
    assert order.status == "PRET"
    assert order.ready_at


def test_ready_asks_about_parts_nobody_issued(alice, dora):
    order, row = order_with_part(alice)
    received(order)
    all_done(order, dora)
    with pytest.raises(rules.PartsLeft) as refused:
        services.mark_ready(actor=dora, order_id=order.pk)
    assert refused.value.data["parts"] == [row.description]
    services.issue_part(actor=dora, part_id=row.pk, quantity=1)
    services.mark_ready(actor=dora, order_id=order.pk, unused_back=True)
    row.refresh_from_db()
    row.product.refresh_from_db()
    assert (row.reserved, row.issued, row.product.stock) == (1, 1, 4)


def test_ready_waits_for_the_clients_answer(alice, dora, commit):
    order = received(order_of(alice))
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[LABOUR])
    with commit():
        sent_quote(extra)
    all_done(order, dora)
    with pytest.raises(rules.ConsentAwaited):
        services.mark_ready(actor=dora, order_id=order.pk)


def test_a_vehicle_not_received_is_not_ready(alice, dora):
    with pytest.raises(IllegalMove):
        services.mark_ready(actor=dora, order_id=order_by_hand(alice).pk)


def test_ready_goes_back_to_work(alice, dora):
    order = ready(order_of(alice), dora)
    order = services.take_up(actor=dora, order_id=order.pk)
    assert (order.status, order.ready_at) == ("EN_COURS", None)


def test_a_vehicle_not_paid_leaves_only_with_a_reason(alice, dora):
    order = ready(order_of(alice), dora)
    with pytest.raises(rules.NotPaid):
        services.hand_over(actor=dora, order_id=order.pk, to="Alice")
    order = services.hand_over(
        actor=dora, order_id=order.pk, to=" Alice  Martin", odometer_km=42_010, unpaid_reason="cliente connue"
    )
    assert (order.status, order.handed_over_to, order.odometer_out_km) == ("RENDU", "Alice Martin", 42_010)
    assert order.history.last().reason == "cliente connue"
    order.vehicle.refresh_from_db()
    assert order.vehicle.odometer_km == 42_010


def test_a_diagnosis_without_a_quote_is_free(alice, dora):
    order = ready(order_by_hand(alice), dora)
    assert services.hand_over(actor=dora, order_id=order.pk, to="Alice").status == "RENDU"


def test_refusals(alice, charlie, dora):
    order = ready(order_by_hand(alice), dora)
    for person, refusal in ((alice, Forbidden), (charlie, NotFound)):
        with pytest.raises(refusal):
            services.hand_over(actor=person, order_id=order.pk, to="Alice")
        with pytest.raises(refusal):
            services.mark_ready(actor=person, order_id=order.pk)
    for wrong in ({"to": " "}, {"odometer_km": -5}):
        with pytest.raises(Invalid):
            services.hand_over(**{"actor": dora, "order_id": order.pk, "to": "Alice", **wrong})
