"""What every table owes to staff: it is in the admin, can be searched and filtered, opens, and keeps its status
out of reach of the keyboard."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

from config.lib.models import Announced, Stateful
from config.lib.testing import browser

APPS = ["accounts", "delivery", "shop", "garage", "support"]
MODELS = [
    model
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    if not model.__name__.startswith("Historical") and not model._meta.auto_created
]
ADMINS = [(model, site) for model, site in admin.site._registry.items() if model._meta.app_label in APPS]
NOT_FOR_STAFF = {
    "garage.RepairOrderCounter",  # a number that only opening moves
    "accounts.JournalHead",  # a number that only journalising moves
    "accounts.DeviceToken",  # hashes of credentials
    "accounts.IdempotentAnswer",  # answers of other people's calls
    "accounts.Vote",  # who voted how is nobody's business
    "accounts.SimulatedCharge",  # the inside of the pretended provider
    "garage.QuoteCounter",  # a number that only drafting moves
    "garage.SlotTaken",  # the quarters of the appointments: the board shows them
    "shop.InvoiceCounter",  # a number that only invoicing moves
    "shop.SearchWord",  # an index
}


def names(items: list[tuple[type[Model], Any]]) -> list[str]:
    return [model._meta.label for model, _site in items]


def inlined() -> set[type[Model]]:
    return {inline.model for _model, site in ADMINS for inline in site.inlines}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_table_is_in_the_admin(model: type[Model]) -> None:
    shown = admin.site.is_registered(model) or model in inlined() or model._meta.label in NOT_FOR_STAFF
    assert shown or issubclass(model, Announced), "register it, or show it inline"


@pytest.mark.parametrize("model,site", ADMINS, ids=names(ADMINS))
def test_lists_are_searched_and_filtered(model: type[Model], site: admin.ModelAdmin) -> None:
    assert site.search_fields, "search_fields"
    assert site.list_filter or site.date_hierarchy, "list_filter or date_hierarchy"


@pytest.mark.parametrize("model,site", ADMINS, ids=names(ADMINS))
def test_status_is_never_typed(model: type[Model], site: admin.ModelAdmin, rf: RequestFactory, admin_user: Any) -> None:
    request = rf.get("/admin/")
    request.user = admin_user
    state_fields = {"status", "state"} if issubclass(model, Stateful) or hasattr(model, "status") else {"state"}
    present = state_fields & {f.name for f in model._meta.fields}
    assert not present & set(site.list_editable)
    if present and site.has_change_permission(request):
        form = site.get_form(request, obj=model(), change=True)
        assert not present & set(form.base_fields), "make it read-only; actions call services"


@pytest.mark.parametrize("model,site", ADMINS, ids=names(ADMINS))
def test_the_list_opens(model: type[Model], site: admin.ModelAdmin, admin_user: Any) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    staff = browser(admin_user)
    assert staff.get(path).status_code == 200
    assert staff.get(path, {"q": "a"}).status_code == 200
    added = staff.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"))
    assert added.status_code in (200, 403)
