"""Index of the features' admin pages; signing in goes through the same door as everywhere, second factor included."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.companies import admin as companies
from accounts.payments import admin as payments
from accounts.users import admin as users
from accounts.wallet import admin as wallet

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

__all__ = ["companies", "payments", "users", "wallet"]
