"""System checks that stop a bad configuration before it serves anybody.

Run by every management command, and by `stop_if_wrong()` when daphne or Celery start without one. "Public" means
that SITE_URL names a host that is not this machine or a private network.
"""

import ctypes
import ipaddress
import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from stdnum import iban
from stdnum.fr import siren

TAG = "house"
FONT_PLACES = (
    "/usr/share/fonts/truetype/dejavu/", "/usr/share/fonts/dejavu/", "/usr/share/fonts/TTF/",
)
LOCAL_NAMES = ("localhost", "testserver")
LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".test", ".lan")
PROCESS_CACHES = ("locmem", "dummy")
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    # Without it WeasyPrint silently takes twice the time.
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def is_local(host: str) -> bool:
    """Whether `host` can be reached from this machine or its private network only."""
    host = host.strip("[]").lower()
    if host in LOCAL_NAMES or host.endswith(LOCAL_ENDINGS):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host  # a bare name, as in a compose file


def site_host() -> str:
    return urlparse(settings.SITE_URL).hostname or ""


def is_public() -> bool:
    return not is_local(site_host())


def in_production() -> bool:
    return not settings.DEBUG and not settings.TESTING


def error(number: int, text: str, hint: str) -> Error:
    return Error(text, hint=hint, id=f"house.E{number:03}")


def warning(number: int, text: str, hint: str) -> Warning:
    return Warning(text, hint=hint, id=f"house.W{number:03}")


