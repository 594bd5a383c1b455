"""Is a release what it says: does it agree with itself, does its model score the same, does its recipe train the same?

Nothing but the folder is read, and no part or module that it names is loaded unless it is Greenlight's own.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

from pydantic import ValidationError

from greenlight import corpus, parts
from greenlight import release as releases
from greenlight.corpus import KEPT, SHARD
from greenlight.errors import GreenlightError, InputError, RecipeError
from greenlight.nouns import Artifact, Round, fingerprint
from greenlight.outside import read_bytes, read_toml
from greenlight.progress import Bar, Watch
from greenlight.recipe import Recipe, Train
from greenlight.release import Release
from greenlight.round import commit, machine
from greenlight.store import code_of, file_sha256, link
from greenlight.yardstick import Asking, Yardstick

BESIDE = ("torch", "cpu", "gpu", "system", "python")  # told of a machine where it is another than the release's
SAME_ALLOWED = 1e-9
"""Of any score on the same machine, where the same code gives the same bits."""
SCORE_ALLOWED = 1e-4
"""Of a score that nothing is drawn for, in its own unit, on another machine: it adds up in another order."""
CURVE_ALLOWED = 0.02
"""Nats a token by which a validation may differ that was trained on another machine (``docs/release.md``)."""
RUN = "run"  # what the training is called that is run again
LOSSES = ("lr", "batch_loss", "train_loss", "val_loss")
"""Of a validation's line; ``batch_loss`` is the mean over every step since the line before."""


# ---------------------------------------------------------------- does it agree with itself


def row_of(folder: Path) -> Round:
    """The ledger's row of the released round, with all that its steps left. Raises InputError."""
    try:
        row = Round.model_validate(json.loads(read_bytes(folder / releases.ROUND)))
        Recipe.model_validate(row.recipe)
        if any(score.misshapen() for score in row.scores.values() if not score.invalid):
            raise ValueError
    except (ValidationError, ValueError, RecursionError, RecipeError):
        row = None
    needed = {"corpus", "kept", "tokens", *(f"model-{seed}" for seed in row.seeds)} if row else set()
    if row is None or row.status != "done" or not needed <= row.artifacts.keys():
        raise InputError(f"{releases.ROUND} is no record of a round that ended well: copy the release again")
    return row


def recipe_of(folder: Path) -> Recipe:
    """The released recipe, from its TOML. Raises InputError."""
    try:
        return Recipe.model_validate(read_toml(folder / releases.RECIPE))
    except (ValidationError, GreenlightError):
        raise InputError(f"{releases.RECIPE} is no whole recipe: copy it again from where it was released") from None


def contradictions(folder: Path, release: Release, row: Round) -> list[str]:
    """One line for each thing that ``release.json``, the recipe and the hashes say otherwise than ``round.json``.

    Raises InputError where the recipe cannot be read, or where weights are of no seed of the round.
    """
    if foreign := set(release.weights) - set(row.seeds):
        raise InputError(f"{releases.NAME} names weights of seed {min(foreign)}, which the round did not train")
    halves = {name: score.half_width for name, score in release.scores.items()}
    mine = release.data()
    true = releases.said(release.study, row, (release.tag, release.weights), halves).data()
    told = [key for key in true if key != "scores" and key not in releases.OPEN and mine[key] != true[key]]
    bad = [f"{releases.NAME} and {releases.ROUND} differ: {_differing(mine[key], true[key], key)}" for key in told]
    wanted, found = Recipe.model_validate(row.recipe), recipe_of(folder)
    if found.hash != wanted.hash:
        bad.append(f"{releases.RECIPE} is not what the round ran: {_differing(found.data(), wanted.data())}")
    if release.files.get(f"{releases.CORPUS}/{SHARD}") != row.artifacts["kept"].files.get(KEPT):
        bad.append(f"{releases.CORPUS}/{SHARD} is not the corpus that the round was trained on")
    for seed in release.weights:
        own = row.artifacts[f"model-{seed}"].files
        at = {name: f"{releases.MODEL}/{seed}/{name}" for name in releases.MODEL_FILES}
        names = [path for name, path in at.items() if release.files.get(path) != own.get(name)]
        bad += [f"{path} is not of the model that the round trained" for path in names]
    for name in sorted({*release.scores, *row.scores}):
        if mine["scores"].get(name) != true["scores"].get(name):
            bad.append(f"{releases.NAME} has other scores of {name} than {releases.ROUND}")
    hashes = _hashes(folder)
    if fingerprint(hashes) != release.yardstick:
        bad.append(f"{releases.YARD}/{releases.HASHES} is of another yardstick than the round was measured on")
    elif any(release.files.get(f"{releases.YARD}/{name}") != hashes.get(name) for name in releases.YARD_FILES):
        bad.append(f"{releases.YARD} holds other text than the one that the round was measured on")
    return bad


