"""The main job by API and websockets alone: buy, pay, ship by an auctioned courier, watch it live, receive.

Run it against a server with the demo loaded (`make run`):

    .venv/bin/python docs/examples/main_job.py                      # http://localhost:8000
    .venv/bin/python docs/examples/main_job.py http://localhost:8001 http://localhost:8002

With a second address, alice's phone talks to the second web process while the couriers talk to the first: a point
sent to one process reaches a watcher on the other.

Every call below is one that a phone app makes, in the order in which it makes them. It stops at the first answer
that is not as documented in /api/schema.
"""

import asyncio
import json
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
from websockets.asyncio.client import connect

COURIER_SITE = (sys.argv[1:] or ["http://localhost:8000"])[0].rstrip("/")
CUSTOMER_SITE = (sys.argv[2:] or [COURIER_SITE])[0].rstrip("/")


class Phone:
    """One signed-in device: REST calls that check the status, and sockets with the token as subprotocol."""

    def __init__(self, site: str, email: str, password: str):
        self.site = site
        self.http = httpx.Client(base_url=site, headers={"Accept-Language": "en"}, timeout=30)
        body = {"email": email, "password": password, "device_name": "example script"}
        self.token = self.call("POST", "/api/auth/login", body)["token"]
        self.http.headers["Authorization"] = f"Token {self.token}"

    def call(self, method: str, path: str, body: Any = None, *, expect: int | tuple = (200, 201, 202, 204)) -> Any:
        response = self.http.request(method, path, json=body, headers=self.extra(method))
        allowed = (expect,) if isinstance(expect, int) else expect
        if response.status_code not in allowed:
            sys.exit(f"{method} {path} answered {response.status_code}: {response.text[:500]}")
        kind = response.headers.get("Content-Type", "")
        return response.json() if "json" in kind and response.content else response.content

    @staticmethod
    def extra(method: str) -> dict[str, str]:
        """A key for every POST: if the network drops the answer, the same key gets the same answer again."""
        return {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}

    def socket(self, path: str) -> Any:
        return connect(self.site.replace("http", "ws", 1) + path, subprotocols=["token", self.token])


def step(text: str) -> None:
    print(f"• {text}", flush=True)


