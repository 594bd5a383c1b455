"""What a study cost: training, the voices that wrote, and whoever proposed its rounds; by round and in all.

- Training: the seconds of every model, summed over seeds (models that train side by side count each), and the wall
  seconds of each run of a round, all steps included. A model or a corpus that a later round, or the same one run
  again, found finished is counted once, in the round that first had it.
- Generation: the bills of the corpora, by voice.
- Researcher: the responses in agents' transcripts, and the turns of research sessions.

A response belongs to the round within whose marks it lies (``greenlight mark``); outside of marks to the first round
that ended at or after it, for it led up to that one. What came after the last round, or has no time, stands apart, so
the parts always add up to the whole. Times in a ledger count in its order, as in a transcript: an entry is never
before the one above it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from greenlight import chain, expenses
from greenlight.expenses import Asked, Book, Gain, Run, number
from greenlight.ledger import Ledger
from greenlight.tariff import Tariff
from greenlight.transcripts import Transcripts
from greenlight.usage import LARGEST, NO_TOKENS, NOTHING, Response, Sum, Tokens, moment

AFTER, TIMELESS = "after the last round", "without a time"
"""Where a researcher's work stands that belongs to no round."""


@dataclass(slots=True)
class Used:
    """What a researcher asked of models. ``seconds``: that its turns took; transcripts do not tell."""

    responses: int = 0
    tokens: Tokens = NO_TOKENS
    usd: Sum = NOTHING
    seconds: float = 0.0

    def add(self, tokens: Tokens, usd: Sum, responses: int = 1, seconds: float = 0.0) -> None:
        self.responses += responses
        self.tokens = self.tokens.plus(tokens)
        self.usd = self.usd.plus(usd)
        self.seconds += seconds

    def join(self, other: Used) -> None:
        self.add(other.tokens, other.usd, other.responses, other.seconds)


NO_USE = Used()


def _more(so_far: int | None, told: int | None) -> int | None:
    return so_far if told is None else (so_far or 0) + told


@dataclass(slots=True)
class Voice:
    """What a voice wrote; ``seconds`` is not whole where nobody kept them; tokens are None where nobody told any."""

    requests: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    usd: Sum = NOTHING
    seconds: Sum = NOTHING

    def add(self, asked: Asked | Voice) -> None:
        self.requests += asked.requests
        self.tokens_in = _more(self.tokens_in, asked.tokens_in)
        self.tokens_out = _more(self.tokens_out, asked.tokens_out)
        usd, seconds = asked.usd, asked.seconds
        self.usd = self.usd.plus(usd if isinstance(usd, Sum) else Sum.of(usd))
        self.seconds = self.seconds.plus(seconds if isinstance(seconds, Sum) else Sum.of(seconds))


@dataclass(slots=True)
class Trained:
    """Models that were trained: seconds, floating-point operations, tokens and characters seen."""

    models: int = 0
    seconds: Sum = NOTHING
    flops: Sum = NOTHING
    tokens: Sum = NOTHING
    characters: Sum = NOTHING

    def add(self, models: int, amounts: Sequence[Sum]) -> None:
        if self.models:
            amounts = [a.plus(b) for a, b in zip(self.amounts, amounts, strict=True)]
        self.models += models
        self.seconds, self.flops, self.tokens, self.characters = amounts

    @property
    def amounts(self) -> tuple[Sum, Sum, Sum, Sum]:
        return self.seconds, self.flops, self.tokens, self.characters


@dataclass(slots=True)
class Share:
    """The costs of one round, or of what belongs to none (``number`` is None).

    ``wall``: seconds of its runs. ``again``: trainings and corpora that it found finished. ``gain``: of its last run.
    """

    number: int | None
    name: str
    runs: int = 0
    outcome: str = ""
    device: str = ""
    peak_memory: int = 0
    wall: float = 0.0
    again: int = 0
    gain: Gain | None = None
    training: Trained = field(default_factory=Trained)
    voices: dict[str, Voice] = field(default_factory=dict)
    agents: Used = field(default_factory=Used)
    calls: Used = field(default_factory=Used)

    @property
    def researcher(self) -> Used:
        both = Used()
        both.join(self.agents)
        both.join(self.calls)
        return both

    @property
    def written(self) -> Voice:
        """All voices."""
        every = Voice()
        for voice in self.voices.values():
            every.add(voice)
        return every

    @property
    def usd(self) -> Sum:
        """Generation and researcher; the machine's own price is not in it."""
        return self.written.usd.plus(self.researcher.usd)

    @property
    def significant(self) -> bool:
        """Whether its gain is one: a verdict of better, and the whole interval beyond the margin."""
        return self.outcome == "better" and self.gain is not None and self.gain.low > max(0.0, self.gain.margin)

    def join(self, other: Share) -> None:
        self.runs += other.runs
        self.wall += other.wall
        self.again += other.again
        self.peak_memory = max(self.peak_memory, other.peak_memory)
        if other.training.models:
            self.training.add(other.training.models, other.training.amounts)
        for name, voice in other.voices.items():
            self.voices.setdefault(name, Voice()).add(voice)
        for mine, theirs in ((self.agents, other.agents), (self.calls, other.calls)):
            if theirs != NO_USE:
                mine.join(theirs)


