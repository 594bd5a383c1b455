"""Recomputes every hash of a study, a corpus or a release, and says what is wrong with which row."""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenlight import manifest, unrun
from greenlight import release as releases
from greenlight.chain import backwards
from greenlight.corpus import BETWEEN, KEPT, OFFSETS, SHARD, hashes, stream
from greenlight.errors import GreenlightError, InputError
from greenlight.nouns import Round, canonical, fingerprint
from greenlight.outside import read_bytes
from greenlight.progress import Watch
from greenlight.publish import published
from greenlight.store import file_sha256
from greenlight.study import Study

if TYPE_CHECKING:
    from greenlight.rebuild import Compared, Rebuilt

WEIGHTS = ".safetensors"
"""Files of this kind are not committed, and may be absent."""
UNREADABLE = "and cannot be checked"
MOST = 50
"""Lines about the rows of one file."""
WRONG = {
    "sha256": "text and sha256 differ",
    "body_sha256": "body and body_sha256 differ",
    "raw_sha256": "raw text and raw_sha256 differ",
    "prompt_sha256": "prompt and prompt_sha256 differ",
}


def problems(study: Study) -> tuple[int, list[str]]:
    """How many things were checked, and one line for each that is wrong.

    Checked: the ledger's chain and its head in ``leaderboard.md``; the yardstick's lock; every file of the artifacts
    that the ledger names, where the store has them, and of corpora that were written and not run (``unrun``); every
    published corpus, row by row; that every other file that is meant to be committed is there; every release's hashes.
    """
    checked, bad = 0, []
    try:
        lines = study.ledger.lines()
        checked += len(lines)
    except GreenlightError as error:
        return 1, [str(error)]
    checked += 1
    bad += _tables(study, any(line.kind == "round" for line in lines))
    checked += 1
    try:
        yardstick = study.yardstick.hash
    except GreenlightError as error:
        bad.append(str(error))
        yardstick = ""
    for entry in study.ledger.entries("import"):
        checked += 1
        bad += _imported(study.folder / str(entry.body["samples"]), str(entry.body["samples_sha256"]))
    for row in study.ledger.latest().values():
        if yardstick and row.yardstick != yardstick:
            bad.append(
                f"round {row.number} was measured on yardstick {row.yardstick[:12]}, the study now has {yardstick[:12]}"
            )
        for artifact in row.artifacts.values():
            if study.store.has(artifact):
                checked += len(artifact.files)
                bad += [f"round {row.number}: {line}" for line in study.store.damaged(artifact)]
        seen, wrong = _corpus(study.folder / "corpora" / f"{row.number:02d}-{row.slug}", row)
        checked += seen
        bad += wrong
        gone = [path for path in _runs(row, study) if path.suffix != WEIGHTS and not path.exists()]
        checked += 1
        bad += [f"{_named(gone, study)} missing: restore from git, or run round {row.number} again"] if gone else []
    seen, wrong = unrun.problems(study)
    checked, bad = checked + seen, bad + wrong
    for path in sorted(path for path in (study.folder / releases.FOLDER).glob("[!.]*") if path.is_dir()):
        checked += 1
        try:
            one = releases.read(path)
        except InputError as error:
            bad.append(str(error))
            continue
        checked += len(one.files)
        bad += [f"{releases.FOLDER}/{path.name}: {line}" for line in releases.damaged(path, one, False)]
    return checked, bad


def _imported(path: Path, sha256: str) -> list[str]:
    """What is wrong with the stories that a study was made from."""
    if not path.exists():
        return [f"imported/{path.name} is missing: restore it from git, or import the stories again into a new study"]
    if file_sha256(path) != sha256:
        return [f"imported/{path.name} was changed since the study was made: restore it from git"]
    return []


def remarks(study: Study) -> list[str]:
    """What is no damage, and must be known: a clock that went back, a torn line, weights that are not here.

    Empty for a ledger that cannot be read, which ``problems`` names.
    """
    try:
        found, rows = backwards(study.ledger.lines()), study.ledger.latest()
    except GreenlightError:
        return []
    if torn := study.ledger.torn():
        found.append(f"{torn:,} bytes of a torn line end the ledger: the next run sets them aside in ledger.torn")
    gone: dict[int, int] = {}
    for number, row in rows.items():
        if count := sum(path.suffix == WEIGHTS and not path.exists() for path in _runs(row, study)):
            gone[number] = count
    if gone:
        count, numbers = sum(gone.values()), " ".join(map(str, gone))
        what = "1 file of weights is" if count == 1 else f"{count} files of weights are"
        again = f"greenlight run {shlex.quote(str(study.folder))} {numbers}"
        found.append(f"{what} not in runs (git ignores such files): {again} makes them again")
    return found


