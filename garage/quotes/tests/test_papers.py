"""The paper of a quote: what it says, that its bytes never change, and that no text breaks it."""

import hashlib
import io

import pypdf
import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from config.lib.testing import api
from garage.quotes import services, strokes
from garage.quotes.evidence import canonical, fingerprint, masked
from garage.quotes.models import Acceptance, Quote, QuotePaper
from garage.quotes.tests.factories import LABOUR, accept, quote_of, sent_quote

DRAWN = [[[100, 200], [300, 250], [500, 100]], [[700, 700]]]


def text_of(pdf) -> str:
    pages = pypdf.PdfReader(io.BytesIO(bytes(pdf))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def sent(alice, commit):
    """A quote of Alice's whose paper is made."""
    with commit():
        return services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)


def paper(quote, kind="DEVIS") -> QuotePaper:
    return quote.papers.get(kind=kind, version=quote.version)


def test_the_paper_says_what_the_law_asks(sent):
    text = text_of(paper(sent).pdf)
    for words in (sent.number, "Ce devis est gratuit.", sent.vehicle.plate, "Vidange", "90,00 €", "75,00 €", "15,00 €",
                  "Devis reçu avant l’exécution des travaux.", "économie circulaire", "Renoncer au contrat ici"):
        assert words in text, words


def test_a_quote_with_a_price_says_so_first(alice, commit):
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice, fee="35.00").pk)
    text = text_of(paper(quote).pdf)
    assert "payant : 35,00 €" in text
    assert "gratuit" not in text


def test_the_mediator_is_named_where_there_is_one(alice, commit, settings):
    settings.SHOP_MEDIATOR = "Médiateur de l’automobile, Suresnes"
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)
    assert "Médiateur de l’automobile" in text_of(paper(quote).pdf)


def test_texts_of_all_kinds_do_not_break_it(alice, commit):
    words = "Œuvre d’art 🔧👩‍🔧 صيانة \u202e ﬁ ½"
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(
            alice, lines=[{**LABOUR, "description": words}], message=words * 20).pk)
    assert "Œuvre d’art" in text_of(paper(quote).pdf)


def test_later_changes_do_not_reach_a_paper_that_is_owed(alice, commit):
    quote = quote_of(alice)
    with commit():
        quote = services.send_quote(actor=SYSTEM, quote_id=quote.pk)
        quote.client.name = "Somebody Else"
        quote.client.save()
    assert "Somebody Else" not in text_of(paper(quote).pdf)


def test_the_job_run_twice_makes_one_file(sent):
    before = paper(sent)
    services.render_paper(paper_id=before.pk)
    after = paper(sent)
    assert (bytes(after.pdf), after.sha256) == (bytes(before.pdf), before.sha256)
    assert after.sendings.count() == 1


def test_the_signed_file_begins_with_the_very_bytes_that_were_signed(sent, commit):
    with commit():
        acceptance = accept(sent, signature=DRAWN)
    acceptance.refresh_from_db()
    sent.refresh_from_db()
    read, signed = paper(sent), paper(sent, "SIGNE")
    assert acceptance.pdf_sha256 == read.sha256 == hashlib.sha256(bytes(read.pdf)).hexdigest()
    assert bytes(signed.pdf).startswith(bytes(read.pdf))
    text = text_of(signed.pdf)
    for words in ("Alice Martin", read.sha256, fingerprint(canonical(signed.content)), "Vidange"):
        assert words in text, words
    assert len(pypdf.PdfReader(io.BytesIO(bytes(signed.pdf))).pages) > len(
        pypdf.PdfReader(io.BytesIO(bytes(read.pdf))).pages)


def test_signed_before_its_paper_was_made_it_gets_the_fingerprint_then(alice, commit):
    quote = sent_quote(quote_of(alice))
    with commit():
        acceptance = accept(quote)
        assert acceptance.pdf_sha256 == ""
    acceptance.refresh_from_db()
    quote.refresh_from_db()
    assert acceptance.pdf_sha256 == paper(quote).sha256 != ""


def test_a_draft_changed_after_sending_and_signed_at_the_counter_is_a_version_of_its_own(sent, dora, commit):
    services.update_quote(actor=SYSTEM, quote_id=sent.pk, lines=[{**LABOUR, "description": "Autre chose"}])
    with commit():
        acceptance = accept(Quote.objects.get(pk=sent.pk), actor=SYSTEM, channel="COMPTOIR")
    assert acceptance.version == 2
    assert "Autre chose" in text_of(acceptance.quote.papers.get(kind="SIGNE").pdf)


def refused(work):
    with pytest.raises(IntegrityError), transaction.atomic():
        work()


def test_the_database_itself_keeps_evidence_and_paper(sent, commit):
    with commit():
        acceptance = accept(sent)
    row = Acceptance.objects.filter(pk=acceptance.pk)
    refused(lambda: row.update(signed_by="Mallory"))
    refused(lambda: row.update(pdf_sha256="0" * 64))
    refused(lambda: row.delete())
    made = QuotePaper.objects.filter(quote=sent, kind="DEVIS")
    refused(lambda: made.update(pdf=b"other"))
    refused(lambda: made.update(content={}))
    refused(lambda: made.delete())


def test_withdrawn_is_set_once(sent, commit):
    with commit():
        acceptance = accept(sent)
    row = Acceptance.objects.filter(pk=acceptance.pk)
    row.update(withdrawn_at=acceptance.at)
    refused(lambda: row.update(withdrawn_at=None))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")), max_size=6))
def test_equal_records_have_one_form_and_others_another(record):
    turned = dict(reversed(list(record.items())))
    assert canonical(record) == canonical(turned)
    assert canonical({**record, "total": "1.00"}) != canonical({**record, "total": "1.01"})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.tuples(st.integers(-5, 1005), st.integers(-5, 1005)), max_size=9), max_size=9))
def test_strokes_are_kept_as_drawn_or_refused(drawn):
    inside = all(0 <= n <= 1000 for line in drawn for point in line for n in point)
    if inside:
        kept = strokes.clean(drawn)
        assert kept == [[list(point) for point in line] for line in drawn if line]
        assert strokes.svg_path(kept).count("M") == len(kept)
    else:
        with pytest.raises(Invalid):
            strokes.clean(drawn)


@pytest.mark.parametrize("wrong", ["x", [1], [[1]], [[[1, 2, 3]]], [[[True, 2]]], [[["1", 2]]], [[[1.5, 2]]], {"a": 1}])
def test_what_is_no_signature_is_refused(wrong):
    with pytest.raises(Invalid):
        strokes.clean(wrong)


def test_destinations_are_masked():
    assert masked("alice@email.test") == "a•••@email.test"
    assert masked("+33612345678") == "+33•••••••78"


def test_the_api_gives_the_bytes_that_are_kept(sent, alice, charlie):
    answer = api(alice).get(f"/api/garage/quotes/{sent.pk}/pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == bytes(paper(sent).pdf)
    assert api(charlie).get(f"/api/garage/quotes/{sent.pk}/pdf").status_code == 404
    assert api(alice).get(f"/api/garage/quotes/{sent.pk}").json()["pdf_ready"] is True
    assert api(alice).get(f"/api/garage/quotes/{sent.pk}/pdf?kind=SIGNE").status_code == 404
    assert api(alice).get(f"/api/garage/quotes/{sent.pk}/pdf?kind=X").status_code == 422


def test_while_it_is_made_the_api_says_how_far(alice):
    quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)
    answer = api(alice).get(f"/api/garage/quotes/{quote.pk}/pdf")
    assert (answer.status_code, answer.json()["progress"], answer["Retry-After"]) == (202, 0, "2")
