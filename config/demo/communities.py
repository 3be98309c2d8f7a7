"""The demo's communities: neighbours with a pot and its votes, and the solidarity fund."""

from decimal import Decimal
from secrets import token_hex

from accounts.communities import queries, services
from accounts.communities.models import Community, SpendingRequest, Visibility
from accounts.users.models import User
from config.demo.people import Cast


def _give(community: Community, *gifts: tuple[User, str]) -> None:
    for user, amount in gifts:
        services.contribute(
            actor=user, community_id=community.pk, amount=Decimal(amount), key=f"demo-{token_hex(4)}"
        )


def _ask(community: Community, user: User, amount: str, purpose: str, **votes: User) -> SpendingRequest:
    """A request, then the votes: `yes_…` and `no_…` → voter."""
    request = services.ask(actor=user, community_id=community.pk, amount=Decimal(amount), purpose=purpose)
    for name, voter in votes.items():
        request = services.vote(
            actor=voter, community_id=community.pk, request_id=request.pk, approve=name.startswith("yes")
        )
    return request


def neighbours(cast: Cast) -> None:
    """Bob founded it; one request was paid, one refused, one waits for Alice's vote."""
    community = services.create_community(
        actor=cast.bob, name="Les voisins de la rue Oberkampf", visibility=Visibility.PUBLIQUE,
        description="Une cagnotte pour la cour, les vélos et les petites urgences de l’immeuble.",
    )
    for user in (cast.alice, cast.charlie, cast.lea):
        services.join(actor=user, community_id=community.pk)
    _give(community, (cast.bob, "12.00"), (cast.alice, "10.00"), (cast.charlie, "8.00"))
    _ask(
        community, cast.charlie, "14.50", "Une pompe à vélo pour la cour", yes_1=cast.alice, yes_2=cast.bob
    )
    _give(community, (cast.alice, "10.00"), (cast.charlie, "6.00"))
    _ask(
        community, cast.lea, "25.00", "Un barbecue sur le toit", no_1=cast.bob, yes_1=cast.alice, no_2=cast.charlie
    )
    _give(community, (cast.bob, "5.00"))
    services.contribute(
        actor=cast.alice, community_id=community.pk, amount=Decimal("5.00"), key="demo-monthly", monthly=True, day=5
    )
    _ask(community, cast.bob, "18.00", "Terreau et graines pour les bacs de la cour", yes_1=cast.charlie)


def solidarity(cast: Cast) -> None:
    """The platform's fund: money from several hands, and one of its members helped."""
    fund = queries.solidarity()
    for user in (cast.alice, cast.charlie, cast.karim):
        asked = services.join(actor=user, community_id=fund.pk)
        services.answer_adhesion(actor=cast.admin, community_id=fund.pk, adhesion_id=asked.pk, accept=True)
    _give(fund, (cast.bob, "10.00"), (cast.alice, "8.00"), (cast.charlie, "5.00"))
    _ask(
        fund, cast.karim, "9.00", "Remplacer un pneu crevé en pleine tournée", yes_1=cast.alice, yes_2=cast.charlie
    )
    _give(fund, (cast.alice, "4.00"))


def tell(cast: Cast) -> None:
    neighbours(cast)
    solidarity(cast)
