"""What a client agreed to."""

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.actors import Actor, actor_user
from config.lib.errors import Invalid
from garage.clients import queries
from garage.clients.models import Agreement, Client, Consent
from garage.clients.rules import Forgotten

BY_STAFF = (Consent.Source.COMPTOIR, Consent.Source.TELEPHONE, Consent.Source.ECRIT, Consent.Source.IMPORT)


@transaction.atomic
def record_consent(*, actor: Actor, client_id: int, kind: str, given: bool, source: str = "") -> Consent | None:
    """Note a client's answer: his own from his account, or what he told staff, who say how. The answer that holds
    already adds nothing (None). NotFound, Forbidden, Forgotten, Invalid on `kind` or `source`."""
    client = queries.locked(queries.get_for(actor, client_id, "decide").pk)
    if client.forgotten_at:
        raise Forgotten
    if kind not in Agreement.values:
        raise Invalid(errors={"kind": [_("Choose what it is about.")]})
    source = _source(actor, client, source)
    last = client.consents.filter(kind=kind).first()
    if last is not None and last.given == given:
        return None
    return Consent.objects.create(client=client, kind=kind, given=given, by=actor_user(actor), source=source)


@transaction.atomic
def record_consents(*, actor: Actor, client_id: int, answers: dict[str, bool], source: str = "") -> None:
    """Several answers at once; those that say what holds already add nothing, also when it held unasked."""
    held = queries.agreements(queries.get_for(actor, client_id, "decide"))
    for kind, given in answers.items():
        if held.get(kind) != given:
            record_consent(actor=actor, client_id=client_id, kind=kind, given=given, source=source)


def _source(actor: Actor, client: Client, source: str) -> str:
    if not queries.works_here(actor) or client.user_id == getattr(actor, "pk", 0):
        return Consent.Source.COMPTE
    if source not in BY_STAFF:
        raise Invalid(errors={"source": [_("Say how the client told it.")]})
    return source
