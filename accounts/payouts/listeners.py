"""What payouts do when others tell news."""

from accounts.payouts import services
from accounts.users.events import account_closed
from accounts.users.models import User


@account_closed.listener
def forget_destinations(*, user_id: int) -> None:
    services.forget(user=User.objects.get(pk=user_id))
