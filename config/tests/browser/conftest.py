"""What the browser tests of all personas share: a page that tells its troubles, and what each page owes its reader."""

import base64
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route

ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
PASSWORD = "password123"
EXPECTED = ("422", "409")  # a form shown again is an answer, which the browser notes as an error
ARRIVED = """Promise.allSettled(
    document.getAnimations().filter(one => one.effect.getTiming().iterations < Infinity).map(one => one.finished)
).then(() => true)"""


@pytest.fixture
def troubles() -> list[str]:
    """Errors of the scripts, refusals of the content policy, missing files. Empty at the end of every test."""
    return []


@pytest.fixture
def context(context: BrowserContext, troubles: list[str]) -> Iterator[BrowserContext]:
    def tile(route: Route) -> None:
        route.fulfill(body=ONE_PIXEL, content_type="image/png")

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda said: said.type == "error"
            and not any(f"status of {code}" in said.text for code in EXPECTED)
            and troubles.append(said.text),
        )

    context.route("https://tile.openstreetmap.org/**", tile)
    context.on("page", listen)
    yield context
    assert troubles == []


@pytest.fixture
def owed() -> Callable[[Page], None]:
    """Every page: nothing scrolls sideways at 320 px, and axe finds nothing, neither by day nor at night."""

    def check(page: Page) -> None:
        before = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 700})
        for _ in range(10):  # a busy machine takes a moment to lay the narrow page out
            wide = page.evaluate(
                "() => document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')]"
                ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
                ".slice(-3).map(e => e.outerHTML.slice(0, 120)) : []"
            )
            if not wide:
                break
            page.wait_for_timeout(200)
        assert wide == [], f"{page.url} scrolls sideways"
        page.set_viewport_size(before or {"width": 1280, "height": 800})
        for scheme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(200)
            page.evaluate(ARRIVED)  # colours that glide, however busy the machine
            found = Axe().run(page, options=rules)
            assert found.violations_count == 0, f"{page.url} {scheme}\n{found.generate_report()}"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")

    return check


def sign_in(page: Page, site: str, email: str, then: str = "/", password: str = PASSWORD) -> None:
    page.goto(f"{site}/compte/login/?next={then}")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{then}")
