"""A customer's main path in a real browser: find, put in the cart, order, pay, follow."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from config.tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
PHONE = {"width": 375, "height": 740}
NEXT = "main form .button--big[type=submit]"


def put_in_cart(page: Page, site: str, words: str) -> None:
    page.goto(f"{site}/boutique/?search={words}")
    page.locator(".product form button").first.click()
    expect(page.locator("[data-toast]")).to_be_visible()


def at_payment(page: Page, site: str, email: str, words: str) -> None:
    """Signed in, with an order picked up in the shop, on the page that asks how to pay."""
    sign_in(page, site, email)
    put_in_cart(page, site, words)
    page.goto(site + "/commander/")
    page.check("[value=RETRAIT]")
    page.click(NEXT)
    page.click(NEXT)
    page.wait_for_url("**/payer/")


def test_from_the_search_to_the_timeline(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)
    page.goto(site + "/")
    owed(page)
    page.fill("#site-search", "miell")  # a typing mistake
    page.keyboard.press("Enter")
    page.wait_for_url("**/boutique/?search=miell")
    owed(page)
    page.locator(".product__name a").first.click()
    page.wait_for_url("**/produit/**")
    owed(page)
    page.click("[data-step='1']")
    page.click(".sheet__buy .button")
    page.locator("[data-toast] a").click()
    expect(page.locator("#cart-count")).to_have_text("2")
    owed(page)
    page.click(".cart__sum .button--big")
    page.fill("[name=login]", "alice@email.test")
    page.fill("[name=password]", "password123")
    page.click("main button[type=submit]")
    page.wait_for_url("**/commander/")
    expect(page.locator("[value=COURSIER]")).to_be_checked()
    owed(page)
    page.click(NEXT)
    page.wait_for_url("**etape=adresse")
    owed(page)
    page.click(NEXT)
    page.wait_for_url("**etape=confirmer")
    owed(page)
    price = page.locator(".facts__total dd").inner_text()
    button = page.locator(NEXT)
    expect(button).to_contain_text(price)  # the button says what it costs
    button.click()
    page.wait_for_url("**/payer/")
    owed(page)
    expect(page.locator(NEXT)).to_contain_text(price)
    page.click(NEXT)
    page.wait_for_url(re.compile(r"/commandes/\d+/$"))
    expect(page.locator(".timeline__stop--current")).to_have_attribute("aria-current", "step")
    assert page.locator(".timeline__stop--next").count() >= 1
    owed(page)
    page.goto(site + "/commandes/")
    expect(page.locator(".items .item").first).to_contain_text("Miel")
    owed(page)


def test_filters_change_the_list_in_place_and_the_address_with_it(
    site: str, page: Page, owed: Callable[[Page], None]
) -> None:
    page.goto(site + "/boutique/")
    page.evaluate("window.stayed = true")
    everything = page.locator("#shop-count").inner_text()
    page.fill("#filter-max_price", "5,00")
    page.keyboard.press("Enter")
    page.wait_for_url("**max_price=5*")
    expect(page.locator("#shop-count")).not_to_have_text(everything)
    expect(page.locator("#filter-max_price")).to_be_focused()
    prices = page.locator(".product .money").all_inner_texts()
    assert prices
    assert all(float(re.sub(r"[^\d,.]", "", price).replace(",", ".")) <= 5 for price in prices)
    page.select_option("#filter-ordering", "-price")
    page.wait_for_url("**ordering=-price*")
    owed(page)
    page.locator(".chip--on").first.click()
    expect(page.locator("#shop-count")).to_have_text(everything)
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    page.go_back()
    page.wait_for_url("**max_price=5*")


def test_everything_can_be_bought_without_a_script(site: str, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=PHONE).new_page()
    page.goto(site + "/boutique/?max_price=20")
    page.locator(".shop__filters summary").click()
    page.check("#filter-in_stock")
    page.click("#shop-filters button[type=submit]")
    assert "in_stock=true" in page.url
    page.locator(".product form button").first.click()
    expect(page.locator("#messages .notice--success")).to_be_visible()
    page.goto(site + "/panier/")
    page.fill(".cart-line .quantity input", "2")
    page.click(".cart-line__quantity button[type=submit]")
    expect(page.locator("#cart-count")).to_have_text("2")
    page.click(".cart__sum .button--big")
    page.fill("[name=login]", "bob@email.test")
    page.fill("[name=password]", "password123")
    page.click("main button[type=submit]")
    page.check("[value=RETRAIT]")
    page.click(NEXT)
    page.click(NEXT)
    page.check("[value=PORTEFEUILLE]")
    page.check("[value=CARTE]")
    page.click(NEXT)
    expect(page.locator(".timeline__stop--current")).to_be_visible()
    page.context.close()


def test_more_than_the_stock_is_refused_in_words(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    put_in_cart(page, site, "lentilles")
    page.goto(site + "/panier/")
    page.fill(".cart-line .quantity input", "998")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .notice--danger")).to_be_visible()
    expect(page.locator(".cart-line .quantity input")).to_have_value("1")
    owed(page)
    page.click(".cart-line__remove button")
    expect(page.locator(".empty")).to_be_visible()
    owed(page)


def test_a_declined_card_keeps_the_order_and_a_slow_one_refreshes_by_itself(
    site: str, page: Page, owed: Callable[[Page], None]
) -> None:
    at_payment(page, site, "alice@email.test", "limonade")
    page.check("[value=tok_declined]")
    page.click(NEXT)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    owed(page)
    page.check("[value=tok_pending]")
    page.click(NEXT)
    expect(page.locator(".progress")).to_be_visible()
    page.wait_for_url(re.compile(r"/commandes/\d+/$"), timeout=60_000)
    expect(page.locator(".status--done").first).to_be_visible()


def tab_to(page: Page, target: str, limit: int = 80) -> None:
    """Press Tab until the focus is on the element; whatever has the focus must be seen."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            seen = page.evaluate(
                "() => { const of = document.activeElement; const style = getComputedStyle(of.closest('.option') || of);"
                " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }"
            )
            assert seen, f"{target} has the focus but does not show it"
            return
    raise AssertionError(f"{page.url}: the keyboard does not reach {target}")


