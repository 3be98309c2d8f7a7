"""Clients of the demo's garage: a company, one without an account, and two files that are one client's."""

from config.demo.people import Cast
from config.lib.actors import SYSTEM
from garage.clients import services
from garage.vehicles import services as vehicles

CLIENTS = [
    {
        "kind": "SOCIETE", "name": "Fleurs de Bretagne", "email": "contact@fleurs.test", "phone": "+33142720010",
        "line1": "41 rue de Bretagne", "postal_code": "75003", "city": "Paris", "siren": "732829320",
        "vat_number": "FR44732829320",
    },
    {
        "name": "Ginette Aubert", "email": "ginette@email.test", "phone": "+33612000041", "line1": "7 rue Oberkampf",
        "postal_code": "75011", "city": "Paris",
    },
    {
        "name": "Sophie Garnier", "email": "sophie@email.test", "phone": "+33612000042", "postal_code": "75011",
        "city": "Paris",
    },
    {"name": "Garnier Sophie", "phone": "+33612000042", "postal_code": "75011", "city": "Paris", "language": "en"},
]
VEHICLES = {
    "Fleurs de Bretagne": {"plate": "CK-812-RT", "make": "Renault", "model": "Kangoo", "kind": "UTILITAIRE"},
    "Garnier Sophie": {"plate": "EH-301-LM", "make": "Citroën", "model": "C3", "kind": "VOITURE"},
}


def clients(cast: Cast) -> None:
    for values in CLIENTS:
        client = services.create_client(actor=SYSTEM, **values)  # type: ignore[typeddict-item]
        if client.name in VEHICLES:
            vehicles.create_vehicle(actor=SYSTEM, client=client, energy="DIESEL", **VEHICLES[client.name])
        if client.name == "Fleurs de Bretagne":
            services.set_contacts(
                actor=SYSTEM, client_id=client.pk,
                contacts=[{"name": "Inès Le Goff", "role": "Comptable", "email": "compta@fleurs.test"}],
            )
        if client.name == "Ginette Aubert":
            services.record_consent(
                actor=cast.admin, client_id=client.pk, kind="OFFRES", given=True, source="COMPTOIR"
            )