def _hashes(folder: Path) -> dict[str, str]:
    try:
        found = json.loads(read_bytes(folder / releases.YARD / releases.HASHES))
    except (ValueError, RecursionError, InputError):
        return {}
    return found if isinstance(found, dict) else {}


def _differing(mine: Any, true: Any, path: str = "") -> str:
    """The first key at which two recipes differ, and both values."""
    if isinstance(mine, Mapping) and isinstance(true, Mapping):
        for key in sorted({*mine, *true}):
            if mine.get(key) != true.get(key):
                return _differing(mine.get(key), true.get(key), f"{path}.{key}".lstrip("."))
    return f"{path} is {str(mine)[:60]}, and was {str(true)[:60]}"


# ---------------------------------------------------------------- where it was made, and here


@dataclass
class Here:
    """What of this machine and this code is not what made the release, one line each; the machine's lines first."""

    release: Release
    lines: list[str] = field(default_factory=list)
    same: bool = False
    unmeasured: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        now, then = machine(), self.release.machine
        self.same = releases.same_machine(then) and self.release.instructions == releases.instructions()
        for name in BESIDE:
            if (then.get(name) or "") != (now.get(name) or ""):
                self._add(name, then.get(name) or "none", now.get(name) or "none")
        if not self.same and not self.lines:
            self.lines.append("environment: the processor has the same name, and may have other instructions")
        for name, was in self.release.packages.items():
            if name != "torch" and (mine := releases.packages().get(name, "none")) != was:
                self._add(name, was, mine)
        if (at := commit()) != self.release.commit:
            self._add("greenlight's commit", self.release.commit or "unknown", at or "unknown")

    def _add(self, name: str, was: object, now: object) -> None:
        self.lines.append(f"environment: {name} was {was}, here it is {now}")

    def exact(self, made: Artifact | None) -> bool:
        """Whether an artifact made here again must have the same bits: the same machine, torch and code."""
        if made is None:
            return False
        changed = [name for name, was in made.code.items() if not _ours(name) or code_of(name)[:16] != was]
        line = f"environment: the code of {', '.join(changed)} is not what made the release's {made.kind}"
        self.lines += [line] if changed and line not in self.lines else []
        return self.same and not changed


def _ours(module: str) -> bool:
    """By its file: to look for a module otherwise is to load its package, and whose record this is nobody knows."""
    first, *rest = module.split(".")
    named = first == "greenlight" and bool(rest) and all(map(str.isidentifier, rest))
    return named and Path(__file__).parent.joinpath(*rest).with_suffix(".py").is_file()


# ---------------------------------------------------------------- measured again


@dataclass
class Compared:
    """One score of one seed, as it was released and as it is now; ``drawn``: texts were drawn from the model."""

    metric: str
    seed: int
    released: float
    now: float
    allowed: float
    drawn: bool

    @property
    def differs(self) -> bool:
        return not abs(self.now - self.released) <= self.allowed

    def data(self) -> dict[str, Any]:
        return {**vars(self), "differs": self.differs}


class _Heard:
    """A player that notes whether anything was drawn from it."""

    def __init__(self, player: Any) -> None:
        self.player, self.drew = player, False

    def __getattr__(self, name: str) -> Any:
        self.drew = self.drew or name == "say"
        return getattr(self.player, name)


