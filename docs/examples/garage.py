"""The garage by API alone: a booking, the car at the counter, a quote signed, the repair, its invoice, and the figures.

Run it against a demonstration server (`make run`):

    .venv/bin/python docs/examples/garage.py                         # http://localhost:8000
    .venv/bin/python docs/examples/garage.py http://localhost:8001 http://localhost:8002

With a second address the client talks to the second web process and the garage to the first. It can run again and
again; it stops at the first answer that is not as documented in /api/schema, or that does not add up to the cent.
"""

import random
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import facturx
from client import Person, check, keep, same, step, wait_for

GARAGE_SITE = (sys.argv[1:] or ["http://localhost:8000"])[0].rstrip("/")
CLIENT_SITE = (sys.argv[2:] or [GARAGE_SITE])[0].rstrip("/")
CII = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
STROKES = [[[100, 600], [300, 200], [500, 700], [900, 400]], [[200, 800], [800, 800]]]
G = "/api/garage"
TODAY = datetime.now(ZoneInfo("Europe/Paris")).date()


def a_plate() -> str:
    letters = "ABCDEFGHJKLMNPQRSTVWXYZ"
    return "{}{}-{:03d}-{}{}".format(
        *random.choices(letters[:15], k=2), random.randint(1, 999), *random.choices(letters[:15], k=2)
    )


def known_client(staff: Person, user_id: int) -> dict[str, Any]:
    """The client file of a person with an account; opened when there is none."""
    found = staff.call("GET", f"{G}/clients?search=alice")["results"]
    mine = [row for row in found if row["user"] == user_id]
    return mine[0] if mine else staff.call("POST", f"{G}/clients", {
        "name": "Alice Moreau", "email": "alice@email.test", "user": user_id,
    })


def a_part(staff: Person) -> dict[str, Any]:
    """Something of the catalogue with three pieces in stock."""
    found = staff.call("GET", "/api/catalog/products?page_size=100&in_stock=true")["results"]
    return next(row for row in found if row["stock_available"] >= 5)


def stock(staff: Person, product: int) -> int:
    return staff.call("GET", f"/api/catalog/products/{product}")["stock_available"]


def papers(person: Person, path: str) -> bytes:
    return wait_for(path, lambda: (answer := person.ask("GET", path)).status_code == 200 and answer.content)


def figures(staff: Person) -> dict[str, Any]:
    return staff.call("GET", f"{G}/dashboard?from={TODAY}&to={TODAY}")["now"]


def book(client: Person, vehicle: int) -> dict[str, Any]:
    """The first free hour and a half; somebody else may be quicker, then the next."""
    slots = client.call("GET", f"{G}/appointments/slots?hours=1.5")["slots"]
    check(slots, "no free slot within the next days")
    for slot in slots:
        answer = client.ask("POST", f"{G}/appointments", {
            "vehicle": vehicle, "starts_at": slot["starts_at"], "hours": "1.5", "reason": "Freins bruyants",
        })
        if answer.status_code == 201:
            return answer.json()
    sys.exit(f"no slot could be booked: {answer.text[:300]}")


