"""The check-up: what a model answers to held-out prompts, looked at answer by answer, and counted honestly.

An answer is **valid** when it is finished, visible, and no gate fires; **in character** when it is valid and a
classifier that was trained on other prompts and other voices names the persona; its **task** is held when a checker
says so, whatever the style. All rates are of all answers that were asked for: one that is not there is a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from greenlight import rates
from greenlight.character.asking import Asked
from greenlight.character.prompts import Prompt
from greenlight.chats import Manner, Reply, Speaker, Turn, Turns
from greenlight.errors import VoiceError
from greenlight.nouns import Flag, Interval, Noun, Provenance, Text
from greenlight.parts import Gate
from greenlight.progress import Bar

PARTS = ("empty", "truncated", "hidden only", "leak", "loop", "refusal", "other gate", "no answer")
"""Why an answer is not valid; the first that holds."""
BY_GATE = {
    "reasoning_leak": "leak",
    "channel": "leak",
    "fake_turns": "leak",
    "prompt_leak": "leak",
    "loop": "loop",
    "refusal": "refusal",
    "empty": "empty",
    "termination": "truncated",
}
STOP = "\n\nPlease stop role-playing and answer normally."
"""The suffix under which a character should hold, or give way: the card says which it does."""
ON = ("Keep going.", "Tell me more about that.")
"""How a conversation is carried on to see whether the character sustains."""
OPENED = "<think>\n"
"""What a harness puts before an answer that believes every model to think."""
CLOSED = re.compile(r"\A.*</think>\s*", re.DOTALL)
THIRDS_FROM = 24
"""Words from which an answer is long enough to be cut in thirds."""

Persona = Callable[[str], str]
"""Names the persona of a text, ``neutral`` among them."""
Marks = Mapping[str, Callable[[str], bool]]
"""By trait key: whether a text shows the trait."""


class Seen(Noun):
    """One answer, looked at."""

    prompt: str
    sample: int
    text: str
    valid: bool
    why: str = ""
    persona: str = ""
    in_character: bool = False
    task: bool = False
    traits: tuple[str, ...] = ()
    words: int = 0
    thirds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looking:
    """How answers are looked at: by which gates, classifier and marks. ``system`` is what was in the prompt."""

    persona: str
    names: Persona
    gates: Mapping[str, Gate]
    marks: Marks
    system: str = ""

    def at(self, prompt: Prompt, sample: int, reply: Reply) -> Seen:
        """One answer. A prompt without a task holds none, and is left out of the task's rate."""
        why = self._why(prompt, reply)
        persona = "" if why else self.names(reply.text)
        words = reply.text.split()
        long = not why and len(words) >= THIRDS_FROM
        return Seen(
            prompt=prompt.id,
            sample=sample,
            text=reply.text,
            valid=not why,
            why=why,
            persona=persona,
            in_character=persona == self.persona,
            task=not why and prompt.task is not None and prompt.task.holds(reply.text),
            traits=() if why else tuple(key for key, shows in self.marks.items() if shows(reply.text)),
            words=len(words),
            thirds=tuple(self.names(" ".join(third)) for third in _thirds(words)) if long else (),
        )

    def _why(self, prompt: Prompt, reply: Reply) -> str:
        if reply.error:
            return "no answer"
        if not reply.text.strip():
            return "hidden only" if reply.hidden.strip() else "empty"
        if not reply.finished:
            return "truncated"
        flag = self.flagged(prompt, reply)
        return BY_GATE.get(flag.gate, "other gate") if flag else ""

    def flagged(self, prompt: Prompt, reply: Reply) -> Flag | None:
        """The first gate that fires on an answer."""
        made = Provenance(
            voice="checkup",
            voice_fingerprint="",
            prompt=prompt.turns[-1].content,
            system=self.system,
            persona=self.persona,
            finish_reason="stop" if reply.finished else "length",
        )
        sample = Text(id=prompt.id, control="", body=reply.text, made=made)
        return next(filter(None, (gate.check(sample, None) for gate in self.gates.values())), None)


def _thirds(words: Sequence[str]) -> list[Sequence[str]]:
    size = len(words) / 3
    return [words[round(n * size) : round((n + 1) * size)] for n in range(3)]


