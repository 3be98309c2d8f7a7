"""Clients in and out of spreadsheets: shown first, written only when every row is right, never a formula."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.lib import sheets
from config.lib.testing import browser
from garage.clients.models import Client
from garage.clients.tests.factories import client_of

pytestmark = pytest.mark.django_db
URL = "/admin/garage/client/"
CSV, XLSX = "0", "1"
TWO = "name;email;phone;postal_code\nInès Roy;ines@email.test;0612345678;75003\nPaul Roux;;;01000\n"


def upload(user, data, format=CSV):
    data = data.encode() if isinstance(data, str) else data
    file = SimpleUploadedFile("clients.csv", data)
    return browser(user).post(f"{URL}import/", {"import_file": file, "format": format, "resource": ""})


def confirm(user, page):
    return browser(user).post(f"{URL}process_import/", page.context["confirm_form"].initial)


def imported(user, data, format=CSV):
    page = upload(user, data, format)
    assert page.context.get("confirm_form"), page.content.decode()
    confirm(user, page)
    return list(Client.objects.order_by("pk").values_list("name", "email", "phone", "postal_code"))


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_preview_writes_nothing_and_the_confirmation_does(dora):
    page = upload(dora, TWO)
    assert "Inès Roy" in page.content.decode()
    assert not Client.objects.exists()
    assert confirm(dora, page).status_code == 302
    assert Client.objects.count() == 2


@pytest.mark.parametrize("data", [
    TWO,
    TWO.encode("utf-8-sig"),
    TWO.replace(";", ","),
    TWO.replace(";", "\t").replace("\n", "\r\n"),
    TWO.encode("cp1252"),
    TWO.replace("name;email;phone;postal_code", "Nom;E-mail;TÉLÉPHONE;Code postal"),
    TWO + "\n;;;\n",
])
def test_files_as_people_have_them(dora, data):
    assert imported(dora, data) == [
        ("Inès Roy", "ines@email.test", "+33612345678", "75003"), ("Paul Roux", "", "", "01000"),
    ]


def test_workbook_with_numbers_that_lost_their_zero(dora):
    book = workbook(["name", "phone", "postal_code"], ["Paul Roux", 612345678, 1000], [None, None, None])
    assert imported(dora, book, XLSX) == [("Paul Roux", "", "+33612345678", "01000")]


def test_one_wrong_row_and_nothing_is_written(dora):
    bad = TWO + ";no;12;\n"
    page = upload(dora, bad)
    text = page.content.decode()
    assert not page.context.get("confirm_form")
    (row,) = page.context["result"].invalid_rows
    assert row.number == 3
    assert {"name", "email", "phone"} <= set(row.field_specific_errors)
    assert "Traceback" not in text
    assert not Client.objects.exists()


def test_row_that_became_wrong_after_the_preview_takes_all_back(dora):
    client = client_of()
    page = upload(dora, f"id;name\n;New\n{client.pk};Changed\n")
    client.delete()
    confirm(dora, page)
    assert not Client.objects.exists()


def test_own_export_comes_back_unchanged_and_runs_no_formula(dora):
    client_of(name="=HYPERLINK(1)", email="a@b.test", notes="+1", phone="+33612345678")
    client_of(name="  @cmd", city="-2")
    answer = browser(dora).post(f"{URL}export/", {"format": CSV, "resource": ""})
    text = answer.content.decode()
    assert text.startswith("\ufeffid;kind;name")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert not [value for row in rows for value in row.values() if value.strip().startswith(("=", "@", "+", "-"))]
    page = upload(dora, answer.content)
    assert {row.import_type for row in page.context["result"].rows} == {"skip"}
    book = browser(dora).post(f"{URL}export/", {"format": XLSX, "resource": ""}).content
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    cell = next(cell for cell in sheet["C"] if "HYPERLINK" in cell.value)
    assert (cell.value, cell.data_type) == ("'=HYPERLINK(1)", "s")


def test_same_list_twice_makes_no_second_file(dora):
    imported(dora, TWO.split("Paul")[0])
    imported(dora, TWO.split("Paul")[0].replace("75003", "75011"))
    assert list(Client.objects.values_list("postal_code", flat=True)) == ["75011"]


@pytest.mark.parametrize("number", ["999999", "x", "-1", "1" * 30])
def test_unknown_number_is_a_mistake_and_no_new_client(dora, number):
    page = upload(dora, f"id;name\n{number};Paul\n")
    assert "id" in page.context["result"].invalid_rows[0].field_specific_errors
    assert not Client.objects.exists()


@pytest.mark.parametrize("data,format,words", [
    ("name\nPa\x00ul\n", CSV, "characters that no text has"),
    ("", CSV, "empty"),
    ("\n\n", CSV, "name the columns"),
    ("name\nPaul;x;y\n", CSV, ""),
    ("name;city\nPaul;Paris;more\n", CSV, "more cells"),
    ("name\n" + "Paul\n" * 2001, CSV, "At most 2000 rows"),
    ("not a workbook", XLSX, "not an XLSX file"),
    (b"PK\x03\x04broken", XLSX, "not an XLSX file"),
])
def test_files_that_are_not_taken_say_why(dora, data, format, words):
    page = upload(dora, data, format)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Client.objects.exists()


def test_large_files_are_refused(dora, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_BYTES", 20)
    assert "too large" in upload(dora, TWO).content.decode()
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 100)
    assert "too large" in upload(dora, workbook(["name"], ["Paul"]), XLSX).content.decode()


def test_confirmation_of_a_file_that_is_gone_says_so(dora):
    page = upload(dora, TWO)
    gone = {**page.context["confirm_form"].initial, "import_file_name": "nothing"}
    answer = browser(dora).post(f"{URL}process_import/", gone, follow=True)
    assert "too long ago" in answer.content.decode()
    assert not Client.objects.exists()


def test_only_the_garage_exchanges_files(person, admin_user):
    clerk = person("clerk", is_staff=True)
    for path in ("import/", "export/"):
        assert browser(clerk).get(f"{URL}{path}").status_code in (302, 403)
        assert browser(admin_user).get(f"{URL}{path}").status_code == 200
    assert browser(clerk).post(f"{URL}process_import/", {}).status_code in (302, 403)
