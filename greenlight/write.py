"""Writes a corpus: voices fill the plan, and what the gates refuse is asked again until exactly N are accepted.

Every answer is kept before it is looked at, by the hash of its request, so that an interrupted or edited run asks
(and pays) for nothing twice.
"""

from __future__ import annotations

import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight import corpus as corpora
from greenlight import corruption, parts, quarantine
from greenlight.errors import RoundError, VoiceError
from greenlight.generators._clean import clean
from greenlight.nouns import Accounting, Answer, Artifact, Draw, Flag, Provenance, Text, canonical, fingerprint
from greenlight.progress import Bar, Watch
from greenlight.rates import rate
from greenlight.recipe import Brief, PartTable, TextCorpus, VoicesCorpus
from greenlight.store import Store, code_of
from greenlight.yardstick import Yardstick

REFUSED = "refused.parquet"
FIRST_LOOK = 32
"""Answers of a voice after which its refused share is looked at for the first time, and again whenever they double."""


def write(recipe: VoicesCorpus, gates: PartTable, draws: list[Draw], store: Store, watch: Watch) -> Artifact:
    """The corpus of a plan, as an artifact with ``samples.parquet`` and ``refused.parquet``.

    Its facts hold the accounting, and each voice's expected mentions by level where it knows them (``truth``).
    Raises RoundError when a gate does not find the failure that it is for (``corruption``), when one place of the plan
    is refused ``recipe.attempts`` times, and when a voice's refused share is for certain above ``recipe.most_refused``.
    """
    voices = {name: parts.make("generators", name, options) for name, options in recipe.voices.items()}
    modules = {parts.module_of("generators", n, recipe.voices[n]) for n in recipe.blend}
    modules |= {parts.module_of("gates", name, options) for name, options in gates.items()}
    plan = {"corpus": recipe.data(), "gates": gates, "draws": fingerprint([d.data() for d in draws])}
    free = quarantine.released(store.folder.parent / quarantine.IN_STUDY)
    if free:
        plan["released"] = sorted(free)

    def make(folder: Path) -> dict[str, Any]:
        checks = {n: parts.make("gates", n, o) for n, o in gates.items()}
        if blind := corruption.unseen(checks, recipe.brief):
            said = "; ".join(f"{name} lets through {what}" for name, what in blind)
            raise RoundError(f"gates do not find what they are for: {said}: change their options, or take them out")
        writer = Writer(recipe, voices, checks, store.folder / "answers", free)
        with watch.bar("write", len(draws), "documents") as bar:
            places = writer.fill(draws, bar)
        accepted = [place.sample for place in places if place.sample is not None]
        refused = [pair for place in places for pair in place.refused]
        corpora.save(accepted, folder / corpora.FILE)
        corpora.save([s for s, _ in refused], folder / REFUSED, [f for _, f in refused])
        truth = {name: voices[name].truth(recipe.brief) for name in recipe.blend if recipe.blend[name] > 0}
        return {
            "accounting": account(places, accepted).data(),
            "truth": {n: t for n, t in truth.items() if t is not None},
        }

    return store.step("corpus", plan, {}, make, ("greenlight.write", *sorted(modules)))


@dataclass
class Place:
    """One place of the plan: what was accepted there, and what was refused on the way."""

    draw: Draw
    sample: Text | None = None
    refused: list[tuple[Text, Flag]] = field(default_factory=list)
    failed: int = 0


@dataclass
class Tally:
    """What becomes of one voice's answers, in the order of the plan; stops a voice that wastes most of them."""

    limit: float
    asked: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    look: int = FIRST_LOOK
    level: float = 0.05

    def add(self, place: Place) -> None:
        """Raises RoundError when the refused share is above the limit for certain.

        The share is looked at again and again, so the looks share an error of 5 %: the first one has half of it, each
        further one half of what is left.
        """
        self.refused.update(flag.gate for _, flag in place.refused)
        self.asked += len(place.refused) + 1
        if self.asked < self.look:
            return
        self.look, self.level = 2 * self.asked, self.level / 2
        bad = self.refused.total()
        low = rate(bad, self.asked, level=1 - 2 * self.level).low
        if low > self.limit:
            most = ", ".join(f"{gate} {count}" for gate, count in self.refused.most_common(3))
            raise RoundError(
                f"voice {place.draw.voice} is stopped: {bad} of {self.asked} answers are refused, at least {low:.0%} "
                f"of all (limit {self.limit:.0%}): {most}; mend the voice or its gates, take it out of the "
                "blend, or raise corpus.most_refused"
            )


