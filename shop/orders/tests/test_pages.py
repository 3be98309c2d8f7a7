"""The order pages, with forms alone: buy, pay, wait, look, cancel, fetch the invoice."""

from uuid import uuid4

import pytest

from accounts.users.models import Address
from config.lib.testing import api, assert_max_queries, browser
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import award_to, picked_up
from delivery.tracking.models import Watch
from shop.cart.services import add_to_cart
from shop.catalogue.services import set_stock
from shop.catalogue.tests.factories import make_product
from shop.invoices import services as invoices
from shop.orders import services
from shop.orders.models import Order
from shop.orders.tests.factories import HOME, fresh, paid_order, place_order

pytestmark = pytest.mark.django_db
NEW = {**{k: HOME[k] for k in ("name", "line1", "postal_code", "city")}, "address": "new", "phone": "", "instructions": ""}


@pytest.fixture(autouse=True)
def streets(db):
    """The one address that the tests know."""
    from delivery.places.services import import_addresses

    rows = ["cle_interop;numero;voie_nom;code_postal;commune_nom;lat;long", "75103_1_14;14;rue Commines;75003;Paris;48.862;2.366"]
    import_addresses(lines=rows)


def to_confirmation(client, method="COURSIER"):
    """Answer the questions before the last; the page of the last."""
    answer = client.post("/commander/?etape=mode", {"delivery_method": method})
    if method == "COURSIER":
        assert answer.url.endswith("etape=adresse")
        answer = client.post("/commander/?etape=adresse", NEW)
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url.endswith("etape=confirmer")
    return client.get(answer.url)


def confirm(client, page):
    initial = page.context["form"].initial
    return client.post("/commander/?etape=confirmer", {**initial, "note": "Merci"})


def buy(client, user, method="COURSIER"):
    add_to_cart(actor=user, product_id=make_product("Thé").pk, quantity=2)
    answer = confirm(client, to_confirmation(client, method))
    order = Order.objects.get()
    assert answer.url == f"/commandes/{order.pk}/payer/"
    return order


def pay_body(**fields):
    return {"method": "CARTE", "token": "tok_ok", "key": uuid4().hex, **fields}


def test_one_question_at_a_time_up_to_the_order(alice):
    client = browser(alice)
    add_to_cart(actor=alice, product_id=make_product("Thé").pk, quantity=2)
    page = to_confirmation(client)
    text = page.content.decode()
    total = page.context["totals"].total
    assert f"Order for €{total}" in text
    assert "14 rue Commines" in text
    assert not Order.objects.exists()
    confirm(client, page)
    order = Order.objects.get()
    assert (order.total, order.delivery_method, order.note, order.address["city"]) == (total, "COURSIER", "Merci", "Paris")


def test_a_question_cannot_be_skipped(alice):
    client = browser(alice)
    add_to_cart(actor=alice, product_id=make_product().pk)
    assert client.get("/commander/?etape=confirmer").context["step"] == "mode"
    client.post("/commander/?etape=mode", {"delivery_method": "COURSIER"})
    assert client.get("/commander/?etape=confirmer").context["step"] == "adresse"


def test_a_wrong_address_is_said_on_its_question(alice):
    client = browser(alice)
    add_to_cart(actor=alice, product_id=make_product().pk)
    client.post("/commander/?etape=mode", {"delivery_method": "COURSIER"})
    answer = client.post("/commander/?etape=adresse", {**NEW, "line1": "99 rue Inconnue", "city": "Nulle Part", "postal_code": "00000"})
    assert answer.status_code == 422
    assert "line1" in answer.context["form"].errors
    assert "99 rue Inconnue" in answer.content.decode()
    answer = client.post("/commander/?etape=adresse", {**NEW, "line1": ""})
    assert answer.context["form"].errors["line1"]


