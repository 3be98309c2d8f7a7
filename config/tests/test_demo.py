"""The demo is the product's shop window: it must be whole, and never open a real server."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.payments.models import Disagreement, Payment
from accounts.users.models import User
from accounts.wallet.queries import wallet_of
from config.demo.money_trouble import TROUBLES
from config.tests.shop_window import demo_loaded
from delivery.deliveries.models import Delivery
from shop.cart.models import CartLine
from shop.catalogue.models import Category, Product, ProductImage
from shop.orders.models import Order


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    with demo_loaded(django_db_blocker, tmp_path_factory.mktemp("demo")):
        yield


@pytest.fixture
def demo(loaded, db):
    """The demo as it is after its loading, whatever other tests did to it."""


@pytest.mark.usefixtures("demo")
def test_everything_promised_is_there():
    assert (Category.objects.count(), Product.objects.count(), ProductImage.objects.count()) == (6, 60, 60)
    assert Order.objects.get(user__email="alice@email.test").status == "LIVREE"
    assert Order.objects.get(user__email="bob@email.test").status == "PAYEE"
    assert Order.objects.get(user__email="karim@courier.test").status == "PAYEE"  # with a word from the bank
    assert CartLine.objects.filter(cart__user__email="charlie@email.test", cart__status="OUVERT").count() == 3
    given_back = Order.objects.get(user__email="charlie@email.test", company=None)
    assert [refund.kind for refund in given_back.refunds.all()] == ["LIGNES", "MONTANT", "TOTAL"]
    assert given_back.status == "REMBOURSEE"
    billed = Order.objects.get(company__name="Atelier Rivière")
    assert billed.invoice.buyer["siren"] == "900000019"
    assert Payment.objects.filter(method="MOBILE_MONEY").earliest("pk").status == "REUSSI"
    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["COLLECTEE", "EN_ENCHERE", "LIVREE"]
    assert Delivery.objects.get(status="EN_ENCHERE").bids.count() == 2
    assert wallet_of(User.objects.get(email="carla@courier.test")).balance > 0


@pytest.mark.usefixtures("demo")
def test_the_desk_has_work():
    shown = Disagreement.objects.values_list("kind", "status")
    assert sorted(shown) == [
        ("MONTANT_DIFFERENT", "OUVERT"), ("PAIEMENT_INCONNU", "OUVERT"), ("PAYE_ANNULE", "OUVERT"),
        ("TROP_PERCU", "RESOLU"),
    ]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("kind", TROUBLES)
def test_each_trouble_can_be_simulated(kind, capsys, commit):
    before = Disagreement.objects.filter(kind=kind).count()
    with commit():
        call_command("simulate_disagreement", kind)
    assert Disagreement.objects.filter(kind=kind).count() == before + 1
    assert "/admin/accounts/disagreement/" in capsys.readouterr().out
    call_command("verify_ledger")


def test_a_real_server_has_no_simulated_trouble(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("simulate_disagreement", "TROP_PERCU")


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("email", "password"), [("admin@ecom.test", "admin123"), ("carla@courier.test", "password123")])
def test_its_people_can_sign_in(email, password):
    answer = Client().post("/api/auth/login", {"email": email, "password": password}, content_type="application/json")
    assert answer.status_code == 200


@pytest.mark.usefixtures("demo")
def test_a_second_time_changes_nothing():
    before = User.objects.count()
    with pytest.raises(CommandError):
        call_command("demo")
    assert User.objects.count() == before


@pytest.mark.usefixtures("demo")
def test_its_books_are_right():
    call_command("verify_ledger")


def test_a_real_server_refuses_it(db, settings):
    settings.DEBUG = False
    before = User.objects.count()
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")
    assert User.objects.count() == before
