"""Every door that lets money out asks for a step-up (accounts/users/stepup.py), and none forgets it."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from accounts.payouts.tests.factories import earn
from accounts.payouts.tests.factories import payout as a_payout
from accounts.reconciliation.tests.factories import unknown
from accounts.users.stepup import StepUpApi, StepUpPage
from config.lib.testing import browser
from config.tests.test_permissions import API_ROUTES, PAGE_ROUTES, methods_of

# Doors through which money leaves somebody's wallet for another person, a pot or the world outside.
MONEY_OUT_API = {
    "wallet/transfer", "wallet/communities/<int:pk>/contribute", "wallet/withdraw", "manager/payouts/<int:pk>/accept",
    "wallet/destinations", "wallet/destinations/<int:pk>",  # weekly payouts go there by themselves
    "manager/disagreements/<int:pk>/resolve",  # into any wallet, or out again
}
MONEY_OUT_PAGES = {
    "portefeuille/envoyer/", "communautes/<slug:slug>/cotiser/", "portefeuille/retirer/",
    "portefeuille/destinations/nouvelle/", "portefeuille/destinations/<int:pk>/",
}
# Doors near the money that write and let none out, each with the reason.
HARMLESS_API = {
    "wallet/topup": "money comes in",
    "wallet/payouts/<int:pk>/cancel": "money stays",
    "manager/payouts/<int:pk>/refuse": "money stays",
    "manager/payouts/<int:pk>/fail": "money came back",
}
HARMLESS_PAGES = {
    "portefeuille/recharger/": "money comes in",
    "portefeuille/versements/<int:pk>/annuler/": "money stays",
    "portefeuille/destinations/<int:pk>/supprimer/": "nothing goes there any more",
}
# Communities: a vote moves the pot's money, which is not the voter's; nothing else here leaves a wallet.
COMMUNITY_API = (
    "", "/accept", "/<int:pk>", "/<int:pk>/adhesions/<int:adhesion>", "/<int:pk>/close", "/<int:pk>/invite",
    "/<int:pk>/join", "/<int:pk>/leave", "/<int:pk>/members/<int:member>", "/<int:pk>/monthly", "/<int:pk>/requests",
    "/<int:pk>/requests/<int:spending>/vote", "/<int:pk>/requests/<int:spending>/withdraw",
)
COMMUNITY_PAGES = (
    "nouvelle/", "invitation/<str:token>/", "<slug:slug>/modifier/", "<slug:slug>/rejoindre/", "<slug:slug>/inviter/",
    "<slug:slug>/membres/<int:pk>/", "<slug:slug>/adhesions/<int:pk>/", "<slug:slug>/quitter/", "<slug:slug>/fermer/",
    "<slug:slug>/cotiser/arreter/", "<slug:slug>/demander/", "<slug:slug>/demandes/<int:pk>/voter/",
    "<slug:slug>/demandes/<int:pk>/retirer/",
)
HARMLESS_API |= {f"wallet/communities{path}": "no money leaves a wallet" for path in COMMUNITY_API}
HARMLESS_PAGES |= {f"communautes/{path}": "no money leaves a wallet" for path in COMMUNITY_PAGES}
NEAR_MONEY = ("wallet", "portefeuille", "cagnottes", "communautes", "manager/payouts", "manager/disagreements")
UNSAFE = {"post", "put", "patch", "delete"}


def view_of(route):
    return getattr(route.callback, "view_class", None) or getattr(route.callback, "cls", None)


@pytest.mark.parametrize(
    "routes, out, harmless, base",
    [
        (API_ROUTES, MONEY_OUT_API, HARMLESS_API, StepUpApi),
        (PAGE_ROUTES, MONEY_OUT_PAGES, HARMLESS_PAGES, StepUpPage),
    ],
)
def test_each_door_near_the_money_is_known_and_each_that_lets_it_out_asks(routes, out, harmless, base):
    writing = {path for path, route in routes.items() if UNSAFE & set(methods_of(route))}
    near = {path for path in writing if path.startswith(NEAR_MONEY)}
    assert near == out | set(harmless), "a new door: say here whether money leaves through it"
    views = {path: view_of(routes[path]) for path in writing}
    asking = {path for path, view in views.items() if isinstance(view, type) and issubclass(view, base)}
    assert asking == out


@pytest.mark.django_db
def test_the_buttons_of_the_back_office_ask_as_well(admin_user, alice):
    """A manager's open session alone lets no payout leave and settles no case."""
    payout = a_payout(earn(alice, "900"), "600")
    case = unknown()
    buttons = {
        reverse("admin:accounts_payout_accept", args=[payout.pk]): {"_form_submitted": "on"},
        reverse("admin:accounts_payout_changelist"): {
            "action": "accept_selected", ACTION_CHECKBOX_NAME: str(payout.pk)
        },
        reverse("admin:accounts_disagreement_resolve", args=[case.pk]): {"outcome": "CREDITE", "to": alice.email},
    }
    stale, fresh = Client(), browser(admin_user)
    stale.force_login(admin_user)
    for url, data in buttons.items():
        answer = stale.post(url, data)
        assert (answer.status_code, "reauthenticate" in answer.url) == (302, True), url
    payout.refresh_from_db()
    case.refresh_from_db()
    assert (payout.status, case.status) == ("A_VALIDER", "OUVERT")
    for url, data in buttons.items():
        assert "reauthenticate" not in fresh.post(url, data).url, url
    payout.refresh_from_db()
    case.refresh_from_db()
    assert (payout.status, case.status) == ("PRET", "RESOLU")
