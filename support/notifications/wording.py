"""The words of an entry, filled in for one reader."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format

from config.lib.templatetags.ui import money
from support.notifications.entry import Entry


def shown(value: Any) -> Any:
    """A value of the context as the active language writes it: money, days, moments of the shop's clock."""
    if isinstance(value, Decimal):
        return money(value, settings.CURRENCY)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value


def words(entry: Entry, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and text in a person's language; amounts (Decimal), days and moments in its form."""
    with translation.override(language):
        filled = {key: shown(value) for key, value in context.items()}
        return str(entry.subject % filled)[:200], str(entry.body % filled)
