"""People for tests, made as the product makes them."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts.users import services
from accounts.users.models import Address, User
from config.lib.actors import SYSTEM

PASSWORD = "password123"
TOTP_STEP_S = 30


def totp_code(secret: str) -> str:
    """The code of the second factor now. Waits for the next one where this one has no time left to be typed."""
    left = TOTP_STEP_S - time.time() % TOTP_STEP_S
    if left < 5:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_STEP_S))


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
