from django.urls import path

from accounts.communities import money_views as pots
from accounts.communities import views as communities
from accounts.payments import views as payments
from accounts.payouts import views as payouts
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
    path("portefeuille/releve.csv", wallet.StatementCsvView.as_view(), name="wallet_csv"),
    path("portefeuille/releves/", wallet.StatementsView.as_view(), name="wallet_statements"),
    path("portefeuille/releves/<str:month>/", wallet.StatementPdfView.as_view(), name="wallet_statement"),
    path("portefeuille/recharger/", payments.TopUpView.as_view(), name="wallet_topup"),
    path("paiements/<int:pk>/", payments.PaymentView.as_view(), name="payment"),
    path("paiements/<int:pk>/abandonner/", payments.AbandonView.as_view(), name="payment_abandon"),
    path("paiement/simulation/<str:ref>/", payments.SimulatedBankView.as_view(), name="simulated_bank"),
    path("portefeuille/envoyer/", wallet.TransferView.as_view(), name="wallet_transfer"),
    path("communautes/", communities.CommunitiesView.as_view(), name="communities"),
    path("communautes/nouvelle/", communities.CreateView.as_view(), name="community_new"),
    path(
        "communautes/invitation/<str:token>/", communities.InvitationView.as_view(), name="community_invitation"
    ),
    path("communautes/<slug:slug>/", communities.CommunityPage.as_view(), name="community"),
    path("communautes/<slug:slug>/livre/", communities.BooksView.as_view(), name="community_books"),
    path("communautes/<slug:slug>/modifier/", communities.EditView.as_view(), name="community_edit"),
    path("communautes/<slug:slug>/rejoindre/", communities.JoinView.as_view(), name="community_join"),
    path("communautes/<slug:slug>/inviter/", communities.InviteView.as_view(), name="community_invite"),
    path("communautes/<slug:slug>/membres/", communities.MembersView.as_view(), name="community_members"),
    path("communautes/<slug:slug>/membres/<int:pk>/", communities.RoleView.as_view(), name="community_role"),
    path("communautes/<slug:slug>/adhesions/<int:pk>/", communities.AnswerView.as_view(), name="community_answer"),
    path("communautes/<slug:slug>/quitter/", communities.LeaveView.as_view(), name="community_leave"),
    path("communautes/<slug:slug>/fermer/", communities.CloseView.as_view(), name="community_close"),
    path("communautes/<slug:slug>/cotiser/", pots.ContributeView.as_view(), name="community_contribute"),
    path("communautes/<slug:slug>/cotiser/arreter/", pots.StopMonthlyView.as_view(), name="community_monthly_stop"),
    path("communautes/<slug:slug>/demander/", pots.AskView.as_view(), name="community_ask"),
    path("communautes/<slug:slug>/demandes/", pots.RequestsView.as_view(), name="community_requests"),
    path("communautes/<slug:slug>/demandes/<int:pk>/", pots.RequestView.as_view(), name="community_request"),
    path("communautes/<slug:slug>/demandes/<int:pk>/voter/", pots.VoteView.as_view(), name="community_vote"),
    path("communautes/<slug:slug>/demandes/<int:pk>/retirer/", pots.WithdrawView.as_view(), name="community_withdraw"),
    path("portefeuille/retirer/", payouts.WithdrawView.as_view(), name="withdraw"),
    path("portefeuille/versements/", payouts.PayoutsView.as_view(), name="payouts"),
    path("portefeuille/versements/<int:pk>/", payouts.PayoutView.as_view(), name="payout"),
    path("portefeuille/versements/<int:pk>/annuler/", payouts.CancelView.as_view(), name="payout_cancel"),
    path("portefeuille/destinations/", payouts.DestinationsView.as_view(), name="destinations"),
    path("portefeuille/destinations/nouvelle/", payouts.DestinationNewView.as_view(), name="destination_new"),
    path("portefeuille/destinations/<int:pk>/", payouts.DestinationChangeView.as_view(), name="destination_change"),
    path(
        "portefeuille/destinations/<int:pk>/supprimer/", payouts.DestinationRemoveView.as_view(),
        name="destination_remove",
    ),
]