def measured(folder: Path, row: Round, here: Here, watch: Watch, aside: Path) -> Iterator[Compared | str]:
    """Every usable score of the released weights, measured again on the search part; a line where that fails.

    No read is counted, since nothing is chosen by what comes out, and no part is loaded that is not Greenlight's own
    (``here.unmeasured``). ``aside``: an empty folder, for what metrics leave.
    """
    from greenlight.gpt.player import open_player

    recipe = Recipe.model_validate(row.recipe)
    asking = Asking.of(recipe, row.artifacts["corpus"].facts, row.artifacts["kept"].facts)
    files = {name: read_bytes(folder / releases.YARD / name) for name in releases.YARD_FILES}
    yardstick = Yardstick(folder / releases.YARD, {**files, "locked.jsonl": b""}).asked(asking)
    load = partial(corpus.load, folder / releases.CORPUS / SHARD)
    for seed in here.release.weights:
        for name, options in recipe.metrics.items():
            if not _ours(module := parts.module_of("metrics", name, options)):
                told = f"{name} of seed {seed} was not measured again"
                here.unmeasured.append(f"{told}: {module} is no part of Greenlight")
                continue
            step = Path(mkdtemp(dir=aside))  # by no name of the recipe, which may hold ../
            try:
                player = _Heard(open_player(folder / releases.MODEL / str(seed)))
                setup = parts.Setup(yardstick, seed, step, watch, load)
                readings = parts.make("metrics", name, options).read(player, setup)
            except (GreenlightError, OSError) as error:
                yield f"{name} of seed {seed} cannot be measured again: {error}"
                continue
            exact = here.exact(row.artifacts.get(f"score-{name}-{seed}"))
            for reading in readings:
                said = here.release.scores.get(reading.metric)
                was = None if said is None else said.per_seed.get(str(seed))
                if said is None or was is None:  # an invalid score says nothing that could be compared
                    continue
                value = sum(w * v for w, v in zip(reading.weights, reading.values, strict=True)) / sum(reading.weights)
                allowed = SAME_ALLOWED if exact else said.half_width if player.drew else SCORE_ALLOWED
                if allowed is None:
                    here.unmeasured.append(f"{reading.metric} of seed {seed} is drawn, and has no interval: not judged")
                    continue
                yield Compared(reading.metric, seed, was, value, allowed, player.drew)


# ---------------------------------------------------------------- trained again


class _Enough(Exception):
    """As many steps were trained as were asked for."""


class _Until:
    """A watch that ends a training behind its step ``last``."""

    def __init__(self, watch: Watch, last: int) -> None:
        self.watch, self.last = watch, last

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        with self.watch.bar(label, self.last, unit) as inner:
            yield _Counting(inner, self.last)

    def say(self, line: str) -> None:
        self.watch.say(line)


class _Counting:
    def __init__(self, inner: Bar, last: int) -> None:
        self.inner, self.last, self.done = inner, last, 0.0

    def advance(self, n: float = 1, note: str = "") -> None:
        self.inner.advance(n, note)
        self.done += n
        if self.done >= self.last:
            raise _Enough


@dataclass
class Rebuilt:
    """A training begun anew: the steps that were compared, of how many, and one line for each difference.

    ``exact``: equal bits were asked for; ``largest`` is of losses, in nats a token; ``weights``: of a whole run.
    """

    seed: int
    steps: int
    of: int
    exact: bool
    largest: float = 0.0
    weights: Literal["not compared", "equal", "different"] = "not compared"
    differences: list[str] = field(default_factory=list)


def rebuilt(folder: Path, row: Round, here: Here, steps: float, watch: Watch, aside: Path) -> Rebuilt:
    """Trains the released recipe on the released corpus from scratch, to the first validation at or after ``steps``.

    ``steps`` below 1 are a share of the run. The schedule is that of the whole run, so that the curve is to be the
    beginning of the released one. Raises InputError where corpus or curve cannot be read, RoundError where the
    training breaks.
    """
    from greenlight.gpt.fit import fit
    from greenlight.train import fits_memory

    recipe, seed = recipe_of(folder), here.release.weights[0]
    made, model = row.artifacts[f"model-{seed}"], folder / releases.MODEL / str(seed)
    curve = curve_of(model / releases.CURVE)
    last: int = curve[-1]["step"]
    wanted = steps * last if steps < 1 else steps
    until: int = next((line["step"] for line in curve if line["step"] >= wanted), last)
    text, tokens, run = (aside / name for name in ("corpus", "tokens", RUN))
    train, notes = _as_it_ran(recipe.train, made.facts)
    exact = here.exact(made) and not notes and bool(made.facts.get("repeatable"))
    found = Rebuilt(seed, until, last, exact)
    here.lines += notes
    tokens.mkdir()
    link(folder / releases.CORPUS / SHARD, text / KEPT)
    _encoded(text, model, recipe, tokens, watch)
    for name, sha in sorted(row.artifacts["tokens"].files.items()):
        if not (tokens / name).exists() or file_sha256(tokens / name) != sha:
            found.differences.append(f"tokens: {name} is not what it was when the round ran")
    arch = recipe.model.resolve(json.loads((tokens / "tokens.json").read_bytes())["vocab"])
    fits_memory(arch, train, 1)
    with suppress(_Enough):
        fit(arch, train, tokens, run, seed, watch if until == last else _Until(watch, until), train.threads)
    _compare(curve_of(run / releases.CURVE), [line for line in curve if line["step"] <= until], found)
    if until == last and (model / releases.WEIGHTS).exists():
        _weigh(run / releases.WEIGHTS, model / releases.WEIGHTS, found)
    return found


