from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.wallet.queries import system_account
from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, Invalid
from config.lib.testing import api
from delivery.deliveries import services
from delivery.deliveries.models import Delivery, PricingRule
from delivery.deliveries.rules import commission_of, eta_from, price_lines
from delivery.deliveries.tests.factories import DROPOFF, PARCELS, PICKUP, fill_escrow, make_delivery
from delivery.places.models import Zone

amounts = st.integers(0, 5000).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.django_db
def test_the_breakdown_adds_up_and_names_every_cause():
    Zone.objects.create(name="Marais", lat=48.86, lon=2.355, radius_m=1000, surcharge="1.50")
    soon = timezone.now() + timedelta(hours=1)
    window = {"from": soon.isoformat(), "to": (soon + timedelta(minutes=90)).isoformat()}
    found = services.estimate(
        pickup=PICKUP, dropoff=DROPOFF, parcels=[{"weight_kg": "7", "size": "XL"}], window=window
    )
    assert {line.code for line in found.breakdown} == {"base", "distance", "weight", "size", "window", "zone"}
    assert sum(line.amount for line in found.breakdown) == found.price
    assert (found.distance_m, found.duration_s) == (1246, 297)


@pytest.mark.django_db
def test_the_newest_rule_in_force_prices_and_a_future_one_does_not():
    now = timezone.now()
    PricingRule.objects.create(kind="STANDARD", valid_from=now - timedelta(days=1), base="20.00")
    PricingRule.objects.create(kind="STANDARD", valid_from=now + timedelta(days=1), base="99.00")
    found = services.estimate(pickup=PICKUP, dropoff=DROPOFF, parcels=PARCELS)
    assert found.breakdown[0].amount == Decimal("20.00")


@pytest.mark.django_db
def test_without_any_rule_the_defaults_price():
    PricingRule.objects.all().delete()
    assert services.estimate(pickup=PICKUP, dropoff=DROPOFF, parcels=PARCELS).price >= Decimal("5.00")


@given(
    distance=st.integers(0, 100_000), weights=st.lists(st.integers(1, 50_000), min_size=1, max_size=5),
    sizes=st.lists(st.sampled_from(["S", "M", "L", "XL"]), min_size=5, max_size=5), base=amounts, per_km=amounts,
    per_kg=amounts, minimum=amounts, zone=amounts,
)
def test_the_price_is_never_below_the_lowest_and_the_lines_add_up(
    distance, weights, sizes, base, per_km, per_kg, minimum, zone
):
    rule = PricingRule(base=base, per_km=per_km, per_kg=per_kg, minimum=minimum, free_weight_kg=Decimal(5),
                       size_s=Decimal(0), size_m=Decimal("0.50"), size_l=Decimal(2), size_xl=Decimal(5))
    parcels = [{"weight_kg": str(Decimal(w) / 1000), "size": s} for w, s in zip(weights, sizes, strict=False)]
    lines = price_lines(rule=rule, distance_m=distance, parcels=parcels, zones=[("Z", zone)], window=None)
    total = sum(line.amount for line in lines)
    assert total >= minimum
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in lines)
    longer = price_lines(rule=rule, distance_m=distance + 5000, parcels=parcels, zones=[("Z", zone)], window=None)
    assert sum(line.amount for line in longer) >= total


@given(st.integers(1, 10**6), st.integers(0, 10_000))
def test_commission_stays_within_the_price(cents, percent):
    price = Decimal(cents) / 100
    assert 0 <= commission_of(price, Decimal(percent) / 100) <= price


@given(st.integers(0, 100_000))
def test_the_arrival_is_an_ordered_interval(seconds):
    eta = eta_from(seconds)
    assert 0 < eta["p20"] < eta["p50"] < eta["p80"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change, fields",
    [
        ({"parcels": []}, {"parcels"}),
        ({"parcels": [{"weight_kg": "0", "size": "S"}, {"weight_kg": "x", "size": "XXL"}]},
         {"parcels.0.weight_kg", "parcels.1.weight_kg", "parcels.1.size"}),
        ({"kind": "MAGIQUE"}, {"kind"}),
        ({"mode": "TROC"}, {"mode"}),
        ({"award": "PILE_OU_FACE"}, {"award"}),
        ({"max_price": Decimal("0")}, {"max_price"}),
        ({"max_price": Decimal("1.234")}, {"max_price"}),
        ({"max_price": Decimal("NaN")}, {"max_price"}),
        ({"closes_in_s": 1}, {"closes_in_s"}),
        ({"closes_in_s": 10**9}, {"closes_in_s"}),
        ({"window": {"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}}, {"window"}),
        ({"window": {"from": "x"}}, {"window"}),
        ({"handover_methods": ["PIGEON"]}, {"handover_methods"}),
    ],
)
def test_wrong_input_is_said_on_its_field_and_creates_nothing(alice, change, fields):
    with pytest.raises(Invalid) as refused:
        make_delivery(alice, **change)
    assert set(refused.value.errors) == fields
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_the_api_says_the_same_with_its_own_checks(alice):
    body = {"pickup": {**PICKUP, "lat": 200}, "dropoff": DROPOFF, "parcels": [{"weight_kg": 1, "size": "Q"}]}
    answer = api(alice).post("/api/deliveries", body)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"pickup.lat", "parcels.0.size"}


@pytest.mark.django_db
def test_without_a_highest_price_the_estimate_is_taken(alice):
    delivery = make_delivery(alice, max_price=None)
    assert delivery.max_price == delivery.estimate
    assert sum(Decimal(row["amount"]) for row in delivery.breakdown) == delivery.estimate


@pytest.mark.django_db
def test_the_same_origin_gives_the_same_delivery(alice):
    escrow = fill_escrow()
    values = {"payer_account": escrow, "origin": "order:1", "recipient_user": alice}
    assert make_delivery(SYSTEM, **values).pk == make_delivery(SYSTEM, **values).pk
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_nobody_sends_on_the_account_of_somebody_else(alice, bob):
    from accounts.wallet.queries import wallet_of

    for account in (wallet_of(bob), system_account("ESCROW")):
        with pytest.raises(Forbidden):
            make_delivery(alice, payer_account=account)


@pytest.mark.django_db
def test_a_fixed_price_is_offered_and_an_auction_is_open(alice):
    assert make_delivery(alice, mode="PRIX_FIXE").status == "PUBLIEE"
    assert make_delivery(alice).status == "EN_ENCHERE"
