"""The staff groups and what each may see and change in the admin."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

APPS_OF_GROUP = {
    "Boutique": ("shop",),
    "Mecanicien": ("garage",),
    "Support": ("support",),
    "Gestionnaire": ("accounts", "delivery", "shop", "garage", "support"),
}
# A shop clerk looks up the customer and the delivery behind an order; a mechanic takes parts; support sees all.
LOOKS_AT = {
    "Boutique": ("accounts", "delivery"),
    "Mecanicien": ("accounts", "shop"),
    "Support": ("accounts", "delivery", "shop", "garage"),
    "Gestionnaire": (),
}


def ensure_staff_groups(*, sender: Any = None, **kwargs: Any) -> None:
    """Give the groups the permissions of the app `sender` (an AppConfig); nothing is taken away."""
    label = getattr(sender, "label", "")
    for name, labels in APPS_OF_GROUP.items():
        group = Group.objects.get_or_create(name=name)[0]
        rights = Q()
        if label in labels:
            rights = Q(content_type__app_label=label)
        elif label in LOOKS_AT[name]:
            rights = Q(content_type__app_label=label, codename__startswith="view_")
        if rights:
            group.permissions.add(*Permission.objects.filter(rights))
