"""Money as its people meet it: the buyer at his bank, the manager at the desk, a member at the vote, and anybody whom
the house asks once more who he is. Checks of access are in the tests of each page."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.tests.browser.conftest import PASSWORD, sign_in
from config.tests.browser.test_customer import NEXT, at_payment
from config.tests.house import House

pytestmark = pytest.mark.browser
POT = "/communautes/les-voisins-de-la-rue-oberkampf/"
AN_HOUR_AGO = """
from django.contrib.sessions.backends.db import SessionStore
session = SessionStore("{key}")
for proof in session["account_authentication_methods"]:
    proof["at"] -= 3600
session.save()
"""


@pytest.fixture
def person(browser: Browser, site: str, browser_context_args: dict) -> Callable[..., Page]:
    def arrive(email: str, then: str = "/", password: str = PASSWORD) -> Page:
        page = browser.new_context(**browser_context_args).new_page()
        sign_in(page, site, email, then=then, password=password)
        return page

    return arrive


def test_a_buyer_confirms_at_his_bank_and_the_order_is_paid_with_its_invoice(site: str, page: Page) -> None:
    at_payment(page, site, "charlie@email.test", "savon")
    page.check("[value=tok_3ds]")
    page.click(NEXT)
    page.wait_for_url("**/simulation/**")
    page.click("[value=confirm]")
    page.wait_for_url(re.compile(r"/commandes/\d+/$"), timeout=45_000)
    expect(page.locator("main [data-status=PAYEE]").first).to_be_visible()
    expect(page.locator("a[href$='/facture/']").first).to_be_visible(timeout=45_000)


def test_a_manager_settles_a_case_by_one_click(house: House, site: str, person: Callable[..., Page]) -> None:
    made = house.manage("simulate_disagreement", "TROP_PERCU")
    case = made.stdout.strip()
    assert case.startswith("/admin/"), made.stderr
    admin = person("admin@ecom.test", "/admin/accounts/disagreement/", "admin123")
    row = admin.locator(f"a[href^='{case}']").first
    row.click()
    outcome = admin.locator("details", has=admin.locator("[name=outcome][value=CREDITE]"))
    outcome.locator("summary").click()
    expect(outcome.locator("tbody")).to_contain_text("3,00")  # what it posts is said before
    outcome.locator("button").click()
    admin.wait_for_load_state()
    expect(admin.locator("[name=outcome]")).to_have_count(0)
    expect(admin.locator("a[href*='/admin/accounts/transaction/']").first).to_be_visible()
    expect(admin.locator("main, body").first).to_contain_text("Dora")  # its author


def test_two_votes_pay_who_asked(site: str, person: Callable[..., Page]) -> None:
    lea = person("lea@courier.test", POT + "demander/")
    lea.fill("[name=amount]", "4,00")
    lea.fill("[name=purpose]", "Une sonnette neuve")
    lea.locator("main form [type=submit]").last.click()
    lea.wait_for_url(re.compile(r"/demandes/\d+/$|oberkampf/$"))
    for email in ("alice@email.test", "bob@email.test"):
        voter = person(email, POT + "demandes/")
        voter.locator("a", has_text="Une sonnette neuve").first.click()
        voter.locator("[name=approve][value='1']").click()
        expect(voter.locator("[name=approve]")).to_have_count(0)
    expect(voter.locator("main [data-status=PAYEE]").first).to_be_visible()
    lea.goto(site + "/portefeuille/")
    expect(lea.locator("main")).to_contain_text("+4,00")


def test_an_old_sign_in_is_asked_again_before_money_leaves(
    house: House, site: str, page: Page, context: BrowserContext
) -> None:
    sign_in(page, site, "alice@email.test", then="/portefeuille/envoyer/")
    key = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
    aged = house.manage("shell", "-c", AN_HOUR_AGO.format(key=key))
    assert aged.returncode == 0, aged.stderr
    page.fill("[name=to]", "bob@email.test")
    page.fill("[name=amount]", "2,50")
    page.fill("[name=note]", "Le café de mardi")
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/reauthenticate/**")
    sent = "SELECT COALESCE(SUM(p.amount), 0) FROM accounts_posting p JOIN accounts_transaction t ON t.id = " \
        "p.transaction_id WHERE t.memo = 'Le café de mardi' AND p.amount > 0"
    assert house.count(sent) == 0
    page.fill("[name=password]", PASSWORD)
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/portefeuille/envoyer/")
    expect(page.locator("[name=note]")).to_have_value("Le café de mardi")  # what was typed is kept, nothing is sent yet
    assert house.count(sent) == 0
    page.locator("main form [type=submit]").click()
    page.wait_for_url(re.compile(r"/portefeuille/$"))
    assert Decimal(house.count(sent)) == 250
