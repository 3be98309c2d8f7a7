"""Decision 0001: requests per second through our WSGI bridge, through a2wsgi and through Django's own ASGI handler.

a2wsgi is measured when it is installed (pip install a2wsgi); the product does not need it.
"""

import asyncio
import os
from importlib.util import find_spec
from pathlib import Path

from bench.goods import fill
from bench.processes import cpu_seconds, load, serving
from bench.report import Report

DAPHNE = ("daphne", "-p", "{port}", "bench.bridge_app:application")
SECONDS = 4


def run(report: Report) -> None:
    fill(1_000)
    log = Path(os.environ["VAR_DIR"], "bridge.log")
    kinds = ["own", "django", *(["a2wsgi"] if find_spec("a2wsgi") else [])]
    best: dict[tuple[str, str], tuple[float, float]] = {}
    for _round in range(2):
        for kind in kinds:
            with serving(*DAPHNE, log=log, BENCH_BRIDGE=kind, WEB_THREADS="4") as (process, port):
                for name, path in (("empty view", "/bench/empty"), ("catalogue API", "/api/catalog/products")):
                    asyncio.run(load(port, path, seconds=1))
                    before = cpu_seconds(process.pid)
                    rate = asyncio.run(load(port, path, seconds=SECONDS))
                    cost = (cpu_seconds(process.pid) - before) / (rate * SECONDS) * 1000
                    best[name, kind] = max(best.get((name, kind), (0, 0)), (rate, cost))
    for (name, kind), (rate, cost) in sorted(best.items()):
        report.figure(f"daphne, {name}, {kind}", f"{rate:.0f} requests/s, {cost:.2f} ms CPU each")
