"""CPU-heavy work (PDF, images, planning) in a subprocess, out of the web process's threads.

    pdf = heavy.run("shop.invoices.pdf.render", html, timeout=30)

Call it from Celery tasks, in the embedded mode and in separate workers alike. The function is named by its import
path; arguments and answer travel pickled, so pass plain values, never model instances. The helper process starts
at the first call, has Django set up, must not touch the database, and leaves after a minute without work.
"""

import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import django
from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

IDLE_S = 60
WORKERS = max(1, min(2, (os.cpu_count() or 2) - 1))


def _die_with_parent() -> None:
    """After kill -9 of the parent nobody would ever stop this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.nice(5)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    django.setup()


def _call(path: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    return import_string(path)(*args, **kwargs)


class Pool:
    """A small process pool that starts when needed and leaves when idle."""

    def __init__(self, workers: int = WORKERS, idle_s: float = IDLE_S):
        self.workers, self.idle_s = workers, idle_s
        self.lock = threading.Lock()
        self.executor: ProcessPoolExecutor | None = None
        self.running = 0
        self.timer: threading.Timer | None = None

    def run(self, path: str, *args: Any, timeout: float = 60, **kwargs: Any) -> Any:
        """The answer of the function at `path`. Raises what it raised; TimeoutError after `timeout` seconds."""
        try:
            return self._once(path, args, kwargs, timeout)
        except BrokenProcessPool:
            # Another call's timeout, or the kernel, killed the helper: once more, in a fresh one.
            logger.warning("helper process died during %s, trying once more", path)
            return self._once(path, args, kwargs, timeout)

    def _once(self, path: str, args: tuple, kwargs: dict[str, Any], timeout: float) -> Any:
        executor, future = self._submit(path, args, kwargs)
        try:
            return future.result(timeout)
        except TimeoutError:
            if not future.done():
                self._discard(executor, kill=True)
            raise
        except BrokenProcessPool:
            self._discard(executor)
            raise
        finally:
            self._rest()

    def _submit(self, path: str, args: tuple, kwargs: dict[str, Any]) -> tuple[ProcessPoolExecutor, Future]:
        with self.lock:
            if self.timer is not None:
                self.timer.cancel()
                self.timer = None
            if self.executor is None:
                self.executor = ProcessPoolExecutor(
                    self.workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
                )
            future = self.executor.submit(_call, path, args, kwargs)
            self.running += 1
            return self.executor, future

    def _rest(self) -> None:
        with self.lock:
            self.running -= 1
            if not self.running and self.executor is not None:
                self.timer = threading.Timer(self.idle_s, self._stop_if_idle)
                self.timer.daemon = True
                self.timer.start()

    def _stop_if_idle(self) -> None:
        with self.lock:
            idle = None if self.running else self.executor
            if idle is not None:
                self.executor = None
        if idle is not None:
            idle.shutdown(wait=False)

    def _discard(self, executor: ProcessPoolExecutor, *, kill: bool = False) -> None:
        with self.lock:
            if self.executor is executor:
                self.executor = None
        if kill:
            for process in list((executor._processes or {}).values()):
                process.kill()
        executor.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """Stop at once; a job cut short is owed by its row and done again."""
        with self.lock:
            executor, self.executor = self.executor, None
            if self.timer is not None:
                self.timer.cancel()
        if executor is not None:
            self._discard(executor, kill=True)


_pool = Pool()


def run(path: str, *args: Any, timeout: float = 60, **kwargs: Any) -> Any:
    """Run the function at import path `path` in a helper process.

    Runs here in tests, and in a child of a Celery prefork worker: that is a helper process already, may have no
    children, and is held to CELERY_TASK_TIME_LIMIT instead of `timeout`.
    """
    if settings.HEAVY_INLINE or multiprocessing.current_process().daemon:
        return _call(path, args, kwargs)
    return _pool.run(path, *args, timeout=timeout, **kwargs)


def stop() -> None:
    """Stop the helper processes of this process."""
    _pool.stop()
