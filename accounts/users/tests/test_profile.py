"""The profile, the address book, the export, closing the account, the staff's list."""

from decimal import Decimal as D

import pytest
from django.core import mail

from accounts.users import roles, services
from accounts.users.events import account_closed
from accounts.users.models import Address, User
from accounts.users.tests.factories import PASSWORD, make_address, make_staff, make_user
from accounts.wallet import services as wallet
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries, browser

pytestmark = pytest.mark.django_db
ADDRESS = {"recipient": "Alice", "line1": "3 rue Oberkampf", "postal_code": "75011", "city": "Paris"}


def test_patch_changes_what_is_sent():
    alice = make_user()
    body = api(alice).patch("/api/auth/profile", {"first_name": " Alix ", "language": "en"}).json()
    assert (body["first_name"], body["last_name"], body["language"]) == ("Alix", "Martin", "en")


def test_put_wants_the_names():
    answer = api(make_user()).put("/api/auth/profile", {"language": "en"})
    assert set(answer.json()["errors"]) == {"first_name", "last_name"}


def test_roles_and_rights_are_not_writable():
    alice = make_user()
    body = {"roles": ["ADMIN"], "is_staff": True, "is_superuser": True, "email_verified": True, "id": 99}
    answer = api(alice).patch("/api/auth/profile", body)
    alice.refresh_from_db()
    assert answer.json()["roles"] == ["CLIENT"]
    assert not (alice.is_staff)
    assert not (alice.is_superuser)


def test_a_new_address_counts_once_it_is_proved(commit, client):
    alice = make_user()
    with commit():
        body = api(alice).patch("/api/auth/profile", {"email": "Alix@email.test"}).json()
    assert body["email"] == "alice@email.test"
    assert mail.outbox[0].to == ["alix@email.test"]
    link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
    client.post("/compte/" + link.split("/compte/")[1])
    alice.refresh_from_db()
    assert alice.email == "alix@email.test"
    assert User.objects.get(pk=alice.pk).email_verified


def test_the_address_of_somebody_else_is_answered_the_same_and_has_no_effect(commit):
    alice = make_user()
    make_user("bob")
    with commit():
        free = api(alice).patch("/api/auth/profile", {"email": "free@email.test"})
        taken = api(alice).patch("/api/auth/profile", {"email": "bob@email.test"})
    assert free.json() == taken.json()
    assert [m.to for m in mail.outbox] == [["free@email.test"]]


def test_address_book_by_api():
    alice = make_user()
    client = api(alice)
    made = client.post("/api/users/me/addresses", ADDRESS | {"phone": "0612345678"})
    assert made.status_code == 201
    path = f"/api/users/me/addresses/{made.json()['id']}"
    assert client.get(path).json()["country"] == "FR"
    assert client.patch(path, {"city": "Lyon", "postal_code": "69001"}).json()["line1"] == "3 rue Oberkampf"
    assert client.get("/api/users/me/addresses").json()["count"] == 1
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "change, field",
    [
        ({"postal_code": "7501"}, "postal_code"),
        ({"line1": ""}, "line1"),
        ({"recipient": "   "}, "recipient"),
        ({"country": "ZZ"}, "country"),
        ({"lat": 48.86}, "lon"),
        ({"lat": 98, "lon": 2}, "lat"),
        ({"lat": "nan", "lon": 2}, "lat"),
        ({"phone": "1"}, "phone"),
        ({"line1": "x" * 161}, "line1"),
    ],
)
def test_a_bad_address_is_refused_on_its_field(change, field):
    alice = make_user()
    answer = api(alice).post("/api/users/me/addresses", ADDRESS | change)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Address.objects.exists()


def test_addresses_of_others_are_not_found():
    address = make_address(make_user())
    bob = api(make_user("bob"))
    path = f"/api/users/me/addresses/{address.pk}"
    assert {getattr(bob, verb)(path, ADDRESS).status_code for verb in ("get", "put", "patch", "delete")} == {404}
    page = browser(User.objects.get(email="bob@email.test"))
    assert page.get(f"/compte/adresses/{address.pk}/").status_code == 404
    assert page.post(f"/compte/adresses/{address.pk}/supprimer/").status_code == 404
    assert Address.objects.get() == address


def test_address_book_by_page():
    alice = make_user()
    page = browser(alice)
    assert page.post("/compte/adresses/nouvelle/", ADDRESS | {"postal_code": "1"}).status_code == 422
    assert page.post("/compte/adresses/nouvelle/", ADDRESS).status_code == 302
    address = Address.objects.get()
    assert b"3 rue Oberkampf" in page.get("/compte/adresses/").content
    assert page.get(f"/compte/adresses/{address.pk}/").status_code == 200
    page.post(f"/compte/adresses/{address.pk}/", ADDRESS | {"city": "Paris 11e"})
    assert Address.objects.get().city == "Paris 11e"
    page.post(f"/compte/adresses/{address.pk}/supprimer/")
    assert not Address.objects.exists()


