"""The back office of accounts: every list opens, searches and filters; actions call services."""

from decimal import Decimal as D

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from accounts.payments import services as payments
from accounts.users.models import User
from accounts.users.tests.factories import make_address, make_staff, make_user
from accounts.wallet import services as wallet
from accounts.wallet.queries import wallet_of
from config.lib.testing import browser

pytestmark = pytest.mark.django_db
MODELS = [m for m in apps.get_app_config("accounts").get_models() if m in admin.site._registry]


@pytest.fixture
def root():
    return browser(make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def life():
    """Some rows in every table."""
    alice = make_user()
    make_address(alice)
    payments.top_up(actor=alice, amount=D("20"), method="CARTE", token="tok_ok", key="t")
    wallet.hold(account=wallet_of(alice), amount=D("2"), reference="h", actor=alice)
    return alice


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_lists_open_search_and_show_their_rows(root, life, model):
    name = f"admin:accounts_{model._meta.model_name}"
    assert root.get(reverse(f"{name}_changelist"), {"q": "alice"}).status_code == 200
    page = root.get(reverse(f"{name}_changelist"))
    assert page.status_code == 200
    row = model.objects.first()
    if row is not None:
        assert root.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def test_the_books_cannot_be_edited(root, life):
    payment = life.payments.get()
    path = reverse("admin:accounts_payment_change", args=[payment.pk])
    assert root.post(path, {"status": "REMBOURSE", "amount": "1"}).status_code == 403
    assert root.get(reverse("admin:accounts_posting_add")).status_code == 403


def test_shutting_out_by_action(root, life):
    path = reverse("admin:accounts_user_changelist")
    root.post(path, {"action": "shut_out", "_selected_action": [life.pk]})
    life.refresh_from_db()
    assert not life.is_active
    root.post(path, {"action": "let_in", "_selected_action": [life.pk]})
    life.refresh_from_db()
    assert life.is_active


def test_an_administrator_makes_staff_who_choose_their_password(root):
    group = make_staff().groups.first()
    path = reverse("admin:accounts_user_add")
    assert root.get(path).status_code == 200
    body = {
        "email": "Nina@email.test", "first_name": "Nina", "last_name": "P", "phone": "", "language": "fr",
        "is_staff": "on", "groups": [group.pk],
    }
    assert root.post(path, body).status_code == 302
    nina = User.objects.get(email="nina@email.test")
    assert nina.is_staff
    assert nina.groups.get() == group
    assert not nina.has_usable_password()


def test_a_manager_does_not_give_rights(life):
    boss = browser(make_staff("boss", groups=("Gestionnaire",)))
    path = reverse("admin:accounts_user_change", args=[life.pk])
    assert boss.get(path).status_code == 200
    body = {"first_name": "Alix", "last_name": "M", "phone": "", "language": "fr", "is_staff": "on", "is_superuser": "on"}
    boss.post(path, body | {f"addresses-{k}": v for k, v in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}.items()})
    life.refresh_from_db()
    assert not (life.is_staff)
    assert not (life.is_superuser)
    root = make_user("root", is_staff=True, is_superuser=True)
    assert boss.post(reverse("admin:accounts_user_change", args=[root.pk]), body).status_code == 403


def test_a_clerk_looks_and_a_customer_does_not(life):
    clerk = browser(make_staff())
    assert clerk.get(reverse("admin:accounts_user_change", args=[life.pk])).status_code == 200
    assert clerk.post(reverse("admin:accounts_user_change", args=[life.pk]), {}).status_code == 403
    assert browser(life).get(reverse("admin:accounts_user_changelist")).status_code == 302
