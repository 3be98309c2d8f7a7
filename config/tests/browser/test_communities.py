"""A member's path in a real browser: the community, its curve, a vote that pays, a contribution, the public books."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
HERE = "/communautes/les-voisins-de-la-rue-oberkampf/"


def test_a_vote_pays_and_the_curve_follows(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    sign_in(page, site, "alice@email.test", "/communautes/")
    owed(page)
    page.goto(site + HERE)
    owed(page)
    expect(page.locator(".curve__line")).to_be_visible()
    page.locator(".curve__table summary").click()
    owed(page)
    rows = page.locator(".curve__table tbody tr")
    before = rows.count()
    page.locator(".ballot .button").first.click()
    expect(page.locator(".ballot")).to_have_count(0)
    expect(page.locator(".curve__table tbody tr")).to_have_count(before + 1)
    page.locator("a.item", has_text="Terreau").click()
    owed(page)
    for tail in ("cotiser/", "demander/", "membres/", "demandes/", "quitter/"):
        page.goto(site + HERE + tail)
        owed(page)


def test_the_public_books_are_read_without_signing_in(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.goto(site + "/communautes/solidarite/livre/")
    owed(page)
    expect(page.get_by_text("Remplacer un pneu")).to_be_visible()
    assert "Moreau" not in page.content()
