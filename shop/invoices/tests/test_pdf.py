"""The file: what it claims to be (PDF/A-3b), what a person reads in it, and that no character breaks it."""

import hashlib
import io
from decimal import Decimal

import pypdf
import pytest

from shop.invoices import pdf
from shop.invoices.tests.factories import ALICE, line, make_credit_note, make_invoice, rendered

pytestmark = pytest.mark.django_db


def reader(invoice) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(bytes(rendered(invoice).pdf)))


def text_of(invoice) -> str:
    return "\n".join(page.extract_text() for page in reader(invoice).pages).replace("\xa0", " ").replace("\u202f", " ")


def fonts(file: pypdf.PdfReader):
    for page in file.pages:
        for font in page["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]


@pytest.mark.parametrize("refused", [False, True])
def test_it_claims_what_it_is(seller, refused):
    if refused:
        seller.SHOP_SIREN = ""
    invoice = make_invoice([line("Thé 🎁 شاي 茶")])
    file = reader(invoice)
    xmp = file.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "pdfaid" in xmp
    assert ">3<" in xmp or 'part="3"' in xmp
    assert ">B<" in xmp or 'conformance="B"' in xmp
    assert file.trailer["/ID"], "PDF/A wants an identifier"
    assert file.trailer["/Root"]["/OutputIntents"], "and a colour profile"
    assert not file.is_encrypted
    descriptors = list(fonts(file))
    assert descriptors
    assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors), "every font is inside"
    names = file.trailer["/Root"].get("/AF", pypdf.generic.ArrayObject()).get_object()
    assert len(names) == (0 if refused else 1)
    if not refused:
        spec = names[0].get_object()
        assert (spec["/AFRelationship"], spec["/UF"]) == ("/Alternative", "factur-x.xml")
        assert spec["/EF"]["/F"].get_object()["/Subtype"] == "/text/xml"
        assert "EN 16931" in xmp
        assert "factur-x.xml" in xmp
    assert invoice.sha256 == hashlib.sha256(bytes(invoice.pdf)).hexdigest()


def test_no_glyph_is_missing_whatever_the_name(seller):
    """A missing glyph is number 0, and what breaks PDF/A."""
    names = "Thé 🎁👩‍🍳 茶 שלום Ж ﷺ 𝒳 \u202e gauche \ufe0f \u200b \u3000 ❤️ 🇫🇷 ½ ﬁ"
    page = reader(make_invoice([line(names)], buyer={**ALICE, "name": names})).pages[0]
    assert b"<0000>" not in page.get_contents().get_data()
    for font in page["/Resources"]["/Font"].values():
        assert "DejaVu" in font.get_object()["/BaseFont"]


@pytest.mark.parametrize("text, shown", [
    ("Café crème", "Café crème"), ("🎁", "▯"), ("👩‍🍳 chef", "▯ chef"), ("👍🏽", "▯"), ("❤️", "❤"), ("茶道", "▯▯"),
    ("قميص", "قميص"), ("a\u3000b", "a\u00a0b"), ("a\x07b", "ab"), ("a\u200db", "ab"), ("plain", "plain"),
])
def test_what_stands_for_characters_no_font_has(text, shown):
    assert pdf.printable(text) == shown


def test_a_reader_finds_all_that_the_law_asks(seller):
    text = text_of(make_invoice(
        [line(quantity=3), line("Pain", "1.15", quantity=2, rate="5.5", discount="0.30")], discount=Decimal("2.00"),
        delivery={"name": "Bob", "line1": "1 rue Amelot", "postal_code": "75011", "city": "Paris"},
    ))
    for expected in (
        "FA-", "SIREN 123456782", "FR11123456782", "Alice Martin", "12 rue Oberkampf", "1 rue Amelot",
        "5,417 €", "16,25 €", "20 %", "5,5 %", "19,50 €", "40 €", "Pas d’escompte", "RCS Paris", "0,30 €", "19,50 €",
        "2,00 €", "1 / 1",
    ):
        assert expected in text, f"{expected} not in {text}"


def test_a_credit_note_names_its_invoice_and_reason(seller):
    invoice = make_invoice()
    text = text_of(make_credit_note(invoice, "2.00"))
    for expected in ("AV-", invoice.number, "colis abîmé", "2,00 €"):
        assert expected in text


def test_a_hundred_lines_go_over_pages_with_their_heads(seller):
    file = reader(make_invoice([line(f"Article {n}") for n in range(100)]))
    pages = [page.extract_text() for page in file.pages]
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        if "Article" in page:
            assert "Désignation" in page or "Description" in page, "the heads of the table come again"


def test_an_exempt_seller_says_so_on_paper(seller):
    seller.SHOP_VAT_EXEMPT = True
    assert "art. 293 B du CGI" in text_of(make_invoice([line(rate="0")]))


def test_a_business_reads_where_to_transfer(seller):
    seller.SHOP_IBAN = "FR7630006000011234567890189"
    assert "FR7630006000011234567890189" in text_of(make_invoice(payment={}))


def test_nothing_is_fetched(seller):
    assert "<img" not in text_of(make_invoice([line('<img src="http://127.0.0.1:1/x.png">')])).replace("<img src", "", 1)
