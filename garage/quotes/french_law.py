"""What French law has a garage's quote say, as it stands today; loaded when a site is set up. From then on the rows
are the site's own data: staff close a text and add the next one in the admin. To be confirmed by the operator's
adviser."""

from typing import Any

_SINCE = "2026-06-19"  # withdrawal by a button: directive (UE) 2023/2673
_ALWAYS = "2017-01-01"
CONSO = "Code de la consommation, art."

_TEXTS = [
    ("GRATUIT", _ALWAYS, f"{CONSO} L111-1", "Ce devis est gratuit.", "This quote is free of charge."),
    (
        "PAYANT", _ALWAYS, f"{CONSO} L111-1", "Ce devis est payant : {fee} TTC.",
        "This quote has a price: {fee} incl. VAT.",
    ),
    (
        "ENGAGEMENT", _ALWAYS, "Code civil, art. 1103",
        "Signé, ce devis engage le client et le garage et vaut ordre de réparation. Tout travail en plus demande un"
        " nouvel accord du client.",
        "Once signed, this quote binds customer and garage and serves as the repair order. Any further work needs the"
        " customer’s agreement anew.",
    ),
    (
        "RECU", _ALWAYS, f"{CONSO} L111-1", "Devis reçu avant l’exécution des travaux.",
        "Quote received before the work is done.",
    ),
    (
        "TARIFS", _ALWAYS, "Arrêté du 27 mars 1987, art. 1",
        "Prix de l’heure de main-d’œuvre TTC, tels qu’affichés à l’atelier :",
        "Price of an hour of labour incl. VAT, as displayed in the workshop:",
    ),
    (
        "PIECES", _ALWAYS, f"{CONSO} L224-67, R224-22 à R224-25",
        "Pour certaines réparations, vous pouvez choisir des pièces issues de l’économie circulaire (d’occasion ou"
        " remises en état) à la place de pièces neuves.",
        "For some repairs you may choose parts from the circular economy (used or reconditioned) instead of new ones.",
    ),
    (
        "RETRACTATION", _SINCE, f"{CONSO} L221-18 à L221-28",
        "Accepté à distance, ce contrat peut être annulé sans motif pendant 14 jours après l’acceptation, en ligne par"
        " « Renoncer au contrat ici » sur la page du devis, ou par toute déclaration claire adressée à {seller}. Si les"
        " travaux ont commencé avant à votre demande, la part déjà faite est due ; une fois les travaux entièrement"
        " faits, ce droit prend fin. Un devis accepté à l’atelier n’ouvre pas ce droit.",
        "Accepted at a distance, this contract may be cancelled without a reason for 14 days after the acceptance,"
        " online by “Withdraw from the contract here” on the quote’s page, or by any clear statement sent to {seller}."
        " If work began earlier at your request, the part done is due; once the work is wholly done, the right ends. A"
        " quote accepted in the workshop gives no such right.",
    ),
    (
        "DEMARRER", _SINCE, f"{CONSO} L221-25, L221-28",
        "Je demande que les travaux commencent avant la fin des 14 jours de rétractation. Je sais que la part déjà"
        " faite sera due si je me rétracte, et que ce droit prend fin une fois les travaux entièrement faits.",
        "I ask that the work begins before the 14 days of withdrawal are over. I know that the part done will be due if"
        " I withdraw, and that this right ends once the work is wholly done.",
    ),
]

QUOTE_TEXTS: list[dict[str, Any]] = [
    {"code": code, "language": language, "body": body, "source": source, "valid_from": since}
    for code, since, source, *bodies in _TEXTS
    for language, body in zip(("fr", "en"), bodies, strict=True)
]
