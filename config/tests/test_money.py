"""Money in the embedded process: killed in the middle, walked through by docs/examples/money.py, proved, altered.

test_fleet.py walks the same way on PostgreSQL and Redis.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest

from config.tests.house import ONE_CENT_MORE, House, wait_for
from shop.invoices.validation import check_file

pytestmark = pytest.mark.slow
TEN = {"amount": "10.00", "method": "CARTE"}
AT_WORK = "SELECT count(*) FROM {table} WHERE state IN ('A_FAIRE', 'EN_COURS')"
PATIENCE_S = 150  # after the start everything stands in one queue, papers before webhooks: long on a busy machine
TABLES = ("accounts_refund", "accounts_mobiletransfer", "accounts_monthlystatement", "accounts_webhookevent",
          "shop_invoice")  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Served with its demonstration, at `house.url`; each test leaves it served."""
    home = House(tmp_path_factory.mktemp("money"))
    serve(home)
    yield home
    home.close()


def serve(house: House) -> None:
    _process, port = house.serve("--demo")
    house.ready(port, 180)
    house.url = f"http://127.0.0.1:{port}"


class Phone:
    """A signed-in device that finds the house again when it serves elsewhere."""

    def __init__(self, house: House, email: str, password: str = "password123"):
        self.house = house
        self.headers: dict[str, str] = {}
        body = {"email": email, "password": password, "device_name": "test"}
        self.headers = {"Authorization": f"Token {self('POST', 'auth/login', body)['token']}"}

    def __call__(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {**self.headers, "Idempotency-Key": key or uuid4().hex}
        answer = httpx.request(method, f"{self.house.url}/api/{path}", json=body, headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content


def paid_order(alice: Phone, token: str) -> str:
    product = alice("GET", "catalog/products?in_stock=true&search=miel")["results"][0]
    alice("POST", "cart/add", {"product_id": product["id"], "quantity": 1})
    order = alice("POST", "orders/checkout", {"delivery_method": "RETRAIT"})["id"]
    alice("POST", "orders/pay", {"order_id": order, "method": "CARTE", "payment_token": token})
    return f"orders/{order}"


def test_kill_nine_in_the_middle_of_money_loses_no_cent_and_doubles_none(house: House) -> None:
    """Payments that wait, refunds, payouts, a statement and a call without an answer: all end as if nothing was."""
    alice, admin = Phone(house, "alice@email.test"), Phone(house, "admin@ecom.test", "admin123")
    refunded = [paid_order(alice, "tok_ok") for _time in range(3)]
    before = Decimal(alice("GET", "wallet")["balance"])
    waiting = [paid_order(alice, "tok_pending") for _time in range(2)]
    for _time in range(2):
        alice("POST", "wallet/topup", {**TEN, "payment_token": "tok_pending"})
    numbers = ("+33612345678", "+33612345699")
    payouts = [alice("POST", "wallet/withdraw", {"amount": "5.00", "to": number})["id"] for number in numbers]
    for order in refunded:
        admin("POST", "admin/orders/refund", {"order_id": int(order.split("/")[1]), "reason": "Reprise"})
    month = alice("GET", "wallet/statements")["results"][0]["month"]
    alice("GET", f"wallet/statements/{month}")
    keys = [uuid4().hex for _time in range(6)]
    answered: list[str] = []

    def pour() -> None:
        with suppress(httpx.HTTPError):
            for key in keys:
                alice("POST", "wallet/topup", {**TEN, "payment_token": "tok_ok"}, key)
                answered.append(key)

    thread = Thread(target=pour)
    thread.start()
    wait_for(lambda: len(answered) >= 2, 30, "two calls are answered")
    house.started[-1].kill()
    house.started[-1].wait()
    thread.join()
    assert len(answered) < len(keys), "killed too late to prove anything"

    serve(house)
    for key in keys:  # the phone does not know which of them arrived
        alice("POST", "wallet/topup", {**TEN, "payment_token": "tok_ok"}, key)
    wait_for(lambda: all(alice("GET", path)["status"] == "PAYEE" for path in waiting), PATIENCE_S, "what waited is paid")
    paid_out = [f"wallet/payouts/{payout}" for payout in payouts]
    wait_for(lambda: all(alice("GET", path)["status"] == "PAYE" for path in paid_out), PATIENCE_S, "payouts are paid")
    for table in TABLES:
        wait_for(lambda: house.count(AT_WORK.format(table=table)) == 0, PATIENCE_S, f"{table} is done")  # noqa: B023
    wait_for(lambda: Decimal(alice("GET", "wallet")["balance"]) == before + 70, 30, "20 + 60 - 10 euros")
    for path in refunded:
        assert [refund["state"] for refund in alice("GET", path)["refunds"]] == ["FAIT"]
    assert alice("GET", f"wallet/statements/{month}").startswith(b"%PDF")
    house.books_are_right()


def test_money_by_api_alone_then_proved_then_altered(house: House) -> None:
    papers = house.var / "papers"
    papers.mkdir()
    done = house.example("money", house.url, PAPERS=str(papers))
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{house.log()[-5000:]}"
    assert done.stdout.endswith("done\n")
    assert "Traceback" not in house.log()
    house.books_are_right()

    found = [check_file(path.read_bytes()) for path in papers.glob("*.pdf")]
    assert found == [[], [], []], "an invoice and two credit notes, valid by XSD, EN 16931 and BR-FR"

    base = sqlite3.connect(house.var / "triporteur.sqlite3", timeout=20)
    with pytest.raises(sqlite3.IntegrityError, match="sealed"), base:
        base.execute(ONE_CENT_MORE)
    seal = base.execute("SELECT sql FROM sqlite_master WHERE name = 'accounts_posting_no_update'").fetchone()[0]
    with base:
        base.execute("DROP TRIGGER accounts_posting_no_update")
        base.execute(ONE_CENT_MORE)
    house.books_are_wrong()
    with base:  # as it was, for whoever shares this house
        base.execute(ONE_CENT_MORE.replace("+ 1", "- 1"))
        base.execute(seal)
    base.close()
