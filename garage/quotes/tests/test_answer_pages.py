"""The client's pages: by link with a code, in the account, at the counter; and what strangers see."""

import json
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import assert_max_queries, browser
from garage.quotes import queries, services
from garage.quotes.models import Acceptance, Quote, SignCode
from garage.quotes.tests.factories import LABOUR, quote_of

DRAWN = [[[100, 200], [300, 250], [500, 100]]]
TWO = [LABOUR, {**LABOUR, "description": "Essuie-glaces", "unit_price": "10.00"}]


@pytest.fixture
def sent(alice, commit):
    with commit():
        return services.send_quote(actor=SYSTEM, quote_id=quote_of(alice, lines=TWO, choice_by_line=True).pk)


@pytest.fixture
def link(sent):
    return f"/devis/{queries.public_token(sent)}/"


def answer(client, start, quote, *, lines=None, signature=""):
    """All questions but the last."""
    kept = lines or [line.pk for line in quote.lines.all()]
    for step, data in (
        ("lignes", {"lines": kept}), ("pieces", {"reused_parts": "yes"}),
        ("signature", {"signed_by": "Alice  Martin", "signature": signature}),
    ):
        reply = client.post(f"{start}reponse/{step}/", data)
        assert reply.status_code == 302, reply.content.decode()[-3000:]


def digits(quote) -> str:
    return queries.code_text(quote.codes.latest("pk"))


def test_by_link_one_reads_chooses_signs_and_accepts(sent, link, commit):
    client = browser()
    page = client.get(link).content.decode()
    assert "Vidange" in page
    assert "Answer this quote of €105.00" in page
    first, second = sent.lines.all()
    live = client.post(f"{link}reponse/lignes/", {"lines": [second.pk]}, headers={"HX-Request": "true"})
    assert "€15.00" in live.content.decode()
    answer(client, link, sent, lines=[first.pk], signature=json.dumps(DRAWN))
    last = client.get(f"{link}reponse/accord/").content.decode()
    assert "Send the code by e-mail to a•••@email.test" in last
    client.post(f"{link}code/", {"channel": "EMAIL"})
    assert "Accept with obligation to pay: €90.00" in client.get(f"{link}reponse/accord/").content.decode()
    with commit():
        reply = client.post(f"{link}reponse/accord/", {"code": digits(sent), "start_now": "on"})
    assert (reply.status_code, reply["Location"]) == (302, link)
    sent.refresh_from_db()
    acceptance = sent.acceptances.get()
    assert (sent.status, sent.total) == ("ACCEPTE", 90)
    assert (acceptance.channel, acceptance.signed_by, acceptance.strokes) == ("LIEN", "Alice Martin", DRAWN)
    assert (acceptance.lines, acceptance.reused_parts, acceptance.start_now) == ([first.pk], True, True)
    assert acceptance.code.used_at
    assert acceptance.ip == "127.0.0.1"
    done = client.get(link).content.decode()
    assert "Signed by Alice Martin" in done
    assert "Withdraw from the contract here" in done
    assert client.get(f"{link}pdf/signe/")["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("missing, back", [("accord", "lignes"), ("signature", "lignes"), ("pieces", "lignes")])
def test_a_question_before_its_turn_leads_back(sent, link, missing, back):
    assert browser().get(f"{link}reponse/{missing}/")["Location"] == f"{link}reponse/{back}/"


def test_the_choice_of_parts_is_asked_for(sent, link):
    client = browser()
    client.post(f"{link}reponse/lignes/", {"lines": [sent.lines.first().pk]})
    reply = client.post(f"{link}reponse/pieces/", {})
    assert reply.status_code == 422
    assert "the law asks us" in reply.content.decode()


@pytest.mark.parametrize("wrong", ["no json", "[[[1]]]", "[[[1,2000]]]", '{"a":1}', "[" * 3000])
def test_a_broken_signature_is_said_and_nothing_is_kept(sent, link, wrong):
    client = browser()
    client.post(f"{link}reponse/lignes/", {"lines": [sent.lines.first().pk]})
    client.post(f"{link}reponse/pieces/", {"reused_parts": "no"})
    reply = client.post(f"{link}reponse/signature/", {"signed_by": "A", "signature": wrong})
    assert reply.status_code == 422
    assert "cannot be read" in reply.content.decode()


def test_five_wrong_codes_lock_and_a_new_one_opens_again(sent, link, commit):
    client = browser()
    answer(client, link, sent)
    client.post(f"{link}code/", {"channel": "EMAIL"})
    right = digits(sent)
    wrong = "000000" if right != "000000" else "111111"
    texts = [client.post(f"{link}reponse/accord/", {"code": wrong}).content.decode() for _try in range(5)]
    assert "4 tries left" in texts[0]
    assert "Too many wrong codes" in texts[4]
    assert client.post(f"{link}reponse/accord/", {"code": right}).status_code == 422
    client.post(f"{link}code/", {"channel": "EMAIL"})
    assert client.post(f"{link}reponse/accord/", {"code": digits(sent)}).status_code == 302


def test_a_code_runs_out_and_an_older_one_ends_with_the_next(sent, link):
    client = browser()
    answer(client, link, sent)
    client.post(f"{link}code/", {"channel": "EMAIL"})
    first = digits(sent)
    client.post(f"{link}code/", {"channel": "EMAIL"})
    if first != digits(sent):
        assert client.post(f"{link}reponse/accord/", {"code": first}).status_code == 422
    SignCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    reply = client.post(f"{link}reponse/accord/", {"code": digits(sent)})
    assert reply.status_code == 422
    assert "has run out" in reply.content.decode()


def test_at_most_five_codes_an_hour(sent, link):
    client = browser()
    for _code in range(6):
        client.post(f"{link}code/", {"channel": "EMAIL"})
    assert sent.codes.count() == 5


def test_a_code_goes_only_where_the_garage_knows(sent, link):
    browser().post(f"{link}code/", {"channel": "mallory@email.test"})
    assert sent.codes.count() == 0


def test_no_code_is_in_the_database(sent, link):
    browser().post(f"{link}code/", {"channel": "EMAIL"})
    row = SignCode.objects.values().get()
    assert digits(sent) not in {str(value) for value in row.values()}


def strangers(quote) -> dict[str, str]:
    token = queries.public_token(quote)
    other = Signer(salt="another").sign(f"{quote.pk}.{quote.version}").replace(":", "~")
    return {
        "altered": token[:-2] + ("aa" if token[-2:] != "aa" else "bb"), "foreign": other,
        "another quote's": token.replace(str(quote.pk), str(quote.pk + 1), 1), "nothing": "x", "nul": "a%00b",
    }


def test_an_altered_or_foreign_link_shows_nothing(sent, link):
    for name, token in strangers(sent).items():
        for page in ("", "pdf/devis/", "reponse/pieces/", "refuser/", "retractation/"):
            reply = browser().get(f"/devis/{token}/{page}")
            assert reply.status_code == 404, name
            text = reply.content.decode()
            assert sent.number not in text
            assert "newer version" not in text


def test_a_link_that_ran_out_shows_nothing(sent, link):
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert browser().get(link).status_code == 404
    services.expire_quotes()
    assert browser().get(link).status_code == 404


def test_the_link_of_an_older_version_says_so_to_its_holder_alone(sent, link, commit):
    services.update_quote(actor=SYSTEM, quote_id=sent.pk, message="Autre")
    assert browser().get(link).status_code == 410
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=sent.pk)
    reply = browser().get(link)
    assert reply.status_code == 410
    assert "newer version" in reply.content.decode()
    assert sent.number not in reply.content.decode()
    assert "Vidange" not in reply.content.decode()


