"""The site in a real browser. Each persona's main path has its own file; here is what every page owes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PUBLIC_PAGES = ["/", "/boutique/", "/compte/login/"]


@pytest.mark.parametrize("path", PUBLIC_PAGES)
@pytest.mark.parametrize("width", [375, 1440])
def test_public_page_fits_is_accessible_and_breaks_nothing(site: str, page: Page, path: str, width: int) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"failed {request.url}"))
    page.on("response", lambda answer: answer.status >= 400 and problems.append(f"{answer.status} {answer.url}"))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site + path)
    page.wait_for_load_state("networkidle")
    assert problems == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
