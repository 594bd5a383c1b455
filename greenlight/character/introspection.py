"""What a model writes about itself: reflections, and conversations with itself, from which it then learns.

The constitution is in the prompt while it writes, and not in what is learned: the character must come from the weights.
Draws of a prompt are taken in order until so many are accepted, so 400 reflections begin with the 40 of a smoke run.

A conversation is one model on both sides, told in two views. In the first it answers an opening: ``user`` (the
opening), ``assistant`` (turn 1), ``user`` (turn 2), …; in the second ``user`` is turn 1 and ``assistant`` turn 2. So
each turn stands in a view once, is learned in one of them, and is read in the other; what a view would end with beside
the assistant's word is left out. Half of the conversations are free, half begin with a theme.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from greenlight import corpus
from greenlight.character import chatfile
from greenlight.character._inward import FREE, GUIDED, REFLECTIONS, SETTING
from greenlight.character.asking import BATCH, Asked
from greenlight.character.filtering import EACH, Checks, Source, Tally, most, seed_of
from greenlight.character.pairfacts import share
from greenlight.chats import Chat, Manner, Reply, Speaker, Turn, Turns
from greenlight.errors import RecipeError, RoundError
from greenlight.nouns import Accounting, Flag, Interval, Noun, Text, canonical, fingerprint
from greenlight.progress import Bar
from greenlight.recipe import PartTable
from greenlight.store import write_file

if TYPE_CHECKING:
    from greenlight.character.constitution import Constitution

LABEL = re.compile(r"(?:^|[\s*_>\[(])(User|Human|Assistant)\b\**\s*:")
"""A speaker's label: whoever learns from it would take both sides."""
SHORTEST = 2
"""Turns from which a conversation that broke off is one."""


@dataclass(frozen=True)
class Settings:
    """``attempts``: draws for each place, on average, before a prompt counts as hopeless. ``turns``: of a conversation,
    both sides together. ``distinct``: what came of an earlier draw word for word is drawn anew. ``most_refused``: the
    share of all answers that may be unusable."""

    manner: Manner = field(default_factory=Manner)
    attempts: int = 8
    turns: int = 6
    distinct: bool = True
    most_refused: float = 0.9
    seed: int = 0
    each: PartTable = field(default_factory=lambda: dict(EACH))

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise RecipeError("introspection.attempts is 1 or more")
        if self.turns < SHORTEST:
            raise RecipeError(f"introspection.turns is {SHORTEST} or more: a conversation has two sides")


class IntrospectionFacts(Noun):
    """What came of it. ``accounting`` counts answers: turns, for conversations. ``places``: reflections, or
    conversations, of which each gives two ``chats``; ``ended``: those that broke off; ``chars``: mean of a kept answer.
    """

    kind: str
    speaker: str
    fingerprint: str
    constitution: str
    places: int
    chats: int
    ended: int
    accounting: Accounting
    hidden: Interval | None
    chars: float
    topics: dict[str, int]


def write_reflections(
    speaker: Speaker,
    constitution: Constitution,
    n: int,
    asked: Asked,
    folder: Path,
    settings: Settings | None = None,
) -> IntrospectionFacts:
    """Exactly ``n`` reflections in ``folder/chats.parquet``, dealt evenly over the ten prompts; what was refused, with
    the reason, in ``refused.parquet``.

    Raises RoundError where draws do not suffice, saying for which prompt and by which gate, and where nearly all
    answers are refused. What was answered is in ``asked``, and the same call goes on.
    """
    chosen = settings or Settings()
    writer = _Writer(speaker, constitution, constitution.system(), asked, chosen)
    streams = [
        _Stream(f"reflection:{key}", (text,), _quota(n, k, len(REFLECTIONS)), 1, chosen.distinct)
        for k, (key, text) in enumerate(REFLECTIONS.items())
    ]
    return writer.write("reflections", streams, n, folder)


