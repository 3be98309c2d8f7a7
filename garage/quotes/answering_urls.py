"""Page routes of a quote that is sent, read and answered."""

from typing import Any

from django.urls import path

from garage.quotes.views import answering, sending, withdrawing
from garage.quotes.views.doors import AtCounter, ByAccount, ByLink, Door

LINK, MINE, COUNTER = "devis/<str:key>/", "garage/mes-devis/<int:key>/", "garage/devis/<int:key>/comptoir/"


def _door(start: str, name: str, door: type[Door]) -> list[Any]:
    """The pages of one door: read, papers, questions, decline."""
    return [
        path(start, answering.ReadPage.as_view(door_class=door), name=name),
        path(f"{start}pdf/<slug:kind>/", answering.PaperPage.as_view(door_class=door), name=f"{name}_pdf"),
        path(f"{start}refuser/", answering.RefusePage.as_view(door_class=door), name=f"{name}_refuse"),
        path(f"{start}reponse/<slug:step>/", answering.StepPage.as_view(door_class=door), name=f"{name}_step"),
    ]


routes: list[Any] = [
    *_door(LINK, "quote_public", ByLink),
    path(f"{LINK}code/", answering.CodeButton.as_view(), name="quote_public_code"),
    path(f"{LINK}retractation/", withdrawing.WithdrawPage.as_view(), name="quote_public_withdraw"),
    path("garage/mes-devis/", answering.MyQuotesPage.as_view(), name="quotes_mine"),
    *_door(MINE, "quote_mine", ByAccount),
    path(f"{MINE}retractation/", withdrawing.WithdrawPage.as_view(door_class=ByAccount), name="quote_mine_withdraw"),
    *_door(COUNTER, "quote_counter", AtCounter),
    path("garage/devis/<int:pk>/apercu/", sending.PreviewPage.as_view(), name="quote_preview"),
    path("garage/devis/<int:pk>/envoyer/", sending.SendPage.as_view(), name="quote_send"),
]
