"""Servers and loads in processes of their own, so that the one that measures takes nothing from what it measures."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.tests.house import free_port, wait_for

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    *command: str, ready: str = "/bench/empty", log: Path, **env: str
) -> Iterator[tuple[subprocess.Popen, int]]:
    """Start a web server (`{port}` in the command is replaced), wait until it answers, stop it at the end."""
    port = free_port()
    line = [sys.executable, "-m", *(part.replace("{port}", str(port)) for part in command)]
    with log.open("a") as output:
        process = subprocess.Popen(line, env={**os.environ, **env}, stdout=output, stderr=output)
    try:
        wait_for(lambda: answers(port, ready) or process.poll() is not None, 60, f"{line} answers, see {log}")
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


async def load(port: int, path: str, *, connections: int = 16, seconds: float = 4) -> float:
    """Requests answered per second by kept connections that each wait for the answer before the next request."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: fr\r\n\r\n".encode()
    end = time.perf_counter() + seconds

    async def client() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            await reader.readexactly(int(length.split(b":")[1]))
            count += b" 200 " in head.split(b"\r\n", 1)[0]
        writer.close()
        return count

    return sum(await asyncio.gather(*(client() for _ in range(connections)))) / seconds
