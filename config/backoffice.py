"""The admin's start page: what waits for someone across the apps, then figures, from each app's queries."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.payments import queries as payments
from accounts.payouts import queries as payouts
from accounts.users.queries import is_staff_of
from accounts.wallet.accounting import queries as books
from config.lib.clock import last_days
from config.lib.jobs import given_up
from config.lib.money import ZERO
from config.lib.templatetags.ui import money
from delivery.couriers import queries as couriers
from delivery.deliveries import queries as deliveries
from garage.alerts import queries as alerts
from garage.alerts.models import AlertLevel
from garage.quotes import queries as quotes
from shop.catalogue import queries as catalogue
from shop.orders import queries as orders
from shop.orders.models import Order
from shop.returns import queries as returns
from shop.reviews import queries as reviews
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
        ("SHOP", _("Returns to handle"), lambda: returns.waiting().count(), _list("shop_return")),
        ("SHOP", _("Reviews to read"), lambda: reviews.waiting().count(),
         _list("shop_review", "?status__exact=EN_ATTENTE")),
        ("SHOP", _("Products nearly sold out"), lambda: catalogue.low_stock().count(), _list("shop_product")),
        ("DELIVERY", _("Auctions without a bid"), lambda: deliveries.without_bids().count(),
         _list("delivery_delivery", "?status__exact=EN_ENCHERE")),
        ("DELIVERY", _("Deliveries late"), lambda: deliveries.late(now).count(),
         _list("delivery_delivery", "?status__exact=COLLECTEE")),
        ("DELIVERY", _("Couriers to approve"), lambda: couriers.all_for_manager(status="DEMANDE").count(),
         _list("delivery_courier", "?status__exact=DEMANDE")),
        ("GARAGE", _("Quotes to follow"), lambda: quotes.unanswered().count(),
         reverse("garage:quotes") + "?status=ENVOYE"),
        ("GARAGE", _("Garage alerts due"), lambda: alerts.open_now().filter(level=AlertLevel.ECHU).count(),
         reverse("garage:alerts") + "?level=ECHU"),
        ("SUPPORT", _("Questions unanswered"), threads.open_count, _list("support_thread", "?status__exact=OUVERT")),
        ("MANAGER", _("Withdrawals to review"), lambda: payouts.to_review().count(),
         _list("accounts_payout", "?status__exact=A_VALIDER")),
        ("MANAGER", _("Payout files to give to the bank"), lambda: payouts.files_to_give().count(),
         _list("accounts_payoutbatch", "?status__exact=PRET")),
        ("MANAGER", _("Payments that disagree"), lambda: payments.disagreements().count(),
         _list("accounts_disagreement", "?status__exact=OUVERT")),
        ("MANAGER", _("Refunds given up"), lambda: payments.refunds_given_up().count(),
         _list("accounts_refund", "?state__exact=ECHEC")),
        ("MANAGER", _("Books that do not add up"), books.last_proof_faults, _list("accounts_ledgerproof")),
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
        "labels": [date_format(day, "j N") for day in days],
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


# group → (model, its icon in the Material Symbols that the admin ships)
PLACES = [
    (gettext_lazy("Shop"), [
        ("shop.order", "receipt_long"), ("shop.product", "inventory_2"), ("shop.category", "category"),
        ("shop.invoice", "description"), ("shop.review", "reviews"), ("shop.return", "assignment_return"),
    ]),
    (gettext_lazy("Deliveries"), [
        ("delivery.delivery", "local_shipping"), ("delivery.courier", "pedal_bike"), ("delivery.bid", "gavel"),
        ("delivery.pricingrule", "sell"), ("delivery.zone", "map"), ("delivery.addresspoint", "location_on"),
    ]),
    (gettext_lazy("Garage"), [
        ("garage.bill", "request_quote"),
        ("garage.alert", "notifications_active"), ("garage.maintenanceitem", "build"),
        ("garage.client", "badge"), ("garage.consent", "fact_check"),
        ("garage.vehicle", "directions_car"), ("garage.odometerreading", "speed"),
        ("garage.quote", "request_quote"), ("garage.labourrate", "schedule"), ("garage.package", "package_2"),
        ("garage.acceptance", "draw"), ("garage.quotepaper", "picture_as_pdf"), ("garage.quotetext", "gavel"),
        ("garage.appointment", "event"), ("garage.resource", "engineering"), ("garage.closure", "event_busy"),
        ("garage.repairorder", "build"), ("garage.repairpart", "settings"), ("garage.timeentry", "timer"),
    ]),
    (gettext_lazy("Support"), [
        ("support.thread", "forum"), ("support.cannedreply", "quickreply"), ("support.dispatch", "outgoing_mail"),
        ("support.outsidemessage", "forward_to_inbox"),
    ]),
    (gettext_lazy("People and money"), [
        ("accounts.user", "group"), ("accounts.company", "apartment"), ("accounts.payment", "credit_card"),
        ("accounts.disagreement", "balance"),
        ("accounts.transaction", "account_balance"), ("accounts.account", "wallet"),
        ("accounts.payout", "payments"), ("accounts.payoutbatch", "account_balance_wallet"),
        ("accounts.ledgerproof", "verified"),
    ]),
]  # fmt: skip


def _item(model: type, icon: str) -> dict[str, Any]:
    label, name = model._meta.app_label, model._meta.model_name  # type: ignore[attr-defined]
    return {
        "title": capfirst(model._meta.verbose_name_plural),  # type: ignore[attr-defined]
        "icon": icon,
        "link": _list(f"{label}_{name}"),
        "permission": lambda request: request.user.has_perm(f"{label}.view_{name}"),
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The admin's side bar: what people open every day. The rest is behind "all applications"."""
    start = {"title": _("The day's work"), "icon": "today", "link": reverse("admin:index")}
    registered = {m._meta.label_lower: m for m in admin.site._registry}
    groups = [
        {
            "title": title, "separator": True,
            "items": [_item(registered[name], icon) for name, icon in models if name in registered],
        }
        for title, models in PLACES
    ]  # fmt: skip
    finances = {
        "title": _("Finances"), "icon": "monitoring", "link": reverse("finances"),
        "permission": lambda request: is_staff_of(request.user, "MANAGER"),
    }
    editor = {
        "title": _("Quote editor"), "icon": "edit_document", "link": reverse("garage:quotes"),
        "permission": lambda request: is_staff_of(request.user, "GARAGE"),
    }
    planning = {
        "title": _("Board of the workshop"), "icon": "calendar_view_week", "link": reverse("garage:planning"),
        "permission": lambda request: is_staff_of(request.user, "GARAGE"),
    }
    figures = {
        "title": _("Garage: figures"), "icon": "bar_chart", "link": reverse("garage-dashboard"),
        "permission": lambda request: is_staff_of(request.user, "GARAGE"),
    }
    return [{"items": [start, planning, editor, figures, finances]}, *groups]
