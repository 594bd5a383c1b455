"""Worker processes: results in order, the first error at once, and a death that is told."""

from __future__ import annotations

import os
import signal
import time

import pytest

from greenlight.crew import Crew
from greenlight.errors import RoundError, WorkerError
from greenlight.progress import SILENT, Watch


def double(n: int, watch: Watch) -> int:
    with watch.bar("double", 1, "numbers") as bar:
        bar.advance(1, "done")
    watch.say(f"doubled {n}")
    return 2 * n


def fail_first(n: int, watch: Watch) -> int:
    if n == 0:
        raise RoundError("seed 0 diverged")
    time.sleep(60)
    return n


def die_first(n: int, watch: Watch) -> int:
    if n == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
    return n


def test_results_come_in_order_and_the_pool_is_used_again() -> None:
    with Crew(2) as crew:
        for _ in range(2):
            assert crew.run(double, [(n,) for n in range(5)], SILENT) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(("work", "error"), [(fail_first, RoundError), (die_first, WorkerError)])
def test_a_failure_stops_the_others_at_once_and_the_crew_goes_on(work: object, error: type[Exception]) -> None:
    began = time.monotonic()
    with Crew(2) as crew:
        with pytest.raises(error):
            crew.run(work, [(n,) for n in range(3)], SILENT)  # type: ignore[arg-type]
        assert crew.run(double, [(1,), (2,)], SILENT) == [2, 4]
    assert time.monotonic() - began < 50, "the sleeping jobs were not waited for"


def test_cores_are_divided_among_those_that_run_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenlight.crew.cores", lambda: 4)
    assert Crew(2).threads(3) == [2, 2, 4]
    assert Crew(4).threads(6) == [1, 1, 1, 1, 2, 2]
    assert Crew(1).threads(2) == [4, 4]
