"""Arithmetic of invoices: numbers, VAT, discounts, credit. No ORM. Amounts in euros, rates in percent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from config.lib.money import ZERO, VatLine, round_half_up, split, vat_included

PREFIX = {"FACTURE": "FA", "AVOIR": "AV"}
GOODS, SERVICE = "BIEN", "SERVICE"
OVERSEAS = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT"}
MAINLAND = "FR"
PRICE_DECIMALS = (2, 3, 4, 5, 6)  # Factur-X shows 4, the French rules take 6 (BR-FR-DEC-03)


@dataclass(frozen=True)
class Line:
    """A line to invoice; amounts incl. VAT. `total` is what the line comes to after its own `discount`.

    `unit` is a code of UN/ECE Recommendation 20 (C62 one piece, HUR hour); `reference` the seller's article number.
    """

    description: str
    quantity: int | Decimal
    unit_price: Decimal
    vat_rate: Decimal
    total: Decimal
    discount: Decimal = ZERO
    nature: str = GOODS
    unit: str = "C62"
    reference: str = ""


@dataclass(frozen=True)
class PricedLine:
    """A line with its part of every sum. Within a rate the `net` of all lines, less the `allowance` of the rate, is
    the rate's net; the `share` of all lines is its gross."""

    line: Line
    net: Decimal  # excl. VAT, after the line's own discount
    share: Decimal  # incl. VAT, after its part of the invoice's discount: the most that can be refunded for it


@dataclass(frozen=True)
class Priced:
    lines: list[PricedLine]
    vat: list[VatLine]
    allowances: dict[Decimal, Decimal]  # rate → the invoice's discount excl. VAT

    @property
    def total(self) -> Decimal:
        return sum((line.gross for line in self.vat), ZERO)


def number(kind: str, year: int, rank: int) -> str:
    return f"{PREFIX[kind]}-{year}-{rank:06d}"


def territory(postal_code: str) -> str:
    """Where a French seller sits, for VAT: FR or one of the overseas departments."""
    return OVERSEAS.get(postal_code.replace(" ", "")[:3], MAINLAND)


def price(lines: Sequence[Line], discount: Decimal = ZERO) -> Priced:
    """VAT per rate on the summed base, and every line's part of it to the cent.

    `discount` (incl. VAT, off the whole invoice) is shared over the rates by largest remainder, and within a rate
    over its lines. ValueError for a negative line, or a discount above the total.
    """
    gross: dict[Decimal, Decimal] = {}
    for line in lines:
        if line.total < ZERO or line.discount < ZERO:
            raise ValueError(f"negative line: {line.description}")
        rate = normal(line.vat_rate)
        gross[rate] = gross.get(rate, ZERO) + line.total
    rates = sorted(gross, reverse=True)
    if not ZERO <= discount <= sum(gross.values(), ZERO):
        raise ValueError(f"discount of {discount} on {sum(gross.values(), ZERO)}")
    parts = split(discount, [gross[rate] for rate in rates]) if rates else []
    vat: list[VatLine] = []
    allowances: dict[Decimal, Decimal] = {}
    nets: dict[Decimal, Decimal] = {}
    for rate, part in zip(rates, parts, strict=True):
        left = gross[rate] - part
        tax = vat_included(left, rate)
        vat.append(VatLine(rate, left - tax, tax, left))
        nets[rate] = gross[rate] - vat_included(gross[rate], rate)
        allowances[rate] = nets[rate] - (left - tax)
    return Priced(_shared(lines, nets, {line.rate: line.gross for line in vat}), vat, allowances)


def price_credit(lines: Sequence[Line], parts: Sequence[VatLine]) -> Priced:
    """The lines of a credit note whose sums per rate are given by `parts`. ValueError when they do not add up."""
    sums: dict[Decimal, Decimal] = {}
    for line in lines:
        sums[normal(line.vat_rate)] = sums.get(normal(line.vat_rate), ZERO) + line.total
    if sums != {normal(part.rate): part.gross for part in parts}:
        raise ValueError("the lines of a credit note must add up to its parts per rate")
    nets = {normal(part.rate): part.net for part in parts}
    return Priced(_shared(lines, nets, sums), list(parts), dict.fromkeys(nets, ZERO))


@dataclass(frozen=True)
class Deposit:
    """An invoice of a deposit that a later one takes off: what is left of it per rate, and what it was for."""

    number: str
    issued_on: str  # ISO
    label: str
    parts: Sequence[VatLine]
    nature: str = GOODS


def deduct(priced: Priced, deposits: Sequence[Deposit]) -> Priced:
    """`priced` less what deposits invoiced before: a line of minus one piece for each of their rates, and VAT per rate
    as what is left of it, so that all invoices together state the VAT of the whole. ValueError when a rate has not
    so much."""
    lines, left = list(priced.lines), list(priced.vat)
    for deposit in deposits:
        left = remaining(left, deposit.parts) if deposit.parts else left
        for part in deposit.parts:
            line = Line(deposit.label, -1, part.gross, part.rate, -part.gross, nature=deposit.nature,
                        reference=deposit.number)
            lines.append(PricedLine(line, -part.net, -part.gross))
    if any(min(line.net, line.vat) < ZERO for line in left):
        raise ValueError("the deposits are more than the invoice")
    return Priced(lines, left, priced.allowances)


def normal(rate: Decimal) -> Decimal:
    """A rate without idle zeros, so that 20 and 20.00 are one."""
    return Decimal(rate).normalize() + 0