@dataclass
class Writer:
    """Asks the voices for one corpus."""

    recipe: VoicesCorpus
    voices: dict[str, Any]
    gates: dict[str, Any]
    folder: Path
    free: Set[str] = frozenset()
    """Hashes of samples that a person has let through (``greenlight quarantine``)."""

    def fill(self, draws: list[Draw], bar: Bar) -> list[Place]:
        """Every place of the plan, in its order. Voices that wait for a server are asked ``parallel`` at a time."""
        done: dict[Draw, Place] = {}
        for name in dict.fromkeys(draw.voice for draw in draws):
            mine = [draw for draw in draws if draw.voice == name]
            with Answers(self.folder / f"{self.voice_print(name)[:16]}.jsonl") as answers:
                tally = Tally(self.recipe.most_refused)
                for place in self._places(name, mine, answers):
                    done[place.draw] = place
                    bar.advance(1, name)
                    tally.add(place)
        return [done[draw] for draw in draws]

    def _places(self, name: str, draws: list[Draw], answers: Answers) -> Iterator[Place]:
        parallel = getattr(self.voices[name], "parallel", 1)
        if parallel == 1:
            yield from (self.place(draw, answers) for draw in draws)
            return
        pool = ThreadPoolExecutor(parallel)
        try:
            yield from pool.map(lambda draw: self.place(draw, answers), draws)
        finally:  # an interrupt does not wait for requests that are on their way
            pool.shutdown(wait=False, cancel_futures=True)

    def voice_print(self, name: str) -> str:
        """What decides a voice's answers: its options and its code."""
        options = self.recipe.voices[name]
        module = parts.module_of("generators", name, options)
        return fingerprint({"use": module, "options": {**options, "use": module}, "code": code_of(module)})

    def place(self, draw: Draw, answers: Answers) -> Place:
        """Asks until the gates accept one answer."""
        place = Place(draw)
        for attempt in range(self.recipe.attempts):
            asked = draw if attempt == 0 else draw.model_copy(update={"seed": again(draw.seed, attempt)})
            try:
                answer = answers.get(asked, self.recipe.brief) or answers.keep(
                    asked, self.recipe.brief, self.voices[draw.voice].say(asked, self.recipe.brief)
                )
            except VoiceError as error:
                place.failed += 1
                reason = str(error)
                continue
            sample = self.sample(asked, answer, attempt)
            flag = next(filter(None, (gate.check(sample, self.recipe.brief) for gate in self.gates.values())), None)
            if flag is None or sample.sha256 in self.free:
                place.sample = sample
                return place
            place.refused.append((sample, flag))
            reason = f"{flag.gate}: {flag.reason}"
        raise RoundError(
            f"voice {draw.voice} gave nothing usable for '{draw.topic}' at level {draw.level} "
            f"in {self.recipe.attempts} attempts (last: {reason}); "
            "look at its gates, raise corpus.attempts, or take it out of the blend"
        )

    def sample(self, draw: Draw, answer: Answer, attempt: int) -> Text:
        """A cleaned document with its provenance; the raw text stays where cleaning changed something."""
        body, rules = clean(answer.text, self.recipe.clean)
        made = Provenance(
            voice=draw.voice,
            voice_fingerprint=self.voice_print(draw.voice),
            prompt=prompt(draw, self.recipe.brief),
            topic=draw.topic,
            level=draw.level,
            seed=draw.seed,
            attempt=attempt,
            finish_reason=answer.finish_reason,
            model=answer.model,
            params=answer.params,
            usage=answer.usage,
            latency_ms=answer.latency_ms,
            raw=answer.text if rules else "",
            cleaned_by=rules,
        )
        control = self.recipe.brief.control_line(draw.topic, draw.level)
        return Text(id=fingerprint([made.voice_fingerprint, draw.data()])[:16], control=control, body=body, made=made)


def prompt(draw: Draw, brief: Brief) -> str:
    """What the voice is asked."""
    return brief.prompt.format(topic=draw.topic, level=draw.level, levels=brief.levels, pattern=brief.pattern)


def again(seed: int, attempt: int) -> int:
    """The seed of a further attempt at the same place."""
    return int(fingerprint([seed, attempt])[:12], 16)


