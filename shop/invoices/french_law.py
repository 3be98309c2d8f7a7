"""French VAT and the texts of invoices as they stand today, loaded when a site is set up. From then on they are the
site's own data: staff close a row and add the next one in the admin. To be confirmed by the operator's adviser."""

from typing import Any

CGI = "CGI, art."
OVERSEAS = ("GP", "MQ", "RE")  # Guadeloupe, Martinique, Réunion
NO_VAT = ("GF", "YT")  # French Guiana, Mayotte
_2014, _ALWAYS = "2014-01-01", "1979-01-01"


def _rate(territory: str, code: str, rate: str, since: str, source: str, vatex: str = "", text: str = "") -> dict:
    return {
        "territory": territory, "code": code, "rate": rate, "valid_from": since, "source": source, "vatex": vatex,
        "exemption": text,
    }


FRANCHISE = ("VATEX-FR-FRANCHISE", "TVA non applicable, art. 293 B du CGI")
NOT_APPLICABLE = "TVA non applicable, art. 294 du CGI"

VAT_RATES: list[dict[str, Any]] = [
    _rate("FR", "NORMAL", "20", _2014, f"{CGI} 278"),
    _rate("FR", "INTERMEDIAIRE", "10", _2014, f"{CGI} 278 bis, 279"),
    _rate("FR", "REDUIT", "5.5", _2014, f"{CGI} 278-0 bis"),
    _rate("FR", "PARTICULIER", "2.1", _2014, f"{CGI} 281 quater à 298 septies"),
    _rate("FR", "ZERO", "0", _ALWAYS, f"{CGI} 262"),
    _rate("FR", "FRANCHISE", "0", _ALWAYS, f"{CGI} 293 B", *FRANCHISE),
    *[
        row
        for place in OVERSEAS
        for row in (
            _rate(place, "NORMAL", "8.5", _2014, f"{CGI} 296"),
            _rate(place, "REDUIT", "2.1", _2014, f"{CGI} 296"),
            _rate(place, "ZERO", "0", _ALWAYS, f"{CGI} 262, 295"),
            _rate(place, "FRANCHISE", "0", _ALWAYS, f"{CGI} 293 B", *FRANCHISE),
        )
    ],
    *[_rate(place, "EXONERE", "0", _ALWAYS, f"{CGI} 294", "", NOT_APPLICABLE) for place in NO_VAT],
]

_TEXTS = [
    (
        "PMD", "Code de commerce, art. L441-10",
        "En cas de retard de paiement, des pénalités au taux de trois fois l’intérêt légal sont exigibles dès le"
        " lendemain de l’échéance.",
        "For late payment, penalties at three times the French legal interest rate are due from the day after the"
        " due date.",
    ),
    (
        "PMT", "Code de commerce, art. D441-5",
        "Tout professionnel en retard de paiement doit une indemnité forfaitaire de 40 € pour frais de recouvrement.",
        "A business that pays late owes a fixed fee of €40 for recovery costs.",
    ),
    (
        "AAB", "Code de commerce, art. L441-9", "Pas d’escompte pour paiement anticipé.",
        "No discount for early payment.",
    ),
    (
        "RETRACTATION", "Code de la consommation, art. L221-18",
        "Achat à distance : vous pouvez changer d’avis pendant {return_days} jours après la réception.",
        "Distance sale: you may change your mind for {return_days} days after receipt.",
    ),
    (
        "MEDIATEUR", "Code de la consommation, art. L616-1",
        "En cas de litige, vous pouvez saisir gratuitement le médiateur de la consommation : {mediator}.",
        "In a dispute you may turn, free of charge, to the consumer mediator: {mediator}.",
    ),
]

LEGAL_TEXTS: list[dict[str, Any]] = [
    {"code": code, "language": language, "body": body, "source": source, "valid_from": _2014}
    for code, source, *bodies in _TEXTS
    for language, body in zip(("fr", "en"), bodies, strict=True)
]