def test_addresses_of_the_book_are_offered_and_new_ones_kept_when_asked(alice, bob):
    client = browser(alice)
    add_to_cart(actor=alice, product_id=make_product().pk)
    client.post("/commander/?etape=mode", {"delivery_method": "COURSIER"})
    client.post("/commander/?etape=adresse", {**NEW, "keep": "on"})
    mine = Address.objects.get(user=alice)
    other = Address.objects.create(user=bob, recipient="Bob", line1="1 rue X", city="Paris", postal_code="75003", lat=48.8, lon=2.3)
    text = client.get("/commander/?etape=adresse").content.decode()
    assert f'value="{mine.pk}"' in text
    assert client.post("/commander/?etape=adresse", {"address": str(other.pk)}).status_code == 422
    assert client.post("/commander/?etape=adresse", {"address": str(mine.pk)}).status_code == 302


def test_pressing_twice_is_one_order(alice):
    client = browser(alice)
    add_to_cart(actor=alice, product_id=make_product().pk)
    page = to_confirmation(client, "RETRAIT")
    first, second = confirm(client, page), confirm(client, page)
    assert first.url == second.url == f"/commandes/{Order.objects.get().pk}/payer/"


def test_a_total_that_changed_is_shown_before_anything_is_ordered(alice):
    client = browser(alice)
    add_to_cart(actor=alice, product_id=make_product("Thé").pk)
    page = to_confirmation(client, "RETRAIT")
    add_to_cart(actor=alice, product_id=make_product("Savon").pk)
    again = confirm(client, page)
    assert again.status_code == 422
    assert not Order.objects.exists()
    data = again.context["form"].data
    assert client.post("/commander/?etape=confirmer", {"cart_id": data["cart_id"], "expected_total": data["expected_total"], "note": ""}).status_code == 302
    assert Order.objects.count() == 1


def test_what_is_sold_out_leads_back_to_the_cart(alice, dora):
    client = browser(alice)
    tea = make_product("Thé")
    add_to_cart(actor=alice, product_id=tea.pk, quantity=2)
    page = to_confirmation(client, "RETRAIT")
    set_stock(actor=dora, product_id=tea.pk, quantity=1)
    answer = confirm(client, page)
    assert answer.url == "/panier/"
    assert not Order.objects.exists()


def test_visitors_sign_in_first_and_an_empty_cart_goes_to_the_cart(alice):
    assert browser().get("/commander/").url.startswith("/compte/")
    assert browser(alice).get("/commander/").url == "/panier/"


