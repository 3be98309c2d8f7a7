"""What the catalogue is compared with: the same rows by the same query, shown by as little Django as there is.

Same process, same middleware, same connection. The API's floor dumps the rows as they come; the page's floor is one
template without base, translation, form or filter, which prints every field that the page's list prints.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines

from shop.catalogue.models import Product
from shop.catalogue.queries import ROW

BARE = """<!doctype html><title>Shop</title><ul>
{% for row in rows %}<li>
{% with picture=row.pictures.0 %}<img src="{{ picture.url }}" alt=""
srcset="{{ picture.sizes.320 }} 320w, {{ picture.sizes.640 }} 640w">{% endwith %}
<h3><a href="{% url "shop:product" row.slug %}">{{ row.name }}</a></h3>
<p>{% if row.stock %}{{ row.stock }} left{% else %}none{% endif %}</p> <span>{{ row.price }} €</span>
<form method="post" action="{% url "shop:cart_add" %}">
<input type="hidden" name="product_id" value="{{ row.id }}"><button>{{ row.name }}</button></form>
</li>{% endfor %}</ul>"""


TEMPLATE = engines["django"].from_string(BARE)


def rows() -> list[dict]:
    return list(Product.objects.filter(is_active=True).order_by("name", "id").values(*ROW)[:20])


def api(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"results": rows()})


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEMPLATE.render({"rows": rows()}, request))


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")
