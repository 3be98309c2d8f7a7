"""All settings, read from the environment (or a `.env` file) by django-environ.

Without `DATABASE_URL` and `REDIS_URL` the product runs embedded: one process, SQLite, in-memory broker and
channel layer. With them the same code runs as web, worker and beat processes.
"""

import secrets
import sys
from importlib.util import find_spec
from pathlib import Path

import environ
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.enum_names import ENUM_NAMES
from config.garage_settings import garage_settings
from config.look import ADMIN_GREEN
from config.provider_settings import provider_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _local_secret() -> str:
    """A secret of this installation, made once, so that `make run` needs no question answered."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED = not REDIS_URL
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and (DEBUG or TESTING or not DATABASE_URL):
    SECRET_KEY = _local_secret()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Triporteur")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "phonenumber_field",
    "import_export",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "config",
    "accounts",
    "delivery",
    "shop",
    "garage",
    "support",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.lib.api.TrailingSlashMiddleware",
    "config.lib.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.users.middleware.StaffSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.lib.pages.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
            "libraries": {"ui": "config.lib.templatetags.ui"}
            | {name: f"shop.{name}.tags" for name in ("catalogue", "orders", "returns", "reviews")}
            | {"alerts": "garage.alerts.tags", "appointments": "garage.workshop.tags"},
        },
    }
]

# --- Data -----------------------------------------------------------------------------------------------------
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "triporteur.sqlite3",
            "CONN_MAX_AGE": None,
            # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, so that two
            # read-modify-writes queue up instead of failing with "database is locked".
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    }

if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "capacity": 5000},
        }
    }
else:
    # Rate limits count in the cache: it must be shared by all threads and survive a restart.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}}
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 5000}}
    }

MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
# Files that only some may read: never under MEDIA_ROOT, served by views that check the right.
PRIVATE_ROOT = VAR_DIR / "private"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# django-leaflet's files without its app, whose admin module needs GDAL.
_leaflet = find_spec("leaflet")
STATICFILES_DIRS = [BASE_DIR / "static", Path(str(_leaflet and _leaflet.origin)).parent / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "config.lib.storage.StaticStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shop:home"
LOGOUT_REDIRECT_URL = "shop:home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("ACCOUNT_EMAIL_VERIFICATION", default="optional")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # a new address replaces the old one once it is proved
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_ADAPTER = "accounts.users.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.users.forms.SignupForm"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
USERSESSIONS_TRACK_ACTIVITY = False
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not DEBUG and not TESTING)
PHONENUMBER_DEFAULT_REGION = "FR"
KNOX_TOKEN_MODEL = "accounts.DeviceToken"
MIGRATION_MODULES = {"knox": None}  # its own table is replaced by ours; its migrations would make it all the same

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language, money, time ------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
CURRENCY = env.str("CURRENCY", default="EUR")

# --- API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # Token first: the first class names the WWW-Authenticate challenge, which makes a bad token 401, not 403.
        "config.lib.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "config.lib.parsing.JsonParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "config.lib.api.Page",
    "DEFAULT_SCHEMA_CLASS": "config.lib.schema.Schema",
    "EXCEPTION_HANDLER": "config.lib.api.problem_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_THROTTLE_RATES": {
        "credentials": env.str("THROTTLE_CREDENTIALS", default="20/min"),
        "invitations": env.str("THROTTLE_INVITATIONS", default="30/min"),
        "shared_papers": env.str("THROTTLE_SHARED_PAPERS", default="10/min"),
        "shared_pages": env.str("THROTTLE_SHARED_PAGES", default="60/min"),
        "step_up": env.str("THROTTLE_STEP_UP", default="20/hour"),
        "transfers": env.str("THROTTLE_TRANSFERS", default="30/min"),
    },
    "COERCE_DECIMAL_TO_STRING": True,
}
REST_KNOX = {
    "TOKEN_TTL": None,  # set per token in accounts.users.services
    "AUTO_REFRESH": False, "USER_SERIALIZER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Triporteur",
    "DESCRIPTION": "Shop, delivery, garage and support of a local business.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}
IDEMPOTENCY_MODEL = "accounts.IdempotentAnswer"

# --- Background jobs ------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.02}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 240  # below the lease of an owed job, so that none runs twice at a time (prefork workers)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker takes from both queues unless -Q names one: a check of an invoice weighs 265 MB.
CELERY_TASK_QUEUES = (Queue("celery"), Queue("validation"))
CELERY_TASK_ROUTES = {"shop.tasks.check_invoice": {"queue": "validation"}}
CELERY_TIMEZONE = TIME_ZONE
if TESTING:
    CELERY_TASK_ALWAYS_EAGER = CELERY_TASK_EAGER_PROPAGATES = True

# --- Processes ------------------------------------------------------------------------------------------------
WEB_THREADS = env.int("WEB_THREADS", default=8)  # for pages and API, in each web process
WORKER_THREADS = env.int("WORKER_THREADS", default=4)  # for jobs, in the embedded mode
MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", default=25 * 1024 * 1024)
HEAVY_INLINE = TESTING  # tests run CPU-heavy work in place

# --- Outside services: each has a working local default -------------------------------------------------------
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", default="simulated")
MOBILE_MONEY_GATEWAY = env.str("MOBILE_MONEY_GATEWAY", default="simulated")
WITHDRAW_REVIEW_ABOVE = env.int("WITHDRAW_REVIEW_ABOVE", default=500)  # euros asked in 24 hours: a manager looks first
WITHDRAW_REVIEW_NEW_ABOVE = env.int("WITHDRAW_REVIEW_NEW_ABOVE", default=50)  # to a destination younger than that
PAYOUT_MINIMUM = env.int("PAYOUT_MINIMUM", default=10)  # euros that the weekly run finds worth a transfer
PAYMENT_WEBHOOK_SECRET = env.str("PAYMENT_WEBHOOK_SECRET", default="") or SECRET_KEY
vars().update(provider_settings(env) | garage_settings(env))  # STRIPE_…, MOBILE_MONEY_…, GARAGE_…
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND", default=f"django.core.mail.backends.{'locmem' if TESTING else 'filebased'}.EmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <bonjour@triporteur.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
ANYMAIL: dict[str, str] = env.dict("ANYMAIL", default={})
# Text messages: file (var/sms), console, http (our own small protocol) or twilio.
SMS_BACKEND = env.str("SMS_BACKEND", default="file")
SMS_FROM = env.str("SMS_FROM", default=SITE_NAME)
SMS_HTTP_URL = env.str("SMS_HTTP_URL", default="")
SMS_HTTP_TOKEN = env.str("SMS_HTTP_TOKEN", default="")
TWILIO_URL = env.str("TWILIO_URL", default="https://api.twilio.com")
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
# Push: to files (var/push) until a key is given.
FCM_CREDENTIALS_FILE = env.str("FCM_CREDENTIALS_FILE", default="")
FCM_URL = env.str("FCM_URL", default="https://fcm.googleapis.com")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default="mailto:bonjour@triporteur.example")
WEBPUSH_CA_FILE = env.str("WEBPUSH_CA_FILE", default="")
# Photon (…/api) or Nominatim (…/search); empty: imported addresses only.
GEOCODER_URL = env.str("GEOCODER_URL", default="")
MAP_TILE_URL = env.str("MAP_TILE_URL", default="https://tile.openstreetmap.org/{z}/{x}/{y}.png")
MAP_ATTRIBUTION = env.str("MAP_ATTRIBUTION", default="© OpenStreetMap")

# --- Rules of the house that an operator may change -----------------------------------------------------------
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", default=15)  # money leaves without asking again for this long
WALLET_DAILY_LIMIT = env.int("WALLET_DAILY_LIMIT", default=3000)  # euros a person sends and withdraws
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_MINUTES * 60
ORDER_EXPIRY_MINUTES = env.int("ORDER_EXPIRY_MINUTES", default=30)
# Days to send back what was delivered: 14 is the least that French consumer code L221-18 allows for distance sales.
RETURN_DAYS = env.int("RETURN_DAYS", default=14)
# Counts of long lists are remembered this long in each process; 0 counts every time.
CATALOGUE_COUNT_TTL_S = env.int("CATALOGUE_COUNT_TTL_S", default=0 if TESTING else 30)
# The shop: where couriers fetch orders, and the seller named on invoices.
SHOP_NAME = env.str("SHOP_NAME", default=SITE_NAME)
SHOP_PHONE = env.str("SHOP_PHONE", default="+33143550000")
SHOP_LINE1 = env.str("SHOP_LINE1", default="52 rue de la Roquette")
SHOP_POSTAL_CODE = env.str("SHOP_POSTAL_CODE", default="75011")
SHOP_CITY = env.str("SHOP_CITY", default="Paris")
SHOP_LAT = env.float("SHOP_LAT", default=48.8553)
SHOP_LON = env.float("SHOP_LON", default=2.3729)
# Account numbers of the operator's accountant in place of ours (accounts/wallet/accounting/rules.py).
ACCOUNT_NUMBERS: dict[str, str] = env.dict("ACCOUNT_NUMBERS", default={})
# A made-up SIREN in the demo, so that its invoices are real Factur-X.
SHOP_SIREN = env.str("SHOP_SIREN", default="123456782" if DEBUG else "")
SHOP_VAT_NUMBER = env.str("SHOP_VAT_NUMBER", default="FR11123456782" if DEBUG else "")
SHOP_VAT_EXEMPT = env.bool("SHOP_VAT_EXEMPT", default=False)  # franchise en base, art. 293 B CGI
SHOP_LEGAL = env.str("SHOP_LEGAL", default="")  # legal form, capital, register
SHOP_MEDIATOR = env.str("SHOP_MEDIATOR", default="")
SHOP_IBAN = env.str("SHOP_IBAN", default="FR7630006000011234567890189" if DEBUG else "")  # the banks' example
SHOP_BIC = env.str("SHOP_BIC", default="")
INVOICE_VALIDATION = env.bool("INVOICE_VALIDATION", default=False)  # needs saxonche, see docs/invoices.md
SHOP_EMAIL = env.str("SHOP_EMAIL", default="bonjour@triporteur.example")

# --- Admin ----------------------------------------------------------------------------------------------------
UNFOLD = {
    **dict.fromkeys(("SITE_TITLE", "SITE_HEADER"), SITE_NAME),
    "SITE_FAVICONS": [{"rel": "icon", "href": lambda _request: f"{STATIC_URL}img/icon.svg"}],
    "SITE_ICON": lambda _request: f"{STATIC_URL}img/icon.svg",
    "SITE_URL": reverse_lazy("shop:home"),
    "SHOW_VIEW_ON_SITE": False, "STYLES": [lambda _request: f"{STATIC_URL}css/admin.css"],
    "DASHBOARD_CALLBACK": "config.backoffice.dashboard",
    "SIDEBAR": {"show_search": True, "show_all_applications": True, "navigation": "config.backoffice.navigation"},
    "COLORS": {"primary": ADMIN_GREEN},
}

QUIET = ("celery", "daphne.server", "factur-x", "fontTools", "httpx", "stripe", "weasyprint")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A line per tick, job, request or step of a PDF would drown the rest.
        **{name: {"level": "WARNING"} for name in QUIET},
        "kombu": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
