"""How bills stand in the ledger (docs/decisions/0017). A posting is positive when it is a credit.

    bill          RECEIVABLE −, revenue and VAT by rate +; a deposit stands on DEPOSITS, its invoice takes it off there
    bill_credit   the reverse
    bill_payment  where the money is −, RECEIVABLE +
    bill_refund, bill_reversal   the reverse
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from accounts.wallet.models import Account, Posting, SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.services import Postings
from config.lib.money import ZERO, VatLine
from garage.billing import rules
from garage.billing.models import Bill, BillKind, Means
from shop.invoices.models import Invoice
from shop.invoices.rules import GOODS, SERVICE, normal

REVENUE = {GOODS: SystemAccount.SALES, SERVICE: SystemAccount.SERVICE_SALES}
# Where the counter keeps what it takes.
PLACES = {
    Means.ESPECES: SystemAccount.CASH, Means.CHEQUE: SystemAccount.CHEQUES, Means.VIREMENT: SystemAccount.BANK,
    Means.TERMINAL: SystemAccount.CARD_TERMINAL,
}
Net = tuple[str, Decimal, Decimal]  # account, VAT rate, euros excl. VAT
Standing = dict[Decimal, dict[str, Decimal]]  # VAT rate → account → euros excl. VAT


def receivable(amount: Decimal) -> tuple[Account, Decimal]:
    return system_account(SystemAccount.RECEIVABLE), amount


def place(means: str, amount: Decimal) -> tuple[Account, Decimal]:
    """A posting of `amount` euros where the counter keeps money of this kind."""
    return system_account(PLACES[Means(means)]), amount


def issued(bill: Bill) -> Postings:
    """A bill is owed: by rate and nature as its invoice says."""
    invoice = bill.invoice
    nets: list[Net]
    if bill.kind == BillKind.ACOMPTE:
        nets = [(SystemAccount.DEPOSITS, part.rate, part.net) for part in invoice.vat_lines]
    else:
        nets = _of_work(invoice)
    return [
        receivable(-invoice.total), *((system_account(code), net, rate) for code, rate, net in nets),
        *_vat(invoice.vat_lines),
    ]


def _of_work(invoice: Invoice) -> list[Net]:
    """All of the work is revenue now; the deposits that the invoice takes off are none any more."""
    nets, rows = {normal(part.rate): part.net for part in invoice.vat_lines}, []
    found: list[Net] = []
    for line in invoice.lines:
        rate = normal(Decimal(line["vat_rate"]))
        if Decimal(line["quantity"]) < 0:
            found.append((SystemAccount.DEPOSITS, rate, Decimal(line["net"])))
            nets[rate] -= Decimal(line["net"])
        else:
            rows.append((line["nature"], rate, Decimal(line["share"])))
    whole = [VatLine(rate, net, ZERO, net) for rate, net in nets.items()]
    return [*found, *((REVENUE[nature], rate, net) for (nature, rate), net in rules.by_nature(rows, whole).items())]


def _vat(parts: Sequence[VatLine], sign: int = 1) -> Postings:
    account = system_account(SystemAccount.VAT)
    return [(account, sign * part.vat, part.rate) for part in parts]


def standing(bills: Sequence[Bill]) -> Standing:
    """What the bills of one job have on revenue and deposits, by rate."""
    codes = [*REVENUE.values(), SystemAccount.DEPOSITS]
    rows = Posting.objects.filter(
        account__code__in=codes, transaction__reference__in=[bill.reference for bill in bills]
    ).order_by().values_list("vat_rate", "account__code").annotate(total=Sum("amount"))
    found: Standing = defaultdict(dict)
    for rate, code, total in rows:
        found[normal(rate)][code] = total
    return found


def credited(bill: Bill, parts: Sequence[VatLine], wanted: rules.Sums, stands: Standing) -> Postings:
    """A credit note of `parts`; `wanted` says which natures its lines have, if it has any. A deposit comes off
    DEPOSITS; one that an invoice has taken off is revenue by now."""
    postings: list[tuple[Account, Decimal, Decimal | None]] = []
    for part in parts:
        rate = normal(part.rate)
        on = stands.get(rate, {})
        if bill.kind == BillKind.ACOMPTE and bill.deducted_by_id is None:
            taken = {SystemAccount.DEPOSITS.value: part.net}
        else:
            codes = [code.value for code in REVENUE.values()]
            taken = rules.reversal(
                part.net, {REVENUE[nature]: share for (nature, at), share in wanted.items() if at == rate},
                {code: on[code] for code in codes if code in on} or dict.fromkeys(codes, ZERO),
            )
        postings += [(system_account(code), -net, rate) for code, net in taken.items()]
    total = sum((part.gross for part in parts), ZERO)
    return [receivable(total), *postings, *_vat(parts, -1)]


def reopened(parts: Sequence[VatLine], stands: Standing) -> Postings:
    """The deposits of an invoice that is cancelled wait for the next one: from revenue back to DEPOSITS."""
    postings: list[tuple[Account, Decimal, Decimal | None]] = []
    deposits = system_account(SystemAccount.DEPOSITS)
    for part in parts:
        rate = normal(part.rate)
        on = {code: total for code, total in stands[rate].items() if code != SystemAccount.DEPOSITS}
        postings += [(system_account(code), -net, rate) for code, net in rules.reversal(part.net, {}, on).items()]
        postings.append((deposits, part.net, rate))
    return postings
