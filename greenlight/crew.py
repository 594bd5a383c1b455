"""Worker processes for steps that use a whole core each: seeds of a round train and are measured side by side.

Two threads on one run are worth 0.94 of two runs on a thread each (``docs/trainer.md``): enough for the last wave.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from queue import Empty
from typing import Any

from greenlight.errors import WorkerError
from greenlight.progress import Bar, Watch

_news: Any = None  # a worker's end of the queue


GRACE = 10.0
"""Seconds that a worker has for its last step and for saving it."""


class Crew:
    """``with Crew(2) as crew: crew.run(work, jobs, watch)``; with one worker all runs in this process."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self._pool: ProcessPoolExecutor | None = None
        self._queue: Any = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        self._stop(kill=kind is not None)

    def _stop(self, kill: bool) -> None:
        if self._pool is None:
            return
        if kill:  # an interrupt, or a seed that failed, must not wait for a training to end
            _end(list((self._pool._processes or {}).values()))
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._queue.close()
        self._pool = None

    def threads(self, jobs: int) -> list[int]:
        """How many threads each of ``jobs`` equal jobs gets: the cores are divided among those that run together."""
        together = [min(self.workers, jobs - place // self.workers * self.workers) for place in range(jobs)]
        return [max(1, cores() // count) for count in together]

    def run(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], watch: Watch) -> list[Any]:
        """``work(*job, watch)`` for each job, in order of the jobs. ``work`` is a top-level function.

        The first error is raised at once; the other jobs are stopped. A worker that dies (out of memory,
        say) is a WorkerError.
        """
        if self.workers == 1 or len(jobs) <= 1:
            return [work(*job, watch) for job in jobs]
        pool = self._start()
        try:
            futures = [pool.submit(_do, work, job, number) for number, job in enumerate(jobs)]
            with _Relay(watch) as relay:
                while not all(f.done() for f in futures):
                    self._pass_on(relay)
                    if any(f.done() and f.exception() for f in futures):
                        break
                self._pass_on(relay, last=True)
            return [f.result() for f in _errors_first(futures)] and [f.result() for f in futures]
        except BrokenProcessPool:
            self._stop(kill=True)
            raise WorkerError(
                "a worker process was killed (by hand, or out of memory): run the same command again; "
                "if it happens again, set train.batch lower"
            ) from None
        except BaseException:
            self._stop(kill=True)
            raise

    def _start(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._queue = context.Queue()
            self._pool = ProcessPoolExecutor(
                self.workers, context, initializer=_begin, initargs=(self._queue, os.getpid())
            )
        return self._pool

    def _pass_on(self, relay: _Relay, last: bool = False) -> None:
        try:
            while True:
                relay.hear(*self._queue.get(timeout=0.02 if last else 0.1))
        except Empty:
            return


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _end(processes: list[Any]) -> None:
    """SIGTERM, so that a training saves the step that it is in; what has not ended after ``GRACE`` is killed."""
    until = time.monotonic() + GRACE
    while any(process.is_alive() for process in processes) and time.monotonic() < until:
        for process in processes:  # again and again: who has saved hears it only now
            process.terminate()
        time.sleep(0.05)
    for process in processes:
        process.kill()


def _errors_first(futures: list[Future[Any]]) -> list[Future[Any]]:
    failed = [f for f in futures if f.done() and f.exception() is not None]
    if failed:
        return failed
    wait(futures)
    return futures


def _begin(queue: Any, parent: int) -> None:
    global _news
    _news = queue
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means

    def follow() -> None:  # a parent that was killed cannot stop us: nothing may train on without it
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _do(work: Callable[..., Any], job: tuple[Any, ...], number: int) -> Any:
    return work(*job, _Remote(number))


class _RemoteBar:
    """Sends its progress at most ten times a second."""

    def __init__(self, name: tuple[int, str]) -> None:
        self.name = name
        self.waiting = 0.0
        self.sent = 0.0

    def advance(self, n: float = 1, note: str = "") -> None:
        self.waiting += n
        if time.monotonic() - self.sent > 0.1:
            self.flush(note)

    def flush(self, note: str = "") -> None:
        _news.put(("advance", self.name, self.waiting, note))
        self.waiting, self.sent = 0.0, time.monotonic()


class _Remote:
    """A worker's watch."""

    def __init__(self, number: int) -> None:
        self.number = number

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        bar = _RemoteBar((self.number, label))
        _news.put(("open", bar.name, total, unit))
        try:
            yield bar
        finally:
            bar.flush()
            _news.put(("close", bar.name, 0.0, ""))

    def say(self, line: str) -> None:
        _news.put(("say", (self.number, line), 0.0, ""))


class _Relay:
    """Shows in the parent what the workers tell."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.bars: dict[tuple[int, str], tuple[Bar, ExitStack]] = {}
        self.said: set[str] = set()

    def __enter__(self) -> _Relay:
        return self

    def __exit__(self, *exc: object) -> None:
        for _, stack in self.bars.values():
            stack.close()

    def hear(self, what: str, name: tuple[int, str], amount: float, text: str) -> None:
        if what == "open":
            stack = ExitStack()
            self.bars[name] = (stack.enter_context(self.watch.bar(name[1], amount, text)), stack)
        elif what == "say":
            if name[1] not in self.said:  # what several workers say is news once
                self.watch.say(name[1])
            self.said.add(name[1])
        elif name in self.bars and what == "advance":
            self.bars[name][0].advance(amount, text)
        elif name in self.bars:
            self.bars.pop(name)[1].close()


SOLO = Crew(1)
"""One process, for libraries and tests."""
