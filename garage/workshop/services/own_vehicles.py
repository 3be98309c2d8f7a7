"""A customer enters his own vehicle when he books."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.users import queries as users
from accounts.users.models import User
from config.lib.actors import SYSTEM
from config.lib.errors import Invalid
from garage.clients import services as clients
from garage.clients.models import Client
from garage.vehicles import queries as vehicles
from garage.vehicles import services
from garage.vehicles.models import Status, Vehicle
from garage.vehicles.rules import BadPlate, normal_plate
from garage.workshop import rules


@transaction.atomic
def register_own_vehicle(
    *, actor: User, plate: str, make: str, model: str, energy: str, kind: str, phone: str = ""
) -> Vehicle:
    """Enter a vehicle of the customer `actor` himself, and open his file with his name, e-mail and phone when he has
    none. Invalid on a field; a plate that is in use says nothing about whose it is. TooManyVehicles."""
    users.locked(actor.pk)  # his first two vehicles at once open one file
    client = Client.objects.filter(user=actor).first() or clients.create_client(
        actor=SYSTEM, name=actor.get_full_name() or actor.email, email=actor.email, phone=phone or actor.phone,
        user=actor,
    )
    if phone and not client.phone:
        clients.update_client(actor=SYSTEM, client_id=client.pk, phone=phone)
    if client.vehicles.filter(status=Status.ACTIF).count() >= rules.MOST_VEHICLES:
        raise rules.TooManyVehicles
    try:
        normal = normal_plate(plate)
    except BadPlate as error:
        raise Invalid(errors={"plate": [str(error)]}) from error
    if client.vehicles.filter(status=Status.ACTIF, plate=normal).exists():
        raise Invalid(errors={"plate": [_("You have entered this vehicle already.")]})
    if vehicles.in_use(plate=normal):
        raise Invalid(errors={"plate": [_("We cannot enter this plate here. Call us, we look at it together.")]})
    return services.create_vehicle(
        actor=SYSTEM, client=client, plate=normal, make=make, model=model, energy=energy, kind=kind
    )
