"""Template tags of the interface: money, times, distances, states, icons.

Load with ``{% load ui %}``. Everything follows the active language; nothing here runs a query.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import format_currency
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

register = template.Library()

NBSP = "\u00a0"
MINUS = "\u2212"

# status code -> (tone, icon). Codes mean the same wherever they appear.
STATUS_LOOK: dict[str, tuple[str, str]] = {
    code: look
    for look, codes in {
        ("wait", "clock"): "CREE VALIDEE BROUILLON EN_ATTENTE EN_COURS DEMANDE A_FAIRE ENVOYE A_VALIDER RECU PRET "
        "EMISE",
        ("live", "live"): "EN_ENCHERE PUBLIEE EXPEDIEE COLLECTEE OUVERT OUVERTE",
        ("done", "check"): "PAYEE LIVREE REUSSI ACTIF ACCEPTE ACCEPTEE FACTURE FAIT CAPTURE RETENUE GAGNANTE "
        "PAYE EXECUTE ARRIVE",
        ("done", "eye"): "PUBLIE",
        ("wait", "bike"): "ATTRIBUEE",
        ("wait", "calendar"): "CONFIRME",
        ("stop", "cross"): "ANNULEE ECHOUEE REFUSE REFUSEE ECHEC SUSPENDU DETRUIT PERDUE ECARTEE MASQUE ANNULE ECHOUE "
        "ABSENT",
        ("rest", "back"): "REMBOURSEE REMBOURSE RETOURNEE LIBERE RETIREE RENDU RELANCE",
        ("rest", "clock"): "EXPIREE EXPIRE",
        ("rest", "lock"): "FERME CLOS VENDU",
        ("stop", "warning"): "ECHU",
        ("live", "clock"): "PROCHE",
        ("rest", "info"): "INFO",
    }.items()
    for code in codes.split()
}


def _locale() -> str:
    return (get_language() or "fr").replace("-", "_")


@register.filter
def money(amount, currency: str = "EUR") -> str:
    """Euros in the reader's locale: ``42,50 €`` or ``€42.50``; empty for None.

    Narrow no-break spaces become plain no-break ones, which every font has; less than nothing gets a true minus,
    as wide as the plus above it and not broken from its figure.
    """
    if amount is None or amount == "":
        return ""
    return _money(str(amount), currency, _locale().split("_")[0])


@lru_cache(maxsize=4096)
def _money(amount: str, currency: str, locale: str) -> str:
    """Remembered: a list says the same few prices again and again, and babel takes its time over each."""
    return format_currency(Decimal(amount), currency, locale=locale).replace("\u202f", NBSP).replace("-", MINUS)


@register.filter
def distance(metres) -> str:
    """Metres as a person says them: ``850 m``, ``3,4 km``, ``12 km``."""
    if metres is None or metres == "":
        return ""
    metres = float(metres)
    if metres < 995:
        return f"{int(round(metres, -1)) if metres >= 100 else round(metres)}{NBSP}m"
    kilometres = metres / 1000
    return f"{number_format(round(kilometres, 1), 1 if kilometres < 9.95 else 0)}{NBSP}km"


@register.filter
def duration(seconds) -> str:
    """Seconds (or a timedelta) as ``under a minute``, ``12 min``, ``1 h 05``."""
    if seconds is None or seconds == "":
        return ""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    minutes = round(max(float(seconds), 0) / 60)
    if minutes < 1:
        return gettext("under a minute")
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{minutes:02d}" if minutes else f"{hours}{NBSP}h"


def in_words(moment: datetime, now: datetime | None = None) -> str:
    """How long ago (or until) in words; beyond a week the date itself."""
    now = now or timezone.now()
    seconds = (now - moment).total_seconds()
    past, gap = seconds >= 0, abs(seconds)
    if gap < 45:
        return pgettext("time", "just now") if past else pgettext("time", "in a moment")
    if gap < 3570:
        count = max(1, round(gap / 60))
        one = ngettext("%d minute ago", "%d minutes ago", count)
        to = ngettext("in %d minute", "in %d minutes", count)
    elif gap < 84600:
        count = max(1, round(gap / 3600))
        one = ngettext("%d hour ago", "%d hours ago", count)
        to = ngettext("in %d hour", "in %d hours", count)
    elif gap < 7 * 86400:
        count = max(1, round(gap / 86400))
        one = ngettext("%d day ago", "%d days ago", count)
        to = ngettext("in %d day", "in %d days", count)
    else:
        return date_format(timezone.localtime(moment), "DATE_FORMAT")
    return (one if past else to) % count


@register.simple_tag
def ago(moment: datetime | None, empty: str = "") -> str:
    """``<time>`` with words inside and the exact moment in title and datetime; JS keeps it fresh."""
    if not moment:
        return empty
    exact = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', moment.isoformat(), exact, in_words(moment)
    )


@register.simple_tag
def clock(moment: datetime | None, empty: str = "") -> str:
    """``<time>`` with the hour alone today, else day and hour."""
    if not moment:
        return empty
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    text = date_format(local, "TIME_FORMAT" if today else "SHORT_DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), date_format(local, "DATETIME_FORMAT"), text
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> str:
    """One drawing of ``static/img/icons.svg``; silent for screen readers, so put words beside it."""
    return _icon(name, extra)


@lru_cache(maxsize=512)
def _icon(name: str, extra: str) -> str:
    """Remembered: a page has thirty of them, and each would look up the file's hashed name again."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("img/icons.svg"),
        name,
    )


