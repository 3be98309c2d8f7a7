"""Vehicles in and out of spreadsheets (config/lib/sheets.py is tested with the clients)."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.lib.testing import browser
from garage.clients.tests.factories import client_of
from garage.vehicles.models import Vehicle
from garage.vehicles.tests.factories import vehicle_of

pytestmark = pytest.mark.django_db
URL = "/admin/garage/vehicle/"
HEAD = "client;plate;make;model;energy;first_registration;odometer_km\n"


def upload(user, text):
    form = {"import_file": SimpleUploadedFile("v.csv", text.encode()), "format": "0", "resource": ""}
    return browser(user).post(f"{URL}import/", form)


def imported(user, text):
    page = upload(user, text)
    assert page.context.get("confirm_form"), page.content.decode()
    browser(user).post(f"{URL}process_import/", page.context["confirm_form"].initial)


def test_a_list_twice_makes_each_vehicle_once(dora):
    owner = client_of(email="alice@email.test")
    text = HEAD + f"{owner.pk};ab123cd;Renault;Clio;essence;12/03/2019;68400\n" + (
        "Alice@Email.test;CD 456 EF;Peugeot;Kisbee;ESSENCE;2020-01-31;\n"
    )
    for _twice in range(2):
        imported(dora, text)
    clio, kisbee = Vehicle.objects.order_by("plate")
    assert (clio.plate, clio.first_registration, clio.odometer_km) == ("AB-123-CD", date(2019, 3, 12), 68_400)
    assert (kisbee.client, kisbee.odometer_km) == (owner, None)
    assert (clio.readings.count(), clio.ownerships.count()) == (1, 1)


@pytest.mark.parametrize("row", [
    "999;AB-123-CD;Renault;Clio;ESSENCE;;", ";AB-123-CD;Renault;Clio;ESSENCE;;", "{owner};XX;Renault;Clio;ESSENCE;;",
    "{owner};AB-123-CD;Renault;Clio;VAPEUR;;", "{owner};AB-123-CD;Renault;Clio;ESSENCE;31.12.19;",
    "{owner};AB-123-CD;Renault;Clio;ESSENCE;;-5",
])
def test_a_wrong_row_writes_nothing(dora, row):
    owner = client_of()
    page = upload(dora, HEAD + f"{owner.pk};EF-789-GH;Renault;Zoe;ELECTRIQUE;;\n" + row.format(owner=owner.pk) + "\n")
    assert page.status_code == 200
    assert not page.context.get("confirm_form")
    assert not Vehicle.objects.exists()


def test_out_and_in_again_changes_nothing(dora):
    vehicle_of(client_of(name="=1+1"), odometer_km=12_000, notes="=cmd", first_registration=date(2020, 5, 1))
    before = list(Vehicle.objects.values())
    out = browser(dora).post(f"{URL}export/", {"format": "0", "resource": "", **{
        f"vehicleresource_{name}": "on" for name in ("id", "client", "plate", "odometer_km", "first_registration", "notes")
    }})
    text = b"".join(out.streaming_content).decode() if out.streaming else out.content.decode()
    assert "'=cmd" in text
    imported(dora, text)
    assert list(Vehicle.objects.values()) == before


def test_only_the_garage_exchanges_vehicles(alice):
    assert browser(alice).get(f"{URL}import/").status_code in (302, 403)
