"""Whatever customers, couriers, staff and the bank do, in whatever order: money and goods add up (state machine).

The steps are in config/tests/story, one file for each kind of doing; what must hold after every step is in proofs.py.
`LEDGER_STORIES=200 python -m pytest config/tests/test_ledger_story.py` tells many more stories than a run of all tests.
"""

import logging
import os
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from config.lib import events
from config.tests.story.deciding import Deciding
from config.tests.story.garaging import Garaging
from config.tests.story.leaving import Leaving
from config.tests.story.money import Money
from config.tests.story.proofs import Proofs
from config.tests.story.riding import Riding
from config.tests.story.sharing import Sharing
from config.tests.story.shopping import Shopping

STORIES, STEPS = int(os.environ.get("LEDGER_STORIES", "8")), 25


def pdf_of_nothing(*args, **kwargs):
    return b"%PDF-1.7"


class Story(Money, Shopping, Riding, Sharing, Leaving, Garaging, Deciding, Proofs):
    """Everything that moves money or goods, through the services."""

    @initialize(depth=st.integers(0, 5), pot=st.booleans(), leaving=st.booleans(), job=st.booleans())
    def begin(self, depth, pot, leaving, job):
        """Stories of deliveries, pots and payouts are long: most begin in the middle."""
        self.open_the_world()
        if pot:
            self.a_full_pot()
        if leaving:
            self.some_under_way()
        if job:
            self.a_job()
        if depth:
            self.checkout(who=1, product=0, quantity=2, courier=True, again=False)
            self.pay(number=0, method="CARTE", token="tok_ok")
        if depth > 1:
            self.ship(number=0, award="MANUELLE")
        if depth > 2:
            self.bid(number=0, courier=0, share=80, minutes=30)
        if depth > 3:
            self.accept(number=0)
        if depth > 4:
            self.ride(number=0, verb="on")


@pytest.mark.django_db
def test_money_and_goods_add_up_after_any_story(settings):
    def not_quiet(*args):
        raise AssertionError("a listener failed: {} {} {}".format(*args[1:]))

    settings.SHOP_IBAN, settings.SHOP_BIC = "FR7630006000011234567890189", "AGRIFRPP"
    with (
        patch("config.lib.heavy.run", pdf_of_nothing),
        patch.object(events.logger, "exception", not_quiet),
    ):
        logging.getLogger("config").setLevel(logging.CRITICAL)
        run_state_machine_as_test(
            Story,
            settings=hypothesis_settings(
                max_examples=STORIES, stateful_step_count=STEPS, deadline=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
            ),
        )
