"""The managers' desk: lists open, states are read only, actions call the services."""

from decimal import Decimal

import pytest
from django.urls import reverse

from config.lib.testing import browser
from delivery.auctions.models import Bid
from delivery.auctions.tests.factories import award_to, bid
from delivery.couriers import services as couriers
from delivery.couriers.models import Courier
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.models import Delivery, PricingRule
from delivery.deliveries.tests.factories import delivered, fund, make_delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(admin_user):
    return browser(admin_user)


def act(desk, model, action, *rows):
    url = reverse(f"admin:delivery_{model}_changelist")
    return desk.post(url, {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True)


@pytest.mark.parametrize("model", [
    "addresspoint", "zone", "courier", "shift", "delivery", "deliveryproof", "proofdocument", "pricingrule", "bid",
])
def test_every_list_opens_with_rows_and_searches(desk, alice, carla, model):
    fund(alice)
    courier = make_courier(carla)
    delivered(award_to(make_delivery(alice), courier), courier)
    assert desk.get(reverse(f"admin:delivery_{model}_changelist"), {"q": "a"}).status_code == 200
    assert desk.get(reverse(f"admin:delivery_{model}_changelist")).status_code == 200


def test_the_pages_of_one_row_open_and_show_no_code_of_a_private_sender(desk, alice, carla):
    fund(alice)
    courier = make_courier(carla)
    delivery = award_to(make_delivery(alice), courier)
    for model, row in (("delivery", delivery), ("courier", courier), ("bid", Bid.objects.get())):
        assert desk.get(reverse(f"admin:delivery_{model}_change", args=[row.pk])).status_code == 200
    page = desk.get(reverse("admin:delivery_delivery_change", args=[delivery.pk])).content.decode()
    assert "Known to the sender only" in page


def test_a_status_cannot_be_typed(desk, alice):
    delivery = make_delivery(alice)
    desk.post(reverse("admin:delivery_delivery_change", args=[delivery.pk]), {"status": "LIVREE"})
    delivery.refresh_from_db()
    assert delivery.status == "EN_ENCHERE"


def test_couriers_are_approved_suspended_and_refused(desk, carla, bob):
    first, second = couriers.apply(actor=carla, vehicle="VELO"), couriers.apply(actor=bob, vehicle="PIED")
    act(desk, "courier", "approve", first)
    act(desk, "courier", "refuse", second)
    act(desk, "courier", "suspend", first)
    assert list(Courier.objects.order_by("pk").values_list("status", flat=True)) == ["SUSPENDU", "REFUSE"]
    act(desk, "courier", "reactivate", first)
    couriers.set_shift(actor=carla, on=True)
    act(desk, "courier", "end_shift", first)
    first.refresh_from_db()
    assert (first.status, first.on_shift) == ("ACTIF", False)


def test_an_auction_is_closed_posted_again_awarded_and_cancelled(desk, alice, carla):
    fund(alice)
    delivery = make_delivery(alice)
    act(desk, "delivery", "close_now", delivery)
    assert Delivery.objects.get().status == "EXPIREE"
    act(desk, "delivery", "post_again", delivery)
    act(desk, "bid", "choose", bid(delivery, make_courier(carla)))
    assert Delivery.objects.get().agreed_price == Decimal("8.00")
    act(desk, "delivery", "cancel_selected", delivery)
    assert Delivery.objects.get().status == "ANNULEE"
    refused = act(desk, "delivery", "cancel_selected", delivery)
    assert "not possible in the present state" in refused.content.decode()


def test_locked_codes_are_unlocked(desk, alice, carla):
    fund(alice)
    delivery = award_to(make_delivery(alice), make_courier(carla))
    Delivery.objects.update(pickup_tries=5)
    act(desk, "delivery", "unlock_codes", delivery)
    assert Delivery.objects.get().pickup_tries == 0


def test_a_changed_price_keeps_its_author(desk, admin_user):
    rule = PricingRule.objects.filter(kind="STANDARD").first()
    url = reverse("admin:delivery_pricingrule_change", args=[rule.pk])
    form = desk.get(url).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data |= {"valid_from_0": "2026-01-01", "valid_from_1": "00:00:00", "base": "4.00"}
    data.pop("valid_from", None)
    answer = desk.post(url, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert (rule.log.first().base, rule.log.first().history_user) == (Decimal("4.00"), admin_user)
    assert desk.get(reverse("admin:delivery_pricingrule_history", args=[rule.pk])).status_code == 200
