from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config.demo import goods_in, people, stories
from config.demo.streets import bal_lines
from delivery.places.services import import_addresses


class Command(BaseCommand):
    help = "Fill an empty database with a demonstration: people, sixty goods, streets, orders, deliveries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also when DEBUG is off: the passwords are public")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        if not settings.DEBUG and not force:
            raise CommandError(
                "DEBUG is off: demo accounts have public passwords. Use --force if nobody else can reach this server."
            )
        if people.exist():
            raise CommandError("The demo is already here; nothing was changed.")
        import_addresses(lines=bal_lines())
        cast = people.arrive()
        goods_in.fill_shop(cast)
        stories.tell(cast)
        self.stdout.write(
            "Demo loaded: admin@ecom.test / admin123; alice@, bob@, charlie@email.test / password123; "
            "carla@, karim@, lea@courier.test / password123"
        )
