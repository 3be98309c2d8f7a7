"""Clients for the tests."""

from config.lib.actors import SYSTEM
from garage.clients import services


def client_of(user=None, name="Alice Martin", **values):
    return services.create_client(actor=SYSTEM, name=name, user=user, **values)
