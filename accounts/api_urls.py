from django.urls import path

from accounts.companies import api as companies
from accounts.payments import api as payments
from accounts.users import api as users
from accounts.wallet import api as wallet

urlpatterns = [
    path("auth/register", users.RegisterView.as_view()),
    path("auth/login", users.LoginView.as_view()),
    path("auth/logout", users.LogoutView.as_view()),
    path("auth/logout-v2", users.LogoutView.as_view()),
    path("auth/logout-all", users.LogoutAllView.as_view()),
    path("auth/profile", users.ProfileView.as_view()),
    path("auth/sessions", users.DevicesView.as_view()),
    path("auth/sessions/<str:device_id>", users.DeviceView.as_view()),
    path("auth/password/forgot", users.ForgotView.as_view()),
    path("auth/password/reset", users.ResetView.as_view()),
    path("auth/password/change", users.ChangeView.as_view()),
    path("users", users.UsersView.as_view()),
    path("users/me", users.MeView.as_view()),
    path("users/me/export", users.ExportView.as_view()),
    path("users/me/addresses", users.AddressesView.as_view()),
    path("users/me/addresses/<int:pk>", users.AddressView.as_view()),
    path("users/<int:pk>", users.UserView.as_view()),
    path("companies", companies.CompaniesView.as_view()),
    path("companies/<int:pk>", companies.CompanyView.as_view()),
    path("companies/<int:pk>/members", companies.MembersView.as_view()),
    path("companies/<int:pk>/members/<int:member_id>", companies.MemberView.as_view()),
    path("wallet", wallet.WalletView.as_view()),
    path("wallet/transactions", wallet.StatementView.as_view()),
    path("wallet/topup", payments.TopUpView.as_view()),
    path("wallet/transfer", wallet.TransferView.as_view()),
    path("payments/webhooks/<str:provider>", payments.WebhookView.as_view()),
]
