import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.places.models import Zone
from delivery.places.queries import zones_at
from delivery.places.rules import Point, around, distance_m, duration_s, parse_line, straight_m, street_key

lats, lons = st.floats(-80, 80), st.floats(-179, 179)


@pytest.mark.parametrize(
    "line, number, suffix, street",
    [
        ("12 bis, rue de la Paix", 12, "bis", "rue paix"),
        ("12B rue de la Paix", 12, "bis", "rue paix"),
        ("14 r. Commines", 14, "", "rue commines"),
        ("7 l'Orée du Bois", 7, "", "l oree bois"),
        ("Place de la République", None, "", "place republique"),
        ("3 av. du Gal Leclerc", 3, "", "avenue general leclerc"),
        ("", None, "", ""),
    ],
)
def test_a_line_is_taken_apart(line, number, suffix, street):
    found = parse_line(line)
    assert (found.number, found.suffix, found.street_key) == (number, suffix, street)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_an_address(text):
    parse_line(text)
    assert street_key(street_key(text)) == street_key(text) or len(street_key(text).split()) > 0


@given(lats, lons, lats, lons)
def test_distance_is_symmetric_and_never_negative(a, b, c, d):
    there, back = straight_m(Point(a, b), Point(c, d)), straight_m(Point(c, d), Point(a, b))
    assert there == pytest.approx(back, abs=1e-3)
    assert 0 <= there < 20_100_000


@given(lats, st.floats(-170, 170), st.floats(10, 50_000), st.floats(0, 359))
def test_the_box_holds_every_point_of_the_circle(lat, lon, radius, bearing):
    south, north, west, east = around(lat, lon, radius)
    for other in (Point(south, lon), Point(north, lon), Point(lat, west), Point(lat, east)):
        assert straight_m(Point(lat, lon), other) >= radius * 0.999


def test_known_distance_and_speeds():
    assert straight_m(Point(48.859562, 2.353992), Point(48.862038, 2.36603)) == pytest.approx(923, abs=5)
    assert duration_s(4200, "VELO") == 1000
    assert duration_s(1000, "PIED") > duration_s(1000, "VELO") > duration_s(1000, "SCOOTER")
    assert distance_m(Point(48.85, 2.35), Point(48.85, 2.35)) == 0


@pytest.mark.django_db
def test_a_zone_counts_once_even_with_both_ends_in_it():
    Zone.objects.create(name="Centre", lat=48.86, lon=2.36, radius_m=1000, surcharge="1.00")
    Zone.objects.create(name="Off", lat=48.86, lon=2.36, radius_m=1000, surcharge="9.00", is_active=False)
    here, far = Point(48.861, 2.361), Point(48.95, 2.36)
    assert [zone.name for zone in zones_at(here, here)] == ["Centre"]
    assert zones_at(far) == []
