"""VAT rates and legal texts: data with dates, copied into what is issued."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.lib.errors import Forbidden, Invalid
from config.lib.testing import api
from shop.catalogue.models import Product
from shop.catalogue.tests.factories import make_category, make_product
from shop.invoices import queries, services
from shop.invoices.models import LegalText, VatRate
from shop.invoices.tests.factories import COMPANY, line, make_credit_note, make_invoice

pytestmark = pytest.mark.django_db


def rates(**options):
    return sorted(str(row.rate.normalize() + 0) for row in queries.vat_rates_in_force(**options))


def test_todays_french_rates_are_there(settings):
    assert rates() == ["0", "10", "2.1", "20", "5.5"]
    assert rates(exempt=True) == ["0"]
    settings.SHOP_POSTAL_CODE = "97400"
    assert rates() == ["0", "2.1", "8.5"]


def test_loading_again_changes_nothing(db):
    VatRate.objects.filter(code="NORMAL", territory="FR").update(rate=Decimal("21"))
    before = (VatRate.objects.count(), LegalText.objects.count())
    call_command("migrate", verbosity=0)
    assert (VatRate.objects.count(), LegalText.objects.count()) == before
    assert "21" in rates()


def test_a_rate_that_changes_one_day_is_known_by_day(dora):
    new_year = date(2031, 1, 1)
    old = VatRate.objects.get(territory="FR", code="REDUIT")
    fields = {"territory": "FR", "code": "REDUIT", "source": "loi de finances 2031"}
    with pytest.raises(Invalid) as refused:
        services.save_vat_rate(actor=dora, rate=Decimal(6), valid_from=new_year, **fields)
    assert list(refused.value.errors) == ["valid_from"]
    services.save_vat_rate(
        actor=dora, rate_id=old.pk, rate=old.rate, valid_from=old.valid_from, valid_until=new_year - timedelta(1), **fields
    )
    services.save_vat_rate(actor=dora, rate=Decimal(6), valid_from=new_year, **fields)
    assert "5.5" in rates(day=new_year - timedelta(1))
    assert rates(day=new_year) == ["0", "10", "2.1", "20", "6"]
    assert old.history.count() >= 1


@pytest.mark.parametrize("fields, field", [
    ({"rate": Decimal(5), "code": "FRANCHISE"}, "rate"), ({"rate": Decimal(0)}, "rate"),
    ({"valid_until": date(2029, 1, 1)}, "valid_until"), ({"code": "EXONERE", "rate": Decimal(0)}, "exemption"),
])
def test_what_cannot_be_a_rate(dora, fields, field):
    whole = {"territory": "GF", "code": "NORMAL", "rate": Decimal(20), "valid_from": date(2030, 1, 1), "source": "x"}
    with pytest.raises(Invalid) as refused:
        services.save_vat_rate(actor=dora, **{**whole, **fields})
    assert field in refused.value.errors


def test_only_staff_change_the_law(alice, dora):
    fields = {"code": "AUTRE", "language": "fr", "body": "Merci.", "valid_from": date(2026, 1, 1)}
    with pytest.raises(Forbidden):
        services.save_legal_text(actor=alice, **fields)
    with pytest.raises(Invalid):
        services.save_legal_text(actor=dora, **{**fields, "body": "{surprise}"})
    services.save_legal_text(actor=dora, **fields)
    assert {"code": "AUTRE", "text": "Merci."} in make_invoice().legal


def test_the_texts_in_force_are_copied_in(seller, dora):
    invoice = make_invoice()
    texts = {text["code"]: text["text"] for text in invoice.legal}
    assert list(texts) == ["AAB", "MEDIATEUR", "PMD", "PMT", "RETRACTATION"]
    assert "40 €" in texts["PMT"]
    assert "CM2C" in texts["MEDIATEUR"]
    assert "14 jours" in texts["RETRACTATION"]
    LegalText.objects.filter(code="PMT").update(body="50 €")
    invoice.refresh_from_db()
    assert "40 €" in str(invoice.legal)
    assert "50 €" in str(make_invoice().legal)


def test_who_reads_which_text(seller):
    codes = [text["code"] for text in make_invoice(buyer=COMPANY).legal]
    assert codes == ["AAB", "PMD", "PMT"]
    assert "RETRACTATION" not in [text["code"] for text in make_credit_note(make_invoice()).legal]
    seller.SHOP_MEDIATOR = ""
    assert "MEDIATEUR" not in [text["code"] for text in make_invoice().legal], "no sentence with a hole in it"


def test_braces_in_a_text_stop_no_sale(seller):
    LegalText.objects.filter(code="AAB").update(body="Ni {escompte} ni {0} ni {")
    assert "Ni {escompte} ni {0} ni {" in str(make_invoice().legal)


def test_an_unpaid_invoice_is_due_in_thirty_days(seller):
    invoice = make_invoice(payment={})
    assert invoice.due_on == timezone.localdate() + timedelta(days=30)
    assert make_invoice().due_on == timezone.localdate()


# --- Products are sold at a rate in force ---------------------------------------------------------------------------
def test_a_product_has_a_rate_in_force(dora):
    make_category("Épicerie")
    body = {"sku": "TEA", "name": "Thé", "price": "4.50", "vat_rate": "19.6", "category": "epicerie"}
    answer = api(dora).post("/api/admin/products", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["vat_rate"])
    assert "20, 10, 5.5, 2.1, 0" in answer.json()["errors"]["vat_rate"][0]
    tea = make_product(vat_rate=Decimal("5.5"))
    answer = api(dora).put("/api/admin/products", {"id": tea.pk, "vat_rate": "7"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["vat_rate"])


def test_a_product_with_an_old_rate_can_still_be_corrected(dora):
    tea = make_product()
    Product.objects.filter(pk=tea.pk).update(vat_rate=Decimal("19.6"))
    assert api(dora).put("/api/admin/products", {"id": tea.pk, "name": "Thé vert"}).status_code == 200


def test_an_exempt_shop_sells_without_vat(settings, dora):
    settings.SHOP_VAT_EXEMPT = True
    make_category("Épicerie")
    body = {"sku": "TEA", "name": "Thé", "price": "4.50", "vat_rate": "20", "category": "epicerie"}
    assert list(api(dora).post("/api/admin/products", body).json()["errors"]) == ["vat_rate"]
    assert api(dora).post("/api/admin/products", {**body, "vat_rate": "0"}).status_code == 201


def test_the_admin_form_names_the_field(client, admin_user):
    tea = make_product()
    client.force_login(admin_user)
    url = f"/admin/shop/product/{tea.pk}/change/"
    data = {
        "name": "Thé", "sku": tea.sku, "category": tea.category_id, "price": "4.50", "vat_rate": "19.6", "weight_g": "1",
        "parcel_size": "S", "images-TOTAL_FORMS": "0", "images-INITIAL_FORMS": "0",
    }
    page = client.post(url, data)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["vat_rate"]
    assert line().vat_rate == Decimal(20)
