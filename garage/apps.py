from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GarageConfig(AppConfig):
    name = "garage"
    verbose_name = _("Garage")

    def ready(self) -> None:
        """Hear the news, load the first labour rates and rules, say what an acceptance sets going."""
        # house: allow model signals, rows of a data migration would be lost by a flush
        from django.db.models.signals import post_migrate

        from accounts.payments import subjects
        from accounts.users import personal_data
        from accounts.wallet import neighbours
        from garage.alerts import history as inspections
        from garage.alerts import listeners as _alerts
        from garage.alerts.services import load_defaults
        from garage.billing import history as bills
        from garage.billing import listeners as _billing
        from garage.billing import naming
        from garage.billing.services import SUBJECT, call_off_deposits
        from garage.clients import listeners as _clients
        from garage.clients import queries as client_files
        from garage.quotes import history as quotes
        from garage.quotes import opening
        from garage.quotes.services.law import load_quote_law
        from garage.quotes.services.rates import load_labour_rates
        from garage.vehicles import timeline
        from garage.workshop import history as repair_orders
        from garage.workshop import listeners_repairs as _repairs
        from garage.workshop.queries import repairs
        from garage.workshop.services import call_off, leave_lines, open_for_quote

        personal_data.register_section("garage", client_files.personal_section)
        personal_data.register_check(client_files.check_nothing_here)
        post_migrate.connect(load_labour_rates, sender=self, dispatch_uid="garage.labour_rates")
        post_migrate.connect(load_defaults, sender=self, dispatch_uid="garage.alert_defaults")
        post_migrate.connect(load_quote_law, sender=self, dispatch_uid="garage.quote_law")
        for feature in (quotes, repair_orders, bills, inspections):
            timeline.register(feature.of_vehicle)
        opening.register(open_for_quote)
        opening.register_odometer(repairs.odometer)
        opening.register_progress(repairs.progress)
        opening.register_leaving(leave_lines)
        opening.register_undo(call_off)
        opening.register_undo(call_off_deposits)
        subjects.register("bill", SUBJECT)
        neighbours.register_names("bill", naming.names)
        personal_data.register_section("repairs", repairs.section)
