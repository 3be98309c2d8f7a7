"""A real server process and real websockets: what is acknowledged survives kill -9; simulated couriers ride."""

import asyncio
import json
import signal
import subprocess
import sys
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from config.tests.house import House
from delivery.tracking.tests.factories import ride

pytestmark = pytest.mark.slow

MAKE_COURIER = """
from django.contrib.auth import get_user_model
from accounts.users.services import issue_token
from delivery.tracking.tests.factories import courier_on_shift, delivery_of
user = get_user_model().objects.create_user("carla@courier.test", "password123", first_name="Carla")
courier = courier_on_shift(user, on_shift=False)
delivery = delivery_of(courier)
print("made", issue_token(user=user).token, delivery.pk)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A running server with one courier, off shift, who carries one delivery."""
    house = House(tmp_path_factory.mktemp("wire"))
    assert house.manage("migrate", "-v0").returncode == 0
    made = house.manage("shell", "-c", MAKE_COURIER)
    assert made.returncode == 0, made.stderr
    _word, token, delivery = next(line for line in made.stdout.splitlines() if line.startswith("made")).split()
    process, port = house.serve()
    house.ready(port)
    yield SimpleNamespace(house=house, process=process, port=port, token=token, delivery=delivery)
    house.close()


def line(served, path):
    return connect(f"ws://127.0.0.1:{served.port}{path}", subprotocols=["token", served.token])


def positions(house, where="1=1"):
    return house.count(f"SELECT count(*) FROM delivery_courierposition WHERE {where}")


async def test_simulated_couriers_ride_and_a_watcher_sees_it(served):
    house = served.house
    command = [sys.executable, "manage.py", "simulate_couriers", "--count", "3", "--speed", "20", "--interval", "0.2"]
    seen = []
    async with line(served, f"/ws/deliveries/{served.delivery}") as socket:
        assert json.loads(await socket.recv())["type"] == "snapshot"
        riders = subprocess.Popen(
            [*command, "--url", f"ws://127.0.0.1:{served.port}"], env=house.env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        house.started.append(riders)
        while len([m for m in seen if m["type"] == "position"]) < 8:
            seen.append(json.loads(await asyncio.wait_for(socket.recv(), 30)))
    riders.send_signal(signal.SIGINT)
    output, _none = await asyncio.to_thread(riders.communicate, timeout=20)
    assert riders.returncode == 0, output
    assert "Only 1 approved couriers" in output
    assert " 0 lost, 0 refused" in output
    assert "Traceback" not in output
    acked = int(output.split(" acknowledged")[-2].split()[-1])
    assert positions(house) == acked >= 8
    assert any(message["type"] == "eta" for message in seen)
    assert house.count("SELECT on_shift FROM delivery_courier") == 0, "the shift it opened is closed again"


async def test_every_acknowledged_point_is_there_after_kill_nine(served):
    """The last test of this file: it takes the server with it."""
    assert served.house.manage("shell", "-c", OPEN_SHIFT).returncode == 0
    acked = 0
    async with line(served, "/ws/courier") as socket:
        for i in range(10):  # batches, sent ahead without waiting for their answers
            items = ride(50, ago_s=1000 - i * 50, first_seq=i * 50 + 1)
            await socket.send(json.dumps({"type": "positions", "items": items}))
        with suppress(ConnectionClosed):
            async for text in socket:
                answer = json.loads(text)
                assert answer["type"] == "ack"
                acked = answer["seq"]
                if acked == 150:
                    served.process.send_signal(signal.SIGKILL)
    assert served.process.wait(10) == -signal.SIGKILL
    assert acked >= 150
    assert positions(served.house, f"seq <= {acked}") == acked


OPEN_SHIFT = "from delivery.couriers.models import Courier; Courier.objects.update(on_shift=True)"


def test_a_wrong_file_or_address_is_told_in_one_line(tmp_path):
    broken = tmp_path / "broken.gpx"
    broken.write_text("<gpx><trk>")
    for args in (["--gpx", str(broken)], ["--gpx", "nowhere.gpx"], ["--url", "localhost"], ["--count", "0"]):
        with pytest.raises(CommandError):
            call_command("simulate_couriers", *args)
