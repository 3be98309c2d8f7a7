from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Tie the features together: roles, export, what stands against closing an account, staff groups."""
        # house: allow model signals, permissions exist only after migrate
        from django.db.models.signals import post_migrate

        import accounts.communities.listeners
        from accounts.communities import naming as community_names
        from accounts.communities import queries as communities
        from accounts.companies import queries as companies
        from accounts.payments import naming as payment_names
        from accounts.payments import payout_news, subjects
        from accounts.payments.services import topups
        from accounts.payouts import listeners as _payouts
        from accounts.payouts import naming as payout_names
        from accounts.payouts import queries as payouts
        from accounts.payouts.services import hear
        from accounts.users import personal_data, roles
        from accounts.users.services.staff import ensure_staff_groups
        from accounts.wallet import neighbours
        from accounts.wallet import queries as wallet

        subjects.register("topup", topups.SUBJECT)
        roles.register("MARCHAND", companies.is_merchant, among=companies.merchants_among)
        personal_data.register_section("companies", companies.companies_section)
        personal_data.register_section("wallet", wallet.wallet_section)
        personal_data.register_section("payouts", payouts.payouts_section)
        payout_news.register(hear)
        personal_data.register_section("communities", communities.communities_section)
        personal_data.register_check(communities.check_no_orphan)
        personal_data.register_check(companies.check_no_orphan)
        personal_data.register_check(wallet.check_empty)
        neighbours.register_names("topup", payment_names.names)
        neighbours.register_names("payout", payout_names.names)
        neighbours.register_names("community", community_names.names)
        neighbours.register_watcher(payment_names.coming)
        post_migrate.connect(ensure_staff_groups, dispatch_uid="accounts.staff_groups")
