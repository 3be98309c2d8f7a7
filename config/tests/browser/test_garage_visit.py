"""A vehicle comes by appointment to the counter's tablet, and leaves with its bill: the pages of staff on the way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
TABLET = {"width": 768, "height": 1024}


@pytest.fixture
def desk(site: str, page: Page) -> Page:
    page.set_viewport_size(TABLET)
    sign_in(page, site, "admin@ecom.test", "/garage/atelier/", password="admin123")
    return page


def first_of(page: Page, path: str) -> dict:
    return page.request.get(path).json()["results"][0]


def test_an_appointment_is_received_and_its_order_gets_a_quote_by_keys(
    site: str, desk: Page, owed: Callable[[Page], None]
) -> None:
    owed(desk)
    visit = first_of(desk, f"{site}/api/garage/appointments?status=CONFIRME&ordering=-starts_at")
    desk.goto(f"{site}/garage/rendez-vous/{visit['id']}/")
    owed(desk)
    desk.locator("form[action$='/reception/'] button").first.click()
    desk.wait_for_url(re.compile(r"/garage/ordres/\d+/reception/$"))
    expect(desk.locator(".page-head")).to_contain_text(visit["reason"])
    desk.fill("[name=odometer_km]", "123456")
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url(re.compile(r"/garage/ordres/\d+/$"))
    owed(desk)
    if not visit["quote"]:
        desk.locator("a[href^='/garage/devis/nouveau/']").last.click()
        desk.wait_for_url(re.compile(r"/garage/devis/nouveau/\?vehicle="))
        expect(desk.locator("[name=entry]")).to_be_focused()
        desk.keyboard.type("T2 1,5 biellette")
        expect(desk.get_by_role("option").first).to_contain_text("Biellette")
        desk.keyboard.press("Enter")
        expect(desk.locator("[name=lines-0-description]")).to_have_value("Biellette")


def test_the_rooms_of_the_garage(site: str, desk: Page, owed: Callable[[Page], None]) -> None:
    agreed = first_of(desk, f"{site}/api/garage/quotes?status=ACCEPTE")["id"]
    due = first_of(desk, f"{site}/api/garage/alerts?kind=ENTRETIEN")["id"]
    for path in (
        "ordres/", "pieces/", "alertes/", f"alertes/{due}/", f"devis/{agreed}/", f"devis/{agreed}/facturer/", "tarifs/",
    ):
        desk.goto(f"{site}/garage/{path}")
        owed(desk)
