"""Founding, changing, closing, the books and the vote by API and by page."""

from decimal import Decimal as D

import pytest

from accounts.communities import queries, services
from accounts.communities.rules import pseudonym
from accounts.communities.tests.factories import ask, give, let_in, make_community, vote
from accounts.users.tests.factories import make_user
from accounts.wallet import audit as books
from accounts.wallet.queries import balance_of, wallet_of
from config.lib.testing import api, assert_max_queries, both_doors, browser

pytestmark = pytest.mark.django_db


def url(community, tail=""):
    return f"/api/wallet/communities/{community.pk}{tail}"


def test_founding_by_api_gives_the_whole_shape():
    alice = make_user("alice")
    answer = api(alice).post("/api/wallet/communities", {"name": "Jardin", "visibility": "PUBLIQUE", "quorum_percent": 60})
    assert answer.status_code == 201
    body = answer.json()
    body.pop("created_at")
    assert body.pop("id")
    assert body == {
        "slug": "jardin", "name": "Jardin", "description": "", "visibility": "PUBLIQUE", "status": "ACTIVE",
        "platform": False, "quorum_percent": 60, "voting_days": 7, "balance": "0.00", "currency": "EUR",
        "members_count": 1, "role": "FONDATEUR", "mine": True,
    }


def test_founding_by_page_leads_to_the_community():
    alice = make_user("alice")
    fields = {"name": "Nouvelle", "visibility": "PRIVEE", "quorum_percent": "51", "voting_days": "7"}
    page = browser(alice).post("/communautes/nouvelle/", fields, follow=True)
    assert page.status_code == 200
    assert "Nothing in the pot yet" in page.content.decode()
    assert page.redirect_chain[-1][0].startswith("/communautes/nouvelle-")  # our own word keeps its address


@pytest.mark.parametrize(("body", "field"), [
    ({}, "name"), ({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"name": "X", "quorum_percent": 0}, "quorum_percent"),
    ({"name": "X", "quorum_percent": 101}, "quorum_percent"), ({"name": "X", "visibility": "SECRETE"}, "visibility"),
    ({"name": "X", "voting_days": 31}, "voting_days"),
])
def test_wrong_settings_are_refused_on_their_field(body, field):
    answer = api(make_user("alice")).post("/api/wallet/communities", body)
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (422, "invalid", [field])


def test_two_of_the_same_name_have_their_own_address():
    alice = make_user("alice")
    slugs = {services.create_community(actor=alice, name="Vélo !").slug for _ in range(3)}
    assert len(slugs) == 3
    assert services.create_community(actor=alice, name="🚲🚲").slug == "communaute"


def test_settings_change_for_what_comes_next_only():
    community, (alice, bob, _charlie, _dina) = make_community("alice", "bob", "charlie", "dina", pot="10")
    request = ask(community, bob)
    answer = api(alice).patch(url(community), {"quorum_percent": 100, "name": "Ceux du 12"})
    assert (answer.json()["quorum_percent"], answer.json()["name"]) == (100, "Ceux du 12")
    request.refresh_from_db()
    assert (request.needed, ask(community, bob).needed) == (2, 3)
    assert "Ceux du 12" in api(bob).get("/api/wallet/communities").content.decode()
    community.account.refresh_from_db()
    assert community.account.label == "Ceux du 12"
    assert api(bob).patch(url(community), {"name": "Mine"}).status_code == 403


def test_the_pot_is_shared_out_to_the_cent_when_it_is_closed():
    community, people = make_community("alice", "bob", "charlie", pot="10")
    request = ask(community, people[1])
    give(people[2], "50")
    services.contribute(actor=people[2], community_id=community.pk, amount=D("0.01"), key="k", monthly=True)
    page = browser(people[0]).get(f"/communautes/{community.slug}/fermer/").content.decode()
    assert "€10.01" in page
    assert "3 members" in page
    assert api(people[1]).post(url(community, "/close")).status_code == 403
    assert api(people[0]).post(url(community, "/close")).json()["status"] == "FERMEE"
    assert [balance_of(wallet_of(user)) for user in people] == [D("3.34"), D("3.34"), D("3.33") + D("49.99")]
    request.refresh_from_db()
    assert request.status == "REFUSEE"
    assert books.first_fault() == ""
    for tail, body in (("/join", {}), ("/contribute", {"amount": "1"}), ("/requests", {"amount": "1", "purpose": "x"}), ("/close", {})):
        refused = api(people[0]).post(url(community, tail), body)
        assert refused.status_code == 409, tail
    assert api(make_user("fred")).get(url(community)).status_code == 404
    assert "This community is closed" in browser(people[1]).get(f"/communautes/{community.slug}/").content.decode()


