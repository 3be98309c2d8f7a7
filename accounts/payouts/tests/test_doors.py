"""Destinations and withdrawals by API and by page."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from accounts.payouts import services
from accounts.payouts.models import Destination, Payout
from accounts.payouts.tests.factories import IBAN, MOBILE, OTHER_IBAN, destination, earn, payout
from accounts.users.tests.factories import make_staff, make_user
from accounts.wallet.queries import wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(alice):
    return earn(alice, "100")


def test_a_destination_is_named_shown_masked_and_removed(rich):
    answer = api(rich).post("/api/wallet/destinations", {"to": "FR76 3000 6000 0112 3456 7890 189"})
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["to"], shown["means"], shown["holder"]) == ("FR76 •••• 0189", "VIREMENT", "Alice Martin")
    assert (shown["is_default"], shown["automatic"]) == (True, False)
    listed = api(rich).get("/api/wallet/destinations")
    assert [row["id"] for row in listed.json()["results"]] == [shown["id"]]
    page = browser(rich).get("/portefeuille/destinations/").content.decode()
    assert "FR76 •••• 0189" in page
    assert IBAN not in page + str(listed.json())
    assert api(rich).delete(f"/api/wallet/destinations/{shown['id']}").status_code == 204
    assert not Destination.objects.exists()


@pytest.mark.parametrize("body, field", [
    ({"to": "FR7630006000011234567890188"}, "to"), ({"to": "US64SVBKUS6S3300958879"}, "to"), ({"to": ""}, "to"),
    ({"to": IBAN, "bic": "NOPE"}, "bic"), ({"to": IBAN, "holder": "مريم"}, "holder"), ({"to": "+33143550000"}, "to"),
])
def test_a_wrong_destination_names_the_field_by_both_doors(rich, body, field):
    answer = api(rich).post("/api/wallet/destinations", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    page = browser(rich).post("/portefeuille/destinations/nouvelle/", {"holder": "Alice", **body})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert not Destination.objects.exists()


def test_one_default_and_one_weekly_destination_at_most(rich):
    first, second = destination(rich, IBAN, automatic=True), destination(rich, MOBILE)
    assert (first.is_default, second.is_default) == (True, False)
    answer = api(rich).patch(f"/api/wallet/destinations/{second.pk}", {"is_default": True, "automatic": True})
    assert answer.status_code == 200
    first.refresh_from_db()
    assert (first.is_default, first.automatic) == (False, False)
    page = browser(rich)
    page.post(f"/portefeuille/destinations/{first.pk}/", {"default": "1"})
    page.post(f"/portefeuille/destinations/{second.pk}/", {"automatic": "off"})
    assert list(Destination.objects.filter(is_default=True)) == [first]
    assert not Destination.objects.filter(automatic=True).exists()


def test_a_destination_in_use_stays(rich):
    row = payout(rich)
    answer = api(rich).delete(f"/api/wallet/destinations/{row.destination_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "destination_in_use")
    services.cancel(actor=rich, payout_id=row.pk)
    assert browser(rich).post(f"/portefeuille/destinations/{row.destination_id}/supprimer/").status_code == 302
    row.refresh_from_db()
    assert (row.destination, row.number) == (None, IBAN)


def test_a_withdrawal_by_api(rich):
    answer = api(rich).post("/api/wallet/withdraw", {"amount": "40.00", "to": OTHER_IBAN}, HTTP_IDEMPOTENCY_KEY="k")
    again = api(rich).post("/api/wallet/withdraw", {"amount": "40.00", "to": OTHER_IBAN}, HTTP_IDEMPOTENCY_KEY="k")
    shown = answer.json()
    assert (answer.status_code, again.json()["id"]) == (201, shown["id"])
    assert (shown["status"], shown["amount"], shown["currency"], shown["to"]) == ("PRET", "40.00", "EUR", "FR14 •••• 2606")
    assert api(rich).get("/api/wallet").json() | {} == {
        "balance": "100.00", "held": "40.00", "available": "60.00", "currency": "EUR",
    }
    assert api(rich).get("/api/wallet/payouts").json()["results"][0] == shown
    assert api(rich).get(f"/api/wallet/payouts/{shown['id']}").json() == shown


@pytest.mark.parametrize("body, status, field", [
    ({"amount": "100.01", "to": IBAN}, 409, None), ({"amount": "0", "to": IBAN}, 422, "amount"),
    ({"amount": "1.001", "to": IBAN}, 422, "amount"), ({"amount": "10000.01", "to": IBAN}, 422, "amount"),
    ({"amount": "5", "to": "nowhere"}, 422, "to"), ({"amount": "5", "to": "999"}, 422, "to"), ({"amount": "5"}, 422, "to"),
])
def test_a_wrong_withdrawal_changes_nothing(rich, body, status, field):
    answer = api(rich).post("/api/wallet/withdraw", body)
    assert answer.status_code == status
    assert list(answer.json()["errors"]) == ([field] if field else [])
    if status == 409:
        assert answer.json()["code"] == "insufficient_funds"
    assert not Payout.objects.exists()
    assert not Destination.objects.exists()


def test_money_does_not_leave_by_a_stale_session(rich):
    destination(rich)
    page = browser(rich)
    session = page.session
    session["account_authentication_methods"] = []
    session.save()
    answer = page.post("/portefeuille/retirer/", {"key": "k", "amount": "5", "to": "1"})
    assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)
    assert not Payout.objects.exists()


def test_a_withdrawal_by_page_and_its_double_click(rich):
    page = browser(rich)
    assert page.get("/portefeuille/retirer/")["Location"].startswith("/portefeuille/destinations/nouvelle/")
    named = page.post("/portefeuille/destinations/nouvelle/?next=retirer", {"to": IBAN, "holder": "Alice Martin"})
    assert named["Location"] == "/portefeuille/retirer/"
    shown = page.get("/portefeuille/retirer/")
    assert "Bank transfer · FR76 •••• 0189 · Alice Martin" in shown.content.decode()
    form = shown.context["form"]
    body = {"key": form["key"].value(), "amount": "40", "to": form["to"].value()}
    went = [page.post("/portefeuille/retirer/", body) for _ in range(2)]
    row = Payout.objects.get()
    assert {answer["Location"] for answer in went} == {f"/portefeuille/versements/{row.pk}/"}
    shown = page.get(f"/portefeuille/versements/{row.pk}/").content.decode()
    assert "FR76 •••• 0189" in shown
    assert "€40.00" in shown
    assert page.post("/portefeuille/retirer/", body | {"key": "x", "amount": "61"}).status_code == 422
    assert page.post(f"/portefeuille/versements/{row.pk}/annuler/").status_code == 302
    assert wallet_of(rich).available == D("100")
    assert "Cancelled" in page.get(f"/portefeuille/versements/{row.pk}/").content.decode()


def test_the_wallet_names_the_payout_while_it_is_held_and_afterwards(rich):
    row = payout(rich, "40")
    page = browser(rich)
    words = "Withdrawal to FR76 •••• 0189"
    assert words in page.get("/portefeuille/").content.decode()
    services.execute_batch(actor=SYSTEM, batch_id=services.run_payouts(actor=SYSTEM).pk)
    wallet = page.get("/portefeuille/").content.decode()
    assert words in wallet
    assert f'href="/portefeuille/versements/{row.pk}/"' in wallet


def test_a_refusal_is_read_with_its_reason(rich):
    row = payout(rich)
    services.refuse(actor=SYSTEM, payout_id=row.pk, reason="The account is not yours")
    for path in (f"/portefeuille/versements/{row.pk}/", f"/api/wallet/payouts/{row.pk}"):
        door = api(rich) if path.startswith("/api") else browser(rich)
        assert "The account is not yours" in door.get(path).content.decode()


def test_managers_list_accept_and_refuse(rich, admin_user):
    first, second = payout(earn(rich, "2000"), "600"), payout(rich, "601")
    boss = api(admin_user)
    listed = boss.get("/api/manager/payouts?status=A_VALIDER").json()["results"]
    assert [(row["id"], row["to"]) for row in listed] == [(second.pk, IBAN), (first.pk, IBAN)]
    assert boss.post(f"/api/manager/payouts/{first.pk}/accept").json()["status"] == "PRET"
    assert boss.post(f"/api/manager/payouts/{first.pk}/accept").json()["code"] == "illegal_transition"
    assert list(boss.post(f"/api/manager/payouts/{second.pk}/refuse", {}).json()["errors"]) == ["reason"]
    refused = boss.post(f"/api/manager/payouts/{second.pk}/refuse", {"reason": "no"}).json()
    assert (refused["status"], refused["reason"]) == ("REFUSE", "no")
    assert boss.get("/api/manager/payouts?status=A_VALIDER").json()["count"] == 0


def test_the_page_of_payouts_says_what_is_earned_and_when_the_next_run_is(rich):
    page = browser(rich)
    assert "Nothing paid out yet" in page.get("/portefeuille/versements/").content.decode()
    payout(rich, "30", automatic=True)
    context = page.get("/portefeuille/versements/").context
    assert (context["earnings"].available, context["earnings"].on_the_way) == (D("70"), D("30"))
    assert context["next_run"].weekday() == 0
    assert context["weekly"].number == IBAN


def test_lists_cost_no_more_with_more_rows(rich, admin_user):
    doors = [
        lambda: browser(rich).get("/portefeuille/versements/"),
        lambda: browser(rich).get("/portefeuille/destinations/"),
        lambda: api(rich).get("/api/wallet/payouts"),
        lambda: api(admin_user).get("/api/manager/payouts"),
    ]
    payout(rich, "1")
    costs = []
    for door in doors:
        door()
        with assert_max_queries(40) as few:
            assert door().status_code == 200
        costs.append(len(few))
    for number, name in enumerate(("bob", "charlie", "dan")):
        payout(earn(make_user(name)), "1")
        payout(rich, "1", f"+3361234567{number}")
    for door, cost in zip(doors, costs, strict=True):
        with assert_max_queries(cost):
            door()


def test_closing_an_account_asks_for_the_money_first_and_erases_destinations(alice, commit):
    destination(alice)
    earn(alice, "5")
    door = api(alice)
    assert door.delete("/api/users/me", {"password": "password123"}).json()["code"] == "wallet_not_empty"
    services.withdraw(actor=alice, to=OTHER_IBAN, amount=D("5"), key="all")
    services.execute_batch(actor=SYSTEM, batch_id=services.run_payouts(actor=SYSTEM).pk)
    with commit():
        assert door.delete("/api/users/me", {"password": "password123"}).status_code == 204
    assert not Destination.objects.exists()
    assert Payout.objects.get().number == OTHER_IBAN


def test_the_export_tells_destinations_and_payouts(rich):
    payout(rich, "5")
    told = api(rich).get("/api/users/me/export").json()["payouts"]
    assert (told["destinations"][0]["number"], told["payouts"][0]["amount"]) == (IBAN, "5.00")


def test_clerks_and_mechanics_see_no_bank_accounts_in_the_back_office():
    """They may look up customers; where people are paid, and what private communities decide, is not for them."""
    row = payout(earn(make_user("alice")))
    pages = [
        reverse(f"admin:accounts_{name}_changelist")
        for name in ("payout", "payoutbatch", "destination", "mobiletransfer", "payoutchange", "community",
                     "spendingrequest", "monthlycontribution")
    ]  # fmt: skip
    pages.append(reverse("admin:accounts_payout_change", args=[row.pk]))
    for group, status in (("Boutique", 403), ("Mecanicien", 403), ("Support", 403), ("Gestionnaire", 200)):
        client = browser(make_staff(group.lower(), groups=(group,)))
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, status)
