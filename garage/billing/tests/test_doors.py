"""Pages and API of bills: what each person sees, pays and is refused."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser
from garage.billing import queries, services
from garage.billing.events import bill_overdue
from garage.billing.models import Bill
from garage.billing.tests.factories import accepted_quote, at_counter, bill_of, deposit_on, fresh, pay

pytestmark = pytest.mark.django_db
URL = "/api/garage/invoices"
PAYING = {"method": "CARTE", "payment_token": "tok_ok"}


@pytest.fixture
def bill(alice):
    return bill_of(alice)


# --- API ------------------------------------------------------------------------------------------------------
def test_staff_invoice_a_quote_and_a_deposit_on_it(alice, admin_user):
    quote, staff = accepted_quote(alice), api(admin_user)
    door = f"/api/garage/quotes/{quote.pk}/invoice"
    deposit = staff.post(door, {"deposit_percent": "30"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (deposit.status_code, deposit.data["kind"], deposit.data["amount"]) == (201, "ACOMPTE", "54.57")
    again = staff.post(door, {"deposit_percent": "30"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert again["Idempotent-Replayed"] == "true"
    work = staff.post(door, {}, format="json").data
    assert (work["kind"], work["due"], work["deposits"][0]["number"]) == ("SOLDE", "127.33", deposit.data["number"])
    assert work["pay_url"].startswith("http")
    assert api(alice).post(door, {}, format="json").status_code == 403


@pytest.mark.parametrize("body, field", [
    ({"deposit_percent": "101"}, "deposit_percent"), ({"deposit_amount": "0"}, "deposit_amount"),
    ({"deposit_amount": "1e30"}, "deposit_amount"), ({"due_on": "2020-01-01"}, "due_on"),
    ({"deposit_percent": "x"}, "deposit_percent"), ({"buyer_reference": "a\x00b"}, "buyer_reference"),
])
def test_bad_input_is_refused_on_its_field(alice, admin_user, body, field):
    quote = accepted_quote(alice)
    answer = api(admin_user).post(f"/api/garage/quotes/{quote.pk}/invoice", body, format="json")
    assert (answer.status_code, list(answer.data["errors"])) == (422, [field])
    assert not Bill.objects.exists()


def test_the_client_reads_his_own_and_pays(bill, alice, charlie):
    assert [row["id"] for row in api(alice).get(URL).data["results"]] == [bill.pk]
    assert api(charlie).get(URL).data["count"] == 0
    seen = api(alice).get(f"{URL}/{bill.pk}").data
    assert (seen["status"], seen["due"], seen["client"]) == ("EMISE", "181.90", bill.quote.client_id)
    assert "pay_url" not in seen
    part = api(alice).post(f"{URL}/{bill.pk}/pay", {**PAYING, "amount": "81.90"}, format="json")
    assert (part.status_code, part.data["invoice"]["due"]) == (200, "100.00")
    rest = api(alice).post(f"{URL}/{bill.pk}/pay", PAYING, format="json")
    assert rest.data["invoice"]["status"] == "PAYEE"
    over = api(alice).post(f"{URL}/{bill.pk}/pay", PAYING, format="json")
    assert (over.status_code, over.data["code"]) == (409, "not_due")


def test_declined_and_pending_say_so(bill, alice):
    declined = api(alice).post(f"{URL}/{bill.pk}/pay", {**PAYING, "payment_token": "tok_declined"}, format="json")
    assert (declined.status_code, declined.data["code"]) == (402, "payment_declined")
    waiting = api(alice).post(f"{URL}/{bill.pk}/pay", {**PAYING, "payment_token": "tok_3ds"}, format="json")
    assert waiting.status_code == 202
    assert waiting.data["payment"]["next_url"]


def test_the_counter_over_the_api(bill, admin_user, alice):
    staff = api(admin_user)
    taken = staff.post(f"{URL}/{bill.pk}/payments", {"method": "ESPECES", "amount": "100.00"}, format="json")
    assert (taken.status_code, taken.data["due"]) == (201, "81.90")
    over = staff.post(f"{URL}/{bill.pk}/payments", {"method": "TERMINAL", "amount": "81.91"}, format="json")
    assert (over.status_code, over.data["code"], over.data["due"]) == (409, "amount_above_due", "81.90")
    row = taken.data["payments"][0]["id"]
    undone = staff.post(f"{URL}/{bill.pk}/payments/{row}/reverse", {"reason": "erreur"}, format="json")
    assert undone.data["due"] == "181.90"
    staff.post(f"{URL}/{bill.pk}/payments", {"method": "CHEQUE", "amount": "181.90"}, format="json")
    noted = staff.post(f"{URL}/{bill.pk}/credit-notes", {"reason": "geste", "amount": "10.00"}, format="json")
    assert (noted.status_code, noted.data["to_return"]) == (201, "10.00")
    back = staff.post(f"{URL}/{bill.pk}/give-back", {"method": "ESPECES", "amount": "10.00"}, format="json")
    assert (back.status_code, back.data["to_return"]) == (201, "0.00")
    lines = staff.post(
        f"{URL}/{bill.pk}/credit-notes", {"reason": "x", "lines": [{"line": 2, "quantity": "9"}]}, format="json"
    )
    assert list(lines.data["errors"]) == ["lines.0.quantity"]


def test_lists_are_filtered_and_searched(bill, admin_user, alice):
    paid = bill_of(vehicle=bill.quote.vehicle)
    at_counter(paid, "181.90")
    Bill.objects.filter(pk=bill.pk).update(due_on="2020-01-01")
    staff = api(admin_user)
    for query, expected in (
        ("?status=EMISE", [bill.pk]), ("?overdue=1", [bill.pk]), ("?kind=ACOMPTE", []),
        (f"?search={paid}", [paid.pk]), ("?search=AB-123", [paid.pk, bill.pk]), ("?ordering=due_on", [bill.pk, paid.pk]),
    ):
        assert [row["id"] for row in staff.get(URL + query).data["results"]] == expected, query


def test_a_list_asks_no_more_for_more_rows(bill, admin_user):
    staff = api(admin_user)
    staff.get(URL)
    with assert_max_queries(9):
        staff.get(URL)
    for _number in range(3):
        at_counter(bill_of(vehicle=bill.quote.vehicle), "10.00")
    with assert_max_queries(9):
        assert staff.get(URL).data["count"] == 4


# --- Pages ----------------------------------------------------------------------------------------------------
def test_a_client_finds_reads_and_pays_his_bill(bill, alice, commit):
    client = browser(alice)
    assert str(bill) in client.get(reverse("garage:bills")).content.decode()
    page = client.get(reverse("garage:bill", args=[bill.pk])).content.decode()
    assert "Plaquettes" in page
    assert reverse("garage:bill_pay", args=[bill.pk]) in page
    url = reverse("garage:bill_pay", args=[bill.pk])
    with commit():
        answer = client.post(url, {"method": "CARTE", "token": "tok_ok", "key": "k"})
    assert answer["Location"] == reverse("garage:bill", args=[bill.pk])
    assert fresh(bill).status == "PAYEE"
    assert client.get(url).status_code == 302


def test_a_card_whose_bank_asks_goes_there_and_comes_back(bill, alice, commit):
    client = browser(alice)
    url = reverse("garage:bill_pay", args=[bill.pk])
    answer = client.post(url, {"method": "CARTE", "token": "tok_3ds", "key": "k"})
    assert answer["Location"].startswith(url)
    waiting = client.get(answer["Location"])
    payment = queries.payments_of(bill).get()
    assert payment.next_url in waiting["Refresh"]
    bank = reverse("accounts:simulated_bank", args=[payment.provider_ref])
    with commit():
        back = client.post(bank, {"answer": "confirm"})
    assert back["Location"] == url
    assert fresh(bill).status == "PAYEE"


def test_the_link_pays_without_an_account_and_offers_no_wallet(db, commit):
    bill = bill_of()
    token = queries.public_token(bill)
    visitor = browser()
    page = visitor.get(f"/factures/{token}/")
    assert page.status_code == 200
    form = visitor.get(f"/factures/{token}/payer/").content.decode()
    assert 'value="CARTE"' in form
    assert 'value="PORTEFEUILLE"' not in form
    with commit():
        visitor.post(f"/factures/{token}/payer/", {"method": "CARTE", "token": "tok_ok", "key": "k"})
    assert fresh(bill).status == "PAYEE"


def test_an_altered_or_foreign_link_shows_nothing(bill):
    token = queries.public_token(bill)
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "1", "1~x", "%00", token.replace("~", "~~", 1)):
        assert browser().get(f"/factures/{wrong}/").status_code == 404, wrong
        assert browser().get(f"/factures/{wrong}/payer/").status_code == 404
        assert browser().get(f"/factures/{wrong}/pdf/").status_code == 404


def test_the_papers_of_another_bill_are_not_found(bill, alice, charlie):
    other = bill_of(charlie, plate="FG-456-HJ")
    note = services.credit_bill(actor=SYSTEM, bill_id=other.pk, reason="x")
    assert browser(alice).get(reverse("garage:bill_credit", args=[bill.pk, note.pk])).status_code == 404
    assert browser(alice).get(reverse("garage:bill_pdf", args=[other.pk])).status_code == 404
    assert browser(alice).get(reverse("garage:bill_pdf", args=[bill.pk])).status_code == 202


# --- Admin ----------------------------------------------------------------------------------------------------
def dialog(client, bill, name, **data):
    return client.post(reverse(f"admin:garage_bill_{name}", args=[bill.pk]), {"_form_submitted": "on", **data})


def test_the_dialogs_of_the_admin_are_the_services(bill, admin_user):
    client = browser(admin_user)
    assert client.get("/admin/garage/bill/?waits=overdue").status_code == 200
    assert client.get(f"/admin/garage/bill/{bill.pk}/change/").status_code == 200
    for name in ("take", "reverse_row", "credit", "give_back"):
        assert client.get(reverse(f"admin:garage_bill_{name}", args=[bill.pk])).status_code == 200
    answer = dialog(client, bill, "take", means="CHEQUE", amount="100", key="k")
    assert answer["HX-Redirect"] == reverse("admin:garage_bill_change", args=[bill.pk])
    row = bill.payments.get()
    assert (row.amount, row.by) == (D("100.00"), admin_user)
    dialog(client, bill, "reverse_row", row_id=row.pk, reason="mauvaise facture")
    assert fresh(bill).paid == D(0)
    dialog(client, bill, "take", means="VIREMENT", amount="100", key="l")
    services.credit_bill(actor=admin_user, bill_id=bill.pk, reason="annulée")
    assert fresh(bill).to_return == D("100.00")
    dialog(client, bill, "give_back", means="VIREMENT", amount="100", key="k")
    assert fresh(bill).to_return == D(0)


def test_staff_invoice_a_quote_on_its_page_and_clients_cannot(alice, admin_user):
    quote = accepted_quote(alice)
    url = reverse("garage:bill_quote", args=[quote.pk])
    assert browser(alice).get(url).status_code in (403, 404)
    staff = browser(admin_user)
    assert staff.get(url).status_code == 200
    wrong = staff.post(url, {"what": "deposit", "deposit_percent": "130", "key": "k"})
    assert wrong.status_code == 422
    staff.post(url, {"what": "deposit", "deposit_percent": "30", "key": "k"})
    staff.post(url, {"what": "deposit", "deposit_percent": "30", "key": "k"})
    assert quote.bills.get().amount == D("54.57")
    answer = staff.post(url, {"what": "work", "key": "k"})
    assert answer["Location"] == reverse("garage:bill", args=[quote.bills.first().pk])
    assert quote.bills.count() == 2


# --- Reminders ------------------------------------------------------------------------------------------------
def test_overdue_bills_are_told_of_once_each_time(bill, commit, monkeypatch):
    told = []
    monkeypatch.setattr(bill_overdue, "listeners", [lambda **ids: told.append(ids["reminder"])])
    for days in (0, 1, 1, 7, 8, 29, 30, 99):
        Bill.objects.filter(pk=bill.pk).update(due_on=timezone.localdate() - timedelta(days=days))
        with commit():
            services.remind_overdue()
    assert told == [1, 2, 3]
    deposit = deposit_on(accepted_quote(bill.quote.client.user, vehicle=bill.quote.vehicle))
    Bill.objects.filter(pk=deposit.pk).update(due_on="2020-01-01")
    with commit():
        pay(deposit)
        services.remind_overdue()
    assert told == [1, 2, 3]
