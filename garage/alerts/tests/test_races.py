"""Four computations at once, on real connections: each alert and each step once.

Canary: without `ignore_conflicts` on the insert, the constraint `alert_open_once` makes one of them fail.
"""

import pytest

from config.lib.testing import at_once
from garage.alerts import services
from garage.alerts.models import Alert, AlertStep
from garage.quotes.tests.factories import part, quote_of
from shop.catalogue.tests.factories import make_product

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]


def test_runs_over_the_stock_at_once_raise_each_alert_once():
    quote_of(lines=[part(make_product(sku="P-1", name="Plaquettes", stock=1))])
    answers = at_once(4, lambda _n: services.compute_stock())
    assert answers == [None] * 4
    assert (Alert.objects.count(), AlertStep.objects.count()) == (1, 1)
