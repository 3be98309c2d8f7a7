"""Quotes to PDF. Runs in a helper process (config/lib/heavy.py): plain values in and out."""

import io

from pypdf import PdfReader, PdfWriter

from shop.invoices.pdf import render


def make(html: str) -> bytes:
    """The PDF/A-3b of a page that holds everything it needs."""
    return render(html)


def append(signed: bytes, html: str) -> bytes:
    """`signed` with the pages of `html` after it. An incremental update: the file begins with the very bytes of
    `signed`, whose fingerprint therefore still proves what was signed (ISO 32000-1, 7.5.6)."""
    writer = PdfWriter(io.BytesIO(signed), incremental=True)
    for page in PdfReader(io.BytesIO(render(html))).pages:
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
