"""How much memory one piece of work takes at its highest, in a process of its own that does nothing else."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import django
from django.utils.module_loading import import_string


def peak_mb(path: str, *args: Any) -> float:
    """Resident megabytes of the function at `path` above those of its process before the call, with Django set up and
    the function's modules loaded. The process is new each time: memory that earlier work left free would hide some."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=django.setup) as process:
        return process.submit(_measure, path, args).result()


def _measure(path: str, args: tuple) -> float:
    work = import_string(path)
    Path("/proc/self/clear_refs").write_text("5")  # the highest value begins anew from what is resident now
    before = _status_mb("VmRSS")
    work(*args)
    return _status_mb("VmHWM") - before


def _status_mb(field: str) -> float:
    return int(Path("/proc/self/status").read_text().split(f"{field}:")[1].split()[0]) / 1024
