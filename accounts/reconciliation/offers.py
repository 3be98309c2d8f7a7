"""What the desk offers for a case: each outcome in words, with the postings that it makes. Reads only."""

from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.payments import queries as payments
from accounts.payments import subjects
from accounts.payments.models import Disagreement, Method, Payment
from accounts.payments.rules import UNKNOWN
from accounts.payouts.models import Payout
from accounts.reconciliation import queries, rules
from accounts.reconciliation.rules import Choice
from accounts.reconciliation.services.outcomes import OUTCOMES
from accounts.wallet.models import SystemAccount
from config.lib.money import ZERO
from config.lib.templatetags.ui import money

Kind, Outcome = Disagreement.Kind, Disagreement.Outcome
UNAPPLIED, DIFFERENCES, CLEARING = SystemAccount.UNAPPLIED, SystemAccount.DIFFERENCES, SystemAccount.CLEARING


def choices(case: Disagreement) -> list[Choice]:
    """The outcomes that this case can have now, the usual one first; none when it is settled."""
    if case.status != Disagreement.Status.OUVERT:
        return []
    makers = {
        Outcome.REMBOURSE: _refund, Outcome.CREDITE: _credit, Outcome.RATTACHE: _attach, Outcome.ACCEPTE: _accept,
        Outcome.ECART: _write_off, Outcome.RELANCE: _again, Outcome.RENDU: _given_back,
    }
    found = []
    for outcome in (*rules.ALLOWED[case.kind], Outcome.ECART):
        fits = rules.fits(
            kind=case.kind, outcome=outcome, amount=case.amount, has_payment=case.payment_id is not None
        )
        choice = makers[Outcome(outcome)](case) if fits and outcome in OUTCOMES else None
        if choice is not None and choice not in found:
            found.append(choice)
    return found


def _euros(amount: Decimal) -> str:
    return money(amount, settings.CURRENCY)


def _unapplied(amount: Decimal) -> tuple[str, Decimal]:
    return rules.account(UNAPPLIED), amount


def _payer(payment: Payment | None) -> str:
    return payment.user.email if payment is not None and payment.user is not None else ""


def title(case: Disagreement) -> str:
    """What a case is about, as a person reads it."""
    if case.kind == Kind.VERSEMENT_ECHOUE:
        number = Payout(pk=case.data["payout"]).reference  # by its id alone: nothing is asked of the database
        return _("Payout %(number)s to %(to)s") % {"number": number, "to": case.data.get("to", "?")}
    subject = subjects.of(case.payment.reference) if case.payment is not None else None
    if case.payment is not None and subject is not None:
        return subject.title(case.payment)
    if case.payment is not None and case.payment.label:
        return case.payment.label
    if case.kind == Kind.PAIEMENT_INCONNU:
        return _("Charge %(ref)s of %(provider)s") % {
            "ref": case.reference.removeprefix(f"{UNKNOWN}{case.provider}:"), "provider": case.provider,
        }
    return case.reference.removeprefix(UNKNOWN)


def url(case: Disagreement) -> str:
    """The admin page of what a case is about; empty when there is none."""
    if case.kind == Kind.VERSEMENT_ECHOUE:
        return reverse("admin:accounts_payout_change", args=[case.data["payout"]])
    return subjects.url_of(case.reference)


def _refund(case: Disagreement) -> Choice | None:
    payment = case.payment
    if payment is None or case.amount > payments.left_to_refund(payment):
        return None
    amount = _euros(case.amount)
    if payment.method == Method.PORTEFEUILLE:
        to, text = _("wallet of %(payer)s") % {"payer": _payer(payment)}, _("The money goes back at once.")
    else:
        to = rules.account(CLEARING)
        text = _("%(provider)s is asked to give %(amount)s back the way it came; this is posted when it has done so.")
        text = text % {"provider": payment.provider, "amount": amount}
    return Choice(
        Outcome.REMBOURSE, _("Refund %(amount)s") % {"amount": amount}, text,
        [_unapplied(-case.amount), (to, case.amount)],
    )


