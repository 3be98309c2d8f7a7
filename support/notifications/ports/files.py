"""Messages written to files under var/: the default of text messages and push when no provider is set."""

import json
import sys
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def write(*, folder: str, reference: str, message: dict[str, object]) -> str:
    """Write one message as JSON to `var/<folder>/<reference>.json`; writing it twice gives the same file."""
    path = Path(settings.VAR_DIR) / folder / f"{reference}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"at": timezone.now().isoformat(), **message}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
    return path.name


def show(*, folder: str, reference: str, message: dict[str, object]) -> str:
    """The same on the console."""
    sys.stderr.write(f"[{folder} {reference}] {json.dumps(message, ensure_ascii=False)}\n")
    return reference
