"""Money by API alone: every way to pay, refunds, a community's vote, a payout, the desk, papers and books.

Run it against a demonstration server (`make run`), with the secret that its simulated provider signs webhooks with:

    export PAYMENT_WEBHOOK_SECRET=$(cat var/secret_key)             # unless you set one of your own
    .venv/bin/python docs/examples/money.py                         # http://localhost:8000
    .venv/bin/python docs/examples/money.py http://localhost:8001 http://localhost:8002

With a second address people talk to the second web process and managers to the first. It can run again and again; it
stops at the first answer that is not as documented in /api/schema, or that does not add up to the cent. Afterwards
`manage.py verify_ledger` proves the books once more from the inside.
"""

import csv
import hashlib
import hmac
import io
import json
import os
import random
import re
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import facturx
import httpx
from client import Person, check, keep, same, step, wait_for

MANAGER_SITE = (sys.argv[1:] or ["http://localhost:8000"])[0].rstrip("/")
CUSTOMER_SITE = (sys.argv[2:] or [MANAGER_SITE])[0].rstrip("/")
SECRET = os.environ.get("PAYMENT_WEBHOOK_SECRET", "")
PHONE = "+33612345678"  # the simulated provider has it confirm after three seconds
CII = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
}
PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


# --- The simulated provider ---------------------------------------------------------------------------------------
def webhook(news: str, *, ref: str, amount: Decimal | str, event: str = "") -> None:
    """What the provider tells us: `payment.succeeded`, `refund.succeeded` … signed, amounts in cents."""
    data = {"ref": ref, "key": "", "amount": int(Decimal(amount) * 100)}
    body = json.dumps({"id": event or f"evt_{uuid.uuid4().hex}", "type": news, "data": data}).encode()
    now = int(time.time())
    mac = hmac.new(SECRET.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    headers = {"Simulated-Signature": f"t={now},v1={mac}", "Content-Type": "application/json"}
    response = httpx.post(f"{CUSTOMER_SITE}/api/payments/webhooks/simulated", content=body, headers=headers, timeout=60)
    check(response.status_code == 200, f"the webhook answered {response.status_code}: {response.text[:300]}")


def ref_of(payment: dict[str, Any]) -> str:
    """The provider's reference, which the address of the simulated bank's page ends with."""
    return urlsplit(payment["next_url"]).path.rstrip("/").rsplit("/", 1)[-1]


def confirm_at_the_bank(payment: dict[str, Any]) -> None:
    """What a payer does in the web view that the app opens on `next_url`; its host is the server's SITE_URL."""
    path = urlsplit(payment["next_url"]).path
    with httpx.Client(base_url=CUSTOMER_SITE, timeout=60) as browser:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).text)
        check(found, f"no form on the bank's page {path}")
        form = {"csrfmiddlewaretoken": found[1] if found else "", "answer": "confirm"}
        same("the bank's answer", browser.post(path, data=form).status_code, 302)


# --- Paying ---------------------------------------------------------------------------------------------------
def order_for(buyer: Person, *pieces: int) -> dict[str, Any]:
    """An order of so many pieces of each of some products, each at another VAT rate; one piece unless said."""
    products = buyer.call("GET", "/api/catalog/products?in_stock=true&page_size=100")["results"]
    random.shuffle(products)
    by_rate = {product["vat_rate"]: product for product in products if product["stock_available"] > 3}
    buyer.call("DELETE", "/api/cart/clear")
    for product, quantity in zip(by_rate.values(), pieces or (1,), strict=False):
        buyer.call("POST", "/api/cart/add", {"product_id": product["id"], "quantity": quantity})
    return buyer.call("POST", "/api/orders/checkout", {"delivery_method": "RETRAIT"}, expect=(201,))


def pay(buyer: Person, order: dict[str, Any], method: str, token: str = "", *, expect: int = 200) -> dict[str, Any]:
    body = {"order_id": order["id"], "method": method, "payment_token": token}
    return buyer.call("POST", "/api/orders/pay", body, expect=(expect,))


