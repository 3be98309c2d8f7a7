"""What communities do when they hear of others."""

from accounts.communities import services
from accounts.users.events import account_closed
from accounts.users.models import User


@account_closed.listener
def forget_person(*, user_id: int) -> None:
    services.forget_person(user=User.objects.get(pk=user_id))
