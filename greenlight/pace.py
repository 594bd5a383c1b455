"""How many requests are in flight at one server: as many as make it faster, and no more.

Hosted servers say 429 when it is too much; a slow local one never does, it only lets requests wait. So the limit
follows what the server does:

- Search. The work done (tokens, where they are told) a second is compared between limits. The limit doubles while that
  pays, then by a quarter; a step that brings less than ``PAYS`` of what it asks for is taken back, and tried again
  after ever longer pauses. In between a step down is tried: what is not needed in flight only waits there.
- Shrink. When answers take ``SLOW`` times as long as they did (or those on their way are as old), and come half as
  often, slots were lost: by Little's law (L = rate x time, Little 1961) the server holds as many requests as it answers
  in the time that it takes for one where none waits.
- 429. The limit falls to ``BACK`` of what was in flight, and nothing is sent before ``Retry-After``.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

PAYS = 0.2
SLOW = 2.0
BACK = 0.7
RECENT = 8
"""Answers by which a change of the server is seen."""
WINDOW = 8
"""Answers, at least, over which a rate is measured; as many as the limit while it doubles, then twice as many."""
HOLD = 4
"""Windows before a step that did not pay is tried again; doubles each time."""


@dataclass
class _Window:
    """What was done under one limit, counted from when all in flight were begun under it."""

    limit: int
    skip: int
    """Answers to requests that were begun before."""
    since: float = 0.0
    answers: int = 0
    work: float = 0.0
    times: list[float] = field(default_factory=list)

    def rate(self, now: float) -> float:
        return self.work / max(now - self.since, 1e-9)


@dataclass
class Pace:
    """The limit of one server. ``now`` is in seconds, from any fixed point.

    ``begin`` and ``end`` are called for every request; ``limit`` is what may be in flight, from 1 to ``most``.
    """

    most: int
    limit: int = 4
    now: Callable[[], float] = time.monotonic
    begun: dict[int, float] = field(default_factory=dict)
    """When each request that is in flight was begun, by its number."""
    usual: float = 0.0
    """Seconds that an answer takes; 0 before any is known."""
    quickest: float = math.inf
    """The least that it ever took, at any limit: what an answer takes where none waits."""
    known: tuple[int, float] = (0, 0.0)
    """The limit at which that was found, and answers a second there."""
    paused_until: float = 0.0
    _number: int = 0
    _window: _Window | None = None
    _best: tuple[int, float] = (0, 0.0)
    """The limit before this one, and its rate."""
    _doubling: bool = True
    _up: bool = True
    """Whether the next step is up; steps go up and down in turns."""
    _hold: int = 0
    _pause: int = HOLD
    _changed: int = 0
    """The number of the first request that was begun under this limit."""
    _last: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=RECENT + 1))
    """When the last answers came, and what they took."""

    def __post_init__(self) -> None:
        self.limit = max(1, min(self.limit, self.most))

    def free(self) -> bool:
        """Whether one more may be sent now."""
        return len(self.begun) < self.limit and self.now() >= self.paused_until

    def begin(self) -> int:
        """A request is sent; its number is for ``end``."""
        self._number += 1
        self.begun[self._number] = self.now()
        return self._number

    def end(self, number: int, work: float = 1.0) -> None:
        """It was answered. ``work``: tokens, where they are known."""
        now = self.now()
        took = now - self.begun.pop(number)
        self._last.append((now, took))
        if number < self._changed:
            return  # begun under another limit: what it tells was acted upon
        if self._lost_slots(now):
            return
        if self._window is None:
            self._window = _Window(self.limit, skip=len(self.begun), since=now)
            return
        self._count(self._window, now, took, work)

    def lost(self, number: int) -> None:
        """It came to nothing: the connection broke, or the answer could not be read."""
        self.begun.pop(number, None)

    def too_many(self, number: int, wait: float = 0.0) -> None:
        """The server said 429, and how many seconds to wait where it did."""
        self.begun.pop(number, None)
        now = self.now()
        self.paused_until = max(self.paused_until, now + wait)
        if number < self._changed:
            return
        self._set(math.floor(BACK * (len(self.begun) + 1)), pays=False)

    # ---------------------------------------------------------------- rules

    def _lost_slots(self, now: float) -> bool:
        """Follows a server that became slower; says whether it did."""
        if not self.usual or len(self._last) <= RECENT:
            return False
        at, often = self.known
        queue = max(1.0, self.limit / at)  # more in flight at as many slots: that much longer in the queue
        latest = median(took for _, took in self._last)
        waiting = median(now - since for since in self.begun.values()) if self.begun else 0.0
        rate = RECENT / max(self._last[-1][0] - self._last[0][0], 1e-9)
        if max(latest, waiting) < SLOW * queue * self.usual or rate * SLOW > often * min(1.0, self.limit / at):
            return False
        fits = math.ceil(rate * self.quickest)
        if fits >= self.limit:
            return False
        self._set(fits, pays=False)
        return True

    def _count(self, window: _Window, now: float, took: float, work: float) -> None:
        if window.skip > 0:
            window.skip -= 1
            window.since = now
            return
        window.answers += 1
        window.work += work
        window.times.append(took)
        if window.answers < max(WINDOW, window.limit if self._doubling else 2 * window.limit):
            return
        rate = window.rate(now)
        self.usual, self.known = median(window.times), (window.limit, window.answers / max(now - window.since, 1e-9))
        self.quickest = min(self.quickest, self.usual)
        before, rate_before = self._best
        if before and before != window.limit:
            asked = window.limit / before - 1  # below 0: a step down, which pays unless too much is lost
            if rate < rate_before * (1 + PAYS * asked):
                self._took_back(before)
                return
            self._pause = HOLD if asked > 0 else self._pause
        self._best = (window.limit, rate)
        self._window = None
        if self._hold > 0:
            self._hold -= 1
        elif self._doubling or self._up:
            self._up = False
            self._set(min(self.most, 2 * window.limit if self._doubling else math.ceil(1.25 * window.limit)), pays=True)
        else:  # what is not needed in flight only waits there
            self._up = True
            self._set(math.floor(window.limit / 1.25), pays=True)

    def _took_back(self, before: int) -> None:
        self._set(before, pays=True)
        if self._doubling:  # finer steps from there
            self._doubling, self._up, self._hold = False, True, 0
        else:
            self._hold, self._pause = self._pause, min(2 * self._pause, 64)

    def _set(self, limit: int, pays: bool) -> None:
        """A new limit. ``pays``: a step of the search; else the server changed, and what is known of it is old."""
        self.limit = max(1, min(limit, self.most))
        self._window = None
        self._changed = self._number + 1
        if not pays:
            self._best = (0, 0.0)
            self._doubling, self._up, self._hold, self._pause = True, True, 1, HOLD
            self._last.clear()


@dataclass
class Line:
    """Where requests to one server wait for their turn: ``number = await line.enter()``, then ``pace.end(number)`` or
    one of the others, then ``line.leave()``."""

    pace: Pace
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    _alarm: asyncio.TimerHandle | None = None

    async def enter(self) -> int:
        while self._waiting or not self.pace.free():
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._call()
            try:
                await turn
            except asyncio.CancelledError:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                raise
            if self.pace.free():
                break
        return self.pace.begin()

    def leave(self) -> None:
        self._call()

    def _call(self) -> None:
        """Wakes as many as there is room for; while the server asked for a pause, when that is over."""
        room = self.pace.limit - len(self.pace.begun)
        wait = self.pace.paused_until - self.pace.now()
        if wait > 0:
            if self._waiting and self._alarm is None:
                self._alarm = asyncio.get_running_loop().call_later(wait, self._rung)
            return
        while self._waiting and room > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                room -= 1

    def _rung(self) -> None:
        self._alarm = None
        self._call()
