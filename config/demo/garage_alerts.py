"""Alerts in the demo: one at each level, one put off, and a scooter whose service is due by its kilometres."""

from datetime import timedelta

from django.utils import timezone

from config.demo.people import Cast
from garage.alerts import services
from garage.alerts.models import Alert, AlertKind, MaintenanceItem
from garage.quotes.models import Package
from garage.vehicles import services as vehicles
from garage.vehicles.models import Vehicle

# plate → days until its inspection, days until the end of its insurance
DUE = {"AB-123-CD": (6, 25), "GH-784-KL": (-4, None), "BX-215-ZN": (160, 12), "FG-456-HJ": (90, 200)}
COVERED = {"VIDANGE": ("VIDANGE-VP", "VIDANGE-VU")}  # package → maintenance that it covers
SCOOTER, ITEM = "FG-456-HJ", "REVISION-2R"
SERVICED_AGO, SERVICED_KM = 190, 18_800


def alerts(cast: Cast) -> None:
    today = timezone.localdate()
    for code, items in COVERED.items():
        for item in MaintenanceItem.objects.filter(code__in=items):
            services.save_rules(
                actor=cast.admin, model=MaintenanceItem, pk=item.pk,
                values={
                    "every_months": item.every_months, "every_km": item.every_km,
                    "packages": Package.objects.filter(code=code),
                },
            )
    for plate, (inspection, insurance) in DUE.items():
        vehicles.update_vehicle(
            actor=cast.admin, vehicle_id=Vehicle.objects.get(plate=plate).pk,
            inspection_due=today + timedelta(inspection),
            insurance_until=None if insurance is None else today + timedelta(insurance),
        )
    services.compute_all()
    services.compute_quotes()
    service = Alert.objects.get(vehicle__plate=SCOOTER, item__code=ITEM, done_at=None)
    services.settle(
        actor=cast.admin, alert_id=service.pk, on=today - timedelta(SERVICED_AGO), km=SERVICED_KM
    )
    put_off = Alert.objects.get(kind=AlertKind.ASSURANCE, vehicle__plate="BX-215-ZN", done_at=None)
    services.snooze(actor=cast.admin, alert_id=put_off.pk, until=today + timedelta(7))
