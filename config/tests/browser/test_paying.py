"""Paying in a real browser: the bank's page and back, the phone, the wallet that lacks something."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.conftest import sign_in
from config.tests.browser.test_customer import NEXT, PHONE, at_payment

pytestmark = pytest.mark.browser


def test_a_card_whose_bank_asks_and_is_answered(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)
    at_payment(page, site, "bob@email.test", "miel")
    owed(page)
    page.check("[value=tok_3ds]")
    page.click(NEXT)
    page.wait_for_url("**/simulation/**")  # one is sent on without a click
    owed(page)
    page.click("[value=refuse]")
    page.wait_for_url("**/payer/")
    expect(page.locator(".notice--danger")).to_be_visible(timeout=45_000)  # the waiting page tells the end by itself
    page.check("[value=tok_3ds]")
    page.click(NEXT)
    page.wait_for_url("**/simulation/**")
    page.click("[value=confirm]")
    page.wait_for_url(re.compile(r"/commandes/\d+/$"), timeout=45_000)


def test_a_phone_tops_up_the_wallet(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "charlie@email.test", then="/portefeuille/recharger/")
    expect(page.locator(".by-phone")).to_be_hidden()
    page.check("[value=MOBILE_MONEY]")
    expect(page.locator(".by-phone")).to_be_visible()
    expect(page.locator(".test-cards")).to_be_hidden()
    owed(page)
    page.fill("[name=amount]", "15")
    page.click(".form--pay button[type=submit]")
    page.wait_for_url("**/paiements/*/")
    expect(page.locator(".waiting__steps")).to_be_visible()
    expect(page.locator(".badge, .status").first).to_be_visible(timeout=45_000)
    owed(page)
