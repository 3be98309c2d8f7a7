"""From the ledger's accounts to the numbers of the French general chart of accounts (plan comptable général, ANC
regulation 2014-03 as amended). No ORM.

A posting is written under the number of its *key*:

    PERSONNEL, SOCIETE, COMMUNAUTE   wallets of people and companies, pots of communities; one auxiliary account each
    SALES@20, VAT@5.5, SALES@        a system account and its VAT rate in percent ("@" alone: no rate was noted)
    ROUNDING-, DIFFERENCES+          accounts that are a cost when debited and a revenue when credited
    BANK                             any other system account

The numbers below are a proposal. An operator's accountant replaces any of them, key by key, with the setting
ACCOUNT_NUMBERS ("SALES@20=707010,BANK=512100"); the change holds for entries journalised from then on and never for
older ones, because every number is written down with the first entry that it counts for (ChartNumber).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

# Journals of the FEC: code → name. Not translated: the file is a French legal document.
JOURNAL_LABELS = {"VE": "Ventes", "BQ": "Banque et encaissements", "OD": "Opérations diverses", "AN": "À-nouveaux"}
SALES_KINDS = frozenset({"order_payment", "order_refund", "fee_kept", "bill", "bill_credit", "bill_reopened"})
MONEY_ACCOUNTS = frozenset({"CLEARING", "BANK", "CASH", "CHEQUES", "CARD_TERMINAL"})

# What an entry is called in the FEC, by kind of transaction; a kind that is not named here gives its own name.
ENTRY_LABELS = {
    "order_payment": "Vente", "order_refund": "Remboursement de vente", "fee_kept": "Frais de livraison conservés",
    "payment": "Encaissement", "refund": "Remboursement au payeur", "topup": "Rechargement de portefeuille",
    "transfer": "Virement entre portefeuilles", "delivery": "Règlement de livraison", "gift": "Geste commercial",
    "contribution": "Contribution à une caisse commune", "grant": "Aide versée par une caisse commune",
    "share_out": "Partage d'une caisse commune", "withdrawal": "Retrait de portefeuille",
    "withdrawal_bounced": "Retrait rejeté par la banque", "withdrawal_returned": "Retrait rendu au portefeuille",
    "withdrawal_difference": "Écart sur retrait", "difference": "Écart de règlement",
    "provider_refund": "Remboursement chez le prestataire", "case": "Régularisation",
    "bill": "Facture", "bill_credit": "Avoir", "bill_reopened": "Acompte à déduire de nouveau",
    "bill_payment": "Règlement de facture",
    "bill_refund": "Règlement rendu", "bill_reversal": "Règlement annulé",
}

# key → (number, name); for accounts with a VAT rate the rate's digits follow the number.
CHART: dict[str, tuple[str, str]] = {
    "PERSONNEL": ("467100", "Portefeuilles des particuliers"),
    "SOCIETE": ("467200", "Portefeuilles des sociétés"),
    "COMMUNAUTE": ("467300", "Caisses des communautés"),
    "SOLIDARITY": ("467400", "Fonds de solidarité"),
    "ESCROW": ("467500", "Séquestre des livraisons"),
    "UNAPPLIED": ("419100", "Clients - encaissements à imputer"),
    "CLEARING": ("511500", "Prestataires de paiement"),
    "BANK": ("512000", "Banque"),
    "RECEIVABLE": ("411000", "Clients"),
    "DEPOSITS": ("419110", "Clients - acomptes facturés"),
    "CASH": ("530000", "Caisse"),
    "CHEQUES": ("511200", "Chèques à encaisser"),
    "CARD_TERMINAL": ("511510", "Cartes bancaires à encaisser"),
    "REWARDS": ("623400", "Cadeaux et récompenses"),
    "ROUNDING-": ("658000", "Arrondis - charges"),
    "ROUNDING+": ("758000", "Arrondis - produits"),
    "DIFFERENCES-": ("658800", "Écarts de règlement - charges"),
    "DIFFERENCES+": ("758800", "Écarts de règlement - produits"),
}
RATED: dict[str, tuple[str, str]] = {
    "SALES": ("707", "Ventes de marchandises"),
    "SERVICE_SALES": ("7061", "Prestations d'atelier"),
    "DELIVERY_SALES": ("7085", "Livraisons facturées"),
    "COMMISSION": ("706", "Commissions"),
    "VAT": ("44571", "TVA collectée"),
}
SIGNED = frozenset({"ROUNDING", "DIFFERENCES"})
UNKNOWN = ("471000", "Compte d'attente")


def rate_text(rate: Decimal | None) -> str:
    """`20`, `5.5`, or nothing when no rate was noted."""
    return "" if rate is None else f"{rate.normalize():f}"


def key_of(kind: str, code: str | None, rate: Decimal | None, *, credit: bool) -> str:
    """The key of a posting on an account of `kind` and `code`, at a VAT `rate` in percent."""
    if code is None:
        return kind
    if code in RATED:
        return f"{code}@{rate_text(rate)}"
    return f"{code}{'+' if credit else '-'}" if code in SIGNED else code


def number_of(key: str, overrides: Mapping[str, str] = {}) -> tuple[str, str]:
    """The account number and name of a key: 20 % → …200, 5.5 % → …055, no rate → …000, exempt (0 %) → …990."""
    code, marked, rate = key.partition("@")
    if not marked:
        number, label = CHART.get(key, UNKNOWN)
    else:
        prefix, name = RATED[code]
        number, label = prefix + _digits(rate), f"{name} {rate.replace('.', ',')} %" if rate else name
    return overrides.get(key, number), label


def _digits(rate: str) -> str:
    """Three digits that tell a VAT rate (four where a rate has hundredths, as 1.05 in Corsica and overseas)."""
    if not rate:
        return "000"
    hundredths = int(Decimal(rate) * 100)
    if not hundredths:
        return "990"
    return f"{hundredths // 10:03d}" if hundredths % 10 == 0 else f"{hundredths:04d}"


def journal_of(kind: str, codes: Iterable[str | None]) -> str:
    """The journal of a transaction: sales by its kind, bank when a gateway or the bank has part in it, else others."""
    if kind in SALES_KINDS:
        return "VE"
    return "BQ" if MONEY_ACCOUNTS & set(codes) else "OD"


def entry_label(kind: str, reference: str) -> str:
    """`Vente order:12`."""
    return f"{ENTRY_LABELS.get(kind, kind)} {reference}".strip()


@dataclass(frozen=True)
class Number:
    """A number of the chart, from entry `since` on."""

    since: int
    number: str
    label: str


class Chart:
    """Which number a key had at which entry."""

    def __init__(self, rows: Iterable[tuple[str, int, str, str]]):
        self._by_key: dict[str, list[Number]] = {}
        for key, since, number, label in sorted(rows, key=lambda row: row[1]):
            self._by_key.setdefault(key, []).append(Number(since, number, label))

    def at(self, key: str, entry: int) -> tuple[str, str]:
        """Number and name of `key` for entry number `entry`. KeyError: the key was never journalised by then."""
        for row in reversed(self._by_key[key]):
            if row.since <= entry:
                return row.number, row.label
        raise KeyError(f"{key} at entry {entry}")

    def last(self, key: str) -> tuple[str, str] | None:
        rows = self._by_key.get(key)
        return (rows[-1].number, rows[-1].label) if rows else None

    @property
    def changes(self) -> list[int]:
        """The entries at which a key got another number than before: sums by number must not mix both sides."""
        return sorted({row.since for rows in self._by_key.values() for row in rows[1:]})
