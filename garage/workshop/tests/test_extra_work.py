import pytest

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid, NotFound
from garage.quotes import services as quotes
from garage.quotes.models import Quote
from garage.quotes.tests.factories import LABOUR, accept, part, sent_quote
from garage.workshop import rules_repairs as rules
from garage.workshop import services
from garage.workshop.models import RepairOrder
from garage.workshop.tests.factories import order_by_hand, order_of, received
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
PADS = {**LABOUR, "description": "Plaquettes"}


def status_of(order):
    order.refresh_from_db()
    return order.status


def test_the_order_waits_while_the_client_reads_and_goes_on_when_he_agrees(alice, dora, commit):
    order = received(order_of(alice))
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    assert (extra.supplements, extra.odometer_km) == (order.quote, 42_000)
    assert status_of(order) == "RECU", "a draft stops nobody"
    with commit():
        sent_quote(extra)
    assert status_of(order) == "ATTENTE_ACCORD"
    with commit():
        accept(extra, alice)
    assert status_of(order) == "EN_COURS"
    assert order.tasks.last().description == "Plaquettes"


@pytest.mark.parametrize("answer", ["REFUSE", "EXPIRE", "BROUILLON"])
def test_without_consent_it_goes_on_without(alice, dora, commit, answer):
    order = received(order_of(alice))
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    with commit():
        sent_quote(extra)
    with commit():
        extra.move(answer, actor=SYSTEM)
    assert status_of(order) == "EN_COURS"
    assert order.tasks.count() == 2


def test_declined_while_parts_lack_it_waits_for_the_parts(alice, dora, commit):
    order = received(order_of(alice, lines=[LABOUR, part(make_product(stock=0))]))
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    with commit():
        sent_quote(extra)
    with commit():
        quotes.refuse_quote(actor=alice, quote_id=extra.pk)
    assert status_of(order) == "ATTENTE_PIECES"


def test_the_news_heard_twice_changes_nothing(alice, dora, commit):
    order = received(order_of(alice))
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    with commit():
        sent_quote(extra)
    before = order.history.count()
    services.follow_quote(quote_id=extra.pk)
    assert (order.history.count(), status_of(order)) == (before, "ATTENTE_ACCORD")
    assert services.follow_quote(quote_id=99_999) is None


def test_an_order_opened_by_hand_gets_its_first_quote(alice, dora, commit):
    order = received(order_by_hand(alice))
    first = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    order.refresh_from_db()
    assert (order.quote, first.supplements) == (first, None)
    with pytest.raises(rules.FirstQuoteOpen):
        services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    with commit():
        sent_quote(first)
    assert status_of(order) == "ATTENTE_ACCORD"
    accept(first, alice)
    assert status_of(order) == "EN_COURS"
    assert [task.description for task in order.tasks.all()] == ["Plaquettes"]
    assert RepairOrder.objects.count() == 1


def test_a_declined_first_quote_may_be_followed_by_another(alice, dora):
    order = received(order_by_hand(alice))
    first = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    quotes.refuse_quote(actor=dora, quote_id=first.pk)
    second = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    order.refresh_from_db()
    assert (order.quote, second.supplements) == (second, None)


def test_refusals(alice, charlie, dora):
    order = received(order_of(alice))
    with pytest.raises(Forbidden):
        services.propose_extra_work(actor=alice, order_id=order.pk, lines=[PADS])
    with pytest.raises(NotFound):
        services.propose_extra_work(actor=charlie, order_id=order.pk, lines=[PADS])
    with pytest.raises(Invalid):
        services.propose_extra_work(actor=dora, order_id=order.pk, lines=[])
    with pytest.raises(Invalid):
        services.propose_extra_work(actor=dora, order_id=order.pk, lines=[{**PADS, "quantity": "x"}])
    Quote.objects.update(status="FACTURE")
    with pytest.raises(rules.Invoiced):
        services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
    RepairOrder.objects.update(status="RENDU")
    with pytest.raises(rules.NotHere):
        services.propose_extra_work(actor=dora, order_id=order.pk, lines=[PADS])