def test_pages_are_kept_out_of_caches_and_indexes(link):
    reply = browser().get(link)
    assert (reply["Cache-Control"], reply["X-Robots-Tag"]) == ("no-store", "noindex")


def test_declined_with_a_reason(sent, link):
    browser().post(f"{link}refuser/", {"reason": "Trop cher"})
    sent.refresh_from_db()
    assert sent.status == "REFUSE"
    assert sent.history.latest("pk").reason == "Trop cher"


def test_in_ones_account_no_code_is_asked(sent, alice, bob, commit):
    start, client = f"/garage/mes-devis/{sent.pk}/", browser(alice)
    assert browser(bob).get(start).status_code == 404
    answer(client, start, sent)
    with commit():
        assert client.post(f"{start}reponse/accord/", {}).status_code == 302
    acceptance = sent.acceptances.get()
    assert (acceptance.channel, acceptance.by, acceptance.at_distance) == ("COMPTE", alice, True)


def test_staff_do_not_answer_as_the_client(sent, admin_user):
    assert browser(admin_user).get(f"/garage/mes-devis/{sent.pk}/").status_code == 404


def test_at_the_counter_staff_are_recorded_and_no_withdrawal_follows(sent, admin_user, alice, commit):
    start, client = f"/garage/devis/{sent.pk}/comptoir/", browser(admin_user)
    assert browser(alice).get(start).status_code == 403
    answer(client, start, sent)
    page = client.get(f"{start}reponse/accord/").content.decode()
    assert "Sign and accept: €105.00" in page
    assert "start_now" not in page
    with commit():
        client.post(f"{start}reponse/accord/", {})
    acceptance = sent.acceptances.get()
    assert (acceptance.channel, acceptance.by, acceptance.withdraw_until) == ("COMPTOIR", admin_user, None)
    assert "Withdraw" not in client.get(start).content.decode()


def test_while_the_paper_is_made_there_is_no_answer_yet(alice):
    quote = services.send_quote(actor=SYSTEM, quote_id=quote_of(alice).pk)
    client, link = browser(), f"/devis/{queries.public_token(quote)}/"
    page = client.get(link).content.decode()
    assert "Writing the quote" in page
    assert "Answer this quote" not in page
    assert client.get(f"{link}reponse/pieces/").status_code == 302
    assert client.get(f"{link}pdf/devis/").status_code == 202


def test_the_page_costs_the_same_with_many_lines(alice, commit):
    quote = quote_of(alice, lines=[LABOUR] * 40)
    with commit():
        services.send_quote(actor=SYSTEM, quote_id=quote.pk)
    quote.refresh_from_db()
    with assert_max_queries(16):
        browser().get(f"/devis/{queries.public_token(quote)}/")


def test_staff_send_from_their_page(alice, admin_user, commit):
    quote = quote_of(alice)
    client = browser(admin_user)
    assert client.get(f"/garage/devis/{quote.pk}/apercu/")["Content-Type"] == "application/pdf"
    with commit():
        reply = client.post(f"/garage/devis/{quote.pk}/envoyer/", {"email": "on"})
    assert reply.status_code == 302
    assert "made on" in client.get(reply["Location"]).content.decode()
    assert Acceptance.objects.count() == 0
