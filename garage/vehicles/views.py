"""Page /garage/: my vehicles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from config.lib.pages import LoginRequired, paginate
from garage.vehicles import queries


class VehiclesPage(LoginRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "garage/vehicles/list.html", {"page": paginate(request, queries.mine(request.user))})
