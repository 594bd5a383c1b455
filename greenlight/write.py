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
from greenlight import parts, quarantine, rulings
from greenlight.answers import Answers, key_of, voices_of
from greenlight.corruption import seeing
from greenlight.errors import RoundError, VoiceError
from greenlight.generators._clean import clean
from greenlight.llm import Desk
from greenlight.nouns import Answer, Artifact, Draw, Flag, Provenance, Text, fingerprint
from greenlight.places import NO_ANSWER, Decided, Place, Steps, Tally, account, again, first_error, whole
from greenlight.prices import Bill, Bounds
from greenlight.progress import SILENT, Bar, Watch
from greenlight.recipe import PartTable, VoicesCorpus
from greenlight.store import Store, code_of, locked
from greenlight.thinking import LEAVE

REFUSED = "refused.parquet"
ANSWERS, DECIDED = "answers", "decided"
"""Folders of a store: for what voices said, and for what gates decided on it."""
TOGETHER = 64
"""Draws that a voice of this process is asked for in one batch, where it takes batches."""


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
        writer = Writer(recipe, voices, seeing(gates, recipe.brief), store.folder / ANSWERS, free, limits)
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
    _waiting: dict[Draw, tuple[Steps, Draw]] = field(default_factory=dict)
    """Places at which some answers are there, and another must be asked for."""

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()

    def fill(self, draws: list[Draw], bar: Bar) -> list[Place]:
        """Every place of the plan, in its order; one voice of a server after the other, all servers side by side.

        Raises RoundError when places stay empty, after all others were asked for.
        """
        self.bounds.begin()
        return whole(self.take(draws, bar), self.recipe.attempts)

    def take(self, draws: list[Draw], bar: Bar) -> list[Place]:
        """As ``fill``, with empty places as what came of them; the bounds' clock is the caller's to start."""
        by_voice: dict[str, list[Draw]] = {}
        for draw in draws:
            by_voice.setdefault(draw.voice, []).append(draw)
        self.bounds.priced({name: self.voices[name] for name in by_voice})
        done: dict[Draw, Place] = {}
        for name in sorted(by_voice, key=self.path_of):  # in one order, so that no two runs wait for each other
            self._book(name)
        for name in by_voice:
            by_voice[name] = self._unsettled(name, by_voice[name], done, bar)
            if not hasattr(self.voices[name], "ask"):
                for place in self._here(name, by_voice[name]):
                    self._filled(place, done, bar)
        away = {name: mine for name, mine in by_voice.items() if mine and hasattr(self.voices[name], "ask")}
        if away:
            asyncio.run(self._away(away, done, bar))
        return [done[draw] for draw in draws]

    def _unsettled(self, name: str, draws: list[Draw], done: dict[Draw, Place], bar: Bar) -> list[Draw]:
        """The places of one voice for which something must be asked; answers that are there fill the others (``done``).

        Raises RoundError where something must be asked, and too many of the answers that are there are refused.
        """
        tally = self._tallies.setdefault(name, Tally(name, self.recipe.most_refused))
        counted = tally.asked
        for place in self._decided_on(draws):
            tally.add(place)
            done[place.draw] = place
            bar.advance(1, name)
        draws = [draw for draw in draws if draw not in done]
        if len(self._answers[name]):
            draws = [draw for draw in draws if not self._told(draw, done, bar)]
        if draws and tally.asked > counted:
            tally.judge()  # in whatever order they came: those of an earlier run are looked at together
        return draws

    def _told(self, draw: Draw, done: dict[Draw, Place], bar: Bar) -> bool:
        """Goes on at a place as far as answers are there; says whether they fill it."""
        steps, asked = self._begun(draw)
        try:
            while answer := self._known(asked):
                asked = steps.send(answer)
        except StopIteration as end:
            self._filled(end.value, done, bar)
            return True
        if asked is not draw:
            self._waiting[draw] = steps, asked
        return False

    def _begun(self, draw: Draw) -> tuple[Steps, Draw]:
        """A place's steps, and what is to be asked there now."""
        if draw in self._waiting:
            return self._waiting.pop(draw)
        steps = self.steps(draw)
        return steps, next(steps)

    def _before(self) -> None:
        """Comes before every question. Raises RoundError where nothing more is to be asked."""
        self.bounds.check(self.bill)
        for tally in self._tallies.values():
            tally.check()

    def _filled(self, place: Place, done: dict[Draw, Place], bar: Bar) -> None:
        if self.judges and place.accepted is not None:  # kept for a run that goes on from here
            key = key_of(place.draw, self.recipe.brief)
            self._decided[place.draw.voice].keep(key, place, self._prints_of(key, place))
        done[place.draw] = place
        bar.advance(1, self.bill.note(place.draw.voice))

    def _decided_on(self, draws: list[Draw]) -> Iterator[Place]:
        """Places of one voice that an earlier run has filled, with the answers that are there now."""
        for draw in draws if self.judges else ():
            key = key_of(draw, self.recipe.brief)
            place = self._decided[draw.voice].get(key, draw, partial(self._prints_of, key))
            if place is not None and (place.accepted or 0) < self.recipe.attempts:
                yield place

    def _prints_of(self, first: str, place: Place) -> list[str]:
        """The hashes of the answers that filled a place; ``first``: the key of its first attempt, as it is at hand."""
        answers, brief = self._answers[place.draw.voice], self.recipe.brief
        return [answers.print_of(first if one is place.draw else key_of(one, brief)) for one in place.asked()]

    def _here(self, name: str, draws: list[Draw]) -> Iterator[Place]:
        """The places of a voice that answers in this process, one by one or in batches."""
        voice, brief = self.voices[name], self.recipe.brief
        several = getattr(voice, "say_all", None)
        for start in range(0, len(draws), TOGETHER if several else 1):
            waiting = [self._begun(draw) for draw in draws[start : start + (TOGETHER if several else 1)]]
            while waiting:
                known = [self._known(asked) for _, asked in waiting]
                new = [asked for (_, asked), answer in zip(waiting, known, strict=True) if answer is None]
                if new:
                    self._before()
                said = several(new, brief) if several and new else [self._said(voice, asked) for asked in new]
                fresh = iter([self._keep(asked, one) for asked, one in zip(new, said, strict=True)])
                left = []
                for (steps, _), answer in zip(waiting, known, strict=True):
                    try:
                        left.append((steps, steps.send(answer or next(fresh))))
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
        ended = list[BaseException]()

        def before() -> None:
            if ended:  # those who still wait for their turn, or try again, ask no more
                raise ended[0]
            self._before()

        async with Desk(before) as desk:
            queues: dict[str, list[Draw]] = {}
            most: dict[str, int] = {}
            for name, mine in by_voice.items():
                endpoint = self.voices[name].endpoint
                queues.setdefault(endpoint.name, []).extend(mine)
                most[endpoint.name] = max(most.get(endpoint.name, 1), endpoint.parallel)

            async def work(queue: Iterator[Draw]) -> None:
                for draw in queue:
                    if ended:
                        return
                    try:
                        self._filled(await self._asked(draw, desk), done, bar)
                    except BaseException as error:
                        ended.append(error)
                        raise

            workers = []
            for address, mine in queues.items():
                queue = iter(mine)
                workers += [asyncio.create_task(work(queue)) for _ in range(min(most[address], len(mine)))]
            try:
                await first_error(workers)
            except RoundError:
                for tally in self._tallies.values():
                    if tally.stopped:  # what was on its way is among the answers that it is told with
                        tally.judge()
                raise

    async def _asked(self, draw: Draw, desk: Desk) -> Place:
        (steps, asked), voice = self._begun(draw), self.voices[draw.voice]
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
        place, tally = Place(draw), self._tallies[draw.voice]
        for attempt in range(self.recipe.attempts):
            answer = yield again(draw, attempt)
            if isinstance(answer, VoiceError):
                place.failed += 1
                place.reason = str(answer)
                tally.count(NO_ANSWER, place.reason)
                continue
            sample = self.sample(draw, attempt, answer)
            flag = next(filter(None, (gate.check(sample, self.recipe.brief) for gate in self.gates.values())), None)
            if flag is None or sample.sha256 in self.free:
                place.accepted, place.rules, place.released = attempt, sample.made.cleaned_by, flag
                tally.count()
                break
            place.refused.append((attempt, flag))
            place.reason = f"{flag.gate}: {flag.reason}"
            tally.count(flag.gate, flag.reason)
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
