"""The legal texts of quotes, each from a day to a day. Rows are closed, not deleted: what was sent under them stays
explained."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.clients import queries as clients
from garage.quotes import french_law
from garage.quotes.paper_models import QuoteText
from shop.invoices.queries import locked_law, overlapping
from shop.invoices.services import PLACEHOLDER

PLACEHOLDERS = {"seller", "mediator", "fee"}


def load_quote_law(**_signal: Any) -> None:
    """Load what stands in french_law for every text that the site knows nothing of. Safe to run twice.

    Runs after every migrate (and so after a flush), where rows of a data migration would be lost.
    """
    if QuoteText._meta.db_table not in connection.introspection.table_names():
        return  # migrated backwards past it
    known = set(QuoteText.objects.values_list("code", "language"))
    for row in french_law.QUOTE_TEXTS:
        if (row["code"], row["language"]) not in known:
            QuoteText.objects.create(**row)


@transaction.atomic
def save_quote_text(
    *, actor: Actor, text_id: int | None = None, code: str, language: str, body: str, valid_from: date,
    valid_until: date | None = None, source: str = "",
) -> QuoteText:
    """Staff: add a text or correct one. Forbidden, NotFound; Invalid when days overlap or a placeholder is unknown."""
    clients.require_staff(actor)
    row = QuoteText() if text_id is None else locked_law(QuoteText, text_id)
    for name, value in {
        "code": code, "language": language, "body": body, "valid_from": valid_from, "valid_until": valid_until,
        "source": source,
    }.items():
        setattr(row, name, value)
    check_quote_text(row)
    row.save()
    return row


def check_quote_text(row: QuoteText) -> None:
    """Invalid when a text cannot stand; the admin form asks the same."""
    errors: dict[str, list] = {}
    if row.valid_until is not None and row.valid_until < row.valid_from:
        errors["valid_until"] = [_("The end comes before the start.")]
    unknown = sorted(set(PLACEHOLDER.findall(row.body)) - PLACEHOLDERS)
    if unknown:
        errors["body"] = [_("Unknown: %(names)s.") % {"names": ", ".join(unknown)}]
    if not errors and overlapping(QuoteText, row, code=row.code, language=row.language):
        errors["valid_from"] = [_("Another row is in force on some of these days. Close it first.")]
    if errors:
        raise Invalid(errors=errors)
