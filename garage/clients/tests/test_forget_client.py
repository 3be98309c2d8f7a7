"""A client's data is erased, what the law wants kept stays."""

import pytest

from accounts.users import services as users
from config.lib.testing import api, browser
from garage.clients import services
from garage.clients.models import Client
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import quote_of
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db
FULL = {"email": "a@b.test", "phone": "+33612345678", "line1": "1 rue X", "city": "Paris", "notes": "Pays late."}


def test_staff_erase_a_file_and_the_vehicle_stays(admin_user, dora):
    client = client_of(name="Inès Roy", **FULL)
    services.set_contacts(actor=dora, client_id=client.pk, contacts=[{"name": "Her son"}])
    car = vehicle_of(client)
    staff = browser(admin_user)
    assert "cannot be undone" in staff.get(f"/admin/garage/client/{client.pk}/erase/").content.decode()
    assert staff.post(f"/admin/garage/client/{client.pk}/erase/").status_code == 302
    client.refresh_from_db()
    said = [str(value) for value in Client.objects.values_list().get()]
    assert not {"Inès Roy", *FULL.values()} & set(said)
    assert not client.contacts.exists()
    assert client.vehicles.get() == car
    answer = api(dora).patch(f"/api/garage/clients/{client.pk}", {"name": "Inès"})
    assert (answer.status_code, answer.json()["code"]) == (409, "client_erased")
    assert staff.get(f"/admin/garage/client/{client.pk}/change/").status_code == 200


def test_not_while_something_is_under_way(dora, commit):
    client = client_of(**FULL)
    quote = quote_of(vehicle=vehicle_of(client), sent=True)
    quote.status, quote.reused_parts, quote.accepted_at = "ACCEPTE", False, quote.created_at
    quote.save()
    page = browser(dora).post(f"/admin/garage/client/{client.pk}/erase/", follow=True)
    assert "not finished yet" in page.content.decode()
    client.refresh_from_db()
    assert client.email == "a@b.test"


def test_closing_an_account_erases_the_file_of_a_person_and_only_unlinks_a_company(alice, bob, commit):
    mine, firm = client_of(alice, **FULL), client_of(bob, name="Fleurs", kind="SOCIETE", email="f@b.test")
    for user in (alice, bob):
        with commit():
            users.close_account(actor=user)
    mine.refresh_from_db()
    firm.refresh_from_db()
    assert (mine.user, mine.email, mine.name) == (None, "", f"Client {mine.pk}")
    assert (firm.user, firm.email) == (None, "f@b.test")


def test_account_does_not_close_while_the_garage_works_for_it(alice):
    client = client_of(alice)
    quote = quote_of(vehicle=vehicle_of(client), sent=True)
    quote.status, quote.reused_parts, quote.accepted_at = "ACCEPTE", False, quote.created_at
    quote.save()
    answer = api(alice).delete("/api/users/me")
    assert (answer.status_code, answer.json()["code"]) == (409, "client_busy")


def test_own_data_can_be_taken_along(alice):
    client = client_of(alice, **FULL)
    services.record_consent(actor=alice, client_id=client.pk, kind="SMS", given=False)
    (file,) = users.export_data(actor=alice)["garage"]
    assert file["phone"] == "+33612345678"
    assert file["consents"][0]["kind"] == "SMS"
    assert "Pays late" not in str(file)
