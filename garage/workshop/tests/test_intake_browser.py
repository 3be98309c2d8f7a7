"""The intake on a tablet at the counter, in a real browser: sketch, photos and signature."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
TABLET = {"width": 768, "height": 1024}


def photo() -> dict:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#0B6E4F").save(out, "JPEG")
    return {"name": "cote.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def tablet(site: str, page: Page) -> Page:
    """The desk's tablet on the intake of an order just opened."""
    page.set_viewport_size(TABLET)
    page.goto(f"{site}/compte/login/?next=/garage/ordres/nouveau/")
    page.fill("[name=login]", "admin@ecom.test")
    page.fill("[name=password]", "admin123")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/garage/ordres/nouveau/")
    page.fill("[name=vehicle]", "FG-456-HJ")
    page.press("[name=vehicle]", "Enter")
    page.wait_for_url("**/garage/ordres/*/")
    page.click("a[href$='/reception/']")
    page.wait_for_url("**/reception/")
    return page


def test_a_scooter_is_taken_in_with_a_tap_a_photo_and_a_signature(tablet: Page) -> None:
    problems: list[str] = []
    tablet.on("pageerror", lambda error: problems.append(str(error)))
    assert tablet.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    found = Axe().run(tablet)
    assert found.violations_count == 0, found.generate_report()
    tablet.fill("[name=odometer_km]", "8500")
    tablet.check("[name=fuel][value='4']")
    tablet.select_option("[data-damage-kind]", "DENT")
    tablet.locator("[data-damage-view=LEFT]").click(position={"x": 60, "y": 60})
    expect(tablet.locator("[data-damage-list] li")).to_have_count(1)
    tablet.locator("[data-damage-list] input").fill("carénage")
    # By keyboard, without the sketch.
    tablet.select_option("[data-damage-where]", "REAR")
    tablet.fill("[data-damage-note]", "feu fêlé")
    tablet.focus("[data-damage-add]")
    tablet.keyboard.press("Enter")
    expect(tablet.locator("[data-damage-list] li")).to_have_count(2)
    expect(tablet.locator("[data-damage-marks] circle")).to_have_count(1)
    tablet.set_input_files("[name=photos]", [photo(), photo()])
    tablet.fill("[name=signed_by]", "Karim Benali")
    pad = tablet.locator("[data-signature-field]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    tablet.mouse.move(box["x"] + 40, box["y"] + 40)
    tablet.mouse.down()
    tablet.mouse.move(box["x"] + 160, box["y"] + 90, steps=8)
    tablet.mouse.up()
    tablet.click("main button[type=submit].button--big")
    tablet.wait_for_url("**/garage/ordres/*/")
    expect(tablet.locator("main")).to_contain_text("carénage")
    expect(tablet.locator("main")).to_contain_text("feu fêlé")
    expect(tablet.locator(".shots img")).to_have_count(2)
    tablet.click("a[href$='/recu/']")
    tablet.wait_for_url("**/recu/")
    assert (tablet.locator(".signature-drawn path").get_attribute("d") or "").startswith("M")
    assert problems == []