def paid(buyer: Person, order: dict[str, Any]) -> dict[str, Any]:
    """Wait until an order is paid; it must have been paid once."""

    def look() -> Any:
        found = buyer.call("GET", f"/api/orders/{order['id']}")
        return found if found["status"] == "PAYEE" else None

    found = wait_for(f"order {order['number']} to be paid", look)
    received = [row for row in found["payments"] if row["status"] == "REUSSI"]
    same("payments received", [row["amount"] for row in received], [order["total"]])
    same("steps to PAYEE", [row["status"] for row in found["history"]].count("PAYEE"), 1)
    return found


def top_up(person: Person, amount: str, token: str = "tok_ok") -> dict[str, Any]:
    body = {"amount": amount, "method": "CARTE", "payment_token": token}
    return person.call("POST", "/api/wallet/topup", body, expect=(202 if token == "tok_3ds" else 200,))["payment"]


def every_way_to_pay(alice: Person) -> dict[str, Any]:
    """One order by each method. Gives back the one paid by card, of three pieces and one."""
    by_card = order_for(alice, 3, 1)
    same("card", pay(alice, by_card, "CARTE", "tok_ok")["order"]["status"], "PAYEE")
    step(f"{by_card['number']}: {by_card['total']} € by card, at once")

    order = order_for(alice)
    refused = pay(alice, order, "CARTE", "tok_declined", expect=402)
    same("a refused card", refused["code"], "payment_declined")
    before = alice.balance
    same("wallet", pay(alice, order, "PORTEFEUILLE")["order"]["status"], "PAYEE")
    same("the wallet after it", alice.balance, before - Decimal(order["total"]))
    step(f"{order['number']}: card refused (402 {refused['code']}), then {order['total']} € from the wallet")

    order = order_for(alice)
    waiting = pay(alice, order, "CARTE", "tok_3ds", expect=202)["payment"]
    same("3-D Secure", waiting["status"], "EN_COURS")
    confirm_at_the_bank(waiting)
    paid(alice, order)
    step(f"{order['number']}: pending for 3-D Secure, confirmed on the bank's page, paid")

    order = order_for(alice)
    pay(alice, order, "MOBILE_MONEY", PHONE, expect=202)
    paid(alice, order)
    step(f"{order['number']}: by mobile money, confirmed on the phone, paid")
    return by_card


def webhook_twice(alice: Person) -> None:
    order = order_for(alice)
    ref = ref_of(pay(alice, order, "CARTE", "tok_3ds", expect=202)["payment"])
    event = f"evt_{uuid.uuid4().hex}"
    for _time in range(2):
        webhook("payment.succeeded", ref=ref, amount=order["total"], event=event)
    paid(alice, order)
    webhook("payment.succeeded", ref=ref, amount=order["total"])
    paid(alice, order)
    forged = {"Simulated-Signature": f"t={int(time.time())},v1={'0' * 64}"}
    refused = httpx.post(f"{CUSTOMER_SITE}/api/payments/webhooks/simulated", content=b"{}", headers=forged)
    same("a forged webhook", refused.status_code, 400)
    step(f"{order['number']}: pending, told twice, and again by another webhook: paid once; a forged one: 400")


# --- Papers ---------------------------------------------------------------------------------------------------
def paper(person: Person, url: str, number: str) -> ElementTree.Element:
    """Wait for an invoice or credit note; the XML inside its PDF."""

    def fetch() -> bytes:
        response = person.ask("GET", url)
        check(response.status_code in (200, 202), f"{url} answered {response.status_code}: {response.text[:300]}")
        return response.content if response.status_code == 200 else b""

    pdf = wait_for(number, fetch, 90)
    check(pdf.startswith(b"%PDF"), f"{number} is no PDF")
    name, xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=True)
    same("the file inside", name, "factur-x.xml")
    keep(f"{number}.pdf", pdf)
    keep(f"{number}.xml", xml)
    root = ElementTree.fromstring(xml)
    same("its number", root.findtext("rsm:ExchangedDocument/ram:ID", "", CII), number)
    return root


def says(root: ElementTree.Element, name: str) -> str:
    return root.findtext(f".//ram:{name}", "", CII)


