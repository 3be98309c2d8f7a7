"""A vehicle that the garage sees for the first time, with its client when he is new too."""

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.clients import queries as clients
from garage.clients import services as client_services
from garage.clients.models import Client
from garage.clients.models import Kind as ClientKind
from garage.vehicles import services as vehicle_services
from garage.vehicles.models import Vehicle


@transaction.atomic
def register_vehicle(
    *, actor: Actor, plate: str, make: str, model: str, kind: str, energy: str, client: Client | None = None,
    name: str = "", client_kind: str = "", phone: str = "", email: str = "",
) -> Vehicle:
    """Staff: register a vehicle of `client`, or of a new client with `name`; both or none. Forbidden; Invalid on the
    field, also for a plate that is in use."""
    clients.require_staff(actor)
    if client is None:
        if not name.strip():
            raise Invalid(errors={"name": [_("Write the client's name.")]})
        client = client_services.create_client(
            actor=actor, name=name.strip(), kind=client_kind or ClientKind.PARTICULIER, phone=phone, email=email
        )
    return vehicle_services.create_vehicle(
        actor=actor, client=client, plate=plate, make=make, model=model, kind=kind, energy=energy
    )