def test_a_request_and_its_votes_by_api():
    community, (alice, bob, charlie, _dina) = make_community("alice", "bob", "charlie", "dina", pot="50")
    made = api(bob).post(url(community, "/requests"), {"amount": "20.00", "purpose": "Vélo"})
    assert made.status_code == 201
    body = made.json()
    pk, _times = body.pop("id"), [body.pop(name) for name in ("created_at", "closes_at")]
    [asked] = body.pop("history")
    assert (asked["status"], asked["by"]) == ("OUVERTE", "Bob Martin")
    assert body == {
        "community": community.pk, "amount": "20.00", "currency": "EUR", "purpose": "Vélo", "status": "OUVERTE",
        "asker": "Bob Martin", "approvals": 0, "rejections": 0, "voters": 3, "needed": 2, "my_vote": None,
        "can_vote": False,
    }
    tail = f"/requests/{pk}/vote"
    own = api(bob).post(url(community, tail), {"approve": True})
    assert (own.status_code, own.json()["code"]) == (403, "not_a_voter")
    assert api(alice).get(url(community, f"/requests/{pk}")).json()["can_vote"] is True
    first = api(alice).post(url(community, tail), {"approve": True}).json()
    assert (first["status"], first["approvals"], first["my_vote"], first["can_vote"]) == ("OUVERTE", 1, True, False)
    again = api(alice).post(url(community, tail), {"approve": False})
    assert (again.status_code, again.json()["code"]) == (409, "already_voted")
    assert api(charlie).post(url(community, tail), {}).status_code == 422
    paid = api(charlie).post(url(community, tail), {"approve": True}).json()
    assert (paid["status"], paid["history"][-1]["status"], paid["history"][-1]["by"]) == ("PAYEE", "PAYEE", None)
    closed = api(_dina).post(url(community, tail), {"approve": True})
    assert (closed.status_code, closed.json()["code"]) == (409, "illegal_transition")
    assert api(bob).get("/api/wallet").json()["balance"] == "20.00"
    assert [row["id"] for row in api(bob).get(url(community, "/requests?status=PAYEE")).json()["results"]] == [pk]


def test_a_request_and_its_votes_by_page():
    community, (alice, bob, charlie) = make_community("alice", "bob", "charlie", pot="50")
    here = f"/communautes/{community.slug}/"
    shown = browser(bob).post(f"{here}demander/", {"amount": "20", "purpose": "Réparer le vélo"}, follow=True)
    assert "Your request is open to votes" in shown.content.decode()
    pk = shown.redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[-1]
    assert "Approve" not in shown.content.decode()
    assert "Réparer le vélo" in browser(alice).get("/communautes/").content.decode()
    page = browser(alice).get(here).content.decode()
    assert "0 of 2 approvals needed" in page
    assert f"{here}demandes/{pk}/voter/" in page
    browser(alice).post(f"{here}demandes/{pk}/voter/", {"approve": "1", "back": "community"})
    decided = browser(charlie).post(f"{here}demandes/{pk}/voter/", {"approve": "1"}, follow=True).content.decode()
    assert "Your vote decided it: the money is paid." in decided
    assert "Approved and paid" in decided
    again = browser(charlie).post(f"{here}demandes/{pk}/voter/", {"approve": "1"}, follow=True).content.decode()
    assert "You have already voted on this request." in again


