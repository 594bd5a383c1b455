"""A release: a round frozen as a folder that rebuilds its model and says what it holds, without its study.

    recipe.toml  round.json        the effective recipe; the ledger's row, with every score's values
    corpus/                        what the models were trained on, with manifest and card (``publish.describe``)
    model/<seed>/                  weights, settings, tokenizer and loss curve of the seeds that were chosen
    yardstick/                     the search part, and the hashes of all parts
    README.md  .gitignore          the model card; weights are not meant for git
    release.json                   written last: what was released, and the sha256 of every other file

``release.json`` has a seal, the hash of all that it says. A folder that was changed and sealed again is found out by
measuring it, by training again (``rebuild``), or by the hash that the release's tag names.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field, ValidationError

from greenlight import manifest
from greenlight.corpus import KEPT, SHARD
from greenlight.errors import InputError, RecipeError, StudyError
from greenlight.exports._target import aside
from greenlight.nouns import Better, Noun, Round, Score, fingerprint
from greenlight.outside import read_bytes
from greenlight.publish import describe
from greenlight.recipe import Recipe
from greenlight.round import machine
from greenlight.separate import toml_text
from greenlight.store import file_sha256, locked, write_file
from greenlight.study import Study
from greenlight.yardstick import LOCK

NAME, FOLDER = "release.json", "releases"
RECIPE, ROUND, CARD = "recipe.toml", "round.json", "README.md"
CORPUS, MODEL, YARD, HASHES = "corpus", "model", "yardstick", "hashes.json"
WEIGHTS, CURVE = "model.safetensors", "metrics.jsonl"
MODEL_FILES = (WEIGHTS, "config.json", "tokenizer.json", CURVE)
YARD_FILES = ("yardstick.json", "search.jsonl")
PACKAGES = ("greenlight-studio", "torch", "numpy", "scipy", "safetensors", "tokenizers", "pyarrow", "pydantic")
TAG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|lock$|$)){0,63}")
"""What git takes as a tag, and every file system as a folder."""
IGNORED = (
    "# weights are not meant for git: hand them on beside it, or train them again from the recipe\n*.safetensors\n"
)
OPEN = ("packages", "instructions", "files", "seal")
"""What ``said`` leaves open."""
HEAD = """# Round {number} of “{title}”, whole: what the study wrote, with every default.
# In a study, as rounds/NN-name.toml, it is a round; the round that it names with against must be there.

"""


class Told(Noun):
    """One metric of a released round: its mean over seeds, half of its 95 % interval, and each seed's own value."""

    unit: str
    better: Better
    value: float | None = None
    half_width: float | None = None
    per_seed: dict[str, float] = {}
    invalid: str = ""


class Release(Noun):
    """``release.json``. ``files``: sha256 by path in the folder; ``seal`` is the fingerprint of all but itself."""

    version: Literal[1] = 1
    tag: str
    study: str
    round: int
    slug: str
    outcome: str
    sentence: str
    seeds: tuple[int, ...] = Field(min_length=1)
    weights: tuple[int, ...] = Field(min_length=1)
    recipe_fingerprint: str
    yardstick: str
    corpus: dict[str, Any]
    models: dict[str, dict[str, str]]
    scores: dict[str, Told]
    machine: dict[str, Any]
    commit: str
    packages: dict[str, str]
    instructions: str = Field(description="hash of the processor's flags, where it was released on the round's machine")
    files: dict[str, str]
    seal: str = ""

    def sealed(self) -> Release:
        return self.model_copy(update={"seal": fingerprint({**self.data(), "seal": ""})})


@dataclass(frozen=True)
class Wanted:
    """``tag``: default ``NN-slug``; ``out``: default ``releases/TAG`` in the study; ``seeds``: whose weights go in."""

    tag: str = ""
    out: Path | None = None
    seeds: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Words:
    """What the report says of a round: the card's text (markdown), and half of the interval of each score."""

    card: str
    halves: Mapping[str, float | None]


@dataclass(frozen=True)
class Made:
    """``found``: it was there already, whole and the same."""

    folder: Path
    release: Release
    found: bool

    @property
    def tag_command(self) -> str:
        """What tags it in git, with the hash that a later reader compares."""
        one = self.release
        said = f"release.json of round {one.round} ({one.slug}), {one.outcome}"
        sha = f"sha256 {file_sha256(self.folder / NAME)}"
        return f"git tag -a {shlex.quote(one.tag)} \\\n  -m {shlex.quote(said)} \\\n  -m {shlex.quote(sha)}"


def told(score: Score, half: float | None) -> Told:
    """What a release says of a score; ``half`` is half of its interval."""
    if score.invalid:
        return Told(unit=score.unit, better=score.better, invalid=score.invalid)
    own = {str(seed): value for seed, value in zip(score.seeds, score.per_seed, strict=True)}
    return Told(unit=score.unit, better=score.better, value=score.value, half_width=half, per_seed=own)


def outcome(row: Round) -> str:
    """Of its verdict; ``none`` where it was compared with no other round."""
    return row.verdict.outcome if row.verdict else "none"


