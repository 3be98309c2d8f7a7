"""REST routes of all features, without trailing slash (config.lib.api cuts it)."""

from django.urls import path

from delivery.auctions import api as auctions
from delivery.couriers import api as couriers
from delivery.deliveries import api as deliveries
from delivery.places import api as places
from delivery.tracking import api as tracking

urlpatterns = [
    path("places/search", places.PlaceSearch.as_view()),
    path("users/me/courier", couriers.MyCourier.as_view()),
    path("tracking/shift", couriers.MyShift.as_view()),
    path("manager/couriers", couriers.ManagedCouriers.as_view()),
    path("manager/couriers/<int:pk>", couriers.ManagedCourier.as_view()),
    path("manager/couriers/<int:pk>/approve", couriers.ApproveCourier.as_view()),
    path("manager/couriers/<int:pk>/suspend", couriers.SuspendCourier.as_view()),
    path("deliveries/estimate", deliveries.EstimateDelivery.as_view()),
    path("deliveries/open", auctions.OpenDeliveries.as_view()),
    path("deliveries", deliveries.Deliveries.as_view()),
    path("deliveries/<int:pk>", deliveries.DeliveryDetail.as_view()),
    path("deliveries/<int:pk>/bids", auctions.Bids.as_view()),
    path("deliveries/<int:pk>/bids/<int:bid>", auctions.OneBid.as_view()),
    path("deliveries/<int:pk>/bids/<int:bid>/accept", auctions.AcceptBid.as_view()),
    path("deliveries/<int:pk>/accept", auctions.TakeFixedPrice.as_view()),
    path("deliveries/<int:pk>/repost", auctions.Repost.as_view()),
    path("deliveries/<int:pk>/pickup", deliveries.Pickup.as_view()),
    path("deliveries/<int:pk>/deliver", deliveries.Deliver.as_view()),
    path("deliveries/<int:pk>/fail", deliveries.Fail.as_view()),
    path("deliveries/<int:pk>/reattempt", deliveries.Reattempt.as_view()),
    path("deliveries/<int:pk>/return", deliveries.Return.as_view()),
    path("deliveries/<int:pk>/cancel", deliveries.Cancel.as_view()),
    path("deliveries/<int:pk>/proof", deliveries.Proof.as_view()),
    path("tracking/positions", tracking.Positions.as_view()),
    path("tracking/deliveries/<int:pk>", tracking.Tracking.as_view()),
    path("tracking/deliveries/<int:pk>/trail", tracking.Trail.as_view()),
    path("tracking/watchers", tracking.Watchers.as_view()),
]
