"""manage.py verify_ledger: prove that the books are right, or name the first wrong row and fail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from accounts.wallet import audit


class Command(BaseCommand):
    help = "Proves the ledger: sums, stored balances, holds. Names the first wrong row and exits with an error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="name every wrong row")

    def handle(self, *args: Any, **options: Any) -> None:
        alone = not connection.in_atomic_block
        with transaction.atomic():
            if alone and connection.vendor == "postgresql":  # one picture of all tables while others go on writing
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            found = list(audit.faults()) if options["all"] else [audit.first_fault()]
            seen = audit.counts()
        wrong = [fault for fault in found if fault]
        if wrong:
            raise CommandError("The ledger is wrong: " + "; ".join(wrong))
        self.stdout.write("The ledger is right: " + ", ".join(f"{n} {name}" for name, n in seen.items()))
