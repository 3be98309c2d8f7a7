"""The style guide at /style/ (DEBUG only): every component in every state, with the texts that hurt.

`/style/?only=map` draws one section; sections are the templates in templates/style/.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

SECTIONS = ["type", "actions", "form", "states", "timeline", "lists", "shop", "map"]
LONG_NAME = "Anne-Charlotte de La Rochefoucauld-Montbéliard-Saint-Etienne"
ICONS = re.findall(r'symbol id="([^"]+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text())
GOODS = [
    ("Sonnette en laiton", "18.50", 12), ("Panier avant en osier tressé à la main, avec sangles de cuir", "1249.90", 3),
    ("Antivol", "42", 0), ("Miel du 11e", "9", 40),
]
STATUSES = [
    ("CREE", "Créée"),
    ("PAYEE", "Payée"),
    ("EN_ENCHERE", "En enchère"),
    ("ATTRIBUEE", "Attribuée"),
    ("COLLECTEE", "Collectée"),
    ("LIVREE", "Livrée"),
    ("ECHOUEE", "Échouée"),
    ("REMBOURSEE", "Remboursée"),
    ("EXPIREE", "Expirée"),
    ("FERME", "Fermé"),
]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    amount = forms.DecimalField(
        label="Amount",
        help_text="Between 5 and 500 euros.",
        min_value=5,
        max_value=500,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    amount.look = "money"  # type: ignore[attr-defined]
    code = forms.CharField(
        label="Handover code",
        required=False,
        help_text="Six digits.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    code.look = "code"  # type: ignore[attr-defined]
    size = forms.ChoiceField(label="Size", choices=[("S", "Small, up to 5 kg"), ("M", "Medium"), ("XL", "Very large")])
    mode = forms.ChoiceField(
        label="How shall we deliver?",
        widget=forms.RadioSelect,
        choices=[("COURSIER", "By courier, 4.80 €"), ("RETRAIT", "I collect it at the shop, free")],
    )
    mode.look = "cards"  # type: ignore[attr-defined]
    note = forms.CharField(label="Note for the courier", required=False, widget=forms.Textarea)
    photo = forms.FileField(label="Photo", required=False)
    agree = forms.BooleanField(label="I have read the terms", help_text="They are one page long.")


def _events(now: datetime) -> list[dict[str, Any]]:
    return [
        {"at": now - timedelta(days=1), "title": _("Order placed"), "by": "Alice Martin", "state": "done"},
        {"at": now - timedelta(hours=3), "title": _("Paid by card"), "detail": "42,50 €", "state": "done"},
        {"at": now - timedelta(minutes=4), "title": _("On the way"), "by": LONG_NAME, "state": "current"},
        {"at": None, "title": _("Delivered"), "expected": "14:05 – 14:20", "state": "next"},
    ]


def _map(now: datetime) -> dict[str, Any]:
    return {
        "ws": "",
        "pickup": {"lat": 48.8635, "lon": 2.3622, "name": "Triporteur", "line": "12 rue de Bretagne, 75003 Paris"},
        "dropoff": {"lat": 48.8561, "lon": 2.3802, "name": LONG_NAME, "line": "41 rue de Charonne, 75011 Paris"},
        "position": {"lat": 48.8601, "lon": 2.3705, "heading": 130, "recorded_at": now - timedelta(seconds=70)},
        "trail": [[48.8635, 2.3622], [48.8622, 2.3661], [48.8601, 2.3705]],
        "eta": {name: now + timedelta(minutes=m) for name, m in (("p20", 9), ("p50", 12), ("p80", 17))},
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    only = request.GET.get("only", "")
    if request.GET.get("messages"):
        messages.success(request, "Paid 42.50 €. The receipt is on its way.")
        messages.error(request, "The card was refused. Nothing was taken; choose another way to pay.")
    wrong = SampleForm({"amount": "3", "name": "", "size": "M"})
    wrong.is_valid()
    return render(
        request,
        "style/index.html",
        {
            "sections": [name for name in SECTIONS if only in ("", name)],
            "all_sections": SECTIONS,
            "icon_names": ICONS,
            "goods": [
                {"id": n, "slug": "x", "name": name, "price": Decimal(price), "stock": stock, "pictures": []}
                for n, (name, price, stock) in enumerate(GOODS)
            ],
            "subnav": [{"label": n, "url": "#", "current": n == "Wallet"} for n in ("Profile", "Addresses", "Wallet")],
            "long_name": LONG_NAME,
            "form": SampleForm(auto_id="ok_%s"),
            "wrong_form": wrong,
            "statuses": STATUSES,
            "order": SimpleNamespace(status="EXPEDIEE", get_status_display=lambda: "Expédiée"),
            "events": _events(now),
            "refused_events": [
                {"at": now - timedelta(days=9), "title": _("Order placed"), "by": "Bob", "state": "done"},
                {"at": now, "title": _("Cancelled"), "detail": _("Not paid within 30 minutes."), "state": "stop"},
            ],
            "now": now,
            "earlier": now - timedelta(hours=5),
            "page": Paginator(range(95), 20).get_page(2),
            "amount": Decimal("1234.50"),
            "map": _map(now),
            "empty_map": {"label": "Map with nothing under way", "pickup": _map(now)["pickup"]},
            "steps": [
                {"label": "Addresses", "state": "done", "url": "#"},
                {"label": "Parcel", "state": "current", "url": None},
                {"label": "Price and sending", "state": "next", "url": None},
            ],
            "facts": [
                {"label": "Subtotal", "value": "37,70 €"},
                {"label": "Delivery by courier", "value": "4,80 €"},
                {"label": "Total", "value": "42,50 €", "total": True},
            ],
            "facets": [
                {
                    "name": "category",
                    "label": "Category",
                    "kind": "check",
                    "options": [
                        {"value": "velo", "label": "Cycling", "count": 14, "selected": True},
                        {"value": "epicerie", "label": "Grocery from near here", "count": 9, "selected": False},
                    ],
                },
                {
                    "name": "ordering",
                    "label": "Order",
                    "kind": "select",
                    "options": [
                        {"value": "name", "label": "Name", "selected": False},
                        {"value": "price", "label": "Price", "selected": True},
                    ],
                },
            ],
        },
    )
