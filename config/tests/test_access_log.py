"""The access log tells what was asked, never what opens a door."""

import io
from datetime import datetime

import pytest

from config.server import AccessLog


@pytest.mark.parametrize("path, kept", [
    ("GET /suivi/LIV-1/?token=3.abc~SECRET", "GET /suivi/LIV-1/?token=…"),
    ("WSCONNECT /ws/deliveries/3?a=1&token=SECRET", "WSCONNECT /ws/deliveries/3?a=1&token=…"),
    ("GET /compte/password/reset/key/1-SECRET/", "GET /compte/password/reset/key/…/"),
    ("GET /devis/3.1~SECRET/signer/", "GET /devis/…/signer/"), ("GET /garage/devis/3/", "GET /garage/devis/3/"),
    ("POST /factures/3~SECRET/payer/", "POST /factures/…/payer/"),
    ("GET /garage/agenda/1.2~SECRET/agenda.ics", "GET /garage/agenda/…/agenda.ics"),
    ("GET /garage/historique/SECRET/historique.pdf", "GET /garage/historique/…/historique.pdf"),
    ("GET /boutique/?page=2", "GET /boutique/?page=2"),
])
def test_the_access_log_holds_no_secret(path, kept):
    stream = io.StringIO()
    AccessLog(stream).write_entry("127.0.0.1:1", datetime(2026, 1, 1), path, status=200, length=5)
    assert f'"{kept}"' in stream.getvalue()
    assert "SECRET" not in stream.getvalue()
