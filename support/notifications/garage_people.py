"""Who is told about a client of the garage, and how: in his account, else at his e-mail or phone."""

from collections.abc import Iterable
from typing import Any

from accounts.users.models import User
from accounts.users.queries import staff_of
from garage.clients import queries as clients
from garage.clients.models import Agreement, Client
from garage.vehicles.models import Vehicle
from support.notifications import queries, services
from support.notifications.catalogue import ENTRIES, sent_on
from support.notifications.models import Channel


def name_of(vehicle: Vehicle) -> str:
    """A vehicle as its owner calls it."""
    return f"{vehicle.make} {vehicle.model} {vehicle.plate}"


def staff(*, but: User | None = None) -> list[User]:
    """Who works in the garage, without the one who did it himself."""
    return [user for user in staff_of("GARAGE") if but is None or user.pk != but.pk]


def tell_client(
    client: Client, *, kind: str, dedupe_key: str, url: str = "", page: str = "", ways: Iterable[str] | None = None,
    **context: Any,
) -> None:
    """Tell a client one thing of the catalogue: in the feed and by the preferences of his account where he has one,
    else at the address of his file, in its language. `url` is a link for everybody, `page` his own in his account.
    `ways` (channels) are those that staff chose for this message; a text message goes out then even if it is not
    among his preferences."""
    if client.forgotten_at:
        return
    phone = str(client.phone or "") if clients.agrees(client, Agreement.SMS) else ""
    outside: dict[str, Any] = {
        "language": client.language, "kind": kind, "dedupe_key": dedupe_key, "url": url, "client_id": client.pk,
    }
    user = client.user
    if user is not None and user.is_active:
        services.notify(user=user, kind=kind, dedupe_key=dedupe_key, url=page or url, link=url, **context)
        if ways and Channel.SMS in ways and not queries.choices_of(user).get((ENTRIES[kind].topic, Channel.SMS)):
            services.tell_contact(email="", phone=str(client.phone or ""), **outside, **context)
    elif ways is None:
        services.tell_contact(email=client.email, phone=phone, **outside, **context)
    else:
        for channel, to in ((Channel.EMAIL, {"email": client.email, "phone": ""}),
                            (Channel.SMS, {"email": "", "phone": str(client.phone or "")})):
            if channel in ways:
                services.tell_contact(**to, **outside, **context)


def tell_garage(
    *, thing: str, status: str, key: str, client: Client | None = None, people: Iterable[User] = (), url: str = "",
    page: str = "", staff_url: str = "", ways: Iterable[str] | None = None, **context: Any,
) -> None:
    """Send the catalogue's entries for (thing, status) to the client and to these people of the staff."""
    for entry in sent_on(thing, status):
        name = f"{thing}:{key}:{entry.audience}"
        if entry.audience == "client":
            if client is not None:
                tell_client(client, kind=entry.kind, dedupe_key=name, url=url, page=page, ways=ways, **context)
            continue
        for user in people:
            services.notify(
                user=user, kind=entry.kind, dedupe_key=f"{name}:{user.pk}", url=staff_url,
                **{**context, "client": client.name if client else ""},
            )