@register(TAG)
def secret(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    try:
        weak = len(settings.SECRET_KEY) < 32 or "insecure" in settings.SECRET_KEY
    except ImproperlyConfigured:
        weak = True
    if weak and in_production():
        yield error(1, "SECRET_KEY is missing or short.", "Set SECRET_KEY to at least 50 random characters.")


@register(TAG)
def hosts(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    allowed = settings.ALLOWED_HOSTS
    if settings.DEBUG:
        names = [h.lstrip(".") for h in allowed if h != "*"] + ([site_host()] if site_host() else [])
        public = sorted({name for name in names if not is_local(name)})
        if public:
            yield error(2, f"DEBUG is on and the site is public ({', '.join(public)}).", "Set DEBUG=off.")
        return
    if "*" in allowed:
        yield error(3, "ALLOWED_HOSTS accepts every host.", "Name the hosts of this site in ALLOWED_HOSTS.")
    elif not allowed:
        yield error(4, "ALLOWED_HOSTS is empty.", "Name the hosts of this site in ALLOWED_HOSTS.")
    elif is_public() and not any(site_host() == h or (h[:1] == "." and site_host().endswith(h)) for h in allowed):
        yield error(5, f"ALLOWED_HOSTS lacks {site_host()}, the host of SITE_URL.", "Add it to ALLOWED_HOSTS.")


@register(TAG)
def https(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if not in_production() or not is_public():
        return
    if not settings.HTTPS:
        yield warning(1, "The site is public without https.", "Put a proxy with TLS in front; SITE_URL=https://…")
    elif not settings.TRUSTED_PROXIES:
        yield warning(
            2,
            "SITE_URL is https but no proxy is trusted: forms are refused and all clients share one rate limit.",
            "Set TRUSTED_PROXIES to the number of proxies that append to X-Forwarded-For.",
        )


@register(TAG)
def people(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if in_production() and is_public() and not settings.STAFF_MFA_REQUIRED:
        yield error(6, "Staff sign in without a second factor.", "Set STAFF_MFA_REQUIRED=on.")


EXAMPLE_IBAN = "FR7630006000011234567890189"


@register(TAG)
def bank_account(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    """A wrong account number is found when the bank refuses a file of payouts, which is late."""
    if settings.SHOP_IBAN and not iban.is_valid(settings.SHOP_IBAN):
        yield error(30, "SHOP_IBAN is not a right IBAN.", "Copy it again from the bank, or leave it empty.")
    elif settings.SHOP_IBAN.replace(" ", "") == EXAMPLE_IBAN and in_production() and is_public():
        yield error(31, "SHOP_IBAN is the banks' example.", "Give the IBAN that payouts leave from.")


@register(TAG)
def rate_limits(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    backend = settings.CACHES["default"]["BACKEND"].lower()
    if not settings.TESTING and any(word in backend for word in PROCESS_CACHES):
        yield error(
            7,
            "The cache lives in one process: rate limits would count per process and forget.",
            "Use the database cache or Redis.",
        )


@register(TAG)
def services(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    sqlite = "sqlite" in settings.DATABASES["default"]["ENGINE"]
    layer = settings.CHANNEL_LAYERS["default"]["BACKEND"]
    if settings.REDIS_URL and sqlite and not settings.TESTING:
        yield error(
            8,
            "REDIS_URL is set without DATABASE_URL: several processes would write to one SQLite file.",
            "Set DATABASE_URL, or unset REDIS_URL for the embedded mode.",
        )
    if settings.DATABASE_URL and not settings.REDIS_URL and in_production():
        yield warning(
            3,
            "DATABASE_URL is set without REDIS_URL: one embedded process serves everything.",
            "Set REDIS_URL to run web, worker and beat apart.",
        )
    if settings.REDIS_URL and "InMemory" in layer:
        yield error(9, "Processes cannot hear each other: the channel layer lives in memory.", "Use Redis.")
    if layer.endswith(".RedisChannelLayer"):
        yield error(
            10,
            "RedisChannelLayer loses messages under load.",
            "Use channels_redis.pubsub.RedisPubSubChannelLayer.",
        )
    if settings.REDIS_URL and settings.CELERY_BROKER_URL.startswith("memory"):
        yield error(11, "The worker would never hear of a job: the broker lives in memory.", "Use Redis.")


@register(TAG)
def database(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    default = settings.DATABASES["default"]
    if default.get("ATOMIC_REQUESTS"):
        yield error(12, "ATOMIC_REQUESTS is on.", "Transactions belong to the services; turn it off.")
    if "sqlite" in default["ENGINE"]:
        options = default.get("OPTIONS", {})
        if options.get("transaction_mode") != "IMMEDIATE" or "WAL" not in options.get("init_command", "").upper():
            yield error(
                13,
                "SQLite is not in WAL with IMMEDIATE transactions: concurrent writes would fail.",
                "Set transaction_mode and init_command in DATABASES.",
            )


# What each provider can take, and the settings without which it takes nothing.
PROVIDERS: dict[str, dict[str, tuple[str, ...]]] = {
    "PAYMENT_GATEWAY": {"": (), "simulated": (), "stripe": ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")},
    "MOBILE_MONEY_GATEWAY": {
        "": (), "simulated": (),
        "mobile_money": (
            "MOBILE_MONEY_URL", "MOBILE_MONEY_USER", "MOBILE_MONEY_SECRET", "MOBILE_MONEY_SUBSCRIPTION_KEY",
            "MOBILE_MONEY_CALLBACK_SECRET",
        ),
    },
}  # fmt: skip


@register(TAG)
def money(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    for setting, providers in PROVIDERS.items():
        chosen = getattr(settings, setting)
        if chosen == "simulated" and in_production() and is_public():
            yield error(
                14,
                f"{setting} is the simulated one: on a public site anybody could pay with nothing.",
                f"Set {setting} and its keys, or leave it empty to offer nothing of the kind.",
            )
        if chosen not in providers:
            names = ", ".join(filter(None, providers))
            yield error(16, f"{setting} is {chosen!r}, which takes no such payments.", f"Choose among: {names}.")
            continue
        missing = [name for name in providers[chosen] if not getattr(settings, name)]
        if missing:
            yield error(17, f"{chosen} cannot work without {', '.join(missing)}.", "See docs/payments.md.")


@register(TAG)
def play_money(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if not in_production() or not is_public():
        return
    if settings.PAYMENT_GATEWAY == "stripe" and "_test_" in settings.STRIPE_SECRET_KEY:
        yield warning(6, "STRIPE_SECRET_KEY is a test key: no card is really charged.", "Set the live key.")
    if settings.MOBILE_MONEY_GATEWAY == "mobile_money" and settings.MOBILE_MONEY_ENVIRONMENT == "sandbox":
        yield warning(7, "Mobile money runs in the sandbox: nobody really pays.", "Set MOBILE_MONEY_ENVIRONMENT.")


@register(TAG)
def invoices(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if in_production() and settings.CURRENCY == "EUR" and not siren.is_valid(settings.SHOP_SIREN):
        text = "SHOP_SIREN is empty or wrong: invoices are plain PDF files, not Factur-X."
        yield warning(8, text, "Set SHOP_SIREN and SHOP_VAT_NUMBER.")
    if in_production() and not settings.SHOP_VAT_EXEMPT and not settings.SHOP_VAT_NUMBER:
        yield warning(9, "SHOP_VAT_NUMBER is empty: invoices with VAT must name it.", "Set it, or SHOP_VAT_EXEMPT=on.")
    if settings.INVOICE_VALIDATION and find_spec("saxonche") is None:
        yield warning(10, "INVOICE_VALIDATION is on without saxonche: nothing is checked.", "pip install saxonche")


@register(TAG)
def fonts(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if not any(os.path.exists(f"{place}DejaVuSans.ttf") for place in FONT_PLACES):
        yield warning(11, "PDF files need the DejaVu fonts.", "apt-get install fonts-dejavu-core")


@register(TAG)
def mail(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if not in_production() or not is_public():
        return
    if any(word in settings.EMAIL_BACKEND for word in ("filebased", "console", "locmem", "dummy")):
        yield warning(4, "E-mails are not sent to anybody.", "Set EMAIL_URL.")


@register(TAG)
def folders(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    if not os.access(settings.VAR_DIR, os.W_OK):
        hint = "Give it to the user that runs the site, or set VAR_DIR."
        yield error(15, f"{settings.VAR_DIR} cannot be written.", hint)


@register(TAG)
def pdf_libraries(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    missing = []
    for library, package in PDF_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if missing:
        yield warning(5, f"PDF files need {', '.join(missing)}.", f"apt-get install {' '.join(missing)}")


def stop_if_wrong() -> None:
    """Raise ImproperlyConfigured when a check of the house finds an error."""
    errors = [m for m in run_checks(tags=[TAG]) if m.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{m.id}: {m.msg} {m.hint}" for m in errors))
