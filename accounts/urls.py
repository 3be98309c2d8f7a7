from django.urls import path

from accounts.payments import views as payments
from accounts.users import views as users
from accounts.wallet import views as wallet

app_name = "accounts"
urlpatterns = [
    path("compte/", users.ProfileView.as_view(), name="profile"),
    path("compte/adresses/", users.AddressesView.as_view(), name="addresses"),
    path("compte/adresses/nouvelle/", users.AddressEditView.as_view(), name="address_new"),
    path("compte/adresses/<int:pk>/", users.AddressEditView.as_view(), name="address_edit"),
    path("compte/adresses/<int:pk>/supprimer/", users.AddressDeleteView.as_view(), name="address_delete"),
    path("compte/appareils/", users.DevicesView.as_view(), name="sessions"),
    path("compte/appareils/tous/", users.DevicesEndAllView.as_view(), name="sessions_end_all"),
    path("compte/appareils/<str:device_id>/", users.DeviceEndView.as_view(), name="session_end"),
    path("compte/mes-donnees/", users.ExportView.as_view(), name="export"),
    path("compte/fermer/", users.CloseAccountView.as_view(), name="close_account"),
    path("portefeuille/", wallet.WalletView.as_view(), name="wallet"),
    path("portefeuille/recharger/", payments.TopUpView.as_view(), name="wallet_topup"),
    path("portefeuille/envoyer/", wallet.TransferView.as_view(), name="wallet_transfer"),
]
