"""Companies and their members."""

import pytest

from accounts.companies import services
from accounts.companies.models import Company, Membership
from accounts.users.tests.factories import make_staff, make_user
from accounts.wallet.queries import company_wallet
from config.lib.actors import SYSTEM
from config.lib.testing import api

pytestmark = pytest.mark.django_db
SIREN = "732829320"
COMPANY = {"name": "Vélos du Marais", "siren": "732 829 320", "vat_number": "FR44 732829320"}


@pytest.fixture
def company(alice):
    return services.create_company(actor=alice, name="Vélos du Marais", siren=SIREN)


@pytest.fixture
def alice():
    return make_user()


@pytest.fixture
def bob():
    return make_user("bob")


@pytest.fixture
def charlie():
    return make_user("charlie")


def members(company):
    return f"/api/companies/{company.pk}/members"


def test_making_a_company_makes_its_owner(alice):
    answer = api(alice).post("/api/companies", COMPANY)
    assert answer.status_code == 201
    assert (answer.json()["siren"], answer.json()["vat_number"]) == (SIREN, "FR44732829320")
    assert Membership.objects.get().role == "OWNER"
    assert alice.roles == ["CLIENT", "MARCHAND"]
    assert company_wallet(Company.objects.get()).balance == 0


@pytest.mark.parametrize(
    "change, field",
    [
        ({"siren": "123456789"}, "siren"),
        ({"siren": "abc"}, "siren"),
        ({"vat_number": "FR00000000000"}, "vat_number"),
        ({"vat_number": "FR83404833048"}, "vat_number"),
        ({"name": ""}, "name"),
    ],
)
def test_wrong_numbers_are_refused_on_their_field(alice, change, field):
    answer = api(alice).post("/api/companies", COMPANY | change)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Company.objects.exists()


def test_a_company_is_registered_once(company, bob):
    answer = api(bob).post("/api/companies", COMPANY)
    assert list(answer.json()["errors"]) == ["siren"]


def test_strangers_find_nothing(company, charlie):
    client = api(charlie)
    assert client.get("/api/companies").json()["count"] == 0
    member = company.memberships.get().pk
    for path in (f"/api/companies/{company.pk}", members(company), f"{members(company)}/{member}"):
        assert client.get(path).status_code == 404
        assert client.patch(path, {}).status_code in (404, 405)
    assert client.delete(f"{members(company)}/{member}").status_code == 404
    assert api().get("/api/companies").status_code == 401


def test_roles_bound_what_members_do(company, alice, bob, charlie):
    made = api(alice).post(members(company), {"email": "bob@email.test", "role": "ADMIN"})
    assert made.status_code == 201
    admin = api(bob)
    assert admin.post(members(company), {"email": "charlie@email.test", "role": "OWNER"}).status_code == 403
    assert admin.post(members(company), {"email": "charlie@email.test"}).status_code == 201
    assert admin.post(members(company), {"email": "charlie@email.test"}).json()["code"] == "already_member"
    plain = api(charlie)
    assert plain.get(members(company)).json()["count"] == 3
    assert plain.patch(f"/api/companies/{company.pk}", {"name": "X"}).status_code == 403
    assert plain.post(members(company), {"email": "alice@email.test"}).status_code == 403
    owner = company.memberships.get(user=alice).pk
    assert plain.delete(f"{members(company)}/{owner}").status_code == 403
    assert admin.delete(f"{members(company)}/{owner}").status_code == 403
    assert admin.patch(f"{members(company)}/{owner}", {"role": "MEMBER"}).status_code == 403
    mine = company.memberships.get(user=charlie).pk
    assert plain.delete(f"{members(company)}/{mine}").status_code == 204
    assert charlie.roles == ["CLIENT"]


def test_the_last_owner_stays(company, alice, bob):
    path = f"{members(company)}/{company.memberships.get().pk}"
    assert api(alice).delete(path).json()["code"] == "last_owner"
    assert api(alice).patch(path, {"role": "MEMBER"}).json()["code"] == "last_owner"
    assert api(alice).delete("/api/users/me").json()["code"] == "last_owner"
    services.add_member(actor=alice, company_id=company.pk, email="bob@email.test", role="OWNER")
    assert api(alice).delete(path).status_code == 204


def test_changing_the_company(company, alice):
    body = api(alice).patch(f"/api/companies/{company.pk}", {"city": "Paris", "siren": "552100554"}).json()
    assert (body["city"], body["siren"]) == ("Paris", SIREN)


def test_a_manager_sees_and_suspends(company, alice):
    boss = make_staff("boss", groups=("Gestionnaire",))
    assert api(boss).get("/api/companies").json()["count"] == 1
    services.set_company_active(actor=boss, company_id=company.pk, active=False)
    assert api(alice).get(f"/api/companies/{company.pk}").status_code == 404
    assert alice.roles == ["CLIENT"]


def test_the_system_makes_a_company_for_somebody(bob):
    company = services.create_company(actor=SYSTEM, name="X", siren=SIREN, owner=bob)
    assert company.memberships.get().user == bob


def test_adding_people_is_slowed_down_and_reading_is_not(company, alice):
    answers = [api(alice).post(members(company), {"email": f"p{n}@email.test"}).status_code for n in range(31)]
    assert (answers[0], answers[-1]) == (422, 429)
    assert api(alice).get(members(company)).status_code == 200