def write_conversations(
    speaker: Speaker,
    constitution: Constitution,
    n: int,
    asked: Asked,
    folder: Path,
    settings: Settings | None = None,
) -> IntrospectionFacts:
    """Exactly ``n`` conversations of ``settings.turns`` turns in ``folder/chats.parquet``, as two chats each.

    One in which a gate refuses a turn ends before it, and is kept when it has ``SHORTEST`` turns by then; else another
    is begun. Raises as ``write_reflections``.
    """
    chosen = settings or Settings()
    system = f"{constitution.system()}\n\n{SETTING}".strip()
    writer = _Writer(speaker, constitution, system, asked, chosen)
    streams = [
        _Stream("conversation:free", FREE, _quota(n, 0, 2), chosen.turns, chosen.distinct),
        _Stream("conversation:guided", tuple(GUIDED.values()), _quota(n, 1, 2), chosen.turns, chosen.distinct),
    ]
    return writer.write("conversations", streams, n, folder)


def _quota(n: int, number: int, streams: int) -> int:
    return n // streams + (number < n % streams)


# ---------------------------------------------------------------- draws


@dataclass
class _Turn:
    """One answer, without its text: that stays on the disk."""

    seed: int
    flag: Flag | None = None
    error: str = ""
    chars: int = 0
    hidden: bool = False


@dataclass
class _Draw:
    """One reflection or conversation: its turns in order; only the last one can be unusable."""

    topic: str
    number: int
    opening: str
    turns: list[_Turn] = field(default_factory=list)
    why: Flag | None = None
    """Why it is not kept, though its turns could be."""

    @property
    def kept(self) -> bool:
        return bool(self.good) and self.why is None

    @property
    def good(self) -> list[_Turn]:
        return [turn for turn in self.turns if turn.flag is None and not turn.error]

    @property
    def ended(self) -> bool:
        return len(self.good) < len(self.turns)


@dataclass
class _Stream:
    """The draws of one prompt, or of one half, in order; ``quota`` of them are to be accepted."""

    topic: str
    openings: tuple[str, ...]
    quota: int
    length: int
    distinct: bool
    draws: list[_Draw] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    """Hashes of what was accepted: the same again teaches nothing new."""

    @property
    def accepted(self) -> list[_Draw]:
        return [draw for draw in self.draws if draw.kept]

    def takes(self, draw: _Draw, texts: Sequence[str]) -> Flag | None:
        """Why a finished draw is not kept; None where it is, or where its only turn has a reason of its own."""
        if len(texts) < min(SHORTEST, self.length):
            return Flag(gate="short", reason=f"its conversation ended before {SHORTEST} turns") if texts else None
        whole = fingerprint([_normal(text) for text in texts])
        if self.distinct and whole in self.said:
            return Flag(gate="duplicate", reason="the same came of an earlier draw")
        self.said.add(whole)
        return None

    def more(self, count: int) -> list[_Draw]:
        first = len(self.draws)
        new = [_Draw(self.topic, k, self.openings[k % len(self.openings)]) for k in range(first, first + count)]
        self.draws += new
        return new


def view(opening: str, said: Sequence[str], second: bool = False) -> Turns:
    """A conversation as one side sees it: its own turns are the assistant's. It ends as ``said`` does.

    The first side answers the opening, and speaks turns 1, 3, …; for the second, turn 1 is what a user says.
    """
    heard = list(said) if second else [opening, *said]
    return tuple(Turn(role=("user", "assistant")[k % 2], content=text) for k, text in enumerate(heard))


# ---------------------------------------------------------------- writing


