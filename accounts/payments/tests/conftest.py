from accounts.payments.tests.servers.fixtures import momo_server, stripe_server

__all__ = ["momo_server", "stripe_server"]
