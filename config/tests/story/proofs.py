"""What holds after every step of a story."""

import re
from collections import Counter
from datetime import date

from django.db.models import Q
from hypothesis.stateful import invariant

from accounts.payouts.models import Payout
from accounts.wallet.models import Hold
from config.finances import fec, proof
from config.finances.services import bring_up_to_date
from config.lib.jobs import job_models
from config.lib.money import ZERO
from config.tests.story.world import STOCK, World
from delivery.deliveries.models import Delivery
from shop.invoices.models import Invoice, InvoiceCounter
from shop.orders.models import Order
from shop.orders.rules import fee_net
from shop.orders.tests.factories import balance, stock_of

PAID = ("PAYEE", "EXPEDIEE", "LIVREE", "REMBOURSEE")


class Proofs(World):
    def journalise(self):
        bring_up_to_date()

    @invariant()
    def the_books_are_right(self):
        self.journalise()
        wrong = list(proof.faults())
        assert not wrong, wrong
        assert balance("VAT") >= ZERO

    @invariant()
    def the_accounting_export_only_grows(self):
        content = b"".join(fec.lines(date(2020, 1, 2), date(2099, 12, 31)))
        assert content.startswith(getattr(self, "exported", b""))
        self.exported = content

    @invariant()
    def money_is_held_for_running_deliveries_and_waiting_payouts_alone(self):
        active = Counter(Hold.objects.filter(status="ACTIF").values_list("reference", flat=True))
        riding = Delivery.objects.filter(status__in=Delivery.RUNNING).values_list("pk", flat=True)
        waiting = Q(status__in=Payout.WAITING) | Q(status=Payout.Status.ECHOUE, transaction=None)
        leaving = Payout.objects.filter(waiting).values_list("pk", flat=True)
        assert active == Counter([f"delivery:{pk}" for pk in riding] + [f"payout:{pk}" for pk in leaving])

    @invariant()
    def no_job_stumbled(self):
        for model in job_models():
            stumbled = model.objects.exclude(last_error="").values_list("pk", "last_error")
            assert not stumbled, (model.__name__, list(stumbled))

    @invariant()
    def escrow_is_what_couriers_may_still_earn(self):
        waiting = ZERO
        for order in Order.objects.filter(delivery_method="COURSIER", status__in=PAID).select_related("delivery"):
            rides = order.delivery is not None and order.delivery.status in Delivery.RUNNING
            earned = order.delivery is not None and order.delivery.status == "LIVREE"
            if rides or (order.status in ("PAYEE", "EXPEDIEE") and not earned):
                waiting += fee_net(order.delivery_fee)
        assert balance("ESCROW") == waiting

    @invariant()
    def goods_are_in_stock_or_in_orders(self):
        out = Counter()
        for order in Order.objects.exclude(status="ANNULEE", payment=None).prefetch_related("lines__refunds__refund"):
            for line in order.lines.all():
                back = sum(row.quantity for row in line.refunds.all() if row.refund.restocked)
                out[line.product_id] += line.quantity - back
        for product in self.products:
            assert stock_of(product) + out[product.pk] == STOCK

    @invariant()
    def papers_are_numbered_without_gap_and_match_the_money(self):
        series = {}
        for number in Invoice.objects.order_by("pk").values_list("number", flat=True):
            name, last = re.fullmatch(r"(.*\D)(\d+)", number).groups()
            series.setdefault(name, []).append(int(last))
        for numbers in series.values():
            assert numbers == list(range(1, len(numbers) + 1))
        assert sum(InvoiceCounter.objects.values_list("last", flat=True)) == Invoice.objects.count()
        for order in Order.objects.exclude(invoice=None).select_related("invoice"):
            notes = Invoice.objects.filter(corrects=order.invoice).values_list("total", flat=True)
            assert order.invoice.total == order.total
            assert abs(sum(notes, ZERO)) == order.refunded
