"""An appointment on a phone, and the board of the workshop on a desk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 375, "height": 740}, {"width": 1440, "height": 900}
NEXT = "main form .button--big[type=submit]"


def test_a_client_books_and_cancels_on_a_phone(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "charlie@email.test", "/garage/")
    page.locator("main a[href='/garage/rendez-vous/nouveau/']").first.click()
    owed(page)
    page.click(NEXT)
    page.check("[value=autre]")
    page.fill("[name=mots]", "Un bruit au freinage")
    owed(page)
    page.click(NEXT)
    owed(page)
    page.locator(".slots a").last.click()
    expect(page.locator("main dl")).to_contain_text("Un bruit au freinage")
    owed(page)
    page.click(NEXT)
    page.wait_for_url(re.compile(r"/garage/rendez-vous/\d+/$"))
    owed(page)
    page.locator("form[data-confirm] button").click()
    page.locator("dialog .button--danger, dialog .button").first.click()
    expect(page.locator("[data-status=ANNULE]")).to_be_visible()
    page.goto(site + "/garage/rendez-vous/")
    owed(page)


def test_a_customer_without_a_vehicle_enters_one(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "lea@courier.test", "/garage/")
    page.goto(site + "/garage/rendez-vous/nouveau/")
    page.wait_for_url("**/rendez-vous/vehicule/")
    owed(page)
    page.fill("[name=plate]", "qq 412 ww")
    page.fill("[name=make]", "Yamaha")
    page.fill("[name=model]", "NMAX")
    page.click("main form button[type=submit]")
    expect(page.locator(".errors")).to_be_focused()
    page.fill("[name=plate]", "qq 412 ww".replace("ww", "wv"))
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"nouveau/\?vehicle=\d+"))


def open_week(page: Page, site: str) -> None:
    """The first week from this one on in which something can be moved."""
    page.set_viewport_size(DESK)
    sign_in(page, site, "admin@ecom.test", "/garage/planning/", password="admin123")
    if not page.locator(".board [data-block]").count():
        page.locator("a[rel=next] >> visible=true").click()
    expect(page.locator(".board [data-block]").first).to_be_visible()


def test_an_appointment_is_dragged_and_moved_by_keys(site: str, page: Page, owed: Callable[[Page], None]) -> None:
    open_week(page, site)
    owed(page)
    # One whose other lift is free on that day.
    [number, day, lift] = page.evaluate(
        """() => [...document.querySelectorAll(".board [data-block][data-kind=PONT]")].map((block) => {
          const cell = block.closest("td");
          const others = [...document.querySelectorAll(`td[data-kind=PONT][data-day='${cell.dataset.day}']`)];
          const free = others.some((other) => other !== cell && !other.querySelector(".block"));
          return free && [block.dataset.block, cell.dataset.day, cell.dataset.resource];
        }).find(Boolean)"""
    )
    block = page.locator(f".board [data-block='{number}'][data-kind=PONT]")
    plate = block.get_attribute("data-name")
    other = page.locator(f".board td[data-kind=PONT][data-day='{day}']:not([data-resource='{lift}'])")
    start, end = block.bounding_box(), other.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] - 6, steps=4)
    page.mouse.up()
    moved = other.locator(f"[data-block='{number}']")
    expect(moved).to_be_visible()
    grab = moved.locator("[data-grab]")
    expect(grab).to_be_visible()
    grab.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-board-said]")).to_contain_text(plate or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(grab).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    rows = page.locator(".board td[data-kind=PONT][data-day]").evaluate_all("all => all.map(td => td.dataset.resource)")
    page.keyboard.press("ArrowUp" if rows[0] == lift else "ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(f".board td[data-resource='{lift}'][data-day='{day}'] [data-block='{number}']")).to_be_visible()


def test_a_day_by_the_quarter_of_an_hour_and_the_list_on_a_phone(
    site: str, page: Page, owed: Callable[[Page], None]
) -> None:
    open_week(page, site)
    page.locator(".board td:has([data-block])").first.wait_for()
    day = page.locator(".board td:has([data-block])").first.get_attribute("data-day")
    page.goto(f"{site}/garage/planning/?jour={day}&vue=jour")
    expect(page.locator(".board--day [data-block]").first).to_be_visible()
    owed(page)
    page.set_viewport_size(PHONE)
    expect(page.locator(".phone-only .item").first).to_be_visible()
    expect(page.locator(".board")).to_be_hidden()
    page.goto(site + "/garage/planning/nouveau/")
    owed(page)
