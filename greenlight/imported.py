"""Stories from outside as a round's corpus: whole topics, none of them held out, in the shares that were asked for.

A study's import lies in ``imported/samples.parquet``, verified once when the study was made. A round takes topics from
it, each with all its levels, and writes their control lines by its own brief.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenlight import corpus as corpora
from greenlight import mentions, parts, rulings
from greenlight.errors import RoundError
from greenlight.nouns import Accounting, Artifact, Flag, Text
from greenlight.recipe import ImportedCorpus, PartTable
from greenlight.store import Store, file_sha256
from greenlight.turns import turns
from greenlight.yardstick import Asking

REFUSED = "refused.parquet"
Group = list[Text]
"""The stories of one topic by one writer, a level each, levels rising."""


@dataclass
class Groups:
    """What an import holds: whole groups by writer, in a drawn order; and why other stories are in none."""

    by_voice: dict[str, list[Group]]
    left_out: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[Text, Flag]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.by_voice.values()))


def take(recipe: ImportedCorpus, gates: PartTable, held: set[str], study: Path, store: Store) -> Artifact:
    """The corpus of a round, as an artifact with ``samples.parquet`` and ``refused.parquet``.

    ``held`` are the topics of the yardstick. Its facts hold the accounting, what was ``left_out`` and why, and the
    ``cuts`` between measured levels. Raises RoundError when the import changed, or has too few topics of a voice.
    """
    modules = sorted(parts.module_of("gates", name, options) for name, options in gates.items())

    def make(folder: Path) -> dict[str, Any]:
        path = study / recipe.source
        if file_sha256(path) != recipe.source_sha256:
            raise RoundError(f"{recipe.source} changed while the round was read: run it again")
        found = groups(corpora.load(path), recipe, held)
        _refuse(found, gates, recipe)
        there = {voice: len(mine) for voice, mine in found.by_voice.items()}
        taken = [sample for group in chosen(found, recipe) for sample in group]
        cuts = _cuts(taken, recipe) if recipe.labels == "measured" else ()
        asking = Asking(brief=recipe.brief, cuts=cuts)
        said = rulings.decided({name: parts.make("gates", name, options) for name, options in gates.items()})
        corpora.save((_labelled(sample, asking, said) for sample in taken), folder / corpora.FILE)
        corpora.save([s for s, _ in found.refused], folder / REFUSED, [f for _, f in found.refused])
        refused = Counter(flag.gate for _, flag in found.refused)
        account = Accounting(asked=len(taken) + refused.total(), kept=len(taken), refused=dict(sorted(refused.items())))
        by_voice = {v: {"asked": n, "kept": n, "failed": 0} for v, n in Counter(s.made.voice for s in taken).items()}
        for sample, flag in found.refused:
            mine = by_voice.setdefault(sample.made.voice, {"asked": 0, "kept": 0, "failed": 0})
            mine["asked"] += 1
            mine[flag.gate] = mine.get(flag.gate, 0) + 1
        account = account.model_copy(update={"by_voice": by_voice})
        return {
            "accounting": account.data(),
            "cuts": list(cuts),
            "left_out": found.left_out,
            "truth": {},
            "usable": there,
        }

    plan = {"corpus": _drawn_from(recipe), "gates": gates, "held": sorted(held)}
    return store.step("corpus", plan, {}, make, ("greenlight.imported", *modules))


def _drawn_from(recipe: ImportedCorpus) -> dict[str, Any]:
    """What decides the corpus: whom a prompt names when a model is asked is no part of it."""
    return {key: value for key, value in recipe.data().items() if key != "writer"}


def groups(samples: Sequence[Text], recipe: ImportedCorpus, held: set[str]) -> Groups:
    """The stories by writer and topic, in an order drawn with the recipe's seed: groups that have every level once.

    The order of a writer's topics does not depend on the blend or the size, so a larger corpus holds a smaller one.
    """
    cells: dict[tuple[str, str], Group] = {}
    for sample in samples:
        cells.setdefault((sample.made.voice, sample.made.topic), []).append(sample)
    wanted, found, left = list(range(1, recipe.brief.levels + 1)), dict[str, list[Group]](), Counter[str]()
    for (voice, topic), group in sorted(cells.items()):
        if topic in held:
            left["held out"] += len(group)
        elif sorted(s.made.level for s in group) != wanted:
            left["topic without every level once"] += len(group)
        elif any(s.made.finish_reason == "length" for s in group):
            left["topic with an unfinished story"] += len(group)
        else:
            found.setdefault(voice, []).append(sorted(group, key=lambda s: s.made.level))
    for voice, mine in found.items():
        random.Random(f"{recipe.seed} {voice}").shuffle(mine)
    return Groups(found, dict(left))


def _refuse(found: Groups, gates: PartTable, recipe: ImportedCorpus) -> None:
    """Takes the groups out in which a gate refuses a story: a topic without one of its levels is no topic."""
    checks = [parts.make("gates", name, options) for name, options in gates.items()]
    for voice, mine in found.by_voice.items():
        whole = []
        for group in mine:
            flags = [next(filter(None, (c.check(s, recipe.brief) for c in checks)), None) for s in group]
            found.refused += [(s, flag) for s, flag in zip(group, flags, strict=True) if flag is not None]
            if not any(flags):
                whole.append(group)
            elif kept := sum(flag is None for flag in flags):
                key = "topic with a refused story"
                found.left_out[key] = found.left_out.get(key, 0) + kept
        found.by_voice[voice] = whole


def chosen(found: Groups, recipe: ImportedCorpus) -> list[Group]:
    """The groups that a recipe takes, in the order in which the voices have their turns.

    Raises RoundError when a voice of the blend has too few, naming it and what it has.
    """
    levels = recipe.brief.levels
    blend = recipe.blend or {voice: len(mine) / max(1, found.count) for voice, mine in found.by_voice.items()}
    if unknown := sorted(set(blend) - set(found.by_voice)):
        known = ", ".join(sorted(found.by_voice)) or "no whole topic"
        raise RoundError(
            f"the blend names '{unknown[0]}', which wrote nothing that may be used; the import has {known}"
        )
    if not found.count:
        raise RoundError(f"the import has no topic with all {levels} levels that may be trained on")
    there = {voice: len(mine) for voice, mine in found.by_voice.items()}
    size = recipe.size or levels * (found.count if not recipe.blend else most(there, blend))
    order = turns(blend, size // levels)
    for voice, needed in sorted(Counter(order).items()):
        if needed > there[voice]:
            raise RoundError(
                f"{size} stories of this blend need {needed} topics by '{voice}', and {there[voice]} may be used: "
                f"set corpus.size to {levels * most(there, blend)} or less, or give it a smaller share"
            )
    stacks = {voice: iter(mine) for voice, mine in found.by_voice.items()}
    return [next(stacks[voice]) for voice in order]


def most(there: Mapping[str, int], blend: Mapping[str, float]) -> int:
    """The most topics that can be taken in these shares, where ``there`` are each voice's."""
    at_most = min(int((there[v] + 1) / share) + 1 for v, share in blend.items() if share > 0)
    for count in range(at_most, 0, -1):
        if all(n <= there[v] for v, n in Counter(turns(blend, count)).items()):
            return count
    return 0