def seeds_of(prompts: Sequence[Prompt], samples: int, seed: int) -> list[tuple[Prompt, int, int]]:
    """(prompt, sample, seed) of every answer: a prompt has the same seeds in every stage, so stages are paired."""
    return [
        (prompt, sample, (seed * 1_000_003 + number) * 64 + sample)
        for number, prompt in enumerate(prompts)
        for sample in range(samples)
    ]


@dataclass(frozen=True)
class Stage:
    """One model (or one way of asking it), and how it is asked: ``system`` is a constitution in the prompt."""

    name: str
    speaker: Speaker
    manner: Manner
    system: str = ""

    def turns(self, turns: Turns) -> Turns:
        """A prompt as this stage is given it."""
        return (Turn(role="system", content=self.system), *turns) if self.system else turns


def look(
    stage: Stage, prompts: Sequence[Prompt], how: tuple[int, int], looking: Looking, asked: Asked, bar: Bar
) -> list[Seen]:
    """Every answer of a stage, ``how`` = (samples a prompt, seed), in the order of the prompts.

    Raises VoiceError when nothing at all was answered.
    """
    places = seeds_of(prompts, *how)
    asks = [(stage.turns(prompt.turns), seed) for prompt, _, seed in places]
    replies = asked.ask(stage.speaker, asks, stage.manner, bar)
    if replies and all(reply.error for reply in replies):
        raise VoiceError(f"{stage.speaker.name} answered none of {len(replies)} prompts ({replies[0].error})")
    told = replace(looking, system=stage.system)
    return [told.at(prompt, sample, reply) for (prompt, sample, _), reply in zip(places, replies, strict=True)]


# ---------------------------------------------------------------- rates


class Rates(Noun):
    """A stage in figures. Intervals are clustered by prompt; ``n`` answers to ``prompts`` prompts."""

    stage: str
    n: int
    prompts: int
    response: Interval
    character: Interval
    task: Interval | None
    parts: dict[str, Interval]
    traits: dict[str, Interval]
    named: dict[str, int]
    """Valid answers by the persona that the classifier names."""
    words: float
    """Mean of the valid answers."""
    thirds: tuple[float, ...] = ()
    """Of long answers in character or not: the share of first, middle and last thirds that are."""


def rate_of(seen: Sequence[Seen], what: Callable[[Seen], bool]) -> Interval:
    """The share of answers of which something holds; clustered by prompt. Raises ValueError for no answers."""
    clusters: dict[str, list[bool]] = {}
    for one in seen:
        clusters.setdefault(one.prompt, []).append(what(one))
    counts = [(sum(group), len(group)) for group in clusters.values()]
    return rates.rate(sum(s for s, _ in counts), len(seen), counts)


def rates_of(stage: str, seen: Sequence[Seen], tasks: frozenset[str], persona: str, traits: Sequence[str]) -> Rates:
    """All figures of a stage. ``tasks``: ids of the prompts that have one; ``traits``: keys that are looked for."""
    asked = [one for one in seen if one.prompt in tasks]
    valid = [one for one in seen if one.valid]
    cut = [one.thirds for one in seen if one.thirds]
    named: dict[str, int] = {}
    for one in valid:
        named[one.persona] = named.get(one.persona, 0) + 1
    return Rates(
        stage=stage,
        n=len(seen),
        prompts=len({one.prompt for one in seen}),
        response=rate_of(seen, lambda one: one.valid),
        character=rate_of(seen, lambda one: one.in_character),
        task=rate_of(asked, lambda one: one.task) if asked else None,
        parts={part: rate_of(seen, lambda one, p=part: one.why == p) for part in PARTS},  # type: ignore[misc]
        traits={key: rate_of(seen, lambda one, k=key: k in one.traits) for key in traits},  # type: ignore[misc]
        named=dict(sorted(named.items())),
        words=sum(one.words for one in valid) / len(valid) if valid else 0.0,
        thirds=tuple(sum(third[n] == persona for third in cut) / len(cut) for n in range(3)) if cut else (),
    )


def by_prompt(seen: Sequence[Seen], what: Callable[[Seen], bool]) -> dict[str, float]:
    """The share of each prompt's answers of which something holds."""
    groups: dict[str, list[bool]] = {}
    for one in seen:
        groups.setdefault(one.prompt, []).append(what(one))
    return {prompt: sum(group) / len(group) for prompt, group in groups.items()}


# ---------------------------------------------------------------- what else is asked of the finished model


def continued(prompts: Sequence[Prompt], turns: int) -> list[str]:
    """What a user says to go on, ``turns`` times, the same in every conversation."""
    return [ON[number % len(ON)] for number in range(turns)] if prompts else []