def press(page: Page, target: str, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def test_the_keyboard_alone_orders_and_pays(site: str, page: Page) -> None:
    sign_in(page, site, "bob@email.test")
    page.goto(site + "/produit/limonade-artisanale-75-cl/")
    press(page, ".skip")
    press(page, ".sheet__buy button[type=submit]")
    expect(page.locator("[data-toast]")).to_be_visible()
    page.goto(site + "/panier/")
    press(page, ".cart__sum .button--big")
    page.wait_for_url("**/commander/")
    tab_to(page, "[name=delivery_method]")
    for _press in range(2):
        if page.evaluate("document.activeElement.value") == "RETRAIT":
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator("[value=RETRAIT]")).to_be_checked()
    press(page, NEXT)
    page.wait_for_url("**etape=confirmer")
    press(page, NEXT)
    page.wait_for_url("**/payer/")
    press(page, "[value=CARTE]", "Space")
    press(page, NEXT)
    page.wait_for_url(re.compile(r"/commandes/\d+/$"))
    expect(page.locator("h1")).to_be_visible()


def test_the_order_page_follows_its_delivery(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    """Alice's first order of the demo: delivered, every step with its time, the invoice at hand."""
    sign_in(page, site, "alice@email.test")
    page.goto(site + "/commandes/?status=LIVREE")
    page.locator(".items .item").last.click()
    expect(page.locator(".timeline time").nth(4)).to_be_visible()
    with page.expect_download() as download:
        page.evaluate("document.querySelector('.aside-links a').setAttribute('download', '')")
        page.click(".aside-links a")
    assert download.value.path().read_bytes().startswith(b"%PDF")
    owed(page)
