"""Preference pairs: to one prompt the teacher answers with the constitution in its prompt, the student without.

Each side goes through its own template and its own manner. A side that no gate lets through is asked again with new
seeds; then contrast and length are judged on the pair. Prompts are taken in their order until ``n`` pairs are there:
what becomes of a prompt depends on nothing but its answers, so the first 16 of 250 pairs are the 16 of a smoke run.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from greenlight import corpus
from greenlight.character import apart, chatfile, pairfacts
from greenlight.character.asking import Asked
from greenlight.character.filtering import EACH, PAIR, Checks, Source, Tally, most, seed_of
from greenlight.character.pairfacts import SIDES, PairsFacts, Side, SideFacts
from greenlight.chats import Manner, Pair, Speaker
from greenlight.errors import RecipeError, RoundError
from greenlight.nouns import Flag, Text, fingerprint
from greenlight.progress import Bar
from greenlight.recipe import PartTable
from greenlight.store import write_file

if TYPE_CHECKING:
    from greenlight.character.constitution import Constitution
    from greenlight.character.prompts import Prompt

TOGETHER = 64
"""Prompts that are in work at a time; their answers are all that is in memory."""


@dataclass(frozen=True)
class Cast:
    """Who writes: the teacher knows the constitution, the student does not. ``persona`` names the character."""

    teacher: Speaker
    student: Speaker
    constitution: Constitution


@dataclass(frozen=True)
class Settings:
    """``samples``: answers of a side at a time; ``attempts``: times that a side is asked for them.

    ``match_length``: of all pairs of samples, the one of the most equal lengths is taken; else the first that passes.
    ``held``: a chosen answer does its prompt's task, where it has one. ``most_refused``: the share of a side's answers
    that may be unusable. ``each`` and ``pair`` are tables of gates.
    """

    samples: int = 1
    attempts: int = 8
    match_length: bool = False
    held: bool = True
    most_refused: float = 0.9
    seed: int = 0
    teacher: Manner = field(default_factory=Manner)
    student: Manner = field(default_factory=Manner)
    each: PartTable = field(default_factory=lambda: dict(EACH))
    pair: PartTable = field(default_factory=lambda: dict(PAIR))

    def __post_init__(self) -> None:
        if self.samples < 1 or self.attempts < 1:
            raise RecipeError("pairs.samples and pairs.attempts are 1 or more")
        if self.match_length and self.samples < 2:
            raise RecipeError("pairs.match_length chooses among samples: set pairs.samples to 2 or more")


def write_pairs(
    prompts: Sequence[Prompt], cast: Cast, n: int, asked: Asked, folder: Path, settings: Settings | None = None
) -> PairsFacts:
    """Exactly ``n`` pairs in ``folder/pairs.parquet``, every other answer with its reason in ``refused.parquet``.

    More prompts than ``n`` stand by: where no pair comes of one, the next is taken. Raises RoundError when they do not
    suffice, saying which side failed where by which gate, and when a side's answers are nearly all refused; RecipeError
    for fewer prompts than pairs. What was answered is in ``asked``, and the same call goes on.
    """
    chosen = settings or Settings()
    if n < 1 or len(prompts) < n:
        raise RecipeError(f"{n} pairs want at least one prompt each, and there are {len(prompts)}: give more prompts")
    if len({prompt.id for prompt in prompts}) < len(prompts):
        raise RecipeError("two prompts have the same id: answers to one would count for the other")
    writer = _Writer(cast, chosen, asked)
    with asked.watch.bar("pairs", n, "pairs") as bar:
        places = writer.fill(prompts, n, bar)
    kept = [place for place in places if place.pair is not None]
    chatfile.save_pairs((writer.pair(place) for place in kept), folder / chatfile.PAIRS)
    rest = [
        (place, side, one) for place in places for side in SIDES for one in place.tries[side] if place.why(side, one)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    corpus.save(
        (writer.refused(*one) for one in rest),
        folder / chatfile.REFUSED,
        (place.why(side, one) for place, side, one in rest),
    )
    facts = writer.facts(places)
    write_file(folder / chatfile.FACTS, facts.model_dump_json(indent=1))
    for line in facts.warnings:
        asked.watch.say(line)
    return facts


# ---------------------------------------------------------------- a prompt's place


@dataclass
class _Try:
    """One answer, without its text: that stays on the disk."""

    seed: int
    attempt: int
    flag: Flag | None = None
    error: str = ""
    chars: int = 0
    hidden: bool = False
    empty: bool = False
    paired: Flag | None = None
    """What a gate found in the first pair that it was tried in."""


@dataclass
class _Place:
    """What became of one prompt. ``pair`` names the tries that make it."""

    prompt: Prompt
    tries: dict[Side, list[_Try]] = field(default_factory=lambda: {"chosen": [], "rejected": []})
    texts: dict[tuple[Side, int], Text] = field(default_factory=dict)
    """Of usable answers, while the place is in work."""
    attempts: Counter[Side] = field(default_factory=Counter)
    judged: set[tuple[int, int]] = field(default_factory=set)
    pair: tuple[int, int] | None = None

    def usable(self, side: Side) -> list[int]:
        return [n for n, one in enumerate(self.tries[side]) if one.flag is None and not one.error]

    def wants(self, most_: int) -> list[Side]:
        """The sides that are to be asked again; none when it is filled or used up."""
        if self.pair is not None:
            return []
        lacking: list[Side] = [side for side in SIDES if not self.usable(side)] or list(SIDES)
        again = [side for side in lacking if self.attempts[side] < most_]
        # a side with nothing usable and no attempt left: the other is not worth asking
        return [] if any(self.attempts[s] >= most_ and not self.usable(s) for s in SIDES) else again

    def why(self, side: Side, one: _Try) -> Flag | None:
        """Why an answer is not in a pair; None for one that is, and for one that never came."""
        if one.error or (self.pair is not None and self.tries[side][self.pair[SIDES.index(side)]] is one):
            return None
        if found := one.flag or one.paired:
            return found
        if self.pair is not None:
            return Flag(gate="unused", reason="another answer to its prompt was taken")
        return Flag(gate="unpaired", reason="nothing usable came from the other side")


@dataclass
class _Writer:
    cast: Cast
    settings: Settings
    asked: Asked

    def __post_init__(self) -> None:
        self.checks = Checks.of(self.settings.each, self.settings.pair)
        c, s = self.cast, self.settings
        self.sources: dict[Side, Source] = {
            "chosen": Source(c.teacher, s.teacher, c.constitution.system(), c.constitution.name),
            "rejected": Source(c.student, s.student),
        }
        self.tallies: dict[Side, Tally] = {
            side: Tally(f"{source.speaker.name} ({side})", s.most_refused) for side, source in self.sources.items()
        }

    def fill(self, prompts: Sequence[Prompt], n: int, bar: Bar) -> list[_Place]:
        """The places of the prompts that were used up, in order; exactly ``n`` of them are filled."""
        places: list[_Place] = []
        work: list[_Place] = []
        found, quiet = 0, _Quiet(bar)
        while found < n:
            while len(work) < TOGETHER and found + len(work) < n and len(places) < len(prompts):
                work.append(_Place(prompts[len(places)]))
                places.append(work[-1])
            if not work:
                raise RoundError(self._missing(places, n, found))
            wanted = [(place, place.wants(self.settings.attempts)) for place in work]
            for side in SIDES:
                self._ask(side, [place for place, sides in wanted if side in sides], quiet)
            for place in work:
                self._match(place)
                if not place.wants(self.settings.attempts):
                    place.texts = {}
                    found += place.pair is not None
                    bar.advance(place.pair is not None)
            work = [place for place in work if place.wants(self.settings.attempts)]
        return places

    def _ask(self, side: Side, places: Sequence[_Place], bar: Bar) -> None:
        source, asks = self.sources[side], []
        for place in places:
            attempt = place.attempts[side]
            place.attempts[side] += 1
            for k in range(self.settings.samples):
                one = _Try(seed_of(place.prompt.id, self.settings.seed, side, attempt, k), attempt)
                asks.append((place, one))
        given = [(source.turns(place.prompt.turns), one.seed) for place, one in asks]
        for (place, one), reply in zip(asks, self.asked.ask(source.speaker, given, source.manner, bar), strict=True):
            place.tries[side].append(one)
            one.error = reply.error
            if not reply.error:
                text, said = source.sample(place.prompt.turns, one.seed, reply, place.prompt.category, one.attempt)
                one.flag = self.checks.first(text, said.hidden) or self._task(side, place.prompt, text)
                one.chars, one.hidden, one.empty = len(text.body), bool(said.hidden), not text.body.strip()
                if one.flag is None:
                    place.texts[side, len(place.tries[side]) - 1] = text
            self.tallies[side].judged(one.flag, one.error)

    def _task(self, side: Side, prompt: Prompt, text: Text) -> Flag | None:
        if side == "rejected" or not self.settings.held or prompt.task is None or prompt.task.holds(text.body):
            return None
        return Flag(gate="task", reason="it does not do what the prompt asks", span=(0, len(text.body)))

    def _match(self, place: _Place) -> None:
        """Takes the first pair that passes, of the most equal lengths where that is asked for."""
        mine, theirs = place.tries["chosen"], place.tries["rejected"]
        both = [(i, j) for i in place.usable("chosen") for j in place.usable("rejected") if (i, j) not in place.judged]

        def order(ij: tuple[int, int]) -> tuple[float, int, tuple[int, int]]:
            apart = abs(math.log(max(1, mine[ij[0]].chars) / max(1, theirs[ij[1]].chars)))
            return (apart if self.settings.match_length else 0.0, max(ij), ij)

        for i, j in sorted(both, key=order):
            place.judged.add((i, j))
            flag = self.checks.together(place.texts["chosen", i], place.texts["rejected", j])
            if flag is None:
                place.pair = (i, j)
                return
            mine[i].paired = mine[i].paired or flag
            theirs[j].paired = theirs[j].paired or flag

    def _missing(self, places: Sequence[_Place], n: int, found: int) -> str:
        """Which side failed where, by which gate."""
        counts: dict[tuple[Side, str], Counter[str]] = {}
        for place in places:
            if place.pair is None:
                for side in SIDES:
                    for one in place.tries[side]:
                        flag = place.why(side, one)
                        said = "no answer" if one.error else flag.gate if flag else ""
                        if said != "unpaired":
                            counts.setdefault((side, place.prompt.category), Counter())[said] += 1
        worst = sorted(counts.items(), key=lambda one: -one[1].total())[:6]
        said = "; ".join(f"{side}, {category}: {most(counts_)}" for (side, category), counts_ in worst)
        return (
            f"{found} of {n} pairs came of {len(places)} prompts ({said}): look at these gates, raise pairs.attempts, "
            "or give more prompts; what was answered is kept"
        )

    # ------------------------------------------------------------ what is written

    def _text(self, place: _Place, side: Side, one: _Try) -> Text:
        """An answer, read back from the disk."""
        source = self.sources[side]
        reply = self.asked.get(source.speaker, source.key(place.prompt.turns, one.seed))
        if reply is None:
            raise RoundError(f"the answers in {self.asked.folder} changed while pairs were written: run it again")
        return source.sample(place.prompt.turns, one.seed, reply, place.prompt.category, one.attempt)[0]

    def pair(self, place: _Place) -> Pair:
        assert place.pair is not None
        i, j = place.pair
        first = self._text(place, "chosen", place.tries["chosen"][i])
        second = self._text(place, "rejected", place.tries["rejected"][j])
        return Pair(
            id=fingerprint([place.prompt.id, first.made.request, second.made.request])[:16],
            prompt=place.prompt.turns,
            chosen=first.body,
            rejected=second.body,
            chosen_made=first.made.model_copy(update={"gates": self.checks.passed}),
            rejected_made=second.made.model_copy(update={"gates": self.checks.passed}),
        )

    def refused(self, place: _Place, side: Side, one: _Try) -> Text:
        text = self._text(place, side, one)
        return text.model_copy(update={"id": f"{side}/{place.prompt.id}/{text.id}"})

    def facts(self, places: Sequence[_Place]) -> PairsFacts:
        kept = [place for place in places if place.pair is not None]
        lengths = {
            place.prompt.id: (place.tries["chosen"][place.pair[0]].chars, place.tries["rejected"][place.pair[1]].chars)
            for place in kept
            if place.pair is not None
        }
        texts = pairfacts.of_texts([self.pair(kept[n]) for n in apart.spread(len(kept))])
        told = pairfacts.of_lengths(lengths, self.settings.match_length)
        return PairsFacts(
            pairs=len(kept),
            prompts=len(places),
            unfilled=len(places) - len(kept),
            constitution=self.cast.constitution.hash,
            sides={side: self._side(side, places) for side in SIDES},
            categories=dict(sorted(Counter(place.prompt.category for place in kept).items())),
            **{**told, **texts, "warnings": (*told["warnings"], *texts.get("warnings", ()))},
        )

    def _side(self, side: Side, places: Sequence[_Place]) -> SideFacts:
        source, own = self.sources[side], self.tallies[side]
        flags = (place.why(side, one) for place in places for one in place.tries[side] if one.flag is None)
        chars = [place.tries[side][place.pair[SIDES.index(side)]].chars for place in places if place.pair is not None]
        came = {place.prompt.id: [one for one in place.tries[side] if not one.error] for place in places}
        return SideFacts(
            speaker=source.speaker.name,
            fingerprint=source.voice_print,
            accounting=own.account(Counter(flag.gate for flag in flags if flag is not None)),
            hidden=pairfacts.share({name: [one.hidden for one in tries] for name, tries in came.items()}),
            empty=pairfacts.share({name: [one.empty for one in tries] for name, tries in came.items()}),
            chars=sum(chars) / len(chars),
        )


class _Quiet:
    """Answers are no pairs: they only keep the bar's note fresh."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.count = 0.0

    def advance(self, n: float = 1, note: str = "") -> None:
        self.count += n
        self.bar.advance(0, note or f"{self.count:,.0f} answers")
