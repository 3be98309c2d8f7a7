"""The courier's phone in a real browser: his positions wait for the network, and his round stays readable."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

LINE = "[data-courier-line]"


@pytest.fixture
def phone(site: str, context: BrowserContext) -> Page:
    """Carla's phone on her round, on shift, allowed to tell where it is."""
    context.grant_permissions(["geolocation"], origin=site)
    context.set_geolocation({"latitude": 48.8606, "longitude": 2.3622})
    page = context.new_page()
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(f"{site}/compte/login/?next=/coursier/")
    page.fill("[name=login]", "carla@courier.test")
    page.fill("[name=password]", "password123")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/coursier/")
    if not page.query_selector(LINE):
        page.click("form[action='/coursier/service/'] button")
    expect(page.locator(LINE)).to_have_attribute("data-state", "live")
    return page


def kept(page: Page) -> int:
    found = re.search(r"\d+", page.inner_text(LINE))
    return int(found[0]) if found else 0


def test_points_wait_for_the_network_and_then_go_out(site: str, context: BrowserContext, phone: Page) -> None:
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    phone.reload()
    expect(phone.locator(LINE)).to_have_attribute("data-state", "live")
    context.set_offline(True)
    for i in range(3):
        context.set_geolocation({"latitude": 48.8607 + i / 10_000, "longitude": 2.3622})
        phone.wait_for_timeout(1200)
    expect(phone.locator(LINE)).to_have_attribute("data-state", "lost")
    assert kept(phone) >= 2
    before = kept(phone)
    phone.reload()  # from what the worker kept; the points are in the phone's own database
    expect(phone.locator(LINE)).to_have_attribute("data-state", "lost")
    assert kept(phone) >= before
    context.set_offline(False)
    expect(phone.locator(LINE)).to_have_attribute("data-state", "live", timeout=20_000)
    expect(phone.locator(LINE)).not_to_contain_text(re.compile(r"\d"), timeout=10_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_round_fits_the_phone_and_is_accessible(phone: Page, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ["/coursier/", "/coursier/regards/"]:
        phone.goto(phone.url.split("/coursier/")[0] + path)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
        found = Axe().run(phone)
        assert found.violations_count == 0, found.generate_report()