def _runs(row: Round, study: Study) -> list[Path]:
    """The files that a finished round has in ``runs``."""
    return published(row, study.folder) if row.status == "done" else []


def _named(paths: list[Path], study: Study) -> str:
    first = paths[0].relative_to(study.folder)
    return f"{first} is" if len(paths) == 1 else f"{first} and {len(paths) - 1} more files of its round are"


def _tables(study: Study, ran: bool) -> list[str]:
    """What is wrong with the tables; a head that the chain lacks is the ledger's own error (``Ledger.walk``)."""
    tables = ("leaderboard.md", "results.tsv", "MODELS.md")
    missing = [name for name in tables if not (study.folder / name).exists()]
    if len(missing) == len(tables) and not ran:
        return []  # nothing has been run yet
    bad = [f"{name} is missing: greenlight run writes it again" for name in missing]
    if (study.folder / tables[0]).exists() and (len(study.ledger.named()) != 1 or study.ledger.behind):
        bad.append("leaderboard.md names an older ledger head, or none: greenlight run writes it anew")
    return bad


def _corpus(folder: Path, row: Round) -> tuple[int, list[str]]:
    """The published corpus of a round, by its own manifest and by the ledger."""
    if "kept" not in row.artifacts:
        return 0, []
    again = f"; run round {row.number} again"
    if not (folder / manifest.NAME).exists():
        return 1, [f"{folder.name}/{manifest.NAME} is missing: run round {row.number} again"]
    checked, bad = corpus_problems(folder)
    bad = [f"{folder.name}/{line}{again if line.endswith(UNREADABLE) else ''}" for line in bad]
    shard = folder / SHARD
    if shard.exists() and file_sha256(shard) != row.artifacts["kept"].files.get(KEPT):
        bad.append(f"{folder.name}/{SHARD} is not the corpus that round {row.number} was trained on{again}")
    return checked + 1, bad


# ---------------------------------------------------------------- a corpus by itself


def corpus_problems(folder: Path) -> tuple[int, list[str]]:
    """The same for a folder with a corpus: ``corpora/<round>`` of a study, or what ``pack`` wrote.

    Checked: the manifest's form; the hash and the size of each file that it names; of each row the hashes of its
    texts and its place; what the manifest and Croissant say of the rows and the files.
    """
    try:
        told = json.loads(read_bytes(folder / manifest.NAME))
    except (ValueError, RecursionError, InputError):
        return 1, [f"{manifest.NAME} is damaged {UNREADABLE}"]
    if not isinstance(told, dict):
        return 1, [f"{manifest.NAME} is damaged {UNREADABLE}"]
    if "$schema" not in told:  # of an earlier version
        return _earlier(folder, told)
    if wrong := manifest.misshapen(told):
        return 1, [f"{manifest.NAME}, {line}" for line in wrong]
    checked, bad = 1, []
    for name, said in told["files"].items():
        checked += 1
        bad += _file(folder / name, said)
    described = _described(folder / manifest.CROISSANT)
    bad += [
        f"{manifest.CROISSANT} has another sha256 of {name} than {manifest.NAME}"
        for name, sha in described.items()
        if sha != told["files"].get(name, {}).get("sha256")
    ]
    for name, said in told["files"].items():
        if "rows" in said and (folder / name).exists():
            checked += said["rows"]
            try:
                bad += _table(folder, name, said["rows"], told)
            except (ValueError, KeyError, TypeError, RecursionError, OSError, InputError) as error:
                bad.append(f"{name} cannot be read ({' '.join(str(error).split())[:200]}) {UNREADABLE}")
    if extra := sorted({p.name for p in folder.glob("[!.]*")} - {manifest.NAME, *told["files"]}):
        bad.append(f"{extra[0]} is no file of this corpus{f', and {len(extra) - 1} more' if len(extra) > 1 else ''}")
    return checked, bad


def _file(path: Path, said: dict[str, Any]) -> list[str]:
    if not path.exists():
        return [f"{path.name} is missing"]
    if path.stat().st_size != said["bytes"] or file_sha256(path) != said["sha256"]:
        return [f"{path.name} was changed (its sha256 is not the manifest's)"]
    return []


