"""REST routes of all shop features, under /api."""

from django.urls import path

from shop.cart import api as cart
from shop.catalogue import admin_api as catalogue_staff
from shop.catalogue import api as catalogue
from shop.orders import admin_api as orders_staff
from shop.orders import api as orders
from shop.returns import api as returns
from shop.reviews import api as reviews

urlpatterns = [
    path("catalog/products", catalogue.ProductListView.as_view(), name="api-products"),
    path("catalog/products/<int:pk>", catalogue.ProductView.as_view(), name="api-product"),
    path("catalog/products/<int:pk>/reviews", reviews.ProductReviewsView.as_view(), name="api-product-reviews"),
    path("catalog/reviews/<int:pk>", reviews.ReviewView.as_view(), name="api-review"),
    path("catalog/categories", catalogue.CategoryListView.as_view(), name="api-categories"),
    path("cart", cart.CartView.as_view(), name="api-cart"),
    path("cart/add", cart.CartAddView.as_view(), name="api-cart-add"),
    path("cart/remove", cart.CartRemoveView.as_view(), name="api-cart-remove"),
    path("cart/clear", cart.CartClearView.as_view(), name="api-cart-clear"),
    path("orders", orders.OrderListView.as_view(), name="api-orders"),
    path("orders/checkout", orders.CheckoutView.as_view(), name="api-checkout"),
    path("orders/pay", orders.PayView.as_view(), name="api-pay"),
    path("orders/cancel", orders.CancelView.as_view(), name="api-cancel"),
    path("orders/<int:pk>", orders.OrderView.as_view(), name="api-order"),
    path("orders/<int:pk>/invoice", orders.InvoiceView.as_view(), name="api-invoice"),
    path("orders/<int:pk>/refunds/<int:refund>/credit-note", orders.CreditNoteView.as_view(), name="api-credit-note"),
    path("orders/<int:pk>/returns", returns.ReturnsView.as_view(), name="api-returns"),
    path("orders/<int:pk>/returns/photos/<int:photo>", returns.ReturnPhotoView.as_view(), name="api-return-photo"),
    path("admin/orders", orders_staff.AdminOrderListView.as_view(), name="api-admin-orders"),
    path("admin/orders/validate", orders_staff.AdminValidateView.as_view(), name="api-admin-validate"),
    path("admin/orders/ship", orders_staff.AdminShipView.as_view(), name="api-admin-ship"),
    path("admin/orders/deliver", orders_staff.AdminDeliverView.as_view(), name="api-admin-deliver"),
    path("admin/orders/refund", orders_staff.AdminRefundView.as_view(), name="api-admin-refund"),
    path("admin/products", catalogue_staff.AdminProductsView.as_view(), name="api-admin-products"),
    path("admin/products/stock", catalogue_staff.AdminStockView.as_view(), name="api-admin-stock"),
]
