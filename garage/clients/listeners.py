"""What the garage does when accounts tell news."""

from accounts.users.events import account_closed, email_verified
from accounts.users.models import User
from config.lib.actors import SYSTEM
from garage.clients import queries, services
from garage.clients.models import Kind


@email_verified.listener
def give_the_file(*, user_id: int) -> None:
    services.link_user(user_id=user_id)


@account_closed.listener
def forget_person(*, user_id: int) -> None:
    client = queries.of_user(User.objects.get(pk=user_id))
    if client is not None and client.kind == Kind.PARTICULIER:
        services.forget_client(actor=SYSTEM, client_id=client.pk)
    services.forget_user(user_id=user_id)