@dataclass
class Bill:
    """A study's costs. ``shares``: its rounds in order of number, then what belongs to none; they add up to ``all``."""

    shares: list[Share]
    all: Share
    models: dict[str, Used]
    """The researcher's, by model."""
    prices: str
    notes: list[str]


class Efficiency(NamedTuple):
    """A cost for one unit of a gain, with the gain's interval carried through."""

    value: float
    low: float
    high: float


def efficiency(cost: float, gain: Gain) -> Efficiency:
    """``cost / gain``; its interval is ``[cost / high, cost / low]`` of the gain's, which lies above 0."""
    return Efficiency(cost / gain.value, cost / gain.high, cost / gain.low)


def bill(ledger: Ledger, store: Path | None, told: Transcripts, tariff: Tariff) -> Bill:
    """All costs of a study, by its ledger and by transcripts. Raises StudyError for a ledger that is not whole."""
    book = expenses.read(ledger, store)
    timeline = Timeline(book)
    work = _Work(tariff)
    work.runs(book.runs)
    for place, body in book.turns:
        work.turn(body, timeline.at(place), timeline.times[place])
    for response in told.responses:
        work.response(response, timeline.of(response.when))
    ordered = sorted(work.shares.values(), key=lambda s: (s.number is None, s.number or 0, s.name))
    notes = [*work.notes(), *timeline.notes, *told.notes]
    if book.broken:
        notes.append(f"{book.broken:,} marks in the ledger cannot be read, and are passed over")
    models = dict(sorted(work.models.items(), key=lambda item: -sum(item[1].tokens)))
    total = Share(None, "in all")
    for share in ordered:
        total.join(share)
    return Bill(ordered, total, models, tariff.name, notes)


class _Work:
    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self.shares: dict[int | str, Share] = {}
        self.models: dict[str, Used] = {}
        self._seen: set[str] = set()
        self._corpora: dict[str, int] = {}
        """By voice: corpora that it wrote for."""
        self._again = 0
        self._unpriced: dict[str, int] = {}
        self._unread = 0

    def share(self, of: int | str) -> Share:
        if of not in self.shares:
            self.shares[of] = Share(of, "") if isinstance(of, int) else Share(None, of)
        return self.shares[of]

    def runs(self, runs: Sequence[tuple[int, Run]]) -> None:
        for _, run in runs:
            share = self.share(run.number)
            share.name, share.outcome, share.gain = run.slug, run.outcome or run.status, run.gain
            share.runs += 1
            share.wall += run.seconds
            share.device = run.device or share.device
            share.peak_memory = max(share.peak_memory, run.peak_memory)
            if new := [made[1:] for made in run.trainings if self._new(made.key, share)]:
                share.training.add(len(new), [_total(amounts) for amounts in zip(*new, strict=True)])
            for key, items in run.corpora:
                if self._new(key, share):
                    for item in items:
                        self._corpora[item.voice] = self._corpora.get(item.voice, 0) + bool(item.usd)
                        share.voices.setdefault(item.voice, Voice()).add(item)

    def _new(self, key: str, share: Share) -> bool:
        if key and key in self._seen:
            share.again += 1
            self._again += 1
            return False
        self._seen.add(key)
        return True

    def response(self, response: Response, of: int | str) -> None:
        self._used(self.share(of).agents, response, self.tariff.price(response))

    def turn(self, body: Mapping[str, Any], of: int | str, when: float) -> None:
        """A turn of a research session, at the price that it was recorded with; else at the list's."""
        stated, model = body.get("usage"), body.get("model")
        model = model if isinstance(model, str) else ""
        counts = [stated.get(name, 0) if isinstance(stated, dict) else 0 for name in Tokens._fields]
        if any(type(count) is not int or not 0 <= count <= LARGEST for count in counts):
            self._unread += 1
            return
        tokens, paid = Tokens(*counts), number(body.get("usd"))
        asked = Response(model, tokens, moment(when))
        usd = self.tariff.price(asked) if paid is None and any(tokens) else Sum.of(paid)
        if type(named := body.get("round")) is int:
            of = named
        self._used(self.share(of).calls, asked, usd, number(body.get("seconds")) or 0.0)

    def _used(self, used: Used, response: Response, usd: Sum, seconds: float = 0.0) -> None:
        model, tokens = response.model, response.tokens
        asked = 1 if model or any(tokens) else 0
        used.add(tokens, usd, asked, seconds)
        if asked:
            self.models.setdefault(model, Used()).add(tokens, usd, 1, seconds)
        if not usd.whole:
            name = f"{model or 'no model named'} {response.terms}".rstrip()
            self._unpriced[name] = self._unpriced.get(name, 0) + 1

    def notes(self) -> list[str]:
        found = []
        if self._unpriced:
            names = [f"{name} ({n:,})" for name, n in sorted(self._unpriced.items())]
            more = f" and {len(names) - 8} more" if len(names) > 8 else ""
            found.append(f"prices are unknown, in part or in all, of responses of: {', '.join(names[:8])}{more}")
        if self._again:
            found.append(
                f"{self._again:,} times a round found a model or a corpus finished: each is counted once, in the round "
                "that first had it"
            )
        if several := sorted(name for name, count in self._corpora.items() if count > 1):
            found.append(
                f"{', '.join(several)} wrote for several corpora: an answer that two of them share was paid once, and "
                "counts in each"
            )
        if any("teacher" in share.voices for share in self.shares.values()):
            found.append("what a character's teacher was asked is not billed in the ledger, so its price is unknown")
        if self._unread:
            found.append(f"{self._unread:,} turns of research sessions state no usage that can be, and are passed over")
        return found


