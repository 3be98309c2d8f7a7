"""make bench, or `ARGS="catalogue checkout" make bench` for some of them.

Needs PostgreSQL and Redis, as .ci/with-services gives them; production settings; a database of its own, which it
fills. Exits with 1 when a figure misses its goal."""

import os
import sys
import tempfile

os.environ["DEBUG"] = "off"
os.environ.setdefault("SECRET_KEY", "only-for-the-bench-" * 4)
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ["VAR_DIR"] = os.environ.get("BENCH_VAR") or tempfile.mkdtemp(prefix="bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from bench import books, bridge, catalogue, checkout, embedded, invoices, quotes, sockets
from bench.report import Report

ALL = {
    "catalogue": catalogue.run, "checkout": checkout.run, "bridge": bridge.run, "sockets": sockets.run,
    "embedded": embedded.run, "invoices": invoices.run, "quotes": quotes.run, "books": books.run,
}


def main() -> int:
    chosen = sys.argv[1:] or list(ALL)
    unknown = set(chosen) - set(ALL)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    if connection.vendor != "postgresql":
        sys.exit("DATABASE_URL must name a PostgreSQL database: .ci/with-services python -m bench")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    report = Report()
    for name in chosen:
        report.section(name)
        ALL[name](report)
    report.summary()
    return 1 if report.missed else 0


sys.exit(main())
