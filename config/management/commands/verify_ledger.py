"""manage.py verify_ledger: prove that the books are right, or name the first wrong row and fail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.finances import proof


class Command(BaseCommand):
    help = "Proves the books of all apps. Names the first wrong row and exits with an error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="name every wrong row")
        parser.add_argument("--files", action="store_true", help="read the files of invoices too")

    def handle(self, *args: Any, **options: Any) -> None:
        with proof.one_picture():
            first = "" if options["all"] else next(proof.faults(files=options["files"]), "")
            found = list(proof.faults(files=options["files"])) if options["all"] else [first]
            seen = proof.counts()
        wrong = [fault for fault in found if fault]
        if wrong:
            raise CommandError("The ledger is wrong: " + "; ".join(wrong))
        self.stdout.write("The ledger is right: " + ", ".join(f"{n} {name}" for name, n in seen.items()))