def test_alone_one_is_told_to_invite_first_by_both_doors():
    community, [alice] = make_community("alice", pot="10")
    page, phone = both_doors(alice)
    refused = phone.post(url(community, "/requests"), {"amount": "1", "purpose": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_voters")
    shown = page.post(f"/communautes/{community.slug}/demander/", {"amount": "1", "purpose": "x"})
    assert refused.json()["detail"] in shown.content.decode()


# --- books -------------------------------------------------------------------------------------------------------
@pytest.fixture
def fund():
    fund = queries.solidarity()
    people = [make_user(name) for name in ("alice", "bob", "charlie")]
    for user in people:
        give(user, "20")
        let_in(fund, user)
        services.contribute(actor=user, community_id=fund.pk, amount=D("10"), key="k")
    request = ask(fund, people[1], "12.50", "Un pneu crevé")
    for user in (people[0], people[2]):
        vote(request, user)
    return fund, people


def test_the_funds_books_are_open_to_visitors_and_name_nobody(fund):
    community, people = fund
    for client in (browser(), api()):
        path = "/communautes/solidarite/livre/" if client.__class__.__name__ == "Client" else url(community, "/books")
        shown = client.get(path).content.decode()
        assert "Un pneu crevé" in shown
        for word in ("Martin", "Alice", "Bob", "email.test"):
            assert word not in shown
        for user in people:
            assert pseudonym(community.books_key, user.pk).replace("Membre", "Member") in shown
    lines = api().get(url(community, "/books")).json()["results"]
    assert [(line["kind"], line["amount"], line["balance_after"]) for line in lines] == [
        ("grant", "-12.50", "17.50"), ("contribution", "10.00", "30.00"), ("contribution", "10.00", "20.00"),
        ("contribution", "10.00", "10.00"),
    ]
    assert lines[0]["purpose"] == "Un pneu crevé"


def test_a_person_has_another_name_in_the_books_of_another_community(fund):
    community, people = fund
    other = services.create_community(actor=people[0], name="Autre", visibility="PUBLIQUE")
    services.contribute(actor=people[0], community_id=other.pk, amount=D("1"), key="k")
    [line] = api().get(url(other, "/books")).json()["results"]
    assert line["who"] not in {row["who"] for row in api().get(url(community, "/books")).json()["results"]}


def test_the_curve_is_drawn_and_told_as_a_table(fund):
    _community, people = fund
    page = browser(people[0]).get("/communautes/solidarite/").content.decode()
    assert '<path class="curve__line" d="M0.0 154.0H0.0V' in page
    assert page.count('data-label="In the pot"') == 4
    assert "€17.50" in page
    assert 'style="' not in page


def test_the_fund_can_neither_be_closed_nor_made_private(fund, dora):
    community, people = fund
    assert api(people[0]).post(url(community, "/close")).status_code == 403
    assert api(people[0]).patch(url(community), {"quorum_percent": 1}).status_code == 403
    assert api(dora).patch(url(community), {"visibility": "PRIVEE"}).status_code == 403
    assert api(dora).patch(url(community), {"quorum_percent": 60}).json()["quorum_percent"] == 60


def test_the_fund_is_there_on_a_new_installation():
    assert "Solidarity fund" in browser(make_user("alice")).get("/communautes/").content.decode()
    assert browser().get("/communautes/solidarite/livre/").status_code == 200


def test_lists_cost_the_same_with_more_rows(fund):
    _community, people = fund
    for i in range(12):
        community = services.create_community(actor=people[0], name=f"N{i}", visibility="PUBLIQUE")
        let_in(community, people[1])
        ask(community, people[1])
    with assert_max_queries(6):
        assert api(people[2]).get("/api/wallet/communities").json()["count"] == 13
    for i in range(3):
        ask(_community, people[i])
    with assert_max_queries(8):
        api(people[0]).get(url(_community, "/requests"))
    with assert_max_queries(9):
        api().get(url(_community, "/books"))
    alice = browser(people[0])
    with assert_max_queries(22):
        alice.get("/communautes/solidarite/")
    with assert_max_queries(12):
        alice.get("/communautes/")


def test_invitations_are_as_rare_by_page_as_by_api(settings):
    """Each sends a mail with words of the writer's own to an address of the writer's choice."""
    community, (alice,) = make_community("alice")
    page = browser(alice)
    here = f"/communautes/{community.slug}/inviter/"
    answers = [page.post(here, {"email": f"n{i}@email.test"}).status_code for i in range(31)]
    assert answers == [302] * 30 + [429]
    assert api(alice).post(url(community, "/invite"), {"email": "x@email.test"}).status_code == 429


def test_a_search_for_a_null_character_is_refused_by_api_and_harmless_by_page():
    """PostgreSQL takes it in no text."""
    _community, (alice,) = make_community("alice")
    answer = api(alice).get("/api/wallet/communities?search=%00")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["search"])
    assert browser(alice).get("/communautes/?search=%00").status_code == 200
