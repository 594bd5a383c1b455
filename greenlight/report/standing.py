"""Every round of a ledger in a few numbers, and as a light row for the tables; kept beside the ledger for speed.

A ledger's row is tens of kilobytes, of which a leaderboard needs one or two. What it needs is worked out once and kept
in ``store/leaderboard.cache``, one record an entry under the entry's hash. The ledger's bytes are hashed again at
every reading, and a record counts only where it stands under that hash, whole, and made by this code; anything else
is worked out again. The file may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from greenlight import chain, ledger, nouns, stats
from greenlight.ledger import Ledger
from greenlight.nouns import FactorTable, Round, Score, Verdict, canonical, fingerprint
from greenlight.report import cells
from greenlight.report.cells import HALF, half_width
from greenlight.report.page import ENOUGH, makes_character, noted
from greenlight.store import locked, write_file

BUDGETS = {"steps": "steps", "characters": "characters_seen", "flops": "flops", "seconds": "train_seconds"}
"""What rounds can be held equal in, and the fact that holds it; all for one seed's training."""
OF_CHARACTER = ("use", "persona", "shuffled", "without", "student", "teacher", "pairs", "introspection", "dpo", "sft")
"""What the tables tell of the recipe of a round that makes a character."""
KEPT_FROM = 50
"""Entries from which on the cache is written: below, a study has no need of it."""
MEASURED_BY = ("code", "device")
"""Settings in which scores on one scale may differ; a board of several codes says so."""


class Value(NamedTuple):
    """One metric of one round. ``like``: what must be equal to set two values side by side; ``squares``: the sum of
    squared deviations of the seeds from their mean, with ``df`` degrees of freedom; ``half`` of the 95 % interval."""

    mean: float
    better: str
    unit: str
    like: str
    code: str
    squares: float
    df: int
    half: float | None
    usable: bool
    few: bool = False
    """Whether it is a rate from so few prompts that it ranks nothing."""


class Judged(NamedTuple):
    """A verdict: ``se`` of its difference, ``package`` the number of its factors, ``broken`` the guards it broke."""

    outcome: str
    metric: str
    against: int
    difference: float | None
    low: float | None
    high: float | None
    se: float | None
    package: int
    looks: int
    broken: tuple[str, ...]


class Standing(NamedTuple):
    """What ranking needs of one round. ``seq`` is its place in the ledger, ``models`` the fingerprints of its models,
    16 digits of each, with spaces between."""

    seq: int
    number: int
    slug: str
    status: str
    against: int | None
    seeds: int
    models: str
    recipe: str
    wanted: str
    values: dict[str, Value]
    budget: dict[str, float]
    verdict: Judged | None
    predict: dict[str, tuple[float, float, float]]
    persona: str = ""
    """Of a round that makes a character; its scores are of this persona alone."""


class Plan(NamedTuple):
    """A prediction as the ledger got it, before its round ran."""

    seq: int
    number: int
    recipe: str


# ---------------------------------------------------------------- one round


def standing(r: Round, seq: int) -> Standing:
    """What ranking needs of a round; ``seq`` is its entry's place in the ledger."""
    facts, share = r.facts, {"train_seconds": max(1, len(r.seeds))}
    budget = {}
    for name, key in BUDGETS.items():
        value = facts.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value > 0:
            budget[name] = value / share.get(key, 1)
    keep = r.recipe.get("keep_if")
    wanted = keep.get("metric") if isinstance(keep, Mapping) else None
    return Standing(
        seq=seq,
        number=r.number,
        slug=r.slug,
        status=r.status,
        against=r.against,
        seeds=len(r.seeds),
        models=_models(r),
        recipe=r.recipe_fingerprint,
        wanted=wanted if isinstance(wanted, str) else "",
        values={name: _value(score) for name, score in r.scores.items()},
        budget=budget,
        verdict=None if r.verdict is None else _judged(r.verdict),
        predict=_predicted(r.recipe.get("predict")),
        persona=str(r.recipe.get("persona", "")) if makes_character(r) else "",
    )


def _models(r: Round) -> str:
    """The fingerprints of a finished round's models; of its recipe where the ledger does not name them."""
    if r.status != "done":
        return ""
    models = sorted(a.fingerprint[:16] for name, a in r.artifacts.items() if name.startswith("model-"))
    return " ".join(models) or r.recipe_fingerprint[:16]


