"""Page routes of all shop features."""

from django.urls import path

from shop.catalogue import views as catalogue

app_name = "shop"
urlpatterns = [
    path("media/products/<path:path>", catalogue.picture, name="picture"),
]
