"""House rules about templates, styles, scripts and words. Used by house_rules.py."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

Finding = tuple[int, str]


def lines_matching(pattern: re.Pattern, text: str, what: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            yield number, what


def is_ours(path: Path) -> bool:
    return bool(path.parts) and not {".ci", "docs", "locale", "bench"} & set(path.parts)


LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK|Lorem ipsum)\b")


def leftovers(path: Path, text: str) -> Iterator[Finding]:
    """No work left in comments."""
    if path.parts[0] != ".ci":
        yield from lines_matching(LEFTOVER, text, "finish it, or write it down as an issue")


ALIAS = re.compile(r"\bimport n?p?gettext(?:_lazy)? as (?!_\s*(?:#.*)?$)\w+")


def aliases(path: Path, text: str) -> Iterator[Finding]:
    """`_` is the only other name of a function that translates: messages.py collects no text behind another one."""
    if path.suffix == ".py":
        yield from lines_matching(ALIAS, text, "its texts are not collected: import it as it is, or as _")


OUTSIDE = [
    re.compile(r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//""", re.I),
    re.compile(r"""<(?:link|use|image)\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//""", re.I),
    re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//""", re.I),
    re.compile(r"""(?:\bimport\b|\bfrom\b|\bimport\(|\bfetch\(|importScripts\()\s*["'`](?:https?:)?//"""),
]


def outside_files(path: Path, text: str) -> Iterator[Finding]:
    """No file from another site in pages: no CDN, no tracker."""
    if path.suffix not in (".html", ".css", ".js", ".svg") or not {"templates", "static"} & set(path.parts):
        return
    for pattern in OUTSIDE:
        yield from lines_matching(pattern, text, "ships from elsewhere: put the file in static/")


HEX = r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b"
CSS_COLOUR = re.compile(r":[^;{]*(?<!&)" + HEX)
HTML_COLOUR = re.compile(r"""\b(?:style|fill|stroke|color|bgcolor|stop-color)\s*=\s*["'][^"']*""" + HEX)
JS_COLOUR = re.compile(r"""["'`](?=#\w*\d|#\w{6}["'`])""" + HEX + r"""["'`]""")


def colours(path: Path, text: str) -> Iterator[Finding]:
    """Colours are tokens. Mail (whose readers know no custom properties) and paper have their own few."""
    if path.name in ("tokens.css", "print.css") or {"mail", "email", "pdf"} & set(path.parts) or not is_ours(path):
        return
    pattern = {".css": CSS_COLOUR, ".html": HTML_COLOUR, ".js": JS_COLOUR}.get(path.suffix)
    if pattern:
        yield from lines_matching(pattern, text, "use a token of static/css/tokens.css")


# Names and units that are the same in every language.
SAME_EVERYWHERE = re.compile(
    r"\b(Triporteur|API|PDF|QR|GPX|OpenStreetMap|Leaflet|Swagger|ReDoc|OpenAPI|SIREN|SIRET|IBAN|SMS|"
    r"km|kg|min|cm|Fran[cç]ais|English|FR|EN|fr|en|EUR|https?://\S+|\S+@\S+)\b"
)
LETTERS = re.compile(r"[A-Za-zÀ-ÿ]{2}")
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription"}
OPENERS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}


def without_django(text: str) -> str:
    """The template with every tag, variable, comment and translated block blanked out, lines kept."""
    out: list[str] = []
    closing = ""
    for token in Lexer(text).tokenize():
        blank = "\n" * token.contents.count("\n")
        if token.token_type == TokenType.TEXT:
            out.append(blank if closing else token.contents)
            continue
        if token.token_type == TokenType.BLOCK:
            name, *rest = token.contents.split() or [""]
            if not closing and name in OPENERS:
                closing = OPENERS[name]
            elif not closing and name == "block" and rest and "class" in rest[0]:
                closing = "endblock"
            elif name == closing:
                closing = ""
        # `<{% if … %}fieldset{% else %}div{% endif %} …>` stays a tag.
        out.append(blank + ("x" if out and out[-1].endswith(("<", "</")) else " "))
    return "".join(out)


def is_spoken(text: str) -> bool:
    return bool(LETTERS.search(SAME_EVERYWHERE.sub(" ", re.sub(r"&\w+;", " ", text))))


class Reader(HTMLParser):
    """Collects the texts of a page that people see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Finding] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "code"):
            self.silent += 1
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES and value and is_spoken(value):
                self.found.append((self.getpos()[0], f"{name}={value!r} is read by people: translate it"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "code"):
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        line = self.getpos()[0]
        for offset, part in enumerate(data.split("\n")):
            if is_spoken(part):
                self.found.append((line + offset, f"{part.strip()[:50]!r} is read by people: translate it"))


def template_texts(path: Path, text: str) -> Iterator[Finding]:
    """Every text of a template goes through translate or blocktranslate."""
    if "templates" not in path.parts or path.suffix not in (".html", ".txt") or "style" in path.parts:
        return
    bare = without_django(text)
    if path.suffix == ".txt":
        for number, line in enumerate(bare.splitlines(), 1):
            if is_spoken(line):
                yield number, f"{line.strip()[:50]!r} is read by people: translate it"
        return
    reader = Reader()
    reader.feed(bare)
    reader.close()
    yield from reader.found


INLINE_HANDLER = re.compile(r"""<\w[^>]*\son(?:click|change|submit|load|input)\s*=""", re.I)


def inline_handlers(path: Path, text: str) -> Iterator[Finding]:
    """Behaviour hooks on data attributes; pages carry no inline handlers."""
    if "templates" in path.parts and path.suffix == ".html":
        yield from lines_matching(INLINE_HANDLER, text, "hook a module on a data attribute")


TEXT_RULES: list[Callable[[Path, str], Iterator[Finding]]] = [
    leftovers,
    aliases,
    outside_files,
    colours,
    template_texts,
    inline_handlers,
]
