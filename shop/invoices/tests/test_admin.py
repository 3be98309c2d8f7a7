"""Staff read what was issued and why, take the files, and keep the law."""

import pytest

from shop.invoices import services
from shop.invoices.models import LegalText, VatRate
from shop.invoices.tests.factories import make_credit_note, make_invoice, rendered

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/invoice/"


@pytest.fixture
def desk(client, admin_user, seller):
    client.force_login(admin_user)
    return client


def test_the_pdf_and_its_xml_are_downloaded(desk):
    invoice = rendered(make_invoice())
    note = rendered(make_credit_note(invoice, "2.00"))
    page = desk.get(f"{LIST}{invoice.pk}/change/").content.decode()
    for expected in ("Factur-X EN 16931", note.number, "PMT", f"{invoice.pk}/xml/", f"{invoice.pk}/pdf/"):
        assert expected in page
    answer = desk.get(f"{LIST}{invoice.pk}/xml/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert invoice.number.encode() in answer.content
    assert desk.get(f"{LIST}{invoice.pk}/pdf/").content == bytes(invoice.pdf)


def test_a_refusal_is_said_and_has_no_xml(desk, settings):
    settings.CURRENCY = "XOF"
    invoice = rendered(make_invoice())
    page = desk.get(f"{LIST}{invoice.pk}/change/").content.decode()
    assert "Factur-X is made in euros only." in page or "Factur-X n’est établi qu’en euros" in page
    assert f"{invoice.pk}/xml/" not in page
    assert desk.get(f"{LIST}{invoice.pk}/xml/").status_code == 404
    assert invoice.number in desk.get(f"{LIST}?refusal__exact=DEVISE").content.decode()
    assert invoice.number not in desk.get(f"{LIST}?file_format__exact=FACTURX").content.decode()


def test_a_customer_gets_none_of_it(client, alice, seller):
    invoice = rendered(make_invoice())
    client.force_login(alice)
    assert client.get(f"{LIST}{invoice.pk}/xml/").status_code in (302, 403, 404)


def test_a_rate_is_closed_and_the_next_one_added(desk):
    old = VatRate.objects.get(territory="FR", code="REDUIT")
    new = {
        "territory": "FR", "code": "REDUIT", "rate": "6", "valid_from": "2031-01-01", "valid_until": "", "vatex": "",
        "exemption": "", "source": "loi de finances 2031",
    }
    page = desk.post("/admin/shop/vatrate/add/", new)
    assert list(page.context["adminform"].form.errors) == ["valid_from"]
    closed = {**new, "rate": "5.5", "valid_from": "2014-01-01", "valid_until": "2030-12-31"}
    assert desk.post(f"/admin/shop/vatrate/{old.pk}/change/", closed).status_code == 302
    assert desk.post("/admin/shop/vatrate/add/", new).status_code == 302
    assert VatRate.objects.filter(territory="FR", code="REDUIT").count() == 2
    assert desk.get(f"/admin/shop/vatrate/{old.pk}/history/").status_code == 200
    assert desk.get("/admin/shop/vatrate/").status_code == 200
    assert desk.get(f"/admin/shop/vatrate/{old.pk}/delete/").status_code == 403


def test_a_text_is_changed(desk):
    text = LegalText.objects.get(code="AAB", language="fr")
    data = {"code": "AAB", "language": "fr", "body": "{nope}", "valid_from": "2014-01-01", "valid_until": "", "source": "x"}
    page = desk.post(f"/admin/shop/legaltext/{text.pk}/change/", data)
    assert list(page.context["adminform"].form.errors) == ["body"]
    assert desk.post(f"/admin/shop/legaltext/{text.pk}/change/", {**data, "body": "Aucun escompte."}).status_code == 302
    assert "Aucun escompte." in str(make_invoice().legal)
    assert text.history.first().history_user is not None


def test_lists_cost_the_same_for_few_and_many(desk, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as counted:
            desk.get(LIST)
            desk.get("/admin/shop/invoicecheck/")
        return len(counted)

    make_invoice()
    few = queries()
    for _ in range(5):
        make_credit_note(make_invoice())
    assert queries() == few


def test_services_are_named_once():
    assert set(services.__all__) >= {"issue_invoice", "issue_credit_note", "render_invoice", "check_invoice"}
