"""Who proves the address on a client's file sees his vehicles; nobody else, and never by guessing."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.companies.models import Company
from accounts.users import services as users
from accounts.users.models import User
from config.lib.actors import SYSTEM
from config.lib.testing import api, browser
from garage.clients import services
from garage.clients.models import Client
from garage.clients.tests.factories import client_of
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db
JOIN = {"email": "Nadia@Email.test", "password": "a long password 42", "first_name": "Nadia", "last_name": "Roy"}


def link_in_the_mail():
    return re.search(r"(/\S*confirm-email/\S+?/)", "".join(m.body for m in mail.outbox)).group(1)


def test_signing_up_and_proving_the_address_shows_the_vehicles(commit):
    file = client_of(name="Nadia Roy", email="nadia@email.test")
    car = vehicle_of(file)
    with commit():
        token = api().post("/api/auth/register", JOIN).json()["token"]
    user = User.objects.get(email="nadia@email.test")
    file.refresh_from_db()
    assert file.user is None, "the address is not proved yet"
    assert token
    assert api(user).get(f"/api/garage/vehicles/{car.pk}").status_code == 404
    with commit():
        browser(user).post(link_in_the_mail())
    assert api(user).get(f"/api/garage/vehicles/{car.pk}").status_code == 200


def test_unproved_address_links_nothing(alice, commit):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    with commit():
        file = client_of(email=alice.email)
    assert services.link_user(user_id=alice.pk) is None
    assert services.link_all() == 0
    file.refresh_from_db()
    assert file.user is None


def test_two_files_with_the_address_are_shown_to_staff_instead(alice, dora):
    one, other = client_of(email="ALICE@email.test"), client_of(name="A. Martin", email=alice.email)
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    assert services.link_user(user_id=alice.pk) is None
    assert services.link_all() == 0
    (pair,) = api(dora).get("/api/garage/clients/duplicates").json()["results"]
    assert (pair["older"]["id"], pair["newer"]["id"], pair["reasons"]) == (one.pk, other.pk, ["EMAIL"])
    services.merge_clients(actor=dora, keep_id=one.pk, gone_id=other.pk)
    assert Client.objects.get().user == alice, "merged, it is clear whose file it is"


def test_who_has_a_file_gets_no_second_one(alice):
    client_of(alice)
    EmailAddress.objects.create(user=alice, email="alice@work.test", verified=True)
    assert services.link_user(user_id=alice.pk) is None
    file = client_of(name="Alice at work", email="alice@work.test")
    assert file.user is None


def test_file_opened_for_somebody_who_has_an_account_is_his_at_once():
    user = users.create_user(actor=SYSTEM, email="omar@email.test", password="x", verified=True)
    assert client_of(email="Omar@email.test", name="Omar").user == user
    later = client_of(name="Lea")
    assert later.user is None


def test_lost_news_is_made_up_for_at_night(commit):
    file = client_of(name="Omar", email="omar@email.test")
    users.create_user(actor=SYSTEM, email="omar@email.test", password="x", verified=True)  # its news is never sent
    assert services.link_all() == 1
    file.refresh_from_db()
    assert file.user.email == "omar@email.test"
    assert services.link_all() == 0


def test_choosing_a_new_password_by_mail_proves_the_address_too(alice, commit):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    file = client_of(email=alice.email)
    with commit():
        users.ask_password_reset(email=alice.email)
    key = re.search(r"/key/([^/]+)/", mail.outbox[-1].body).group(1)
    uid, token = key.split("-", 1)
    with commit():
        users.reset_password(uid=uid, token=token, password="a long password 42")
    file.refresh_from_db()
    assert file.user == alice


def test_company_of_the_same_siren_is_linked_when_staff_confirm(dora, bob):
    company = Company.objects.create(name="Fleurs Martin", siren="732829320")
    company.memberships.create(user=bob, role="OWNER")
    file = client_of(name="Fleurs Martin SARL", kind="SOCIETE", siren="732 829 320", vat_number="FR44732829320")
    assert (file.siren, file.vat_number) == ("732829320", "FR44732829320")
    hints = api(dora).get(f"/api/garage/clients/{file.pk}/hints").json()
    assert (hints["company"], hints["company_name"]) == (company.pk, "Fleurs Martin")
    assert api(bob).get(f"/api/garage/clients/{file.pk}").status_code == 404
    services.link_company(actor=dora, client_id=file.pk)
    assert api(bob).get(f"/api/garage/clients/{file.pk}").status_code == 200
    assert api(dora).get(f"/api/garage/clients/{file.pk}/hints").json()["company"] is None


@pytest.mark.parametrize("fields,wrong", [
    ({"kind": "SOCIETE", "siren": "732829321"}, "siren"),
    ({"kind": "SOCIETE", "vat_number": "FR00000000000"}, "vat_number"),
    ({"kind": "SOCIETE", "siren": "732829320", "vat_number": "FR83404833048"}, "vat_number"),
    ({"kind": "PARTICULIER", "siren": "732829320"}, "siren"),
    ({"language": "xx"}, "language"),
])
def test_wrong_numbers_are_named(dora, fields, wrong):
    answer = api(dora).post("/api/garage/clients", {"name": "X", **fields})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [wrong]
    assert not Client.objects.exists()
