"""What stands in the store for a round that was written and not run: a corpus that no row of the ledger names yet.

It is known by its plan, which holds the recipe that it was written by. A recipe that was changed since has none. Where
a corpus was not written to its end, there are the answers that voices gave for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight.answers import Answers, key_of, recorded, voices_of
from greenlight.blend import plan
from greenlight.corpus import row_of, stream
from greenlight.errors import StudyError, UserError
from greenlight.nouns import Artifact, Round, canonical
from greenlight.parts import make
from greenlight.places import again
from greenlight.prices import Bill
from greenlight.quarantine import IN_STUDY, Held, of_sample, released
from greenlight.recipe import Recipe, VoicesCorpus
from greenlight.store import DONE
from greenlight.study import Study
from greenlight.write import ANSWERS, Writer

NOT_RUN = "it was written, and has not been run"
"""The reason of such a row."""
IN_PART = "it has no corpus, and another round may have asked for them"
"""The reason of a row that has answers and no corpus; rounds of one voice and one brief ask for the same."""
NOBODY = "no voice of now"
"""Under whom answers are counted whose voice is in no recipe as it now is."""


def of_round(study: Study, number: int) -> Round | None:
    """The row of a round whose corpus was written, as a run would have left it that stopped before it trained.

    Its artifacts are ``corpus`` and, where it was screened, ``kept``. None where the ledger has the round's corpus, and
    where nothing was written by its recipe as it now is.
    """
    row = study.ledger.latest().get(number)
    if number not in study.files() or (row is not None and "corpus" in row.artifacts):
        return None
    return _row(study, number, steps(study, "corpus"))


def rows(study: Study) -> list[Round]:
    """Such a row of every round for which a corpus stands in the store that no row of the ledger names."""
    named = {a.name for row in study.ledger.latest().values() for a in row.artifacts.values()}
    left = [(path, step) for path, step in steps(study, "corpus") if step.name not in named]
    try:
        numbers = list(study.files()) if left else []
    except StudyError:  # a file that is no round: it is said by whoever runs one
        return []
    found = (_row(study, number, left) for number in numbers)
    return [row for row in found if row is not None]


def refused(study: Study, number: int) -> tuple[Round, list[Held]] | None:
    """What the gates refuse of the answers that are recorded for a round without a corpus, in the order of its plan.

    None where nothing was answered by its recipe as it now is. Its row has no artifacts. The gates judge anew.
    """
    if number not in study.files() or study.makes_character(number):
        return None
    if not isinstance((recipe := study.recipe(number)).corpus, VoicesCorpus):
        return None
    corpus, brief = recipe.corpus, recipe.corpus.brief
    gates = {name: make("gates", name, options) for name, options in recipe.gates.each.items()}
    voices = voices_of(corpus, corpus.blend, study.store, replay=True)
    writer = Writer(corpus, voices, gates, study.store.folder / ANSWERS)
    free, found, there = released(study.folder / IN_STUDY), list[Held](), dict[str, Path]()
    draws = plan(corpus)
    for name in corpus.blend:
        if not (path := writer.path_of(name)).exists():
            continue
        with Answers(path) as answers:
            for draw in (one for one in draws if one.voice == name):
                for attempt in range(corpus.attempts):
                    answer = answers.get(key_of(again(draw, attempt), brief))
                    if answer is None:  # it never came, or was not asked for
                        continue
                    there[name] = path
                    sample = writer.sample(draw, attempt, answer)
                    flag = next(filter(None, (gate.check(sample, brief) for gate in gates.values())), None)
                    if flag is None:
                        break
                    found.append(of_sample(len(found) + 1, row_of(sample), flag.data()))
                    if sample.sha256 in free:
                        break
    if not there:
        return None
    row = _unrun(study, number, recipe, {}, max(there.values(), key=lambda path: path.stat().st_mtime_ns))
    return row.model_copy(update={"reason": IN_PART}), found


def unbilled(study: Study) -> Bill:
    """What answers of servers cost that no corpus of a round in the ledger has, by voice.

    They were given for rounds that were not run, for calibrations, or for a recipe that was changed since. A voice that
    no recipe has now stands as ``NOBODY``, and what it cost is unknown.
    """
    billed, found, parts = set[tuple[str, str]](), Bill(), dict[str, tuple[str, Any]]()
    if not (files := sorted((study.store.folder / ANSWERS).glob("*.jsonl"))):
        return found
    ledger = study.ledger.path.read_bytes() if study.ledger.path.exists() else b""
    for path in study.store.folder.glob("corpus-*/*.parquet"):
        # the ledger is searched, not read: it may be large, or of another version
        if f'"{path.parent.name.removeprefix("corpus-")}'.encode() in ledger:
            told = stream(path, ("voice_fingerprint", "request"))
            billed |= {(str(one["voice_fingerprint"])[:16], str(one["request"])) for one in told}
    numbers = list[int]()
    with suppress(StudyError):  # a file that is no round, as a recipe with a mistake, is told by whoever runs one
        numbers += study.files()
    for number in numbers:
        with suppress(UserError):
            if isinstance(corpus := study.recipe(number).corpus, VoicesCorpus):
                writer = Writer(corpus, {}, {}, study.store.folder / ANSWERS)
                for name, options in corpus.voices.items():
                    parts[writer.path_of(name).stem] = name, make("generators", name, options)
    for path in files:
        name, part = parts.get(path.stem, (NOBODY, None))
        for key, answer in recorded(path) if part is None or hasattr(part, "price_in") else ():
            if (path.stem, key) not in billed:
                found.add(name, answer, part if part is not None else Unpriced)
    return found


class Unpriced:
    """A voice of which nothing is known any more."""

    price_in = price_out = None


def problems(study: Study) -> tuple[int, list[str]]:
    """How many files of such corpora were checked, and one line for each that is not what was written."""
    checked, bad, seen = 0, list[str](), set[str]()
    for row in rows(study):
        for artifact in row.artifacts.values():
            if artifact.name in seen:
                continue
            seen.add(artifact.name)
            checked += len(artifact.files)
            bad += [
                f"round {row.number}, written and not run: {line}: delete the folder {study.store.path(artifact)} and "
                f"write it again (greenlight write {study.folder} {row.number})"
                for line in study.store.damaged(artifact)
            ]
    return checked, bad


def _row(study: Study, number: int, corpora: Iterable[tuple[Path, Artifact]]) -> Round | None:
    try:
        recipe = study.recipe(number)
    except UserError:  # it is said by whoever needs the recipe
        return None
    if not isinstance(recipe.corpus, VoicesCorpus):
        return None
    made = _last(corpora, {"corpus": recipe.corpus.data(), "gates": recipe.gates.each})
    if made is None:
        return None
    path, corpus = made
    screened = [(p, a) for p, a in steps(study, "kept") if a.made_from.get("corpus") == corpus.fingerprint]
    kept = _last(screened, {"gates": recipe.gates.whole})
    artifacts = {"corpus": corpus} | ({"kept": kept[1]} if kept else {})
    return _unrun(study, number, recipe, artifacts, path)


def _unrun(study: Study, number: int, recipe: Recipe, artifacts: dict[str, Artifact], path: Path) -> Round:
    return Round(
        number=number,
        slug=study.slug(number),
        question=recipe.question,
        status="crash",
        reason=NOT_RUN,
        against=recipe.against_number,
        seeds=recipe.seeds,
        recipe=recipe.data(),
        recipe_fingerprint=recipe.hash,
        yardstick=str(artifacts["kept"].plan.get("yardstick", "")) if "kept" in artifacts else "",
        artifacts=artifacts,
        started=datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds"),
    )


def _last(steps: Iterable[tuple[Path, Artifact]], plan: dict[str, object]) -> tuple[Path, Artifact] | None:
    """The newest step with this in its plan: one that was written again after a release is another with the same."""
    settled = json.loads(canonical(plan))
    fits = [(path, step) for path, step in steps if {key: step.plan.get(key) for key in settled} == settled]
    return max(fits, key=lambda one: one[0].stat().st_mtime_ns, default=None)


def steps(study: Study, kind: str) -> list[tuple[Path, Artifact]]:
    """The finished steps of a kind with the files of their records; one whose record cannot be read is none."""
    found = []
    for path in sorted(study.store.folder.glob(f"{kind}-*/{DONE}")):
        try:
            found.append((path, Artifact.model_validate_json(path.read_bytes())))
        except (ValidationError, OSError):
            continue
    return found
