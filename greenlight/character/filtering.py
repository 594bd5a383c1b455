"""Answers of speakers as samples that the gates can judge, and what becomes of them in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from greenlight import corruption, parts, rulings
from greenlight.character.asking import key_of
from greenlight.chats import Manner, Reply, Speaker, Turn, Turns
from greenlight.errors import RecipeError, RoundError
from greenlight.gates.channel import channel
from greenlight.nouns import Accounting, Flag, Provenance, Text, fingerprint
from greenlight.rates import rate
from greenlight.recipe import Brief, PartTable

EACH: PartTable = {
    "channel": {},
    "empty": {},
    "garbage": {},
    "loop": {},
    "fake_turns": {},
    "refusal": {},
    "reasoning_leak": {},
    "prompt_leak": {},
    "identity": {},
    "termination": {},
    "length": {"min_chars": 1, "max_chars": 20_000},
}
"""What judges one answer where a recipe says nothing."""
PAIR: PartTable = {"contrast": {}, "length": {}}
"""What judges two answers together."""
ALWAYS = ("channel", "empty")
"""Gates that no table takes out: a thought is never trained, and an empty answer is none."""
NEUTRAL = Brief(pattern="green light", levels=2)
"""Gates are tried before anything is asked, and their test wants a brief; no answer is judged by it."""
FIRST_LOOK = 32
"""Answers after which a speaker's refused share is looked at, and again whenever they double."""


@dataclass(frozen=True)
class Checks:
    """The gates that answers must pass: each by itself, and, of a pair, both together."""

    each: Mapping[str, Any]
    pair: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(each: PartTable, pair: PartTable | None = None) -> Checks:
        """Raises RecipeError for unknown gates or options, and for a gate that cannot judge what it is to judge;
        RoundError when one does not find the failure that it is for (``corruption``)."""
        always: PartTable = {name: {} for name in ALWAYS if name not in each}
        made = {name: parts.make("gates", name, options) for name, options in {**always, **each}.items()}
        two = {name: parts.make("gates", name, options) for name, options in (pair or {}).items()}
        for table, gates, method in (("each", made, "check"), ("pair", two, "check_pair")):
            if odd := [name for name, gate in gates.items() if not hasattr(gate, method)]:
                other = "one answer by itself" if table == "each" else "two answers together"
                raise RecipeError(f"gates.{table}.{odd[0]} does not judge {other}: take it out")
        if blind := corruption.unseen(made, NEUTRAL):
            said = "; ".join(f"{name} lets through {what}" for name, what in blind)
            raise RoundError(f"gates do not find what they are for: {said}: change their options, or take them out")
        return Checks(made, two)

    def first(self, sample: Text, hidden: str = "") -> Flag | None:
        """The first gate that fires on one answer.

        Of one whose thought stands apart (``hidden``) the prompt's template tells nothing any more: a thought that it
        opened would look like one that never ends.
        """
        if hidden and sample.made.prompt_rendered:
            sample = sample.model_copy(update={"made": sample.made.model_copy(update={"prompt_rendered": ""})})
        return next(filter(None, (gate.check(sample, None) for gate in self.each.values())), None)

    def together(self, chosen: Text, rejected: Text) -> Flag | None:
        """The first gate that fires on two answers."""
        found = (gate.check_pair(chosen, rejected, None) for gate in self.pair.values())
        return next(filter(None, found), None)

    @cached_property
    def passed(self) -> str:
        """What all of them decided of an answer that is kept, as it stands in its provenance."""
        return rulings.decided({**self.each, **{f"pair.{name}": gate for name, gate in self.pair.items()}})


# ---------------------------------------------------------------- an answer as a sample


@dataclass(frozen=True)
class Seen:
    """An answer as a reader sees it. ``hidden`` holds all thought, wherever it came."""

    text: str
    hidden: str
    cleaned: tuple[str, ...] = ()


def seen(reply: Reply, prompt: str = "", rendered: str = "") -> Seen:
    """Takes a closed thought out of an answer, and white space from its ends.

    ``rendered``: the prompt as its template wrote it, which may open a thought. A thought that is not closed, or was
    never opened, stays where it is, for the gates to find.
    """
    text, hidden, cleaned = reply.text, reply.hidden.strip(), []
    if rendered or any(mark in text for mark in ("<", "[", "◁")):
        found = channel(text, prompt, "" if hidden else rendered, "stop" if reply.finished else "length")
        if found.state in ("closed", "prefilled closed"):
            thoughts = "\n".join(text[start:end] for start, end in found.thoughts).strip()
            hidden = f"{hidden}\n{thoughts}".strip()
            text = text[found.answer[0] : found.answer[1]]
            cleaned.append("thought")
    if text != text.strip():
        text = text.strip()
        cleaned.append("ends")
    return Seen(text, hidden, tuple(cleaned))


