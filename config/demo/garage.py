"""The garage in the demo: who brings what, and what happened to it."""

from config.demo import (
    garage_alerts,
    garage_billing,
    garage_clients,
    garage_papers,
    garage_quotes,
    garage_repairs,
    garage_vehicles,
    garage_workshop,
)
from config.demo.people import Cast
from config.lib.actors import SYSTEM
from garage.clients import services as clients
from garage.vehicles import services as vehicles


def _vehicles(cast: Cast) -> None:
    """Charlie's car and Karim's scooter are known to the garage."""
    for user, vehicle in (
        (cast.charlie, {"plate": "AB-123-CD", "make": "Renault", "model": "Clio", "kind": "VOITURE"}),
        (cast.karim, {"plate": "FG-456-HJ", "make": "Peugeot", "model": "Kisbee", "kind": "DEUX_ROUES"}),
    ):
        client = clients.create_client(
            actor=SYSTEM, kind="PARTICULIER", name=user.get_full_name(), email=user.email, phone=str(user.phone),
            user=user,
        )
        vehicles.create_vehicle(actor=SYSTEM, client=client, energy="ESSENCE", **vehicle)


def tell(cast: Cast) -> None:
    _vehicles(cast)
    garage_clients.clients(cast)
    garage_vehicles.vehicles(cast)
    garage_quotes.quotes(cast)
    garage_papers.papers(cast)
    garage_workshop.workshop(cast)
    garage_repairs.repairs(cast)
    garage_billing.bills(cast)
    garage_alerts.alerts(cast)
