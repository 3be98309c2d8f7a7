"""Where the positions of all sockets of one process meet: they are stored together, then acknowledged each.

A commit and a change of thread cost more than a point. Points that arrive within 20 ms share one transaction in one
thread; while it runs, the next ones gather.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from delivery.tracking import services
from delivery.tracking.services import Recorded

GATHER_S = 0.02
AT_ONCE = 500  # couriers in one transaction
POINTS_AT_ONCE = 5000

Waiting = tuple[int, Sequence[Any], "asyncio.Future[Recorded]"]


class Intake:
    """The queue of one event loop."""

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.task: asyncio.Task | None = None

    async def record(self, user_id: int, items: Sequence[Any]) -> Recorded:
        """`services.record_points`, together with others. Returns after the commit; raises its DomainErrors."""
        done: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self.waiting.append((user_id, items, done))
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.work())
        return await done

    async def work(self) -> None:
        await asyncio.sleep(GATHER_S)
        while self.waiting:
            taken = self.take()
            batches = [(user_id, items) for user_id, items, _done in taken]
            try:
                answers: Sequence[Any] = await database_sync_to_async(services.record_batches)(batches=batches)
            except Exception as error:
                answers = [error] * len(taken)
            for (_user_id, _items, done), answer in zip(taken, answers, strict=True):
                if done.done():  # its socket is gone; the points are stored all the same
                    continue
                if isinstance(answer, Exception):
                    done.set_exception(answer)
                else:
                    done.set_result(answer)

    def take(self) -> list[Waiting]:
        """The oldest batches, one per courier: a second one of the same courier waits for its turn."""
        taken: list[Waiting] = []
        users: set[int] = set()
        points = 0
        later: deque[Waiting] = deque()
        while self.waiting and len(taken) < AT_ONCE and points < POINTS_AT_ONCE:
            one = self.waiting.popleft()
            if one[0] in users:
                later.append(one)
                continue
            taken.append(one)
            users.add(one[0])
            points += len(one[1])
        self.waiting.extendleft(reversed(later))
        return taken


_intakes: WeakKeyDictionary[asyncio.AbstractEventLoop, Intake] = WeakKeyDictionary()


def intake() -> Intake:
    """The intake of the running loop."""
    return _intakes.setdefault(asyncio.get_running_loop(), Intake())
