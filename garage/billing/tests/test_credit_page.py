"""The credit note of a bill in the admin: choose, look, confirm."""

import re
from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from config.finances import proof
from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from garage.billing import services
from garage.billing.models import BillCredit
from garage.billing.tests.factories import LINES, accepted_quote, at_counter, bill_of, deposit_on, fresh, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(dora):
    return browser(dora)


@pytest.fixture
def bill(alice):
    return bill_of(alice)  # 90.00 of labour, 2 × 39.90, 12.10 at 5.5 %


def url(bill):
    return reverse("admin:garage_bill_credit", args=[bill.pk])


def confirm(client, bill, agreed, **data):
    return client.post(url(bill), {"reason": "abîmé", "confirm": "1", "agreed": agreed, **data})


def test_lines_are_shown_first_and_credited_when_confirmed(client, bill, dora):
    data = {"what": "lines", "line_2": "1", "line_1": "0.50", "reason": "abîmé"}
    shown = client.post(url(bill), {**data, "preview": "1"})
    text = shown.content.decode()
    assert shown.context["plan"].amount == D("69.90")
    assert "1 × Plaquettes · €39.90" in text
    assert "0.50 × Vidange · €30.00" in text
    assert "€112.00 stay to be paid" in text
    assert not BillCredit.objects.exists()
    assert confirm(client, bill, "69.90", **data).status_code == 302
    note = BillCredit.objects.get()
    assert (note.amount, note.by, fresh(bill).due) == (D("69.90"), dora, D("112.00"))
    page = client.get(url(bill)).content.decode()
    assert note.credit_note.number in page
    assert "1 left, worth €39.90" in page
    assert list(proof.faults()) == []


def test_it_tells_what_goes_back_by_itself_and_what_at_the_counter(client, bill, alice, commit):
    at_counter(bill, "141.90", "CHEQUE")
    with commit():
        pay(bill, "40.00", actor=alice)
    shown = client.post(url(bill), {"what": "amount", "amount": "100", "reason": "x", "preview": "1"}).content.decode()
    assert "€40.00 go back by themselves" in shown
    assert "€60.00 are then to be given back at the counter" in shown
    with commit():
        confirm(client, bill, "100.00", what="amount", amount="100")
    assert bill.payments.get(amount__lt=0).amount == D("-40.00")
    assert fresh(bill).to_return == D("60.00")


def test_a_sum_that_was_not_shown_is_not_credited(client, bill):
    data = {"what": "lines", "line_2": "2"}
    assert confirm(client, bill, "39.90", **data).context["plan"].amount == D("79.80")
    assert confirm(client, bill, "", **data).status_code == 200
    assert not BillCredit.objects.exists()


def test_all_that_is_left_cancels_the_invoice(client, bill):
    shown = client.post(url(bill), {"what": "all", "reason": "x", "preview": "1"}).content.decode()
    assert "its quotes may be invoiced again" in shown
    confirm(client, bill, "181.90", what="all")
    assert fresh(bill).status == "ANNULEE"
    assert "Nothing is left to credit" in client.get(url(bill)).content.decode()


@pytest.mark.parametrize("data, field", [
    ({"what": "lines", "line_2": "3"}, "line_2"), ({"what": "lines"}, "__all__"), ({"what": "amount"}, "amount"),
    ({"what": "lines", "line_1": "0.005"}, "line_1"), ({"what": "amount", "amount": "-1"}, "amount"),
    ({"what": "all", "reason": ""}, "reason"), ({"what": "amount", "amount": "999"}, "__all__"),
    ({"what": ""}, "what"),
])
def test_what_is_wrong_is_said_where_it_is(client, bill, data, field):
    answer = client.post(url(bill), {"reason": "x", "preview": "1", **data})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_line_that_takes_off_a_deposit_is_not_offered(client, alice):
    quote = accepted_quote(alice)
    deposit_on(quote)
    bill = services.issue_invoice(actor=SYSTEM, quote_id=quote.pk)
    page = client.get(url(bill))
    assert [name for name in page.context["form"].fields if name.startswith("line_")] == ["line_1", "line_2", "line_3"]


def test_only_staff_open_it(alice, bob, bill):
    for person in (alice, bob):
        assert browser(person).get(url(bill)).status_code == 302
        confirm(browser(person), bill, "181.90", what="all")
    assert not BillCredit.objects.exists()


def test_a_button_pressed_twice_credits_once(client, bill):
    for data in ({"what": "amount", "amount": "1.00"}, {"what": "lines", "line_2": "1"}):
        shown = client.post(url(bill), {"reason": "x", "preview": "1", **data}).content.decode()
        before = re.search(r'name="before" value="([0-9.]+)"', shown)[1]
        agreed = re.search(r'name="agreed" value="([0-9.]+)"', shown)[1]
        assert confirm(client, bill, agreed, before=before, **data).status_code == 302
        again = confirm(client, bill, agreed, before=before, **data)
        assert "credited on this invoice meanwhile" in again.content.decode()
    assert BillCredit.objects.count() == 2


def test_the_french_page_credits_as_well(dora, bill):
    """Amounts in hidden fields are for the server: no decimal comma."""
    page = Client(HTTP_ACCEPT_LANGUAGE="fr")
    page.force_login(dora)
    shown = page.post(url(bill), {"what": "amount", "amount": "1.50", "reason": "x", "preview": "1"}).content.decode()
    assert 'name="agreed" value="1.50"' in shown


def test_it_costs_the_same_for_few_and_many_lines(client, alice, bill):
    many = bill_of(lines=[{**LINES[1], "description": f"P{n}"} for n in range(12)], vehicle=bill.quote.vehicle)
    for n in range(3):
        services.credit_bill(actor=SYSTEM, bill_id=many.pk, amount=D(n + 1), reason="x")
    for row in (bill, many):
        with assert_max_queries(30):
            client.get(url(row))
