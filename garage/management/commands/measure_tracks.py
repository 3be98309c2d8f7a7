"""`manage.py measure_tracks`: the kilometres of couriers' vehicles by hand, as every night or for one day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lib.actors import SYSTEM
from config.lib.errors import DomainError
from garage.vehicles import queries, services


class Command(BaseCommand):
    help = "Adds what couriers rode to the vehicles they drive: missed days, or the one named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["day"] is None:
            self.stdout.write(f"{services.measure_missed(actor=SYSTEM)} days measured")
            return
        for vehicle in queries.ever_driven():
            try:
                metres = services.measure_day(actor=SYSTEM, vehicle_id=vehicle.pk, day=options["day"])
            except DomainError as error:
                raise CommandError("; ".join(str(text) for texts in error.errors.values() for text in texts)) from error
            self.stdout.write(f"{vehicle}: {metres} m")
