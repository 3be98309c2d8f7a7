"""Page routes of all shop features."""

from django.urls import path

from shop.cart import views as cart
from shop.catalogue import views as catalogue

app_name = "shop"
urlpatterns = [
    path("", catalogue.home, name="home"),
    path("boutique/", catalogue.CatalogueView.as_view(), name="catalogue"),
    path("boutique/<slug:slug>/", catalogue.CatalogueView.as_view(), name="category"),
    path("produit/<slug:slug>/", catalogue.product, name="product"),
    path("media/products/<path:path>", catalogue.picture, name="picture"),
    path("panier/", cart.cart, name="cart"),
    path("panier/ajouter/", cart.AddView.as_view(), name="cart_add"),
    path("panier/modifier/", cart.UpdateView.as_view(), name="cart_update"),
    path("panier/vider/", cart.ClearView.as_view(), name="cart_clear"),
]
