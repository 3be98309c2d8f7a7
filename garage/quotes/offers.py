"""What a quote may offer, as it stands today: labour rates in force, packages. Reads only."""

from datetime import date

from django.db.models import QuerySet

from garage.quotes.models import LabourRate, Package
from shop.invoices.queries import in_force


def rates_in_force(day: date | None = None) -> list[LabourRate]:
    """The hourly rates on display on a day (today), at most one a skill, in the order of the skills."""
    return list(in_force(LabourRate.objects.order_by("skill"), day))


def packages_in_use() -> QuerySet[Package]:
    """With their lines and the products in them."""
    return Package.objects.filter(is_active=True).prefetch_related("lines__product")
