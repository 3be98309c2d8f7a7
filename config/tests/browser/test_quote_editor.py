"""The quote editor by keyboard alone, as at the counter with the client waiting, and what its pages owe their reader."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from config.tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
NEW = "/garage/devis/nouveau/"


class Keyboard:
    """Types and counts: a step is what a person does in one go, a word typed or a key pressed."""

    def __init__(self, page: Page):
        self.page, self.steps = page, 0

    def type(self, text: str) -> None:
        self.steps += 1
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.steps += 1
            self.page.keyboard.press(key)


@pytest.fixture
def desk(site: str, page: Page) -> Iterator[Page]:
    sign_in(page, site, "admin@ecom.test", then="/garage/devis/", password="admin123")
    page.on("dialog", Dialog.accept)  # leaving a page that was typed on
    yield page
    page.goto(f"{site}/garage/devis/")


def rows(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-line] [name$=-description]", "all => all.map(each => each.value)")


def open_draft(site: str, page: Page) -> None:
    """The demo's, the oldest of the list."""
    page.goto(f"{site}/garage/devis/?status=BROUILLON")
    page.goto(site + str(page.locator("a.item").last.get_attribute("href")))


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name")


def test_six_lines_are_made_by_keyboard_in_few_steps(site: str, desk: Page) -> None:
    desk.goto(site + NEW)
    keys = Keyboard(desk)
    keys.type("ab123")
    keys.press("Enter")
    expect(desk.locator("[data-vehicle]")).to_contain_text("AB-123-CD")
    for count, typed in enumerate(("plaquettes", "T2 1,5", "vidange", "2x balais", "ampoules", "T1 0h30"), 1):
        keys.type(typed)
        keys.press("Enter")  # at once: the answer is taken when it comes
        expect(desk.locator("[data-line]")).to_have_count(count)
    expect(desk.locator("[data-total]")).to_have_text("325,30\xa0€")
    keys.press("Control+s")
    desk.wait_for_url(lambda url: url.rsplit("/", 2)[1].isdecimal())
    expect(desk.locator("h1")).to_contain_text("DE-")
    expect(desk.locator("[data-line]")).to_have_count(6)
    expect(desk.locator("[data-total]")).to_have_text("325,30\xa0€")
    assert keys.steps <= 15, "a vehicle, six lines and the save: two steps each, one to save"


def test_rows_are_moved_copied_taken_away_and_changed_by_keys(site: str, desk: Page) -> None:
    desk.goto(site + NEW)
    desk.locator("[name=entry]").focus()
    keys = Keyboard(desk)
    for count, typed in enumerate(("plaquettes", "ampoules", "batterie 12"), 1):
        keys.type(typed)
        keys.press("Enter")
        expect(desk.locator("[data-line]")).to_have_count(count)
    pads, lamps, battery = rows(desk)
    keys.press("ArrowUp")
    assert focused(desk) == "lines-2-quantity"
    keys.type("3")
    keys.press("Alt+ArrowUp")
    assert rows(desk) == [pads, battery, lamps]
    keys.press("Control+d")
    assert rows(desk) == [pads, battery, battery, lamps]
    keys.press("Control+Delete", "ArrowUp", "ArrowUp", "Control+Delete")
    assert rows(desk) == [battery, lamps]
    keys.press("ArrowDown", "ArrowDown")
    assert focused(desk) == "entry"
    keys.type("Joint divers")
    expect(desk.locator(".found li")).to_have_count(1)
    keys.press("Enter")
    assert focused(desk) == "lines-2-unit_price"
    keys.type("1,5")
    keys.press("Enter")
    assert focused(desk) == "entry"
    keys.press("?")
    expect(desk.locator("[data-dialog=keys]")).to_be_visible()
    keys.press("Escape")
    expect(desk.locator("[data-total]")).to_be_visible()


def test_what_is_found_is_chosen_with_the_arrows_and_left_with_escape(site: str, desk: Page) -> None:
    desk.goto(site + NEW)
    desk.locator("[name=entry]").focus()
    desk.keyboard.type("filtre")
    found = desk.locator(".found li")
    expect(found.first).to_have_attribute("aria-selected", "true")
    second = found.nth(1).locator("span").inner_text()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("[name=entry]")).to_have_attribute("aria-activedescendant", found.nth(1).get_attribute("id") or "")
    desk.keyboard.press("Enter")
    assert rows(desk)[0] == second or len(rows(desk)) > 1  # a package without a price is its lines
    desk.keyboard.type("filtre")
    expect(found.first).to_be_visible()
    desk.keyboard.press("Escape")
    expect(found.first).to_be_hidden()


