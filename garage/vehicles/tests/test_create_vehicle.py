from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.errors import Forbidden, IllegalMove
from config.lib.testing import api, assert_max_queries, browser
from garage.clients.tests.factories import client_of
from garage.vehicles import services
from garage.vehicles.models import Status, Vehicle
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db
URL = "/api/garage/vehicles"
VIN = "VF1FC000123456789"


def body(owner, **values):
    return {
        "client": owner.pk, "plate": "ab 123 cd", "make": "Renault", "model": "Kangoo", "energy": "ELECTRIQUE",
        **values,
    }


def test_staff_registers_a_vehicle(dora, alice):
    answer = api(dora).post(URL, body(client_of(alice), vin=VIN.lower(), kind="UTILITAIRE", odometer_km=12000))
    assert answer.status_code == 201
    data = answer.json()
    assert (data["plate"], data["vin"], data["status"], data["kind"]) == ("AB-123-CD", VIN, "ACTIF", "UTILITAIRE")
    assert Vehicle.objects.get().history.get().to_status == Status.ACTIF


@pytest.mark.parametrize("change,field", [
    ({"plate": "XX"}, "plate"), ({"plate_country": "XX"}, "plate_country"),
    ({"plate": "?!", "plate_country": "DE"}, "plate"), ({"plate": "A" * 16, "plate_country": "DE"}, "plate"),
    ({"plate": "\0"}, "plate"), ({"vin": "123"}, "vin"), ({"energy": "VAPEUR"}, "energy"), ({"client": 999}, "client"),
    ({"odometer_km": -1}, "odometer_km"), ({"first_registration": "2999-01-01"}, "first_registration"),
    ({"make": ""}, "make"),
])
def test_bad_field_is_named(dora, alice, change, field):
    answer = api(dora).post(URL, body(client_of(alice), **change))
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Vehicle.objects.exists()


def test_plate_and_vin_belong_to_one_vehicle_in_use(dora, alice):
    client = client_of(alice)
    first = vehicle_of(client, vin=VIN)
    assert "plate" in api(dora).post(URL, body(client)).json()["errors"]
    assert "vin" in api(dora).post(URL, body(client, plate="CD-456-EF", vin=VIN)).json()["errors"]
    services.set_status(actor=dora, vehicle_id=first.pk, status=Status.VENDU)
    assert api(dora).post(URL, body(client, vin=VIN)).status_code == 201
    again = api(dora).patch(f"{URL}/{first.pk}", {"status": "ACTIF"})
    assert again.status_code == 422
    assert "plate" in again.json()["errors"]


def test_a_client_reads_his_own_only_and_writes_nothing(alice, bob, charlie):
    mine, other = vehicle_of(client_of(alice), notes="secret"), vehicle_of(client_of(bob), plate="CD-456-EF")
    reader = api(alice)
    data = reader.get(URL).json()
    assert [row["id"] for row in data["results"]] == [mine.pk]
    assert "notes" not in data["results"][0]
    assert reader.get(f"{URL}/{mine.pk}").status_code == 200
    assert reader.get(f"{URL}/{other.pk}").status_code == 404
    assert reader.patch(f"{URL}/{mine.pk}", {"make": "X"}).status_code == 403
    assert reader.patch(f"{URL}/{other.pk}", {"make": "X"}).status_code == 404
    assert reader.post(URL, body(mine.client, plate="EF-789-GH")).status_code == 403
    assert api(charlie).get(URL).json()["count"] == 0
    assert api().get(URL).status_code == 401
    with pytest.raises(Forbidden):
        services.update_vehicle(actor=alice, vehicle_id=mine.pk, make="X")


def test_staff_filters_and_the_list_does_not_cost_more_with_rows(dora, alice):
    client = client_of(alice)
    for number in range(5):
        vehicle_of(client, plate=f"AB-12{number}-CD")
    reader = api(dora)
    reader.get(URL)
    with assert_max_queries(3):
        assert reader.get(URL).json()["count"] == 5
    assert reader.get(f"{URL}?search=ab124cd").json()["count"] == 1
    assert reader.get(f"{URL}?search=kangoo").json()["count"] == 5
    assert reader.get(f"{URL}?status=VENDU").json()["count"] == 0
    assert reader.get(f"{URL}?client={client.pk}&ordering=-plate").json()["results"][0]["plate"] == "AB-124-CD"


