from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Tie the features together: roles, export, what stands against closing an account, staff groups."""
        # house: allow model signals, permissions exist only after migrate
        from django.db.models.signals import post_migrate

        from accounts.companies import queries as companies
        from accounts.users import personal_data, roles
        from accounts.users.services.staff import ensure_staff_groups
        from accounts.wallet import queries as wallet

        roles.register("MARCHAND", companies.is_merchant, among=companies.merchants_among)
        personal_data.register_section("companies", companies.companies_section)
        personal_data.register_section("wallet", wallet.wallet_section)
        personal_data.register_check(companies.check_no_orphan)
        personal_data.register_check(wallet.check_empty)
        post_migrate.connect(ensure_staff_groups, dispatch_uid="accounts.staff_groups")