def account(places: Iterable[Place], accepted: list[Text]) -> Accounting:
    """asked = kept + refused + failed, in all and by voice."""
    refused: Counter[str] = Counter()
    by_voice: dict[str, Counter[str]] = {}
    failed = 0
    for place in places:
        mine = by_voice.setdefault(place.draw.voice, Counter())
        for _, flag in place.refused:
            refused[flag.gate] += 1
            mine[flag.gate] += 1
        failed += place.failed
        mine.update({"asked": len(place.refused) + place.failed + (place.sample is not None), "failed": place.failed})
        mine["kept"] += place.sample is not None
    cleaned = Counter(rule for sample in accepted for rule in sample.made.cleaned_by)
    asked = len(accepted) + sum(refused.values()) + failed
    return Accounting(
        asked=asked,
        kept=len(accepted),
        refused=dict(sorted(refused.items())),
        failed=failed,
        by_voice={name: dict(counts) for name, counts in by_voice.items()},
        cleaned=dict(sorted(cleaned.items())),
    )


class Answers:
    """What one voice has said, by the hash of the request; appended to as it comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Answer] = {}
        self.lock = threading.Lock()

    def __enter__(self) -> Answers:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            data = self.path.read_bytes()
            for line in data.split(b"\n"):
                try:
                    row = json.loads(line)
                    self.known[row["key"]] = Answer.model_validate(row["answer"])
                except (ValueError, KeyError, TypeError, ValidationError):
                    continue  # a line torn by a crash: that answer is asked for again
            if data and not data.endswith(b"\n"):
                with open(self.path, "ab") as file:
                    file.write(b"\n")
        self.file = open(self.path, "ab")
        return self

    def __exit__(self, *exc: object) -> None:
        self.file.close()

    def key(self, draw: Draw, brief: Brief) -> str:
        return fingerprint([prompt(draw, brief), brief.pattern, draw.topic, draw.level, draw.levels, draw.seed])

    def get(self, draw: Draw, brief: Brief) -> Answer | None:
        return self.known.get(self.key(draw, brief))

    def keep(self, draw: Draw, brief: Brief, answer: Answer) -> Answer:
        """On disk first, and only then used."""
        key = self.key(draw, brief)
        line = canonical({"key": key, "answer": answer.data()}) + "\n"
        with self.lock:
            self.file.write(line.encode())
            self.file.flush()
            self.known[key] = answer
        return answer


# ---------------------------------------------------------------- from a text


def cut(recipe: TextCorpus, study: Path, yardstick: Yardstick, store: Store) -> Artifact:
    """A corpus of random blocks of the study's text, none of which belongs to the yardstick.

    The training side is cut into blocks of ``block_chars``; ``share`` of them, drawn with ``seed`` over the whole
    side, are taken, and neighbours are joined. Never a prefix: the first part of a text is another text.
    """
    from greenlight.outside import read_text

    def make(folder: Path) -> dict[str, Any]:
        text = read_text(study / recipe.source)
        if fingerprint(text) != recipe.source_sha256:
            raise RoundError(f"{recipe.source} changed while the round was read: run it again")
        spans = blocks(yardstick.training_spans, recipe.block_chars)
        taken = sorted(random.Random(recipe.seed).sample(spans, max(1, round(recipe.share * len(spans)))))
        samples = [_piece(text, start, end, recipe) for start, end in joined(taken)]
        corpora.save(samples, folder / corpora.FILE)
        chars = sum(end - start for start, end in taken)
        return {
            "blocks": len(taken),
            "blocks_in_all": len(spans),
            "characters": chars,
            "accounting": Accounting(asked=len(samples), kept=len(samples)).data(),
        }

    plan = {"corpus": recipe.data(), "yardstick": yardstick.hash}
    return store.step("corpus", plan, {}, make, ("greenlight.write",))


def blocks(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Spans cut into pieces of ``size`` characters; a rest shorter than half a piece is joined to the one before."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        count = max(1, round((end - start) / size))
        edges = [start + i * size for i in range(count)] + [end]
        out += [(a, b) for a, b in itertools.pairwise(edges) if b > a]
    return out


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring spans become one, so that no border is made where the text has none."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _piece(text: str, start: int, end: int, recipe: TextCorpus) -> Text:
    made = Provenance(
        voice="text", voice_fingerprint=recipe.source_sha256, prompt="", seed=recipe.seed, model=recipe.source
    )
    return Text(id=f"{start}-{end}", control="", body=text[start:end], made=made)
