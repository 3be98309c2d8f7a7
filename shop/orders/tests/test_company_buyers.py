"""Orders billed to a company of which the buyer is a member: by page and API, on the order and on the invoice."""

import pytest
from django.urls import reverse

from accounts.companies import services as companies
from accounts.companies.models import Company
from config.lib.actors import SYSTEM
from config.lib.testing import api, browser
from shop.cart.services import add_to_cart
from shop.catalogue.tests.factories import make_product
from shop.invoices import rules as invoices
from shop.orders.models import Order
from shop.orders.tests.factories import HOME, fresh, pay, place_order

pytestmark = pytest.mark.django_db
URL = "/api/orders/checkout"
ADDRESS = {"line1": "118 rue Saint-Maur", "postal_code": "75011", "city": "Paris"}


@pytest.fixture
def studio(alice):
    return companies.create_company(
        actor=alice, name="Atelier Rivière", siren="900000019", vat_number="FR25900000019", **ADDRESS
    )


def ask(user, company_id):
    add_to_cart(actor=user, product_id=make_product().pk)
    return api(user).post(URL, {"delivery_method": "RETRAIT", "company_id": company_id}, format="json")


def test_a_member_orders_for_the_company_and_its_invoice_says_so(alice, studio):
    answer = ask(alice, studio.pk)
    assert answer.status_code == 201, answer.content
    assert answer.json()["company"] == {
        "id": studio.pk, "name": "Atelier Rivière", "siren": "900000019", "vat_number": "FR25900000019",
    }
    order = pay(Order.objects.get())
    buyer = order.invoice.buyer
    assert {name: buyer[name] for name in ("name", "siren", "vat_number", *ADDRESS, "country")} == {
        "name": "Atelier Rivière", "siren": "900000019", "vat_number": "FR25900000019", **ADDRESS, "country": "FR",
    }
    assert invoices.is_company(buyer)
    assert order.invoice.buyer_user == alice
    page = browser(alice).get(reverse("shop:order", args=[order.pk])).content.decode()
    assert "Billed to" in page
    assert "900000019" in page


def test_without_a_company_the_customer_is_billed(alice, studio):
    order = pay(place_order(alice, method="COURSIER"))
    assert (order.company, order.invoice.buyer["name"]) == (None, "Alice Martin")
    assert api(alice).get(f"/api/orders/{order.pk}").json()["company"] is None
    assert order.invoice.delivery["line1"] == HOME["line1"]


@pytest.mark.parametrize("change, who", [
    ({}, "bob"), ({"is_active": False}, "alice"), ({"siren": ""}, "alice"), ({"line1": ""}, "alice"),
    ({"city": ""}, "alice"), ({"postal_code": ""}, "alice"), ({"country": "BE", "vat_number": "", "siren": ""}, "alice"),
])
def test_a_company_that_cannot_be_billed_is_refused_on_its_field(alice, bob, studio, change, who):
    Company.objects.filter(pk=studio.pk).update(**change)
    answer = ask({"alice": alice, "bob": bob}[who], studio.pk)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["company_id"])
    assert not Order.objects.exists()


def test_managers_do_not_bill_other_peoples_companies(admin_user, studio):
    assert ask(admin_user, studio.pk).status_code == 422


def test_a_foreign_company_is_billed_by_its_vat_number(alice, studio):
    Company.objects.filter(pk=studio.pk).update(country="BE", siren="", vat_number="BE0403170701", postal_code="")
    assert ask(alice, studio.pk).status_code == 201


def confirm(user, **fields):
    add_to_cart(actor=user, product_id=make_product(price="6.50").pk)
    site = browser(user)
    site.post(reverse("shop:checkout"), {"delivery_method": "RETRAIT"})
    page = site.get(reverse("shop:checkout") + "?etape=confirmer")
    form = page.context["form"]
    data = {"cart_id": form["cart_id"].value(), "expected_total": form["expected_total"].value(), **fields}
    return page, site.post(reverse("shop:checkout") + "?etape=confirmer", data)


def test_the_page_asks_members_whom_to_bill(alice, bob, studio):
    page, answer = confirm(alice, company_id=studio.pk)
    assert "Atelier Rivière" in page.content.decode()
    assert answer.status_code == 302
    assert Order.objects.get().company == studio
    page, answer = confirm(bob)
    assert "Billed to" not in page.content.decode()
    assert fresh(Order.objects.get(user=bob)).company is None


def test_the_page_says_what_is_missing(alice, studio):
    Company.objects.filter(pk=studio.pk).update(siren="")
    _page, answer = confirm(alice, company_id=studio.pk)
    assert answer.status_code == 422
    assert "SIREN of this company is missing" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_member_who_left_orders_for_it_no_more(alice, bob, studio):
    member = companies.add_member(actor=alice, company_id=studio.pk, email=bob.email)
    assert ask(bob, studio.pk).status_code == 201
    companies.remove_member(actor=SYSTEM, company_id=studio.pk, member_id=member.pk)
    assert ask(bob, studio.pk).status_code == 422
