"""The main job, as its people live it: Alice buys, the shop ships, couriers bid, one brings it, Alice watches.

Four browsers at once on one server, and a courier driven over the real websocket by `simulate_couriers`.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from config.tests.browser.conftest import sign_in
from config.tests.house import House

pytestmark = pytest.mark.browser
NEXT = "main form .button--big[type=submit]"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 740}


@pytest.fixture
def person(browser: Browser, site: str, browser_context_args: dict) -> Callable[..., Page]:
    def arrive(email: str, password: str = "password123", **options: object) -> Page:
        page = browser.new_context(**{**browser_context_args, "viewport": DESK, **options}).new_page()
        sign_in(page, site, email, password=password)
        return page

    return arrive


def buy(alice: Page, site: str) -> str:
    """A jar of honey, by courier, by card; the number of the order's page."""
    alice.goto(f"{site}/boutique/?search=miel")
    alice.locator(".product form button").first.click()
    expect(alice.locator("#cart-count")).to_have_text("1")
    alice.goto(site + "/commander/")
    alice.check("[value=COURSIER]")
    alice.click(NEXT)
    alice.wait_for_url("**etape=adresse")
    alice.click(NEXT)
    alice.wait_for_url("**etape=confirmer")
    alice.click(NEXT)
    alice.wait_for_url("**/payer/")
    alice.check("[value=CARTE]")
    alice.check("[value=tok_ok]")
    alice.click(NEXT)
    alice.wait_for_url(re.compile(r"/commandes/\d+/$"))
    return re.search(r"/commandes/(\d+)/", alice.url)[1]


def ship(admin: Page, site: str, order: str) -> str:
    """From the admin, with the dialog that asks how to choose the bid; the number of the delivery."""
    admin.goto(f"{site}/admin/shop/order/{order}/change/")
    admin.click(f"a[href='/admin/shop/order/{order}/ship/']")
    admin.locator("#modal-content form [type=submit]").click()
    link = admin.locator("a[href*='/admin/delivery/delivery/']", has_text="LIV-")
    expect(link.first).to_be_visible()
    return re.search(r"/delivery/(\d+)/", link.first.get_attribute("href"))[1]


def bid(courier: Page, site: str, delivery: str, amount: str) -> None:
    courier.goto(site + "/coursier/")
    form = courier.locator(f"form[action='/coursier/offres/{delivery}/']")
    form.locator("[name=amount]").fill(amount)
    form.locator("[type=submit]").click()
    expect(courier.locator("main")).to_contain_text(amount)


def code_shown(page: Page) -> str:
    digits = re.sub(r"\D", "", page.locator(".code-big").first.inner_text())
    assert len(digits) == 6
    return digits


def hand_in(courier: Page, site: str, delivery: str, code: str) -> None:
    courier.goto(f"{site}/coursier/livraisons/{delivery}/")
    courier.locator("[name=code]").first.fill(code)
    courier.locator("form:has([name=code]) [type=submit]").first.click()


def test_buy_ship_bid_award_follow_hand_over(house: House, site: str, person: Callable[..., Page]) -> None:
    alice = person("alice@email.test")
    admin = person("admin@ecom.test", "admin123")
    carla = person("carla@courier.test", viewport=PHONE)
    karim = person("karim@courier.test", viewport=PHONE)

    order = buy(alice, site)
    delivery = ship(admin, site, order)
    bid(carla, site, delivery, "3,10")
    bid(karim, site, delivery, "3,60")

    admin.goto(f"{site}/livraisons/{delivery}/")
    expect(admin.locator("main")).to_contain_text("Karim")
    admin.locator("tr", has_text="Carla").locator("button").click()
    admin.locator("dialog.confirm .button").first.click()
    expect(admin.locator(".code-big").first).to_be_visible()

    pickup_code = code_shown(admin)
    hand_in(carla, site, delivery, "000000" if pickup_code != "000000" else "111111")
    expect(carla.locator(".field__error, .errors").first).to_be_visible()
    hand_in(carla, site, delivery, pickup_code)

    alice.goto(f"{site}/commandes/{order}/")
    dropoff_code = code_shown(alice)
    drive = house.manage(
        "simulate_couriers", "--url", site.replace("http", "ws"), "--courier", "carla@courier.test", "--duration", "6"
    )
    assert " 0 lost" in drive.stdout, drive.stdout + drive.stderr
    marker = alice.locator(".map-courier")
    expect(marker).to_be_visible()
    before = marker.evaluate("e => e.closest('.leaflet-marker-icon').style.transform")
    house.manage(
        "simulate_couriers", "--url", site.replace("http", "ws"), "--courier", "carla@courier.test",
        "--duration", "8", "--speed", "3",
    )
    assert marker.evaluate("e => e.closest('.leaflet-marker-icon').style.transform") != before, "the marker stands still"

    hand_in(carla, site, delivery, dropoff_code)
    expect(alice.locator("main [data-status=LIVREE]").first).to_be_visible(timeout=10_000)
    alice.goto(f"{site}/commandes/{order}/")
    expect(alice.locator(".map-courier")).to_have_count(0)
    invoice = alice.request.get(f"{site}/commandes/{order}/facture/")
    for _attempt in range(20):
        if invoice.headers["content-type"] == "application/pdf":
            break
        alice.wait_for_timeout(500)
        invoice = alice.request.get(f"{site}/commandes/{order}/facture/")
    assert invoice.body().startswith(b"%PDF")

    carla.goto(site + "/portefeuille/")
    expect(carla.locator("main")).to_contain_text("+2,63")  # 3,10 less 15 %, the half cent to the house
    for page in (alice, carla):
        page.goto(site + "/notifications/")
        expect(page.locator("main")).to_contain_text("LIV-" if page is carla else "CMD-")
