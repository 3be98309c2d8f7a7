"""The product's production settings, and the bare views that the catalogue is compared with."""

from config.settings import *  # noqa: F403
from config.settings import REST_FRAMEWORK

ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
# Names with hashes from a manifest as in production; only without the compressed copies, which take long to make.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
# Every bench client has the same address.
REST_FRAMEWORK = {
    **REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"credentials": "100000/min", "transfers": "100000/min"},
}
