"""Visitors who carry nothing share a page for a while; whoever has something of his own does not."""

import re

import pytest

from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from shop.cart import visitors
from shop.catalogue import queries, services
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db
PAGES = ["/", "/boutique/", "/boutique/epicerie/", "/produit/the/"]


@pytest.fixture(autouse=True)
def remembering(settings):
    settings.CATALOGUE_COUNT_TTL_S = 60
    for kept in (queries.remembered, visitors.pages):
        kept.forget()
    yield
    for kept in (queries.remembered, visitors.pages):
        kept.forget()


def text(client, url="/boutique/", **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def tokens(page):
    return set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))


@pytest.mark.parametrize("url", PAGES)
def test_the_second_visitor_costs_no_query_and_gets_his_own_form_token(url):
    make_product("Thé")
    first = text(browser(), url)
    second = browser()
    with assert_max_queries(0):
        page = text(second, url)
    assert len(tokens(first)) == len(tokens(page)) == 1
    assert tokens(first) != tokens(page)
    assert re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', "", first) == re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', "", page)


def test_the_token_of_a_remembered_page_is_accepted():
    from django.test import Client

    tea = make_product("Thé")
    text(browser())
    client = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en")
    token = tokens(text(client)).pop()
    body = {"product_id": tea.pk, "quantity": 1}
    assert client.post("/panier/ajouter/", body).status_code == 403
    assert client.post("/panier/ajouter/", {**body, "csrfmiddlewaretoken": token}).status_code == 302


def test_who_has_a_cart_or_an_account_sees_his_own_page(alice):
    tea = make_product("Thé")
    text(browser())
    guest = browser()
    guest.post("/panier/ajouter/", {"product_id": tea.pk, "quantity": 7})
    assert 'data-count="7"' in text(guest)
    assert "alice@email.test" in text(browser(alice))
    assert "alice@email.test" not in text(browser())
    assert 'data-count="7"' not in text(browser())


def test_each_language_has_its_page():
    make_product("Thé")
    assert 'lang="en"' in text(browser())
    assert 'lang="fr"' in text(browser(), HTTP_ACCEPT_LANGUAGE="fr")


def test_a_changed_product_is_shown_at_once(django_capture_on_commit_callbacks):
    tea = make_product("Thé")
    assert "Café" not in text(browser())
    with django_capture_on_commit_callbacks(execute=True):
        services.update_product(actor=SYSTEM, product_id=tea.pk, name="Café")
    assert "Café" in text(browser())


def test_what_is_not_there_is_not_remembered():
    assert browser().get("/produit/the/").status_code == 404
    make_product("Thé")
    assert browser().get("/produit/the/").status_code == 200