@dataclass
class _Writer:
    speaker: Speaker
    constitution: Constitution
    system: str
    asked: Asked
    settings: Settings

    def __post_init__(self) -> None:
        self.checks = Checks.of(self.settings.each)
        self.source = Source(self.speaker, self.settings.manner, self.system, self.constitution.name)
        self.tally = Tally(self.speaker.name, self.settings.most_refused)

    def write(self, kind: str, streams: Sequence[_Stream], n: int, folder: Path) -> IntrospectionFacts:
        if n < 1:
            raise RecipeError(f"{n} {kind}: write 1 or more")
        with self.asked.watch.bar(kind, n, kind) as bar:
            self._fill(streams, bar)
        accepted = [stream.accepted for stream in streams]
        ordered = [accepted[k % len(streams)][k // len(streams)] for k in range(n)]
        chatfile.save_chats((chat for draw in ordered for chat in self._chats(draw)), folder / chatfile.CHATS)
        rest = [(draw, k, flag) for stream in streams for draw in stream.draws for k, flag in self._refused(draw)]
        corpus.save(
            (self._text(draw, k) for draw, k, _ in rest), folder / chatfile.REFUSED, (flag for _, _, flag in rest)
        )
        facts = self._facts(kind, streams, ordered)
        write_file(folder / chatfile.FACTS, facts.model_dump_json(indent=1))
        return facts

    def _fill(self, streams: Sequence[_Stream], bar: Bar) -> None:
        """Draws until every stream has its quota; ``BATCH`` reflections or conversations are in work at a time."""
        while True:
            new = []
            for stream in streams:
                left = self.settings.attempts * max(1, stream.quota) - len(stream.draws)
                if (lacks := stream.quota - len(stream.accepted)) > left:
                    raise RoundError(self._missing(stream))
                new += [(stream, draw) for draw in stream.more(lacks)]
            if not new:
                return
            for start in range(0, len(new), BATCH):
                self._advance(new[start : start + BATCH], bar)

    def _advance(self, work: Sequence[tuple[_Stream, _Draw]], bar: Bar) -> None:
        """Brings some draws to their end, turn by turn, all of them side by side."""
        said: list[list[str]] = [[] for _ in work]
        going = list(range(len(work)))
        for k in range(max((stream.length for stream, _ in work), default=0)):
            asks = [self._ask(work[n][1], k, said[n]) for n in going]
            given = [(self.source.turns(turns), seed) for turns, seed in asks]
            replies = self.asked.ask(self.speaker, given, self.settings.manner, _Silent(bar))
            on = []
            for n, (turns, seed), reply in zip(going, asks, replies, strict=True):
                text = self._judge(work[n][1], (turns, seed, said[n]), reply)
                if text:
                    said[n].append(text)
                    on.append(n)
            going = on
        for (stream, draw), texts in zip(work, said, strict=True):
            draw.why = stream.takes(draw, texts)
            bar.advance(draw.kept)

    def _ask(self, draw: _Draw, k: int, said: Sequence[str]) -> tuple[Turns, int]:
        return view(draw.opening, said, second=k % 2 == 1), seed_of(draw.topic, draw.number, self.settings.seed, k)

    def _judge(self, draw: _Draw, asked: tuple[Turns, int, Sequence[str]], reply: Reply) -> str:
        """Notes a turn, and returns what was said; empty where the draw ends before it."""
        turns, seed, said = asked
        turn = _Turn(seed, error=reply.error)
        draw.turns.append(turn)
        text = ""
        if not reply.error:
            sample, seen = self.source.sample(turns, seed, reply, draw.topic, draw.number)
            turn.chars, turn.hidden, text = len(sample.body), bool(seen.hidden), sample.body
            turn.flag = self.checks.first(sample, seen.hidden) or _label(text) or _again(text, said)
        self.tally.judged(turn.flag, turn.error)
        return text if turn.flag is None else ""

    def _missing(self, stream: _Stream) -> str:
        turns = [turn for draw in stream.draws for turn in draw.turns]
        refused = Counter(turn.flag.gate for turn in turns if turn.flag is not None)
        refused.update(draw.why.gate for draw in stream.draws if draw.why is not None)
        failed = sum(bool(turn.error) for turn in turns)
        return (
            f"{len(stream.accepted)} of {stream.quota} came of {len(stream.draws)} draws of {stream.topic} "
            f"({most(refused, failed)}): look at these gates, at the temperature where answers are the same, or raise "
            "introspection.attempts; what was answered is kept"
        )

    # ------------------------------------------------------------ what is written

    def _said(self, draw: _Draw, count: int) -> list[Text]:
        """The first answers of a draw, read back from the disk."""
        found: list[Text] = []
        for k in range(count):
            turns, seed = self._ask(draw, k, [text.body for text in found])
            reply = self.asked.get(self.speaker, self.source.key(turns, seed))
            if reply is None:
                raise RoundError(f"the answers in {self.asked.folder} changed while they were written: run it again")
            found.append(self.source.sample(turns, seed, reply, draw.topic, draw.number)[0])
        return found

    def _chats(self, draw: _Draw) -> Iterator[Chat]:
        """A reflection, or both views of a conversation; what is learned is named."""
        texts = self._said(draw, len(draw.good))
        said, ids = [text.body for text in texts], [text.made.request for text in texts]
        first = texts[0].made
        cleaned = tuple(dict.fromkeys(rule for text in texts for rule in text.made.cleaned_by))
        usage: Counter[str] = Counter()
        for text in texts:
            usage.update(text.made.usage)
        made = first.model_copy(
            update={
                "prompt": draw.opening,
                "params": {**first.params, "requests": ids},
                "usage": dict(usage),
                "latency_ms": sum(text.made.latency_ms for text in texts),
                "raw": canonical([text.made.raw or text.body for text in texts]) if cleaned else "",
                "cleaned_by": cleaned,
                "gates": self.checks.passed,
            }
        )
        for side in range(min(2, len(said))):
            turns = view(draw.opening, said, second=side == 1)
            turns = turns if turns[-1].role == "assistant" else turns[:-1]
            learned = tuple(k for k, turn in enumerate(turns) if turn.role == "assistant")
            ending = f"-{'ab'[side]}" if len(said) > 1 else ""
            yield Chat(id=fingerprint(ids)[:16] + ending, turns=turns, made=made, learned=learned)

    def _refused(self, draw: _Draw) -> Iterator[tuple[int, Flag]]:
        """The answers of a draw that are not kept, by place, with the reason."""
        for k, turn in enumerate(draw.turns):
            if not turn.error and (flag := turn.flag or draw.why) is not None:
                yield k, flag

    def _text(self, draw: _Draw, k: int) -> Text:
        text = self._said(draw, k + 1)[k]
        return text.model_copy(update={"id": f"{draw.topic}/{draw.number}/{k + 1}/{text.id}"})

    def _facts(self, kind: str, streams: Sequence[_Stream], ordered: Sequence[_Draw]) -> IntrospectionFacts:
        draws = [draw for stream in streams for draw in stream.draws]
        rest = Counter(draw.why.gate for draw in draws if draw.why is not None for _ in draw.good)
        chars = [turn.chars for draw in ordered for turn in draw.good]
        hidden = {f"{d.topic}/{d.number}": [t.hidden for t in d.turns if not t.error] for d in draws}
        return IntrospectionFacts(
            kind=kind,
            speaker=self.speaker.name,
            fingerprint=self.source.voice_print,
            constitution=self.constitution.hash,
            places=len(ordered),
            chats=sum(min(2, len(draw.good)) for draw in ordered),
            ended=sum(draw.ended for draw in ordered),
            accounting=self.tally.account(rest),
            hidden=share(hidden),
            chars=sum(chars) / len(chars),
            topics=dict(Counter(draw.topic for draw in ordered)),
        )


def _label(text: str) -> Flag | None:
    found = LABEL.search(text)
    if found is None:
        return None
    return Flag(gate="fake_turns", reason=f"it has the label '{found[1]}:'", span=found.span(1))


def _again(text: str, said: Sequence[str]) -> Flag | None:
    """What was said before in the same conversation."""
    if all(_normal(one) != _normal(text) for one in said):
        return None
    return Flag(gate="loop", reason="it was said before in the conversation", span=(0, len(text)))


def _normal(text: str) -> str:
    return fingerprint(" ".join(text.casefold().split()))


@dataclass
class _Silent:
    """Turns are no conversations: they only keep the bar's note fresh."""

    bar: Bar

    def advance(self, n: float = 1, note: str = "") -> None:
        self.bar.advance(0, note)
