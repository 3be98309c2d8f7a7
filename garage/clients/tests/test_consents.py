"""What a client agreed to: kept with its day and how he said it, never changed."""

import pytest

from accounts.companies.models import Company
from config.lib.testing import api, browser
from garage.clients import queries
from garage.clients.models import Consent
from garage.clients.tests.factories import client_of

pytestmark = pytest.mark.django_db


def url(client):
    return f"/api/garage/clients/{client.pk}/consents"


def test_client_answers_for_himself_and_each_answer_stays(alice, bob, charlie):
    client = client_of(alice)
    me = api(alice)
    first = me.get(url(client)).json()
    assert first == {"agreements": {"RAPPELS": True, "SMS": True, "OFFRES": False}, "history": []}
    me.post(url(client), {"kind": "OFFRES", "given": True})
    me.post(url(client), {"kind": "OFFRES", "given": True, "source": "ECRIT"})
    last = me.post(url(client), {"kind": "OFFRES", "given": False}).json()
    assert last["agreements"]["OFFRES"] is False
    assert [(row["given"], row["source"]) for row in last["history"]] == [(False, "COMPTE"), (True, "COMPTE")]
    assert Consent.objects.first().by == alice
    assert api(charlie).get(url(client)).status_code == 404
    assert api(charlie).post(url(client), {"kind": "SMS", "given": False}).status_code == 404


def test_staff_say_how_they_were_told(alice, dora):
    client = client_of(alice)
    refused = api(dora).post(url(client), {"kind": "SMS", "given": False})
    assert refused.status_code == 422
    assert "source" in refused.json()["errors"]
    assert api(dora).post(url(client), {"kind": "SMS", "given": False, "source": "COMPTE"}).status_code == 422
    api(dora).post(url(client), {"kind": "SMS", "given": False, "source": "TELEPHONE"})
    assert not queries.agrees(client, "SMS")
    assert queries.agrees(client, "RAPPELS")


def test_a_simple_member_does_not_decide_for_the_company(bob, carla):
    company = Company.objects.create(name="Fleurs", siren="732829320")
    company.memberships.create(user=bob, role="MEMBER")
    company.memberships.create(user=carla, role="ADMIN")
    client = client_of(name="Fleurs", kind="SOCIETE", company=company)
    assert api(bob).post(url(client), {"kind": "OFFRES", "given": True}).status_code == 403
    assert api(carla).post(url(client), {"kind": "OFFRES", "given": True}).status_code == 200


@pytest.mark.parametrize("body,field", [({"kind": "X", "given": True}, "kind"), ({"kind": "SMS"}, "given")])
def test_bad_answer_is_named(alice, body, field):
    answer = api(alice).post(url(client_of(alice)), body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Consent.objects.exists()


def test_staff_note_it_in_the_admin_and_cannot_change_it(admin_user):
    client = client_of()
    staff = browser(admin_user)
    form = {"client": client.pk, "kind": "OFFRES", "given": "on", "source": "COMPTOIR"}
    assert staff.post("/admin/garage/consent/add/", form).status_code == 302
    row = Consent.objects.get()
    assert (row.given, row.by) == (True, admin_user)
    staff.post(f"/admin/garage/consent/{row.pk}/change/", {**form, "given": ""})
    assert Consent.objects.get().given
    assert staff.post(f"/admin/garage/consent/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_page_shows_and_keeps_the_choices(alice, charlie):
    client = client_of(alice)
    page = browser(alice).get("/garage/mes-accords/")
    assert "Offers and news" in page.content.decode()
    browser(alice).post("/garage/mes-accords/", {"OFFRES": "on", "SMS": "on"})
    assert queries.agreements(client) == {"RAPPELS": False, "SMS": True, "OFFRES": True}
    assert Consent.objects.count() == 2, "only what changed"
    assert browser(charlie).get("/garage/mes-accords/").status_code == 404
