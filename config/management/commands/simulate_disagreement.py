from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from accounts.payments.queries import disagreements
from accounts.users.queries import active_by_email
from config.demo.money_trouble import TROUBLES


class Command(BaseCommand):
    help = "On a demo server: make the simulated payment provider do what does not fit our books."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.value for kind in TROUBLES])
        parser.add_argument("--user", default="alice@email.test", help="e-mail of the payer")

    def handle(self, *args: Any, kind: str, user: str, **options: Any) -> None:
        if not settings.DEBUG or settings.PAYMENT_GATEWAY != "simulated":
            raise CommandError("This is for demonstrations: DEBUG on and the simulated gateway.")
        payer = active_by_email(user)
        if payer is None:
            raise CommandError(f"Nobody is known as {user}.")
        TROUBLES[kind](payer)  # type: ignore[index]
        case = disagreements().order_by("-pk").first()
        self.stdout.write(f"/admin/accounts/disagreement/{case.pk}/change/" if case else "Nothing disagrees.")
