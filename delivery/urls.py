from django.urls import path

from delivery.tracking import views as tracking

app_name = "delivery"
urlpatterns: list = [
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
