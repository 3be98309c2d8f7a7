"""Who may do what, route by route. test_permissions.py walks every route of the product along this table.

    PUBLIC   anybody, a visitor included
    PERSON   whoever is signed in, about himself: the route carries no id
    OWNER    the owner of the thing named in the route; a stranger learns nothing (404)
    STAFF    the shop's people; customers are refused (403)
    COURIER  approved couriers; customers are refused (403)

`args` fills the route with Alice's things (the world of test_permissions.py); `body` is a body that would be right,
so that a refusal is about the right and not about the form.
"""

from dataclasses import dataclass, field
from typing import Any

PUBLIC, PERSON, OWNER, STAFF, COURIER = "public", "person", "owner", "staff", "courier"


@dataclass(frozen=True)
class Right:
    who: str
    args: dict[str, str] = field(default_factory=dict)  # argument of the route → thing of the world
    body: dict[str, Any] = field(default_factory=dict)
    body_ids: dict[str, str] = field(default_factory=dict)  # field of the body → thing of the world
    query: str = ""


def public(**kwargs: Any) -> Right:
    return Right(PUBLIC, **kwargs)


def person(**kwargs: Any) -> Right:
    return Right(PERSON, **kwargs)


def owner(body: dict[str, Any] | None = None, body_ids: dict[str, str] | None = None, **args: str) -> Right:
    return Right(OWNER, args, body or {}, body_ids or {})


def staff(body_ids: dict[str, str] | None = None, **args: str) -> Right:
    return Right(STAFF, args, {}, body_ids or {})


def courier(**kwargs: Any) -> Right:
    return Right(COURIER, **kwargs)


POINT = {"seq": 1, "lat": 48.86, "lon": 2.37, "recorded_at": "2026-01-01T00:00:00Z"}
ADDRESS = {"recipient": "X", "line1": "1 rue X", "postal_code": "75011", "city": "Paris", "country": "FR"}

# The pages of one door to a quote (garage/urls.py), with the arguments of their own.
QUOTE_PAGES: dict[str, dict[str, str]] = {
    "": {}, "pdf/<slug:kind>/": {"kind": "quote_paper"}, "refuser/": {}, "reponse/<slug:step>/": {"step": "quote_step"},
}

