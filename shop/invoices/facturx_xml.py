"""The XML of a Factur-X invoice (profile EN 16931). Pure: a dict in, bytes out.

Keys BT-… and BG-… are those of EN 16931-1:2017; what France adds is AFNOR XP Z12-012 (rules BR-FR-…). Runs in a helper
process: factur-x and lxml are no guests of the web process.
"""

import re
from decimal import Decimal
from typing import Any

from facturx import xml_check_xsd
from facturx.generate_xml import generate_cii_xml
from lxml import etree

from shop.invoices import rules

LEVEL = "en16931"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
INVOICE, CREDIT_NOTE, DEPOSIT = "380", "381", "386"
# UNTDID 4451: what a note is about. Codes of LegalText without an entry are general information.
SUBJECTS = {"PMD": "PMD", "PMT": "PMT", "AAB": "AAB", "MEDIATEUR": "ABL", "RETRACTATION": "ABL"}
GENERAL = "AAI"
# UNTDID 4461, by the method of payment; anything else is "mutually defined" with its name beside it.
MEANS = {"CARTE": "48", "MOBILE_MONEY": "68", "VIREMENT": "58", "ESPECES": "10", "PRELEVEMENT": "59"}
OTHER_MEANS = "ZZZ"
SIREN_SCHEME, FRENCH_ADDRESS, E_MAIL = "0002", "0225", "EM"
DISCOUNT = "95"  # UNTDID 5189
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def build(document: dict[str, Any]) -> bytes:
    """The XML of `document` (services.document), valid by its XSD.

    ValueError when the XSD refuses it. Whether it may be Factur-X at all is asked before (rules.refusal).
    """
    root = etree.fromstring(generate_cii_xml(terms(document), level=LEVEL, check_xsd=False, check_schematron=False))
    for node in root.iter():
        node.attrib.pop(NIL, None)  # factur-x marks an element without content so, and the XSD forbids it
    etree.cleanup_namespaces(root)
    xml_check_xsd(root, flavor="factur-x", level=LEVEL)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def terms(document: dict[str, Any]) -> dict[str, Any]:
    """The business terms of a document, without empty ones."""
    clean = _cleaned(document)
    vat = {Decimal(row["rate"]): row for row in clean["vat"]}
    lines = [_line(rank, line, vat) for rank, line in enumerate(clean["lines"], start=1)]
    allowances = [_allowance(row) for row in clean["vat"] if Decimal(row["allowance"])]
    nets = sum((Decimal(line["BT-131"]) for line in lines), Decimal("0.00"))
    less = sum((Decimal(part["amount"]) for part in allowances), Decimal("0.00"))
    paid = clean["total"] if clean["paid"] else "0.00"
    result = {
        "BT-1": clean["number"], "BT-2": clean["issued_on"], "BT-3": _type(clean),
        "BT-5": clean["currency"], "BT-9": clean["due_on"], "BT-10": clean["buyer_reference"],
        "BT-14": clean["order"] or clean["quote"], "BT-20": clean["terms"], "BT-23": clean["process"],
        "BG-1": _notes(clean), "BG-4": _seller(clean["seller"]), "BG-7": _buyer(clean["buyer"]),
        "BG-13": _delivery(clean["delivery"]), "BT-72": clean["delivery"].get("date", ""),
        "BG-20": allowances, "BG-23": [_vat(row) for row in clean["vat"]], "BG-25": lines,
        "BT-106": f"{nets:.2f}", "BT-107": f"{less:.2f}" if less else "", "BT-109": clean["net"],
        "BT-110": clean["vat_total"], "BT-112": clean["total"], "BT-113": paid if clean["paid"] else "",
        "BT-115": f"{Decimal(clean['total']) - Decimal(paid):.2f}", **_means(clean),
    }
    earlier = [clean["corrects"]] if clean["corrects"] else clean["deducts"]
    result["BG-3"] = [{"BT-25": paper["number"], "BT-26": paper["issued_on"]} for paper in earlier]
    return {key: value for key, value in result.items() if value}


def _type(document: dict[str, Any]) -> str:
    if document["corrects"]:
        return CREDIT_NOTE
    return DEPOSIT if document["deposit"] else INVOICE


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return FORBIDDEN.sub("", value)
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return value


def _notes(document: dict[str, Any]) -> list[dict[str, str]]:
    """Legal texts, why it was credited, and who it goes to (BAR, rule BR-FR-20)."""
    notes = [
        {"BT-21": SUBJECTS.get(text["code"], GENERAL), "BT-22": text["text"]} for text in document["legal"]
    ]
    notes += [{"BT-21": GENERAL, "BT-22": text} for text in (document["subject"], document["reason"]) if text]
    abroad = "" if rules.country_of(document["buyer"]) == "FR" else "INT"
    who = "B2B" if rules.is_company(document["buyer"]) else "B2C"
    return [*notes, {"BT-21": "BAR", "BT-22": who + abroad}]