def _described(path: Path) -> dict[str, str]:
    """sha256 by file, as Croissant has it; empty where it cannot be read, which its own hash shows."""
    try:
        return {one["@id"]: one["sha256"] for one in json.loads(path.read_bytes())["distribution"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _table(folder: Path, name: str, count: int, told: dict[str, Any]) -> list[str]:
    """What is wrong with the rows of one file, each with its number."""
    if name.endswith(".txt"):
        return []  # by its offsets
    if name == OFFSETS:
        return _offsets(folder, count)
    rows = _lines(folder / name) if name.endswith(".jsonl") else stream(folder / name)
    bad, seen, offset, number = list[str](), manifest.Seen(), 0, 0
    for number, row in enumerate(rows, 1):
        where = f"{name} row {number - 1} ({row.get('id')})"
        bad += [f"{where}: {WRONG[key]}" for key, sha in hashes(row).items() if row.get(key) != sha]
        if (row.get("row"), row.get("offset")) != (number - 1, offset):
            bad.append(f"{where}: it says that it is row {row.get('row')}, at character {row.get('offset')}")
        if not row.get("raw") and row.get("cleaned_by"):
            bad.append(f"{where}: cleaned, but its raw text is missing")
        offset += len(row["control"]) + len(row["body"]) + len(BETWEEN)
        seen.add(row)
    if number != count:
        bad.append(f"{name} has {number} rows, {manifest.NAME} says {count}")
    for key, value in seen.counts.items():
        if told["counts"][key] != value:
            bad.append(f"{manifest.NAME}: counts.{key} is {told['counts'][key]}, {name} has {value}")
    if (seen.cleaned, seen.rare) != (told["cleaned"], told["rare_characters"]):
        bad.append(f"{manifest.NAME}: what was cleaned, or the rare characters, are not those of {name}")
    return _few(bad)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            row = json.loads(line)
            yield {**row, "gates": canonical(row.get("gates") or {})}


def _offsets(folder: Path, count: int) -> list[str]:
    """Each document of the one text, where its manifest says that it is."""
    listed = json.loads(read_bytes(folder / OFFSETS))
    bad, end = list[str](), 0
    with open(folder / listed["text"], encoding="utf-8", newline="") as text:
        for number, one in enumerate(listed["samples"]):
            if one["doc_offset"] != end:
                bad.append(f"{OFFSETS} row {number} ({one['id']}): it begins at {end}, not at {one['doc_offset']}")
            if fingerprint(text.read(one["doc_length"])) != one["sha256"]:
                bad.append(f"{OFFSETS} row {number} ({one['id']}): {WRONG['sha256']}")
            end += one["doc_length"] + len(text.read(len(BETWEEN)))
        if left := len(text.read()):
            bad.append(f"{listed['text']} has {left} characters that belong to no row")
    if len(listed["samples"]) != count:
        bad.append(f"{OFFSETS} has {len(listed['samples'])} rows, {manifest.NAME} says {count}")
    return _few(bad)


def _few(lines: list[str]) -> list[str]:
    return lines if len(lines) <= MOST else [*lines[:MOST], f"… and {len(lines) - MOST:,} more like these"]


def _earlier(folder: Path, told: dict[str, Any]) -> tuple[int, list[str]]:
    """A corpus of the time before manifests had a schema: the file's hash, and every row's."""
    path, bad, number = folder / SHARD, list[str](), 0
    try:
        if file_sha256(path) != told.get("sha256"):
            bad.append(f"{path.name} was changed (its sha256 is not the manifest's)")
        for number, row in enumerate(stream(path, ("id", "control", "body", "sha256", "raw", "cleaned_by")), 1):
            if hashes(row)["sha256"] != row["sha256"]:
                bad.append(f"row {number - 1} ({row['id']}): {WRONG['sha256']}")
            if not row["raw"] and row["cleaned_by"]:
                bad.append(f"row {number - 1} ({row['id']}): cleaned, but its raw text is missing")
    except (InputError, OSError, TypeError) as error:
        bad.append(f"{path.name} cannot be read ({error}) {UNREADABLE}")
    return number + 1, _few(bad)


# ---------------------------------------------------------------- a release by itself


@dataclass
class Examined:
    """What an examination of a release found; ``row`` is None where its record cannot be read.

    ``problems`` must not be; ``here`` says what of machine and code is another than the release's, ``remarks`` what
    was not checked, and why.
    """

    release: releases.Release
    row: Round | None = None
    checked: int = 1
    problems: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    scores: list[Compared] = field(default_factory=list)
    rebuilt: Rebuilt | None = None

    def data(self) -> dict[str, Any]:
        lists = {name: list(getattr(self, name)) for name in ("problems", "here", "remarks")}
        scores = [score.data() for score in self.scores]
        again = None if self.rebuilt is None else asdict(self.rebuilt)
        return {"checked": self.checked, "scores": scores, "rebuilt": again, **lists}


def examine(folder: Path, watch: Watch, steps: float | None = None, out: Path | None = None) -> Examined:
    """Hashes, what the files say of each other, the scores measured again; with ``steps``, the training too.

    ``steps`` as ``rebuild.rebuilt`` takes them; ``out``: where a model that was trained to its end is kept, as a folder
    like the released one. Raises InputError where ``release.json`` cannot be read.
    """
    from greenlight import rebuild

    release = releases.read(folder)
    found = Examined(release, checked=1 + len(release.files), problems=releases.damaged(folder, release))
    try:
        found.row = rebuild.row_of(folder)
        found.problems += rebuild.contradictions(folder, release, found.row)
    except GreenlightError as error:  # a record that was edited and sealed again
        found.problems.append(str(error))
        found.remarks.append("not measured or trained again: the record or the recipe cannot be used")
        return found
    broken = {line.partition(" ")[0] for line in found.problems}
    if not _within(broken, releases.CORPUS):
        seen, wrong = corpus_problems(folder / releases.CORPUS)
        found.checked += seen
        found.problems += [f"{releases.CORPUS}/{line}" for line in wrong]
    here = rebuild.Here(release)
    with tempfile.TemporaryDirectory() as aside:
        if why := _within(broken, releases.YARD, releases.MODEL):
            found.remarks.append(f"not measured again: {why[0]} is not what it was")
        else:
            _measure(
                found,
                rebuild.measured(folder, found.row, here, watch, Path(aside)),
                f"{releases.CORPUS}/{SHARD}" in broken,
            )
        curve = f"{releases.MODEL}/{release.weights[0]}/{releases.CURVE}"
        if steps is not None and (why := _within(broken, releases.CORPUS, releases.RECIPE, curve)):
            found.remarks.append(f"not trained again: {why[0]} is not what it was")
        elif steps is not None:
            try:
                found.rebuilt = rebuild.rebuilt(folder, found.row, here, steps, watch, Path(aside))
                found.problems += found.rebuilt.differences
                if out is not None and found.rebuilt.steps == found.rebuilt.of:
                    model = folder / releases.MODEL / str(release.weights[0])
                    found.remarks.append(_kept(found.rebuilt, Path(aside) / rebuild.RUN, model, out))
            except (GreenlightError, ValueError) as error:
                found.problems.append(f"it cannot be trained again: {error}")
    found.here = here.lines
    found.remarks += here.unmeasured
    return found


def _kept(made: Rebuilt, run: Path, model: Path, out: Path) -> str:
    """Puts the weights that were trained beside what else the released model's folder has; the sentence about it."""
    if made.differences:
        return "the model that was trained is not kept: it is not the released one"
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(model, part, ignore=shutil.ignore_patterns(releases.WEIGHTS))
    shutil.copyfile(run / releases.WEIGHTS, part / releases.WEIGHTS)
    part.rename(out)
    return f"the model that was trained is kept: {out}"


def _within(broken: set[str], *places: str) -> list[str]:
    """Those that are one of the files or folders, or lie in one."""
    return sorted(name for name in broken if any(f"{name}/".startswith(f"{place}/") for place in places))


def _measure(found: Examined, scores: Iterator[Compared | str], bare: bool) -> None:
    """``bare``: the corpus is not whole, so that a metric which needs it cannot be asked, and that was said."""
    try:
        for score in scores:
            found.checked += 1
            if isinstance(score, str):
                (found.remarks if bare else found.problems).append(score)
                continue
            found.scores.append(score)
            if score.differs:
                said = f"was {score.released:.6g}, measured again it is {score.now:.6g}"
                found.problems.append(f"{score.metric} of seed {score.seed} {said} (allowed {score.allowed:.2g} apart)")
    except (GreenlightError, ValueError, KeyError) as error:  # a record or a yardstick that was made up
        found.problems.append(f"it cannot be measured again: {error}")
