"""What may become of each kind of disagreement. No ORM."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.payments.models import Disagreement
from accounts.wallet.models import SystemAccount
from config.lib.errors import Conflict, Invalid
from config.lib.money import ZERO

Kind, Outcome = Disagreement.Kind, Disagreement.Outcome

# Kind → the outcomes that make sense for it, the usual one first.
ALLOWED: dict[str, tuple[str, ...]] = {
    Kind.PAYE_ANNULE: (Outcome.REMBOURSE, Outcome.CREDITE, Outcome.RATTACHE, Outcome.ECART),
    Kind.TROP_PERCU: (Outcome.REMBOURSE, Outcome.CREDITE, Outcome.RATTACHE, Outcome.ECART),
    Kind.PAIEMENT_INCONNU: (Outcome.RATTACHE, Outcome.REMBOURSE, Outcome.CREDITE, Outcome.ECART),
    Kind.MONTANT_DIFFERENT: (Outcome.ACCEPTE, Outcome.REMBOURSE, Outcome.CREDITE, Outcome.ECART),
    Kind.REMBOURSE_AILLEURS: (Outcome.ACCEPTE, Outcome.ECART),
    Kind.VERSEMENT_ECHOUE: (Outcome.RELANCE, Outcome.RENDU),
    Kind.REMBOURSEMENT_ECHOUE: (Outcome.RELANCE, Outcome.CREDITE, Outcome.ECART),
}
NEEDS_PAYMENT = {Outcome.REMBOURSE, Outcome.CREDITE, Outcome.RATTACHE, Outcome.ACCEPTE}


class OutcomeDoesNotFit(Invalid):
    """422 on `outcome`."""

    def __init__(self) -> None:
        super().__init__(errors={"outcome": [_("This outcome does not fit this disagreement.")]})


class TakesItNoMore(Conflict):
    code = "takes_it_no_more"
    message = _("What this payment was for can be paid no more. Refund the money, or put it into a wallet.")


class MadeThere(Conflict):
    code = "refunded_there"
    message = _("A refund at the provider may be this one. Decide on that disagreement first.")


class AmountDoesNotMatch(Invalid):
    """422 on `target`."""

    def __init__(self, *, asked: Decimal) -> None:
        text = _("This asks for %(asked)s: more than what was received.") % {"asked": asked}
        super().__init__(errors={"target": [text]})


class NobodyForTheRest(Invalid):
    """422 on `target`."""

    def __init__(self, *, over: Decimal) -> None:
        text = _("%(over)s € would be left over, and neither payer nor client has an account to put it into.")
        super().__init__(errors={"target": [text % {"over": number_format(over, 2)}]})


def fits(*, kind: str, outcome: str, amount: Decimal, has_payment: bool) -> bool:
    """Whether an outcome makes sense at all. Where no euro moved there is nothing to move: it can only be closed."""
    if kind == Kind.VERSEMENT_ECHOUE:
        return outcome in ALLOWED[kind]
    if not amount or not has_payment:
        return outcome == Outcome.ECART
    return outcome in ALLOWED[kind]


@dataclass(frozen=True)
class Choice:
    """An outcome as it is offered: its words, what exactly it posts, what it asks for."""

    outcome: str
    label: str
    text: str
    postings: list[tuple[str, Decimal]] = field(default_factory=list)
    fields: tuple[str, ...] = ()
    owner: str = ""  # whose wallet is credited unless another person is named
    hint: Any = ""

    @property
    def lines(self) -> list[tuple[str, Decimal, Decimal]]:
        """Account, debit and credit of each posting."""
        return [(name, max(-amount, ZERO), max(amount, ZERO)) for name, amount in self.postings]

    @property
    def asks_person(self) -> bool:
        return "to" in self.fields

    @property
    def asks_target(self) -> bool:
        return "target" in self.fields


def account(code: str) -> str:
    """An account of the platform as a manager reads it."""
    return str(SystemAccount(code).label)
