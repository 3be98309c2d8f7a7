"""The file of credit transfers that the bank reads: ISO 20022 pain.001.001.09, as the EPC's implementation guidelines
for SEPA credit transfers (EPC132-08, in force since November 2023) use it. Pure: data in, bytes out.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from lxml import etree

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# What NFKD leaves as it is.
LETTERS = str.maketrans({
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "’": "'", "‘": "'", "–": "-", "—": "-", "&": "+", "€": "EUR",
})  # fmt: skip
NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def plain(text: str, length: int) -> str:
    """`text` in the character set that every SEPA bank accepts (EPC217-08), at most `length` characters.

    Accents are taken off; a character without a Latin form becomes a space. A text neither begins nor ends with a
    slash, nor holds two in a row (EPC132-08, 1.4).
    """
    apart = unicodedata.normalize("NFKD", text.translate(LETTERS))
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    spaced = " ".join(NOT_SEPA.sub(" ", bare).split())
    return re.sub(r"/{2,}", "/", spaced)[:length].strip(" /")


@dataclass(frozen=True)
class Party:
    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True)
class Transfer:
    """One line of the file. `reference` comes back in every message of the banks about it."""

    reference: str
    amount: Decimal
    to: Party
    label: str


def _add(parent: Any, path: str, text: str = "", **attributes: str) -> Any:
    """The last of the elements `a/b/c` made under `parent`, with its text."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text:
        parent.text = text
    for name, value in attributes.items():
        parent.set(name, value)
    return parent


def _party(parent: Any, role: str, party: Party) -> None:
    _add(_add(parent, role), "Nm", plain(party.name, 70))


def _bank(parent: Any, role: str, bic: str) -> None:
    institution = _add(parent, f"{role}/FinInstnId")
    if bic:
        _add(institution, "BICFI", bic)
    else:  # IBAN only: the guidelines' word for a bank that the debtor leaves unnamed
        _add(institution, "Othr/Id", "NOTPROVIDED")


def build(
    *, message_id: str, created_at: datetime, execution_date: date, debtor: Party, transfers: Sequence[Transfer]
) -> bytes:
    """The file: one group of transfers out of `debtor`'s account, amounts in euros."""
    if not transfers:
        raise ValueError("a file needs transfers")
    count, total = str(len(transfers)), f"{sum(t.amount for t in transfers):.2f}"
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    start = _add(root, "CstmrCdtTrfInitn")
    header = _add(start, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", timezone.localtime(created_at).strftime("%Y-%m-%dT%H:%M:%S"))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    _add(header, "InitgPty/Nm", plain(debtor.name, 70))

    group = _add(start, "PmtInf")
    _add(group, "PmtInfId", f"{message_id}-1")
    _add(group, "PmtMtd", "TRF")
    _add(group, "BtchBookg", "true")  # one debit for the whole file, as one line of the statement
    _add(group, "NbOfTxs", count)
    _add(group, "CtrlSum", total)
    _add(group, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(group, "ReqdExctnDt/Dt", execution_date.isoformat())
    _party(group, "Dbtr", debtor)
    _add(group, "DbtrAcct/Id/IBAN", debtor.iban)
    _bank(group, "DbtrAgt", debtor.bic)
    _add(group, "ChrgBr", "SLEV")  # each side pays its own bank: the only value SEPA allows
    for transfer in transfers:
        line = _add(group, "CdtTrfTxInf")
        _add(line, "PmtId/EndToEndId", plain(transfer.reference, 35))
        _add(line, "Amt/InstdAmt", f"{transfer.amount:.2f}", Ccy="EUR")
        if transfer.to.bic:
            _bank(line, "CdtrAgt", transfer.to.bic)
        _party(line, "Cdtr", transfer.to)
        _add(line, "CdtrAcct/Id/IBAN", transfer.to.iban)
        _add(line, "RmtInf/Ustrd", plain(transfer.label, 140))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
