"""Texts for translation, without the gettext tools.

    python .ci/messages.py update           collect every text into locale/fr/LC_MESSAGES/django.po
    python .ci/messages.py merge FILE...    take the translations of these .po files over
    python .ci/messages.py check            fail unless every text has its French

Texts are written in English in code and templates, so English needs no catalogue. Unfold ships no French: its texts
are collected too, as far as the catalogues of Django and import-export do not have them.
"""

import re
import sys
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import django
import import_export
import unfold
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/fr/LC_MESSAGES/django.po"
OURS = ["config", "accounts", "delivery", "shop", "garage", "support", "templates"]
SUFFIXES = {".py", ".html", ".js", ".txt", ".xml", ".svg"}
USED_CONTRIB = {"filters", "forms", "import_export"}
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
HEADER = "# French texts of Triporteur. Collected by `make messages`; written by hand.\n#"
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def texts_of(path: Path) -> Iterator[tuple]:
    """(line, message, context) of one Python file or template."""
    source = path.read_text()
    if path.suffix != ".py":
        # Python-like text with everything but the calls blanked out; its indentation means nothing.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    # babel compiles the first line to look for an encoding: a minified script as first line is too much for it.
    for line, message, _comments, context in extract("python", BytesIO(b"\n" + source.encode()), KEYWORDS):
        yield line, message, context


def sources(roots: list[Path]) -> Iterator[Path]:
    for root in roots:
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).parts
            if path.suffix in SUFFIXES and not {"tests", "migrations"} & set(parts):
                yield path


def known_elsewhere() -> set[str]:
    """Keys of the texts that the French catalogues of Django and import-export have."""
    base, tail = Path(django.__file__).parent, "locale/fr/LC_MESSAGES/django.mo"
    known = set()
    for mo in [base / "conf" / tail, *base.glob(f"contrib/*/{tail}"), Path(import_export.__file__).parent / tail]:
        with mo.open("rb") as file:
            entries = GNUTranslations(file)._catalog
        known |= {entry if isinstance(entry, str) else entry[0] for entry in entries}
    return known


def key(message: Message) -> str:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}\x04{singular}" if message.context else singular


def collect() -> Catalog:
    """Every text of ours, and those of unfold that Django does not translate."""
    catalog = Catalog(locale="fr", project="Triporteur", header_comment=HEADER, charset="utf-8")
    for path in sources([ROOT / name for name in OURS]):
        for _line, message, context in texts_of(path):
            if message and (message if isinstance(message, str) else message[0]):
                catalog.add(message, locations=[(str(path.relative_to(ROOT)), None)], context=context)
    home = Path(unfold.__file__).parent
    known = known_elsewhere()
    for path in sources([home]):
        if "contrib" in path.parts and not USED_CONTRIB & set(path.parts):
            continue
        for _line, message, context in texts_of(path):
            found = Message(message, context=context)
            if message and key(found) not in known:
                catalog.add(message, locations=[("unfold", None)], context=context)
    return catalog


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="fr")
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def write(catalog: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    for message in catalog:
        message.locations = sorted(set(message.locations))[:3]
    out = BytesIO()
    # No dates: two branches that add texts should not conflict in the header.
    write_po(out, catalog, width=100, sort_output=True, omit_header=True, include_lineno=False, ignore_obsolete=True)
    head = (
        f'{HEADER.rstrip("#")}msgid ""\nmsgstr ""\n"Language: fr\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    )
    PO.write_bytes(head.encode() + out.getvalue())


def forms(message: Message) -> list[str]:
    strings = [message.string] if isinstance(message.string, str) else [*(message.string or [])]
    return [s or "" for s in strings]


def fill(catalog: Catalog, others: list[Catalog]) -> None:
    """Give each text of `catalog` the first translation that `others` have for it."""
    for message in catalog:
        if not message.id:
            continue
        # A text with a context is translated for it; what says the word elsewhere only fills in.
        exact = [other.get(message.id, message.context) for other in others]
        for found in [*exact, *(other.get(message.id) for other in others)]:
            if found and not found.fuzzy and any(forms(found)):
                strings = [s for s in forms(found) if s]
                message.string = tuple(strings * 2)[:2] if message.pluralizable else strings[0]
                break


def update(*more: Path) -> None:
    catalog = collect()
    fill(catalog, [*(read(path) for path in more), read(PO)])
    write(catalog)
    print(f"{len(catalog)} texts, {len(list(missing(catalog)))} without French, in {PO.relative_to(ROOT)}")


def missing(catalog: Catalog) -> Iterator[tuple[Message, str]]:
    """Texts whose French is absent or has other placeholders than the English."""
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy or not forms(message) or not all(forms(message)):
            yield message, "no French"
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        allowed = {p for text in ids for p in PLACE.findall(text)}
        needed = set(PLACE.findall(ids[-1]))
        last = forms(message)[-1]
        if needed - set(PLACE.findall(last)) or any(set(PLACE.findall(f)) - allowed for f in forms(message)):
            yield message, "placeholders differ"


def check() -> int:
    """Number of texts without good French; each is printed."""
    catalog = collect()
    fill(catalog, [read(PO)])
    count = 0
    for message, why in missing(catalog):
        count += 1
        text = message.id if isinstance(message.id, str) else message.id[0]
        where = message.locations[0][0] if message.locations else ""
        print(f"{where}: {why}: {text!r}")
    for message, errors in catalog.check():  # what the compiler would refuse, and with it the set-up
        count += 1
        print(f"{message.id!r}: {errors[0]}")
    return count


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:] or ["check"]
    if verb in ("update", "merge"):
        update(*map(Path, arguments))
    elif verb == "check":
        sys.exit(1 if check() else 0)
    else:
        sys.exit(__doc__)
