"""Several real connections on the same quote: one acceptance, one reservation, one outcome. With a canary."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.errors import Conflict, DomainError
from config.lib.testing import at_once
from garage.clients.tests.factories import client_of
from garage.quotes import queries, services
from garage.quotes.models import Acceptance, Quote, SignCode
from garage.quotes.tests.factories import accept, part, quote_of
from garage.vehicles.tests.factories import vehicle_of
from garage.workshop.models import RepairOrder, RepairPart
from shop.catalogue.tests.factories import make_product

pytestmark = [pytest.mark.postgres_race, pytest.mark.django_db(transaction=True)]
AT_ONCE = 6


def reserved() -> int:
    return sum(RepairPart.objects.values_list("reserved", flat=True))


def accept_many(quote) -> list:
    return at_once(AT_ONCE, lambda n: accept(quote, signed_by=f"Alice {n}"))


def test_accepted_by_many_at_once_it_is_one_acceptance_and_one_reservation():
    quote = quote_of(sent=True, lines=[part(make_product(stock=50), quantity=2)])
    answers = accept_many(quote)
    assert sum(isinstance(answer, Acceptance) for answer in answers) == 1
    assert all(isinstance(answer, Acceptance | Conflict) for answer in answers), answers
    assert (Acceptance.objects.count(), RepairOrder.objects.count(), reserved()) == (1, 1, 2)
    assert quote.papers.filter(kind="SIGNE").count() == 1


def test_canary_without_the_lock_two_reach_the_move(monkeypatch):
    """The conditional UPDATE under the lock still lets one alone through; but the others fail later than they
    should, which is what the lock is for."""
    quote = quote_of(sent=True, lines=[part(make_product(stock=50), quantity=2)])
    reached = []
    monkeypatch.setattr(queries, "locked", lambda pk: Quote.objects.get(pk=pk))
    plain = Quote.move

    def move(self, to, **kwargs):
        reached.append(to)
        return plain(self, to, **kwargs)

    monkeypatch.setattr(Quote, "move", move)
    at_once(AT_ONCE, lambda n: accept(quote, signed_by=f"Alice {n}"))
    assert Acceptance.objects.count() == 1
    assert len(reached) > 1, "without the lock several see a quote that waits"


def test_accepted_while_it_expires_it_has_one_outcome(monkeypatch):
    """Midnight falls between the two: the client answers on the last day, the clock comes on the next."""
    here, today = threading.local(), timezone.localdate()
    monkeypatch.setattr(timezone, "localdate", lambda *_a: getattr(here, "day", today))
    product, vehicle = make_product(stock=50), vehicle_of(client_of(email="client@email.test"))
    for _round in range(8):
        quote = quote_of(vehicle=vehicle, sent=True, lines=[part(product, quantity=2)], valid_until=today)

        def work(number, quote=quote):
            if number % 2:
                here.day = today + timedelta(days=1)
                return services.expire_quotes()
            return accept(quote)

        answers = at_once(4, work)
        assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, DomainError)], answers
        quote.refresh_from_db()
        taken = Acceptance.objects.filter(quote=quote).count()
        parts = RepairPart.objects.filter(line__quote=quote).count()
        assert (quote.status, taken, parts) in (("EXPIRE", 0, 0), ("ACCEPTE", 1, 1))


def test_one_code_signs_once():
    quote = quote_of(sent=True, lines=[part(make_product(stock=50), quantity=2)])
    code = services.send_code(quote_id=quote.pk, version=quote.version, channel="EMAIL")
    said = {"quote_id": quote.pk, "version": quote.version, "signed_by": "Alice", "reused_parts": False}
    answers = at_once(AT_ONCE, lambda _n: services.sign_by_link(code=queries.code_text(code), **said))
    assert sum(isinstance(answer, Acceptance) for answer in answers) == 1
    assert Acceptance.objects.count() == 1


def test_wrong_codes_at_once_are_all_counted():
    quote = quote_of(sent=True)
    code = services.send_code(quote_id=quote.pk, version=quote.version, channel="EMAIL")
    wrong = "000000" if queries.code_text(code) != "000000" else "111111"
    said = {"quote_id": quote.pk, "version": quote.version, "signed_by": "Alice", "reused_parts": False}
    at_once(AT_ONCE, lambda _n: services.sign_by_link(code=wrong, **said))
    assert SignCode.objects.get().tries == 5


def test_sent_by_two_at_once_it_is_one_version():
    quote = quote_of()
    answers = at_once(2, lambda _n: services.send_quote(actor=SYSTEM, quote_id=quote.pk))
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    quote.refresh_from_db()
    assert (quote.version, quote.papers.count()) == (1, 1)


def test_withdrawn_by_two_at_once_it_is_one_receipt():
    quote = quote_of(sent=True)
    accept(quote)
    answers = at_once(2, lambda _n: services.withdraw(actor=SYSTEM, quote_id=quote.pk, name="Alice"))
    assert sum(isinstance(answer, Acceptance) for answer in answers) == 1
    assert quote.papers.filter(kind="RETRACTATION").count() == 1
    assert connection.vendor == "postgresql"
