"""Figures across the apps for staff: GET /api/admin/stats."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users.models import User
from config.lib.api import Money
from shop.catalogue import queries as catalogue
from shop.catalogue.admin_api import StaffView
from shop.orders import queries as orders
from support.threads.models import Status, Thread


class OrderStatsOut(serializers.Serializer):
    total = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())


class ProductStatsOut(serializers.Serializer):
    total = serializers.IntegerField()
    out_of_stock = serializers.IntegerField()


class ThreadStatsOut(serializers.Serializer):
    open = serializers.IntegerField()


class StatsOut(serializers.Serializer):
    orders = OrderStatsOut()
    revenue = Money(help_text=_("paid orders less refunds, incl. VAT"))
    products = ProductStatsOut()
    users = serializers.IntegerField()
    threads = ThreadStatsOut()


class AdminStatsView(StaffView):
    @extend_schema(operation_id="admin_stats", responses=StatsOut)
    def get(self, request: Request) -> Response:
        """Orders by status, revenue, products, users, open threads."""
        stats = orders.stats()
        data = {
            "orders": {"total": stats.total, "by_status": stats.by_status},
            "revenue": stats.revenue,
            "products": catalogue.counts(),
            "users": User.objects.filter(is_active=True).count(),
            "threads": {"open": Thread.objects.exclude(status=Status.FERME).count()},
        }
        return Response(StatsOut(data).data)
