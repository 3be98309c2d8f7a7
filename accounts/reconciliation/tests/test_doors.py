"""The desk through its two doors: the managers' API and the admin."""

import pytest

from accounts.payments.models import Disagreement
from accounts.payments.tests.factories import pay, tell
from accounts.reconciliation.tests.factories import only, taken_back, too_little, unknown
from config.lib.testing import api, assert_max_queries, browser

pytestmark = pytest.mark.django_db
URL = "/api/manager/disagreements"


def page(case):
    return f"/admin/accounts/disagreement/{case.pk}/change/"


def test_managers_list_and_filter_them(dora, alice):
    taken_back(pay(alice), "5")
    unknown_case = Disagreement.objects.get()
    api(dora).post(f"{URL}/{unknown_case.pk}/resolve", {"outcome": "ECART", "reason": "x"})
    unknown("7")
    shown = api(dora).get(URL).json()
    assert [(row["kind"], row["status"], row["amount"]) for row in shown["results"]] == [
        ("PAIEMENT_INCONNU", "OUVERT", "7.00"), ("REMBOURSE_AILLEURS", "RESOLU", "-5.00"),
    ]
    assert [row["kind"] for row in api(dora).get(f"{URL}?status=RESOLU").json()["results"]] == ["REMBOURSE_AILLEURS"]
    assert api(dora).get(f"{URL}?status=X").status_code == 422


def test_one_tells_its_story_and_its_outcomes(dora, alice):
    case = too_little(alice)
    shown = api(dora).get(f"{URL}/{case.pk}").json()
    assert (shown["payer"], shown["amount"]) == (alice.email, "19.00")
    assert [choice["outcome"] for choice in shown["outcomes"]] == ["ACCEPTE", "REMBOURSE", "CREDITE", "ECART"]
    assert shown["outcomes"][0]["postings"] == [
        {"account": "differences written off", "amount": "-1.00"},
        {"account": "payments received, not yet applied", "amount": "1.00"},
    ]
    assert any(step["what"] == "Gateway's announcement" for step in shown["timeline"])


def test_customers_and_clerks_are_refused_before_the_form(alice, person):
    case = unknown()
    for stranger in (alice, person("clerk", is_staff=True)):
        for answer in (
            api(stranger).get(URL), api(stranger).get(f"{URL}/{case.pk}"),
            api(stranger).post(f"{URL}/{case.pk}/resolve", {}),
        ):
            assert answer.status_code == 403
    assert only() == case


def test_what_does_not_fit_is_422_and_twice_is_409(dora):
    url = f"{URL}/{unknown().pk}/resolve"
    for body, field in (
        ({"outcome": "ACCEPTE"}, "outcome"), ({"outcome": "X"}, "outcome"), ({}, "outcome"),
        ({"outcome": "CREDITE"}, "to"), ({"outcome": "RATTACHE", "target": "CMD-1"}, "target"),
    ):
        answer = api(dora).post(url, body)
        assert answer.status_code == 422
        assert field in answer.json()["errors"]
    assert api(dora).post(url, {"outcome": "ECART"}).json()["status"] == "RESOLU"
    again = api(dora).post(url, {"outcome": "ECART"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_the_admin_shows_open_cases_and_settles_them(dora, alice):
    case = too_little(alice)
    staff = browser(dora)
    assert alice.email in staff.get("/admin/accounts/disagreement/").content.decode()
    shown = staff.get(page(case)).content.decode()
    for text in ("Accept €19.00", "Refund €19.00", "This is posted in your name", "differences written off", "payment.succeeded"):
        assert text in shown
    answer = staff.post(f"/admin/accounts/disagreement/{case.pk}/resolve/", {"outcome": "ACCEPTE", "reason": "ok"})
    assert answer["Location"] == page(case)
    assert "Settled on" in staff.get(page(case)).content.decode()
    assert alice.email not in staff.get("/admin/accounts/disagreement/").content.decode()
    assert alice.email in staff.get("/admin/accounts/disagreement/?status=RESOLU").content.decode()
    assert alice.email in staff.get("/admin/accounts/disagreement/?status=TOUS").content.decode()


def test_the_admin_says_what_was_refused(dora):
    case = unknown()
    answer = browser(dora).post(
        f"/admin/accounts/disagreement/{case.pk}/resolve/", {"outcome": "CREDITE", "to": "x"}, follow=True
    )
    assert "nobody active is known by this" in answer.content.decode()
    assert only() == case


def test_the_admins_buttons_are_for_managers_and_posts(dora, alice, person):
    case = unknown()
    url = f"/admin/accounts/disagreement/{case.pk}/resolve/"
    assert browser(alice).post(url, {"outcome": "ECART"}).status_code == 302  # to the login
    clerk = person("clerk", is_staff=True)
    assert browser(clerk).post(url, {"outcome": "ECART"}).status_code == 403
    assert browser(clerk).get(page(case)).status_code == 403
    assert browser(dora).get(url).status_code == 405
    assert only() == case


def test_the_list_costs_the_same_with_more_rows(dora, alice, bob):
    taken_back(pay(alice), "5")
    clients = (api(dora), URL), (browser(dora), "/admin/accounts/disagreement/")
    limits = []
    for client, url in clients:
        client.get(url)
        with assert_max_queries(25) as few:
            client.get(url)
        limits.append(len(few))
    for person in (alice, bob) * 4:
        tell("refunded", pay(person), amount="5")
    for (client, url), limit in zip(clients, limits, strict=True):
        with assert_max_queries(limit):
            client.get(url)