def packages() -> dict[str, str]:
    """The versions of what decides a model's numbers here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def instructions() -> str:
    """A hash of what the processor can do, for many have the same name; empty where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith(("flags", "Features"))), [])
    return fingerprint(sorted(flags))[:16] if flags else ""


def same_machine(then: Mapping[str, Any]) -> bool:
    """Whether processor, system and torch have the names that they had (``round.machine``)."""
    now = machine()
    return all((then.get(name) or "") == (now.get(name) or "") for name in ("cpu", "gpu", "system", "torch"))


# ---------------------------------------------------------------- reading one


def read(folder: Path) -> Release:
    """Raises InputError where ``release.json`` is missing, damaged or of another version."""
    try:
        found = Release.model_validate(json.loads(read_bytes(folder / NAME)))
        found.sealed()  # no seal can be of what is no number or no text, such as NaN
    except (ValidationError, ValueError, RecursionError):
        raise InputError(
            f"{folder / NAME} is damaged, or of another version of Greenlight: copy the folder again from where it was "
            "released"
        ) from None
    return found


def listed(study: Path) -> list[tuple[str, Release, str]]:
    """(path in the study, release, sha256 of its ``release.json``) of each in ``releases/``, by name.

    One that cannot be read is left out here: ``greenlight verify`` names it.
    """
    found = []
    for path in sorted((study / FOLDER).glob(f"[!.]*/{NAME}")):
        try:
            found.append((f"{FOLDER}/{path.parent.name}", read(path.parent), file_sha256(path)))
        except (InputError, OSError):
            continue
    return found


