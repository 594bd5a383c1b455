"""A check-up as it is carried out: the stages of a model, each on the same prompts with the same seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from greenlight.character import card as cards
from greenlight.character import checkup, classify, house, prompts, ratings
from greenlight.character.asking import Asked
from greenlight.character.card import Card
from greenlight.character.checkup import OPENED, Mode, Seen, Stage
from greenlight.character.constitution import Constitution
from greenlight.character.filtering import Source
from greenlight.character.prompts import Prompt
from greenlight.chats import Manner, Speaker
from greenlight.nouns import Interval
from greenlight.parts import Gate
from greenlight.progress import Watch

LISTENED = 150
"""Prompts to which every persona's voice speaks, for the classifier to hear it; none is a check-up's."""
MODES: tuple[tuple[bool | None, bool], ...] = ((None, False), (True, False), (False, False), (None, True))
"""Thinking, and whether the harness opens it, of each cell of the mode matrix."""
TURNS = 3
"""Of the conversations that show whether a character sustains."""

Bits = Callable[[Speaker], Mapping[str, float]]
"""Bits per byte of each neutral text, by its id."""


@dataclass(frozen=True)
class Examination:
    """``samples`` answers to each prompt; ``sustained`` of the prompts are followed over turns and put under load."""

    persona: str
    constitution: Constitution
    classifier: classify.Classifier
    gates: Mapping[str, Gate]
    prompts: Sequence[Prompt]
    asked: Asked
    watch: Watch
    samples: int = 3
    sustained: int = 20
    seed: int = 1

    @cached_property
    def looking(self) -> checkup.Looking:
        """How every answer is looked at."""
        return checkup.Looking(self.persona, self.classifier.persona, self.gates, marks_of(self.constitution))

    def card(
        self, stages: Sequence[Stage], finished: str, bits: Bits | None = None
    ) -> tuple[Card, dict[str, list[Seen]]]:
        """The card, and every answer by stage. The lifts are over the stages ``base`` and ``prompted`` where they are.

        Raises VoiceError when a stage's model answers nothing at all.
        """
        whole = len(stages) * len(self.prompts) * self.samples
        rows: dict[str, list[Seen]] = {}
        with self.watch.bar(f"check-up seed {self.seed}", whole, "answers") as bar:
            for stage in stages:
                how = (self.samples, self.seed)
                rows[stage.name] = checkup.look(stage, self.prompts, how, self.looking, self.asked, bar)
        tasks = frozenset(p.id for p in self.prompts if p.task is not None)
        keys = list(self.looking.marks)
        rates = tuple(checkup.rates_of(name, seen, tasks, self.persona, keys) for name, seen in rows.items())
        by_name = {one.stage: one for one in rates}
        base, end = by_name["base"].task if "base" in by_name else None, by_name[finished].task
        done = next(one for one in stages if one.name == finished)
        found = Card(
            persona=self.persona,
            seed=self.seed,
            finished=finished,
            constitution=self.constitution.hash,
            traits={trait.key: trait.text for trait in self.constitution.traits if trait.key in keys},
            stages=rates,
            lift=self._lift(rows, finished, "base"),
            lift_prompted=self._lift(rows, finished, "prompted"),
            task_kept=end.value / base.value if base and end and base.value else None,
            modes=self._modes(done),
            bits={one.name: dict(bits(one.speaker)) for one in stages if one.name != "prompted"} if bits else {},
            phrases=cards.phrases(rows[finished], rows.get("base", [])),
            classifier={**self.classifier.facts, "fingerprint": self.classifier.fingerprint},
            notes=_unmarked(self.constitution, keys),
            **self._loaded(done, rows.get("base", [])),
        )
        return found, rows

    def _lift(self, rows: Mapping[str, Sequence[Seen]], after: str, before: str) -> Interval | None:
        if before not in rows or before == after:
            return None
        return ratings.lift(_by_prompt(rows[after]), _by_prompt(rows[before]))

    def _modes(self, done: Stage) -> tuple[Mode, ...]:
        cells = []
        with self.watch.bar("modes", len(MODES) * len(self.prompts), "answers") as bar:
            for thinking, opened in MODES:
                manner = replace(done.manner, thinking=thinking, opening=OPENED if opened else "")
                asks = [(done.turns(prompt.turns), self.seed * 1_009 + n) for n, prompt in enumerate(self.prompts)]
                replies = self.asked.ask(done.speaker, asks, manner, bar)
                cells.append(checkup.mode(manner, self.prompts, replies, self._ours))
        return tuple(cells)

    def _ours(self, text: str) -> bool:
        return self.classifier.persona(text) == self.persona

    def _loaded(self, done: Stage, base: Sequence[Seen]) -> dict[str, Any]:
        """Over turns, under the suffix, and after a turn that the bare base answered."""
        some = self.prompts[: self.sustained]
        if not some:
            return {}
        plain = {seen.prompt: seen.text for seen in base if seen.valid and seen.sample == 0}
        with self.watch.bar("under load", (TURNS + 2) * len(some), "answers") as bar:
            turns = checkup.sustained(done, some, (TURNS, 104_729 * self.seed), self.looking, self.asked, bar)
            found: dict[str, Any] = {"sustained": tuple(turns)}
            suffixed, after = checkup.told_to_stop(some), checkup.after_neutral(some, plain)
            for name, these in (("stopped", suffixed), ("prefilled", after)):
                if these:
                    seen = checkup.look(done, these, (1, self.seed), self.looking, self.asked, bar)
                    found[name] = checkup.rate_of(seen, lambda one: one.in_character)
        return found


def heard(
    voice: Speaker, spoken: Mapping[str, Constitution | None], manner: Manner, asked: Asked, watch: Watch
) -> classify.Classifier:
    """A classifier that has heard a voice speak by each constitution, and by none (``neutral``), on prompts of the
    training's sources."""
    prompted = prompts.training(LISTENED, 7_919)
    texts, groups = {}, {}
    with watch.bar("voices for the classifier", LISTENED * len(spoken), "answers") as bar:
        for name, said in spoken.items():
            source = Source(voice, manner, said.system() if said else "", name)
            replies = asked.ask(voice, [(source.turns(p.turns), 11) for p in prompted], manner, bar)
            whole = [(p.id, r.text) for p, r in zip(prompted, replies, strict=True) if any(map(str.isalnum, r.text))]
            texts[name], groups[name] = [text for _, text in whole], [prompt for prompt, _ in whole]
    return classify.train(texts, 1, groups)


def marks_of(constitution: Constitution) -> dict[str, Callable[[str], bool]]:
    """By trait key, whether a text shows it; for the traits that can be recognised."""
    known = house.known_traits(constitution)
    return {trait.key: house.marks(trait) for trait in constitution.traits if known[trait.key]}


def _by_prompt(seen: Sequence[Seen]) -> dict[str, list[bool]]:
    out: dict[str, list[bool]] = {}
    for answer in seen:
        out.setdefault(answer.prompt, []).append(answer.in_character)
    return out


def _unmarked(constitution: Constitution, keys: Sequence[str]) -> tuple[str, ...]:
    blind = [trait.key for trait in constitution.traits if trait.key not in keys]
    return (f"no mark is known of {', '.join(blind)}: these traits have no score of their own",) if blind else ()
