"""Issuing invoices and credit notes: everything they say is copied in, under the next number of their series."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.lib import jobs
from config.lib.money import ZERO, VatLine
from shop.invoices import queries, rules
from shop.invoices.models import Invoice, InvoiceKind, LegalText, VatRate
from shop.invoices.rules import Deposit, Line, Priced

TERM_DAYS = 30  # when nothing else was agreed: code de commerce, art. L441-10
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FOR_CONSUMERS = {LegalText.Code.MEDIATEUR, LegalText.Code.RETRACTATION}


def house_seller() -> dict[str, Any]:
    """The shop itself, as it is named on an invoice issued now."""
    return {
        "name": settings.SHOP_NAME, "line1": settings.SHOP_LINE1, "postal_code": settings.SHOP_POSTAL_CODE,
        "city": settings.SHOP_CITY, "country": "FR", "siren": settings.SHOP_SIREN,
        "vat_number": settings.SHOP_VAT_NUMBER, "vat_exempt": settings.SHOP_VAT_EXEMPT, "email": settings.SHOP_EMAIL,
        "phone": settings.SHOP_PHONE, "legal": settings.SHOP_LEGAL, "iban": settings.SHOP_IBAN,
        "bic": settings.SHOP_BIC,
    }


def placeholders() -> dict[str, str]:
    """What stands for the placeholders of legal texts today."""
    return {
        "mediator": settings.SHOP_MEDIATOR, "return_days": str(settings.RETURN_DAYS), "seller": settings.SHOP_NAME,
    }


def _legal(*, language: str, day: date, buyer: dict[str, Any], sale: bool) -> list[dict[str, str]]:
    """The texts in force, filled in. One whose placeholder stands for nothing (no mediator yet) is left out, and the
    one about sending goods back where the invoice is for no `sale`."""
    return filled_in([
        text for text in queries.legal_texts_in_force(language, day)
        if not (text.code in FOR_CONSUMERS and rules.is_company(buyer))
        and not (text.code == LegalText.Code.RETRACTATION and not sale)
    ])


def filled_in(texts: Iterable[Any], **more: str) -> list[dict[str, str]]:
    """`code` and `text` of legal texts, their placeholders (and `more` of them) filled in."""
    known, result = {**placeholders(), **more}, []
    for text in texts:
        used = [known[name] for name in PLACEHOLDER.findall(text.body) if name in known]
        if all(used):
            body = PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text.body)
            result.append({"code": str(text.code), "text": body})
    return result


def _exemption(day: date, *, exempt: bool) -> dict[str, str]:
    """Category, code and wording of the rate 0 on a day (EN 16931: BT-118, BT-121, BT-120)."""
    rows = {row.code: row for row in queries.vat_rates_in_force(day, exempt=exempt) if not row.rate}
    row = rows.get(VatRate.Code.FRANCHISE) or rows.get(VatRate.Code.ZERO) or rows.get(VatRate.Code.EXONERE)
    if row is None or row.code == VatRate.Code.ZERO:
        return {"category": "Z"}
    return {"category": "E", "vatex": row.vatex, "exemption": row.exemption}


def _free_of(invoice: Invoice) -> dict[str, str]:
    """The exemption that an invoice gave, which its credit notes give again."""
    for row in invoice.vat:
        if not Decimal(row["rate"]) and "category" in row:
            return {name: row[name] for name in ("category", "vatex", "exemption") if name in row}
    return {"category": "Z"}


def _vat_rows(priced: Priced, free: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            **{name: str(value) for name, value in asdict(line).items()},
            "allowance": str(priced.allowances[line.rate]), **({"category": "S"} if line.rate else free),
        }
        for line in priced.vat
    ]


def _line_rows(priced: Priced) -> list[dict[str, Any]]:
    return [
        {
            **{name: str(v) if isinstance(v, Decimal) else v for name, v in asdict(row.line).items()},
            "net": str(row.net), "share": str(row.share),
        }
        for row in priced.lines
    ]


@transaction.atomic
def _issue(
    *, kind: str, key: str, priced: Priced, free: dict[str, str], seller_key: str = "", **fields: Any
) -> Invoice:
    """Write the row with the next number of its series. The counter is the last lock of the transaction.

    The same `key` gives the first invoice.
    """
    now = timezone.now()
    day = timezone.localtime(now).date()
    paid = bool(fields["payment"].get("method"))
    due_on = day if paid else fields.pop("due_on", None) or day + timedelta(days=TERM_DAYS)
    fields.pop("due_on", None)
    legal = _legal(
        language=fields["language"], day=day, buyer=fields["buyer"],
        sale=kind != InvoiceKind.AVOIR and "quote" not in fields["payment"],
    )
    lines, vat = _line_rows(priced), _vat_rows(priced, free)
    process = rules.process((row.line.nature for row in priced.lines), paid=paid)
    counter = queries.locked_counter(seller_key=seller_key, kind=kind, year=day.year)
    known = Invoice.objects.filter(key=key).first()
    if known is not None:
        return known
    counter.last += 1
    counter.save(update_fields=["last"])
    invoice = Invoice.objects.create(
        kind=kind, key=key, seller_key=seller_key, number=rules.number(kind, day.year, counter.last), issued_at=now,
        lines=lines, vat=vat, net=sum((line.net for line in priced.vat), ZERO),
        vat_total=sum((line.vat for line in priced.vat), ZERO), total=priced.total, currency=settings.CURRENCY,
        legal=legal, due_on=due_on, process=process, **fields,
    )
    jobs.ring(invoice)
    return invoice


def issue_invoice(
    *, key: str, buyer: dict[str, Any], lines: Sequence[Line], payment: dict[str, Any], language: str = "fr",
    buyer_user: Any = None, discount: Decimal = ZERO, due_on: date | None = None,
    delivery: dict[str, Any] | None = None, buyer_reference: str = "", subject: str = "",
    deposits: Sequence[Deposit] = (),
) -> Invoice:
    """Number an invoice of the house; inside the caller's transaction, as its last statement but the commit.

    `lines` and `discount` (off the whole) in euros incl. VAT. `payment`: `method` in words when it is paid, with its
    `code` (Method); without it the invoice is due `due_on`, or in 30 days. It names the `order`, or the `quote` of
    work: that contract has told its own right of withdrawal. `buyer` is a business when it has `siren`,
    `vat_number` or `company`. `delivery`: name, line1, postal_code, city, country and date (ISO), where known.
    `subject`: what it is about, as a vehicle. `deposits` were invoiced before and are taken off (rules.deduct).
    ValueError for a negative line, a discount above the total, or deposits that are more than the invoice.
    """
    return _issue_ours(
        key=key, priced=rules.deduct(rules.price(lines, discount), deposits), buyer=buyer, buyer_user=buyer_user,
        payment=payment, language=language, discount=discount, due_on=due_on, delivery=delivery or {},
        buyer_reference=buyer_reference[:60], subject=subject[:200],
        deducts=[{"number": deposit.number, "issued_on": deposit.issued_on} for deposit in deposits],
    )


def issue_deposit(
    *, key: str, buyer: dict[str, Any], lines: Sequence[Line], parts: Sequence[VatLine], payment: dict[str, Any],
    language: str = "fr", buyer_user: Any = None, due_on: date | None = None, subject: str = "",
) -> Invoice:
    """Number the invoice of a deposit, in the series of invoices (CGI, art. 289, I-1-c). `parts` is what it comes to
    per VAT rate (rules.credit of what is not invoiced yet), and `lines` add up to it. As issue_invoice otherwise."""
    return _issue_ours(
        key=key, priced=rules.price_credit(lines, parts), buyer=buyer, buyer_user=buyer_user, payment=payment,
        language=language, due_on=due_on, subject=subject[:200], is_deposit=True,
    )


def _issue_ours(*, key: str, priced: Priced, **fields: Any) -> Invoice:
    seller = house_seller()
    free = _exemption(timezone.localdate(), exempt=seller["vat_exempt"])
    return _issue(kind=InvoiceKind.FACTURE, key=key, priced=priced, free=free, seller=seller, **fields)


def issue_credit_note(
    *, key: str, invoice: Invoice, parts: Sequence[VatLine], label: str, reason: str,
    lines: Sequence[Line] | None = None, payment: dict[str, Any] | None = None,
) -> Invoice:
    """Credit `parts` (per VAT rate, see rules.credit and rules.credit_lines) of an invoice; inside the caller's
    transaction, last. Without `lines` there is one per rate, called `label`. `payment` is how the money goes back;
    left out, the way it came. ValueError when the lines do not add up to the parts."""
    natures = {line.get("nature", rules.GOODS) for line in invoice.lines}
    nature = rules.SERVICE if natures == {rules.SERVICE} else rules.GOODS
    if lines is None:
        lines = [Line(label, 1, part.gross, part.rate, part.gross, nature=nature) for part in parts]
    return _issue(
        kind=InvoiceKind.AVOIR, key=key, priced=rules.price_credit(lines, parts), free=_free_of(invoice),
        seller_key=invoice.seller_key, seller=invoice.seller, buyer=invoice.buyer, buyer_user=invoice.buyer_user,
        language=invoice.language, corrects=invoice, reason=reason[:300],
        payment=invoice.payment if payment is None else payment, buyer_reference=invoice.buyer_reference,
        subject=invoice.subject,
    )
