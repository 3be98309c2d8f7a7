"""A client answers his quote on the phone: reads, chooses, signs with the finger, types the code, accepts."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.conftest import sign_in
from config.tests.house import House

pytestmark = pytest.mark.browser
PHONE = {"width": 375, "height": 740}
LINK = "from garage.quotes import queries; from garage.quotes.models import Quote;"
NEXT = "main form button[type=submit]"


def ask(house: House, code: str) -> str:
    """What the running product knows, asked by a process beside it."""
    answer = house.manage("shell", "--no-imports", "-c", code)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip().splitlines()[-1]


def euros(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d,]", "", text).replace(",", "."))


def draw(page: Page) -> None:
    field = page.locator("[data-signature-field]")
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 80)
    page.mouse.down()
    for x, y in ((60, 30), (90, 90), (140, 40), (200, 80), (260, 50)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()


def test_a_quote_is_accepted_on_the_phone(house: House, site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)
    waits = "Quote.objects.filter(status='ENVOYE', vehicle__plate='FG-456-HJ', papers__kind='DEVIS').earliest('pk')"
    token = ask(house, f"{LINK} print(queries.public_token({waits}))")
    page.goto(f"{site}/devis/{token}/")
    answer = page.locator("main a.button--big")
    expect(answer).to_be_visible(timeout=60_000)  # once the paper is made
    owed(page)
    answer.click()
    whole = euros(page.locator("#quote-sum .facts__total dd").inner_text())
    page.locator("[name=lines]").last.uncheck()
    expect(page.locator("#quote-sum .facts__total dd")).not_to_have_text(re.compile(re.escape(f"{whole}".replace(".", ","))))
    part = euros(page.locator("#quote-sum .facts__total dd").inner_text())
    assert part < whole
    owed(page)
    page.click(NEXT)
    page.check("[name=reused_parts][value=yes]")
    owed(page)
    page.click(NEXT)
    expect(page.locator("[data-signature-field]")).to_be_visible()
    owed(page)
    draw(page)
    page.click(NEXT)
    expect(page.locator("svg.signature-drawn path")).to_have_attribute("d", re.compile("^M.*L"))
    owed(page)
    page.click("main form[action*=code] button")
    code = "from garage.quotes.models import SignCode;"
    digits = ask(house, f"{LINK} {code} print(queries.code_text(SignCode.objects.latest('pk')))")
    page.fill("[name=code]", digits)
    page.check("[name=start_now]")
    button = page.locator("form.form button[type=submit]")
    assert euros(button.inner_text()) == part
    owed(page)
    button.click()
    expect(page.locator(".notice--success")).to_be_visible()
    expect(page.locator("svg.signature-drawn")).to_be_visible()
    assert euros(page.locator("#quote-sum .facts__total dd").inner_text()) == part
    owed(page)
    page.click("a[href*=retractation]")
    owed(page)


def test_a_signed_quote_is_read_in_the_account(site: str, page: Page, owed: Callable[[Page], None], house: House) -> None:
    page.set_viewport_size(PHONE)
    signed = ask(house, f"{LINK} print(Quote.objects.filter(status='ACCEPTE', vehicle__plate='AB-123-CD', papers__kind='DEVIS').earliest('pk').pk)")
    sign_in(page, site, "charlie@email.test", then=f"/garage/mes-devis/{signed}/")
    expect(page.locator("svg.signature-drawn")).to_be_visible()
    owed(page)
