"""Page routes of all features."""

from django.urls import path

from delivery.auctions import views as auctions
from delivery.couriers import views as couriers
from delivery.deliveries import views as deliveries
from delivery.deliveries import wizard
from delivery.tracking import views as tracking

app_name = "delivery"
urlpatterns = [
    path("livraisons/", deliveries.MyDeliveries.as_view(), name="deliveries"),
    path("livraisons/envoyer/", wizard.WizardStep.as_view(), name="delivery_new"),
    path("livraisons/envoyer/verifier/", wizard.CheckAndPublish.as_view(), {"step": "verifier"}),
    path("livraisons/envoyer/<slug:step>/", wizard.WizardStep.as_view(), name="delivery_new_step"),
    path("livraisons/<int:pk>/", auctions.DeliveryPage.as_view(), name="delivery"),
    path("livraisons/<int:pk>/annuler/", deliveries.CancelDelivery.as_view(), name="delivery_cancel"),
    path("livraisons/<int:pk>/republier/", auctions.RepostDelivery.as_view(), name="delivery_repost"),
    path("livraisons/<int:pk>/reessayer/", deliveries.ReattemptDelivery.as_view(), name="delivery_reattempt"),
    path("livraisons/<int:pk>/retour/", deliveries.ReturnDelivery.as_view(), name="delivery_return"),
    path("livraisons/<int:pk>/preuve/", deliveries.DeliveryProofPage.as_view(), name="delivery_proof"),
    path("livraisons/<int:pk>/encheres/<int:bid>/accepter/", auctions.AcceptBid.as_view(), name="bid_accept"),
    path("coursier/devenir/", couriers.ApplyAsCourier.as_view(), name="courier_apply"),
    path("coursier/offres/<int:pk>/", auctions.PlaceBid.as_view(), name="bid_place"),
    path("coursier/offres/<int:pk>/prendre/", auctions.TakeOffer.as_view(), name="offer_take"),
    path("coursier/offres/<int:pk>/encheres/<int:bid>/retirer/", auctions.WithdrawBid.as_view(), name="bid_withdraw"),
    path("coursier/", tracking.CourierHome.as_view(), name="courier"),
    path("coursier/service/", tracking.CourierShift.as_view(), name="courier_shift"),
    path("coursier/regards/", tracking.CourierWatchers.as_view(), name="courier_watchers"),
    path("coursier/veilleur.js", tracking.CourierWorker.as_view(), name="courier_worker"),
    path("coursier/livraisons/<int:pk>/", tracking.CourierDelivery.as_view(), name="courier_delivery"),
    path("coursier/livraisons/<int:pk>/collecte/", tracking.CourierPickup.as_view(), name="courier_pickup"),
    path("coursier/livraisons/<int:pk>/remise/", tracking.CourierDeliver.as_view(), name="courier_deliver"),
    path("coursier/livraisons/<int:pk>/echec/", tracking.CourierFail.as_view(), name="courier_fail"),
    path("coursier/livraisons/<int:pk>/nouvel-essai/", tracking.CourierReattempt.as_view(), name="courier_reattempt"),
    path("coursier/livraisons/<int:pk>/retour/", tracking.CourierReturn.as_view(), name="courier_return"),
    path("suivi/<str:reference>/", tracking.Follow.as_view(), name="follow"),
]
