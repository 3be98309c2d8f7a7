"""The sender's and the courier's pages, as a browser without JavaScript uses them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from config.lib.testing import browser
from delivery.auctions import services
from delivery.auctions.models import Bid
from delivery.auctions.tests.factories import award_to, bid
from delivery.couriers.models import Courier
from delivery.couriers.tests.factories import make_courier
from delivery.deliveries.models import Delivery
from delivery.deliveries.tests.factories import code, delivered, fund, make_delivery
from delivery.places.services import import_addresses

pytestmark = pytest.mark.django_db

STREETS = [
    "numero,voie,code_postal,ville,nom,lat,lon,osm",
    "41,Rue du Temple,75003,Paris,,48.859562,2.353992,n1",
    "14,Rue Commines,75003,Paris,,48.862038,2.36603,n2",
]
FROM = {"line1": "41 rue du Temple", "postal_code": "75003", "city": "Paris", "name": "Librairie"}
TO = {"line1": "14 r. Commines", "postal_code": "75003", "city": "Paris", "name": "Bob"}


def send(client, step, data):
    return client.post(reverse("delivery:delivery_new_step", args=[step]), data)


def answer_all(client):
    for step, data in (
        ("depart", FROM), ("arrivee", TO), ("colis", {"size": "M", "weight_kg": "2.5", "count": "1"}),
        ("prix", {"mode": "ENCHERE", "max_price": "12.50", "award": "MANUELLE", "closes_in_s": "1800"}),
    ):
        answer = send(client, step, data)
        assert answer.status_code == 302, answer.context["form"].errors
    return answer.url


def test_a_parcel_is_sent_one_question_at_a_time(alice):
    import_addresses(lines=STREETS)
    client = browser(alice)
    assert client.get(reverse("delivery:delivery_new")).status_code == 200
    last = answer_all(client)
    page = client.get(last)
    assert "Publish · at most €12.50" in page.content.decode()
    answer = client.post(last)
    delivery = Delivery.objects.get()
    assert answer.url == reverse("delivery:delivery", args=[delivery.pk])
    assert (delivery.sender, delivery.max_price, delivery.pickup["lat"]) == (alice, Decimal("12.50"), 48.859562)


def test_publishing_twice_makes_one_delivery(alice):
    import_addresses(lines=STREETS)
    client = browser(alice)
    last = answer_all(client)
    session = dict(client.session)
    client.post(last)
    again = client.session
    again.update(session)
    again.save()
    client.post(last)
    assert Delivery.objects.count() == 1


def test_an_unknown_street_is_said_beside_the_field_and_the_input_is_kept(alice):
    answer = send(browser(alice), "depart", FROM)
    assert answer.status_code == 422
    assert "line1" in answer.context["form"].errors
    assert "41 rue du Temple" in answer.content.decode()


def test_a_later_question_leads_back_to_the_first_open_one(alice):
    answer = browser(alice).get(reverse("delivery:delivery_new_step", args=["prix"]))
    assert answer.url == reverse("delivery:delivery_new_step", args=["depart"])


def test_the_address_book_fills_the_question(alice):
    saved = alice.addresses.create(recipient="Alice M", line1="3 rue Chapon", postal_code="75003", city="Paris")
    page = browser(alice).get(reverse("delivery:delivery_new"), {"address": saved.pk})
    assert page.context["form"]["line1"].value() == "3 rue Chapon"


def test_the_sender_compares_bids_and_accepts_one(alice, carla):
    fund(alice)
    delivery = make_delivery(alice)
    offered = bid(delivery, make_courier(carla))
    client = browser(alice)
    page = client.get(reverse("delivery:delivery", args=[delivery.pk])).content.decode()
    assert "Accept €8.00" in page
    assert "Promises kept" in page
    client.post(reverse("delivery:bid_accept", args=[delivery.pk, offered.pk]))
    delivery.refresh_from_db()
    assert delivery.status == "ATTRIBUEE"
    page = client.get(reverse("delivery:delivery", args=[delivery.pk])).content.decode()
    pickup, dropoff = code(delivery), code(delivery, "REMISE")
    assert f"{pickup[:3]} {pickup[3:]}" in page
    assert f"{dropoff[:3]} {dropoff[3:]}" in page


def test_the_recipient_sees_the_second_code_only_and_no_bids(alice, bob, carla):
    fund(alice)
    delivery = award_to(make_delivery(alice, recipient_user=bob), make_courier(carla))
    page = browser(bob).get(reverse("delivery:delivery", args=[delivery.pk])).content.decode()
    pickup, dropoff = code(delivery), code(delivery, "REMISE")
    assert f"{dropoff[:3]} {dropoff[3:]}" in page
    assert f"{pickup[:3]} {pickup[3:]}" not in page
    assert 'id="bids-title"' not in page


def test_without_money_the_page_says_so_and_nothing_changes(alice, carla):
    delivery = make_delivery(alice)
    offered = bid(delivery, make_courier(carla))
    client = browser(alice)
    answer = client.post(reverse("delivery:bid_accept", args=[delivery.pk, offered.pk]), follow=True)
    assert "not enough money" in answer.content.decode()
    delivery.refresh_from_db()
    assert delivery.status == "EN_ENCHERE"


def test_cancel_and_post_again(alice):
    client = browser(alice)
    first, second = make_delivery(alice), make_delivery(alice)
    client.post(reverse("delivery:delivery_cancel", args=[first.pk]))
    services.close_auction(delivery_id=second.pk, actor=alice, early=True)
    page = client.get(reverse("delivery:delivery", args=[second.pk])).content.decode()
    assert "Nobody made a bid in time." in page
    client.post(reverse("delivery:delivery_repost", args=[second.pk]), {"max_price": "15.00", "closes_in_s": "600"})
    assert list(Delivery.objects.order_by("pk").values_list("status", flat=True)) == ["ANNULEE", "EN_ENCHERE"]
    second.refresh_from_db()
    assert second.max_price == Decimal("15.00")


def test_a_stranger_finds_no_page(alice, charlie):
    delivery = make_delivery(alice)
    client = browser(charlie)
    for name in ("delivery", "delivery_proof"):
        assert client.get(reverse(f"delivery:{name}", args=[delivery.pk])).status_code == 404
    for name in ("delivery_cancel", "delivery_repost", "delivery_reattempt", "delivery_return"):
        assert client.post(reverse(f"delivery:{name}", args=[delivery.pk])).status_code == 404
    assert client.post(reverse("delivery:bid_place", args=[delivery.pk])).status_code == 404


def test_the_list_has_an_empty_state_and_its_tabs_filter(alice):
    client = browser(alice)
    assert "Nothing sent yet" in client.get(reverse("delivery:deliveries")).content.decode()
    delivery = make_delivery(alice)
    assert delivery.reference in client.get(reverse("delivery:deliveries"), {"status": "open"}).content.decode()
    assert delivery.reference not in client.get(reverse("delivery:deliveries"), {"status": "ended"}).content.decode()


def test_a_courier_bids_changes_and_withdraws_by_page(alice, carla):
    make_courier(carla)
    delivery = make_delivery(alice)
    client = browser(carla)
    url = reverse("delivery:bid_place", args=[delivery.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"amount": "9.00", "eta_minutes": "30"})
    client.post(url, {"amount": "8.50", "eta_minutes": "30"})
    row = Bid.objects.get()
    assert row.amount == Decimal("8.50")
    too_much = client.post(url, {"amount": "99", "eta_minutes": "30"})
    assert (too_much.status_code, "amount" in too_much.context["form"].errors) == (422, True)
    client.post(reverse("delivery:bid_withdraw", args=[delivery.pk, row.pk]))
    row.refresh_from_db()
    assert row.status == "RETIREE"


def test_a_form_never_sends_the_courier_to_another_site(alice, carla):
    make_courier(carla)
    url = reverse("delivery:bid_place", args=[make_delivery(alice).pk])
    answer = browser(carla).post(url, {"amount": "9", "eta_minutes": "30", "next": "https://evil.example/"})
    assert answer.url == reverse("delivery:courier")


def test_a_fixed_price_is_taken_by_page(alice, carla):
    fund(alice)
    courier = make_courier(carla)
    delivery = make_delivery(alice, mode="PRIX_FIXE")
    browser(carla).post(reverse("delivery:offer_take", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.courier) == ("ATTRIBUEE", courier)


def test_the_proof_is_waited_for_and_then_opens(alice, carla, commit):
    fund(alice)
    courier = make_courier(carla)
    delivery = delivered(award_to(make_delivery(alice), courier), courier)
    client = browser(alice)
    url = reverse("delivery:delivery_proof", args=[delivery.pk])
    with commit():
        assert client.get(url)["Refresh"] == "2"
    assert client.get(url)["Content-Type"] == "application/pdf"


def test_a_person_applies_as_courier_by_page(bob):
    client = browser(bob)
    assert client.get(reverse("delivery:courier_apply")).status_code == 200
    answer = client.post(reverse("delivery:courier_apply"), {"vehicle": "VELO", "about": "Le soir"})
    assert answer.url == reverse("delivery:courier")
    assert Courier.objects.get().status == "DEMANDE"
