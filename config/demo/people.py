"""The demo's people, with their addresses, courier profiles and money."""

from dataclasses import dataclass

from accounts.payments import services as payments
from accounts.payments.models import Method
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.services import addresses
from accounts.users.services import people as services
from config.demo import wallets
from config.demo.streets import address
from config.lib.actors import SYSTEM
from config.lib.money import from_cents
from delivery.couriers import services as couriers

ADMIN = "admin@ecom.test"
PASSWORD = "password123"  # public on purpose: the demo command refuses a server that is not a demonstration


@dataclass(frozen=True)
class Cast:
    admin: User
    alice: User
    bob: User
    charlie: User
    carla: User
    karim: User
    lea: User


CUSTOMERS = [
    ("alice@email.test", "Alice", "Moreau", "+33612000001", "Rue Oberkampf", 84),
    ("bob@email.test", "Bob", "Lefèvre", "+33612000002", "Rue de Bretagne", 38),
    ("charlie@email.test", "Charlie", "Nguyen", "+33612000003", "Rue de Charonne", 102),
]
COURIERS = [
    ("carla@courier.test", "Carla", "Da Silva", "+33612000011", "VELO"),
    ("karim@courier.test", "Karim", "Benali", "+33612000012", "SCOOTER"),
    ("lea@courier.test", "Léa", "Petit", "+33612000013", "VELO"),
]


def exist() -> bool:
    return users.active_by_email(ADMIN) is not None


def _customer(email: str, first: str, last: str, phone: str, street: str, number: int) -> User:
    user = services.create_user(
        actor=SYSTEM, email=email, password=PASSWORD, first_name=first, last_name=last, phone=phone, verified=True
    )
    house = address(street, number)
    addresses.save_address(
        actor=user, recipient=f"{first} {last}", phone=phone, line1=house.line1,
        label="Domicile",  # house: allow untranslated, the address of a French customer
        postal_code=house.postal_code, city="Paris", country="FR", lat=house.lat, lon=house.lon,
    )
    return user


def _courier(admin: User, email: str, first: str, last: str, phone: str, vehicle: str) -> User:
    user = services.create_user(
        actor=SYSTEM, email=email, password=PASSWORD, first_name=first, last_name=last, phone=phone, verified=True
    )
    courier = couriers.apply(actor=user, vehicle=vehicle)
    couriers.approve(actor=admin, courier_id=courier.pk)
    couriers.set_shift(actor=user, on=True)
    return user


def arrive() -> Cast:
    """Everybody: customers with last month's movements and 60 € more in their wallets, couriers on shift."""
    admin = services.create_user(
        actor=SYSTEM, email=ADMIN, password="admin123", first_name="Dora", last_name="Lambert", verified=True,
        is_staff=True, is_superuser=True,
    )
    alice, bob, charlie = (_customer(*row) for row in CUSTOMERS)
    wallets.last_month(alice, bob, charlie)
    for user in (alice, bob, charlie):
        payments.top_up(
            actor=user, amount=from_cents(6000), method=Method.CARTE, token="tok_ok", key=f"demo-{user.email}"
        )
    carla, karim, lea = (_courier(admin, *row) for row in COURIERS)
    return Cast(admin, alice, bob, charlie, carla, karim, lea)
