"""The people and things of a story, and how its steps call the services."""

from decimal import Decimal as D

from django.db import connection, transaction
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from accounts.payments import services as payments
from accounts.users.tests.factories import make_staff, make_user
from config.lib.errors import DomainError
from config.lib.money import from_cents
from delivery.couriers.tests.factories import make_courier
from shop.catalogue.tests.factories import make_product

small = st.integers(1, 3_000).map(from_cents)
amounts = small | st.integers(1, 20_000).map(from_cents)
people = st.integers(0, 2)
couriers = st.integers(0, 1)
which = st.integers(0, 5)
tokens = st.sampled_from(["tok_ok", "tok_ok", "tok_declined", "tok_pending"])
STOCK = 12


class World(RuleBasedStateMachine):
    """Three customers, two couriers, a manager, two products; four wallets with money."""

    def open_the_world(self):
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # like TestCase's own: a payment may begin its transaction in it
        self.atomic.__enter__()
        self.people = [make_user(name) for name in ("alice", "bob", "charlie")]
        self.manager = make_staff(groups=("Gestionnaire",))
        self.couriers = [make_courier(make_user(name)) for name in ("carla", "cyril")]
        self.products = [make_product(price="6.50", stock=STOCK), make_product("Vase", price="39.90", stock=STOCK)]
        for user, amount in zip(self.everybody, (300, 90, 40, 25, 0), strict=True):
            if amount:
                given = {"amount": D(amount), "method": "CARTE", "token": "tok_ok", "key": "0"}
                self.attempt(payments.top_up, actor=user, **given)

    @property
    def everybody(self):
        return [*self.people, *(courier.user for courier in self.couriers)]

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            connection.run_on_commit = []

    def attempt(self, service, **given):
        """Call a service, then run what waits for its commit; None when it refuses."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            try:
                return service(**given)
            except DomainError:
                return None

    @staticmethod
    def one(rows, number):
        """Any of the rows, if there is one."""
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None
