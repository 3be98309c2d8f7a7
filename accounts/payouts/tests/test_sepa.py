"""The file for the bank: valid under the ISO schema, with characters every bank takes."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal as D
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from accounts.payouts.rules import next_bank_day, next_run
from accounts.payouts.sepa import NAMESPACE, Party, Transfer, build, plain

SHOP = Party("Chez Élodie & fils — épicerie", "FR7630006000011234567890189", "AGRIFRPP")
ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
NS = {"p": NAMESPACE}
# The ISO 20022 schema, as the package sepaxml ships it.
SCHEMA = etree.XMLSchema(
    file=str(Path(str(find_spec("sepaxml").origin)).parent / "schemas" / "pain.001.001.09.xsd")
)


def made(transfers, debtor=SHOP):
    return build(
        message_id="LOT-000001-20261121", created_at=datetime(2026, 11, 21, 5, 20, tzinfo=UTC),
        execution_date=date(2026, 11, 23), debtor=debtor, transfers=transfers,
    )


def transfer(number=1, amount="10.00", name="Zoé Œuvrard", bic=""):
    return Transfer(f"VIR-{number:06d}", D(amount), Party(name, "DE89370400440532013000", bic), f"Paie n° {number}")


def texts(file, path):
    return [node.text for node in etree.fromstring(file).iterfind(path, NS)]


@pytest.mark.parametrize("debtor", [SHOP, Party("A", SHOP.iban)])
@pytest.mark.parametrize("count", [1, 2, 300])
def test_the_schema_accepts_the_file(count, debtor):
    file = made([transfer(i, bic="COBADEFF" if i % 2 else "") for i in range(count)], debtor)
    SCHEMA.assertValid(etree.fromstring(file))


def test_the_schema_is_not_a_rubber_stamp():
    assert not SCHEMA.validate(etree.fromstring(made([transfer()]).replace(b"<PmtMtd>TRF", b"<PmtMtd>ABC")))


def test_sums_counts_and_references():
    file = made([transfer(1, "10.10"), transfer(2, "0.20"), transfer(3, "9999.99")])
    assert texts(file, ".//p:NbOfTxs") == ["3", "3"]
    assert texts(file, ".//p:CtrlSum") == ["10010.29", "10010.29"]
    assert texts(file, ".//p:EndToEndId") == ["VIR-000001", "VIR-000002", "VIR-000003"]
    assert texts(file, ".//p:InstdAmt") == ["10.10", "0.20", "9999.99"]
    assert [node.get("Ccy") for node in etree.fromstring(file).iterfind(".//p:InstdAmt", NS)] == ["EUR"] * 3
    assert texts(file, ".//p:Dbtr/p:Nm") == ["Chez Elodie + fils - epicerie"]
    assert texts(file, ".//p:ReqdExctnDt/p:Dt") == ["2026-11-23"]


@pytest.mark.parametrize("text, expected", [
    ("Zoé Œuvrard", "Zoe OEuvrard"), ("Straße Łódź", "Strasse Lodz"), ("//a//b/", "a/b"), ("a\u202fb😀c", "a b c"),
    ("L’été", "L'ete"), ("مريم", ""), ("x" * 90, "x" * 70),
])
def test_texts_are_written_in_the_banks_characters(text, expected):
    assert plain(text, 70) == expected


@given(st.text(max_size=200), st.integers(1, 140))
def test_any_text_becomes_one_that_banks_take(text, length):
    found = plain(text, length)
    assert ALLOWED.fullmatch(found)
    assert len(found) <= length
    assert "//" not in found
    assert not found.startswith("/")


def test_a_file_without_transfers_is_not_made():
    with pytest.raises(ValueError):
        made([])


@pytest.mark.parametrize("day, expected", [(16, 17), (20, 23), (21, 23), (22, 23)])
def test_banks_work_on_weekdays(day, expected):
    assert next_bank_day(date(2026, 11, day)) == date(2026, 11, expected)


@pytest.mark.parametrize("now, expected", [
    (datetime(2026, 11, 16, 5, 0), 16), (datetime(2026, 11, 16, 5, 20), 23), (datetime(2026, 11, 22, 23, 0), 23),
])
def test_the_next_run_is_a_monday(now, expected):
    assert next_run(now) == date(2026, 11, expected)