API: dict[str, Right] = {
    # accounts
    "auth/register": public(), "auth/login": public(), "auth/password/forgot": public(),
    "auth/password/reset": public(),
    "auth/logout": person(), "auth/logout-v2": person(), "auth/logout-all": person(), "auth/profile": person(),
    "auth/sessions": person(), "auth/password/change": person(), "auth/step-up": person(),
    "auth/sessions/<str:device_id>": owner(device_id="device"),
    "users": staff(), "users/<int:pk>": staff(pk="alice"),
    "users/me": person(), "users/me/export": person(), "users/me/addresses": person(),
    "users/me/addresses/<int:pk>": owner(ADDRESS, pk="address"),
    "companies": person(),
    "companies/<int:pk>": owner({"name": "X"}, pk="company"),
    "companies/<int:pk>/members": owner({"email": "bob@email.test", "role": "MEMBER"}, pk="company"),
    "companies/<int:pk>/members/<int:member_id>": owner({"role": "ADMIN"}, pk="company", member_id="membership"),
    "wallet/transactions.csv": person(), "wallet/statements": person(),
    "wallet/statements/<str:month>": person(args={"month": "month"}),
    "wallet": person(), "wallet/transactions": person(), "wallet/topup": person(), "wallet/transfer": person(),
    "wallet/communities": person(), "wallet/communities/accept": person(),
    "wallet/communities/<int:pk>": owner({"name": "X"}, pk="community"),
    "wallet/communities/<int:pk>/adhesions": owner(pk="community"),
    "wallet/communities/<int:pk>/adhesions/<int:adhesion>": owner({"accept": True}, pk="community", adhesion="adhesion"),
    "wallet/communities/<int:pk>/books": public(args={"pk": "fund"}),
    "wallet/communities/<int:pk>/close": owner(pk="community"),
    "wallet/communities/<int:pk>/contribute": owner({"amount": "5.00"}, pk="community"),
    "wallet/communities/<int:pk>/invite": owner({"email": "bob@email.test"}, pk="community"),
    "wallet/communities/<int:pk>/join": owner(pk="community"), "wallet/communities/<int:pk>/leave": owner(pk="community"),
    "wallet/communities/<int:pk>/members": owner(pk="community"),
    "wallet/communities/<int:pk>/members/<int:member>": owner({"role": "ADMIN"}, pk="community", member="community_member"),
    "wallet/communities/<int:pk>/monthly": owner(pk="community"),
    "wallet/communities/<int:pk>/requests": owner({"amount": "5.00", "purpose": "X"}, pk="community"),
    "wallet/communities/<int:pk>/requests/<int:spending>": owner(pk="community", spending="spending"),
    "wallet/communities/<int:pk>/requests/<int:spending>/vote": owner({"approve": True}, pk="community", spending="spending"),
    "wallet/communities/<int:pk>/requests/<int:spending>/withdraw": owner(pk="community", spending="spending"),
    "wallet/withdraw": person(), "wallet/destinations": person(), "wallet/payouts": person(),
    "wallet/destinations/<int:pk>": owner({"is_default": True}, pk="destination"),
    "wallet/payouts/<int:pk>": owner(pk="payout"), "wallet/payouts/<int:pk>/cancel": owner(pk="payout"),
    "manager/payouts": staff(), "manager/payouts/<int:pk>/accept": staff(pk="payout"),
    "manager/payouts/<int:pk>/refuse": staff(pk="payout"), "manager/payouts/<int:pk>/fail": staff(pk="payout"),
    "manager/payout-batches": staff(), "manager/payout-batches/<int:pk>/file": staff(pk="payout_batch"),
    "manager/payout-batches/<int:pk>/executed": staff(pk="payout_batch"),
    "payments/webhooks/<str:provider>": public(args={"provider": "provider"}),
    "manager/disagreements": staff(), "manager/disagreements/<int:pk>": staff(pk="disagreement"),
    "manager/disagreements/<int:pk>/resolve": staff(pk="disagreement"),
    # shop
    "catalog/products": public(), "catalog/categories": public(), "catalog/products/<int:pk>": public(args={"pk": "product"}),
    "catalog/products/<int:pk>/reviews": public(args={"pk": "product"}),
    "catalog/reviews/<int:pk>": owner({"stars": 1}, pk="review"),
    "cart": person(), "cart/add": person(), "cart/remove": person(), "cart/clear": person(),
    "orders": person(), "orders/checkout": person(),
    "orders/pay": owner({"method": "CARTE", "payment_token": "tok_ok"}, {"order_id": "order"}),
    "orders/cancel": owner({}, {"order_id": "order"}),
    "orders/<int:pk>": owner(pk="order"), "orders/<int:pk>/invoice": owner(pk="order"),
    "orders/<int:pk>/refunds/<int:refund>/credit-note": owner(pk="order", refund="order_refund"),
    "orders/<int:pk>/returns": owner({"lines": [{"product_id": 1, "quantity": 1}], "reason": "AUTRE"}, pk="order"),
    "orders/<int:pk>/returns/photos/<int:photo>": owner(pk="order", photo="return_photo"),
    "admin/orders": staff(), "admin/orders/validate": staff({"order_id": "order"}),
    "admin/orders/ship": staff({"order_id": "order"}), "admin/orders/deliver": staff({"order_id": "order"}),
    "admin/orders/refund": staff({"order_id": "order"}),
    "admin/products": staff(), "admin/products/stock": staff({"product_id": "product"}), "admin/stats": staff(),
    # delivery
    "places/search": person(query="?q=rue"),
    "deliveries": person(), "deliveries/estimate": person(), "deliveries/open": courier(query="?lat=48.86&lon=2.37"),
    "deliveries/<int:pk>": owner(pk="delivery"),
    "deliveries/<int:pk>/bids": owner({"amount": "5.00", "eta_minutes": 20}, pk="delivery"),
    "deliveries/<int:pk>/bids/<int:bid>": owner({"amount": "5.00"}, pk="delivery", bid="bid"),
    "deliveries/<int:pk>/bids/<int:bid>/accept": owner(pk="delivery", bid="bid"),
    "deliveries/<int:pk>/accept": owner(pk="delivery"), "deliveries/<int:pk>/repost": owner(pk="delivery"),
    "deliveries/<int:pk>/pickup": owner({"code": "123456"}, pk="delivery"),
    "deliveries/<int:pk>/deliver": owner({"code": "123456"}, pk="delivery"),
    "deliveries/<int:pk>/fail": owner({"reason": "ABSENT"}, pk="delivery"),
    "deliveries/<int:pk>/reattempt": owner(pk="delivery"), "deliveries/<int:pk>/return": owner(pk="delivery"),
    "deliveries/<int:pk>/cancel": owner(pk="delivery"), "deliveries/<int:pk>/proof": owner(pk="delivery"),
    "users/me/courier": person(), "tracking/shift": courier(body={"on": True}),
    "tracking/positions": courier(body={"items": [POINT]}),
    "tracking/watchers": courier(),
    "tracking/deliveries/<int:pk>": owner(pk="delivery"), "tracking/deliveries/<int:pk>/trail": owner(pk="delivery"),
    "manager/couriers": staff(), "manager/couriers/<int:pk>": staff(pk="courier"),
    "manager/couriers/<int:pk>/approve": staff(pk="courier"), "manager/couriers/<int:pk>/suspend": staff(pk="courier"),
    # garage
    "garage/clients": person(), "garage/clients/<int:pk>": owner(pk="client"),
    "garage/clients/<int:pk>/consents": owner({"kind": "OFFRES", "given": True}, pk="client"),
    "garage/clients/duplicates": staff(), "garage/clients/<int:pk>/hints": owner(pk="client"),
    "garage/clients/<int:pk>/merge": owner(pk="client"), "garage/clients/<int:pk>/apart": owner(pk="client"),
    "garage/vehicles": person(), "garage/vehicles/<int:pk>": owner(pk="vehicle"),
    "garage/quotes": person(), "garage/quotes/<int:pk>": owner(pk="quote"),
    "garage/quotes/<int:pk>/accept": owner({"signed_by": "X", "reused_parts": False}, pk="quote"),
    "garage/quotes/<int:pk>/refuse": owner(pk="quote"),
    "garage/vehicles/<int:pk>/history": owner(pk="vehicle"),
    "garage/vehicles/<int:pk>/history.pdf": owner(pk="vehicle"),
    "garage/vehicles/<int:pk>/share-links": owner(pk="vehicle"),
    "garage/vehicles/<int:pk>/share-links/<int:share_id>": owner(pk="vehicle", share_id="share"),
    "garage/vehicles/<int:pk>/files": owner(pk="vehicle"),
    "garage/vehicles/<int:pk>/files/<int:file_id>": owner(pk="vehicle", file_id="vehicle_file"),
    "garage/vehicles/<int:pk>/owners": owner(body_ids={"client": "client"}, pk="vehicle"),
    "garage/vehicles/<int:pk>/odometer": owner({"km": 12100, "read_on": "2026-01-02"}, pk="vehicle"),
    "garage/vehicles/<int:pk>/odometer/<int:reading_id>": owner(
        {"status": "ECARTEE", "note": "x"}, pk="vehicle", reading_id="reading"
    ),
    "garage/appointments": person(), "garage/appointments/slots": person(query="?hours=1"),
    "garage/appointments/<int:pk>": owner(pk="appointment"),
    "garage/alerts": person(), "garage/dashboard": staff(),
    "garage/alerts/<int:pk>/snooze": owner({"until": "2099-01-01"}, pk="alert"),
    "garage/alerts/<int:pk>/done": owner(pk="alert"), "garage/alerts/<int:pk>/quote": owner(pk="alert"),
    "garage/quotes/<int:pk>/invoice": owner(pk="quote"), "garage/quotes/<int:pk>/nothing-due": owner(pk="quote"),
    "garage/invoices": person(), "garage/invoices/<int:pk>": owner(pk="bill"),
    "garage/invoices/<int:pk>/pdf": owner(pk="bill"),
    "garage/invoices/<int:pk>/pay": owner({"method": "CARTE", "payment_token": "tok_ok"}, pk="bill"),
    "garage/invoices/<int:pk>/payments": owner({"method": "ESPECES", "amount": "1.00"}, pk="bill"),
    "garage/invoices/<int:pk>/payments/<int:payment>/reverse": owner({"reason": "x"}, pk="bill", payment="bill_payment"),
    "garage/invoices/<int:pk>/give-back": owner({"method": "ESPECES", "amount": "1.00"}, pk="bill"),
    "garage/invoices/<int:pk>/credit-notes": owner({"reason": "x", "amount": "1.00"}, pk="bill"),
    "garage/invoices/<int:pk>/credit-notes/<int:credit>": owner(pk="bill", credit="bill_credit"),
    "garage/quotes/<int:pk>/send": owner(pk="quote"), "garage/quotes/<int:pk>/pdf": owner(pk="quote"),
    "garage/repair-orders": person(), "garage/repair-orders/<int:pk>": owner(pk="repair"),
    "garage/repair-orders/<int:pk>/intake": owner({"odometer_km": 1}, pk="repair"),
    "garage/repair-orders/<int:pk>/photos": owner(pk="repair"),
    "garage/repair-orders/<int:pk>/photos/<int:photo>": owner(pk="repair", photo="repair_photo"),
    "garage/repair-orders/<int:pk>/inspection/<int:point>": owner({"state": "VERT"}, pk="repair", point="repair_point"),
    "garage/repair-orders/<int:pk>/tasks": owner({"description": "X"}, pk="repair"),
    "garage/repair-orders/<int:pk>/tasks/<int:task>": owner({"status": "FAITE"}, pk="repair", task="repair_task"),
    "garage/repair-orders/<int:pk>/tasks/<int:task>/clock": owner(pk="repair", task="repair_task"),
    "garage/repair-orders/<int:pk>/parts": owner({"description": "X", "quantity": "1"}, pk="repair"),
    "garage/repair-orders/<int:pk>/parts/<int:part>": owner({"action": "ISSUE"}, pk="repair", part="repair_part"),
    "garage/repair-orders/<int:pk>/extra-work": owner({"lines": [{"kind": "PIECE"}]}, pk="repair"),
    "garage/repair-orders/<int:pk>/ready": owner(pk="repair"),
    "garage/repair-orders/<int:pk>/handover": owner({"to": "X"}, pk="repair"),
    "garage/parts-to-order": staff(),
    # support
    "support/threads": person(), "support/threads/<int:pk>": owner(pk="thread"),
    "support/threads/<int:pk>/messages": owner({"body": "hello"}, pk="thread"),
    "support/attachments/<int:pk>": owner(pk="attachment"),
    "admin/support/threads": staff(), "admin/support/threads/<int:pk>/reply": staff(pk="thread"),
    "admin/support/threads/<int:pk>/close": staff(pk="thread"),
    "notifications": person(), "notifications/read-all": person(), "notifications/preferences": person(),
    "notifications/devices": person(), "notifications/devices/<int:pk>": owner(pk="push_device"),
    "notifications/<int:pk>/read": owner(pk="notification"),
    # the roof
    "manager/finances": staff(), "manager/finances.csv": staff(), "manager/finances/fec": staff(),
    "schema": public(), "docs": public(), "redoc": public(),
}  # fmt: skip

