import pytest

from accounts.companies.models import Company, Membership, Role
from config.lib.testing import api, assert_max_queries, browser
from garage.clients import services
from garage.clients.models import Client
from garage.clients.tests.factories import client_of

pytestmark = pytest.mark.django_db
URL = "/api/garage/clients"


def test_staff_opens_a_file_with_contacts(dora, alice):
    answer = api(dora).post(URL, {
        "kind": "SOCIETE", "name": "Fleurs Martin", "email": "fleurs@email.test", "phone": "01 42 72 00 00",
        "address": {"line1": "12 rue de Bretagne", "postal_code": "75003", "city": "Paris"}, "user": alice.pk,
        "contacts": [{"name": "Inès", "role": "Comptable", "email": "ines@email.test"}], "notes": "Pays late.",
    })
    assert answer.status_code == 201
    data = answer.json()
    assert data["address"]["city"] == "Paris"
    assert data["phone"] == "+33142720000"
    assert [c["name"] for c in data["contacts"]] == ["Inès"]
    assert Client.objects.get().notes == "Pays late."


@pytest.mark.parametrize("change,field", [
    ({"name": " "}, "name"), ({"email": "no"}, "email"), ({"phone": "12"}, "phone"), ({"kind": "X"}, "kind"),
    ({"user": 999}, "user"),
])
def test_bad_field_is_named(dora, change, field):
    answer = api(dora).post(URL, {"name": "A", **change})
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Client.objects.exists()


def test_one_file_for_each_person(dora, alice):
    client_of(alice)
    answer = api(dora).post(URL, {"name": "Again", "user": alice.pk})
    assert answer.status_code == 422
    assert "user" in answer.json()["errors"]


def test_person_is_not_linked_to_a_company(dora):
    company = Company.objects.create(name="Fleurs", siren="732829320")
    answer = api(dora).post(URL, {"name": "A", "company": company.pk})
    assert answer.status_code == 422


def test_customers_read_their_own_only_and_write_nothing(alice, bob, dora):
    mine, other = client_of(alice, notes="secret"), client_of(bob, name="Bob")
    reader = api(alice)
    data = reader.get(URL).json()
    assert [row["id"] for row in data["results"]] == [mine.pk]
    assert "notes" not in data["results"][0]
    assert "notes" not in reader.get(f"{URL}/{mine.pk}").json()
    assert reader.get(f"{URL}/{other.pk}").status_code == 404
    assert reader.post(URL, {"name": "X"}).status_code == 403
    assert reader.patch(f"{URL}/{mine.pk}", {"name": "X"}).status_code == 403
    assert reader.put(f"{URL}/{mine.pk}", {"name": "X"}).status_code == 403
    assert reader.patch(f"{URL}/{other.pk}", {"name": "X"}).status_code == 404
    assert api().get(URL).status_code == 401
    assert Client.objects.get(pk=mine.pk).name == "Alice Martin"


def test_members_of_the_company_see_its_file(alice, bob):
    company = Company.objects.create(name="Fleurs", siren="732829320")
    Membership.objects.create(company=company, user=bob, role=Role.MEMBER)
    client = client_of(name="Fleurs", kind="SOCIETE", company=company)
    assert api(bob).get(f"{URL}/{client.pk}").status_code == 200
    assert api(alice).get(f"{URL}/{client.pk}").status_code == 404


def test_staff_searches_and_the_list_does_not_cost_more_with_rows(dora):
    for number in range(5):
        services.set_contacts(
            actor=dora, client_id=client_of(name=f"Client {number}").pk, contacts=[{"name": "A"}, {"name": "B"}]
        )
    client = api(dora)
    client.get(URL)
    with assert_max_queries(4):
        data = client.get(f"{URL}?ordering=-name").json()
    assert data["results"][0]["name"] == "Client 4"
    assert client.get(f"{URL}?search=client 3").json()["count"] == 1


def test_patch_keeps_the_rest(dora):
    client = client_of(email="a@b.test", city="Paris")
    data = api(dora).patch(f"{URL}/{client.pk}", {"address": {"line1": "1 rue X"}}).json()
    assert (data["email"], data["address"]["line1"], data["address"]["city"]) == ("a@b.test", "1 rue X", "Paris")


def test_admin_writes_through_the_services(admin_user):
    client = browser(admin_user)
    form = {
        "kind": "PARTICULIER", "name": "Karim", "country": "FR", "email": "", "phone": "", "line1": "", "line2": "",
        "postal_code": "", "city": "", "notes": "", "user": "", "company": "", "language": "fr", "siren": "",
        "vat_number": "",
        "contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0", "consents-TOTAL_FORMS": "0",
        "consents-INITIAL_FORMS": "0",
    }
    assert client.post("/admin/garage/client/add/", form).status_code == 302
    row = Client.objects.get()
    assert client.post(f"/admin/garage/client/{row.pk}/change/", {**form, "name": "Karim B."}).status_code == 302
    assert Client.objects.get().name == "Karim B."
