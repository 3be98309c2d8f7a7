from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    verbose_name = _("Support")

    def ready(self) -> None:
        """Import the features' listeners."""
        from support.notifications import bill_listeners as bills
        from support.notifications import community_listeners as communities
        from support.notifications import disagreement_listeners as disagreements
        from support.notifications import garage_listeners as garage
        from support.notifications import listeners as notifications
        from support.notifications import payout_listeners as payouts
        from support.notifications import workshop_listeners as workshop
        from support.threads import listeners as threads
