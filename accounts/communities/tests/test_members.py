"""Who gets in, who does not, who leads."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.communities import queries, services
from accounts.communities.models import Adhesion, CommunityMember, Invitation
from accounts.communities.rules import InvitationOver, LastFounder
from accounts.communities.tests.factories import let_in, make_community
from accounts.users import services as users
from accounts.users.tests.factories import make_user
from config.lib.testing import api, both_doors, browser

pytestmark = pytest.mark.django_db


def url(community, tail=""):
    return f"/api/wallet/communities/{community.pk}{tail}"


def token_of(link):
    return link.rstrip("/").rsplit("/", 1)[-1]


def test_a_public_community_is_joined_at_once_by_both_doors():
    community, [alice] = make_community("alice")
    bob, charlie = make_user("bob"), make_user("charlie")
    answer = api(bob).post(url(community, "/join"))
    assert (answer.status_code, answer.json()["role"], answer.json()["mine"]) == (200, "MEMBRE", True)
    assert answer.json()["members_count"] == 2
    again = api(bob).post(url(community, "/join"))
    assert (again.status_code, again.json()["code"]) == (409, "already_member")
    page = browser(charlie).post(f"/communautes/{community.slug}/rejoindre/", follow=True).content.decode()
    assert "You are a member now." in page
    names = [row["name"] for row in api(alice).get(url(community, "/members")).json()["results"]]
    assert names == ["Alice Martin", "Bob Martin", "Charlie Martin"]


def test_a_private_community_is_not_there_for_strangers():
    community, _people = make_community("alice", "bob", visibility="PRIVEE")
    fred = make_user("fred")
    page, phone = both_doors(fred)
    for tail in ("", "/members", "/requests", "/books"):
        assert phone.get(url(community, tail)).status_code == 404
    for tail in ("/join", "/contribute", "/requests", "/invite", "/leave"):
        assert phone.post(url(community, tail), {"amount": "1", "purpose": "x"}).status_code == 404
    assert page.get(f"/communautes/{community.slug}/").status_code == 404
    assert page.get(f"/communautes/{community.slug}/livre/").status_code == 404
    assert api().get(url(community, "/books")).status_code == 404
    assert community.pk not in [row["id"] for row in phone.get("/api/wallet/communities").json()["results"]]


def test_what_needs_membership_in_a_public_community_is_refused():
    community, _people = make_community("alice", "bob")
    phone = api(make_user("fred"))
    assert phone.get(url(community)).json()["role"] is None
    for tail in ("/members", "/requests"):
        assert phone.get(url(community, tail)).status_code == 403
    for tail in ("/contribute", "/requests", "/invite", "/leave", "/close"):
        assert phone.post(url(community, tail), {"amount": "1", "purpose": "x"}).status_code == 403
    assert phone.patch(url(community), {"name": "Mine"}).status_code == 403


def test_the_invited_gets_a_mail_with_a_link_that_lets_one_person_in(commit):
    community, [alice] = make_community("alice", visibility="PRIVEE")
    with commit():
        answer = api(alice).post(url(community, "/invite"), {"email": "Bob@email.test"})
    assert answer.status_code == 201
    assert answer.json() == {"email": "bob@email.test", "expires_at": answer.json()["expires_at"], "link": None}
    [message] = mail.outbox
    assert message.to == ["bob@email.test"]
    assert community.name in message.subject
    link = next(word for word in message.body.split() if "/communautes/invitation/" in word)
    bob, eva = make_user("bob"), make_user("eva")
    assert community.name in browser(bob).get(link.replace("http://localhost:8000", "")).content.decode()
    accepted = api(bob).post("/api/wallet/communities/accept", {"token": token_of(link)})
    assert (accepted.status_code, accepted.json()["role"]) == (200, "MEMBRE")
    refused = api(eva).post("/api/wallet/communities/accept", {"token": token_of(link)})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_inviting_tells_nothing_about_who_is_known_here(commit):
    community, [alice] = make_community("alice", visibility="PRIVEE")
    make_user("bob")
    answers = []
    for email in ("bob@email.test", "nobody@email.test"):
        with commit():
            answers.append(api(alice).post(url(community, "/invite"), {"email": email}).json())
    for answer in answers:
        answer.pop("expires_at")
        answer.pop("email")
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 2


def test_the_secret_of_a_link_is_not_kept():
    community, [alice] = make_community("alice")
    made = services.invite(actor=alice, community_id=community.pk)
    assert token_of(made.link) not in str(list(Invitation.objects.values()))


def test_who_is_invited_at_a_proved_address_joins_without_the_mail():
    community, [alice] = make_community("alice", visibility="PRIVEE")
    bob, liar = make_user("bob"), make_user("liar", verified=False)
    for user in (bob, liar):
        services.invite(actor=alice, community_id=community.pk, email=user.email)
    assert community.name in browser(bob).get("/communautes/").content.decode()
    assert community.name not in browser(liar).get("/communautes/").content.decode()
    assert api(liar).post(url(community, "/join")).status_code == 404
    page = browser(bob).post(f"/communautes/{community.slug}/rejoindre/", follow=True)
    assert "You are a member now." in page.content.decode()
    assert Invitation.objects.get(email=bob.email).used_at is not None


@pytest.mark.parametrize("spoil", ["expired", "revoked", "wrong"])
def test_an_invitation_that_is_over_says_the_same_for_every_reason(spoil):
    community, [alice] = make_community("alice", visibility="PRIVEE")
    token = token_of(services.invite(actor=alice, community_id=community.pk, email="bob@email.test").link)
    if spoil == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif spoil == "revoked":
        services.invite(actor=alice, community_id=community.pk, email="bob@email.test")
    else:
        token = "x" * 32
    bob = make_user("bob")
    with pytest.raises(InvitationOver):
        services.accept_invitation(actor=bob, token=token)
    page = browser(bob).get(f"/communautes/invitation/{token}/")
    assert page.status_code == 404


def test_a_link_of_a_private_community_asks_and_an_administrator_answers():
    community, [alice] = make_community("alice", visibility="PRIVEE")
    link = api(alice).post(url(community, "/invite")).json()["link"]
    bob, eva = make_user("bob"), make_user("eva")
    for user in (bob, bob, eva):
        answer = api(user).post("/api/wallet/communities/accept", {"token": token_of(link)})
        assert (answer.status_code, answer.json()["status"]) == (202, "DEMANDE")
    assert Adhesion.objects.count() == 2
    assert api(bob).get(url(community)).status_code == 404
    waiting = api(alice).get(url(community, "/adhesions")).json()["results"]
    assert [row["name"] for row in waiting] == ["Bob Martin", "Eva Martin"]
    assert api(alice).post(url(community, f"/adhesions/{waiting[0]['id']}"), {"accept": True}).json()["status"] == "ACCEPTEE"
    browser(alice).post(f"/communautes/{community.slug}/adhesions/{waiting[1]['id']}/", {"accept": "0"})
    assert api(bob).get(url(community)).json()["role"] == "MEMBRE"
    assert api(eva).get(url(community)).status_code == 404
    again = api(alice).post(url(community, f"/adhesions/{waiting[0]['id']}"), {"accept": False})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_members_do_not_invite_nor_answer():
    community, (_alice, bob) = make_community("alice", "bob")
    assert api(bob).post(url(community, "/invite"), {"email": "x@email.test"}).status_code == 403
    assert api(bob).get(url(community, "/adhesions")).status_code == 403
    assert not mail.outbox


def test_the_founder_hands_over_before_he_leaves():
    community, (alice, bob) = make_community("alice", "bob")
    page, phone = both_doors(alice)
    refused = phone.post(url(community, "/leave"))
    assert (refused.status_code, refused.json()["code"]) == (409, "founder_must_hand_over")
    assert "hand it over" in page.get(f"/communautes/{community.slug}/quitter/").content.decode()
    member = queries.membership(community, bob)
    assert api(bob).patch(url(community, f"/members/{member.pk}"), {"role": "FONDATEUR"}).status_code == 403
    assert phone.patch(url(community, f"/members/{member.pk}"), {"role": "FONDATEUR"}).json()["role"] == "FONDATEUR"
    assert queries.membership(community, alice).role == "ADMIN"
    assert phone.post(url(community, "/leave")).status_code == 204
    assert phone.get(url(community)).json()["role"] is None
    assert api(bob).get(url(community)).json()["members_count"] == 1


def test_who_comes_back_begins_a_new_stay():
    community, (_alice, bob) = make_community("alice", "bob")
    services.leave(actor=bob, community_id=community.pk)
    let_in(community, bob)
    assert CommunityMember.objects.filter(community=community, user=bob).count() == 2
    assert queries.members(community).count() == 2


def test_closing_the_account_leaves_every_community_unless_one_leads_it(commit):
    community, (alice, bob) = make_community("alice", "bob")
    with pytest.raises(LastFounder):
        queries.check_no_orphan(alice)
    with commit():
        users.close_account(actor=bob)
    assert queries.membership(community, bob) is None
    assert "Les voisins du 12" in str(queries.communities_section(bob))


def test_a_name_is_known_to_the_members_but_not_in_the_fund():
    alice, bob = make_user("alice"), make_user("bob")
    fund = queries.solidarity()
    for user in (alice, bob):
        let_in(fund, user)
    shown = api(alice).get(url(fund, "/members")).content.decode()
    assert "Martin" not in shown
    assert shown.count("Member ") == 2


def test_a_manager_answers_who_wants_to_vote_in_the_fund(admin_user):
    alice, fund = make_user("alice"), queries.solidarity()
    asked = api(alice).post(url(fund, "/join"))
    assert (asked.status_code, asked.json()["status"]) == (202, "DEMANDE")
    page = browser(alice).post("/communautes/solidarite/rejoindre/", follow=True).content.decode()
    assert "We have asked" in page
    assert api(alice).post(url(fund, "/requests"), {"amount": "1", "purpose": "x"}).status_code == 403
    answer = url(fund, f"/adhesions/{asked.json()['id']}")
    assert api(alice).post(answer, {"accept": True}).status_code == 403
    assert api(admin_user).post(answer, {"accept": True}).status_code == 200
    assert queries.membership(fund, alice) is not None
