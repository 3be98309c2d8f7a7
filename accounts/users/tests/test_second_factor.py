"""Staff without a second factor are customers, whatever the door, where STAFF_MFA_REQUIRED is on."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.users.queries import is_staff_of
from accounts.users.tests.factories import make_staff, make_user
from config.lib.testing import browser

pytestmark = pytest.mark.django_db

STAFF_LISTS = [
    "/api/admin/orders", "/api/admin/products", "/api/manager/couriers", "/api/users", "/api/support/threads",
]


@pytest.fixture
def boss(settings):
    settings.STAFF_MFA_REQUIRED = True
    return make_staff("boss", groups=("Gestionnaire",))


@pytest.mark.parametrize("path", STAFF_LISTS)
def test_a_session_without_it_does_not_open_the_staffs_lists(boss, path):
    customer = browser(make_user("alice")).get(path)
    without = browser(boss).get(path)
    assert without.status_code == customer.status_code
    if customer.status_code == 200:  # a list of one's own things: nothing of others
        assert without.json()["count"] == customer.json()["count"] == 0
    TOTP.activate(boss, generate_totp_secret())
    assert browser(boss).get(path).status_code == 200


def test_an_administrator_needs_it_too(settings):
    root = make_user("root", is_staff=True, is_superuser=True)
    assert is_staff_of(root, "SHOP")
    settings.STAFF_MFA_REQUIRED = True
    assert not is_staff_of(root, "SHOP")
    assert browser(root).get("/admin/").status_code == 302
