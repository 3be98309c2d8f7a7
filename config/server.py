"""The embedded mode: web server, jobs and clock in one process, for a machine where nothing else runs.

    main thread     daphne: websockets on Channels, pages and API through the WSGI bridge
    worker threads  Celery, in-memory broker; every job is owed by a row, so that nothing is lost with the process
    beat thread     the clock of config/celery.py

Without REDIS_URL the broker and the channel layer live in memory: a second process would hear nothing, so a lock
file in var/ refuses it. With DATABASE_URL and REDIS_URL run `daphne config.asgi:application`, `celery -A config
worker` and `celery -A config beat` instead (docs/deploy.md).
"""

import fcntl
import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import signals
from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController
from celery.worker import state as worker_state
from daphne.access import AccessLogGenerator
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.conf import settings
from django.db import close_old_connections, connections, reset_queries
from twisted.internet import reactor

from config import asgi
from config.celery import app as celery_app
from config.lib import heavy, idempotency, jobs, live

logger = logging.getLogger(__name__)

STOP_S = 5
SOCKET_OPEN_S = 20  # a burst of sockets on a busy machine: daphne's own 5 s would refuse those at its end


# What opens a door stands in some addresses: links to a delivery, a quote, a bill, a vehicle's history or a mechanic's
# calendar, to a new password, or to prove an e-mail.
SECRETS = re.compile(
    r"([?&]token=|/reset/key/|/confirm-email/| /(?:devis|factures|garage/agenda|garage/historique)/)[^\s&/]+"
)


class AccessLog(AccessLogGenerator):
    """One line per request, without its secrets."""

    def write_entry(self, host: str, date: Any, request: str, **rest: Any) -> None:
        super().write_entry(host, date, SECRETS.sub(r"\1…", request), **rest)


class AlreadyRunning(Exception):
    """Another process serves the same data. The message names it."""


@contextmanager
def only_process(path: Path, label: str) -> Iterator[None]:
    """Hold the lock file at `path`. The kernel frees it with the process, so a stale file is harmless."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(file.read().strip() or "another process") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {label}\n")
        file.flush()
        yield
        file.truncate(0)


def port_is_free(host: str, port: int) -> bool:
    """Whether this process could listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Jobs:
    """The Celery worker and the clock, in threads of this process."""

    def __init__(self, threads: int):
        # WorkController, unlike the worker command, touches neither signals nor stdout of the process.
        self.worker = WorkController(
            app=celery_app,
            pool_cls="threads",
            concurrency=threads,
            hostname="embedded@localhost",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            task_events=False,
        )
        self.thread = threading.Thread(target=self.worker.start, name="worker", daemon=True)
        # The schedule stays in memory: a file would be one more thing to corrupt, and every entry may run early.
        self.beat = EmbeddedService(celery_app, thread=True, scheduler_cls=Scheduler)

    def start(self) -> None:
        signals.task_prerun.connect(_close_broken_connections)
        signals.task_postrun.connect(_close_broken_connections)
        self.thread.start()
        self.beat.start()

    def stop(self, timeout: float = STOP_S) -> bool:
        """Finish running jobs, for at most `timeout` seconds. False when one is still running."""
        deadline = time.monotonic() + timeout
        self.beat.service.stop()
        worker_state.should_stop = os.EX_OK
        self.thread.join(timeout)
        self.beat.join(max(0, deadline - time.monotonic()))
        return not self.thread.is_alive()


def _close_broken_connections(**_: object) -> None:
    close_old_connections()
    reset_queries()  # DEBUG keeps every query of a thread otherwise


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. The caller holds the lock and has migrated."""
    idempotency.free_claims()
    freed = jobs.free_claims()  # we hold the lock: whoever claimed them is dead
    if freed:
        logger.info("%s jobs of a process that died are due again", freed)
    jobs.ring_overdue(patience=timedelta(0))  # an in-memory queue starts empty: none is on its way
    connections.close_all()
    background = Jobs(settings.WORKER_THREADS)
    live.bind_loop(reactor._asyncioEventloop)
    server = Server(
        asgi.application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        action_logger=AccessLog(sys.stderr) if settings.DEBUG else None,
        request_buffer_size=64 * 1024,
        application_close_timeout=30,
        websocket_handshake_timeout=SOCKET_OPEN_S,
        proxy_forwarded_address_header=None,
        server_name="",
    )
    reactor.callWhenRunning(background.start)
    logger.info("Triporteur on http://%s:%s", "localhost" if host in ("0.0.0.0", "::") else host, port)
    server.run()

    logger.info("stopping")
    live.bind_loop(None)
    clean = background.stop()
    heavy.stop()
    clean = asgi.http.close(STOP_S) and clean
    connections.close_all()
    if not clean:
        # Threads are joined at exit; a job that hangs must not keep the process. Its row is due again later.
        logger.warning("a job or request was still running after %s s and is cut short", STOP_S)
        logging.shutdown()
        os._exit(0)