def test_paying_shows_the_order_as_paid(alice):
    client = browser(alice)
    order = buy(client, alice)
    assert f"Pay €{order.total}" in client.get(f"/commandes/{order.pk}/payer/").content.decode()
    answer = client.post(f"/commandes/{order.pk}/payer/", pay_body(), follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/commandes/{order.pk}/"
    assert "Your payment has arrived" in text
    assert fresh(order).invoice.number in text
    assert client.get(f"/commandes/{order.pk}/payer/").url == f"/commandes/{order.pk}/"


def test_a_declined_card_may_be_changed(alice):
    client = browser(alice)
    order = buy(client, alice, "RETRAIT")
    refused = client.post(f"/commandes/{order.pk}/payer/", pay_body(token="tok_declined"))
    assert refused.status_code == 422
    assert "declined" in refused.content.decode()
    key = refused.context["form"]["key"].value()
    assert client.post(f"/commandes/{order.pk}/payer/", pay_body(key=key)).status_code == 302
    assert fresh(order).status == "PAYEE"


def test_a_pending_payment_waits_and_then_shows_the_order(alice):
    client = browser(alice)
    order = buy(client, alice, "RETRAIT")
    url = f"/commandes/{order.pk}/payer/"
    assert client.post(url, pay_body(token="tok_pending")).url == url
    page = client.get(url)
    assert "under way" in page.content.decode()
    assert page["Refresh"] == "5"
    assert "hx-get" in client.get(url, HTTP_HX_REQUEST="true").content.decode()
    assert "under way" in client.get(f"/commandes/{order.pk}/").content.decode()
    Order.objects.filter(pk=order.pk).update(status="PAYEE")
    assert client.get(url, HTTP_HX_REQUEST="true")["HX-Redirect"] == f"/commandes/{order.pk}/"


def test_the_order_page_is_a_timeline_with_the_live_map(alice, dora, carla):
    client = browser(alice)
    order = paid_order(alice, method="COURSIER")
    services.ship(actor=dora, order_id=order.pk, award="MANUELLE")
    courier = make_courier(carla)
    picked_up(award_to(fresh(order).delivery, courier, amount="4.00", minutes=30), courier)
    page = client.get(f"/commandes/{order.pk}/")
    text = page.content.decode()
    titles = [event["title"] for event in page.context["events"]]
    assert titles == ["Order placed", "Paid", "Handed to the couriers", "Couriers are bidding", "Courier chosen", "On its way to you", "Delivered"]
    assert [e["state"] for e in page.context["events"]][-2:] == ["current", "next"]
    delivery = Delivery.objects.get()
    assert f'data-ws="/ws/deliveries/{delivery.pk}"' in text
    assert page.context["dropoff_code"] in text
    assert browser(dora).get(f"/commandes/{order.pk}/").status_code == 200


def test_cancel_asks_first(alice):
    client = browser(alice)
    order = paid_order(alice)
    url = f"/commandes/{order.pk}/annuler/"
    assert f"€{order.total} go back" in client.get(url).content.decode()
    assert fresh(order).status == "PAYEE"
    assert client.post(url, {"reason": "Trop tard"}).url == f"/commandes/{order.pk}/"
    assert fresh(order).status == "ANNULEE"
    again = client.post(url, {"reason": ""})
    assert again.status_code == 422


def test_the_invoice_page_waits_for_the_pdf(alice):
    client = browser(alice)
    order = paid_order(alice)
    url = f"/commandes/{order.pk}/facture/"
    waiting = client.get(url)
    assert (waiting.status_code, waiting["Refresh"]) == (202, "3")
    invoices.render_invoice(invoice_id=order.invoice.pk)
    assert client.get(url, HTTP_HX_REQUEST="true")["HX-Redirect"] == url
    assert client.get(url)["Content-Type"] == "application/pdf"


def test_my_orders_with_filters_at_a_fixed_cost(alice, bob):
    client = browser(alice)
    assert "No order yet" in client.get("/commandes/").content.decode()
    mine, _paid = place_order(alice, (make_product("Thé"), 1)), paid_order(alice)
    place_order(bob)
    page = client.get("/commandes/")
    assert page.context["page"].paginator.count == 2
    assert client.get("/commandes/?status=PAYEE").context["page"].paginator.count == 1
    assert [o.pk for o in client.get("/commandes/?search=thé").context["page"]] == [mine.pk]
    assert "No order fits" in client.get("/commandes/?search=zzz").content.decode()
    with assert_max_queries(9):
        client.get("/commandes/")
    for _ in range(5):
        place_order(alice)
    with assert_max_queries(9):
        client.get("/commandes/")


@pytest.mark.parametrize("path", ["", "payer/", "annuler/", "facture/"])
def test_a_stranger_finds_nothing_and_a_visitor_signs_in(alice, bob, path):
    order = paid_order(alice)
    url = f"/commandes/{order.pk}/{path}"
    assert browser(bob).get(url).status_code == 404
    assert browser().get(url).status_code == 302
    if path in ("payer/", "annuler/"):
        assert browser(bob).post(url, pay_body()).status_code == 404
    assert fresh(order).status == "PAYEE"


def test_a_visitors_cart_follows_him_into_his_account(alice):
    tea = make_product("Thé")
    client = browser()
    client.post("/panier/ajouter/", {"product_id": tea.pk, "quantity": 2})
    add_to_cart(actor=alice, product_id=tea.pk)
    client.post("/compte/login/", {"login": alice.email, "password": "password123"})
    cart = api(alice).get("/api/cart").json()
    assert [(i["quantity"]) for i in cart["items"]] == [3]
    assert cart["notices"][0]["code"] == "merged"


def test_who_looks_at_the_courier_on_the_page_of_an_order_is_noted(alice, carla, dora):
    order = services.ship(actor=dora, order_id=paid_order(alice, method="COURSIER").pk, award="MANUELLE")
    courier = make_courier(carla)
    picked_up(award_to(order.delivery, courier, amount="4.00"), courier)
    for _time in range(2):
        assert browser(alice).get(f"/commandes/{order.pk}/").status_code == 200
    watch = Watch.objects.get()
    assert (watch.watcher, watch.delivery, watch.courier) == (alice, order.delivery, courier)