def _value(score: Score) -> Value:
    settings = {key: value for key, value in score.settings.items() if key not in MEASURED_BY}
    like = fingerprint([score.metric, score.unit, score.better, score.yardstick, settings, list(score.blocks)])[:16]
    code = str(score.settings.get("code", ""))
    means = score.per_seed if not score.invalid else ()
    usable = bool(means) and all(math.isfinite(m) for m in means)
    mean = sum(means) / len(means) if usable else 0.0
    squares = sum((m - mean) ** 2 for m in means) if usable else 0.0
    df = len(means) - 1 if usable else 0
    half = half_width(score) if usable else None
    few = score.over == "prompts" and len(score.blocks) < ENOUGH
    return Value(mean, score.better, score.unit, like, code, squares, df, half, usable, few)


def _judged(v: Verdict) -> Judged:
    d = v.difference
    se = None
    if d is not None and d.high > d.low:
        from scipy import special

        quantile = special.stdtrit(d.df, (1 + d.level) / 2) if d.df else special.ndtri((1 + d.level) / 2)
        se = (d.high - d.low) / 2 / float(quantile)
    value, low, high = (None, None, None) if d is None else (d.value, d.low, d.high)
    broken = tuple(guard.metric for guard in v.guards if guard.state == "broken")
    package = 0 if v.factors.seed_only else len(v.factors.factors)
    return Judged(v.outcome, v.metric, v.against, value, low, high, se, package, v.looks, broken)


def _predicted(found: Any) -> dict[str, tuple[float, float, float]]:
    out = {}
    for metric, p in found.items() if isinstance(found, Mapping) else ():
        numbers = [p[key] for key in ("effect", "low", "high") if isinstance(p, Mapping) and key in p]
        if len(numbers) == 3 and all(isinstance(n, (int, float)) for n in numbers):
            out[metric] = (float(numbers[0]), float(numbers[1]), float(numbers[2]))
    return out


def light(r: Round) -> Round:
    """The round without what no table shows: blocks, artifacts, long facts; seed means and intervals stay."""
    scores = {
        name: _light_score(score, noted(r, name, "bpb"), noted(r, name, "truncation"))
        for name, score in r.scores.items()
    }
    verdict = r.verdict
    if verdict is not None:
        factors = tuple(f.model_copy(update={"before": None, "after": None}) for f in verdict.factors.factors)
        table = FactorTable(factors=factors, seed_only=verdict.factors.seed_only)
        verdict = verdict.model_copy(update={"factors": table, "truth": {}, "per_seed": ((), ())})
    recipe = {key: r.recipe[key] for key in ("model", "tokenizer", "keep_if", *OF_CHARACTER) if key in r.recipe}
    facts = {key: value for key, value in r.facts.items() if not isinstance(value, (dict, list))}
    changes = {"scores": scores, "verdict": verdict, "recipe": recipe, "facts": facts, "artifacts": {}}
    return r.model_copy(update={**changes, "accounting": None, "machine": {}})


def _light_score(score: Score, bpb: list[float], truncation: list[float]) -> Score:
    kept: dict[str, Any] = {HALF: None if score.invalid else half_width(score)}
    for place, seed in enumerate(score.seeds):
        noted_ = {"bpb": bpb, "truncation": truncation}
        kept[str(seed)] = {name: found[place] for name, found in noted_.items() if len(found) == len(score.seeds)}
    values = tuple((0.0 if score.invalid else mean,) for mean in (score.seeds if score.invalid else score.per_seed))
    return score.model_copy(
        update={"blocks": ("all",), "values": values, "weights": (1.0,), "settings": {}, "facts": kept}
    )


# ---------------------------------------------------------------- all of a ledger


