"""The three ways in which a person stands before a quote to read and answer it: by his signed link, in his own account,
at the counter with somebody of the garage. One set of pages serves them all."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.lib.actors import SYSTEM, Actor
from config.lib.errors import NotFound
from garage.quotes import queries
from garage.quotes.models import Acceptance, Quote, QuoteLine

DRAFT = "quote_answer"


class Door:
    """A quote, who stands before it and where his pages are. `answer` is what he has said so far: it waits in the
    session, and nothing is written before the last question."""

    channel: str
    name: str
    needs_login = True

    def __init__(self, request: HttpRequest, key: Any):
        self.request, self.key = request, key
        self.quote = self.find()
        prefetch_related_objects([self.quote], Prefetch("lines", QuoteLine.objects.order_by("position", "pk")))

    def find(self) -> Quote:
        """The quote with the right to answer it. NotFound, Forbidden."""
        raise NotImplementedError

    @property
    def actor(self) -> Actor:
        return self.request.user  # type: ignore[return-value]

    @property
    def at_counter(self) -> bool:
        return self.channel == Acceptance.Channel.COMPTOIR

    def url(self, page: str = "", *args: Any) -> str:
        """The address of one of its pages: "", "step", "code", "pdf", "refuse", "withdraw"."""
        return reverse(f"garage:{self.name}{'_' if page else ''}{page}", args=[self.key, *args])

    @property
    def answer(self) -> dict[str, Any]:
        """The answers so far, to this version alone."""
        about = f"{self.quote.pk}.{self.quote.version}.{self.channel}"
        known = self.request.session.get(DRAFT)
        if not known or known.get("about") != about:
            known = self.request.session[DRAFT] = {"about": about}
        return known

    def keep(self, **answers: Any) -> None:
        self.answer.update(answers)
        self.request.session.modified = True

    def forget(self) -> None:
        self.request.session.pop(DRAFT, None)


class Replaced(Exception):
    """A link to a version that another has taken the place of."""


class ByLink(Door):
    channel = Acceptance.Channel.LIEN
    name = "quote_public"
    needs_login = False

    def find(self) -> Quote:
        quote = queries.quote_for_token(self.key)
        if quote is None:
            if queries.was_replaced(self.key):
                raise Replaced
            raise NotFound
        return quote

    @property
    def actor(self) -> Actor:
        return SYSTEM


class ByAccount(Door):
    channel = Acceptance.Channel.COMPTE
    name = "quote_mine"

    def find(self) -> Quote:
        quote = queries.mine(self.request.user).filter(pk=self.key).first()
        if quote is None:
            raise NotFound
        return quote


class AtCounter(Door):
    channel = Acceptance.Channel.COMPTOIR
    name = "quote_counter"

    def find(self) -> Quote:
        return queries.get_for(self.request.user, self.key, "write")


class AtDoor:
    """For views: opens the door named by `door_class`, and keeps its pages out of caches, indexes and referrers."""

    door_class: type[Door] = ByLink
    door: Door

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.door_class.needs_login and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            self.door = self.door_class(request, kwargs["key"])
        except Replaced:
            return _private(render(request, "garage/quotes/replaced.html", status=410))
        return _private(super().dispatch(request, *args, **kwargs))  # type: ignore[misc]


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "same-origin"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
