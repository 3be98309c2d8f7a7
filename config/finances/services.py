"""Writes of the roof's accounts: journalising with the papers of the shop, and proofs of the books."""

import time
from itertools import islice
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.users.queries import require_staff_of, staff_of
from accounts.wallet.accounting import queries as books
from accounts.wallet.accounting import services as accounting
from accounts.wallet.accounting.models import LedgerProof
from config.finances import proof
from config.finances.pieces import describe
from config.lib import jobs
from config.lib.actors import SYSTEM, actor_user
from support.notifications.services import notify

# More than these wrong rows help nobody: the first one says where to begin.
FAULTS_KEPT = 200


def bring_up_to_date(*, thorough: bool = True) -> int:
    """Journalise what has moved since; how many entries. Before every figure, export and proof, and by the clock."""
    return accounting.journalise(describe=describe, thorough=thorough)


@transaction.atomic
def ask_for_proof(*, actor: Any) -> LedgerProof:
    """Owe a proof of all books. One that is under way serves this asker too. Forbidden to all but managers."""
    if actor is not SYSTEM:
        require_staff_of(actor, "MANAGER")
    running = books.running_proof()
    if running is not None:
        return running
    asked = LedgerProof.objects.create(by=actor_user(actor))
    jobs.ring(asked)
    return asked


def prove_books(*, proof_id: int) -> None:
    """Do the job of a proof: look at everything in one picture, keep what is wrong, tell the managers of a red one."""
    mine = jobs.claim(LedgerProof, proof_id)
    if mine is None:
        return
    start = time.monotonic()
    try:
        bring_up_to_date()
        with proof.one_picture():
            faults = list(islice(proof.faults(), FAULTS_KEPT))
            counts = proof.counts()
    except Exception as error:
        jobs.failed(mine, error)
        return
    _note(mine, faults=faults, counts=counts, seconds=time.monotonic() - start)


@transaction.atomic
def _note(mine: LedgerProof, *, faults: list[str], counts: dict[str, int], seconds: float) -> None:
    jobs.done(
        mine, verdict=LedgerProof.Verdict.FAUX if faults else LedgerProof.Verdict.JUSTE, ended_at=timezone.now(),
        seconds=round(seconds, 3), counts=counts, faults=faults, faults_count=len(faults),
    )
    if faults:
        for manager in staff_of("MANAGER"):
            notify(
                user=manager, kind="books_wrong", dedupe_key=f"proof:{mine.pk}:{manager.pk}", fault=faults[0][:300],
                count=len(faults), url=reverse("admin:accounts_ledgerproof_change", args=[mine.pk]),
            )
