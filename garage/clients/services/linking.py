"""Files and accounts: an address that was proved leads to the file that names it, if there is only one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.users import queries as users
from accounts.users.models import User
from config.lib.actors import Actor
from config.lib.errors import Conflict
from config.lib.events import emit
from garage.clients import queries
from garage.clients.events import client_linked
from garage.clients.models import Client


def _link(client: Client, user: User) -> bool:
    """Conditional, so that two at once link once; a person has one file at most, so he is locked meanwhile."""
    users.locked(user.pk)
    if Client.objects.filter(user=user).exists():
        return False
    if not Client.objects.filter(pk=client.pk, user=None).update(user=user):
        return False
    client.user = user
    emit(client_linked, client_id=client.pk)
    return True


@transaction.atomic
def link_user(*, user_id: int) -> Client | None:
    """Give a person the file that names an address he has proved. None when there is none, when several name it
    (staff see them as files that look alike), or when he has a file already."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    named = list(queries.by_email(queries.proved_emails(user))[:2])
    if len(named) != 1:
        return None
    client = queries.locked(named[0].pk)
    return client if _link(client, user) else None


@transaction.atomic
def link_file(*, client: Client) -> bool:
    """The same from the file's side, when staff open it for somebody who has an account already."""
    if client.user_id or not client.email or queries.by_email([client.email]).count() != 1:
        return False
    people = list(queries.users_of_email(client.email)[:2])
    return len(people) == 1 and _link(client, people[0])


@transaction.atomic
def link_company(*, actor: Actor, client_id: int) -> Client:
    """Staff confirm that the registered company of the same SIREN is this client. NotFound, Forbidden, Conflict."""
    client = queries.locked(queries.get_for(actor, client_id, "write").pk)
    company = queries.company_for(client)
    if company is None:
        raise Conflict(_("No registered company without a file has this SIREN."))
    client.company = company
    client.save()
    return client


def link_all() -> int:
    """Every file that can be linked and is not (the news of a proof was lost); returns how many were linked."""
    return sum(link_file(client=client) for client in queries.linkable())


@transaction.atomic
def forget_user(*, user_id: int) -> None:
    """A person closed his account: a company's file only loses the link to him."""
    Client.objects.filter(user=user_id).update(user=None)