def main() -> None:
    garage, alice = Person(GARAGE_SITE, "admin@ecom.test", "admin123"), Person(CLIENT_SITE, "alice@email.test")
    stranger = Person(CLIENT_SITE, "bob@email.test")
    before = figures(garage)

    step("The garage registers Alice's car; a reading that goes backwards is set aside")
    client = known_client(garage, alice.call("GET", "/api/users/me")["id"])
    vehicle = garage.call("POST", f"{G}/vehicles", {
        "client": client["id"], "plate": a_plate(), "make": "Renault", "model": "Kangoo", "energy": "DIESEL",
        "kind": "VOITURE", "first_registration": "2021-02-28",
    })
    car = vehicle["id"]
    yesterday = str(TODAY - timedelta(1))
    readings = f"{G}/vehicles/{car}/odometer"
    same("a first reading", alice.call("POST", readings, {"km": 64000, "read_on": yesterday})["status"], "RETENUE")
    odd = garage.call("POST", readings, {"km": 6400, "read_on": str(TODAY), "source": "ATELIER"})
    check(odd["status"] == "ECARTEE" and odd["reason"], f"a reading backwards: {odd}")
    same("the odometer", alice.call("GET", f"{G}/vehicles/{car}")["odometer_km"], 64000)

    step("Alice books online; a stranger sees nothing of it")
    booked = book(alice, car)
    same("the origin", booked["origin"], "CLIENT")
    stranger.call("GET", f"{G}/appointments/{booked['id']}", expect=(404,))

    step("The car arrives: its appointment opens the repair order; kilometres, fuel, a scratch; then the checklist")
    opened = garage.call("POST", f"{G}/repair-orders", {"appointment": booked["id"]})
    same("what she asked for", opened["complaint"], booked["reason"])
    order = f"{G}/repair-orders/{opened['id']}"
    taken = garage.call("POST", f"{order}/intake", {
        "odometer_km": 64100, "fuel": 3, "belongings": "Siège enfant",
        "signed_by": "Alice Moreau", "signature": STROKES,
        "damage": [{"view": "FRONT", "kind": "SCRATCH", "x": 300, "y": 500, "note": "Pare-chocs"}],
    })
    same("the order", taken["status"], "RECU")
    same("the odometer", garage.call("GET", f"{G}/vehicles/{car}")["odometer_km"], 64100)
    for point, state in zip(taken["inspection"], ("VERT", "ORANGE", "ROUGE"), strict=False):
        garage.call("PATCH", f"{order}/inspection/{point['id']}", {"state": state, "note": "Vu à la lampe"})

    step("A quote: a part of the shop, labour at the rate on display; the paper is made in the background")
    part = a_part(garage)
    there = stock(garage, part["id"])
    quote = garage.call("POST", f"{G}/quotes", {
        "client": client["id"], "vehicle": car, "discount_percent": "5",
        "lines": [
            {"kind": "PIECE", "product_id": part["id"], "quantity": "2"},
            {"kind": "MAIN_OEUVRE", "skill": "T2", "quantity": "1.5", "description": "Remplacer les plaquettes"},
            {"kind": "FORFAIT", "description": "Essai routier", "unit_price": "19.90"},
        ],
    })
    number, url = quote["number"], f"{G}/quotes/{quote['id']}"
    same("the total", Decimal(quote["total"]), Decimal(quote["total_excl_vat"]) + Decimal(quote["vat"]))
    alice.call("GET", url, expect=(404,))  # a draft is the garage's own
    garage.call("POST", f"{url}/send", {})
    sent = papers(alice, f"{url}/pdf")
    keep(f"{number}.pdf", sent)
    stranger.call("GET", f"{url}/pdf", expect=(404,))

    step("Alice signs; the parts leave the stock, the repair order gets its work, a second acceptance is refused")
    yes = {"signed_by": "Alice Moreau", "reused_parts": True, "signature": STROKES, "start_now": True}
    signed = alice.call("POST", f"{url}/accept", yes)
    same("the status", signed["status"], "ACCEPTE")
    alice.call("POST", f"{url}/accept", yes, expect=(409,))
    evidence = papers(alice, f"{url}/pdf?kind=SIGNE")
    check(evidence.startswith(sent), "the signed paper does not begin with the bytes that were read")
    keep(f"{number}-signe.pdf", evidence)
    same("pieces in stock", stock(garage, part["id"]), there - 2)
    found = garage.call("GET", f"{G}/repair-orders?vehicle={car}")["results"]
    same("one visit, one order", [(row["id"], row["quote"]) for row in found], [(opened["id"], quote["id"])])

    step("Work is clocked, parts are issued, extra work waits for Alice's consent")
    mechanic = mechanics(garage)
    agreed = garage.call("GET", order)["tasks"]
    garage.call("POST", f"{order}/tasks/{agreed[0]['id']}/clock", {"mechanic": mechanic})
    extra = garage.call("POST", f"{order}/extra-work", {
        "lines": [{"kind": "MAIN_OEUVRE", "skill": "T1", "quantity": "0.5", "description": "Purger le liquide"}],
        "message": "Le liquide de frein est noir.",
    })
    garage.call("POST", f"{G}/quotes/{extra['id']}/send", {})
    same("the order", garage.call("GET", order)["status"], "ATTENTE_ACCORD")
    papers(alice, f"{G}/quotes/{extra['id']}/pdf")
    alice.call("POST", f"{G}/quotes/{extra['id']}/accept", yes)
    current = garage.call("GET", order)
    same("the order", current["status"], "EN_COURS")
    for needed in current["parts"]:
        garage.call("PATCH", f"{order}/parts/{needed['id']}", {"action": "ISSUE"})
    for task in current["tasks"]:
        garage.call("PATCH", f"{order}/tasks/{task['id']}", {"status": "FAITE"})
    same("the order", garage.call("POST", f"{order}/ready", {})["status"], "PRET")

    step("A deposit by card, then the invoice for the rest: together what was signed, to the cent")
    owed = Decimal(signed["total"]) + Decimal(extra["total"])
    deposit = garage.call("POST", f"{url}/invoice", {"deposit_percent": "30"})
    pay(alice, deposit, Decimal("20.00"))
    pay(alice, deposit)
    final = garage.call("POST", f"{url}/invoice", {})
    same("deposit and rest", Decimal(deposit["amount"]) + Decimal(final["amount"]), owed)
    garage.call("POST", f"{order}/handover", {"to": "Alice Moreau"}, expect=(409,))  # not paid
    same("the invoice", pay(alice, final)["status"], "PAYEE")
    paper = papers(alice, f"{G}/invoices/{final['id']}/pdf")
    keep(f"{final['number']}.pdf", paper)
    _name, xml = facturx.get_xml_from_pdf(paper, check_xsd=False)
    if xml:
        said = ElementTree.fromstring(xml).findtext(".//ram:DuePayableAmount", namespaces=CII)
        same("the invoice as Factur-X", Decimal(said or 0), Decimal(final["amount"]))

    step("Handed over; the garage's figures moved by as much")
    given = garage.call("POST", f"{order}/handover", {"to": "Alice Moreau", "odometer_km": 64112})
    same("the order", given["status"], "RENDU")
    same("the quote", garage.call("GET", url)["status"], "FACTURE")
    after = figures(garage)
    billed = Decimal(after["turnover_incl_vat"]) - Decimal(before["turnover_incl_vat"])
    same("the turnover", billed, owed)
    same("repairs handed over", after["repairs"], before["repairs"] + 1)
    kinds = [row["kind"] for row in alice.call("GET", f"{G}/vehicles/{car}/history")["results"]]
    check(kinds, "the car has no history")
    print("done")


def mechanics(garage: Person) -> int:
    """A mechanic who is known from the appointments of the week."""
    for row in garage.call("GET", f"{G}/appointments?page_size=100")["results"]:
        if row["mechanic"]:
            return row["mechanic"]
    sys.exit("no appointment names a mechanic")


def pay(alice: Person, bill: dict[str, Any], amount: Decimal | None = None) -> dict[str, Any]:
    body = {"method": "CARTE", "payment_token": "tok_ok"} | ({"amount": str(amount)} if amount else {})
    return alice.call("POST", f"{G}/invoices/{bill['id']}/pay", body)["invoice"]


if __name__ == "__main__":
    main()
