"""Admin of the garage's clients."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from garage.clients import services
from garage.clients.models import Client, Contact


class ContactInline(TabularInline):
    model = Contact
    extra = 0


@admin.register(Client)
class ClientAdmin(ModelAdmin):
    list_display = ["name", "kind", "email", "phone", "city", "user", "company"]
    list_filter = ["kind", "city"]
    search_fields = ["name", "email", "phone", "city", "vehicles__plate"]
    list_select_related = ["user", "company"]
    autocomplete_fields = ["user", "company"]
    inlines = [ContactInline]

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            services.update_client(actor=request.user, client_id=obj.pk, **form.cleaned_data)
        else:
            obj.pk = services.create_client(actor=request.user, **form.cleaned_data).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
