"""Checking issued files by the official rules, when the operator wants it (INVOICE_VALIDATION)."""

from importlib.util import find_spec

from django.conf import settings
from django.utils import timezone

from accounts.users.queries import is_staff_of
from config.lib import heavy, jobs
from config.lib.actors import Actor
from config.lib.errors import Forbidden
from shop.invoices.models import Invoice, InvoiceCheck

TIMEOUT_S = 180  # the first check of a helper process compiles both rule sets
ENGINE = "saxonche"


def owe_check(invoice: Invoice) -> InvoiceCheck | None:
    """Owe the check of a file just made; None when checks are off or their engine is not installed."""
    if not settings.INVOICE_VALIDATION or find_spec(ENGINE) is None:
        return None
    check = InvoiceCheck.objects.create(invoice=invoice)
    jobs.ring(check)
    return check


def check_invoice(*, check_id: int) -> None:
    """Do the job of a check: keep what the rules say of the file. Safe to run twice."""
    check = jobs.claim(InvoiceCheck, check_id)
    if check is None:
        return
    try:
        findings = heavy.run("shop.invoices.validation.check_file", bytes(check.invoice.pdf or b""), timeout=TIMEOUT_S)
    except Exception as error:
        jobs.failed(check, error)
        return
    outcome = InvoiceCheck.Outcome.INVALIDE if findings else InvoiceCheck.Outcome.VALIDE
    jobs.done(check, outcome=outcome, findings=findings, checked_at=timezone.now())


def retry_check(*, actor: Actor, check_id: int) -> None:
    """Staff: give a check that failed a fresh set of tries."""
    if not is_staff_of(actor, "SHOP"):
        raise Forbidden
    jobs.retry(InvoiceCheck.objects.get(pk=check_id))
