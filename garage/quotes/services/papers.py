"""Owing a quote's papers and making them: each once, by a job, kept with bytes and hash."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from config.lib import heavy, jobs
from config.lib.actors import Actor
from config.lib.sql import insert
from garage.clients import queries as clients
from garage.quotes import papers, queries
from garage.quotes.evidence import canonical, fingerprint, record_of
from garage.quotes.models import Acceptance, Quote, QuotePaper
from garage.quotes.paper_models import PaperSending

TIMEOUT_S = 120  # 300 lines on a busy machine
CLAIMED, SHAPED = 10, 30  # per cent; a helper process cannot tell how far it is, only that it has begun


@transaction.atomic
def owe_paper(
    *, quote: Quote, kind: str, content: dict[str, Any], by_email: bool = False, by_sms: bool = False,
    sender: Any = None,
) -> QuotePaper:
    """The paper of a version, to be made by the job; the one that is there when it is owed already."""
    paper, fresh = QuotePaper.objects.get_or_create(
        quote=quote, version=content["version"], kind=kind,
        defaults={"content": content, "by_email": by_email, "by_sms": by_sms, "sender": sender},
    )
    if fresh:
        jobs.ring(paper)
    return paper


def owe_signed(*, acceptance: Acceptance) -> QuotePaper:
    """Owe the signed paper of an acceptance, and the quote's own where it was signed without one (a draft at the
    counter, an answer by API)."""
    quote = acceptance.quote
    paper = queries.paper_of(quote, QuotePaper.Kind.DEVIS)
    if paper is None:
        content = papers.content_of(quote, version=quote.version)
        paper = owe_paper(quote=quote, kind=QuotePaper.Kind.DEVIS, content=content)
    return owe_paper(
        quote=quote, kind=QuotePaper.Kind.SIGNE, content=record_of(acceptance, paper.content),
        by_email=bool(quote.client.email),
    )


def render_paper(*, paper_id: int) -> None:
    """Do the job of a paper: make its file once, keep bytes and hash, and owe the client the news. Safe to run
    twice."""
    paper = jobs.claim(QuotePaper, paper_id)
    if paper is None:
        return
    if paper.ready:
        jobs.done(paper)
        return
    _tell(paper, CLAIMED)
    try:
        content, pdf = _make(paper)
    except Exception as error:
        _tell(paper, 0)
        jobs.failed(paper, error)
        return
    try:
        with transaction.atomic():
            jobs.done(
                paper, content=content, pdf=pdf, sha256=fingerprint(pdf), progress=100, made_at=timezone.now()
            )
            _keep_print(paper, content)
            _owe_news(QuotePaper.objects.defer("pdf", "content").get(pk=paper.pk))
    except IntegrityError:
        # A second worker took the job after this one's lease lapsed, and was faster: its file stays.
        return


def _make(paper: QuotePaper) -> tuple[dict[str, Any], bytes]:
    """The content as printed, and the file."""
    if paper.kind != QuotePaper.Kind.SIGNE:
        html = papers.html_of(paper.content, paper.kind)
        _tell(paper, SHAPED)
        return paper.content, heavy.run("garage.quotes.pdf.make", html, timeout=TIMEOUT_S)
    signed = queries.paper_of(paper.quote, QuotePaper.Kind.DEVIS, version=paper.version)
    if signed is not None and not signed.ready:
        render_paper(paper_id=signed.pk)
        signed.refresh_from_db()
    if signed is None or not signed.ready:
        raise RuntimeError("the quote's own paper is not made yet")
    body = bytes(signed.pdf or b"")
    content = {**paper.content, "paper_sha256": signed.sha256, "paper_bytes": len(body)}
    html = papers.html_of(content, paper.kind, digest=fingerprint(canonical(content)))
    _tell(paper, SHAPED)
    return content, heavy.run("garage.quotes.pdf.append", body, html, timeout=TIMEOUT_S)


def _keep_print(paper: QuotePaper, content: dict[str, Any]) -> None:
    """An acceptance that came before its quote's file gets the fingerprint now; the database lets it be set once."""
    if paper.kind == QuotePaper.Kind.SIGNE:
        Acceptance.objects.filter(pk=content["acceptance"], pdf_sha256="").update(pdf_sha256=content["paper_sha256"])


def _owe_news(paper: QuotePaper) -> None:
    if paper.by_email or paper.by_sms:
        sending = PaperSending(paper=paper, by_email=paper.by_email, by_sms=paper.by_sms, by_id=paper.sender_id)
        insert([sending])
        sending.announce_at_commit()


@transaction.atomic
def send_again(*, paper: QuotePaper, by_email: bool, by_sms: bool, sender: Any) -> None:
    """Send the client a paper (once more): at once when it is made, else as soon as it is."""
    row = queries.locked_paper(paper.pk)
    row.by_email, row.by_sms, row.sender = by_email, by_sms, sender
    if row.ready:
        _owe_news(row)
        return
    QuotePaper.objects.filter(pk=row.pk).update(by_email=by_email, by_sms=by_sms, sender=sender)
    if row.state == jobs.JobState.ECHEC:
        jobs.retry(row)


def _tell(paper: QuotePaper, progress: int) -> None:
    QuotePaper.objects.filter(pk=paper.pk, sha256="").update(progress=progress)


def retry_paper(*, actor: Actor, paper_id: int) -> None:
    """Staff: give a paper that failed a fresh set of tries. Forbidden."""
    clients.require_staff(actor)
    jobs.retry(queries.locked_paper(paper_id))


def preview(*, actor: Actor, quote_id: int) -> bytes:
    """The paper of a quote as it stands now, kept nowhere. NotFound, Forbidden."""
    quote = queries.get_for(actor, quote_id, "write")
    content = papers.content_of(quote, version=quote.version + 1)
    with translation.override(quote.language):
        html = papers.html_of(content, draft=True)
    return heavy.run("garage.quotes.pdf.make", html, timeout=TIMEOUT_S)
