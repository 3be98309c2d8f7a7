"""Who sees which delivery, by every REST door."""

import pytest

from accounts.companies.models import Company, Membership
from accounts.wallet.queries import company_wallet
from config.lib.actors import SYSTEM
from config.lib.testing import api, assert_max_queries
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.tests.factories import award_to, delivered, fill_escrow, fund, make_delivery

pytestmark = pytest.mark.django_db

DOORS = [
    ("get", ""), ("get", "/bids"), ("get", "/proof"), ("post", "/bids"), ("post", "/bids/{bid}/accept"),
    ("post", "/accept"), ("post", "/repost"), ("post", "/pickup"), ("post", "/deliver"), ("post", "/fail"),
    ("post", "/reattempt"), ("post", "/return"), ("post", "/cancel"), ("patch", "/bids/{bid}"),
    ("delete", "/bids/{bid}"),
]
BODY = {"amount": "5.00", "eta_minutes": 30, "code": "123456", "reason": "ABSENT"}


@pytest.mark.parametrize("method, door", DOORS)
def test_a_stranger_finds_nothing_and_a_visitor_is_asked_to_sign_in(alice, charlie, method, door):
    from delivery.auctions.tests.factories import bid

    delivery = make_delivery(alice)
    row = bid(delivery, make_courier(type(alice).objects.create_user("k@x.test")))
    url = f"/api/deliveries/{delivery.pk}{door.format(bid=row.pk)}"
    assert getattr(api(charlie), method)(url, BODY).status_code == 404
    assert getattr(api(), method)(url, BODY).status_code == 401


@pytest.mark.parametrize("method, door", [d for d in DOORS if d[0] == "post" or d[1] == "/bids"])
def test_the_recipient_reads_but_does_not_act(alice, bob, carla, method, door):
    from delivery.auctions.tests.factories import bid

    delivery = make_delivery(alice, recipient_user=bob)
    row = bid(delivery, make_courier(carla))
    assert api(bob).get(f"/api/deliveries/{delivery.pk}").status_code == 200
    answer = getattr(api(bob), method)(f"/api/deliveries/{delivery.pk}{door.format(bid=row.pk)}", BODY)
    assert answer.status_code == 403, (door, answer.json())


def test_each_sees_his_own_in_the_list(alice, bob, charlie, carla):
    fund(alice)
    courier = make_courier(carla)
    mine = award_to(make_delivery(alice, recipient_user=bob), courier)
    make_delivery(charlie)
    for user in (alice, bob, carla):
        rows = api(user).get("/api/deliveries").json()["results"]
        assert [row["id"] for row in rows] == [mine.pk]
    assert api(alice).get("/api/deliveries", {"role": "recipient"}).json()["count"] == 0
    assert api(alice).get("/api/deliveries", {"status": "running"}).json()["count"] == 1
    assert api(alice).get("/api/deliveries", {"status": "ended"}).json()["count"] == 0
    assert api(alice).get("/api/deliveries", {"search": mine.reference}).json()["count"] == 1


def test_members_of_the_paying_company_see_it_as_its_sender(alice, bob, charlie):
    company = Company.objects.create(name="Fleurs", siren="732829320")
    for user in (alice, bob):
        Membership.objects.create(company=company, user=user, role="MEMBER")
    delivery = make_delivery(alice, payer_account=company_wallet(company))
    seen = api(bob).get(f"/api/deliveries/{delivery.pk}").json()
    assert seen["handover"]["pickup_code"]
    assert api(charlie).get(f"/api/deliveries/{delivery.pk}").status_code == 404


def test_the_shops_clerk_handles_the_platforms_deliveries_only(alice, person):
    from django.contrib.auth.models import Group

    clerk = person("clerk", is_staff=True)
    clerk.groups.add(Group.objects.get_or_create(name="Boutique")[0])
    ours = make_delivery(SYSTEM, payer_account=fill_escrow(), origin="order:3")
    theirs = make_delivery(alice)
    assert api(clerk).get(f"/api/deliveries/{ours.pk}").json()["handover"]["pickup_code"]
    assert api(clerk).get(f"/api/deliveries/{theirs.pk}").status_code == 404


def test_the_list_costs_the_same_however_long_it_is(alice, carla):
    fund(alice)
    courier = make_courier(carla)
    client = api(alice)
    for _ in range(2):
        award_to(make_delivery(alice), courier)
    client.get("/api/deliveries")
    with assert_max_queries(4) as few:
        client.get("/api/deliveries")
    for _ in range(6):
        award_to(make_delivery(alice), courier)
    with assert_max_queries(len(few)):
        client.get("/api/deliveries")


def test_the_proof_exists_once_something_happened(alice, bob, charlie, carla, commit):
    fund(alice)
    courier = make_courier(carla)
    delivery = award_to(make_delivery(alice, recipient_user=bob), courier)
    assert api(alice).get(f"/api/deliveries/{delivery.pk}/proof").status_code == 404
    delivered(delivery, courier)
    for user in (alice, bob, carla):
        with commit():
            assert api(user).get(f"/api/deliveries/{delivery.pk}/proof").status_code in (200, 202)
        assert api(user).get(f"/api/deliveries/{delivery.pk}/proof").status_code == 200
    assert delivery.proof_documents.count() == 1
    assert api(charlie).get(f"/api/deliveries/{delivery.pk}/proof").status_code == 404
