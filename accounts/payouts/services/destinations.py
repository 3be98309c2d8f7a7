"""Where people are paid."""

from django.db import IntegrityError, transaction

from accounts.payouts import queries, rules
from accounts.payouts.models import Destination, Means
from accounts.users.models import User
from accounts.wallet.models import Account
from accounts.wallet.queries import wallet_of
from config.lib.actors import Actor, actor_user
from config.lib.errors import Forbidden


@transaction.atomic
def add_destination(
    *, actor: Actor, to: str, holder: str = "", bic: str = "", is_default: bool | None = None, automatic: bool = False
) -> Destination:
    """Name an IBAN or a mobile number to be paid at; one that is known is given back as it is.

    `holder` is by default the actor's own name. The first destination is the default. The owner is warned by mail.
    Raises Invalid on `to`, `holder`, `bic`.
    """
    owner = actor_user(actor)
    if owner is None:
        raise Forbidden
    iban = rules.looks_like_iban(to)
    number = rules.checked_iban(to) if iban else rules.checked_mobile(to)
    account = wallet_of(owner)
    known = Destination.objects.filter(account=account, number=number).first()
    if known is not None:
        return known
    name = rules.checked_holder(holder or owner.get_full_name())
    bank = rules.checked_bic(bic) if iban else ""
    try:
        with transaction.atomic():
            row = Destination.objects.create(
                account=account, means=Means.VIREMENT if iban else Means.MOBILE_MONEY, number=number, holder=name,
                bic=bank,
            )
    except IntegrityError:  # the same number twice at the same moment
        return Destination.objects.get(account=account, number=number)
    first = not Destination.objects.filter(account=account, is_default=True).exists()
    _choose(row, is_default=first if is_default is None else is_default, automatic=automatic)
    row.announce_at_commit()
    return row


def _choose(row: Destination, *, is_default: bool | None, automatic: bool | None) -> None:
    """Set the marks; each is on one destination of a wallet at most. The wallet's row keeps two clicks in line."""
    queries.locked_wallet(row.account_id)
    for field, value in (("is_default", is_default), ("automatic", automatic)):
        if value is None or value == getattr(row, field):
            continue
        if value:
            Destination.objects.filter(account=row.account_id, **{field: True}).update(**{field: False})
        Destination.objects.filter(pk=row.pk).update(**{field: value})
    row.refresh_from_db()


@transaction.atomic
def change_destination(
    *, actor: Actor, destination_id: int, is_default: bool | None = None, automatic: bool | None = None
) -> Destination:
    """Make it the default, or have oneself paid there every week. None leaves a mark alone. Raises NotFound."""
    row = queries.destination_for(actor, destination_id)
    _choose(row, is_default=is_default, automatic=automatic)
    return row


@transaction.atomic
def remove_destination(*, actor: Actor, destination_id: int) -> None:
    """Forget a destination; what was paid there keeps its copy. Raises NotFound, DestinationInUse."""
    row = queries.destination_for(actor, destination_id)
    if queries.has_waiting(row):
        raise rules.DestinationInUse
    row.delete()


@transaction.atomic
def forget(*, user: User) -> None:
    """A closed account: its destinations are erased. Payouts are books and stay."""
    Destination.objects.filter(account__in=Account.objects.filter(user=user)).delete()
