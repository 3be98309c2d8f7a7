"""An invoice notes the kilometres that the workshop read, as a reading of its own source."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from garage.billing import services as billing
from garage.vehicles.services import record_reading, set_reading_aside
from garage.workshop import services
from garage.workshop.tests.factories import order_of, received

pytestmark = pytest.mark.django_db


def invoice(order):
    return billing.issue_invoice(actor=SYSTEM, quote_id=order.quote_id)


def noted(order):
    rows = order.vehicle.readings.filter(source="FACTURE")
    return list(rows.order_by("pk").values_list("km", "status", "read_on"))


def test_the_kilometres_of_the_intake_are_noted_on_their_day_and_told_on_the_invoice(alice):
    order = received(order_of(alice))
    before = timezone.now() - timedelta(days=3)
    order.received_at = before
    order.save()
    order.vehicle.readings.update(read_on=timezone.localtime(before).date())
    bill = invoice(order)
    assert noted(order) == [(42_000, "RETENUE", timezone.localtime(before).date())]
    assert bill.invoice.subject.endswith("42\xa0000 km")


def test_those_of_the_handover_come_first(alice, dora):
    order = received(order_of(alice))
    for task in order.tasks.all():
        services.finish_task(actor=dora, task_id=task.pk)
    services.mark_ready(actor=dora, order_id=order.pk)
    services.hand_over(actor=dora, order_id=order.pk, to="Alice", odometer_km=42_011, unpaid_reason="virement")
    invoice(order)
    assert noted(order) == [(42_011, "RETENUE", timezone.localdate())]
    order.vehicle.refresh_from_db()
    assert order.vehicle.odometer_km == 42_011


def test_asked_again_or_made_again_there_is_one_reading(alice):
    order = received(order_of(alice))
    first = invoice(order)
    assert invoice(order) == first
    billing.credit_bill(actor=SYSTEM, bill_id=first.pk, reason="mauvais client")
    assert invoice(order) != first
    assert len(noted(order)) == 1


def test_one_that_cannot_be_right_is_set_aside_and_the_invoice_is_made(alice):
    order = order_of(alice)
    record_reading(
        actor=SYSTEM, vehicle_id=order.vehicle_id, km=90_000, read_on=timezone.localdate() - timedelta(days=1),
        source="CONTROLE",
    )
    first = invoice(received(order))
    billing.credit_bill(actor=SYSTEM, bill_id=first.pk, reason="mauvais client")
    second = invoice(order)
    assert noted(order) == [(42_000, "ECARTEE", timezone.localdate())]
    for bill in (first, second):
        assert bill.status == "EMISE"
        assert "42000" not in bill.invoice.subject


def test_what_staff_found_to_be_mistyped_does_not_come_back_by_the_invoice(alice, dora):
    order = received(order_of(alice))
    set_reading_aside(actor=dora, reading_id=order.vehicle.readings.get().pk, note="mauvais véhicule")
    invoice(order)
    assert noted(order) == []


def test_without_an_intake_nothing_is_noted(alice):
    order = order_of(alice)
    invoice(order)
    assert noted(order) == []