def _cuts(samples: Sequence[Text], recipe: ImportedCorpus) -> tuple[int, ...]:
    """Counts between the measured levels: those that make the levels' sizes as equal as equal counts let them be.

    Least squares over all ways to cut the distinct counts into so many runs (by dynamic programming, as in Fisher
    1958, J. Am. Stat. Assoc. 53, 789–798). Raises RoundError where there are fewer distinct counts than levels.
    """
    found = Counter(mentions.count(sample.body, recipe.brief.pattern) for sample in samples)
    counts, levels = sorted(found), recipe.brief.levels
    if len(counts) < levels:
        raise RoundError(
            f"the stories have {len(counts)} different counts of '{recipe.brief.pattern}', too few for {levels} "
            "levels: count other words, or set corpus.labels = 'asked'"
        )
    sums = list(itertools.accumulate((found[count] for count in counts), initial=0))
    best: list[tuple[int, tuple[int, ...]]] = [(sums[i] ** 2, ()) for i in range(1, len(counts) + 1)]
    for runs in range(2, levels + 1):
        best = [
            min((best[j][0] + (sums[i + 1] - sums[j + 1]) ** 2, (*best[j][1], counts[j])) for j in range(runs - 2, i))
            if i >= runs - 1
            else (0, ())
            for i in range(len(counts))
        ]
    return best[-1][1]


def _labelled(sample: Text, asking: Asking, gates: str) -> Text:
    """With the control line, and the level, that the brief gives it; what it was asked for stays in its provenance."""
    made = sample.made.model_copy(update={"gates": gates})
    level = asking.level(sample.body, made.level)
    if level != made.level:
        made = made.model_copy(update={"level": level, "params": {**made.params, "asked_level": made.level}})
    return sample.model_copy(update={"control": asking.brief.control_line(made.topic, level, made.voice), "made": made})