class Standings:
    """All rounds and predictions of a ledger, its chain checked."""

    def __init__(self, ledger: Ledger, store: Path) -> None:
        cache, self._luck = _Cache(store / "leaderboard.cache"), store / "leaderboard.luck"
        self._light: dict[int, bytes] = {}
        self.plans: list[Plan] = []
        self.lines: list[chain.Line] = []
        heads: list[bytes] = []
        for line, raw in ledger.walk():
            self.lines.append(line)
            if line.kind == "round":
                record = cache.record(line.hash)
                if record is None:
                    r = ledger.round(line, raw)
                    record = cache.add(line.hash, [standing(r, line.seq), light(r).data()])
                head, _, self._light[line.seq] = record.partition(b"\t")
                heads.append(head)
            elif line.kind == "plan":
                body = from_json(bytes(raw))["body"]
                number, recipe = body.get("round"), body.get("recipe_fingerprint")
                if isinstance(number, int) and isinstance(recipe, str):
                    self.plans.append(Plan(line.seq, number, recipe))
        cache.close()
        self.every: list[Standing] = _unpacked_all(heads)

    @property
    def rows(self) -> list[Standing]:
        """The counting row of each round, in order of number."""
        return [row for _, row in sorted({row.number: row for row in self.every}.items())]

    def round(self, row: Standing) -> Round:
        """The light row of a round (see ``light``)."""
        return Round.model_validate(from_json(self._light[row.seq]))

    def luck(self, ses: Sequence[float], root: float, df: float) -> stats.Luck:
        """``stats.luck``, whose quantiles at a root's standard error of 1 are kept beside the cache.

        Errors are taken to six digits of their ratio to the root's, so that the last bit of a sum is no new question.
        """
        if root <= 0:
            return stats.luck(ses, root, df)
        groups = Counter(float(f"{se / root:.6g}") for se in ses)
        key, unit = [[list(group) for group in sorted(groups.items())], df, _code()], None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = from_json(self._luck.read_bytes())
            if isinstance(kept, dict) and kept.get("of") == key:
                unit = stats.Luck(float(kept["typical"]), float(kept["line"]), len(ses))
        if unit is None:
            unit = stats.luck(list(groups.elements()), 1.0, df)
            if len(self.lines) >= KEPT_FROM:
                with contextlib.suppress(OSError):
                    write_file(self._luck, canonical({"of": key, "typical": unit.typical, "line": unit.line}))
        return stats.Luck(unit.typical * root, unit.line * root, unit.n)


def _unpacked_all(heads: list[bytes]) -> list[Standing]:
    with chain.uncollected():
        return [_unpacked(row) for row in from_json(b"[%s]" % b",".join(heads))]


def _unpacked(data: list[Any]) -> Standing:
    """A standing as it was before it was written as JSON."""
    *head, values, budget, verdict, predict, persona = data
    values = {name: Value(*value) for name, value in values.items()}
    judged = None if verdict is None else Judged(*verdict)
    return Standing(*[*head, values, budget, judged, predict, persona])


class _Cache:
    """Records in the order of the ledger: ``entry's hash, check, JSON, tab, JSON``, one a line.

    The first line names the code that made them. The check is its CRC-32, so that a damaged file shows.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.made_by = f"leaderboard 1 {_code()}".encode()
        self._old: list[bytes] = []
        with contextlib.suppress(OSError):
            self._old = path.read_bytes().split(b"\n")
        self._fits = bool(self._old) and self._old[0] == self.made_by
        self._size = sum(len(line) + 1 for line in self._old) - 1
        self._at = 1
        self._new: list[bytes] = []
        self._records = 0

    def record(self, hash_: str) -> bytes | None:
        """The next record, where it is this entry's and whole; after the first that is not, none is taken."""
        self._records += 1
        if not self._fits or self._at >= len(self._old):
            self._fits = False
            return None
        line = self._old[self._at]
        record = line[74:]
        if line[:64] != hash_.encode() or line[65:73] != b"%08x" % zlib.crc32(record):
            self._fits = False
            return None
        self._at += 1
        return record

    def add(self, hash_: str, parts: list[Any]) -> bytes:
        """Takes a new record."""
        record = "\t".join(json.dumps(part, separators=(",", ":")) for part in parts).encode()
        self._new.append(b"%s %08x %s" % (hash_.encode(), zlib.crc32(record), record))
        return record

    def close(self) -> None:
        """Writes what is new: behind the rest, or the file anew where the rest does not fit."""
        if not self._new or self._records < KEPT_FROM:
            return
        kept = self._old[1 : self._at]
        new = b"".join(line + b"\n" for line in self._new)
        with contextlib.suppress(OSError), locked(self.path.with_name("leaderboard.lock")):  # a disk may be read-only
            if kept and self._at == len(self._old) - 1 and self.path.stat().st_size == self._size:
                with open(self.path, "ab") as file:
                    file.write(new)
            else:
                write_file(self.path, b"".join(line + b"\n" for line in (self.made_by, *kept)) + new)


@functools.cache
def _code() -> str:
    """sha256 of the sources that decide what a record says."""
    digest = hashlib.sha256()
    for module in (__file__, stats.__file__, cells.__file__, nouns.__file__, ledger.__file__):
        digest.update(Path(module).read_bytes())
    return digest.hexdigest()
