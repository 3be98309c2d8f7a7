"""Words: how a text is folded for search, and which known word a mistyped one probably means. No ORM."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
NOT_A_WORD = re.compile(r"[^a-z0-9]+")
CLOSE_ENOUGH = 0.72
MAX_WORDS = 6


def fold(text: str) -> str:
    """Lower case, accents stripped, anything but letters and digits turned into single spaces."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES))
    return NOT_A_WORD.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def words(text: str) -> list[str]:
    """The folded words of what a person typed, at most MAX_WORDS."""
    return fold(text).split()[:MAX_WORDS]


def search_text(*parts: str) -> str:
    """What a product is found by: distinct folded words, each after a space, so that ` pom` finds a beginning."""
    seen = dict.fromkeys(fold(" ".join(parts)).split())
    return "".join(f" {word}" for word in seen)


def likely(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a mistyped one, or None when none is near. Equal scores: alphabetical."""
    best, best_score = None, CLOSE_ENOUGH
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    for candidate in sorted(known):
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() > best_score and matcher.quick_ratio() > best_score:
            score = matcher.ratio()
            if score > best_score:
                best, best_score = candidate, score
    return best


def rating(total: int, count: int) -> dict[str, float | int] | None:
    """The rating shown with a product, from the sum and number of its stars; None while nobody gave any."""
    return {"average": round(total / count, 2), "count": count} if count else None
