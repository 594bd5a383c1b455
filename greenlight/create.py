"""Makes a new study from a ready recipe: copies the recipe, draws the yardstick and locks it.

A ready study is a folder of ``recipes/``: ``study.toml``, ``rounds/``, and ``new.toml``, which says how its
yardstick is drawn.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from greenlight import blend, loading
from greenlight import yardstick as yardsticks
from greenlight.corpus import FILE, load
from greenlight.cut import cut
from greenlight.errors import RecipeError, StudyError, nearest
from greenlight.generators._topics import topics as draw_topics
from greenlight.nouns import Noun, Text, fingerprint
from greenlight.outside import read_toml
from greenlight.progress import SILENT, Watch
from greenlight.recipe import VoicesCorpus
from greenlight.store import write_file
from greenlight.study import Study
from greenlight.write import write
from greenlight.yardstick import Held

IGNORED = """# weights and the store are made again from the recipes; everything else here is meant to be committed
store/
*.safetensors
*.lock
ledger.torn
.*.part
"""

AGENTS = """# Working in this study with a coding agent

- Every command answers on stdout, with `--json` as data; progress goes to stderr. Exit codes: 0 ok, 1 error, 2 usage,
  3 worse, invalid or a broken limit, 130 interrupted.
- `greenlight plan` says what would run, and what it costs; `greenlight run` runs the first round without a verdict;
  `greenlight ledger`, `greenlight compare A B` and `greenlight report` read what came out.
- A new round is a new file `rounds/NN-name.toml` with `base = "round:1"`, `against = "round:1"`, a `question`, and the
  one thing that changes. More than one change is a package, and a package proves no cause.
- Never change `yardstick/`, `ledger.jsonl` or a round that has a verdict. Never train on the yardstick's text.
- A verdict of `undecided` says how many more seeds would decide, and the minutes they cost: that is the next round.
- Before a round `greenlight power` says what it can see; after it `greenlight diagnose N` says why it came out so, and
  `greenlight explain A B` on how few rows the verdict rests. More seeds after a verdict are a further look, at a lower
  α; `greenlight leaderboard` says which champion is within luck. `greenlight audit` reads the locked slice: seldom.
"""


class Stories(Noun):
    """A yardstick of held-out topics, written by all voices in equal shares."""

    kind: Literal["stories"]
    topics: Annotated[int, Field(ge=1)]
    held_out: Annotated[int, Field(ge=1)]
    locked: Annotated[int, Field(ge=1)]


class FromText(Noun):
    """A yardstick cut from the user's own text."""

    kind: Literal["text"]


def ready() -> dict[str, Path]:
    """The ready studies that come with Greenlight, by name."""
    here = Path(__file__).parent
    for folder in (here / "recipes", here.parent / "recipes"):
        if folder.is_dir():
            return {p.parent.name: p.parent for p in sorted(folder.glob("*/new.toml"))}
    return {}


def create(
    folder: Path, name: str, seed: int = 1, text: str | None = None, source: str = "", watch: Watch = SILENT
) -> Study:
    """A new study in ``folder``, which must be empty or absent; nothing is left behind when it fails.

    ``name`` is a ready study, or the path of a folder that is laid out like one.
    ``seed`` draws topics, corpus and training seeds. ``text`` (for recipes of kind text) is the user's own text, and
    ``source`` says where it came from.
    """
    known = ready()
    if (Path(name) / "new.toml").is_file():
        known[name] = Path(name)
    if name not in known:
        raise RecipeError(f"unknown recipe '{name}'" + nearest(name, list(known)))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(
            f"{folder} is not empty: choose another folder"
            + (", or greenlight run it" if (folder / "study.toml").exists() else "")
        )
    how = _how(known[name])
    if isinstance(how, FromText) and text is None:
        raise RecipeError(f"the recipe '{name}' needs a text: greenlight new {folder} --from {name} --text FILE")
    if isinstance(how, Stories) and text is not None:
        raise RecipeError(f"the recipe '{name}' writes its own corpus and takes no --text; --from bpc-ladder does")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # made aside and renamed when it is whole, so that a kill leaves no half study under the name that was asked for
    _clear_killed(folder)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.{os.getpid()}.", dir=folder.parent) as aside:
        made = Path(aside) / "study"
        _copy(known[name], made, seed)
        if isinstance(how, Stories):
            _stories(made, how, seed, watch)
        else:
            _text(made, text or "", source)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return Study(folder, watch)