@dataclass(frozen=True)
class Source:
    """Who answers, how it is asked, and the constitution that it has in its prompt (``system``; empty: none)."""

    speaker: Speaker
    manner: Manner
    system: str = ""
    persona: str = ""

    @cached_property
    def voice_print(self) -> str:
        """The speaker's fingerprint, which may be costly to find."""
        return self.speaker.fingerprint

    @cached_property
    def model(self) -> str:
        """The model's name, where the speaker tells one."""
        return str(self.speaker.facts.get("model", ""))

    def turns(self, turns: Turns) -> Turns:
        """A conversation as it is put to the speaker: with the constitution before a system prompt of its own."""
        if not self.system:
            return turns
        if turns[0].role == "system":
            return (Turn(role="system", content=f"{self.system}\n\n{turns[0].content}"), *turns[1:])
        return (Turn(role="system", content=self.system), *turns)

    def key(self, turns: Turns, seed: int) -> str:
        """What the answer is known by; ``turns`` without the constitution."""
        return key_of(self.voice_print, self.turns(turns), seed, self.manner)

    def sample(self, turns: Turns, seed: int, reply: Reply, topic: str = "", attempt: int = 0) -> tuple[Text, Seen]:
        """An answer with its provenance, and what was seen of it."""
        asked = self.turns(turns)
        writes = getattr(self.speaker, "rendered", None)
        rendered = str(writes(asked, self.manner)) if callable(writes) else ""
        said = seen(reply, turns[-1].content, rendered)
        key = key_of(self.voice_print, asked, seed, self.manner)
        made = Provenance(
            voice=self.speaker.name,
            voice_fingerprint=self.voice_print,
            prompt=turns[-1].content,
            topic=topic,
            seed=seed,
            attempt=attempt,
            finish_reason="stop" if reply.finished else "length",
            model=self.model,
            params=asdict(self.manner),
            usage=dict(reply.usage),
            latency_ms=reply.seconds * 1000,
            raw=reply.text if said.cleaned else "",
            cleaned_by=said.cleaned,
            system=asked[0].content if asked[0].role == "system" else "",
            prompt_rendered=rendered,
            persona=self.persona,
            request=key,
        )
        return Text(id=key[:16], control="", body=said.text, made=made), said


def seed_of(*what: Any) -> int:
    """A seed below 2^31 for an answer, by all that names its place."""
    return int(fingerprint(list(what))[:8], 16) >> 1


# ---------------------------------------------------------------- accounts


@dataclass
class Tally:
    """What becomes of one speaker's answers; stops one that wastes nearly all of them."""

    name: str
    limit: float
    asked: int = 0
    kept: int = 0
    failed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    look: int = FIRST_LOOK
    level: float = 0.05
    said: str = ""
    """Why the last one was refused."""

    def judged(self, flag: Flag | None, error: str = "") -> None:
        """Raises RoundError when the share of unusable answers is above the limit for certain. The looks share an
        error of 5 %: the first one has half of it, each further one half of what is left."""
        self.asked += 1
        if error:
            self.failed += 1
        elif flag is not None:
            self.refused[flag.gate] += 1
        self.said = error or (f"{flag.gate}: {flag.reason}" if flag is not None else self.said)
        if self.asked < self.look:
            return
        self.look, self.level = 2 * self.asked, self.level / 2
        bad = self.refused.total() + self.failed
        if (low := rate(bad, self.asked, level=1 - 2 * self.level).low) > self.limit:
            raise RoundError(
                f"{self.name} is stopped: {bad} of {self.asked} answers cannot be used, at least {low:.0%} of all "
                f"(limit {self.limit:.0%}): {most(self.refused, self.failed)}; last: "
                f"{' '.join(self.said.split())[:200]}; look at its template and its gates, or take another model"
            )

    def account(self, rest: Mapping[str, int]) -> Accounting:
        """asked = kept + refused + failed; ``rest``: usable answers that were not needed, by reason."""
        refused = dict(sorted((+(self.refused + Counter(rest))).items()))
        kept = self.asked - sum(refused.values()) - self.failed
        return Accounting(asked=self.asked, kept=kept, refused=refused, failed=self.failed)


def most(refused: Mapping[str, int], failed: int = 0) -> str:
    """The reasons in order, the commonest first: ``refusal 30, loop 2``."""
    counts = Counter(refused) + Counter({"no answer": failed})
    return ", ".join(f"{name} {count}" for name, count in counts.most_common(5)) or "none"


def total(accounts: Sequence[Accounting]) -> Accounting:
    """Several accounts as one."""
    refused: Counter[str] = Counter()
    for one in accounts:
        refused.update(one.refused)
    return Accounting(
        asked=sum(one.asked for one in accounts),
        kept=sum(one.kept for one in accounts),
        refused=dict(sorted(refused.items())),
        failed=sum(one.failed for one in accounts),
    )