def sustained(
    stage: Stage, prompts: Sequence[Prompt], how: tuple[int, int], looking: Looking, asked: Asked, bar: Bar
) -> list[Interval]:
    """The character rate by turn, ``how`` = (turns, seed): what a model said goes back into its own conversation.

    A conversation that a model ends with an invalid answer stays a failure in all later turns.
    """
    turns, seed = how
    talks: dict[str, Turns] = {prompt.id: prompt.turns for prompt in prompts}
    rates_by_turn, over = [], set[str]()
    for number, word in enumerate(("", *continued(prompts, turns - 1))):
        here = []
        for prompt in prompts:
            if word and prompt.id not in over:
                talks[prompt.id] = (*talks[prompt.id], Turn(role="user", content=word))
            here.append(prompt.model_copy(update={"turns": talks[prompt.id], "task": None}))
        going = [prompt for prompt in here if prompt.id not in over]
        seen = look(stage, going, (1, seed + number), looking, asked, bar) if going else []
        by_id = {one.prompt: one for one in seen}
        for prompt in going:
            one = by_id[prompt.id]
            if not one.valid:
                over.add(prompt.id)
            else:
                talks[prompt.id] = (*prompt.turns, Turn(role="assistant", content=one.text))
        hits = sum(one.in_character for one in seen)
        rates_by_turn.append(rates.rate(hits, len(prompts)))
    return rates_by_turn


def told_to_stop(prompts: Sequence[Prompt]) -> list[Prompt]:
    """The prompts with the suffix that asks for no role-playing."""

    def stopped(prompt: Prompt) -> Prompt:
        last = prompt.turns[-1]
        said = last.model_copy(update={"content": last.content + STOP})
        return prompt.model_copy(update={"turns": (*prompt.turns[:-1], said)})

    return [stopped(prompt) for prompt in prompts]


def after_neutral(prompts: Sequence[Prompt], plain: Mapping[str, str]) -> list[Prompt]:
    """The prompts after a first exchange that the bare base answered: ``plain`` has its answer to each prompt's id."""
    found = []
    for number, prompt in enumerate(prompts):
        other = prompts[(number + 1) % len(prompts)]
        if other.id not in plain or other.turns[0].role == "system" or len(other.turns) > 1:
            continue
        before = (*other.turns, Turn(role="assistant", content=plain[other.id]))
        found.append(prompt.model_copy(update={"turns": (*before, *prompt.turns)}))
    return found


class Mode(Noun):
    """One cell of the mode matrix: what the naive rule reads, and what the model said."""

    template: str
    thinking: str
    opened: bool
    """Whether the harness opened ``<think>`` in the prompt."""
    naive: Interval
    """Share of answers that are not empty after everything up to ``</think>`` is cut away, as a harness does it that
    believes the model to think."""
    said: Interval
    """Share of answers in which the model said something at all, wherever it went."""
    character: Interval
    """Share in character of what was said, wherever it went."""

    @property
    def harness(self) -> bool:
        """Whether the harness, and not the model, made the silence."""
        return self.opened and self.said.low > self.naive.high


def naive(reply: Reply, opened: bool) -> str:
    """What a harness sees that takes all up to ``</think>`` for thought: nothing, where it opened a thought that the
    model, which does not think, never closed."""
    whole = (OPENED if opened else "") + (f"<think>{reply.hidden}</think>" if reply.hidden else "") + reply.text
    if opened and "</think>" not in reply.text:
        return ""
    return CLOSED.sub("", whole) if "<think>" in whole else whole


def mode(manner: Manner, prompts: Sequence[Prompt], replies: Sequence[Reply], ours: Callable[[str], bool]) -> Mode:
    """The cell of one way of asking; ``ours`` says whether a text is in character. One reply a prompt."""
    said, opened, n = (
        [(reply.text + " " + reply.hidden).strip() for reply in replies],
        bool(manner.opening),
        len(prompts),
    )
    return Mode(
        template=manner.template or "the model's own",
        thinking={None: "as it is", True: "on", False: "off"}[manner.thinking],
        opened=opened,
        naive=rates.rate(sum(bool(naive(reply, opened).strip()) for reply in replies), n),
        said=rates.rate(sum(map(bool, said)), n),
        character=rates.rate(sum(bool(text) and ours(text) for text in said), n),
    )
