"""What becomes of the places of a plan: accepted at the first attempt or a later one, refused, or left empty."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from greenlight.errors import GreenlightError, RoundError, VoiceError
from greenlight.nouns import Accounting, Answer, Draw, Flag, canonical, fingerprint
from greenlight.rates import rate

FIRST_LOOK = 32
"""Answers of a voice after which its refused share is looked at for the first time, and again whenever they double."""
NO_ANSWER = "no answer"
"""Stands among the gates for answers that never came."""
GRACE = 5.0
"""Seconds that requests on their way have to come in when a run stops."""


@dataclass
class Place:
    """One place of the plan: which attempt was accepted there, and what was refused on the way.

    Texts stay on the disk: a corpus may be larger than what a machine holds.
    """

    draw: Draw
    accepted: int | None = None
    refused: list[tuple[int, Flag]] = field(default_factory=list)
    failed: int = 0
    released: Flag | None = None
    """What a gate found in the accepted one, where a person has let it through."""
    rules: tuple[str, ...] = ()
    """What was cleaned in the accepted one."""
    reason: str = ""
    """Why the last attempt came to nothing."""

    def asked(self) -> Iterator[Draw]:
        """What was asked for whose answers stand here."""
        for attempt, _ in self.refused:
            yield again(self.draw, attempt)
        if self.accepted is not None:
            yield again(self.draw, self.accepted)


@dataclass
class Tally:
    """What becomes of one voice's answers, as they come; stops a voice that wastes most of them."""

    voice: str
    limit: float
    asked: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    look: int = FIRST_LOOK
    level: float = 0.05
    last: str = ""
    """Why the last that came to nothing did."""
    stopped: bool = False

    def count(self, gate: str = "", reason: str = "") -> None:
        """Adds an answer: accepted, or refused by ``gate``, or one that never came (``NO_ANSWER``)."""
        self.asked += 1
        if gate:
            self.refused[gate] += 1
            self.last = reason if gate == NO_ANSWER else f"{gate}: {reason}"

    def add(self, place: Place) -> None:
        """Adds all answers of a place that an earlier run has filled."""
        for _, flag in place.refused:
            self.count(flag.gate, flag.reason)
        for _ in range(place.failed):
            self.count(NO_ANSWER)
        self.asked += place.accepted is not None

    def check(self) -> None:
        """Looks at the share where it is time to; raises RoundError when it is above the limit for certain."""
        if self.asked >= self.look:
            self.judge()

    def judge(self) -> None:
        """Looks at the share, where there is enough to look at; raises as ``check`` does.

        The share is looked at again and again, so the looks share an error of 5 %: the first one has half of it, each
        further one half of what is left.
        """
        if self.asked < FIRST_LOOK:
            return
        while self.look <= self.asked:
            self.look, self.level = 2 * self.look, self.level / 2
        bad = self.refused.total()
        low = rate(bad, self.asked, level=1 - 2 * self.level).low
        if low > self.limit:
            self.stopped = True
            most = ", ".join(f"{gate} {count}" for gate, count in self.refused.most_common(3) if count)
            last = f" (last: {self.last})" if self.last else ""
            raise RoundError(
                f"voice {self.voice} is stopped: {bad} of {self.asked} answers are refused, at least "
                f"{low:.0%} of all (limit {self.limit:.0%}): {most}{last}; mend the voice or its gates, take it out of "
                "the blend, or raise corpus.most_refused"
            )


def again(draw: Draw, attempt: int) -> Draw:
    """What is asked for at a place: the first time as planned, then with further seeds."""
    if attempt == 0:
        return draw
    return draw.model_copy(update={"seed": int(fingerprint([draw.seed, attempt])[:12], 16)})


def whole(places: list[Place], attempts: int) -> list[Place]:
    """The same places. Raises RoundError where some stayed empty after so many ``attempts``."""
    if empty := [place for place in places if place.accepted is None]:
        first = empty[0]
        raise RoundError(
            f"voice {first.draw.voice} gave nothing usable for '{first.draw.topic}' at level {first.draw.level} "
            f"in {attempts} attempts (last: {first.reason})"
            + (f", and {len(empty) - 1} more places are empty" if len(empty) > 1 else "")
            + "; look at its gates, raise corpus.attempts, or take it out of the blend"
        )
    return places


