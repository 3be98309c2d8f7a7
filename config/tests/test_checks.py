"""Every bad configuration is named, and the good ones pass in silence."""

import ctypes
import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from config import checks

KEY = "k" * 50
LOCAL = {
    "DEBUG": False, "TESTING": False, "SECRET_KEY": KEY, "SITE_URL": "http://localhost:8000", "HTTPS": False,
    "CURRENCY": "EUR", "SHOP_SIREN": "123456782", "SHOP_VAT_NUMBER": "FR11123456782", "SHOP_VAT_EXEMPT": False,
    "INVOICE_VALIDATION": False, "SHOP_IBAN": "FR1420041010050500013M02606",
}
LOCAL |= {"PAYMENT_GATEWAY": "simulated", "MOBILE_MONEY_GATEWAY": "simulated"}
KEYS = {
    "STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1", "MOBILE_MONEY_URL": "https://momo.example",
    "MOBILE_MONEY_USER": "u", "MOBILE_MONEY_SECRET": "s", "MOBILE_MONEY_SUBSCRIPTION_KEY": "k",
    "MOBILE_MONEY_CALLBACK_SECRET": "c", "MOBILE_MONEY_ENVIRONMENT": "mtnivorycoast",
}
PUBLIC = {
    **LOCAL,
    "SITE_URL": "https://shop.example",
    "HTTPS": True,
    "ALLOWED_HOSTS": ["shop.example"],
    "TRUSTED_PROXIES": 1,
    "STAFF_MFA_REQUIRED": True,
    "DATABASE_URL": "postgres://db/x",
    "REDIS_URL": "redis://redis:6379/0",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}},
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://redis"}},
    "CHANNEL_LAYERS": {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}},
    "CELERY_BROKER_URL": "redis://redis:6379/0",
    "PAYMENT_GATEWAY": "stripe",
    "MOBILE_MONEY_GATEWAY": "mobile_money",
    **KEYS,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}


@pytest.fixture
def found(monkeypatch):
    """The ids that the checks report under these settings."""

    def run(**changes) -> set[str]:
        wrong = SimpleNamespace(**{"VAR_DIR": settings.VAR_DIR, **changes})
        monkeypatch.setattr(checks, "settings", wrong)
        return {m.id for m in run_checks(tags=[checks.TAG])}

    return run


def test_a_good_production_passes(found):
    assert found(**PUBLIC) == set()


def test_a_shop_without_cards_or_mobile_money_passes(found):
    assert found(**{**PUBLIC, **dict.fromkeys(KEYS, ""), "PAYMENT_GATEWAY": "", "MOBILE_MONEY_GATEWAY": ""}) == set()


def test_the_embedded_mode_on_this_machine_passes(found):
    good = {"OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}}
    assert (
        found(
            **LOCAL,
            ALLOWED_HOSTS=["localhost"],
            DATABASE_URL="",
            REDIS_URL="",
            DATABASES={"default": {**SQLITE, **good}},
            CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
            CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "c"}},
        )
        == set()
    )


@pytest.mark.parametrize(
    "wrong,expected",
    [
        ({"SECRET_KEY": ""}, "house.E001"),
        ({"SECRET_KEY": "short"}, "house.E001"),
        ({"DEBUG": True}, "house.E002"),
        ({"ALLOWED_HOSTS": ["*"]}, "house.E003"),
        ({"ALLOWED_HOSTS": []}, "house.E004"),
        ({"ALLOWED_HOSTS": ["other.example"]}, "house.E005"),
        ({"HTTPS": False}, "house.W001"),
        ({"TRUSTED_PROXIES": 0}, "house.W002"),
        ({"STAFF_MFA_REQUIRED": False}, "house.E006"),
        ({"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}, "house.E007"),
        ({"DATABASES": {"default": SQLITE}}, "house.E008"),
        ({"REDIS_URL": ""}, "house.W003"),
        ({"CHANNEL_LAYERS": {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}}, "house.E009"),
        ({"CHANNEL_LAYERS": {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}}, "house.E010"),
        ({"CELERY_BROKER_URL": "memory://"}, "house.E011"),
        ({"DATABASES": {"default": {**PUBLIC["DATABASES"]["default"], "ATOMIC_REQUESTS": True}}}, "house.E012"),
        ({"DATABASES": {"default": SQLITE}}, "house.E013"),
        ({"PAYMENT_GATEWAY": "simulated"}, "house.E014"),
        ({"MOBILE_MONEY_GATEWAY": "simulated"}, "house.E014"),
        ({"PAYMENT_GATEWAY": "paypol"}, "house.E016"),
        ({"PAYMENT_GATEWAY": "mobile_money"}, "house.E016"),
        ({"MOBILE_MONEY_GATEWAY": "stripe"}, "house.E016"),
        *[({name: ""}, "house.E017") for name in KEYS if name != "MOBILE_MONEY_ENVIRONMENT"],
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, "house.W006"),
        ({"MOBILE_MONEY_ENVIRONMENT": "sandbox"}, "house.W007"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "house.W004"),
        ({"VAR_DIR": "/proc/nowhere"}, "house.E015"),
        ({"SHOP_SIREN": ""}, "house.W008"),
        ({"SHOP_SIREN": "123456789"}, "house.W008"),
        ({"SHOP_VAT_NUMBER": ""}, "house.W009"),
        ({"SHOP_IBAN": "FR7630006000011234567890188"}, "house.E030"),
        ({"SHOP_IBAN": "FR76 3000 6000 0112 3456 7890 189"}, "house.E031"),
    ],
)
def test_a_bad_configuration_is_named(found, wrong, expected):
    assert expected in found(**{**PUBLIC, **wrong})


def test_a_missing_pdf_library_warns(found, monkeypatch):
    def refuse(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert found(**PUBLIC) == {"house.W005"}


def test_servers_started_without_a_command_stop_too(found):
    found(**PUBLIC)
    checks.stop_if_wrong()
    found(**{**PUBLIC, "ALLOWED_HOSTS": ["*"]})
    with pytest.raises(ImproperlyConfigured, match="E003"):
        checks.stop_if_wrong()


@pytest.mark.parametrize(
    "host,local",
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("192.168.1.20", True),
        ("[::1]", True),
        ("web", True),
        ("pi.local", True),
        ("shop.example", False),
        ("8.8.8.8", False),
    ],
)
def test_what_counts_as_local(host, local):
    assert checks.is_local(host) is local


def test_every_setting_has_its_line_in_the_example():
    read = re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_0-9]+)"', (settings.BASE_DIR / "config/settings.py").read_text())
    told = (settings.BASE_DIR / ".env.example").read_text()
    assert [name for name in read if not re.search(rf"^#?{name}=", told, re.MULTILINE)] == []