def refunds_and_papers(alice: Person, manager: Person, order: dict[str, Any]) -> None:
    invoice = alice.call("GET", f"/api/orders/{order['id']}")["invoice"]
    xml = paper(alice, invoice["url"], invoice["number"])
    same("total of the invoice", Decimal(says(xml, "GrandTotalAmount")), Decimal(order["total"]))
    tax = Decimal(says(xml, "TaxTotalAmount"))
    step(f"invoice {invoice['number']}: Factur-X, valid by its XSD, {order['total']} €, VAT {tax} €")

    line = {"line_id": order["items"][0]["id"], "quantity": 1}
    body = {"order_id": order["id"], "reason": "One piece was broken", "restock": False}
    manager.call("POST", "/api/admin/orders/refund", {**body, "lines": [line]})
    body["reason"] = "The rest came back"
    done = manager.call("POST", "/api/admin/orders/refund", {**body, "restock": True})
    same("order", (done["status"], done["refunded"]), ("REMBOURSEE", order["total"]))
    again = manager.call("POST", "/api/admin/orders/refund", body, expect=(409, 422))
    refunds = wait_for("both refunds to be sent", lambda: sent_refunds(alice, order))
    same("refunds", sum(Decimal(row["amount"]) for row in refunds), Decimal(order["total"]))
    vat = Decimal()
    for row in refunds:
        note = row["credit_note"]
        credit = paper(alice, note["url"], note["number"])
        same("type of a credit note", credit.findtext("rsm:ExchangedDocument/ram:TypeCode", "", CII), "381")
        same("total of a credit note", Decimal(says(credit, "GrandTotalAmount")), Decimal(row["amount"]))
        about = credit.findtext(".//ram:InvoiceReferencedDocument/ram:IssuerAssignedID", "", CII)
        same("what it credits", about, invoice["number"])
        vat += Decimal(says(credit, "TaxTotalAmount"))
        step(f"credit note {note['number']}: {row['amount']} € of {about}, {row['reason'].lower()}")
    same("VAT of the credit notes", vat, tax)
    step(f"refunded in part, then in full, and no cent more ({again['code']})")


def sent_refunds(buyer: Person, order: dict[str, Any]) -> list[dict[str, Any]]:
    refunds = buyer.call("GET", f"/api/orders/{order['id']}")["refunds"]
    return refunds if len(refunds) == 2 and all(row["state"] == "FAIT" for row in refunds) else []


# --- A community ----------------------------------------------------------------------------------------------
def community(alice: Person, bob: Person, charlie: Person) -> None:
    name = f"Jardin {uuid.uuid4().hex[:6]}"
    pot = alice.call("POST", "/api/wallet/communities", {"name": name, "visibility": "PUBLIQUE", "quorum_percent": 60})
    here = f"/api/wallet/communities/{pot['id']}"
    for member in (bob, charlie):
        member.call("POST", f"{here}/join")
    for member, amount in ((alice, "9.00"), (bob, "6.50")):
        member.call("POST", f"{here}/contribute", {"amount": amount})
    before = charlie.balance
    asked = charlie.call("POST", f"{here}/requests", {"amount": "12.00", "purpose": "Seeds"})
    vote = f"{here}/requests/{asked['id']}/vote"
    charlie.call("POST", vote, {"approve": True}, expect=(403, 409))  # who asks does not vote
    same("after one vote", alice.call("POST", vote, {"approve": True})["status"], "OUVERTE")
    alice.call("POST", vote, {"approve": True}, expect=(409,))  # one vote each
    same("after the second", bob.call("POST", vote, {"approve": True})["status"], "PAYEE")
    same("charlie's wallet", charlie.balance, before + 12)
    same("the pot", Decimal(alice.call("GET", here)["balance"]), Decimal("3.50"))
    step(f"community {name}: 15.50 € given, 12.00 € asked, two votes of two, paid to charlie at once")


