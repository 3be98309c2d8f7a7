"""The law as data: VAT rates and legal texts, each from a day to a day. Rows are closed, not deleted: what was issued
under them stays explained."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.users.queries import is_staff_of
from config.lib.actors import Actor
from config.lib.errors import Forbidden, Invalid
from shop.invoices import french_law, queries
from shop.invoices.models import LegalText, VatRate
from shop.invoices.services.issuing import PLACEHOLDER, placeholders

FREE = {VatRate.Code.ZERO, VatRate.Code.EXONERE, VatRate.Code.FRANCHISE}


def load_french_law(**_signal: Any) -> None:
    """Load what stands in french_law for every rate and text that the site knows nothing of. Safe to run twice.

    Runs after every migrate (and so after a flush), where rows of a data migration would be lost.
    """
    if not {VatRate._meta.db_table, LegalText._meta.db_table} <= set(connection.introspection.table_names()):
        return  # migrated backwards past them
    known = set(VatRate.objects.values_list("territory", "code"))
    for row in french_law.VAT_RATES:
        if (row["territory"], row["code"]) not in known:
            VatRate.objects.create(**{**row, "rate": Decimal(row["rate"])})
    texts = set(LegalText.objects.values_list("code", "language"))
    for row in french_law.LEGAL_TEXTS:
        if (row["code"], row["language"]) not in texts:
            LegalText.objects.create(**row)


@transaction.atomic
def save_vat_rate(
    *, actor: Actor, rate_id: int | None = None, territory: str, code: str, rate: Decimal, valid_from: date,
    valid_until: date | None = None, vatex: str = "", exemption: str = "", source: str = "",
) -> VatRate:
    """Staff: add a rate or correct one. Forbidden, NotFound; Invalid when its days overlap those of the same rate, or
    when the rate does not fit its code."""
    row = _mine(actor, VatRate, rate_id)
    for name, value in {
        "territory": territory, "code": code, "rate": rate, "valid_from": valid_from, "valid_until": valid_until,
        "vatex": vatex, "exemption": exemption, "source": source,
    }.items():
        setattr(row, name, value)
    check_vat_rate(row)
    row.save()
    return row


def check_vat_rate(row: VatRate) -> None:
    """Invalid when a rate cannot stand; the admin form asks the same."""
    errors = _days(row)
    if (row.code in FREE) == bool(row.rate):
        errors["rate"] = [_("An exemption has the rate 0, everything else a rate above it.")]
    if row.code in (VatRate.Code.EXONERE, VatRate.Code.FRANCHISE) and not (row.vatex or row.exemption):
        errors["exemption"] = [_("Say which article exempts.")]
    if not errors and queries.overlapping(VatRate, row, territory=row.territory, code=row.code):
        errors["valid_from"] = [_("Another row is in force on some of these days. Close it first.")]
    if errors:
        raise Invalid(errors=errors)


@transaction.atomic
def save_legal_text(
    *, actor: Actor, text_id: int | None = None, code: str, language: str, body: str, valid_from: date,
    valid_until: date | None = None, source: str = "",
) -> LegalText:
    """Staff: add a legal text or correct one. Forbidden, NotFound; Invalid when days overlap or a placeholder is
    unknown."""
    row = _mine(actor, LegalText, text_id)
    for name, value in {
        "code": code, "language": language, "body": body, "valid_from": valid_from, "valid_until": valid_until,
        "source": source,
    }.items():
        setattr(row, name, value)
    check_legal_text(row)
    row.save()
    return row


def check_legal_text(row: LegalText) -> None:
    """Invalid when a text cannot stand; the admin form asks the same."""
    errors = _days(row)
    unknown = sorted(set(PLACEHOLDER.findall(row.body)) - set(placeholders()))
    if unknown:
        errors["body"] = [_("Unknown: %(names)s.") % {"names": ", ".join(unknown)}]
    if not errors and queries.overlapping(LegalText, row, code=row.code, language=row.language):
        errors["valid_from"] = [_("Another row is in force on some of these days. Close it first.")]
    if errors:
        raise Invalid(errors=errors)


def _days(row: VatRate | LegalText) -> dict[str, list[str]]:
    if row.valid_until is not None and row.valid_until < row.valid_from:
        return {"valid_until": [_("The end comes before the start.")]}
    return {}


def _mine(actor: Actor, model: type, pk: int | None) -> Any:
    if not is_staff_of(actor, "SHOP"):
        raise Forbidden
    return model() if pk is None else queries.locked_law(model, pk)
