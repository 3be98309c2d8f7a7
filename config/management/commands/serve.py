import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from config import server


class Command(BaseCommand):
    help = "Serve everything in one process: pages, API, websockets, background jobs and the clock."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", action="store_true", help="fill an empty database with a demonstration")

    def handle(self, *args: Any, host: str, port: int, demo: bool, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "REDIS_URL is set: run `daphne config.asgi:application`, `celery -A config worker` and "
                "`celery -A config beat` (docs/deploy.md), or unset it to serve everything in one process."
            )
        lock = settings.VAR_DIR / "embedded.lock"
        try:
            with server.only_process(lock, f"http://localhost:{port}"):
                if not server.port_is_free(host, port):
                    raise CommandError(f"Port {port} is taken. Serve elsewhere: PORT={port + 1} make run")
                self.prepare(demo=demo)
                server.serve(host, port)
        except server.AlreadyRunning as running:
            raise CommandError(
                f"Triporteur already serves these data: {running}. Stop it first, or give this one its own data: "
                f"VAR_DIR=/some/where PORT={port + 1} make run"
            ) from None

    def prepare(self, *, demo: bool) -> None:
        """Bring the database up to date. Costs a fraction of a second when it already is."""
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.apart("migrate", "--verbosity", "0", "--no-input")
        cache = caches["default"]
        if isinstance(cache, DatabaseCache):
            call_command("createcachetable", verbosity=0)
        if not settings.DEBUG and self.static_is_old():
            self.stdout.write("Collecting static files…")
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo and settings.DEBUG and "demo" in get_commands() and not get_user_model().objects.exists():
            self.stdout.write("Filling the empty database with a demonstration…")
            self.apart("demo")

    def apart(self, *command: str) -> None:
        """Run a command in a process of its own: what it needs at its height, the server would keep for good."""
        connections.close_all()
        done = subprocess.run([sys.executable, str(settings.BASE_DIR / "manage.py"), *command], check=False)
        if done.returncode:
            raise CommandError(f"`manage.py {command[0]}` failed, see above.")

    def static_is_old(self) -> bool:
        """Whether a file of the static folders is newer than the last collection."""
        manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
        if not manifest.exists():
            return True
        collected = manifest.stat().st_mtime
        sources = [p for folder in settings.STATICFILES_DIRS for p in Path(folder).rglob("*")]
        # An upgraded package brings other files: its pin changes requirements.txt.
        sources.append(settings.BASE_DIR / "requirements.txt")
        return any(p.stat().st_mtime > collected for p in sources)
