"""The admin: every page opens, no status is editable, and actions are the services."""

import pytest
from django.urls import reverse

from config.lib.testing import browser
from shop.cart.services import add_to_cart
from shop.catalogue.models import Category, Product, ProductImage
from shop.catalogue.tests.factories import make_category, make_product
from shop.catalogue.tests.test_pictures import picture
from shop.orders.models import Order
from shop.orders.tests.factories import balance, fresh, paid_order, place_order, statuses, stock_of

pytestmark = pytest.mark.django_db
MODELS = ["category", "product", "productimage", "stockmovement", "cart", "order", "invoice", "invoicecounter"]


@pytest.fixture
def client(admin_user):
    return browser(admin_user)


def url(model, view="changelist", *args):
    return reverse(f"admin:shop_{model}_{view}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_page_opens_and_searches(client, alice, model, commit):
    with commit():
        paid_order(alice)
    add_to_cart(actor=alice, product_id=make_product().pk)
    ProductImage.objects.create(product=Product.objects.first(), original="x.png")
    page = client.get(url(model))
    assert page.status_code == 200
    assert client.get(url(model) + "?q=thé").status_code == 200
    row = page.context["cl"].queryset.first()
    answer = client.get(url(model, "change", row.pk))
    assert answer.status_code == 200
    assert 'name="status"' not in answer.content.decode()


def test_orders_are_found_by_number(client, alice):
    order = place_order(alice)
    place_order(alice)
    assert [o.pk for o in client.get(url("order") + f"?q={order.number}").context["cl"].queryset] == [order.pk]


def dialog(client, order, name, **data):
    return client.post(reverse(f"admin:shop_order_{name}", args=[order.pk]), {"_form_submitted": "on", **data})


def test_dialogs_call_the_services(client, alice, admin_user):
    order = paid_order(alice, method="COURSIER")
    answer = dialog(client, order, "ship", award="MANUELLE")
    assert answer["HX-Redirect"] == url("order", "change", order.pk)
    order = fresh(order)
    assert (order.status, order.delivery.award, order.history.last().by) == ("EXPEDIEE", "MANUELLE", admin_user)
    dialog(client, order, "deliver")
    assert fresh(order).status == "LIVREE"


def test_a_link_alone_changes_nothing(client, alice):
    order = paid_order(alice)
    for name in ("ship", "refund", "cancel", "deliver", "validate"):
        assert client.get(reverse(f"admin:shop_order_{name}", args=[order.pk])).status_code == 200
    assert statuses(order) == ["CREE", "PAYEE"]


def test_a_refusal_is_said(client, alice):
    order = place_order(alice)
    dialog(client, order, "ship")
    page = client.get(url("order", "change", order.pk))
    assert "not possible" in page.content.decode()
    assert fresh(order).status == "CREE"


def test_actions_on_many(client, alice):
    orders = [place_order(alice), place_order(alice)]
    answer = client.post(url("order"), {"action": "validate_selected", "_selected_action": [o.pk for o in orders]}, follow=True)
    assert "Done for 2." in answer.content.decode()
    assert {fresh(o).status for o in orders} == {"VALIDEE"}


def test_a_product_is_made_and_changed_through_the_services(client, settings, tmp_path, commit):
    settings.MEDIA_ROOT = tmp_path
    category = make_category("Épicerie")
    inline = {"images-TOTAL_FORMS": "0", "images-INITIAL_FORMS": "0", "images-MIN_NUM_FORMS": "0", "images-MAX_NUM_FORMS": "1000"}
    body = {"name": "Thé", "sku": "T", "category": category.pk, "price": "4.50", "vat_rate": "5.50", "stock": "7", "is_active": "on",
            "weight_g": "100", "parcel_size": "S", "description": "", **inline}
    answer = client.post(url("product", "add"), body)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    tea = Product.objects.get()
    assert (stock_of(tea), tea.search_text, str(tea.price)) == (7, " the t epicerie", "4.50")
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = {"images-TOTAL_FORMS": "1", "images-0-original": SimpleUploadedFile("t.png", picture()), "images-0-alt": "Boîte", "images-0-position": "0"}
    with commit():
        answer = client.post(url("product", "change", tea.pk), {**body, "stock": "99", "price": "5.00", **upload})
    assert answer.status_code == 302
    tea.refresh_from_db()
    assert (stock_of(tea), str(tea.price), tea.pictures[0]["alt"]) == (7, "5.00", "Boîte")
    client.post(reverse("admin:shop_product_change_stock", args=[tea.pk]), {"_form_submitted": "on", "delta": "-2", "reason": "INVENTAIRE", "note": "casse"})
    assert stock_of(tea) == 5


def test_a_used_category_stays(client):
    used, empty = make_category("Épicerie"), make_category("Vide")
    make_product(category=used)
    client.post(url("category"), {"action": "delete_selected", "_selected_action": [empty.pk], "post": "yes"})
    client.post(url("category", "delete", used.pk), {"post": "yes"})
    assert list(Category.objects.values_list("name", flat=True)) == ["Épicerie"]
    client.post(url("category", "change", used.pk), {"name": "Comptoir", "position": "3"})
    assert Product.objects.get().search_text.endswith("comptoir")


def test_clerks_may_and_customers_may_not(alice, dora):
    paid_order(alice)
    assert browser(dora).get(url("order")).status_code == 200
    assert browser(alice).get(url("order")).status_code == 302
    assert Order.objects.count() == 1
    assert balance("UNAPPLIED") == 0
