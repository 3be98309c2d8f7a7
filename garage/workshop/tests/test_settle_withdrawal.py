"""The client withdrew after work had begun: staff invoice the part done, line by line, or nothing."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from config.lib.testing import api, browser
from garage.billing import queries as bills
from garage.billing import rules as billing_rules
from garage.billing import services as billing
from garage.billing.models import Bill
from garage.dashboard import figures
from garage.dashboard.rules import Period
from garage.quotes import services as quotes
from garage.quotes.models import QuoteLine
from garage.quotes.tests.factories import LABOUR, accept, part, quote_of, sent_quote
from garage.workshop import services
from garage.workshop.models import RepairOrder, TimeEntry
from garage.workshop.queries import repairs
from garage.workshop.tests.factories import mechanic_of, received
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
BRAKES = {**LABOUR, "description": "Freins", "quantity": "2"}


def withdrawn(alice, *, start_now=True, deposit="", **fields):
    """Vidange 1.5 h done, brakes 2 h begun for one hour, none of two discs fitted: then she withdraws."""
    disc = make_product(stock=5, price=D("40.00"))
    quote = sent_quote(quote_of(alice, lines=[LABOUR, BRAKES, part(disc, quantity=2)], **fields))
    accept(quote, start_now=start_now)
    if deposit:
        billing.issue_deposit(actor=SYSTEM, quote_id=quote.pk, percent=D(deposit))
    order = received(RepairOrder.objects.get(quote=quote))
    oil, brakes = order.tasks.all()
    services.finish_task(actor=SYSTEM, task_id=oil.pk)
    entry = services.start_clock(actor=SYSTEM, task_id=brakes.pk, mechanic_id=mechanic_of().pk)
    TimeEntry.objects.filter(pk=entry.pk).update(started_at=timezone.now() - timedelta(hours=1))
    quotes.withdraw(actor=SYSTEM, quote_id=quote.pk, name="Alice Martin")
    quote.refresh_from_db()
    return quote, order, disc


def fields(quote, *quantities):
    return {f"done.{pk}": value for pk, value in zip(quote.lines.values_list("pk", flat=True), quantities, strict=True)}


def page(quote):
    return f"/garage/devis/{quote.pk}/facturer/"


def right():
    assert list(proof.faults()) == []


def test_the_page_tells_the_case_and_proposes_what_the_clock_says(alice, dora):
    quote, _order, _disc = withdrawn(alice)
    seen = browser(dora).get(page(quote))
    text = seen.content.decode()
    assert "The client withdrew after work had begun" in text
    assert "L221-25" in text
    assert "the part done until then is due" in text
    assert "1.00 h on the clock" in text
    form = seen.context["form"]
    assert [form[name].initial for name in fields(quote, 0, 0, 0)] == [D("1.50"), D("1.00"), D(0)]


def test_only_the_part_done_is_invoiced_and_the_rest_is_left(alice, dora):
    quote, order, disc = withdrawn(alice, discount_percent=D(10))
    sent = {"what": "done", **fields(quote, "1.50", "1", ""), "due_on": "", "buyer_reference": ""}
    assert browser(dora).post(page(quote), sent).status_code == 302
    bill = Bill.objects.get()
    assert [(row["description"], row["quantity"]) for row in bill.invoice.lines] == [
        ("Vidange", "1.50"), ("Freins", "1.00"),
    ]
    assert bill.amount == D("135.00")  # (90 + 60) less 10 %
    quote.refresh_from_db()
    assert (quote.status, quote.total) == ("FACTURE", D("135.00"))
    left = list(quote.lines.filter(accepted=False).values_list("description", "quantity"))
    assert ("Freins", D("1.00")) in left
    assert len(left) == 2
    # The workshop leaves the rest; the vehicle can go, and what is owed is the bill.
    assert [task.status for task in order.tasks.all()] == ["FAITE", "RAYEE"]
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    disc.refresh_from_db()
    assert disc.stock == 5
    order = services.mark_ready(actor=dora, order_id=order.pk)
    assert repairs.owed(order) == bills.balance(quote) == D("135.00")
    # The figures and the books say the same.
    today = timezone.localdate()
    assert sum(row.amount for row in figures.invoices(Period(today, today))) == D("135.00")
    right()


def test_asked_again_it_is_the_same_bill(alice, dora):
    quote, _order, _disc = withdrawn(alice)
    done = {quote.lines.first().pk: D("1.5")}
    first = billing.issue_invoice(actor=dora, quote_id=quote.pk, done=done)
    assert billing.issue_invoice(actor=dora, quote_id=quote.pk, done=done) == first
    assert QuoteLine.objects.filter(quote=quote).count() == 3  # nothing was cut twice


def test_the_whole_is_not_invoiced_and_no_deposit_is_asked_any_more(alice, dora):
    quote, _order, _disc = withdrawn(alice)
    door = f"/api/garage/quotes/{quote.pk}/invoice"
    for body in ({}, {"deposit_percent": "30"}):
        refused = api(dora).post(door, body)
        assert (refused.status_code, refused.data["code"]) == (409, "withdrawn")
    line = quote.lines.first().pk
    made = api(dora).post(door, {"done": [{"line": line, "quantity": "1.00"}]})
    assert (made.status_code, made.data["amount"]) == (201, "60.00")
    assert api(alice).post(door, {"done": []}).status_code == 403
    right()


@pytest.mark.parametrize("quantity", ["1.51", "-1", "0.001"])
def test_more_than_was_agreed_on_is_refused_on_its_line(alice, dora, quantity):
    quote, order, _disc = withdrawn(alice)
    line = quote.lines.first()
    with pytest.raises(Invalid) as refused:
        billing.issue_invoice(actor=dora, quote_id=quote.pk, done={line.pk: D(quantity), line.pk + 1: D(1)})
    assert list(refused.value.errors) == [f"done.{line.pk}"]
    assert order.tasks.filter(status="RAYEE").count() == 0
    answer = browser(dora).post(page(quote), {"what": "done", **fields(quote, quantity, "1", "0")})
    assert answer.status_code == 422
    assert not Bill.objects.exists()


def test_a_quote_that_stands_is_not_cut(alice, dora):
    quote = sent_quote(quote_of(alice))
    accept(quote)
    with pytest.raises(billing_rules.NotWithdrawn):
        billing.issue_invoice(actor=dora, quote_id=quote.pk, done={quote.lines.get().pk: D(1)})
    with pytest.raises(billing_rules.NotWithdrawn):
        billing.close_withdrawn(actor=dora, quote_id=quote.pk)


def test_begun_without_her_wish_nothing_is_due_and_the_deposit_goes_back(alice, dora):
    quote, order, disc = withdrawn(alice, start_now=False, deposit="30")
    assert "by law he owes nothing" in browser(dora).get(page(quote)).content.decode()
    reply = browser(dora).post(page(quote), {"what": "nothing", **fields(quote, "", "", "")})
    assert reply.status_code == 302
    quote.refresh_from_db()
    disc.refresh_from_db()
    assert (quote.status, disc.stock) == ("REFUSE", 5)
    assert Bill.objects.get().status == "ANNULEE"
    order = services.mark_ready(actor=dora, order_id=order.pk)
    assert repairs.owed(order) == D(0)
    assert services.hand_over(actor=dora, order_id=order.pk, to="Alice").status == "RENDU"
    right()


def test_nothing_due_by_the_api_for_staff_alone(alice, dora):
    quote, _order, _disc = withdrawn(alice, start_now=False)
    door = f"/api/garage/quotes/{quote.pk}/nothing-due"
    assert api(alice).post(door).status_code == 403
    assert api(dora).post(door).data["status"] == "REFUSE"
    assert api(dora).post(door).status_code == 409


def test_the_deposit_is_taken_off_the_part_done(alice, dora):
    quote, _order, _disc = withdrawn(alice, deposit="20")  # 58.00 of 290.00
    bill = billing.issue_invoice(actor=dora, quote_id=quote.pk, done={quote.lines.first().pk: D("1.5")})
    assert bill.amount == D("32.00")
    right()


def test_a_deposit_above_the_part_done_is_credited_first(alice, dora):
    quote, _order, _disc = withdrawn(alice, deposit="50")  # 145.00
    done = {quote.lines.first().pk: D("1.5")}
    with pytest.raises(billing_rules.DepositsTooHigh):
        billing.issue_invoice(actor=dora, quote_id=quote.pk, done=done)
    assert not quote.lines.filter(accepted=False).exists()
    deposit = Bill.objects.get()
    billing.credit_bill(actor=dora, bill_id=deposit.pk, amount=D("55.00"), reason="rétractation")
    assert billing.issue_invoice(actor=dora, quote_id=quote.pk, done=done).amount == D(0)
    right()


def test_a_bill_that_was_wrong_is_cancelled_and_made_again_for_less(alice, dora):
    quote, _order, _disc = withdrawn(alice)
    line = quote.lines.first().pk
    first = billing.issue_invoice(actor=dora, quote_id=quote.pk, done={line: D("1.5")})
    billing.credit_bill(actor=dora, bill_id=first.pk, reason="une heure seulement")
    second = billing.issue_invoice(actor=dora, quote_id=quote.pk, done={line: D(1)})
    assert second.amount == D("60.00")
    right()


def test_extra_work_alone_is_withdrawn_from(alice, dora):
    """The repair that stands is invoiced as a whole, beside the part done of the supplement."""
    main = sent_quote(quote_of(alice))
    accept(main)
    order = received(RepairOrder.objects.get(quote=main))
    extra = services.propose_extra_work(actor=dora, order_id=order.pk, lines=[BRAKES, {**LABOUR, "description": "X"}])
    sent_quote(extra)
    accept(extra, start_now=True)
    services.finish_task(actor=dora, task_id=order.tasks.get(description="Freins").pk)
    quotes.withdraw(actor=SYSTEM, quote_id=extra.pk, name="Alice")
    text = browser(dora).get(page(main)).content.decode()
    assert extra.number in text
    bill = billing.issue_invoice(actor=dora, quote_id=main.pk, done={extra.lines.first().pk: D(2)})
    assert bill.amount == D("90.00") + D("120.00")
    assert order.tasks.get(description="X").status == "RAYEE"
    assert order.tasks.get(description="Vidange").status == "A_FAIRE"
    right()