# --- Money that leaves ----------------------------------------------------------------------------------------
def an_iban() -> str:
    """A German IBAN that nobody was paid on yet; two check digits by ISO 7064 (mod 97)."""
    account = f"37040044{random.randrange(10**10):010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def payout(alice: Person, manager: Person) -> None:
    iban, before = an_iban(), alice.balance
    asked = alice.call("POST", "/api/wallet/withdraw", {"amount": "60.00", "to": iban, "holder": "Alice Moreau"})
    same("a large withdrawal to a new IBAN", asked["status"], "A_VALIDER")
    wallet = alice.call("GET", "/api/wallet")
    check(Decimal(wallet["held"]) >= 60 and Decimal(wallet["balance"]) == before, f"60 € should be held: {wallet}")
    alice.call("GET", "/api/manager/payouts", expect=(403,))
    accepted = manager.call("POST", f"/api/manager/payouts/{asked['id']}/accept")
    same("accepted", accepted["status"], "PRET")
    key = str(uuid.uuid4())
    batch = manager.ask("POST", "/api/manager/payout-batches", **{"Idempotency-Key": key}).json()
    again = manager.ask("POST", "/api/manager/payout-batches", **{"Idempotency-Key": key}).json()
    same("the batch under the same key", again["id"], batch["id"])
    file = manager.call("GET", f"/api/manager/payout-batches/{batch['id']}/file")
    keep(f"{batch['reference']}.xml", file)
    same("SHA-256 of the file", hashlib.sha256(file).hexdigest(), batch["sha256"])
    root = ElementTree.fromstring(file)
    amounts = [Decimal(row.text or "") for row in root.findall(".//p:InstdAmt", PAIN)]
    same("control sum of the file", Decimal(root.findtext(".//p:CtrlSum", "", PAIN)), sum(amounts))
    check(iban in [row.text for row in root.findall(".//p:CdtrAcct//p:IBAN", PAIN)], "the file does not name the IBAN")
    manager.call("POST", f"/api/manager/payout-batches/{batch['id']}/executed")
    same("payout", alice.call("GET", f"/api/wallet/payouts/{asked['id']}")["status"], "PAYE")
    same("alice's wallet", alice.balance, before - 60)
    step(f"{asked['reference']}: 60.00 € held, accepted, in file {batch['reference']} of {len(amounts)}, executed")