def _total(amounts: Sequence[Any]) -> Sum:
    return Sum(sum(amount or 0.0 for amount in amounts), None not in amounts)


# ---------------------------------------------------------------- when


class Timeline:
    """To which round a moment belongs. ``times``: of the ledger's entries, each at least that of the one above it."""

    def __init__(self, book: Book) -> None:
        self.times: list[float] = []
        now = -math.inf
        for line in book.lines:
            told = moment(line.time)
            now = now if told is None else max(now, math.floor(told))
            self.times.append(now)
        self._ends = [(self.times[place], run.number) for place, run in book.runs]
        self._ran = [place for place, _ in book.runs]
        self._stray = 0
        self._spans = list(self._marked(book))
        self._starts = [start for start, _, _ in self._spans]
        self._at = [end for end, _ in self._ends]
        self.notes = chain.backwards(book.lines)[:1]
        if self._stray:
            self.notes.append(f"{self._stray:,} marks end a round that no mark started, and are passed over")

    def at(self, place: int) -> int | str:
        """As ``of``, for an entry of the ledger: what came first in one second is known by its place."""
        if (marked := self._within(self.times[place])) is not None:
            return marked
        found = bisect_left(self._ran, place)
        return self._ends[found][1] if found < len(self._ends) else AFTER

    def of(self, when: float | None) -> int | str:
        """The round, or ``AFTER``, or ``TIMELESS``. An entry's time is that of its second, to its end."""
        if when is None:
            return TIMELESS
        second = math.floor(when)
        if (marked := self._within(second)) is not None:
            return marked
        place = bisect_left(self._at, second)
        return self._ends[place][1] if place < len(self._ends) else AFTER

    def _within(self, second: float) -> int | None:
        """The round whose marks enclose a second."""
        found = bisect_right(self._starts, second) - 1
        return self._spans[found][2] if found >= 0 and second <= self._spans[found][1] else None

    def _marked(self, book: Book) -> Iterable[tuple[float, float, int]]:
        """(start, end, round) of what is marked. A start lasts until the mark of its end or the next start; without
        either, or before the next start, until the round's own entry in the ledger."""
        ends = [(place, run.number, "ran") for place, run in book.runs]
        began: tuple[float, int] | None = None
        ran: float | None = None
        for place, of, event in sorted([*ends, *book.marks]):
            time = self.times[place]
            if event == "ran":
                if began is not None and began[1] == of and ran is None:
                    ran = time
            elif event == "end" and (began is None or began[1] != of):
                self._stray += 1
            else:
                if began is not None:
                    yield began[0], time if event == "end" or ran is None else ran, began[1]
                began, ran = ((time, of), None) if event == "start" else (None, None)
        if began is not None:
            yield began[0], math.inf if ran is None else ran, began[1]


def open_mark(book: Book) -> int | None:
    """The round whose mark started last and has no end yet."""
    last = book.marks[-1] if book.marks else None
    return last[1] if last is not None and last[2] == "start" else None
