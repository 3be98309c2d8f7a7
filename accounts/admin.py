"""Index of the features' admin pages; signing in goes through the same door as everywhere, second factor included."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.communities import admin as communities
from accounts.companies import admin as companies
from accounts.payments import admin as payments
from accounts.payouts import admin as payouts
from accounts.reconciliation import admin as reconciliation
from accounts.users import admin as users
from accounts.wallet import admin as wallet
from accounts.wallet.accounting import admin as accounting

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

__all__ = ["accounting", "communities", "companies", "payments", "payouts", "reconciliation", "users", "wallet"]
