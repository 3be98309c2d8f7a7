"""The product's site behind one of three bridges, chosen by BENCH_BRIDGE, for bench.bridge."""

import os
from importlib import import_module

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from config.lib.bridge import WsgiBridge

kind = os.environ["BENCH_BRIDGE"]
if kind == "own":
    application = WsgiBridge(get_wsgi_application(), threads=settings.WEB_THREADS, max_body=settings.MAX_BODY_BYTES)
elif kind == "a2wsgi":
    application = import_module("a2wsgi").WSGIMiddleware(get_wsgi_application(), workers=settings.WEB_THREADS)
else:
    application = get_asgi_application()