def curve_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a ``metrics.jsonl``: one at least, each with its step and losses. Raises InputError."""
    try:
        lines = [json.loads(line) for line in read_bytes(path).splitlines()]
        if not lines or any(type(line[key]) not in (int, float) for line in lines for key in ("step", *LOSSES)):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path.name} is no loss curve: copy it again from where it was released") from None
    return lines


def _as_it_ran(train: Train, facts: Mapping[str, Any]) -> tuple[Train, list[str]]:
    """The settings with what was chosen on that machine (precision, device, compiled or not); what cannot be here."""
    from greenlight.gpt.machine import device

    notes, where = list[str](), str(facts.get("device", "cpu")).partition(",")[0]
    try:
        device(where)
    except RecipeError:
        notes.append(f"environment: the model was trained on {where}, which is not on this machine")
        where = "auto"
    # auto is a rule of the recipe, which takes a compiler where there is one
    compiled = "auto" if facts.get("compiled") else "off"
    if facts.get("compiled") and where == "cpu" and not any(map(shutil.which, ("g++", "clang++", "c++"))):
        notes.append("environment: the training was compiled, and this machine has no C++ compiler")
    chosen = {"precision": facts.get("precision", train.precision), "device": where, "compile": compiled}
    return Train.model_validate({**train.data(), **chosen, "threads": facts.get("threads")}), notes


def _encoded(text: Path, model: Path, recipe: Recipe, tokens: Path, watch: Watch) -> None:
    """Makes the tokens again; and the tokenizer, unless its vocabulary came from outside."""
    from greenlight.tokenizer import Tokenizer
    from greenlight.tokens import encode_corpus

    given = recipe.tokenizer
    made = Tokenizer.open(model / "tokenizer.json") if given.use == "gpt2" else given
    encode_corpus(made, recipe.model.context, recipe.train, text, tokens, watch)


def _compare(mine: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], found: Rebuilt) -> None:
    """Line by line; a line that is missing is a difference too."""
    by_step, then = {line["step"]: line for line in mine}, [line["step"] for line in theirs]
    if list(by_step) != then:
        found.differences.append(f"curve: validated at steps {list(by_step)}, where it was validated at {then}")
    for line in theirs:
        now = by_step.get(line["step"], line)
        for key in LOSSES:
            apart = abs(now[key] - line[key])
            if key != "lr":
                found.largest = max(found.largest, apart)
            allowed = 0.0 if found.exact or key == "lr" else CURVE_ALLOWED
            if not apart <= allowed:
                found.differences.append(
                    f"curve: {key} at step {line['step']} was {line[key]:.6g}, rebuilt it is {now[key]:.6g} "
                    f"(apart by {apart:.2g}, allowed {allowed:g})"
                )


def _weigh(mine: Path, theirs: Path, found: Rebuilt) -> None:
    """Tensor by tensor: the files say of themselves how they came about, and may differ where the weights do not."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        now, then = load_file(mine), load_file(theirs)
    except SafetensorError:  # the released ones are no weights, which their hash or their measuring says
        return
    equal = now.keys() == then.keys() and all(np.array_equal(now[name], then[name]) for name in then)
    found.weights = "equal" if equal else "different"
    if not equal and found.exact:
        found.differences.append("weights: they are not the released ones, though machine and code are the same")
