"""The proof of invoices: series without a gap, sums that add up, credit notes within their invoice, files unchanged.

Reads each invoice once, in a few queries whatever their number. The files are read too when asked (`files=True`):
they are by far the most bytes.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256

from django.db.models import F, Sum
from django.db.models.functions import Abs

from config.lib.money import ZERO
from shop.invoices.models import Invoice, InvoiceCounter, InvoiceKind
from shop.invoices.rules import PREFIX

NUMBER = re.compile(r"([A-Z]+)-(\d{4})-(\d{6,})")
Series = tuple[str, str, int]


def faults(*, files: bool = False) -> Iterator[str]:
    """Every broken rule, as a sentence that names the row."""
    yield from _numbers()
    yield from _sums()
    yield from _credit_notes()
    if files:
        yield from _files()


def _numbers() -> Iterator[str]:
    """Each series reads 1, 2, 3 … in the order of issue, up to its counter."""
    last: dict[Series, int] = {}
    rows = Invoice.objects.order_by("pk").values_list("pk", "seller_key", "kind", "number")
    for pk, seller, kind, number in rows.iterator(chunk_size=5000):
        read = NUMBER.fullmatch(number)
        if read is None or read[1] != PREFIX[kind]:
            yield f"invoice {pk} has number {number}, which is none of the series {PREFIX[kind]}"
            continue
        series, rank = (seller, kind, int(read[2])), int(read[3])
        expected = last.get(series, 0) + 1
        if rank != expected:
            yield f"invoice {pk} has number {number} where {expected} is due: the series has a gap or a repeat"
        last[series] = rank
    counters = InvoiceCounter.objects.order_by("pk").values_list("seller_key", "kind", "year", "last")
    noted: dict[Series, int] = {(seller, kind, year): count for seller, kind, year, count in counters}
    for series in sorted(noted.keys() | last.keys()):
        if noted.get(series, 0) != last.get(series, 0):
            name = " ".join(str(part) for part in series if part)
            yield f"series {name} counted {noted.get(series, 0)} invoices, the last one is {last.get(series, 0)}"


def _sums() -> Iterator[str]:
    """What is printed adds up: lines less the discount, and VAT per rate, to the totals."""
    rows = Invoice.objects.order_by("pk").values_list(
        "number", "lines", "vat", "discount", "net", "vat_total", "total"
    )
    for number, lines, vat, discount, net, vat_total, total in rows.iterator(chunk_size=1000):
        if net + vat_total != total:
            yield f"invoice {number}: {net} and VAT {vat_total} are not {total}"
        elif (_total(vat, "net"), _total(vat, "vat"), _total(vat, "gross")) != (net, vat_total, total):
            yield f"invoice {number}: its VAT per rate does not add up to its totals"
        elif _total(lines, "total") - discount != total:
            yield f"invoice {number}: its lines add up to {_total(lines, 'total') - discount}, not to {total}"


def _total(rows: Iterable[dict], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), ZERO)


def _credit_notes() -> Iterator[str]:
    notes = Invoice.objects.filter(kind=InvoiceKind.AVOIR)
    for number in notes.filter(corrects=None).order_by("pk").values_list("number", flat=True):
        yield f"credit note {number} corrects no invoice"
    invoices = Invoice.objects.filter(kind=InvoiceKind.FACTURE)
    over = invoices.annotate(credited=Sum(Abs("credit_notes__total"))).filter(credited__gt=F("total"))
    for number, credited, total in over.order_by("pk").values_list("number", "credited", "total"):
        yield f"invoice {number} of {total} is credited by {credited}"


def _files() -> Iterator[str]:
    rows = Invoice.objects.exclude(sha256="").order_by("pk").values_list("number", "sha256", "pdf")
    for number, known, pdf in rows.iterator(chunk_size=20):
        if sha256(bytes(pdf or b"")).hexdigest() != known:
            yield f"invoice {number}: its file is not the one that was issued"


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {"invoices": Invoice.objects.count()}