# --- The desk -------------------------------------------------------------------------------------------------
def case_of(manager: Person, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    def look() -> Any:
        cases = manager.call("GET", "/api/manager/disagreements?status=OUVERT&page_size=50")["results"]
        return next((case for case in cases if fits(case)), None)

    return wait_for("a case on the desk", look)


def settle(manager: Person, case: dict[str, Any], kind: str, outcome: str, **more: str) -> None:
    same("kind of the case", case["kind"], kind)
    url = f"/api/manager/disagreements/{case['id']}"
    offered = [row["outcome"] for row in manager.call("GET", url)["outcomes"]]
    check(outcome in offered, f"{kind} offers {offered}")
    done = manager.call("POST", f"{url}/resolve", {"outcome": outcome, "reason": "Walked through", **more})
    same("the case", (done["status"], done["outcome"]), ("RESOLU", outcome))
    same("its author", done["history"][-1]["by"], manager.email)
    manager.call("POST", f"{url}/resolve", {"outcome": outcome, "reason": "Again", **more}, expect=(409,))
    step(f"desk: {kind}, {case['amount']} € → {outcome}, settled once by {manager.email}")


def three_disagreements(alice: Person, bob: Person, manager: Person) -> None:
    waiting = top_up(alice, "15.00", "tok_3ds")
    before = alice.balance
    webhook("payment.succeeded", ref=ref_of(waiting), amount="18.00")
    case = case_of(manager, lambda case: case["payment_id"] == waiting["id"])
    same("what is too much", case["amount"], "3.00")
    settle(manager, case, "TROP_PERCU", "CREDITE")
    same("alice's wallet", alice.balance, before + 18)

    ref, before = f"sim_{uuid.uuid4().hex[:20]}", bob.balance
    webhook("payment.succeeded", ref=ref, amount="24.90")
    case = case_of(manager, lambda case: ref in case["reference"])
    settle(manager, case, "PAIEMENT_INCONNU", "CREDITE", to=bob.email)
    same("bob's wallet", bob.balance, before + Decimal("24.90"))

    order = order_for(alice)
    waiting = pay(alice, order, "CARTE", "tok_3ds", expect=202)["payment"]
    cancelled = alice.call("POST", "/api/orders/cancel", {"order_id": order["id"]})
    same("the order", cancelled["status"], "ANNULEE")
    webhook("payment.succeeded", ref=ref_of(waiting), amount=order["total"])
    case = case_of(manager, lambda case: case["payment_id"] == waiting["id"])
    same("what came late", case["amount"], order["total"])
    settle(manager, case, "PAYE_ANNULE", "REMBOURSE")
    same("the order still", alice.call("GET", f"/api/orders/{order['id']}")["status"], "ANNULEE")


# --- The books ------------------------------------------------------------------------------------------------
def books(manager: Person) -> None:
    """JSON, CSV and accounting export of one time must agree, account by account. While others move money the three
    are asked again until nothing moved in between."""
    for _attempt in range(10):
        found = manager.call("GET", "/api/manager/finances?by=day")
        span = f"from={found['from']}&to={found['to']}"
        table = manager.call("GET", f"/api/manager/finances.csv?{span}&by=day").decode()
        fec = manager.call("GET", f"/api/manager/finances/fec?{span}")
        if manager.call("GET", f"/api/manager/finances?{span}&by=day")["accounts"] == found["accounts"]:
            break
        time.sleep(2)
    else:
        sys.exit("the books never stood still for a moment")
    keep("finances.json", json.dumps(found, indent=1).encode())
    keep("finances.csv", table.encode())
    keep("fec.txt", fec)
    page = {row["number"]: (Decimal(row["debit"]), Decimal(row["credit"])) for row in found["accounts"]}
    page = {number: sums for number, sums in page.items() if any(sums)}
    by_csv, by_fec = defaultdict(Decimal), defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(table)):
        for side in ("debit", "credit"):
            by_csv[row["account"], side] += Decimal(row[side])
    entries: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(fec.decode("iso-8859-15")), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["JournalCode"] == "AN":
            continue  # what the year before left behind is no movement
        for side, sign in (("debit", -1), ("credit", 1)):
            amount = Decimal(row[side.capitalize()].replace(",", "."))
            by_fec[row["CompteNum"], side] += amount
            entries[row["EcritureNum"]] += sign * amount
    check(not any(entries.values()), "an entry of the accounting export does not balance")
    for name, sums in (("CSV", by_csv), ("FEC", by_fec)):
        accounts = sorted({account for account, _side in sums if sums[account, "debit"] or sums[account, "credit"]})
        same(f"accounts of {name}", accounts, sorted(page))
        for number, (debit, credit) in page.items():
            same(f"{name} of {number}", (sums[number, "debit"], sums[number, "credit"]), (debit, credit))
    vat = sum(credit - debit for number, (debit, credit) in page.items() if number.startswith("44571"))
    same("VAT by accounts and by rates", vat, sum(Decimal(row["vat"]) for row in found["vat_by_rate"]))
    same("VAT in the figures", vat, Decimal(found["totals"]["vat"]))
    step(f"finances {span}: {len(page)} accounts, {len(entries)} entries; JSON, CSV and FEC agree")


def main() -> None:
    check(SECRET, "set PAYMENT_WEBHOOK_SECRET; without one of your own it is what var/secret_key holds")
    alice, bob, charlie = (Person(CUSTOMER_SITE, f"{name}@email.test") for name in ("alice", "bob", "charlie"))
    manager = Person(MANAGER_SITE, "admin@ecom.test", "admin123")
    for person, amount in ((alice, "150.00"), (bob, "20.00")):
        before = person.balance
        same("top-up", top_up(person, amount)["status"], "REUSSI")
        same("wallet", person.balance, before + Decimal(amount))
    step("alice and bob topped up their wallets by card")
    order = every_way_to_pay(alice)
    webhook_twice(alice)
    refunds_and_papers(alice, manager, order)
    community(alice, bob, charlie)
    payout(alice, manager)
    three_disagreements(alice, bob, manager)
    books(manager)
    print("done")


if __name__ == "__main__":
    main()