def test_a_fault_is_marked_while_one_types_and_mended(site: str, desk: Page) -> None:
    desk.goto(site + NEW)
    desk.locator("[name=entry]").focus()
    desk.keyboard.type("plaquettes")
    desk.keyboard.press("Enter")
    price = desk.locator("[name=lines-0-unit_price]")
    price.fill("abc")
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(desk.locator("[data-total]")).to_have_count(0)
    price.fill("10")
    expect(price).not_to_have_attribute("aria-invalid", "true")
    expect(desk.locator("[data-total]")).to_have_text("10,00\xa0€")


def test_a_newcomer_is_added_in_place_and_the_lines_stay(site: str, desk: Page) -> None:
    desk.goto(site + NEW)
    desk.locator("[name=entry]").focus()
    desk.keyboard.type("plaquettes")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-line]")).to_have_count(1)
    desk.locator("[name=who]").focus()
    desk.keyboard.type("Zoé Lefèvre")
    expect(desk.locator(".found li").last).to_be_visible()
    desk.keyboard.press("Enter")
    dialog = desk.locator("[data-dialog=newcomer]")
    expect(dialog).to_be_visible()
    desk.keyboard.type("zz")
    desk.keyboard.press("Enter")
    expect(dialog.locator("[data-told]").first).to_be_visible()
    dialog.locator("[name=plate]").fill("CD-234-EF")
    dialog.locator("[name=make]").fill("Peugeot")
    dialog.locator("[name=model]").fill("208")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-vehicle]")).to_contain_text("CD-234-EF · Peugeot 208")
    expect(desk.locator("[data-vehicle]")).to_contain_text("Zoé Lefèvre")
    assert len(rows(desk)) == 1


def test_two_browsers_on_one_quote_lose_nothing(site: str, desk: Page) -> None:
    open_draft(site, desk)
    with desk.context.expect_page() as opened:
        desk.evaluate("open(location.href)")
    other = opened.value
    other.wait_for_load_state()
    other.locator("[name=message]").fill("Theirs")
    other.keyboard.press("Control+s")
    expect(other.locator(".messages")).to_be_visible()
    desk.locator("[name=message]").fill("Mine")
    with desk.expect_response(lambda answer: answer.status == 409):
        desk.keyboard.press("Control+s")
    expect(desk.locator("[name=message]")).to_have_value("Mine")
    expect(desk.locator(".notice--warning button").first).to_be_visible()
    other.reload()
    expect(other.locator("[name=message]")).to_have_value("Theirs")
    other.close()


def test_the_pages_of_quotes(site: str, desk: Page, owed: Callable[[Page], None]) -> None:
    for path in ("/garage/devis/", "/garage/devis/?search=zzz", NEW, f"{NEW}vehicule/", "/garage/tarifs/"):
        desk.goto(site + path)
        owed(desk)
    open_draft(site, desk)
    owed(desk)
    desk.locator("[name=lines-0-quantity]").fill("x")
    desk.keyboard.press("Control+s")
    expect(desk.locator("[data-error-summary]")).to_be_visible()
    owed(desk)
    desk.goto(site + NEW)
    desk.locator("[name=entry]").focus()
    desk.keyboard.type("filtre")
    expect(desk.locator(".found li").first).to_be_visible()
    owed(desk)


@pytest.fixture
def plain(browser, site: str) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_without_a_script_a_quote_is_made_all_the_same(site: str, plain: Page) -> None:
    sign_in(plain, site, "admin@ecom.test", then=NEW, password="admin123")
    plain.fill("[name=who]", "ab123")
    plain.fill("[name=entry]", "T2 1,5")
    plain.press("[name=entry]", "Enter")
    expect(plain.locator("[data-vehicle]")).to_contain_text("AB-123-CD")
    expect(plain.locator("[data-total]")).to_have_text("111,00\xa0€")
    plain.fill("[name=lines-1-description]", "Joint")
    plain.fill("[name=lines-1-unit_price]", "2,50")
    plain.click("button[value=save]")
    plain.wait_for_url(lambda url: url.rsplit("/", 2)[1].isdecimal())
    expect(plain.locator("[data-total]")).to_have_text("113,50\xa0€")
