"""Page doors of the catalogue: home, list, one product, pictures."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from django.views.static import serve

from config.lib.errors import NotFound
from shop.catalogue import queries
from shop.catalogue.forms import ORDERINGS, CatalogueForm
from shop.catalogue.queries import Filter

PER_PAGE = 20
MADE_BY_US = re.compile(r"\d+/[\w-]+\.webp")  # what catalogue.services.make_image_sizes writes
ON_HOME = 10
BESIDE = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    newest = queries.product_page(Filter(in_stock=True, ordering="newest"), size=ON_HOME)
    return render(
        request, "shop/catalogue/home.html", {"categories": queries.categories_with_picture(), "rows": newest.rows}
    )


def page_number(request: HttpRequest) -> int:
    """The page asked for; the first one when that cannot be read."""
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _without(request: HttpRequest, *names: str) -> str:
    """The present query, less some of its parameters, ready to follow a path."""
    query = request.GET.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    for name in [name for name, value in query.items() if not value]:
        query.pop(name)
    return f"?{query.urlencode()}" if query else ""


@method_decorator(require_safe, name="dispatch")
class CatalogueView(TemplateView):
    """All products, or those of a category; searched, filtered, sorted and paged by the query string alone."""

    template_name = "shop/catalogue/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if slug := request.GET.get("category"):  # the words of the API work here too
            try:
                shelf = reverse("shop:category", args=[slug])
            except NoReverseMatch:
                raise NotFound from None
            return HttpResponseRedirect(shelf + _without(request, "category"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slug = self.kwargs.get("slug", "")
        category = queries.get_category(slug) if slug else None
        form = CatalogueForm(self.request.GET, auto_id="filter-%s")
        wanted = form.wanted(slug)
        page = queries.product_page(wanted, page=page_number(self.request), size=PER_PAGE)
        here = reverse("shop:category", args=[slug]) if slug else reverse("shop:catalogue")
        everything = reverse("shop:catalogue")
        facets = queries.facets(wanted)
        rest = _without(self.request)
        return super().get_context_data(
            **kwargs,
            category=category,
            form=form,
            wanted=wanted,
            result=page,
            pages=max(1, -(-page.count // PER_PAGE)),
            in_stock_count=queries.in_stock_count(wanted),
            facets=[
                {**row, "url": reverse("shop:category", args=[row["slug"]]) + rest, "current": row["slug"] == slug}
                for row in facets
            ],
            all_count=sum(row["count"] for row in facets),
            all_url=everything + rest,
            orderings=ORDERINGS,
            here=here,
            chips=self._chips(wanted, here),
            reset_url=everything,
            add_url=reverse("shop:cart_add"),
        )

    def _chips(self, wanted: Filter, here: str) -> list[dict[str, Any]]:
        """What narrows the list now, each with the address of the list without it."""
        set_ = {
            "search": wanted.search, "min_price": wanted.min_price, "max_price": wanted.max_price,
            "in_stock": wanted.in_stock,
        }
        return [
            {"name": name, "value": value, "url": here + _without(self.request, name)}
            for name, value in set_.items()
            if value not in ("", None)
        ]


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    row = queries.product_row(slug=slug)
    shelf = Filter(category=row["category__slug"], in_stock=True, ordering="newest")
    others = queries.product_page(shelf, size=BESIDE + 1)
    return render(
        request,
        "shop/catalogue/product.html",
        {
            "product": row,
            "pictures": row["pictures"],
            "others": [other for other in others.rows if other["id"] != row["id"]][:BESIDE],
            "add_url": reverse("shop:cart_add"),
        },
    )


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A product picture in one of its sizes. The originals, and other uploads, are not public."""
    if not MADE_BY_US.fullmatch(path):
        raise NotFound
    response = serve(request, path, document_root=Path(settings.MEDIA_ROOT) / "products")
    response["Cache-Control"] = "public, max-age=604800"
    return response