def _address(party: dict[str, Any]) -> dict[str, str]:
    return {
        "addr_l1": party.get("line1", ""), "addr_l2": party.get("line2", ""), "postcode": party.get("postal_code", ""),
        "city": party.get("city", ""), "country_code": rules.country_of(party),
    }


def _seller(seller: dict[str, Any]) -> dict[str, Any]:
    siren = seller["siren"]
    party = {
        "name": seller["name"], "legal_info": seller.get("legal", ""), "legal_identifier": siren,
        "legal_identifier_schemeid": SIREN_SCHEME, "einvoicing_addr": siren,
        "einvoicing_addr_schemeid": FRENCH_ADDRESS, "vat_identifier": seller.get("vat_number", ""),
        "contacts": [{"name": seller["name"], "phone": seller.get("phone"), "email": seller.get("email")}],
        **_address(seller),
    }
    if not party["vat_identifier"]:
        party["tax_identifier"] = siren  # exempt sellers may have no VAT number, and BR-E-02 wants one of them
    return party


def _buyer(buyer: dict[str, Any]) -> dict[str, Any]:
    """BT-49 is compulsory in France: the SIREN for a business, the e-mail address for a person."""
    siren = buyer.get("siren", "")
    party = {
        "name": buyer["name"], "vat_identifier": buyer.get("vat_number", ""),
        "einvoicing_addr": siren or buyer["email"],
        "einvoicing_addr_schemeid": FRENCH_ADDRESS if siren else E_MAIL, **_address(buyer),
    }
    if siren:
        party |= {"legal_identifier": siren, "legal_identifier_schemeid": SIREN_SCHEME}
    return party


def _delivery(place: dict[str, Any]) -> dict[str, str]:
    return {"name": place.get("name", ""), **_address(place)} if place.get("line1") else {}


def _means(document: dict[str, Any]) -> dict[str, str]:
    """How it was or will be paid; a transfer needs our account (BR-61)."""
    payment, seller = document["payment"], document["seller"]
    code = MEANS.get(payment.get("code", ""), OTHER_MEANS)
    if not document["paid"] and not document["corrects"] and seller.get("iban"):
        return {"BT-81": "58", "BT-84": seller["iban"], "BT-86": seller.get("bic", ""), "BT-83": document["number"]}
    if not payment.get("method"):
        return {}
    return {"BT-81": OTHER_MEANS if code in ("58", "59") else code, "BT-82": payment["method"]}


def _rate(row: dict[str, Any]) -> str:
    return f"{Decimal(row['rate']):.2f}"


def _vat(row: dict[str, Any]) -> dict[str, str]:
    return {
        "BT-116": row["net"], "BT-117": row["vat"], "BT-118": row["category"], "BT-119": _rate(row),
        "BT-120": row.get("exemption", ""), "BT-121": row.get("vatex", ""),
    }


def _allowance(row: dict[str, Any]) -> dict[str, str]:
    return {
        "amount": row["allowance"], "reason": row["allowance_reason"], "reason_code": DISCOUNT,
        "vat_category_code": row["category"], "vat_rate": _rate(row),
    }


def _line(rank: int, line: dict[str, Any], vat: dict[Decimal, dict[str, Any]]) -> dict[str, Any]:
    row = vat[Decimal(line["vat_rate"])]
    less = rules.net_discount(Decimal(line["discount"]), Decimal(line["vat_rate"]))
    net, quantity = Decimal(line["net"]), Decimal(line["quantity"])
    each, pieces = rules.unit_net(net + less, quantity)
    name = line["description"].strip() or "—"  # BR-25 wants a name
    result = {
        "BT-126": str(rank), "BT-153": name, "BT-155": line.get("reference", ""), "BT-129": f"{quantity.normalize():f}",
        "BT-130": line["unit"], "BT-131": f"{net:.2f}", "BT-146": f"{each:f}", "BT-151": row["category"],
        "BT-152": _rate(row),
    }
    if pieces != 1:
        result["BT-149"] = f"{pieces.normalize():f}"
    if less:
        reason = line.get("discount_reason") or row["allowance_reason"]
        result["BG-27"] = [{"amount": f"{less:.2f}", "reason": reason, "reason_code": DISCOUNT}]
    return {key: value for key, value in result.items() if value}
