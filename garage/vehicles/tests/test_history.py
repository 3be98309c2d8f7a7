
import pytest
from django.utils import timezone

from config.lib.testing import api, assert_max_queries, back, browser
from garage.alerts.models import TechnicalInspection
from garage.billing.tests.factories import bill_of
from garage.clients.tests.factories import client_of
from garage.quotes.tests.factories import quote_of
from garage.vehicles import services, timeline
from garage.vehicles.models import HistoryShare, Ownership
from garage.vehicles.tests.factories import reading_of, vehicle_of
from garage.vehicles.timeline import Entry
from garage.workshop.models import RepairOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(alice):
    vehicle = vehicle_of(client_of(alice), notes="pays late")
    Ownership.objects.update(since=back(400))
    reading_of(vehicle, 10_000, back(300))
    reading_of(vehicle, 20_000, back(100))
    reading_of(vehicle, 5_000, back(50))
    return vehicle


@pytest.fixture
def repairs(monkeypatch, car):
    """What the workshop above would tell."""
    seller = car.client_id
    monkeypatch.setattr(timeline, "_sources", [])
    timeline.register(lambda vehicle: [
        Entry(back(90), "REPAIR", "Brakes renewed", detail="320,00 €", by="Odilon", url="/x/", public="Front axle"),
        Entry(back(80), "INVOICE", "Invoice F-1", detail="320,00 €", url="/y/", client_id=seller),
    ])


def titles(user, vehicle):
    return [row["title"] for row in api(user).get(f"/api/garage/vehicles/{vehicle.pk}/history").json()["results"]]


def test_the_owner_reads_everything_of_his_time_newest_first(alice, car, repairs):
    assert titles(alice, car) == [
        "5,000 km on the odometer", "Invoice F-1", "Brakes renewed", "20,000 km on the odometer",
        "10,000 km on the odometer", "Known to the garage",
    ]
    page = browser(alice).get(f"/garage/vehicles/{car.pk}/").content.decode()
    assert "20,000 km on the odometer" in page
    assert "An odometer does not go backwards" in page
    assert 'href="/y/"' in page
    assert "pays late" not in page


def test_the_buyer_reads_what_was_done_but_not_for_whom_and_for_how_much(dora, alice, bob, car, repairs):
    services.change_owner(actor=dora, vehicle_id=car.pk, client_id=client_of(bob, name="Bob").pk, on=back(20))
    reading_of(car, 21_000, back(10))
    url = f"/api/garage/vehicles/{car.pk}/history"
    text = api(bob).get(url).content.decode()
    assert "Brakes renewed" in text
    assert "Front axle" in text
    for private in ("Alice", "320", "F-1", "Odilon", "5,000 km"):
        assert private not in text
    assert titles(bob, car)[:2] == ["21,000 km on the odometer", "New owner"]


def test_a_former_owner_reads_until_he_sold_it_and_nothing_after(dora, alice, bob, car, repairs):
    services.change_owner(actor=dora, vehicle_id=car.pk, client_id=client_of(bob, name="Bob").pk, on=back(20))
    reading_of(car, 21_000, back(10))
    services.update_vehicle(actor=dora, vehicle_id=car.pk, insurance_until=back(-300))
    assert "Invoice F-1" in titles(alice, car)
    assert not {"21,000 km on the odometer"} & set(titles(alice, car))
    page = browser(alice).get(f"/garage/vehicles/{car.pk}/")
    assert page.status_code == 200
    for private in ("Bob", "21,000", "Insured until", "/releve/", "Make a link"):
        assert private not in page.content.decode()
    for path in ("releve", "fichier", "partage"):
        assert browser(alice).get(f"/garage/vehicles/{car.pk}/{path}/").status_code == 404
    assert browser(alice).get(f"/garage/vehicles/{car.pk}/historique.pdf").status_code == 200
    assert api(alice).get(f"/api/garage/vehicles/{car.pk}").status_code == 404


def test_what_is_older_than_the_file_is_the_first_owners(dora, alice, bob, car):
    reading_of(car, 1, back(500))
    Ownership.objects.update(since=back(10))
    assert "5,000 km on the odometer" in titles(alice, car)
    services.change_owner(actor=dora, vehicle_id=car.pk, client_id=client_of(bob, name="Bob").pk)
    assert "5,000 km on the odometer" not in titles(bob, car)
    assert "5,000 km on the odometer" in titles(alice, car)


def test_every_feature_tells_what_it_knows(dora, alice, bob, charlie, car):
    quote = quote_of(vehicle=car, sent=True)
    bill = bill_of(vehicle=car)
    order = RepairOrder.objects.create(
        number="OR-1", client=car.client, vehicle=car, status="RENDU", ready_at=timezone.now()
    )
    order.tasks.create(description="Brakes renewed", status="FAITE")
    order.tasks.create(description="Wipers", status="RAYEE")
    TechnicalInspection.objects.create(vehicle=car, on=back(5), good_until=back(-700))
    told = titles(alice, car)
    for title in (f"Quote {quote.number}", f"Invoice {bill.invoice}", "Repair OR-1", "Technical inspection"):
        assert title in told
    page = browser(alice).get(f"/garage/vehicles/{car.pk}/").content.decode()
    assert "Brakes renewed" in page
    assert "Wipers" not in page
    shared = browser().get(link(alice, car)).content.decode()
    assert "Brakes renewed" in shared
    assert "A: passed" in shared
    for private in (quote.number, str(bill.invoice), "Alice"):
        assert private not in shared


