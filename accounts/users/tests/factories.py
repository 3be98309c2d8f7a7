"""People for tests, made as the product makes them."""

from accounts.users import services
from accounts.users.models import Address, User
from config.lib.actors import SYSTEM

PASSWORD = "password123"


def make_user(name: str = "alice", **fields) -> User:
    """A customer with a proved address and the password `password123`."""
    fields = {"first_name": name.capitalize(), "last_name": "Martin", "verified": True} | fields
    return services.create_user(actor=SYSTEM, email=f"{name}@email.test", password=PASSWORD, **fields)


def make_staff(name: str = "dora", groups: tuple[str, ...] = ("Boutique", "Support")) -> User:
    return make_user(name, is_staff=True, groups=groups)


def make_address(user: User, **fields) -> Address:
    fields = {
        "label": "Maison", "recipient": "Alice Martin", "line1": "12 rue de Turenne", "postal_code": "75003",
        "city": "Paris",
    } | fields
    return services.save_address(actor=user, **fields)
