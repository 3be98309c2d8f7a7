"""INVOICE_VALIDATION=on: each file is checked by the official rules in a queue of its own, and the outcome kept."""

import pytest
from django.conf import settings as django_settings

from config.celery import app
from config.lib.errors import Forbidden
from shop.invoices import services
from shop.invoices.models import InvoiceCheck
from shop.invoices.services import checking
from shop.invoices.tests.factories import ALICE, make_invoice, rendered

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(seller):
    seller.INVOICE_VALIDATION = True
    return seller


def test_a_valid_file_is_found_valid(checked, commit):
    with commit():
        invoice = rendered(make_invoice())
    check = InvoiceCheck.objects.get(invoice=invoice)
    assert (check.outcome, check.findings, check.state) == ("VALIDE", [], "FAIT")
    assert check.checked_at is not None


def test_a_file_that_breaks_a_rule_is_named(checked):
    invoice = rendered(make_invoice(buyer={**ALICE, "country": "ZZ"}))
    check = InvoiceCheck.objects.get(invoice=invoice)
    services.check_invoice(check_id=check.pk)
    check.refresh_from_db()
    assert check.outcome == "INVALIDE"
    assert any("CountryID" in finding for finding in check.findings), check.findings


def test_nothing_is_owed_when_it_is_off_or_not_facturx(seller):
    rendered(make_invoice())
    seller.INVOICE_VALIDATION, seller.SHOP_SIREN = True, ""
    rendered(make_invoice())
    assert not InvoiceCheck.objects.exists()


def test_without_its_engine_nothing_is_owed(checked, monkeypatch):
    monkeypatch.setattr(checking, "ENGINE", "no_such_engine")
    rendered(make_invoice())
    assert not InvoiceCheck.objects.exists()


def test_a_check_that_failed_is_tried_again_by_staff(checked, alice, dora, commit):
    invoice = rendered(make_invoice())
    check = InvoiceCheck.objects.get(invoice=invoice)
    InvoiceCheck.objects.filter(pk=check.pk).update(state="ECHEC", tries=8)
    with pytest.raises(Forbidden):
        services.retry_check(actor=alice, check_id=check.pk)
    with commit():
        services.retry_check(actor=dora, check_id=check.pk)
    check.refresh_from_db()
    assert check.outcome == "VALIDE"


def test_it_has_a_queue_of_its_own_that_every_worker_takes_from():
    assert app.amqp.router.route({}, InvoiceCheck.TASK)["queue"].name == "validation"
    assert {queue.name for queue in django_settings.CELERY_TASK_QUEUES} == {"celery", "validation"}
    assert set(app.amqp.queues.consume_from) == {"celery", "validation"}