PAGES: dict[str, Right] = {
    # accounts
    "compte/": person(), "compte/adresses/": person(), "compte/adresses/nouvelle/": person(),
    "compte/adresses/<int:pk>/": owner(ADDRESS, pk="address"),
    "compte/adresses/<int:pk>/supprimer/": owner(pk="address"),
    "compte/appareils/": person(), "compte/appareils/tous/": person(),
    "compte/appareils/<str:device_id>/": owner(device_id="device"),
    "compte/mes-donnees/": person(), "compte/fermer/": person(),
    "paiements/<int:pk>/": owner(pk="payment"), "paiements/<int:pk>/abandonner/": owner(pk="payment"),
    "paiement/simulation/<str:ref>/": public(args={"ref": "bank"}),
    "portefeuille/releve.csv": person(), "portefeuille/releves/": person(),
    "portefeuille/releves/<str:month>/": person(args={"month": "month"}),
    "portefeuille/": person(), "portefeuille/recharger/": person(), "portefeuille/envoyer/": person(),
    "communautes/": person(), "communautes/nouvelle/": person(),
    "communautes/invitation/<str:token>/": person(args={"token": "link"}),
    "communautes/<slug:slug>/livre/": public(args={"slug": "fund_slug"}),
    "communautes/<slug:slug>/": owner(slug="community_slug"),
    "communautes/<slug:slug>/modifier/": owner({"name": "X", "visibility": "PRIVEE", "quorum_percent": 51,
                                                "voting_days": 7}, slug="community_slug"),
    "communautes/<slug:slug>/rejoindre/": owner(slug="community_slug"),
    "communautes/<slug:slug>/inviter/": owner({"email": "bob@email.test"}, slug="community_slug"),
    "communautes/<slug:slug>/membres/": owner(slug="community_slug"),
    "communautes/<slug:slug>/membres/<int:pk>/": owner({"role": "ADMIN"}, slug="community_slug", pk="community_member"),
    "communautes/<slug:slug>/adhesions/<int:pk>/": owner({"accept": "1"}, slug="community_slug", pk="adhesion"),
    "communautes/<slug:slug>/quitter/": owner(slug="community_slug"),
    "communautes/<slug:slug>/fermer/": owner(slug="community_slug"),
    "communautes/<slug:slug>/cotiser/": owner({"amount": "5", "key": "k"}, slug="community_slug"),
    "communautes/<slug:slug>/cotiser/arreter/": owner(slug="community_slug"),
    "communautes/<slug:slug>/demander/": owner({"amount": "5", "purpose": "X"}, slug="community_slug"),
    "communautes/<slug:slug>/demandes/": owner(slug="community_slug"),
    "communautes/<slug:slug>/demandes/<int:pk>/": owner(slug="community_slug", pk="spending"),
    "communautes/<slug:slug>/demandes/<int:pk>/voter/": owner({"approve": "1"}, slug="community_slug", pk="spending"),
    "communautes/<slug:slug>/demandes/<int:pk>/retirer/": owner(slug="community_slug", pk="spending"),
    "portefeuille/retirer/": person(), "portefeuille/versements/": person(),
    "portefeuille/versements/<int:pk>/": owner(pk="payout"),
    "portefeuille/versements/<int:pk>/annuler/": owner(pk="payout"),
    "portefeuille/destinations/": person(), "portefeuille/destinations/nouvelle/": person(),
    "portefeuille/destinations/<int:pk>/": owner({"default": "1"}, pk="destination"),
    "portefeuille/destinations/<int:pk>/supprimer/": owner(pk="destination"),
    # shop
    "": public(), "boutique/": public(), "boutique/<slug:slug>/": public(args={"slug": "category_slug"}),
    "produit/<slug:slug>/": public(args={"slug": "slug"}), "media/products/<path:path>": public(args={"path": "picture"}),
    "panier/": public(), "panier/ajouter/": public(), "panier/modifier/": public(), "panier/vider/": public(),
    "produit/<slug:slug>/avis/": public(args={"slug": "slug"}),
    "commandes/<int:pk>/retours/": owner(pk="order"),
    "produit/<slug:slug>/avis/<int:pk>/supprimer/": owner(slug="slug", pk="review"),
    "commander/": person(), "commandes/": person(),
    "commandes/<int:pk>/": owner(pk="order"), "commandes/<int:pk>/payer/": owner({"method": "CARTE"}, pk="order"),
    "commandes/<int:pk>/annuler/": owner(pk="order"), "commandes/<int:pk>/facture/": owner(pk="order"),
    "commandes/<int:pk>/avoirs/<int:refund>/": owner(pk="order", refund="order_refund"),
    # delivery
    "livraisons/": person(), "livraisons/envoyer/": person(), "livraisons/envoyer/verifier/": person(),
    "livraisons/envoyer/<slug:step>/": person(args={"step": "step"}),
    "livraisons/<int:pk>/": owner(pk="delivery"), "livraisons/<int:pk>/annuler/": owner(pk="delivery"),
    "livraisons/<int:pk>/republier/": owner(pk="delivery"), "livraisons/<int:pk>/reessayer/": owner(pk="delivery"),
    "livraisons/<int:pk>/retour/": owner(pk="delivery"), "livraisons/<int:pk>/preuve/": owner(pk="delivery"),
    "livraisons/<int:pk>/encheres/<int:bid>/accepter/": owner(pk="delivery", bid="bid"),
    "coursier/devenir/": person(), "coursier/": person(), "coursier/service/": courier(),
    "coursier/regards/": courier(), "coursier/veilleur.js": public(),
    "coursier/offres/<int:pk>/": owner({"amount": "5", "eta_minutes": 20}, pk="delivery"),
    "coursier/offres/<int:pk>/prendre/": owner(pk="delivery"),
    "coursier/offres/<int:pk>/encheres/<int:bid>/retirer/": owner(pk="delivery", bid="bid"),
    "coursier/livraisons/<int:pk>/": owner(pk="delivery"),
    "coursier/livraisons/<int:pk>/collecte/": owner({"code": "123456"}, pk="delivery"),
    "coursier/livraisons/<int:pk>/remise/": owner({"code": "123456"}, pk="delivery"),
    "coursier/livraisons/<int:pk>/echec/": owner({"reason": "ABSENT"}, pk="delivery"),
    "coursier/livraisons/<int:pk>/nouvel-essai/": owner(pk="delivery"),
    "coursier/livraisons/<int:pk>/retour/": owner(pk="delivery"),
    "suivi/<str:reference>/": public(args={"reference": "reference"}, query="?token={token}"),
    # garage
    "garage/mes-accords/": person(),
    "garage/rendez-vous/": person(), "garage/rendez-vous/nouveau/": person(), "garage/rendez-vous/vehicule/": person(),
    "garage/rendez-vous/<int:pk>/": owner(pk="appointment"),
    "garage/rendez-vous/<int:pk>/annuler/": owner(pk="appointment"),
    "garage/rendez-vous/<int:pk>/agenda.ics": owner(pk="appointment"),
    "garage/rendez-vous/<int:pk>/deplacer/": owner(pk="appointment"),
    "garage/rendez-vous/<int:pk>/etat/": owner({"status": "ARRIVE"}, pk="appointment"),
    "garage/agenda/<str:token>/agenda.ics": public(args={"token": "feed"}),
    "garage/rendez-vous/<int:pk>/reception/": owner(pk="appointment"),
    "garage/planning/": staff(), "garage/planning/nouveau/": staff(),
    **{
        f"devis/<str:key>/{page}": public(args={"key": "quote_token", **more})
        for page, more in {**QUOTE_PAGES, "code/": {}, "retractation/": {}}.items()
    },
    **{
        f"garage/mes-devis/<int:key>/{page}": owner(key="quote", **more)
        for page, more in {**QUOTE_PAGES, "retractation/": {}}.items()
    },
    **{
        f"garage/devis/<int:key>/comptoir/{page}": owner(key="quote", **more) for page, more in QUOTE_PAGES.items()
    },
    "garage/mes-devis/": person(),
    "garage/devis/<int:pk>/apercu/": owner(pk="quote"), "garage/devis/<int:pk>/envoyer/": owner(pk="quote"),
    "garage/": person(), "garage/tarifs/": public(),
    "garage/vehicles/<int:pk>/": owner(pk="vehicle"),
    "garage/vehicles/<int:pk>/releve/": owner({"km": 12100, "read_on": "2026-01-02"}, pk="vehicle"),
    "garage/vehicles/<int:pk>/fichier/": owner(pk="vehicle"),
    "garage/vehicles/<int:pk>/partage/": owner({"days": 30}, pk="vehicle"),
    "garage/vehicles/<int:pk>/historique.pdf": owner(pk="vehicle"),
    "garage/fichiers/<int:pk>/": owner(pk="vehicle_file"),
    "garage/fichiers/<int:pk>/effacer/": owner(pk="vehicle_file"),
    "garage/partages/<int:pk>/revoquer/": owner(pk="share"),
    "garage/historique/<str:token>/": public(args={"token": "history_token"}),
    "garage/historique/<str:token>/historique.pdf": public(args={"token": "history_token"}),
    "garage/devis/<int:pk>/facturer/": owner({"what": "work", "key": "k"}, pk="quote"),
    "garage/factures/": person(), "garage/factures/<int:pk>/": owner(pk="bill"),
    "garage/factures/<int:pk>/payer/": owner({"method": "CARTE"}, pk="bill"),
    "garage/factures/<int:pk>/pdf/": owner(pk="bill"),
    "garage/factures/<int:pk>/avoirs/<int:credit>/": owner(pk="bill", credit="bill_credit"),
    "factures/<str:token>/": public(args={"token": "bill_link"}),
    "factures/<str:token>/payer/": public(args={"token": "bill_link"}),
    "factures/<str:token>/pdf/": public(args={"token": "bill_link"}),
    "garage/devis/": staff(), "garage/devis/nouveau/": staff(), "garage/devis/nouveau/vehicule/": staff(),
    "garage/devis/calcul": staff(), "garage/devis/offres": staff(), "garage/devis/vehicules": staff(),
    "garage/devis/<int:pk>/": staff(pk="quote"), "garage/devis/<int:pk>/copier/": staff(pk="quote"),
    "garage/devis/<int:pk>/refuser/": staff(pk="quote"),
    "garage/alertes/": staff(), "garage/alertes/<int:pk>/": staff(pk="alert"),
    "garage/alertes/<int:pk>/reporter/": staff(pk="alert"), "garage/alertes/<int:pk>/fait/": staff(pk="alert"),
    "garage/alertes/<int:pk>/devis/": staff(pk="alert"), "garage/alertes/<int:pk>/rendez-vous/": staff(pk="alert"),
    "garage/atelier/": staff(), "garage/atelier/arret/": staff(), "garage/ordres/": staff(),
    "garage/ordres/nouveau/": staff(), "garage/pieces/": staff(),
    "garage/ordres/<int:pk>/": staff(pk="repair"), "garage/ordres/<int:pk>/reception/": staff(pk="repair"),
    "garage/ordres/<int:pk>/recu/": staff(pk="repair"), "garage/ordres/<int:pk>/controle/": staff(pk="repair"),
    "garage/ordres/<int:pk>/supplement/": staff(pk="repair"), "garage/ordres/<int:pk>/remise/": staff(pk="repair"),
    "garage/ordres/<int:pk>/faire/<slug:verb>/": staff(pk="repair", verb="repair_verb"),
    "garage/taches/<int:pk>/<slug:verb>/": staff(pk="repair_task", verb="task_verb"),
    "garage/pieces/<int:pk>/<slug:verb>/": staff(pk="repair_part", verb="part_verb"),
    "garage/points/<int:pk>/": staff(pk="repair_point"), "garage/pointages/<int:pk>/": staff(pk="repair_time"),
    "garage/reparations/": person(), "garage/reparations/<int:pk>/": owner(pk="repair"),
    "garage/reparations/<int:pk>/photos/<int:photo>/": owner(pk="repair", photo="repair_photo"),
    # support
    "aide/": person(), "aide/nouveau/": person(), "aide/<int:pk>/": owner({"body": "hello"}, pk="thread"),
    "aide/<int:pk>/fermer/": owner(pk="thread"), "aide/fichiers/<int:pk>/": owner(pk="attachment"),
    "notifications/": person(), "notifications/tout-lire/": person(), "notifications/preferences/": person(),
    "notifications/<int:pk>/": owner(pk="notification"),
}  # fmt: skip
