"""Writes a corpus: voices fill the plan, and what the gates refuse is asked again until exactly N are accepted.

Every answer is kept before it is looked at (``answers``), so that an interrupted or edited run asks, and pays, for
nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from greenlight import corpus as corpora
from greenlight import corruption, parts, quarantine, rulings
from greenlight.answers import Answers, Replay, key_of
from greenlight.errors import GreenlightError, RoundError, VoiceError
from greenlight.generators._clean import clean
from greenlight.llm import Desk
from greenlight.nouns import Answer, Artifact, Draw, Flag, Provenance, Text, fingerprint
from greenlight.places import Decided, Place, Steps, Tally, account, again
from greenlight.prices import Bill, Bounds
from greenlight.progress import SILENT, Bar, Watch
from greenlight.recipe import Brief, PartTable, VoicesCorpus
from greenlight.store import Store, code_of, locked
from greenlight.thinking import LEAVE

REFUSED = "refused.parquet"
DECIDED = "decided"
"""Folder of a store for what gates decided on answers."""
TOGETHER = 64
"""Draws that a voice of this process is asked for in one batch, where it takes batches."""
GRACE = 5.0
"""Seconds that requests on their way have to come in when a run stops."""


def write(
    recipe: VoicesCorpus,
    gates: PartTable,
    draws: list[Draw],
    store: Store,
    watch: Watch,
    bounds: Bounds | None = None,
) -> Artifact:
    """The corpus of a plan, as an artifact with ``samples.parquet`` and ``refused.parquet``.

    Its facts hold the accounting, the bill, and each voice's expected mentions by level where it knows them
    (``truth``). Raises RoundError when a gate does not find the failure that it is for (``corruption``), when places of
    the plan are refused ``recipe.attempts`` times, when a voice's refused share is for certain above
    ``recipe.most_refused``, and when ``bounds`` are reached. What was answered stays, and the next call goes on.
    """
    limits = bounds or Bounds()
    modules = {parts.module_of("generators", n, recipe.voices[n]) for n in recipe.blend}
    modules |= {parts.module_of("gates", name, options) for name, options in gates.items()}
    plan = {"corpus": recipe.data(), "gates": gates, "draws": fingerprint([d.data() for d in draws])}
    free = quarantine.released(store.folder.parent / quarantine.IN_STUDY)
    if free:
        plan["released"] = sorted(free)

    code = ("greenlight.write", *sorted(modules))

    def make(folder: Path) -> dict[str, Any]:
        voices = voices_of(recipe, recipe.blend, store, limits.replay)
        writer = Writer(recipe, voices, seeing(gates, recipe.brief), store.folder / "answers", free, limits)
        writer.say = watch.say
        if not limits.replay:  # what is replayed is judged anew
            writer.judges = fingerprint([gates, recipe.brief.data(), recipe.clean, sorted(free), code_of(*code)])
        with watch.bar("write", len(draws), "documents") as bar, writer:
            places = writer.fill(draws, bar)
            cost = Bill()
            corpora.save(writer.accepted(places, cost), folder / corpora.FILE)
            refused = [(sample, flag) for place in places for sample, flag in writer.refused(place, cost)]
        corpora.save([s for s, _ in refused], folder / REFUSED, [f for _, f in refused])
        truth = {name: voices[name].truth(recipe.brief) for name in recipe.blend if recipe.blend[name] > 0}
        return {
            "accounting": account(places).data(),
            "bill": cost.data(),
            "truth": {n: t for n, t in truth.items() if t is not None},
        }

    return store.step("corpus", plan, {}, make, code)


def voices_of(recipe: VoicesCorpus, names: Iterable[str], store: Store, replay: bool = False) -> dict[str, Any]:
    """Voices of a recipe, ready to be asked; with ``replay``, as they answered before."""
    voices = {name: parts.make("generators", name, recipe.voices[name]) for name in names}
    if replay:
        return {name: Replay(voice) for name, voice in voices.items()}
    return {name: voice.at(store) if hasattr(voice, "at") else voice for name, voice in voices.items()}


def seeing(gates: PartTable, brief: Brief) -> dict[str, Any]:
    """The gates of a recipe. Raises RoundError when one does not find the failure that it is for (``corruption``)."""
    checks = {n: parts.make("gates", n, o) for n, o in gates.items()}
    if blind := corruption.unseen(checks, brief):
        said = "; ".join(f"{name} lets through {what}" for name, what in blind)
        raise RoundError(f"gates do not find what they are for: {said}: change their options, or take them out")
    return checks


@dataclass
class Writer:
    """Asks the voices for one corpus: ``with writer: places = writer.fill(draws, bar)``."""

    recipe: VoicesCorpus
    voices: dict[str, Any]
    gates: dict[str, Any]
    folder: Path
    free: Set[str] = frozenset()
    """Hashes of samples that a person has let through (``greenlight quarantine``)."""
    bounds: Bounds = field(default_factory=Bounds)
    bill: Bill = field(default_factory=Bill)
    say: Callable[[str], None] = SILENT.say
    """Where news goes."""
    judges: str = ""
    """Hash of all that decides on an answer; where it is given, decisions are kept, and an earlier run's are taken."""
    _answers: dict[str, Answers] = field(default_factory=dict)
    _decided: dict[str, Decided] = field(default_factory=dict)
    _prints: dict[str, str] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)
    _tallies: dict[str, Tally] = field(default_factory=dict)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()

    def fill(self, draws: list[Draw], bar: Bar) -> list[Place]:
        """Every place of the plan, in its order; one voice of a server after the other, all servers side by side.

        Raises RoundError when places stay empty, after all others were asked for.
        """
        self.bounds.begin()
        places = self.take(draws, bar)
        if empty := [place for place in places if place.accepted is None]:
            first = empty[0]
            raise RoundError(
                f"voice {first.draw.voice} gave nothing usable for '{first.draw.topic}' at level {first.draw.level} "
                f"in {self.recipe.attempts} attempts (last: {first.reason})"
                + (f", and {len(empty) - 1} more places are empty" if len(empty) > 1 else "")
                + "; look at its gates, raise corpus.attempts, or take it out of the blend"
            )
        return places

    def take(self, draws: list[Draw], bar: Bar) -> list[Place]:
        """As ``fill``, with empty places as what came of them; the bounds' clock is the caller's to start."""
        by_voice: dict[str, list[Draw]] = {}
        for draw in draws:
            by_voice.setdefault(draw.voice, []).append(draw)
        self.bounds.priced({name: self.voices[name] for name in by_voice})
        done: dict[Draw, Place] = {}
        for name in sorted(by_voice, key=self.path_of):  # in one order, so that no two runs wait for each other
            self._book(name)
        for name, mine in by_voice.items():
            tally = self._tallies.setdefault(name, Tally(self.recipe.most_refused))
            before = {place.draw: place for place in self._decided_on(mine)}
            for place in before.values():
                tally.count(place)
            if before:
                bar.advance(len(before), name)
                tally.judge()
                done |= before
            by_voice[name] = [draw for draw in mine if draw not in before]
            if not hasattr(self.voices[name], "ask"):
                for place in self._here(name, by_voice[name]):
                    self._filled(self._note(place), done, bar)
        away = {name: mine for name, mine in by_voice.items() if mine and hasattr(self.voices[name], "ask")}
        if away:
            asyncio.run(self._away(away, done, bar))
        return [done[draw] for draw in draws]

    def _filled(self, place: Place, done: dict[Draw, Place], bar: Bar) -> None:
        done[place.draw] = place
        bar.advance(1, self.bill.note(place.draw.voice))
        self._tallies[place.draw.voice].add(place)

    def _decided_on(self, draws: list[Draw]) -> Iterator[Place]:
        """Places of one voice that an earlier run has filled, with the answers that are there now."""
        for draw in draws if self.judges else ():
            key = key_of(draw, self.recipe.brief)
            place = self._decided[draw.voice].get(key, draw, partial(self._prints_of, key))
            if place is not None and (place.accepted or 0) < self.recipe.attempts:
                yield place

    def _note(self, place: Place) -> Place:
        """The same place, kept for a run that goes on from here where it is filled."""
        if self.judges and place.accepted is not None:
            key = key_of(place.draw, self.recipe.brief)
            self._decided[place.draw.voice].keep(key, place, self._prints_of(key, place))
        return place

    def _prints_of(self, first: str, place: Place) -> list[str]:
        """The hashes of the answers that filled a place; ``first``: the key of its first attempt, as it is at hand."""
        answers, brief = self._answers[place.draw.voice], self.recipe.brief
        return [answers.print_of(first if one is place.draw else key_of(one, brief)) for one in place.asked()]

    def _here(self, name: str, draws: list[Draw]) -> Iterator[Place]:
        """The places of a voice that answers in this process, one by one or in batches."""
        voice, brief = self.voices[name], self.recipe.brief
        several = getattr(voice, "say_all", None)
        for start in range(0, len(draws), TOGETHER if several else 1):
            waiting = [
                (steps, next(steps)) for steps in map(self.steps, draws[start : start + (TOGETHER if several else 1)])
            ]
            while waiting:
                known = [self._known(asked) for _, asked in waiting]
                new = [asked for (_, asked), answer in zip(waiting, known, strict=True) if answer is None]
                if new:
                    self.bounds.check(self.bill)
                fresh = iter(several(new, brief) if several and new else [self._said(voice, asked) for asked in new])
                left = []
                for (steps, asked), answer in zip(waiting, known, strict=True):
                    got = answer or self._keep(asked, next(fresh))
                    try:
                        left.append((steps, steps.send(got)))
                    except StopIteration as end:
                        yield end.value
                waiting = left

    def _said(self, voice: Any, asked: Draw) -> Answer | VoiceError:
        try:
            answer: Answer = voice.say(asked, self.recipe.brief)
        except VoiceError as error:
            return error
        return answer

    async def _away(self, by_voice: Mapping[str, list[Draw]], done: dict[Draw, Place], bar: Bar) -> None:
        """The places of voices behind servers. At the first error nothing new is asked; what is on its way may come."""
        async with Desk(lambda: self.bounds.check(self.bill)) as desk:
            queues: dict[str, list[Draw]] = {}
            most: dict[str, int] = {}
            for name, mine in by_voice.items():
                endpoint = self.voices[name].endpoint
                queues.setdefault(endpoint.name, []).extend(mine)
                most[endpoint.name] = max(most.get(endpoint.name, 1), endpoint.parallel)
            stop = asyncio.Event()

            async def work(queue: Iterator[Draw]) -> None:
                for draw in queue:
                    if stop.is_set():
                        return
                    try:
                        self._filled(self._note(await self._asked(draw, desk)), done, bar)
                    except BaseException:
                        stop.set()
                        raise

            workers = []
            for address, mine in queues.items():
                queue = iter(mine)
                workers += [asyncio.create_task(work(queue)) for _ in range(min(most[address], len(mine)))]
            await _first_error(workers)

    async def _asked(self, draw: Draw, desk: Desk) -> Place:
        steps = self.steps(draw)
        asked, voice = next(steps), self.voices[draw.voice]
        while True:
            got: Answer | VoiceError | None = self._known(asked)
            if got is None:
                try:
                    got = self._keep(asked, await voice.ask(asked, self.recipe.brief, desk))
                except VoiceError as error:
                    got = error
            try:
                asked = steps.send(got)
            except StopIteration as end:
                place: Place = end.value
                return place

    def _known(self, asked: Draw) -> Answer | None:
        return self._answers[asked.voice].get(key_of(asked, self.recipe.brief))

    def _keep(self, asked: Draw, answer: Answer | VoiceError) -> Answer | VoiceError:
        if isinstance(answer, Answer):
            self._answers[asked.voice].keep(key_of(asked, self.recipe.brief), answer)
            self.bill.add(asked.voice, answer, self.voices[asked.voice])
        return answer

    def _book(self, name: str) -> None:
        if name not in self._answers:
            path = self.path_of(name)  # two names of one voice write to one file
            there = next((one for one in self._answers.values() if one.path == path), None)
            if there is None:  # another run that asks the same would pay for every answer a second time
                said = partial(self.say, f"another run is asking {name}; waiting")
                self._open.enter_context(locked(path.with_suffix(".lock"), said))
                there = self._open.enter_context(Answers(path))
            self._answers[name] = there
        if self.judges and name not in self._decided:
            # a gate may look at who wrote a sample, so a voice under another name is judged by itself
            mine = fingerprint([self.voice_print(name), name, self.judges])
            self._decided[name] = self._open.enter_context(Decided(self.folder.parent / DECIDED / f"{mine[:16]}.jsonl"))

    def path_of(self, name: str) -> Path:
        """Where a voice's answers are recorded."""
        return self.folder / f"{self.voice_print(name)[:16]}.jsonl"

    def voice_print(self, name: str) -> str:
        """What decides a voice's answers: its options and its code."""
        if name not in self._prints:
            options = self.recipe.voices[name]
            module = parts.module_of("generators", name, options)
            found = fingerprint({"use": module, "options": {**options, "use": module}, "code": code_of(module)})
            self._prints[name] = found
        return self._prints[name]

    def steps(self, draw: Draw) -> Steps:
        """Asks, judges, and asks again, until an answer is accepted or the attempts are used up.

        Yields what is to be asked, and is sent what came of it: whoever drives it may wait as it likes.
        """
        place = Place(draw)
        for attempt in range(self.recipe.attempts):
            answer = yield again(draw, attempt)
            if isinstance(answer, VoiceError):
                place.failed += 1
                place.reason = str(answer)
                continue
            sample = self.sample(draw, attempt, answer)
            flag = next(filter(None, (gate.check(sample, self.recipe.brief) for gate in self.gates.values())), None)
            if flag is None or sample.sha256 in self.free:
                place.accepted, place.rules, place.released = attempt, sample.made.cleaned_by, flag
                break
            place.refused.append((attempt, flag))
            place.reason = f"{flag.gate}: {flag.reason}"
        return place

    def accepted(self, places: Iterable[Place], cost: Bill) -> Iterator[Text]:
        """The accepted samples, in the order of their places, read back one by one; what they cost goes on the bill."""
        clear = rulings.decided(self.gates)
        for place in places:
            if place.accepted is not None:
                freed = place.released
                said = rulings.decided(self.gates, freed, rest=rulings.UNASKED) if freed else clear
                sample = self._read(place.draw, place.accepted, cost)
                yield sample.model_copy(update={"made": sample.made.model_copy(update={"gates": said})})

    def refused(self, place: Place, cost: Bill) -> Iterator[tuple[Text, Flag]]:
        """What was refused at a place, and why."""
        for attempt, flag in place.refused:
            yield self._read(place.draw, attempt, cost), flag

    def _read(self, draw: Draw, attempt: int, cost: Bill) -> Text:
        answer = self._known(again(draw, attempt))
        if answer is None:
            raise RoundError(
                f"{self._answers[draw.voice].path.name} changed while the corpus was written: run the round again"
            )
        cost.add(draw.voice, answer, self.voices[draw.voice])
        return self.sample(draw, attempt, answer)

    def sample(self, draw: Draw, attempt: int, answer: Answer) -> Text:
        """A cleaned document with its provenance; the raw text stays where cleaning changed something."""
        asked, brief, voice = again(draw, attempt), self.recipe.brief, self.voices[draw.voice]
        # a voice whose thought is to be kept out may think aloud all the same
        aloud = () if getattr(voice, "thinking", LEAVE) == LEAVE else ("thinking",)
        body, rules = clean(answer.text, (*aloud, *self.recipe.clean))
        made = Provenance(
            voice=asked.voice,
            voice_fingerprint=self.voice_print(asked.voice),
            prompt=getattr(voice, "prompt_of", lambda draw, brief: brief.asked(draw))(asked, brief),
            system=getattr(voice, "system", ""),
            topic=asked.topic,
            level=asked.level,
            seed=asked.seed,
            attempt=attempt,
            finish_reason=answer.finish_reason,
            model=answer.model,
            params=answer.params,
            usage=answer.usage,
            latency_ms=answer.latency_ms,
            response_id=answer.response_id,
            raw=answer.text if rules else "",
            cleaned_by=rules,
            request=key_of(asked, brief),
        )
        control = brief.control_line(asked.topic, asked.level)
        return Text(id=fingerprint([made.voice_fingerprint, asked.data()])[:16], control=control, body=body, made=made)


async def _first_error(workers: list[asyncio.Task[None]]) -> None:
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
