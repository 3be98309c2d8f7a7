"""Each page of money is owed to its reader: nothing scrolls sideways, and axe finds nothing by day or at night."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
WALLET = ["", "?search=zzz", "?from=2020-02-02&to=2020-01-01", "envoyer/", "versements/", "destinations/", "releves/"]


def test_the_pages_of_a_wallet(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    sign_in(page, site, "alice@email.test", then="/portefeuille/")
    for tail in WALLET:
        page.goto(f"{site}/portefeuille/{tail}")
        owed(page)
    page.goto(f"{site}/communautes/nouvelle/")
    owed(page)


def test_the_pages_of_who_is_paid_out(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    sign_in(page, site, "carla@courier.test", then="/portefeuille/versements/")
    for tail in ("", "retirer/", "destinations/", "destinations/nouvelle/"):
        page.goto(f"{site}/portefeuille/{tail}")
        owed(page)
    page.goto(f"{site}/portefeuille/versements/")
    page.locator("a.item").first.click()
    owed(page)


def test_a_statement_on_the_phone_has_one_line_for_what_and_how_much(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    sign_in(page, site, "alice@email.test", then="/portefeuille/")
    row = page.locator("#wallet-lines tbody tr").first
    what, amount = row.locator("td").nth(0).bounding_box(), row.locator("td").nth(2).bounding_box()
    assert what
    assert amount
    assert abs(what["y"] - amount["y"]) < 4
    assert amount["x"] > what["x"] + what["width"] - 1
    expect(page.locator("#wallet-lines .table")).to_be_in_viewport()  # the filters are folded above it
