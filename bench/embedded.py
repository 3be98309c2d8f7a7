"""The embedded process (`make run`: SQLite, no services) with the demo: memory at rest, and how soon a second start
answers. These run as `make run` runs them, without DATABASE_URL and REDIS_URL and with DEBUG on."""

import subprocess
import tempfile
import time
from pathlib import Path

from bench.processes import answers, resident_mb
from bench.report import Report
from config.tests.house import House

REST_S = 10


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-embedded-") as folder:
        house = House(Path(folder), DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="INFO")
        try:
            seconds, process, _port = start(house)
            report.figure("first start, with migrations and demo: answers after", f"{seconds:.1f} s")
            time.sleep(REST_S)
            report.goal("memory at rest after the first start (MB)", resident_mb(process.pid), at_most=240)
            process.terminate()
            process.wait(20)
            seconds, process, port = start(house)
            report.goal("second start: answers after (s)", seconds, at_most=5)
            for path in ("/", "/boutique/", "/api/catalog/products"):
                if not answers(port, path):
                    raise RuntimeError(f"{path} does not answer")
            time.sleep(REST_S)
            report.goal("memory at rest with the demo loaded (MB)", resident_mb(process.pid), at_most=240)
        finally:
            house.close()


def start(house: House) -> tuple[float, subprocess.Popen, int]:
    """Seconds until it answers, the process, its port."""
    begin = time.perf_counter()
    process, port = house.serve("--demo")
    house.ready(port, 120)
    return time.perf_counter() - begin, process, port