def account(places: Iterable[Place]) -> Accounting:
    """asked = kept + refused + failed, in all and by voice."""
    refused: Counter[str] = Counter()
    by_voice: dict[str, Counter[str]] = {}
    failed = kept = 0
    cleaned: Counter[str] = Counter()
    cleaned_by: dict[str, Counter[str]] = {}
    for place in places:
        mine = by_voice.setdefault(place.draw.voice, Counter())
        for _, flag in place.refused:
            refused[flag.gate] += 1
            mine[flag.gate] += 1
        failed += place.failed
        mine.update({"asked": len(place.refused) + place.failed + (place.accepted is not None), "failed": place.failed})
        mine["kept"] += place.accepted is not None
        kept += place.accepted is not None
        cleaned.update(place.rules)
        cleaned_by.setdefault(place.draw.voice, Counter()).update(place.rules)
    asked = kept + sum(refused.values()) + failed
    return Accounting(
        asked=asked,
        kept=kept,
        refused=dict(sorted(refused.items())),
        failed=failed,
        by_voice={name: dict(counts) for name, counts in by_voice.items()},
        cleaned=dict(sorted(cleaned.items())),
        cleaned_by_voice={name: dict(sorted(counts.items())) for name, counts in cleaned_by.items() if counts},
    )


class Decided:
    """The file of what the gates decided on one voice's places, so that a run that goes on judges nothing twice.

    It holds filled places only, and is there to save time: a line that cannot be read, or that a crash tore, is a place
    that is judged again. Whoever opens it names the file after all that decides (``write.Writer``).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[str, bytes] = {}

    def __enter__(self) -> Decided:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(self.path, "a+b")
        self._file.seek(0)
        torn = b""
        for line in self._file:
            torn = line
            # {"key":"…": the keys are in the order of the alphabet after it, so a line need not be parsed to be found
            self._lines[line[8:72].decode("ascii", "replace")] = line
        if torn and not torn.endswith(b"\n"):
            self._file.write(b"\n")
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def get(self, key: str, draw: Draw, answered: Callable[[Place], list[str]]) -> Place | None:
        """The filled place; None where none is known, or it was filled by other answers than those ``answered``."""
        line = self._lines.pop(key, None)
        if line is None:
            return None
        try:
            row = json.loads(line)
            flags = [(int(attempt), Flag.model_validate(flag)) for attempt, flag in row["refused"]]
            freed = Flag.model_validate(row["released"]) if row["released"] else None
            accepted = int(row["accepted"])
            # an attempt before it was refused, or failed
            place = Place(draw, accepted, flags, accepted - len(flags), freed, tuple(map(str, row["rules"])))
            tried = [attempt for attempt, _ in flags]
            whole = place.failed >= 0 and tried == sorted({*tried}) and all(0 <= one < accepted for one in tried)
            return place if whole and row["answers"] == answered(place) else None
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, ValidationError):
            return None

    def keep(self, key: str, place: Place, answers: list[str]) -> None:
        """Adds a filled place, and the hashes of the answers that filled it. Not flushed: what a crash takes is judged
        again."""
        made = {
            "accepted": place.accepted,
            "answers": answers,
            "refused": [[attempt, flag.data()] for attempt, flag in place.refused],
            "released": place.released.data() if place.released else None,
            "rules": place.rules,
        }
        self._file.write(f'{{"key":"{key}",{canonical(made)[1:]}\n'.encode())


Steps = Generator[Draw, Answer | VoiceError, Place]
"""Yields what is to be asked at a place, is sent what came of it, and returns the place."""


async def first_error(workers: list[asyncio.Task[None]]) -> None:
    """Waits for all; after the first error, ``GRACE`` seconds for the others, and raises it."""
    _, pending = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
    if pending:
        _, late = await asyncio.wait(pending, timeout=GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
    errors = [task.exception() for task in workers if task.done() and not task.cancelled() and task.exception()]
    # what a person must put right comes before what it led to
    for error in sorted(filter(None, errors), key=lambda e: not isinstance(e, GreenlightError)):
        raise error
