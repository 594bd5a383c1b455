"""What stands in the store for a round that was written and not run: a corpus that no row of the ledger names yet.

It is known by its plan, which holds the recipe that it was written by. A recipe that was changed since has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from greenlight.errors import StudyError, UserError
from greenlight.nouns import Artifact, Round, canonical
from greenlight.recipe import Recipe, VoicesCorpus
from greenlight.store import DONE
from greenlight.study import Study

NOT_RUN = "it was written, and has not been run"
"""The reason of such a row."""


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
