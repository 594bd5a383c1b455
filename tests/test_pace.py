"""How many requests are in flight: a server is simulated, event by event, with a clock of its own."""

from __future__ import annotations

import asyncio
import heapq
import random
import statistics
from collections.abc import Callable

import pytest

from greenlight.pace import Line, Pace


def run(
    pace: Pace, slots: Callable[[int], int], total: int, jitter: float = 0.0, takes: float = 1.0
) -> tuple[float, list[tuple[int, int]]]:
    """Seconds for ``total`` answers of a server with so many slots after n answers; limit and in flight at each."""
    clock, dice = [0.0], random.Random(1)
    pace.now = lambda: clock[0]
    queue: list[int] = []
    working: list[tuple[float, int]] = []
    sent = done = 0
    seen = []
    while done < total:
        while sent < total and pace.free():
            queue.append(pace.begin())
            sent += 1
        while queue and len(working) < slots(done):
            heapq.heappush(working, (clock[0] + takes * (1 + jitter * dice.uniform(-1, 1)), queue.pop(0)))
        clock[0], number = heapq.heappop(working)
        pace.end(number)
        done += 1
        seen.append((pace.limit, len(pace.begun)))
    return clock[0], seen


class Fixed(Pace):
    def end(self, number: int, work: float = 1.0) -> None:
        self.begun.pop(number)


def best(slots: Callable[[int], int], total: int, jitter: float) -> float:
    return min(run(Fixed(k, k), slots, total, jitter)[0] for k in (1, 2, 4, 10, 20, 40, 64))


@pytest.mark.parametrize("jitter", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("slots", [1, 3, 10, 20])
def test_it_finds_what_the_server_holds(slots: int, jitter: float) -> None:
    took, seen = run(Pace(64), lambda _: slots, 4000, jitter)
    assert took <= best(lambda _: slots, 4000, jitter) / 0.9
    assert statistics.mean(limit for limit, _ in seen[2000:]) <= 2 * slots + 3, "no queue longer than the work"


@pytest.mark.parametrize("jitter", [0.0, 0.3, 0.9])
@pytest.mark.parametrize(("before", "after"), [(20, 2), (40, 4)])
def test_it_follows_a_server_that_loses_its_slots(before: int, after: int, jitter: float) -> None:
    def slots(n: int) -> int:
        return before if n < 1000 else after

    took, seen = run(Pace(64), slots, 2000, jitter)
    assert took <= best(slots, 2000, jitter) / 0.9
    # those in work when the slots went still end as before: nobody can know earlier
    followed = next(n for n in range(1000, 2000) if seen[n][0] <= 2.5 * after) - 1000
    assert followed <= before + 20
    there = seen[999][1]  # in flight, more than its slots where that was not seen to cost anything
    assert there <= 2 * before
    assert seen[1000 + there + before + 20][1] <= 2.5 * after, "and so do those in flight, one an answer"


def test_slots_that_come_back_are_used() -> None:
    _, seen = run(Pace(64), lambda n: 20 if n < 800 or n > 1600 else 2, 5000, 0.3)
    assert seen[1500][0] <= 5
    assert seen[-1][0] >= 16


def test_429_shrinks_once_and_waits() -> None:
    clock = [100.0]
    pace = Pace(64, 10, now=lambda: clock[0])
    numbers = [pace.begin() for _ in range(10)]
    assert not pace.free()
    for number in numbers[:5]:  # all from the same moment: one reduction
        pace.too_many(number, wait=3.0)
    assert pace.limit == 7
    assert not pace.free()
    clock[0] += 3.0
    assert pace.free()
    pace.lost(numbers[5])
    assert len(pace.begun) == 4


def test_the_line_lets_as_many_in_as_there_is_room_for() -> None:
    async def all_of_it() -> list[int]:
        line, inside, most = Line(Pace(3, 3)), 0, []

        async def one(n: int) -> None:
            nonlocal inside
            number = await line.enter()
            inside += 1
            most.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1
            line.pace.lost(number) if n % 2 else line.pace.end(number)
            line.leave()

        await asyncio.wait_for(asyncio.gather(*(one(n) for n in range(30))), 10)
        return most

    most = asyncio.run(all_of_it())
    assert len(most) == 30
    assert max(most) == 3


def test_who_waits_in_the_line_goes_on_after_a_pause_and_a_cancel() -> None:
    async def all_of_it() -> bool:
        line = Line(Pace(4, 1))
        first = await line.enter()
        waiting = [asyncio.create_task(line.enter()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        line.pace.too_many(first, wait=0.05)
        line.leave()
        number = await asyncio.wait_for(waiting[1], 5)
        assert not waiting[2].done()
        line.pace.end(number)
        line.leave()
        await asyncio.wait_for(waiting[2], 5)
        return True

    assert asyncio.run(all_of_it())
