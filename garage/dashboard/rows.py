"""How a row behind a figure is named, and where it leads."""

from functools import singledispatch
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from garage.quotes.models import Quote, QuoteChange, QuoteLine
from garage.workshop.models import RepairOrder, TimeEntry
from shop.invoices.models import Invoice


def _link(url: str, *words: Any) -> SafeString:
    text = " · ".join(str(word) for word in words if word)
    return format_html('<a href="{}" class="text-primary-600 dark:text-primary-400">{}</a>', url, text)


def _admin(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


def _repair(order: RepairOrder) -> str:
    return reverse("garage:repair_order", args=[order.pk])


@singledispatch
def describe(row: Any) -> str:
    return str(row)


@describe.register
def _invoice(row: Invoice) -> str:
    return _link(_admin("shop_invoice", row.pk), row.number, row.buyer.get("name"))


@describe.register
def _quote(row: Quote) -> str:
    return _link(reverse("garage:quote_edit", args=[row.pk]), row.number, row.client.name, row.vehicle.plate)


@describe.register
def _answer(row: QuoteChange) -> str:
    return _link(
        reverse("garage:quote_edit", args=[row.subject_id]), row.subject.number, row.subject.client.name, str(row)
    )


@describe.register
def _line(row: QuoteLine) -> str:
    return _link(reverse("garage:quote_edit", args=[row.quote_id]), row.quote.number, row.description)


@describe.register
def _entry(row: TimeEntry) -> str:
    order = row.task.order
    return _link(_repair(order), row.mechanic.name, row.task.description, order.vehicle.plate)


@describe.register
def _order(row: RepairOrder) -> str:
    return _link(_repair(row), row.number, row.client.name, row.vehicle.plate)
