import os
import time

import pytest

from config.lib import heavy


@pytest.fixture
def pool():
    pool = heavy.Pool(workers=1, idle_s=0.2)
    yield pool
    pool.stop()


def own_pid() -> int:
    return os.getpid()


def refuse(word: str) -> None:
    raise ValueError(word)


@pytest.mark.slow
def test_heavy_work_runs_elsewhere_fails_loudly_and_leaves_when_idle(pool):
    here = "config.lib.tests.test_heavy"
    other = pool.run(f"{here}.own_pid")
    assert other != os.getpid()
    assert pool.run(f"{here}.own_pid") == other

    with pytest.raises(ValueError, match="no paper"):
        pool.run(f"{here}.refuse", "no paper")

    with pytest.raises(TimeoutError):
        pool.run("time.sleep", 30, timeout=0.2)
    assert pool.run(f"{here}.own_pid") != other, "the stuck helper was replaced"

    time.sleep(0.6)
    assert pool.executor is None


def test_in_tests_heavy_work_is_done_in_place():
    assert heavy.run("config.lib.tests.test_heavy.own_pid") == os.getpid()
