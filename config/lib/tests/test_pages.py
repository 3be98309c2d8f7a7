"""What every page door owes: a policy for the browser, a page for the wrong method."""

import pytest
from django.test import Client

from config.lib.csp import policy, tile_source

pytestmark = pytest.mark.django_db


def rules(response) -> dict[str, str]:
    return dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))


def test_a_page_loads_nothing_from_elsewhere_but_map_tiles(client: Client):
    found = rules(client.get("/"))
    assert found["default-src"] == found["script-src"] == found["style-src"] == "'self'"
    assert found["img-src"].endswith("https://tile.openstreetmap.org")
    assert found["connect-src"] == "'self' ws://testserver wss://testserver"
    assert found["frame-ancestors"] == "'none'"


def test_only_the_admin_may_evaluate(client: Client):
    assert "unsafe-eval" in policy("/admin/shop/product/", "x")
    assert "unsafe" not in policy("/compte/", "x")
    assert "unsafe-eval" not in policy("/api/docs", "x")


@pytest.mark.parametrize("url, source", [
    ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "https://tile.openstreetmap.org"),
    ("https://{s}.tiles.example:8443/{z}/{x}/{y}.png", "https://*.tiles.example:8443"),
    ("/tiles/{z}/{x}/{y}.png", ""),
    ("", ""),
])
def test_the_source_of_tiles_is_their_origin(url: str, source: str):
    assert tile_source(url) == source


def test_a_page_opened_the_wrong_way_says_so(client: Client):
    answer = client.get("/panier/ajouter/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "<h1>" in answer.content.decode()


def test_the_api_answers_the_wrong_method_in_its_own_way(client: Client):
    answer = client.post("/api/catalog/products", {}, content_type="application/json")
    assert answer.status_code in (401, 405)
    assert answer["Content-Type"] == "application/problem+json"
