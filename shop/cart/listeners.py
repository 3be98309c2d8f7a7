"""The browser's cart follows its owner into his account."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from shop.cart import queries, services


@receiver(user_logged_in, dispatch_uid="shop.cart.merge")
def bring_the_cart(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if request is None:
        return
    token = request.get_signed_cookie(queries.COOKIE, default="", salt=queries.COOKIE_SALT)
    if token:
        services.merge_guest_cart(actor=user, token=token)
