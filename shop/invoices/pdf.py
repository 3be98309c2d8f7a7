"""HTML to PDF/A-3b, and to Factur-X. Runs in a helper process (config/lib/heavy.py): plain values in and out."""

import re
import unicodedata
from functools import cache
from typing import Any

import facturx
from fontTools.ttLib import TTFont
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from config.checks import FONT_PLACES
from shop.invoices import facturx_xml

FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
MISSING = "\N{WHITE VERTICAL RECTANGLE}"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ZERO_WIDTH_JOINER = "\u200d"
# Fonts have them as empty glyphs, but they ask for an emoji font.
SHAPING = {ZERO_WIDTH_JOINER, *map(chr, range(0xFE00, 0xFE10))}


def _nothing_from_outside(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    raise ValueError(f"an invoice fetches nothing: {url}")


def make(html: str, document: dict[str, Any] | None, language: str) -> bytes:
    """The PDF/A-3b of `html`; with `document` (see facturx_xml) the Factur-X file that holds its XML."""
    pdf = render(html)
    if document is None:
        return pdf
    title = f"{document['seller']['name']} {document['number']}"
    return facturx.generate_from_binary(
        pdf, facturx_xml.build(document), flavor="factur-x", level=facturx_xml.LEVEL, check_xsd=False,
        check_schematron=False, lang=language, afrelationship="alternative", xmp_compression=False,
        pdf_metadata={
            "author": document["seller"]["name"], "keywords": "Factur-X", "title": title, "subject": title,
        },
    )


def render(html: str) -> bytes:
    """PDF/A-3b. Characters that the font lacks would break it: see printable()."""
    return HTML(string=printable(html), url_fetcher=_nothing_from_outside).write_pdf(
        pdf_variant="pdf/a-3b", font_config=FontConfiguration()
    )


def xml_of(pdf: bytes) -> bytes:
    """The XML inside a Factur-X file, as it was put there; empty when there is none."""
    return facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False)[1] or b""


@cache
def _glyphs() -> frozenset[int]:
    """The characters that the regular and the bold font both have."""
    found: list[set[int]] = []
    for name in FONTS:
        for place in FONT_PLACES:
            try:
                with TTFont(place + name, lazy=True) as font:
                    found.append(set(font.getBestCmap()))
                break
            except FileNotFoundError:
                continue
    return frozenset(set.intersection(*found)) if len(found) == len(FONTS) else frozenset()


def printable(text: str) -> str:
    """`text` with a small rectangle for each character that the PDF's font lacks (emoji, Chinese…).

    PDF/A wants every glyph embedded, and a colour font cannot be. The XML keeps the character itself. A composed
    emoji is one rectangle; marks without ink (variation selectors, skin tones) go.
    """
    text, glyphs = CONTROL.sub("", text), _glyphs()
    if not glyphs or text.isascii():
        return text
    result: list[str] = []
    joined = False
    for char in text:
        code = ord(char)
        if code < 0x80 or (code in glyphs and char not in SHAPING):
            result.append(char)
            joined = False
            continue
        kind = unicodedata.category(char)
        if char == ZERO_WIDTH_JOINER:
            joined = result[-1:] == [MISSING]
        elif kind in ("Cf", "Mn", "Me", "Sk", "Cc") or 0x1F3FB <= code <= 0x1F3FF:
            continue
        elif kind == "Zs":
            result.append("\N{NO-BREAK SPACE}")
        elif joined:
            joined = False
        else:
            result.append(MISSING)
    return "".join(result)
