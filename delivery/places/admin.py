from django.contrib import admin
from unfold.admin import ModelAdmin

from delivery.places.models import AddressPoint, Zone


@admin.register(AddressPoint)
class AddressPointAdmin(ModelAdmin):
    """Read only: addresses come from import_addresses."""

    list_display = ["__str__", "position", "source", "updated_on"]
    list_filter = ["city", "position"]
    search_fields = ["search", "street", "key"]
    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Zone)
class ZoneAdmin(ModelAdmin):
    list_display = ["name", "radius_m", "surcharge", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
