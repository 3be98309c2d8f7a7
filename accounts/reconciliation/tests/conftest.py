from accounts.payments.tests.servers.fixtures import stripe_server

__all__ = ["stripe_server"]
