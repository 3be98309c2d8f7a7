"""REST routes of all shop features, under /api."""

from django.urls import path

from shop.cart import api as cart
from shop.catalogue import api as catalogue

urlpatterns = [
    path("catalog/products", catalogue.ProductListView.as_view(), name="api-products"),
    path("catalog/products/<int:pk>", catalogue.ProductView.as_view(), name="api-product"),
    path("catalog/categories", catalogue.CategoryListView.as_view(), name="api-categories"),
    path("cart", cart.CartView.as_view(), name="api-cart"),
    path("cart/add", cart.CartAddView.as_view(), name="api-cart-add"),
    path("cart/remove", cart.CartRemoveView.as_view(), name="api-cart-remove"),
    path("cart/clear", cart.CartClearView.as_view(), name="api-cart-clear"),
]
