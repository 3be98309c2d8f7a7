"""Reads, rights and locks of quotes, and the links that show one without an account."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import (
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from config.lib.errors import Forbidden, NotFound
from delivery.deliveries.rules import handover_code
from garage.clients import queries as clients
from garage.quotes import rules
from garage.quotes.models import (
    Acceptance,
    LabourRate,
    LineKind,
    Package,
    PackageLine,
    Quote,
    QuoteCounter,
    QuoteLine,
    QuotePaper,
    SignCode,
)
from garage.quotes.paper_models import QuoteText
from shop.invoices.queries import in_force

LINK_SALT = "triporteur.garage.quote"
# What a client may see: a draft is the garage's own.
SHOWN = [status for status in Quote.Status.values if status != Quote.Status.BROUILLON]


def visible_to(user: Any) -> QuerySet[Quote]:
    """Staff see all; a client those of his own that were sent."""
    rows = Quote.objects.select_related("client", "vehicle")
    if clients.works_here(user):
        return rows
    return rows.filter(client__in=clients.visible_to(user), version__gt=0).filter(status__in=SHOWN)


def with_lines(rows: QuerySet[Quote]) -> QuerySet[Quote]:
    return rows.prefetch_related(Prefetch("lines", QuoteLine.objects.order_by("position", "pk")))


def get_for(user: Any, pk: Any, right: str = "read") -> Quote:
    """One quote with the right to "read", "answer" (its client or staff) or "write" (staff). NotFound for a
    stranger, else Forbidden."""
    row = visible_to(user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    if right == "write" and not clients.works_here(user):
        raise Forbidden
    return row


def search(rows: QuerySet[Quote], words: str) -> QuerySet[Quote]:
    """By number, client or plate."""
    found = Q(number__icontains=words) | Q(client__name__icontains=words) | Q(vehicle__plate__icontains=words)
    return rows.filter(found)


def locked(pk: int) -> Quote:
    """The quote, locked until the transaction ends; before its repair order, parts and counter."""
    return Quote.objects.select_for_update().get(pk=pk)


def locked_package(pk: int) -> Package:
    """A package, locked until the transaction ends. NotFound."""
    package = Package.objects.select_for_update().filter(pk=pk).first()
    if package is None:
        raise NotFound
    return package


def locked_counter(year: int) -> QuoteCounter:
    """The year's counter, locked until the transaction ends. Nothing else may be locked after it."""
    QuoteCounter.objects.get_or_create(year=year)  # house: allow writes, an empty counter says nothing
    return QuoteCounter.objects.select_for_update().get(year=year)


def counting_lines(quote: Quote) -> list[QuoteLine]:
    """The lines that count: those accepted once the client has chosen, else all. In their order; no query when
    the lines are prefetched."""
    return [line for line in quote.lines.all() if line.accepted is not False]


def totals(quote: Quote) -> rules.Totals:
    return rules.totals(counting_lines(quote), quote.discount_percent)


def unanswered() -> QuerySet[Quote]:
    """Sent and neither answered nor run out: those to follow."""
    return Quote.objects.filter(status=Quote.Status.ENVOYE)


def overdue(day: date) -> QuerySet[Quote]:
    """Sent quotes whose last day is over."""
    return Quote.objects.filter(status=Quote.Status.ENVOYE, valid_until__lt=day)


def labour_rate(skill: str, day: date | None = None) -> LabourRate | None:
    """The displayed rate of a skill on a day (today)."""
    day = day or timezone.localdate()
    rows = LabourRate.objects.filter(skill=skill, valid_from__lte=day)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day)).order_by("-valid_from").first()


def with_hours(lines: QuerySet[QuoteLine]) -> QuerySet[Any]:
    """Lines with `hours`, the work that each takes: labour by its quantity, a package by the hours written on it, else
    by its labour lines; a part none. The kind decides: a line of labour or a part that names the package it comes from
    does not count that package again. Calendar, repair orders and dashboard all count by this."""
    hours = DecimalField(max_digits=12, decimal_places=4)
    labour = PackageLine.objects.filter(package=OuterRef("package"), kind=LineKind.MAIN_OEUVRE).order_by()
    in_package = Subquery(labour.values("package").annotate(all=Sum("quantity")).values("all"))
    of_one = Coalesce(NullIf("package__hours", Decimal(0)), in_package, Decimal(0), output_field=hours)
    return lines.annotate(hours=Case(
        When(kind=LineKind.MAIN_OEUVRE, then=F("quantity")),
        When(kind=LineKind.FORFAIT, then=ExpressionWrapper(F("quantity") * of_one, output_field=hours)),
        default=Decimal(0), output_field=hours,
    ))