def test_strangers_find_no_history(charlie, car):
    assert api(charlie).get(f"/api/garage/vehicles/{car.pk}/history").status_code == 404
    assert api(charlie).get(f"/api/garage/vehicles/{car.pk}/history.pdf").status_code == 404
    assert browser(charlie).get(f"/garage/vehicles/{car.pk}/").status_code == 404


def test_the_pdf_is_one(alice, car):
    answer = api(alice).get(f"/api/garage/vehicles/{car.pk}/history.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


# --- Shared by a link -----------------------------------------------------------------------------------------
def link(user, vehicle, days=30):
    form = {"days": str(days), "label": "Monsieur Durand"}
    page = browser(user).post(f"/garage/vehicles/{vehicle.pk}/partage/", form)
    return page.context["link"].removeprefix("http://testserver")


def test_whoever_has_the_link_reads_what_was_done_without_names_and_amounts(alice, car, repairs):
    url = link(alice, car)
    page = browser().get(url)
    assert (page.status_code, page["Referrer-Policy"], page["X-Robots-Tag"]) == (200, "no-referrer", "noindex")
    text = page.content.decode()
    assert "Brakes renewed" in text
    assert "20,000 km on the odometer" in text
    for private in ("Alice", "Martin", "320", "F-1", "Odilon", "pays late", "Durand", "5,000 km"):
        assert private not in text
    pdf = browser().get(url + "historique.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert HistoryShare.objects.get().opened_at
    assert url.rstrip("/").rsplit("/", 1)[-1] not in str(list(HistoryShare.objects.values()))


def test_a_link_revoked_expired_or_altered_shows_nothing(alice, charlie, car):
    url, second = link(alice, car), link(alice, car, 7)
    share = HistoryShare.objects.last()
    assert browser(charlie).post(f"/garage/partages/{share.pk}/revoquer/").status_code == 404
    assert browser(alice).post(f"/garage/partages/{share.pk}/revoquer/").status_code == 302
    HistoryShare.objects.exclude(pk=share.pk).update(expires_at=timezone.now())
    altered = url[:-2] + ("a" if url[-2] != "a" else "b") + "/"
    for wrong in (url, second, altered, "/garage/historique/x/", "/garage/historique/%00/"):
        for path in (wrong, wrong + "historique.pdf"):
            answer = browser().get(path)
            assert answer.status_code == 404
            assert "AB-123-CD" not in answer.content.decode()


@pytest.mark.parametrize("file, most", [("", 60), ("historique.pdf", 10)])
def test_a_link_is_not_opened_without_end_nor_are_links_guessed(alice, car, monkeypatch, file, most):
    monkeypatch.setattr(services, "shared_pdf", lambda token: services.open_share(token=token) and b"%PDF-")
    url = link(alice, car)
    reader = browser()
    answers = [reader.get(url + file).status_code for _ in range(most // 2)]
    answers += [reader.get(f"/garage/historique/{n}/{file}").status_code for n in range(most // 2)]
    assert answers == [200] * (most // 2) + [404] * (most // 2)
    late = reader.get(url + file)
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 60
    assert "Wait" in late.content.decode()
    assert "AB-123-CD" not in late.content.decode()
    other = reader.get(url + file, REMOTE_ADDR="203.0.113.7")
    assert other.status_code == 200


def test_selling_closes_the_links(dora, alice, bob, car):
    url = link(alice, car)
    services.change_owner(actor=dora, vehicle_id=car.pk, client_id=client_of(bob, name="Bob").pk)
    assert browser().get(url).status_code == 404
    assert api(bob).get(f"/api/garage/vehicles/{car.pk}/share-links").json()["count"] == 1


def test_links_by_the_api(alice, charlie, car):
    url = f"/api/garage/vehicles/{car.pk}/share-links"
    made = api(alice).post(url, {"days": 7}).json()
    assert browser().get(made["url"].removeprefix("http://testserver")).status_code == 200
    assert "url" not in api(alice).get(url).json()["results"][0]
    assert api(alice).post(url, {"days": 8}).json()["errors"]["days"]
    assert api(charlie).delete(f"{url}/{made['id']}").status_code == 404
    assert api(alice).delete(f"{url}/{made['id']}").json()["revoked_at"]
    assert browser().get(made["url"].removeprefix("http://testserver")).status_code == 404


def test_the_page_does_not_cost_more_with_entries(alice, car):
    client, url = browser(alice), f"/garage/vehicles/{car.pk}/"
    client.get(url)
    for number in range(10):
        reading_of(car, 20_010 + number, back(40 - number))
    with assert_max_queries(23):
        client.get(url)


def test_a_reading_by_the_page(alice, dora, car):
    url = f"/garage/vehicles/{car.pk}/releve/"
    assert "Where it comes from" not in browser(alice).get(url).content.decode()
    assert "Where it comes from" in browser(dora).get(url).content.decode()
    page = browser(alice).post(url, {"km": "21000", "read_on": str(back()), "note": ""}, follow=True).content.decode()
    assert "21,000 km on the odometer" in page
    page = browser(alice).post(url, {"km": "100", "read_on": str(back()), "note": ""}, follow=True).content.decode()
    assert "kept this reading aside" in page
    assert "Enter a valid date" in browser(alice).post(url, {"km": "x", "read_on": "y"}).content.decode()
