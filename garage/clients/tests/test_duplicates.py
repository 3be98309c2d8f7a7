import pytest

from config.lib.testing import assert_max_queries
from garage.clients.duplicates import suggestions
from garage.clients.rules import names_alike, near_pairs, plain_name
from garage.clients.tests.factories import client_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("one,other,same", [
    ("Alice Martin", "MARTIN Alice", True),
    ("Hélène Lefèvre", "Helene Lefevre", True),
    ("Dupont Marie", "Marie Duppont", True),
    ("Garage du Pont-Neuf", "garage du pont neuf", True),
    ("Alice Martin", "Bruno Martin", False),
    ("Jean Petit", "Jean Grand", False),
    ("", "", False),
    ("!!!", "???", False),
])
def test_names_are_compared_without_accents_case_and_order(one, other, same):
    assert names_alike(one, other) is same
    assert names_alike(other, one) is same


def test_name_near_only_in_one_postal_code():
    rows = [(1, "Alice Martin", "75003"), (2, "Martin Alice", "75003"), (3, "Alice Martin", "69001")]
    assert near_pairs(rows) == [(1, 2)]


def test_plain_name_is_stable():
    assert plain_name("  Lefèvre,  HÉLÈNE ") == plain_name(plain_name("Hélène Lefèvre")) == "helene lefevre"


def test_the_pair_with_most_reasons_comes_first_and_queries_do_not_grow():
    near = [client_of(name="Paul Roux", postal_code="75011"), client_of(name="Roux Paul", postal_code="75011")]
    sure = [
        client_of(name="Inès Roy", email="ines@b.test", phone="+33612345678"),
        client_of(name="I. Roy", email="Ines@b.test", phone="+33612345678"),
    ]
    client_of(name="Zoé")
    with assert_max_queries(8) as few:
        pairs = suggestions()
    assert [(p.older.pk, p.newer.pk, p.reasons) for p in pairs] == [
        (sure[0].pk, sure[1].pk, ["EMAIL", "TELEPHONE"]), (near[0].pk, near[1].pk, ["NOM"]),
    ]
    for number in range(10):
        client_of(name=f"Lea {number}", email="lea@b.test")
    with assert_max_queries(len(few)):
        assert len(suggestions()) == 11
    assert [p.reasons for p in suggestions(of=near[1])] == [["NOM"]]
