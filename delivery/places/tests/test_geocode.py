import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.lib.errors import Invalid
from config.lib.testing import api
from delivery.places.geocoding import geocode, resolve_places
from delivery.places.rules import AddressNotFound
from delivery.places.services import import_addresses

pytestmark = pytest.mark.django_db

STREETS = [
    "numero,voie,code_postal,ville,nom,lat,lon,osm",
    "24,Rue des Gravilliers,75003,Paris,,48.8600,2.3500,n1",
    "24b,Rue des Gravilliers,75003,Paris,,48.8601,2.3501,n2",
    "27,Rue des Gravilliers,75003,Paris,,48.8602,2.3502,n3",
    "30,Rue des Gravilliers,75003,Paris,,48.8603,2.3503,n4",
    "24,Rue des Gravilliers,69001,Lyon,,45.7,4.8,n5",
    "5,Boulevard de l'Œuvre-Élevée,,Paris,,48.8604,2.3504,n6",
]


@pytest.fixture(autouse=True)
def streets():
    import_addresses(lines=STREETS)


def place(line1, postal_code="75003", city="Paris"):
    return {"line1": line1, "postal_code": postal_code, "city": city}


@pytest.mark.parametrize(
    "line1, lat, exact",
    [
        ("24 rue des Gravilliers", 48.86, True),
        ("24, R. des GRAVILLIERS", 48.86, True),
        ("24 bis rue des Gravilliers", 48.8601, True),
        ("24b rue Gravilliers", 48.8601, True),
        ("24 ter rue des Gravilliers", 48.86, True),
        ("28 rue des Gravilliers", 48.8603, False),
        ("29 rue des Gravilliers", 48.8602, False),
        ("rue des Gravilliers", 48.8602, False),
        ("5 bd de l'oeuvre elevee", 48.8604, True),
    ],
)
def test_the_number_is_found_else_its_neighbour_on_the_same_side_with_less_confidence(line1, lat, exact):
    found = geocode(place(line1))
    assert found.lat == pytest.approx(lat, abs=0.00011)
    assert (found.confidence >= 0.9) is exact


def test_the_town_counts():
    assert geocode(place("24 rue des Gravilliers", "69001", "Lyon")).lat == 45.7
    assert geocode(place("24 rue des Gravilliers", "75003", "PARIS 03")).lat == 48.86
    assert geocode(place("24 rue des Gravilliers", "", "Paris 3e Arrondissement")).lat == 48.86
    with pytest.raises(AddressNotFound):
        geocode(place("24 rue des Gravilliers", "13001", "Marseille"))


def test_every_wrong_field_of_every_place_is_said_at_once():
    with pytest.raises(Invalid) as refused:
        resolve_places(
            pickup={"line1": "", "city": "Paris", "phone": "12"},
            dropoff={"line1": "x" * 200, "city": "", "lat": "91", "lon": "1e9"},
        )
    assert set(refused.value.errors) == {
        "pickup.line1", "pickup.phone", "dropoff.line1", "dropoff.city", "dropoff.lat", "dropoff.lon",
    }


def test_given_coordinates_are_taken_as_they_are():
    [found] = resolve_places(pickup={**place("Nulle Part"), "lat": "48.1", "lon": "2.1"})
    assert (found["lat"], found["lon"]) == (48.1, 2.1)


@pytest.fixture
def geocoder(settings):
    """A local server that answers what the test tells it to."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        answer: object = {}

        def do_GET(self):
            asked.append(self.path)
            body = Handler.answer if isinstance(Handler.answer, bytes) else json.dumps(Handler.answer).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def start(path, answer):
        Handler.answer = answer
        settings.GEOCODER_URL = f"http://127.0.0.1:{server.server_port}{path}"
        return asked

    yield start
    server.shutdown()
    server.server_close()


def test_photon_answers_what_the_imported_points_do_not_know(geocoder):
    feature = {"geometry": {"coordinates": [2.5, 48.5]}, "properties": {"housenumber": "1", "street": "Rue Loin"}}
    asked = geocoder("/api", {"features": [feature]})
    assert geocode(place("1 rue Loin"))[:2] == (48.5, 2.5)
    assert "rue+Loin" in asked[0]


def test_nominatim_answers_too(geocoder):
    asked = geocoder("/search", [{"lat": "48.4", "lon": "2.4", "display_name": "x", "address": {"house_number": "1"}}])
    assert geocode(place("1 rue Loin"))[:2] == (48.4, 2.4)
    assert "format=jsonv2" in asked[0]


def test_an_exact_imported_point_asks_nobody(geocoder):
    asked = geocoder("/api", {"features": []})
    geocode(place("24 rue des Gravilliers"))
    assert asked == []


@pytest.mark.parametrize("nonsense", [{"features": [{}]}, [], b"<html>", {"features": [{"geometry": {"coordinates": [1]}}]}])
def test_a_geocoder_that_answers_nonsense_leaves_the_best_guess(geocoder, nonsense):
    geocoder("/api", nonsense)
    assert geocode(place("28 rue des Gravilliers")).lat == 48.8603
    with pytest.raises(AddressNotFound):
        geocode(place("1 rue Loin"))


def test_a_geocoder_that_is_away_blocks_nothing(settings):
    settings.GEOCODER_URL = "http://127.0.0.1:9/api"
    assert geocode(place("28 rue des Gravilliers")).lat == 48.8603


def test_search_suggests_while_typing(alice):
    rows = api(alice).get("/api/places/search", {"q": "24 rue des grav"}).json()
    assert {row["line1"] for row in rows} == {"24 Rue des Gravilliers", "24 bis Rue des Gravilliers"}
    assert api(alice).get("/api/places/search", {"q": "gravilliers"}).json()
    assert api(alice).get("/api/places/search", {"q": "2"}).json() == []