def test_only_staff_list_people():
    alice, dora = make_user(), make_staff()
    for path in ("/api/users", f"/api/users/{dora.pk}", "/api/users/999"):
        assert api(alice).get(path).status_code == 403
        assert api().get(path).status_code == 401
    found = api(dora).get("/api/users?search=alice+martin").json()
    assert [row["email"] for row in found["results"]] == ["alice@email.test"]
    assert api(dora).get(f"/api/users/{alice.pk}").json()["roles"] == ["CLIENT"]
    assert api(dora).get("/api/users/99999999999999999999999").status_code == 404
    assert api(dora).get("/api/users?page_size=1").json()["next"]


def test_listing_people_does_not_cost_more_with_more_of_them():
    dora = make_staff()
    for i in range(3):
        make_user(f"u{i}")
    with assert_max_queries(10) as few:
        api(dora).get("/api/users?page_size=100")
    for i in range(10):
        make_user(f"v{i}")
    with assert_max_queries(len(few)):
        api(dora).get("/api/users?page_size=100")


def test_roles_come_from_what_a_person_is(monkeypatch):
    alice = make_user()
    monkeypatch.setitem(roles._predicates, "COURSIER", lambda user: user.pk == alice.pk)
    monkeypatch.setitem(roles._among, "COURSIER", lambda ids: {alice.pk})
    assert alice.roles == ["CLIENT", "COURSIER"]
    dora = make_staff("dora", groups=("Support", "Gestionnaire", "Boutique"))
    assert dora.roles == ["CLIENT", "SUPPORT", "GESTIONNAIRE"]
    assert roles.roles_of_many([alice, dora])[alice.pk] == ["CLIENT", "COURSIER"]
    former = make_user("eve", groups=("Support",))
    assert former.roles == ["CLIENT"]


def test_export_holds_what_is_known():
    alice = make_user()
    make_address(alice, phone="+33612345678")
    body = api(alice).get("/api/users/me/export").json()
    assert body["profile"]["email"] == "alice@email.test"
    assert body["addresses"][0]["line1"] == "12 rue de Turenne"
    assert body["addresses"][0]["phone"] == "+33612345678"
    assert body["wallet"]["balance"] == "0.00"
    page = browser(alice).get("/compte/mes-donnees/")
    assert "attachment" in page["Content-Disposition"]


def give(user, amount):
    wallet.post(
        kind="gift", key="g", actor=SYSTEM,
        postings=[(system_account("REWARDS"), -D(amount)), (wallet_of(user), D(amount))],
    )


@pytest.mark.parametrize("door", ["api", "page"])
def test_closing_erases_the_person_and_keeps_the_books(door, commit):
    alice, bob = make_user(), make_user("bob")
    make_address(alice)
    give(alice, "5")
    wallet.transfer(actor=alice, to="bob@email.test", amount=D("5"), key="t")
    heard = []
    account_closed.listener(lambda user_id: heard.append(user_id))
    with commit():
        if door == "api":
            assert api(alice).delete("/api/users/me").status_code == 204
        else:
            assert browser(alice).post("/compte/fermer/", {"password": PASSWORD}).status_code == 302
    account_closed.listeners.pop()
    assert heard == [alice.pk]
    alice.refresh_from_db()
    assert not alice.is_active
    assert (alice.email, alice.first_name, alice.addresses.count()) == (f"closed-{alice.pk}@closed.invalid", "", 0)
    assert wallet_of(alice).postings.count() == 2
    assert api().post("/api/auth/login", {"email": "alice@email.test", "password": PASSWORD}).status_code == 401
    assert make_user("alice").pk != alice.pk
    assert bob.is_active


def test_closing_waits_until_the_wallet_is_empty():
    alice = make_user()
    give(alice, "0.01")
    answer = api(alice).delete("/api/users/me")
    assert (answer.status_code, answer.json()["code"]) == (409, "wallet_not_empty")
    page = browser(alice).post("/compte/fermer/", {"password": PASSWORD})
    assert page.status_code == 422
    alice.refresh_from_db()
    assert alice.is_active


def test_closing_by_page_wants_the_password():
    alice = make_user()
    assert browser(alice).post("/compte/fermer/", {"password": "wrong"}).status_code == 422
    alice.refresh_from_db()
    assert alice.is_active


def test_a_manager_shuts_out_and_a_clerk_may_not():
    alice, clerk, boss = make_user(), make_staff(), make_staff("boss", groups=("Gestionnaire",))
    services.issue_token(user=alice)
    with pytest.raises(services.people.Forbidden):
        services.set_active(actor=clerk, user_id=alice.pk, active=False)
    services.set_active(actor=boss, user_id=alice.pk, active=False)
    assert not alice.auth_token_set.exists()
    root = make_user("root", is_staff=True, is_superuser=True)
    with pytest.raises(services.people.Forbidden):
        services.set_active(actor=boss, user_id=root.pk, active=False)


def test_only_an_administrator_makes_staff():
    with pytest.raises(services.people.Forbidden):
        services.create_user(actor=make_staff(), email="x@email.test", password=None, is_staff=True)
