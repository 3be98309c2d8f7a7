"""Admin of carts: looked at, to help somebody on the phone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from config.lib.admin import ReadOnlyAdmin
from shop.cart.models import Cart, CartLine


class LineInline(TabularInline):
    model = CartLine
    fields = readonly_fields = ["product", "quantity"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    list_display = ["id", "user", "status", "created_at", "updated_at"]
    list_filter = ["status", "updated_at"]
    search_fields = ["user__email", "lines__product__name"]
    list_select_related = ["user"]
    inlines = [LineInline]
