"""Reads and rights of the garage's clients."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.companies.models import Company, Membership
from accounts.users.models import User
from accounts.users.queries import is_staff_of
from config.lib.actors import System
from config.lib.errors import Forbidden, NotFound
from garage.clients.models import Agreement, Client, Kind
from garage.clients.rules import StillBusy


def works_here(user: Any) -> bool:
    """Whether this person works in the garage (or is the system)."""
    return isinstance(user, System) or is_staff_of(user, "GARAGE")


def require_staff(user: Any) -> None:
    """Forbidden for anybody who does not work in the garage."""
    if not works_here(user):
        raise Forbidden


def visible_to(user: Any) -> QuerySet[Client]:
    """Staff see all; anybody else what is linked to himself or to a company he belongs to."""
    rows = Client.objects.all()
    if works_here(user):
        return rows
    return rows.filter(Q(user=user) | Q(company__in=user.memberships.values("company")))


def get_for(user: Any, pk: Any, right: str = "read") -> Client:
    """One client with the right to "read" it, to "decide" for him (himself, who manages the company, staff) or to
    "write" (staff). NotFound for a stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write" or (right == "decide" and not _decides(user, row)):
        require_staff(user)
    return row


def _decides(user: Any, client: Client) -> bool:
    if isinstance(user, System) or client.user_id == user.pk:
        return True
    return user.memberships.filter(company=client.company_id, role__in=Membership.MANAGERS).exists()


def of_user(user: Any) -> Client | None:
    """The file of this very person, for staff too only his own."""
    return Client.objects.filter(user=user).first()


def search(rows: QuerySet[Client], words: str) -> QuerySet[Client]:
    found = Q(name__icontains=words) | Q(email__icontains=words) | Q(phone__icontains=words) | Q(siren=words)
    return rows.filter(found | Q(city__icontains=words) | Q(vehicles__plate__icontains=words)).distinct()


def locked(pk: int) -> Client:
    return Client.objects.select_for_update().get(pk=pk)


def locked_pair(one: int, other: int) -> tuple[Client, Client]:
    """Both files, locked in the order of their numbers whichever is named first. NotFound when one is gone."""
    rows = {row.pk: row for row in Client.objects.select_for_update().filter(pk__in=(one, other)).order_by("pk")}
    if one not in rows or other not in rows:
        raise NotFound
    return rows[one], rows[other]


# --- Accounts -----------------------------------------------------------------------------------------------------


def by_email(emails: Iterable[str]) -> QuerySet[Client]:
    """Files that name one of these addresses, in whatever case it was typed."""
    wanted = {email.lower() for email in emails if email}
    return Client.objects.alias(mail=Lower("email")).filter(mail__in=wanted, forgotten_at=None)


def proved_emails(user: User) -> list[str]:
    """Addresses that this person has shown to be his."""
    return list(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))


def users_of_email(email: str) -> QuerySet[User]:
    """Who has proved this address. An unproved one says nothing about a person."""
    proved = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    return User.objects.filter(pk__in=proved, is_active=True)


def linkable() -> QuerySet[Client]:
    """Files without an account whose address somebody has proved."""
    proved = EmailAddress.objects.filter(verified=True, user__is_active=True).values(low=Lower("email"))
    rows = Client.objects.filter(user=None, forgotten_at=None).exclude(email="")
    return rows.alias(mail=Lower("email")).filter(mail__in=proved)


def company_for(client: Client) -> Company | None:
    """The registered company of this SIREN that has no file yet: staff confirm that it is the client."""
    if not client.siren or client.company_id:
        return None
    return Company.objects.filter(siren=client.siren, is_active=True, garage_client=None).first()


# --- Consents -----------------------------------------------------------------------------------------------------

# Before a client is asked: a reminder of an inspection or a text message when there is no e-mail is part of the
# service, advertising is not (CPCE art. L34-5).
UNASKED = {Agreement.RAPPELS: True, Agreement.SMS: True, Agreement.OFFRES: False}


def agreements(client: Client) -> dict[str, bool]:
    """Kind → whether it holds now, by the client's last answer."""
    answers: dict[str, bool] = {kind.value: given for kind, given in UNASKED.items()}
    for kind, given in client.consents.order_by("pk").values_list("kind", "given"):
        answers[kind] = given
    return answers


def agrees(client: Client, kind: str) -> bool:
    return agreements(client)[kind]


# --- Erasing ------------------------------------------------------------------------------------------------------


def still_busy(client: Client) -> bool:
    """Whether something of this client is under way: agreed work, a coming appointment, a vehicle with us."""
    me = Client.objects.filter(pk=client.pk)
    return (
        me.filter(quotes__status="ACCEPTE").exists()
        or me.filter(appointments__status="CONFIRME", appointments__ends_at__gte=timezone.now()).exists()
        or me.filter(repair_orders__isnull=False).exclude(
            Q(repair_orders__status="RENDU") | Q(repair_orders__status="ANNULE")
        ).exists()
    )


def check_nothing_here(user: User) -> None:
    """StillBusy while something of this person is under way in the garage: his account cannot close yet."""
    client = Client.objects.filter(user=user, kind=Kind.PARTICULIER).first()
    if client is not None and still_busy(client):
        raise StillBusy


def personal_section(user: User) -> list[dict[str, Any]]:
    """What the export of personal data says about the garage."""
    client = Client.objects.filter(user=user).prefetch_related("contacts", "consents").first()
    if client is None:
        return []
    return [{
        "kind": client.kind, "name": client.name, "email": client.email, "phone": str(client.phone),
        "address": [client.line1, client.line2, client.postal_code, client.city, client.country],
        "language": client.language, "since": client.created_at.isoformat(),
        "contacts": [{"name": c.name, "role": c.role, "email": c.email} for c in client.contacts.all()],
        "consents": [
            {"kind": c.kind, "given": c.given, "at": c.at.isoformat(), "source": c.source}
            for c in client.consents.all()
        ],
    }]
