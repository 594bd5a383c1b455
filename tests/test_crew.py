"""Worker processes: results in order, the first error at once, and a death that is told."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

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


def save_when_asked(path: str, watch: Watch) -> None:
    from greenlight.gpt.machine import interrupts

    with interrupts() as asked:
        Path(path).write_text("at work")
        while asked.by is None:
            time.sleep(0.01)
        Path(path).write_text("saved")
        asked.obey()


def interrupted(folder: Path) -> None:
    while sum(path.read_text() == "at work" for path in folder.iterdir()) < 2:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_lets_workers_save(tmp_path: Path) -> None:
    threading.Thread(target=interrupted, args=(tmp_path,), daemon=True).start()
    jobs = [(str(tmp_path / name),) for name in "ab"]
    with pytest.raises(KeyboardInterrupt), Crew(2) as crew:
        crew.run(save_when_asked, jobs, SILENT)
    assert {path.read_text() for path in tmp_path.iterdir()} == {"saved"}


def interrupted_twice() -> None:
    from greenlight.gpt.machine import interrupts

    with interrupts() as asked:
        os.kill(os.getpid(), signal.SIGINT)
        while asked.by is None:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)
        pytest.fail("it was not heard")


def test_the_second_ctrl_c_ends_it_at_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_twice()


def deaf(path: str, watch: Watch) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(path).write_text("at work")
    time.sleep(60)


def test_a_worker_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenlight.crew.GRACE", 0.5)
    threading.Thread(target=interrupted, args=(tmp_path,), daemon=True).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Crew(2) as crew:
        crew.run(deaf, [(str(tmp_path / name),) for name in "ab"], SILENT)
    assert time.monotonic() - began < 50


def test_cores_are_divided_among_those_that_run_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenlight.crew.cores", lambda: 4)
    assert Crew(2).threads(3) == [2, 2, 4]
    assert Crew(4).threads(6) == [1, 1, 1, 1, 2, 2]
    assert Crew(1).threads(2) == [4, 4]