def wait_for(what: str, ask: Any, seconds: float = 30) -> Any:
    """Ask again until the answer is there: background jobs take a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.3)
    sys.exit(f"waited {seconds:.0f} s in vain for {what}")


def buy(alice: Phone) -> dict[str, Any]:
    product = alice.call("GET", "/api/catalog/products?in_stock=true&search=miel")["results"][0]
    alice.call("DELETE", "/api/cart/clear")
    cart = alice.call("POST", "/api/cart/add", {"product_id": product["id"], "quantity": 2})
    step(f"alice: 2 × {product['name']} in the cart, {cart['total']} {cart['currency']}")
    address = alice.call("GET", "/api/users/me/addresses")["results"][0]
    order = alice.call(
        "POST", "/api/orders/checkout", {"delivery_method": "COURSIER", "address_id": address["id"]}, expect=201
    )
    step(f"order {order['number']}: {order['total']} {order['currency']}, delivery {order['delivery_fee']} included")
    body = {"order_id": order["id"], "method": "CARTE", "payment_token": "tok_ok"}
    paid = alice.call("POST", "/api/orders/pay", body, expect=200)
    assert paid["order"]["status"] == "PAYEE", paid["order"]["status"]
    step("paid by card: PAYEE")
    return paid["order"]


def ship(admin: Phone, order: dict[str, Any]) -> int:
    shipped = admin.call("POST", "/api/admin/orders/ship", {"order_id": order["id"]})
    assert shipped["status"] == "EXPEDIEE", shipped["status"]
    delivery_id = shipped["delivery"]["id"]
    step(f"the shop ships it: delivery {shipped['delivery']['reference']} is up for auction")
    return delivery_id


def bid(courier: Phone, name: str, delivery_id: int, amount: str, minutes: int) -> int:
    courier.call("POST", "/api/tracking/shift", {"on": True})
    nearby = courier.call("GET", "/api/deliveries/open?lat=48.8630&lon=2.3720&radius_m=8000")["results"]
    assert delivery_id in [d["id"] for d in nearby], "the open delivery is not in the list"
    body = {"amount": amount, "eta_minutes": minutes, "note": "Je suis tout près."}
    answer = courier.call("POST", f"/api/deliveries/{delivery_id}/bids", body, expect=201)
    step(f"{name} bids {amount} € and promises {minutes} min")
    return answer["id"]


async def ride(carla: Phone, alice: Phone, delivery: dict[str, Any]) -> None:
    """Carla sends a point a second on her socket; alice sees each on hers.

    She rides at 5 m/s: points that jump would be set aside, as no bicycle does a kilometre a second.
    """
    start, end = delivery["pickup"], delivery["dropoff"]
    points = 10
    step_share = 5 / max(delivery["distance_m"], 50)
    async with (
        carla.socket("/ws/courier") as courier,
        alice.socket(f"/ws/deliveries/{delivery['id']}") as watcher,
    ):
        snapshot = json.loads(await asyncio.wait_for(watcher.recv(), 10))
        assert snapshot["type"] == "snapshot", snapshot
        step(f"alice's screen opens on a snapshot: {snapshot['status']}")
        seen = 0
        for seq in range(1, points + 1):
            share = seq * step_share
            await courier.send(json.dumps({
                "type": "position", "seq": seq, "accuracy": 5, "speed": 4.2, "heading": 90,
                "lat": start["lat"] + (end["lat"] - start["lat"]) * share,
                "lon": start["lon"] + (end["lon"] - start["lon"]) * share,
                "recorded_at": datetime.now(UTC).isoformat(),
            }))  # fmt: skip
            while True:
                answer = json.loads(await asyncio.wait_for(courier.recv(), 10))
                if answer["type"] == "ack" and answer["seq"] == seq:
                    break
                assert answer["type"] != "error", answer
            await asyncio.sleep(1)
        try:
            while seen < points:
                message = json.loads(await asyncio.wait_for(watcher.recv(), 5))
                seen += message["type"] == "position"
        except TimeoutError:
            pass
        assert seen == points, f"alice saw {seen} positions of {points}"
        step(f"{points} points sent and acknowledged, {seen} positions seen by alice")


def main() -> None:
    alice = Phone(CUSTOMER_SITE, "alice@email.test", "password123")
    admin = Phone(COURIER_SITE, "admin@ecom.test", "admin123")
    carla = Phone(COURIER_SITE, "carla@courier.test", "password123")
    karim = Phone(COURIER_SITE, "karim@courier.test", "password123")
    before = carla.call("GET", "/api/wallet")["balance"]

    order = buy(alice)
    delivery_id = ship(admin, order)
    budget = float(admin.call("GET", f"/api/deliveries/{delivery_id}")["price"])
    first = bid(carla, "carla", delivery_id, f"{budget * 0.8:.2f}", 25)
    bid(karim, "karim", delivery_id, f"{budget * 0.9:.2f}", 40)
    assert len(carla.call("GET", f"/api/deliveries/{delivery_id}/bids")["results"]) == 1, "bids are not sealed"

    delivery = admin.call("POST", f"/api/deliveries/{delivery_id}/bids/{first}/accept")
    assert delivery["status"] == "ATTRIBUEE", delivery["status"]
    step("the shop accepts carla's bid: ATTRIBUEE")
    refused = admin.call("POST", f"/api/deliveries/{delivery_id}/bids/{first}/accept", expect=409)
    assert refused["code"] == "auction_closed", refused

    pickup_code = delivery["handover"]["pickup_code"]
    here = {"lat": delivery["pickup"]["lat"], "lon": delivery["pickup"]["lon"]}
    carla.call("POST", f"/api/deliveries/{delivery_id}/pickup", {"code": pickup_code, **here})
    step("carla collects the parcel with the shop's code: COLLECTEE")

    asyncio.run(ride(carla, alice, delivery))

    dropoff_code = alice.call("GET", f"/api/deliveries/{delivery_id}")["handover"]["dropoff_code"]
    there = {"lat": delivery["dropoff"]["lat"], "lon": delivery["dropoff"]["lon"]}
    wrong = "000000" if dropoff_code != "000000" else "111111"
    refused = carla.call("POST", f"/api/deliveries/{delivery_id}/deliver", {"code": wrong, **there}, expect=409)
    assert (refused["code"], refused["attempts_left"]) == ("wrong_code", 4), refused
    carla.call("POST", f"/api/deliveries/{delivery_id}/deliver", {"code": dropoff_code, **there})
    step("alice reads out her code, carla hands over: LIVREE")

    wait_for(
        "the order to be delivered",
        lambda: alice.call("GET", f"/api/orders/{order['id']}")["status"] == "LIVREE",
    )
    step("order: LIVREE")
    after = carla.call("GET", "/api/wallet")["balance"]
    assert float(after) > float(before)
    step(f"carla's wallet: {before} → {after} € (her bid less the commission)")
    pdf = wait_for(
        "the invoice",
        lambda: (
            content
            if isinstance(content := alice.call("GET", f"/api/orders/{order['id']}/invoice"), bytes)
            and content.startswith(b"%PDF")
            else None
        ),
    )
    step(f"invoice: {len(pdf)} bytes of PDF")
    for name, phone in (("alice", alice), ("carla", carla)):
        news = phone.call("GET", "/api/notifications")["results"]
        assert news, f"{name} was not notified"
        step(f"{name} was told: {', '.join(n['subject'] for n in news[:4])}")
    print("done")


if __name__ == "__main__":
    main()
