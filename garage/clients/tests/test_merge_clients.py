"""Two files of one client become one: everything moves, nothing is lost, and it is written down."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from accounts.companies.models import Company
from config.lib.actors import SYSTEM
from config.lib.testing import api, at_once, browser
from garage.clients import pointing, services
from garage.clients.models import Client, Contact, Distinct, Merge
from garage.clients.tests.factories import client_of
from garage.vehicles.models import Vehicle
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db
FULL = {"email": "a@b.test", "phone": "+33612345678", "line1": "1 rue X", "postal_code": "75003", "city": "Paris"}


def merge(actor, keep, gone):
    return api(actor).post(f"/api/garage/clients/{keep.pk}/merge", {"gone": gone.pk})


def test_everything_moves_and_gaps_are_filled(dora, alice):
    keep, gone = client_of(name="Alice Martin", notes="Old."), client_of(alice, name="A. Martin", notes="New.", **FULL)
    car = vehicle_of(gone)
    services.set_contacts(actor=dora, client_id=gone.pk, contacts=[{"name": "Inès"}])
    services.record_consent(actor=alice, client_id=gone.pk, kind="OFFRES", given=True)
    preview = api(dora).get(f"/api/garage/clients/{keep.pk}/merge?gone={gone.pk}").json()
    moves = {row["table"]: row["rows"] for row in preview["moves"]}
    assert moves == {**moves,
        "garage.Vehicle.client": 1, "garage.Contact.client": 1, "garage.Consent.client": 1,
    }
    answer = merge(dora, keep, gone)
    assert answer.status_code == 200
    file = Client.objects.get()
    assert file.pk == keep.pk
    assert (file.name, file.email, file.city, file.notes) == ("Alice Martin", "a@b.test", "Paris", "Old.\nNew.")
    assert file.user == alice
    assert Vehicle.objects.get(pk=car.pk).client == file
    assert Contact.objects.get().client == file
    assert file.consents.get().given
    assert api(alice).get(f"/api/garage/vehicles/{car.pk}").status_code == 200
    done = Merge.objects.get()
    assert (done.kept, done.gone_id, done.by) == (file, gone.pk, dora)
    assert done.gone["email"] == "a@b.test"
    assert done.moved["garage.Vehicle.client"] == 1


def test_what_the_kept_file_says_wins(dora):
    keep, gone = client_of(email="keep@b.test", city="Lyon"), client_of(name="B", **FULL)
    merge(dora, keep, gone)
    keep.refresh_from_db()
    assert (keep.email, keep.city, keep.line1, str(keep.phone)) == ("keep@b.test", "Lyon", "", "+33612345678")


def test_every_table_that_points_at_a_client_is_known_and_moves():
    """Walks the models by another way than the merge does."""
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if isinstance(field, ForeignKey) and field.remote_field.model._meta.concrete_model is Client
    }
    assert {pointer.name for pointer in pointing.pointers()} == found
    stays = found - {pointer.name for pointer in pointing.moving()}
    assert stays == {"garage.Distinct.low", "garage.Distinct.high"}
    assert {"garage.Vehicle.client", "garage.Quote.client", "support.OutsideMessage.client"} <= found


def test_two_accounts_are_not_merged(dora, alice, bob):
    answer = merge(dora, client_of(alice), client_of(bob, name="Bob"))
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_merge")
    assert Client.objects.count() == 2


@pytest.mark.parametrize("one,other", [
    ({}, {"kind": "SOCIETE"}),
    ({"kind": "SOCIETE", "siren": "732829320"}, {"kind": "SOCIETE", "siren": "404833048"}),
])
def test_a_person_and_a_company_or_two_companies_stay_apart(dora, one, other):
    assert merge(dora, client_of(**one), client_of(name="B", **other)).status_code == 409
    assert Client.objects.count() == 2


def test_merging_with_itself_or_with_nobody_changes_nothing(dora, alice):
    file = client_of(alice)
    assert merge(dora, file, file).status_code == 409
    assert api(dora).post(f"/api/garage/clients/{file.pk}/merge", {"gone": 999}).status_code == 404
    assert api(dora).post(f"/api/garage/clients/{file.pk}/merge", {"gone": "\x00"}).status_code == 422
    assert api(dora).get(f"/api/garage/clients/{file.pk}/merge").status_code == 422
    assert merge(alice, file, file).status_code == 403
    assert Client.objects.count() == 1


def test_company_goes_along(dora):
    company = Company.objects.create(name="Fleurs", siren="732829320")
    keep = client_of(kind="SOCIETE", name="Fleurs", siren="732829320")
    gone = client_of(kind="SOCIETE", name="Fleurs SARL", company=company)
    merge(dora, keep, gone)
    assert Client.objects.get().company == company


def test_pages_show_both_and_merge(admin_user):
    keep, gone = client_of(email="a@b.test"), client_of(name="A. Martin", email="A@b.test")
    vehicle_of(gone)
    staff = browser(admin_user)
    listed = staff.get("/admin/garage/client/duplicates/").content.decode()
    assert "the same e-mail" in listed
    chosen = {"action": "merge_two", "_selected_action": [keep.pk, gone.pk]}
    address = staff.post("/admin/garage/client/", chosen).url
    page = staff.get(address).content.decode()
    assert "1 × vehicles" in page
    assert staff.post("/admin/garage/client/merge/", {"keep": keep.pk, "gone": gone.pk}).status_code == 302
    assert Client.objects.get().vehicles.count() == 1


def test_pages_are_for_staff(dora, person):
    file, other = client_of(), client_of(name="B")
    clerk = person("clerk", is_staff=True)
    for path in ("duplicates/", f"merge/?keep={file.pk}&gone={other.pk}", f"{file.pk}/erase/"):
        assert browser(clerk).get(f"/admin/garage/client/{path}").status_code in (302, 403, 404)
        assert browser(dora).get(f"/admin/garage/client/{path}").status_code == 200
    assert browser(dora).get("/admin/garage/client/merge/?keep=x&gone=").status_code == 404


def test_pair_told_apart_is_not_suggested_again(dora):
    one, other = client_of(phone="+33612345678"), client_of(name="His wife", phone="+33612345678")
    assert len(api(dora).get("/api/garage/clients/duplicates").json()["results"]) == 1
    answer = api(dora).post(f"/api/garage/clients/{other.pk}/apart", {"other": one.pk})
    assert answer.status_code == 204
    api(dora).post(f"/api/garage/clients/{one.pk}/apart", {"other": other.pk})
    assert Distinct.objects.count() == 1
    assert api(dora).get("/api/garage/clients/duplicates").json()["results"] == []
    merge(dora, one, other)
    assert not Distinct.objects.exists()


@pytest.mark.postgres_race
@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_keeps_one_file():
    one, other = client_of(name="One"), client_of(name="Other")
    vehicle_of(one)
    vehicle_of(other, plate="CD-456-EF")
    pairs = [(one.pk, other.pk), (other.pk, one.pk)] * 3
    answers = at_once(
        6, lambda i: services.merge_clients(actor=SYSTEM, keep_id=pairs[i][0], gone_id=pairs[i][1])
    )
    assert sum(isinstance(answer, Client) for answer in answers) == 1, answers
    assert {getattr(answer, "code", "") for answer in answers if not isinstance(answer, Client)} == {"not_found"}
    assert Client.objects.get().vehicles.count() == 2
    assert Merge.objects.count() == 1


@pytest.mark.postgres_race
@pytest.mark.django_db(transaction=True)
def test_vehicle_added_while_its_client_is_merged_is_not_lost():
    keep, gone = client_of(name="One"), client_of(name="Other")
    plates = [f"AA-{n:03d}-AA" for n in range(101, 107)]

    def work(number):
        if number == 0:
            return services.merge_clients(actor=SYSTEM, keep_id=keep.pk, gone_id=gone.pk)
        return vehicle_of(Client(pk=gone.pk), plate=plates[number])

    answers = at_once(6, work)
    added = sum(isinstance(answer, Vehicle) for answer in answers)
    assert isinstance(answers[0], Client), answers
    assert keep.vehicles.count() == added