def _clear_killed(folder: Path) -> None:
    """Removes what was made aside for this name by a process that is no more."""
    for path in folder.parent.iterdir():
        match = re.fullmatch(rf"\.{re.escape(folder.name)}\.([0-9]+)\.[a-z0-9_]{{8}}", path.name)
        if match is not None:
            try:
                os.kill(int(match[1]), 0)
            except ProcessLookupError:
                shutil.rmtree(path, ignore_errors=True)
            except (OSError, OverflowError):
                continue


def _how(folder: Path) -> Stories | FromText:
    data = read_toml(folder / "new.toml")
    try:
        return (FromText if data.get("kind") == "text" else Stories).model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{folder.name}/new.toml: {loading.explain(error, Stories)}") from None


def _copy(ready_study: Path, made: Path, seed: int) -> None:
    shutil.copytree(ready_study, made, ignore=shutil.ignore_patterns("new.toml"))
    for path in (made / "rounds").glob("*.toml"):
        path.write_text(_reseeded(path.read_text(encoding="utf-8"), seed), encoding="utf-8")
    write_file(made / ".gitignore", IGNORED)
    write_file(made / "AGENTS.md", AGENTS)


def _reseeded(text: str, seed: int) -> str:
    """Seed 1 is the recipe as it stands; another seed moves the corpus seed and every training seed."""

    def seeds(match: re.Match[str]) -> str:
        numbers = [int(n) for n in match[1].split(",")]
        return f"seeds = [{', '.join(str(n + (seed - 1) * len(numbers)) for n in numbers)}]"

    text = re.sub(r"^seeds = \[([\d, ]+)\]", seeds, text, flags=re.MULTILINE)
    return re.sub(r"^seed = (\d+)", lambda m: f"seed = {int(m[1]) + seed - 1}", text, flags=re.MULTILINE)


def _stories(made: Path, how: Stories, seed: int, watch: Watch) -> None:
    drawn = draw_topics(how.topics + how.held_out + how.locked, seed)
    corpus, held = drawn[: how.topics], drawn[how.topics :]
    write_file(made / "topics.txt", "\n".join(corpus) + "\n")
    study = Study(made, watch)
    recipe = study.recipe(min(study.files()))
    if not isinstance(recipe.corpus, VoicesCorpus):
        raise RecipeError(f"{made.name}: the first round of a recipe of kind stories needs voices")
    voices = sorted(recipe.corpus.voices)
    brief = recipe.corpus.brief.model_copy(update={"topics": tuple(held)})
    equal = recipe.corpus.model_copy(
        update={
            "brief": brief,
            "size": len(held) * brief.levels,
            "blend": dict.fromkeys(voices, 1 / len(voices)),
            "seed": recipe.corpus.seed + 1_000_000,
        }
    )
    artifact = write(equal, recipe.gates.each, blend.plan(equal), study.store, watch)
    samples = load(study.store.path(artifact) / FILE)
    search = set(held[: how.held_out])
    parts: dict[bool, list[Held]] = {True: [], False: []}
    for sample in samples:
        parts[sample.made.topic in search].append(_held(sample))
    facts = {"pattern": brief.pattern, "levels": brief.levels, "written_by": voices, "seed": seed}
    yardsticks.lock(made / "yardstick", "stories", parts[True], parts[False], facts)


def _held(sample: Text) -> Held:
    made = sample.made
    return Held(
        id=sample.id,
        control=sample.control,
        body=sample.body,
        topic=made.topic,
        level=made.level,
        voice=made.voice,
        work="",
    )


def _text(made: Path, text: str, source: str) -> None:
    made_of = cut(text)
    write_file(made / "text" / "source.txt", made_of.text)
    facts: dict[str, Any] = {"source": source, "source_sha256": fingerprint(made_of.text), **made_of.facts()}
    yardsticks.lock(made / "yardstick", "text", made_of.search, made_of.locked, facts)