def status_look(code: str) -> tuple[str, str]:
    """(tone, icon) of a status code; unknown codes are neutral."""
    return STATUS_LOOK.get(code, ("rest", "circle"))


@register.inclusion_tag("components/_status.html")
def status(thing, label: str = "") -> dict[str, str]:
    """Badge of ``thing.status`` (or of a bare code with ``label``): word, shape and colour."""
    code = thing if isinstance(thing, str) else thing.status
    if not label:
        display = getattr(thing, "get_status_display", None)
        label = display() if display else str(code)
    tone, drawing = status_look(str(code))
    return {"code": str(code), "label": label, "tone": tone, "icon": drawing}


@register.simple_block_tag
def notice(content: SafeString, tone: str = "info", title: str = "") -> str:
    """``{% notice "warning" "Title" %} html {% endnotice %}``; tones info, success, warning, danger."""
    drawing = {"info": "info", "success": "check", "warning": "warning", "danger": "stop"}[tone]
    heading = format_html('<p class="notice__title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice--{}"{}>{}<div class="notice__body">{}{}</div></div>',
        tone,
        mark_safe(' role="alert"') if tone == "danger" else "",
        icon(drawing),
        heading,
        content,
    )


@register.filter
def widget_kind(field) -> str:
    """What a bound field needs around it: check, choices, file or text."""
    return {
        "checkbox": "check",
        "radio": "choices",
        "checkboxselectmultiple": "choices",
        "radioselect": "choices",
        "file": "file",
        "clearablefile": "file",
    }.get(field.widget_type, "text")


@register.filter
def srcset(picture: dict[str, Any] | None) -> str:
    """The sizes of a product picture for ``srcset``: ``/media/…-320.webp 320w, /media/…-640.webp 640w``."""
    return ", ".join(f"{url} {width}w" for width, url in (picture or {}).get("sizes", {}).items())


@register.filter
def percent(rate) -> str:
    """A rate without idle zeros: ``5,5 %``, ``20 %``."""
    text = number_format(Decimal(str(rate)).normalize() + 0)
    return f"{text}{NBSP}%"


@register.filter
def entry(mapping: dict[str, Any] | None, key: str) -> Any:
    """What a dict holds under a key known only to the template; None when it has none."""
    try:
        return mapping[key] if mapping else None
    except KeyError:
        return None