@pytest.mark.parametrize("start", Status.values)
@pytest.mark.parametrize("end", Status.values)
def test_every_pair_of_states(dora, alice, start, end):
    vehicle = vehicle_of(client_of(alice))
    Vehicle.objects.filter(pk=vehicle.pk).update(status=start)
    if end in Vehicle.MOVES.get(start, ()):
        assert services.set_status(actor=dora, vehicle_id=vehicle.pk, status=end).status == end
    else:
        with pytest.raises(IllegalMove):
            services.set_status(actor=dora, vehicle_id=vehicle.pk, status=end)
        assert Vehicle.objects.get().status == start


def test_page_shows_my_vehicles_with_what_is_due(alice, bob):
    today = timezone.localdate()
    vehicle_of(client_of(alice), inspection_due=today - timedelta(days=1), insurance_until=today + timedelta(days=5))
    vehicle_of(client_of(bob), plate="CD-456-EF")
    page = browser(alice).get("/garage/").content.decode()
    assert "AB-123-CD" in page
    assert "CD-456-EF" not in page
    assert "Inspection overdue" in page
    assert "Insurance ends soon" in page


def test_empty_page_says_what_to_do(charlie):
    page = browser(charlie).get("/garage/").content.decode()
    assert "No vehicle with us yet" in page
    assert "/aide/nouveau/" in page
    assert browser().get("/garage/").status_code == 302


def test_admin_writes_through_the_services(admin_user, alice):
    client, owner = browser(admin_user), client_of(alice)
    form = {
        "client": owner.pk, "plate": "ab123cd", "plate_country": "FR", "vin": "", "make": "Renault", "model": "Kangoo", "kind": "VOITURE",
        "energy": "DIESEL", "first_registration": "", "kilometres": "15000", "inspection_due": "", "insurance_until": "",
        "driver": "", "notes": "",
        **{
            f"{name}-{form}_FORMS": "0"
            for name in ("readings", "ownerships", "drivings", "files", "shares", "history") for form in ("TOTAL", "INITIAL")
        },
    }
    assert client.post("/admin/garage/vehicle/add/", form).status_code == 302
    vehicle = Vehicle.objects.get()
    assert (vehicle.plate, vehicle.history.count()) == ("AB-123-CD", 1)
    assert vehicle.odometer_km == 15_000
    wrong = client.post("/admin/garage/vehicle/add/", form)
    assert wrong.status_code == 200, "a plate in use is an error of the form"
    client.post("/admin/garage/vehicle/", {"action": "mark_sold", "_selected_action": [vehicle.pk]})
    vehicle.refresh_from_db()
    assert vehicle.status == Status.VENDU


def test_a_client_that_is_no_number_filters_nothing(dora):
    assert api(dora).get(f"{URL}?client=²").status_code == 200


def test_a_foreign_plate_is_free_and_its_own_countrys(dora, alice):
    client = client_of(alice)
    made = api(dora).post(URL, body(client, plate="  m-äx  1234 ", plate_country="de")).json()
    assert (made["plate"], made["plate_country"]) == ("M ÄX 1234", "DE")
    assert api(dora).post(URL, body(client, plate="AB 123 CD", plate_country="IT")).status_code == 201
    assert api(dora).post(URL, body(client)).status_code == 201
    assert "plate" in api(dora).post(URL, body(client, plate="ab-123-cd", plate_country="IT")).json()["errors"]


def test_the_vin_tells_maker_country_and_year_and_blocks_nothing(dora, alice):
    client = client_of(alice)
    facts = api(dora).post(URL, body(client, vin="WVWZZZ1KZ6W000001")).json()["vin_facts"]
    assert facts == {"maker": "Volkswagen", "country": "Germany", "year": 2006}
    unknown = api(dora).post(URL, body(client, plate="CD-456-EF", vin="Z" * 17))
    assert (unknown.status_code, unknown.json()["vin_facts"]["maker"]) == (201, "")
