"""Publish and hide: staff only, in the admin, with a reason that the author reads."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from config.lib.actors import SYSTEM
from config.lib.errors import Forbidden, IllegalMove, Invalid, NotFound
from config.lib.testing import api, browser
from shop.catalogue.tests.factories import make_product
from shop.reviews import services
from shop.reviews.models import Review
from shop.reviews.tests.factories import make_review, rating

pytestmark = pytest.mark.django_db


@pytest.fixture
def jam():
    return make_product(stock=100)


def test_published_it_counts_hidden_it_does_not(alice, dora, jam):
    review = make_review(alice, jam, 4)
    services.publish(actor=dora, review_id=review.pk)
    assert rating(jam) == (4, 1)
    services.hide(actor=dora, review_id=review.pk, reason="insulte")
    assert rating(jam) == (0, 0)
    assert api().get(f"/api/catalog/products/{jam.pk}/reviews").json()["results"] == []
    mine = api(alice).get(f"/api/catalog/reviews/{review.pk}").json()
    assert (mine["status"], mine["hidden_because"]) == ("MASQUE", "insulte")
    assert "insulte" in browser(alice).get(reverse("shop:reviews", args=[jam.slug])).content.decode()
    assert [h.by for h in review.history.all()] == [alice, dora, dora]


def test_hiding_needs_a_reason(alice, dora, jam):
    review = make_review(alice, jam)
    with pytest.raises(Invalid):
        services.hide(actor=dora, review_id=review.pk, reason=" ")


def test_only_staff(alice, bob, jam):
    review = make_review(alice, jam)
    with pytest.raises(Forbidden):
        services.publish(actor=alice, review_id=review.pk)
    with pytest.raises(NotFound):
        services.hide(actor=bob, review_id=review.pk, reason="x")
    assert Review.objects.get().status == "EN_ATTENTE"


@pytest.mark.parametrize("before", Review.Status.values)
@pytest.mark.parametrize("after", Review.Status.values)
def test_every_move_is_allowed_or_refused_as_the_table_says(alice, jam, before, after):
    review = make_review(alice, jam)
    Review.objects.update(status=before)
    act = {
        "PUBLIE": lambda: services.publish(actor=SYSTEM, review_id=review.pk),
        "MASQUE": lambda: services.hide(actor=SYSTEM, review_id=review.pk, reason="x"),
        "EN_ATTENTE": lambda: services.edit_review(actor=alice, review_id=review.pk, body="Autre."),
    }[after]
    if after in Review.MOVES[before] or before == after == "EN_ATTENTE":
        act()
        assert Review.objects.get().status == after
    else:
        with pytest.raises(IllegalMove):
            act()
        assert Review.objects.get().status == before


def test_the_admin_publishes_and_hides_with_a_reason(alice, bob, admin_user, jam):
    reviews = [make_review(alice, jam), make_review(bob, jam)]
    site = browser(admin_user)
    chosen = {"_selected_action": [r.pk for r in reviews]}
    site.post(reverse("admin:shop_review_changelist"), {"action": "publish_selected", **chosen})
    assert rating(jam) == (10, 2)
    hide = reverse("admin:shop_review_hide", args=[reviews[0].pk])
    assert site.get(hide).status_code == 200
    site.post(hide, {"_form_submitted": "on", "reason": ""})
    assert rating(jam) == (10, 2)
    site.post(hide, {"_form_submitted": "on", "reason": "publicité"})
    assert rating(jam) == (5, 1)
    assert Review.objects.get(pk=reviews[0].pk).hidden_because == "publicité"
    site.post(reverse("admin:shop_review_publish", args=[reviews[0].pk]), {"_form_submitted": "on"})
    assert rating(jam) == (10, 2)


def test_the_admin_types_nothing(alice, admin_user, jam):
    review = make_review(alice, jam)
    page = reverse("admin:shop_review_change", args=[review.pk])
    assert browser(admin_user).get(page).status_code == 200
    assert browser(admin_user).post(page, {"stars": 1, "status": "PUBLIE"}).status_code == 403
    assert (Review.objects.get().stars, Review.objects.get().status) == (5, "EN_ATTENTE")


def test_who_only_looks_at_the_shop_is_refused(alice, person, jam):
    review = make_review(alice, jam)
    mechanic = person("max", is_staff=True)
    mechanic.user_permissions.add(Permission.objects.get(codename="view_review"))
    page = reverse("admin:shop_review_changelist")
    browser(mechanic).post(page, {"action": "publish_selected", "_selected_action": [review.pk]})
    assert Review.objects.get().status == "EN_ATTENTE"