def _shared(
    lines: Sequence[Line], nets: dict[Decimal, Decimal], grosses: dict[Decimal, Decimal]
) -> list[PricedLine]:
    net, share = [ZERO] * len(lines), [ZERO] * len(lines)
    for rate in nets:
        mine = [i for i, line in enumerate(lines) if normal(line.vat_rate) == rate]
        weights = [lines[i].total for i in mine]
        for i, part, left in zip(mine, split(nets[rate], weights), split(grosses[rate], weights), strict=True):
            net[i], share[i] = part, left
    return [PricedLine(line, net[i], share[i]) for i, line in enumerate(lines)]


def net_discount(discount: Decimal, rate: Decimal) -> Decimal:
    """A line's discount without its VAT."""
    return discount - vat_included(discount, rate)


def unit_net(net: Decimal, quantity: Decimal) -> tuple[Decimal, Decimal]:
    """(price excl. VAT, number of pieces it is for), such that quantity × price / pieces rounds to `net`.

    As few decimals as that takes; where six are too few the price is that of the whole quantity (BT-149).
    """
    for decimals in PRICE_DECIMALS:
        each = (net / quantity).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        if round_half_up(each * quantity) == net:
            return each, Decimal(1)
    return net, quantity


def process(natures: Iterable[str], *, paid: bool) -> str:
    """BT-23, the French *cadre de facturation*: goods, services or both (B, S, M), already paid (2) or not (1).

    Source: AFNOR XP Z12-012, rules BR-FR-08 and BR-FR-CO-09.
    """
    kinds = set(natures)
    letter = "M" if len(kinds) > 1 else "S" if kinds == {SERVICE} else "B"
    return letter + ("2" if paid else "1")


def remaining(invoiced: Sequence[VatLine], credited: Sequence[VatLine]) -> list[VatLine]:
    """What is left of an invoice after its credit notes, per rate."""
    left = {line.rate: line for line in invoiced}
    for line in credited:
        was = left[line.rate]
        left[line.rate] = VatLine(line.rate, was.net - line.net, was.vat - line.vat, was.gross - line.gross)
    return list(left.values())


def credit(left: Sequence[VatLine], amount: Decimal) -> list[VatLine]:
    """`amount` euros incl. VAT spread over the rates in proportion to what is left of each.

    When everything is credited the parts are exactly what is left, so that invoice and credit notes cancel out.
    """
    whole = sum((line.gross for line in left), ZERO)
    if not ZERO < amount <= whole:
        raise ValueError(f"cannot credit {amount} of {whole}")
    parts = split(amount, [line.gross for line in left])
    return [_credited(line, part) for line, part in zip(left, parts, strict=True) if part]


def credit_lines(left: Sequence[VatLine], lines: Sequence[Line]) -> list[VatLine]:
    """The parts per rate of a credit note that takes back `lines`. ValueError when a rate has not that much left."""
    sums: dict[Decimal, Decimal] = {}
    for line in lines:
        sums[normal(line.vat_rate)] = sums.get(normal(line.vat_rate), ZERO) + line.total
    known = {normal(line.rate): line for line in left}
    for rate, amount in sums.items():
        if rate not in known or not ZERO <= amount <= known[rate].gross:
            raise ValueError(f"cannot credit {amount} at {rate} %")
    ordered = sorted(sums.items(), reverse=True)  # as on the invoice
    return [_credited(known[rate], amount) for rate, amount in ordered if amount]


def _credited(left: VatLine, part: Decimal) -> VatLine:
    if part == left.gross:
        return left
    # Rounded as usual, but never so that more VAT, or more net, is left than was invoiced.
    vat = max(min(vat_included(part, left.rate), left.vat), part - left.net)
    return VatLine(left.rate, part - vat, vat, part)


# --- May it be Factur-X? --------------------------------------------------------------------------------------
NOTES = ("PMD", "PMT", "AAB")  # the notes every French invoice carries (BR-FR-05)


def is_company(buyer: dict[str, Any]) -> bool:
    """Whether the copy of a buyer is that of a business."""
    return bool(buyer.get("siren") or buyer.get("vat_number") or buyer.get("company"))


def country_of(party: dict[str, Any]) -> str:
    """ISO code; who gave no address (pick-up) bought over our counter."""
    return str(party.get("country") or "FR").upper()


def refusal(document: dict[str, Any]) -> str:
    """Why an invoice (see facturx_xml) cannot be Factur-X, as a code of models.Refusal; empty when it can.

    What the XSD and schematrons do not catch, or catch in words that nobody at the till understands.
    """
    seller, buyer = document["seller"], document["buyer"]
    charged = any(Decimal(row["rate"]) for row in document["vat"])
    checks = [
        ("DEVISE", document["currency"] != "EUR"),
        ("SIREN_VENDEUR", len(str(seller.get("siren") or "")) != 9),
        ("TVA_EXONEREE", bool(seller.get("vat_exempt")) and charged),
        ("TVA_VENDEUR", charged and not seller.get("vat_number")),
        ("SIREN_ACHETEUR", is_company(buyer) and country_of(buyer) == "FR" and not buyer.get("siren")),
        ("ADRESSE_ACHETEUR", not (buyer.get("siren") or buyer.get("email"))),
        ("MENTIONS", not set(NOTES) <= {text["code"] for text in document["legal"]}),
        ("VIDE", not document["lines"]),
    ]
    return next((code for code, wrong in checks if wrong), "")