def _free(case: Disagreement, payment: Payment) -> Decimal:
    """Euros of a payment that a decision may use: those of the refund that it settles otherwise as well."""
    if queries.may_be_made(case):
        return ZERO
    gave_up = case.refund is not None and not case.refund.ending
    return payments.left_to_refund(payment) + (case.amount if gave_up else ZERO)


def _credit(case: Disagreement) -> Choice | None:
    if case.payment is None or case.amount > _free(case, case.payment):
        return None
    payer, amount = _payer(case.payment), _euros(case.amount)
    whose = _("wallet of %(payer)s") % {"payer": payer} if payer else _("wallet of the person named")
    return Choice(
        Outcome.CREDITE, _("Put %(amount)s into a wallet") % {"amount": amount},
        _("The money stays here, at the free disposal of its owner."),
        [_unapplied(-case.amount), (whose, case.amount)], fields=("to",), owner=payer,
    )


def _attach(case: Disagreement) -> Choice | None:
    if case.payment is None or not queries.attachable(case, case.payment):
        return None
    return Choice(
        Outcome.RATTACHE, _("Attach %(amount)s to an order") % {"amount": _euros(case.amount)},
        _("The order is paid in the usual way, with its invoice. What is over goes into the wallet of its customer."),
        [_unapplied(-case.amount), (_("what the order or payment is for"), case.amount)], fields=("target",),
    )


def _accept(case: Disagreement) -> Choice | None:
    payment = case.payment
    if payment is None:
        return None
    name = title(case)
    if case.kind == Kind.REMBOURSE_AILLEURS:
        gone = -case.amount
        if subjects.of(payment.reference) is None and not payments.waits_on_desk(payment):
            return None
        return Choice(
            Outcome.ACCEPTE, _("Accept the refund of %(amount)s") % {"amount": _euros(gone)},
            _("Our books follow: what %(name)s paid is reversed by this amount, an order with its VAT and a credit "
              "note. Open cases about the same money close with it. The provider is asked nothing.") % {"name": name},
            [_unapplied(gone), (_("what %(name)s paid, with its VAT") % {"name": name}, -gone)],
        )  # fmt: skip
    short = payment.amount - case.amount
    return Choice(
        Outcome.ACCEPTE, _("Accept %(amount)s") % {"amount": _euros(case.amount)},
        _("%(name)s counts as paid in full; the missing %(short)s is written off.")
        % {"name": name, "short": _euros(short)},
        [(rules.account(DIFFERENCES), -short), _unapplied(short)],
    )


def _write_off(case: Disagreement) -> Choice:
    if not case.amount:
        return Choice(
            Outcome.ECART, _("Close"), _("Nothing is posted. Say in the reason what was done outside these books.")
        )
    text = _("We keep the money.") if case.amount > ZERO else _("We bear the loss.")
    return Choice(
        Outcome.ECART, _("Write off %(amount)s") % {"amount": _euros(abs(case.amount))}, text,
        [_unapplied(-case.amount), (rules.account(DIFFERENCES), case.amount)],
    )


def _again(case: Disagreement) -> Choice | None:
    if case.kind == Kind.REMBOURSEMENT_ECHOUE:
        return _refund_again(case)
    return Choice(
        Outcome.RELANCE, _("Send it again"), _("A new payout of the same amount to the same place is prepared."),
        _from_desk(case),
    )


def _refund_again(case: Disagreement) -> Choice | None:
    payment = case.payment
    if payment is None or case.amount > _free(case, payment):
        return None
    text = _("%(provider)s is asked again to give %(amount)s back the way it came; this is posted when it has done so.")
    text = text % {"provider": payment.provider, "amount": _euros(case.amount)}
    return Choice(
        Outcome.RELANCE, _("Send the refund again"), text,
        [_unapplied(-case.amount), (rules.account(CLEARING), case.amount)],
    )


def _given_back(case: Disagreement) -> Choice:
    return Choice(
        Outcome.RENDU, _("Give it back to the wallet"), _("The amount is free again in the wallet that it came from."),
        _from_desk(case),
    )


def _from_desk(case: Disagreement) -> list[tuple[str, Decimal]]:
    """A payout that never left is only held: its hold ends, nothing is posted."""
    if not case.amount:
        return []
    return [_unapplied(-case.amount), (_("wallet that it came from"), case.amount)]