def damaged(folder: Path, release: Release, weights: bool = True) -> list[str]:
    """One line for each file that is missing, changed or foreign; without ``weights`` these may be absent."""
    bad = [] if release.sealed() == release else [f"{NAME} was edited: its seal is not that of what it says"]
    for name, sha in release.files.items():
        path = folder / name
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or path.is_symlink():
            bad.append(f"{name} lies outside the release, or is a link: no release has such a file")
        elif not path.is_file():
            if weights or path.suffix != ".safetensors":
                bad.append(f"{name} is missing: {_without(name)}")
        elif file_sha256(path) != sha:
            bad.append(f"{name} was changed: its sha256 is not the one that was released")
    there = (path.relative_to(folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    names = (path.as_posix() for path in there if not any(part.startswith(".") for part in path.parts))
    foreign = sorted(name for name in names if name not in {NAME, *release.files})
    return bad + [f"{name} is no file of this release" for name in foreign[:5]]


def _without(name: str) -> str:
    if name == f"{CORPUS}/{SHARD}":
        return "without the corpus no model can be trained again; copy it from where it was released"
    if name.endswith(WEIGHTS):
        return (
            "git ignores weights; copy them from where they were released, or train them: --rebuild --share 1 --out DIR"
        )
    return "copy it again from where it was released"


# ---------------------------------------------------------------- writing one


def release(study: Study, number: int, wanted: Wanted, words: Words) -> Made:
    """Writes the folder of a round, whole or not at all; one that is there already, whole and the same, is found.

    Raises StudyError where the round has not ended well, makes a character, has lost its corpus or its weights, or
    where something else is at the target; RecipeError for a tag or seeds that cannot be.
    """
    row = study.round(number)
    if row.recipe.get("use") == "character":
        raise StudyError(
            f"round {number} makes a character, which has no release: its model is a Hugging Face folder as it is, "
            f"runs/{row.number:02d}-{row.slug}/{row.seeds[0]}, with its report card beside it"
        )
    tag = wanted.tag or f"{row.number:02d}-{row.slug}"
    if TAG.fullmatch(tag) is None:
        raise RecipeError(f"--tag {tag}: a tag has letters, digits, '.', '_' and '-', 64 at most, and begins with none")
    if row.yardstick != study.yardstick.hash:
        raise StudyError(f"round {number} was measured on another yardstick than the study's: run it again")
    seeds = wanted.seeds or row.seeds[:1]
    if unknown := [seed for seed in seeds if seed not in row.seeds]:
        raise RecipeError(f"--seeds {unknown[0]}: round {number} has the seeds {', '.join(map(str, row.seeds))}")
    target = wanted.out or study.folder / FOLDER / tag
    wished = said(study.card.title, row, (tag, seeds), words.halves)
    with locked(study.store.folder / "locks" / "release"):
        if os.path.lexists(target):
            return Made(target, _found(target, wished), True)
        sources = _sources(study, row, seeds)
        with aside(target, NAME) as folder:
            made = _filled(folder, study, row, wished, sources, words)
    return Made(target, made, False)


def said(title: str, row: Round, chosen: tuple[str, tuple[int, ...]], halves: Mapping[str, float | None]) -> Release:
    """What is known of a release before a file of it is written; ``chosen``: its tag, and the seeds of its weights."""
    kept, tag, seeds = row.artifacts["kept"], *chosen
    return Release(
        tag=tag,
        study=title,
        round=row.number,
        slug=row.slug,
        outcome=outcome(row),
        sentence=row.verdict.sentence if row.verdict else "",
        seeds=row.seeds,
        weights=seeds,
        recipe_fingerprint=row.recipe_fingerprint,
        yardstick=row.yardstick,
        corpus={
            "kind": row.recipe["corpus"]["use"],
            "sha256": kept.files.get(KEPT),
            **{key: kept.facts.get(key) for key in ("documents", "characters", "shares")},
        },
        models={str(seed): dict(row.artifacts[f"model-{seed}"].files) for seed in row.seeds},
        scores={name: told(score, halves.get(name)) for name, score in sorted(row.scores.items())},
        machine=row.machine,
        commit=row.code,
        packages={},
        instructions="",
        files={},
    )


def _found(target: Path, wished: Release) -> Release:
    """The release that is there already. Raises StudyError unless it is whole and the one that would be written."""
    away = "name another with --tag or --out, or move this one away"
    try:
        there = read(target)
    except InputError:
        raise StudyError(f"{target} is there already, and is no release of greenlight: {away}") from None
    mine, wanted = there.data(), wished.data()
    if other := [key for key in wanted if key not in OPEN and mine[key] != wanted[key]]:
        raise StudyError(f"{target} holds another release (its {other[0]} differs): {away}")
    if bad := damaged(target, there):
        raise StudyError(f"{target} is not whole ({bad[0]}): move it away, and release the round again")
    return there


# ---------------------------------------------------------------- its files


def _sources(study: Study, row: Round, seeds: tuple[int, ...]) -> dict[str, tuple[Path, str]]:
    """(where its bytes are, their sha256) by path in the release, of corpus and models.

    Raises StudyError for what is neither in the store nor published, as it was when the round ended.
    """
    name, store = f"{row.number:02d}-{row.slug}", study.store
    kept = row.artifacts["kept"]
    published = study.folder / "corpora" / name / SHARD
    places = {f"{CORPUS}/{SHARD}": ((store.path(kept) / KEPT, published), kept.files[KEPT])}
    for seed in seeds:
        model = row.artifacts[f"model-{seed}"]
        run = study.folder / "runs" / name / str(seed)
        for file in MODEL_FILES:
            if file in model.files:
                places[f"{MODEL}/{seed}/{file}"] = ((store.path(model) / file, run / file), model.files[file])
    found = {}
    for path, (candidates, sha) in places.items():
        whole = next((one for one in candidates if one.is_file() and file_sha256(one) == sha), None)
        if whole is None:
            state = "was changed" if any(one.is_file() for one in candidates) else "is gone"
            what = "the corpus" if path.startswith(CORPUS) else path
            again = f"greenlight run {shlex.quote(str(study.folder))} {row.number} makes it again"
            raise StudyError(f"{what} of round {row.number} {state} (store and published copy): {again}")
        found[path] = (whole, sha)
    return found


def _filled(
    folder: Path, study: Study, row: Round, wished: Release, sources: Mapping[str, tuple[Path, str]], words: Words
) -> Release:
    """Writes every file of the release; ``release.json`` last."""
    for name, (source, _) in sources.items():
        _copied(source, folder / name)
    shard = folder / CORPUS / SHARD
    found = manifest.seen(shard)
    describe(row, study.card.title, shard.parent, found, {SHARD: found.documents})
    write_file(folder / RECIPE, recipe_text(row, study.card.title))
    write_file(folder / ROUND, json.dumps(row.data(), indent=1, ensure_ascii=False) + "\n")
    for name in YARD_FILES:
        write_file(folder / YARD / name, read_bytes(study.yardstick.folder / name))
    hashes = json.loads(read_bytes(study.yardstick.folder / LOCK))["files"]
    write_file(folder / YARD / HASHES, json.dumps(hashes, indent=1) + "\n")
    write_file(folder / ".gitignore", IGNORED)
    write_file(folder / CARD, words.card)
    files = {
        path.relative_to(folder).as_posix(): file_sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
    for name, (_, sha) in sources.items():
        if files[name] != sha:
            raise StudyError(f"{name} changed while it was copied: run the same command again")
    its = {"packages": packages(), "instructions": instructions() if same_machine(row.machine) else "", "files": files}
    made = wished.model_copy(update=its).sealed()
    write_file(folder / NAME, json.dumps(made.data(), indent=1, ensure_ascii=False) + "\n")
    return made


def _copied(source: Path, target: Path) -> None:
    """No second name of the same bytes, for what leaves the study may be changed there; flushed to disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(source, "rb") as read_from, open(target, "wb") as file:
        shutil.copyfileobj(read_from, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def recipe_text(row: Round, title: str) -> str:
    """The effective recipe as TOML that gives it back whole. Raises StudyError where it would not."""
    head = HEAD.format(number=row.number, title=" ".join("".join(c if c.isprintable() else " " for c in title).split()))
    recipe = Recipe.model_validate(row.recipe)
    text = head + toml_text(_stated(recipe.data()))
    if Recipe.model_validate(tomllib.loads(text)).hash != recipe.hash:
        raise StudyError(f"the recipe of round {row.number} cannot be written as TOML: it would not come back the same")
    return text


def _stated(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is unset, which TOML has no word for."""
    return {k: _stated(v) if isinstance(v, Mapping) else v for k, v in data.items() if v is not None}
