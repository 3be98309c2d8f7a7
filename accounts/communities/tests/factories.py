"""Communities for tests, made as the product makes them."""

from decimal import Decimal as D
from typing import Any

from accounts.communities import queries, services
from accounts.communities.models import Community, SpendingRequest
from accounts.users.models import User
from accounts.users.tests.factories import make_user
from accounts.wallet import services as wallet
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM


def give(user: User, amount: str, key: str = "") -> None:
    """Money out of nowhere (the rewards account) into a wallet."""
    wallet.post(
        kind="gift", key=f"gift:{user.pk}:{amount}:{key}", actor=SYSTEM,
        postings=[(system_account("REWARDS"), -D(amount)), (wallet_of(user), D(amount))],
    )


def make_community(*names: str, pot: str = "0", **fields: Any) -> tuple[Community, list[User]]:
    """A public community of new people (the first founds it), with `pot` euros given by the founder."""
    people = [make_user(name) for name in names]
    fields = {"name": "Les voisins du 12", "visibility": "PUBLIQUE"} | fields
    community = services.create_community(actor=people[0], **fields)
    for user in people[1:]:
        let_in(community, user)
    if D(pot):
        give(people[0], pot)
        services.contribute(actor=people[0], community_id=community.pk, amount=D(pot), key="pot")
    return queries.get_for(people[0], community.pk), people


def let_in(community: Community, user: User) -> None:
    """In by the front door, whatever its kind."""
    if community.visibility == "PUBLIQUE":
        entered = services.join(actor=user, community_id=community.pk)
        if community.platform:
            services.answer_adhesion(actor=SYSTEM, community_id=community.pk, adhesion_id=entered.pk, accept=True)
        return
    founder = queries.members(community).first().user
    made = services.invite(actor=founder, community_id=community.pk, email=user.email)
    services.accept_invitation(actor=user, token=made.link.rstrip("/").rsplit("/", 1)[-1])


def ask(community: Community, user: User, amount: str = "20", purpose: str = "Réparer le vélo") -> SpendingRequest:
    return services.ask(actor=user, community_id=community.pk, amount=D(amount), purpose=purpose)


def vote(request: SpendingRequest, user: User, approve: bool = True) -> SpendingRequest:
    return services.vote(actor=user, community_id=request.community_id, request_id=request.pk, approve=approve)
