"""Page routes of all shop features."""

from django.urls import path

from shop.cart import views as cart
from shop.cart.visitors import for_visitors
from shop.catalogue import views as catalogue
from shop.orders import checkout_views, payment_views
from shop.orders import views as orders
from shop.returns import views as returns
from shop.reviews import views as reviews

app_name = "shop"
urlpatterns = [
    path("", for_visitors(catalogue.home), name="home"),
    path("boutique/", for_visitors(catalogue.CatalogueView.as_view()), name="catalogue"),
    path("boutique/<slug:slug>/", for_visitors(catalogue.CatalogueView.as_view()), name="category"),
    path("produit/<slug:slug>/", for_visitors(catalogue.product), name="product"),
    path("media/products/<path:path>", catalogue.picture, name="picture"),
    path("produit/<slug:slug>/avis/", reviews.ReviewsPage.as_view(), name="reviews"),
    path("produit/<slug:slug>/avis/<int:pk>/supprimer/", reviews.DeleteReview.as_view(), name="review_delete"),
    path("panier/", cart.cart, name="cart"),
    path("panier/ajouter/", cart.AddView.as_view(), name="cart_add"),
    path("panier/modifier/", cart.UpdateView.as_view(), name="cart_update"),
    path("panier/vider/", cart.ClearView.as_view(), name="cart_clear"),
    path("commander/", checkout_views.CheckoutView.as_view(), name="checkout"),
    path("commandes/", orders.OrderListView.as_view(), name="orders"),
    path("commandes/<int:pk>/", orders.OrderView.as_view(), name="order"),
    path("commandes/<int:pk>/payer/", payment_views.PayView.as_view(), name="order_pay"),
    path("commandes/<int:pk>/annuler/", orders.CancelView.as_view(), name="order_cancel"),
    path("commandes/<int:pk>/retours/", returns.ReturnsPage.as_view(), name="returns"),
    path("commandes/<int:pk>/facture/", orders.InvoiceView.as_view(), name="order_invoice"),
    path("commandes/<int:pk>/avoirs/<int:refund>/", orders.CreditNoteView.as_view(), name="order_credit_note"),
]
