"""What goes with a quote's paper: its sendings, and the legal texts that it carries."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.lib.models import Announced
from garage.quotes.events import quote_paper_made
from garage.quotes.models import QuotePaper
from shop.invoices.models import Dated


class PaperSending(Announced):
    """One time that a paper went to its client: written once the paper is made, and owes him the news."""

    EVENT = quote_paper_made
    paper = models.ForeignKey(
        QuotePaper, on_delete=models.CASCADE, related_name="sendings", verbose_name=_("paper")
    )
    by_email = models.BooleanField(_("by e-mail"), default=False)
    by_sms = models.BooleanField(_("by text message"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("sending of a quote")
        verbose_name_plural = _("sendings of quotes")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.paper_id} {timezone.localtime(self.at):%Y-%m-%d}"

    def payload(self) -> dict[str, Any]:
        return {"paper_id": self.paper_id, "sending_id": self.pk}


class QuoteText(Dated):
    """A text that quotes carry, as data with dates. `{seller}`, `{mediator}` and `{fee}` in it are filled in."""

    class Code(models.TextChoices):
        GRATUIT = "GRATUIT", _("the quote is free")
        PAYANT = "PAYANT", _("the quote has a price")
        ENGAGEMENT = "ENGAGEMENT", _("what a signature means")
        RECU = "RECU", _("received before the work")
        TARIFS = "TARIFS", _("hourly rates on display")
        PIECES = "PIECES", _("reused parts")
        RETRACTATION = "RETRACTATION", _("right of withdrawal (consumers)")
        DEMARRER = "DEMARRER", _("wish to begin at once (consumers)")

    code = models.CharField(_("code"), max_length=12, choices=Code.choices)
    language = models.CharField(_("language"), max_length=2, choices=[("fr", _("French")), ("en", _("English"))])
    body = models.TextField(_("text"), max_length=1000)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("legal text of quotes")
        verbose_name_plural = _("legal texts of quotes")
        ordering = ["code", "language", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "language", "valid_from"], name="quote_text_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="quote_text_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} ({self.language})"
