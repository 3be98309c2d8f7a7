"""What pages show of products. `{% load catalogue %}`."""

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
# A card says the same to everybody but for the form's token and the page to come back to: it is drawn once for each
# state of the product, with these words in their place. Drawing twenty cards is half the cost of a list.
TOKEN, BACK = "@form-token@", "@back@"
FEW = 5
LIMIT = 5000
_drawn: dict[tuple, str] = {}


def _card(row: Any, add_url: str, lazy: bool) -> str:
    picture = row["pictures"][0] if row["pictures"] else None
    shown_stock = min(row["stock"], FEW + 1)
    key = (
        row["id"], row["slug"], row["name"], row["price"], shown_stock, picture and picture["url"], add_url, lazy,
        get_language(),
    )
    card = _drawn.get(key)
    if card is None:
        card = get_template("shop/catalogue/_card.html").render(
            {"row": row, "picture": picture, "add_url": add_url, "lazy": lazy, "few": FEW, "token": TOKEN, "back": BACK}
        )
        if len(_drawn) >= LIMIT:
            _drawn.clear()
        _drawn[key] = card
    return card


@register.simple_tag(takes_context=True)
def product_cards(context: Context, rows: Any, add_url: str, eager: int = 4) -> SafeString:
    """The cards of `rows` (shop.catalogue.queries.ROW); the first `eager` pictures load at once."""
    request = context["request"]
    cards = "".join(_card(row, add_url, lazy=number >= eager) for number, row in enumerate(rows))
    # Nothing of a person goes in unescaped: the token is letters and digits, the path is escaped here.
    own = cards.replace(TOKEN, get_token(request)).replace(BACK, escape(request.get_full_path()))
    return mark_safe(own)