# --- Papers, codes, acceptances ---------------------------------------------------------------------------------
def paper_of(quote: Quote, kind: str, *, version: int | None = None) -> QuotePaper | None:
    """The paper of a version (the present one), with its file."""
    return quote.papers.filter(kind=kind, version=quote.version if version is None else version).first()


def papers_of(quote: Quote) -> dict[str, QuotePaper]:
    """The papers of the present version by kind, without their files."""
    return {row.kind: row for row in quote.papers.filter(version=quote.version).defer("pdf", "content")}


def locked_paper(pk: int) -> QuotePaper:
    """A paper without its file, locked until the transaction ends; after its quote. NotFound."""
    row = QuotePaper.objects.select_for_update().defer("pdf", "content").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def texts_in_force(language: str, day: date | None = None) -> list[QuoteText]:
    """The legal texts of quotes on a day (today); French for a language that we have no texts in."""
    rows = list(in_force(QuoteText.objects.filter(language=language), day))
    return rows if rows or language == "fr" else texts_in_force("fr", day)


def code_text(code: SignCode) -> str:
    """The six digits of a signing code."""
    return handover_code(secret=settings.SECRET_KEY, delivery_id=code.pk, nonce=code.nonce, step="DEVIS")


def last_code(quote: Quote) -> SignCode | None:
    """The newest code of the present version: the only one that counts."""
    return quote.codes.filter(version=quote.version).order_by("-pk").first()


def ways_to_reach(quote: Quote) -> dict[str, str]:
    """Where a code or a message can go, by channel."""
    ways = {"EMAIL": quote.client.email, "SMS": str(quote.client.phone or "")}
    return {channel: address for channel, address in ways.items() if address}


def standing_acceptance(quote: Quote) -> Acceptance | None:
    """The acceptance that holds: not withdrawn."""
    return quote.acceptances.filter(withdrawn_at=None).order_by("-pk").first()


def free_to_withdraw_until(quote: Quote) -> date | None:
    """The last day on which a client who did not ask that work begins at once may withdraw and owe nothing, whatever
    was done before (code de la consommation, art. L221-25); None once it is over, and where there is no such right."""
    acceptance, today = standing_acceptance(quote), timezone.localdate()
    if acceptance is None or acceptance.start_now or not rules.may_withdraw(acceptance, quote.status, today):
        return None
    return acceptance.withdraw_until


def withdrawal_from(quote: Quote) -> Acceptance | None:
    """The acceptance that the client withdrew after work had begun: the part done is due, and the quote still open."""
    if quote.status not in (Quote.Status.ACCEPTE, Quote.Status.FACTURE):
        return None
    last = quote.acceptances.order_by("-pk").first()
    return last if last is not None and last.withdrawn_at is not None else None


# --- The client's link -----------------------------------------------------------------------------------------
def public_token(quote: Quote) -> str:
    """The signed part of the client's link to the version that was sent."""
    return signing.Signer(salt=LINK_SALT).sign(f"{quote.pk}.{quote.version}").replace(":", "~")


def public_url(quote: Quote) -> str:
    """The page where the client reads and answers, absolute. Its path is part of the links people have received."""
    return f"{settings.SITE_URL}/devis/{public_token(quote)}/"


def link_of(token: str) -> tuple[int, int] | None:
    """Quote and version of a client's link; None when it was not signed here."""
    try:
        value = signing.Signer(salt=LINK_SALT).unsign(str(token).replace("~", ":"))
        pk, version = (int(part) for part in value.split("."))
    except (signing.BadSignature, ValueError):
        return None
    return pk, version


def quote_for_token(token: str) -> Quote | None:
    """The quote of a client's link; None when it was not signed here, is of an older version or has run out. An
    answered quote stays readable by its link."""
    link = link_of(token)
    if link is None:
        return None
    rows = Quote.objects.select_related("client", "vehicle").filter(pk=link[0], version=link[1])
    quote = rows.exclude(status__in=[Quote.Status.BROUILLON, Quote.Status.EXPIRE]).first()
    if quote is None or (quote.status == Quote.Status.ENVOYE and quote.valid_until < timezone.localdate()):
        return None
    return quote


def was_replaced(token: str) -> bool:
    """Whether a link was signed here for a version that another took, or takes, the place of."""
    link = link_of(token)
    if link is None:
        return False
    later = Q(version__gt=link[1]) | Q(version=link[1], status=Quote.Status.BROUILLON)
    return Quote.objects.filter(later, pk=link[0]).exclude(status=Quote.Status.EXPIRE).exists()


def mine(user: Any) -> QuerySet[Quote]:
    """What this person may read as a client; also for staff only their own."""
    own = Q(client__user=user) | Q(client__company__in=user.memberships.values("company"))
    return Quote.objects.select_related("client", "vehicle").filter(own, version__gt=0, status__in=SHOWN)
