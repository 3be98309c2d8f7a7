"""The admin's start page: what waits for someone across the apps, then figures, from each app's queries."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.payments import queries as payments
from accounts.users.queries import is_staff_of
from config.lib.clock import last_days
from config.lib.jobs import given_up
from config.lib.money import ZERO
from config.lib.templatetags.ui import money
from delivery.couriers import queries as couriers
from delivery.deliveries import queries as deliveries
from shop.catalogue import queries as catalogue
from shop.orders import queries as orders
from shop.orders.models import Order
from support.threads import queries as threads

CHART_DAYS = 14


def _list(model: str, query: str = "") -> str:
    return reverse(f"admin:{model}_changelist") + query


def _work(user: Any) -> list[dict[str, Any]]:
    """What waits, for the areas of this person, without the empty ones."""
    now = timezone.now()
    status = orders.stats().by_status
    rows: list[tuple[str, str, Callable[[], int], str]] = [
        ("SHOP", _("Orders to ship"), lambda: status[Order.Status.PAYEE], _list("shop_order", "?status__exact=PAYEE")),
        ("SHOP", _("Products nearly sold out"), lambda: catalogue.low_stock().count(), _list("shop_product")),
        ("DELIVERY", _("Auctions without a bid"), lambda: deliveries.without_bids().count(),
         _list("delivery_delivery", "?status__exact=EN_ENCHERE")),
        ("DELIVERY", _("Deliveries late"), lambda: deliveries.late(now).count(),
         _list("delivery_delivery", "?status__exact=COLLECTEE")),
        ("DELIVERY", _("Couriers to approve"), lambda: couriers.all_for_manager(status="DEMANDE").count(),
         _list("delivery_courier", "?status__exact=DEMANDE")),
        ("SUPPORT", _("Questions unanswered"), threads.open_count, _list("support_thread", "?status__exact=OUVERT")),
        ("MANAGER", _("Payments that disagree"), lambda: payments.disagreements().count(),
         _list("accounts_paymentfact", "?kind__exact=DESACCORD")),
        ("MANAGER", _("Jobs given up"), given_up, _list("support_dispatch", "?state__exact=ECHEC")),
    ]  # fmt: skip
    counted = [
        {"label": label, "count": count(), "url": url} for area, label, count, url in rows if is_staff_of(user, area)
    ]
    return [row for row in counted if row["count"]]


def _figures() -> list[dict[str, Any]]:
    stats = orders.stats()
    products = catalogue.counts()
    return [
        {"label": _("Revenue incl. VAT, less refunds"), "value": money(stats.revenue, settings.CURRENCY),
         "url": _list("shop_order")},
        {"label": _("Orders"), "value": stats.total, "url": _list("shop_order")},
        {"label": _("Products for sale"), "value": products["total"], "url": _list("shop_product")},
        {"label": _("Couriers on shift"), "value": couriers.on_shift_count(), "url": _list("delivery_courier")},
    ]  # fmt: skip


def _chart(label: str, values: Mapping[date, Any]) -> str:
    """Chart.js data of one series of days, as the admin's bar component reads it."""
    days = last_days(CHART_DAYS)
    return json.dumps({
        "labels": [date_format(day, "j M") for day in days],
        "datasets": [{
            "label": label, "data": [float(values.get(day, ZERO)) for day in days],
            "backgroundColor": "var(--color-primary-600)",
        }],
    })  # fmt: skip


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called by the admin for its start page."""
    context |= {"work": _work(request.user)}
    if is_staff_of(request.user, "MANAGER"):
        context |= {
            "figures": _figures(),
            "sales_chart": _chart(_("Paid orders"), orders.paid_by_day(CHART_DAYS)),
            "deliveries_chart": _chart(_("Deliveries"), deliveries.ended_by_day(CHART_DAYS)),
        }
    return context
