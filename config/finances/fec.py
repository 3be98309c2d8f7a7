"""The *fichier des écritures comptables*, article A47 A-1 of the French tax procedures book (LPF).

One line per posting, 18 fields in the order of the law, separated by tabs; lines end in CR LF; ISO 8859-15; dates
YYYYMMDD; decimal comma. Lines come in the order in which entries were sealed. Every field is read from sealed rows,
so a file made again is the old file, byte for byte, with the new lines after it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Max, Min, QuerySet, Sum
from django.utils import timezone

from accounts.wallet.accounting import queries as books
from accounts.wallet.accounting.models import JournalEntry
from accounts.wallet.accounting.rules import JOURNAL_LABELS, Chart, key_of
from accounts.wallet.models import Posting
from config.lib.money import ZERO

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise",
    "Idevise",
)  # fmt: skip
ENCODING = "iso-8859-15"
CHUNK = 2000
# Auxiliary accounts carry the number of the wallet, not a name: names change and may have to be forgotten, books not.
AUXILIARY = {"PERSONNEL": ("P", "Portefeuille"), "SOCIETE": ("S", "Société"), "COMMUNAUTE": ("C", "Caisse commune")}
PROFIT, LOSS = ("120000", "Résultat de l'exercice (bénéfice)"), ("129000", "Résultat de l'exercice (perte)")
_CLEAN = str.maketrans({"\t": " ", "\r": " ", "\n": " ", "|": "/", "’": "'", "…": "...", "–": "-", "—": "-", "œ": "oe"})


def filename(last: date) -> str:
    """`<SIREN>FEC<YYYYMMDD>.txt`; nine zeros until the operator gives his SIREN."""
    return f"{settings.SHOP_SIREN or '0' * 9}FEC{last:%Y%m%d}.txt"


def amounts(amount: Decimal) -> tuple[str, str]:
    """Debit and credit of a posting: our credits are positive."""
    figure = f"{abs(amount):.2f}".replace(".", ",")
    return ("0,00", figure) if amount > 0 else (figure, "0,00")


def _joined(fields: Iterable[str]) -> str:
    return "\t".join(field.translate(_CLEAN) for field in fields)


def _line(fields: Iterable[str]) -> bytes:
    return f"{_joined(fields)}\r\n".encode(ENCODING, "replace")


def auxiliary(kind: str, account_id: int) -> tuple[str, str]:
    """Number and name of the auxiliary account of a wallet or pot; empty for the platform's own accounts."""
    if kind not in AUXILIARY:
        return "", ""
    letter, name = AUXILIARY[kind]
    return f"{letter}{account_id:08d}", f"{name} {account_id}"


def lines(first: date, last: date) -> Iterator[bytes]:
    """The file for accounting dates `first` to `last`, both included, in constant memory."""
    yield _line(COLUMNS)
    chart = books.chart()
    span = books.entries(first=first, last=last)
    begin, final = span.aggregate(a=Min("number"), z=Max("number")).values()
    if begin is None:
        return
    if (first.month, first.day) == (1, 1):
        yield from _carried_forward(first, begin, chart)
    while begin <= final:
        end = begin + CHUNK
        yield from _of_entries(span, chart, begin, end)
        begin = end


def _of_entries(span: QuerySet[JournalEntry], chart: Chart, begin: int, end: int) -> Iterator[bytes]:
    """The lines of the entries numbered from `begin` to before `end`. Sealed rows: no snapshot is needed."""
    entries = {entry.pk: entry for entry in span.filter(number__gte=begin, number__lt=end)}
    postings = (
        Posting.objects.filter(transaction__entry__in=span.filter(number__gte=begin, number__lt=end))
        .order_by("transaction__entry__number", "pk")
        .values_list("transaction__entry", "account__kind", "account__code", "vat_rate", "account_id", "amount")
    )
    known, head, paper, tail = 0, "", "", ""
    for pk, kind, code, rate, account_id, amount in postings:
        entry = entries[pk]
        if pk != known:  # what the lines of an entry share is written once for all of them
            known, (head, paper, tail) = pk, _shared(entry)
        account = chart.at(key_of(kind, code, rate, credit=amount > 0), entry.number)
        mine = _joined((*account, *auxiliary(kind, account_id)))
        yield f"{head}\t{mine}\t{paper}\t{_joined(amounts(amount))}\t{tail}\r\n".encode(ENCODING, "replace")


def _shared(entry: JournalEntry) -> tuple[str, str, str]:
    """The fields of an entry before the account, between account and amounts, and after the amounts."""
    return (
        _joined((entry.journal, JOURNAL_LABELS[entry.journal], str(entry.number), f"{entry.date:%Y%m%d}")),
        _joined((entry.piece, f"{entry.piece_date:%Y%m%d}", entry.label)),
        _joined(("", "", f"{timezone.localtime(entry.sealed_at):%Y%m%d}", "", "")),
    )


def _carried_forward(first: date, begin: int, chart: Chart) -> Iterator[bytes]:
    """The opening entry of a year (*à nouveaux*): balances of classes 1 to 5 as the year before left them, and what
    costs and revenues add up to as the result. It can be written once the year has an entry: then nothing can be
    dated before it any more."""
    before = (
        Posting.objects.filter(transaction__entry__number__lt=begin)
        .values("account_id", "account__kind", "account__code", "vat_rate", side=books.SIDE)
        .annotate(total=Sum("amount"))
        .order_by("account_id", "vat_rate", "side")
    )
    sums: dict[tuple[str, str, str, str], Decimal] = {}
    result = ZERO
    for row in before.iterator():
        key = key_of(row["account__kind"], row["account__code"], row["vat_rate"], credit=bool(row["side"]))
        number, label = chart.at(key, begin)
        if number[0] in "67":
            result += row["total"]
            continue
        place = (number, label, *auxiliary(row["account__kind"], row["account_id"]))
        sums[place] = sums.get(place, ZERO) + row["total"]
    if result:
        sums[(*(PROFIT if result > 0 else LOSS), "", "")] = result
    day = f"{first:%Y%m%d}"
    for (number, label, aux, aux_label), total in sorted(sums.items()):
        if total:
            yield _line((
                "AN", JOURNAL_LABELS["AN"], f"AN{first:%Y}", day, number, label, aux, aux_label, f"AN{first:%Y}", day,
                "Reprise des soldes", *amounts(total), "", "", day, "", "",
            ))  # fmt: skip

