"""manage.py run_payouts: open the weekly payouts and put every ready transfer into one file for the bank."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.payouts import services
from config.lib.actors import SYSTEM
from config.lib.errors import DomainError


class Command(BaseCommand):
    help = "Runs the payouts now. Safe to repeat: nobody is paid twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--key", default="", help="the same key gives the same file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = services.run_payouts(actor=SYSTEM, key=options["key"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        if batch is None:
            self.stdout.write("No transfer is waiting.")
        else:
            self.stdout.write(f"{batch.reference}: {batch.count} transfers, {batch.control_sum} EUR")
