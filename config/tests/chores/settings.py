"""The product's settings and one app with a job, for tests that start real processes."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "config.tests.chores"]
HEAVY_INLINE = False
