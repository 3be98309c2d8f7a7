from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib.errors import Invalid
from delivery.places.services import import_addresses


def read_text(path: Path) -> str:
    """The file as text: UTF-8 with or without BOM, else Windows-1252 as old spreadsheets write it."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


class Command(BaseCommand):
    help = "Import addresses with coordinates: Base Adresse Locale (1.x, 1.5) or a list with numero,voie,ville,lat,lon."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        for path in files:
            try:
                report = import_addresses(lines=read_text(path).splitlines())
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}")
            except Invalid as error:
                raise CommandError(f"{path}: {error}")
            for line, remark in report.remarks:
                self.stdout.write(f"{path.name} line {line}: {remark}")
            self.stdout.write(
                f"{path.name}: {report.imported} imported, {report.updated} updated, {report.refused} refused"
            )
