"""Makes a new study from a ready recipe: copies the recipe, draws the yardstick and locks it.

A ready study is a folder of ``recipes/``: ``study.toml``, ``rounds/``, and ``new.toml``, which says how its
yardstick is drawn.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from greenlight import blend, casting, imported, loading
from greenlight import yardstick as yardsticks
from greenlight.character.constitution import Constitution
from greenlight.corpus import FILE, load, save
from greenlight.cut import cut
from greenlight.dials import corpus_dial
from greenlight.errors import RecipeError, StudyError, nearest
from greenlight.foreign import Found
from greenlight.generators._topics import dealt
from greenlight.nouns import Noun, Text, fingerprint
from greenlight.outside import read_toml
from greenlight.progress import SILENT, Watch
from greenlight.recipe import ImportedCorpus, Tokenizer, VoicesCorpus, round_number
from greenlight.scales import scales
from greenlight.store import file_sha256, write_file
from greenlight.study import Study
from greenlight.turns import turns
from greenlight.vocabulary import Vocabulary
from greenlight.write import write
from greenlight.yardstick import Held

IGNORED = """# weights and the store are made again from the recipes; everything else here is meant to be committed
store/
exports/
*.safetensors
*.lock
ledger.torn
.*.part
"""

AGENTS = Path(__file__).with_name("study_agents.md")
"""How a coding agent works in a study: its AGENTS.md."""


class Ready(Noun):
    """``new.toml``. ``scale`` is that of ``rounds/`` as it stands, where a study comes in several (see ``scales``)."""

    scale: str = Field(default="", pattern="^[a-z0-9-]*$")


class Stories(Ready):
    """A yardstick of held-out topics, written by all voices in equal shares."""

    kind: Literal["stories"]
    topics: Annotated[int, Field(ge=1)]
    held_out: Annotated[int, Field(ge=1)]
    locked: Annotated[int, Field(ge=1)]


class FromText(Ready):
    """A yardstick cut from the user's own text."""

    kind: Literal["text"]


class Imported(Ready):
    """A yardstick of topics of the user's own stories, held out where the rounds can spare them."""

    kind: Literal["import"]
    held_out: Annotated[int, Field(ge=2)]
    locked: Annotated[int, Field(ge=2)]


class Characters(Ready):
    """A yardstick of prompts that no stage is trained on, and of neutral text."""

    kind: Literal["character"]
    prompts: Annotated[int, Field(ge=1)]
    locked: Annotated[int, Field(ge=1)]
    neutral: Annotated[int, Field(ge=2)]


How = Stories | FromText | Imported | Characters
KINDS: dict[str, type[How]] = {"stories": Stories, "text": FromText, "import": Imported, "character": Characters}
STORIES = str(ImportedCorpus.model_fields["source"].default)
TOKENIZER = str(Tokenizer.model_fields["source"].default)
TOPICS = "topics.txt"
SOURCE = "imported/source.json"
"""What a study's import is, and what a reader must know of it."""


@dataclass(frozen=True)
class Given:
    """What a user gives a ready study beside its name.

    ``seed`` draws topics, corpus and training seeds. ``text`` is for recipes of kind text, and ``source`` says where
    it came from; ``stories`` are for those of kind import. ``scale`` is one of the recipe's; default: the one that it
    names. ``vocabulary`` is for rounds with ``tokenizer.use = "gpt2"``.
    """

    seed: int = 1
    text: str | None = None
    source: str = ""
    stories: Found | None = None
    scale: str = ""
    vocabulary: Vocabulary | None = None
    constitution: Constitution | None = None
    topics: tuple[str, ...] | None = None
    """For recipes of kind stories, in the place of those that are drawn from a grammar."""


def ready() -> dict[str, Path]:
    """The ready studies that come with Greenlight, by name."""
    here = Path(__file__).parent
    for folder in (here / "recipes", here.parent / "recipes"):
        if folder.is_dir():
            return {p.parent.name: p.parent for p in sorted(folder.glob("*/new.toml"))}
    return {}


def create(folder: Path, name: str, given: Given = Given(), watch: Watch = SILENT) -> Study:
    """A new study in ``folder``, which must be empty or absent; nothing is left behind when it fails.

    ``name`` is a ready study, or the path of a folder that is laid out like one.
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
    _belongs(folder, name, how, given)
    sized = scales(known[name], how.scale)
    scale = sized.choose(given.scale)
    how = _how(sized.drawn_by(scale))
    folder.parent.mkdir(parents=True, exist_ok=True)
    # made aside and renamed when it is whole, so that a kill leaves no half study under the name that was asked for
    _clear_killed(folder)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.{os.getpid()}.", dir=folder.parent) as aside:
        made = Path(aside) / "study"
        sized.copy(scale, made)
        _settle(made, given, scale)
        if isinstance(how, Stories):
            _stories(made, how, given, watch)
        elif isinstance(how, Imported) and given.stories is not None:
            _imported(made, how, given.stories, given.seed)
        elif isinstance(how, Characters):
            casting.make(made, (how.prompts, how.locked, how.neutral), given.seed, given.constitution)
        else:
            _text(made, given.text or "", given.source)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return Study(folder, watch)


def _belongs(folder: Path, name: str, how: How, given: Given) -> None:
    """Raises RecipeError unless a ready study was given what it is made of, and nothing else."""
    new = f"greenlight new {folder} --from {name}"
    if isinstance(how, FromText) and given.text is None:
        raise RecipeError(f"the recipe '{name}' needs a text: {new} --text FILE")
    if isinstance(how, Imported) and given.stories is None:
        raise RecipeError(f"the recipe '{name}' needs stories: {new} --import FILE --manifest FILE")
    if not isinstance(how, FromText) and given.text is not None:
        raise RecipeError(f"the recipe '{name}' takes no --text; --from bpc-ladder does")
    if not isinstance(how, Imported) and given.stories is not None:
        raise RecipeError(f"the recipe '{name}' takes no --import; --from mixture does")
    if not isinstance(how, Stories) and given.topics is not None:
        raise RecipeError(f"the recipe '{name}' takes no --topics; --from green-light does")
    if not isinstance(how, Characters) and given.constitution is not None:
        raise RecipeError(f"the recipe '{name}' takes no --constitution; --from character does")


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


def _how(folder: Path) -> How:
    data = read_toml(folder / "new.toml")
    kind = KINDS.get(str(data.get("kind")), Stories)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{folder.name}/new.toml: {loading.explain(error, kind)}") from None


def _settle(made: Path, given: Given, scale: str) -> None:
    """What makes the copy a study of its own: its seeds, its scale, its vocabulary, and what goes into git."""
    for path in (made / "rounds").glob("*.toml"):
        path.write_text(_reseeded(path.read_text(encoding="utf-8"), given.seed), encoding="utf-8")
    if scale:
        card = (made / "study.toml").read_text(encoding="utf-8")
        write_file(made / "study.toml", f'{card.rstrip()}\nscale     = "{scale}"\n')
    if given.vocabulary is not None:
        for name, text in given.vocabulary.files.items():
            write_file(made / TOKENIZER / name, text)
    write_file(made / ".gitignore", IGNORED)
    write_file(made / "AGENTS.md", AGENTS.read_bytes())


def _reseeded(text: str, seed: int) -> str:
    """Seed 1 is the recipe as it stands; another seed moves the corpus seed and every training seed."""

    def seeds(match: re.Match[str]) -> str:
        numbers = [int(n) for n in match[1].split(",")]
        return f"seeds = [{', '.join(str(n + (seed - 1) * len(numbers)) for n in numbers)}]"

    text = re.sub(r"^seeds *= \[([\d, ]+)\]", seeds, text, flags=re.MULTILINE)
    return re.sub(r"^seed = (\d+)", lambda m: f"seed = {int(m[1]) + seed - 1}", text, flags=re.MULTILINE)


def _stories(made: Path, how: Stories, given: Given, watch: Watch) -> None:
    seed = given.seed
    corpus, held = dealt(given.topics, how.topics, how.held_out + how.locked, seed)
    write_file(made / TOPICS, "\n".join(corpus) + "\n")
    study = Study(made, watch)
    recipe = study.recipe(min(study.files()))
    if not isinstance(recipe.corpus, VoicesCorpus):
        raise RecipeError(f"{made.name}: the first round of a recipe of kind stories needs voices")
    pattern = recipe.corpus.brief.pattern
    if own := next((topic for topic in (*corpus, *held) if pattern.lower() in topic.lower()), ""):
        raise RecipeError(
            f"the topic '{own}' holds '{pattern}', which is counted, so it would count itself: take it out (greenlight "
            "topics --without does)"
        )
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


# ---------------------------------------------------------------- from an import


def _imported(made: Path, how: Imported, found: Found, seed: int) -> None:
    (made / STORIES).parent.mkdir()
    save(found.samples, made / STORIES)
    study = Study(made)
    gone = _leave_out(study, {s.made.voice for s in found.samples})
    written_later = [number for number in study.files() if study.written(number).get("corpus", {}).get("voices")]
    rounds = {number: study.recipe(number).corpus for number in study.files() if number not in written_later}
    corpora = {number: c for number, c in rounds.items() if isinstance(c, ImportedCorpus)}
    if len(corpora) < len(rounds) or not corpora:
        raise RecipeError(f"{made.name}: the rounds of a recipe of kind import take it, or have voices")
    first = corpora[min(corpora)]
    whole = imported.groups(found.samples, first, set())
    search, locked = _spare(whole, corpora, how, seed)
    held = [_held(s) for groups in whole.by_voice.values() for group in groups for s in group]
    parts = [[h for h in held if h.topic in topics] for topics in (search, locked)]
    brief, voices = first.brief, sorted({s.made.voice for s in found.samples} - {""})
    spared = sorted({h.topic for h in held} - search - locked)
    random.Random(f"topics {seed}").shuffle(spared)
    if written_later:
        write_file(made / TOPICS, "".join(f"{topic}\n" for topic in spared))
    for number in written_later:
        study.recipe(number)  # what is wrong with it is said now
    facts = {"pattern": brief.pattern, "levels": brief.levels, "written_by": voices, "seed": seed, **found.facts}
    yardsticks.lock(made / "yardstick", "stories", parts[0], parts[1], facts)
    same = sum(brief.control_line(s.made.topic, s.made.level, s.made.voice) == s.control for s in found.samples)
    source = {**found.facts, "stories": len(found.samples), "topics": len({s.made.topic for s in found.samples})}
    source |= {"samples": STORIES, "samples_sha256": file_sha256(made / STORIES), "voices": voices}
    source |= {"control_lines_as_in_the_file": same, "notes": list(found.notes), "left_out": gone}
    write_file(made / SOURCE, json.dumps(source, indent=1, ensure_ascii=False) + "\n")
    study.ledger.append("import", {**source, "corpus_dial": corpus_dial(found.samples, brief.pattern)})


def _leave_out(study: Study, voices: set[str]) -> list[str]:
    """Removes the rounds that name a writer whom the import does not have, with those that rest on them; their names.

    Raises RecipeError when none is left.
    """
    gone: dict[int, str] = {}
    files = study.files()
    for number, path in files.items():
        corpus = study.written(number).get("corpus", {})
        named = {voice for voice, share in corpus.get("blend", {}).items() if share and not corpus.get("voices")}
        writer = "{writer}" in corpus.get("brief", {}).get("control", "")
        if named - voices or (writer and voices == {""}):
            gone[number] = path.name
    while True:  # a round that is based on one that goes, or is compared with it, has nothing to stand on
        more = {n: path.name for n, path in files.items() if n not in gone and _rests_on(path) & gone.keys()}
        if not more:
            break
        gone |= more
    if len(gone) == len(files):
        known = ", ".join(sorted(voices - {""})) or "no writers: a manifest names them"
        raise RecipeError(f"no round of this recipe can be run on this import, which has {known}")
    for name in gone.values():
        (study.folder / "rounds" / name).unlink()
    return [gone[number] for number in sorted(gone)]


def _rests_on(path: Path) -> set[int]:
    data = read_toml(path)
    voices = data.get("corpus", {}).get("voices", {}).values()
    return {round_number(data[key]) for key in ("base", "against") if key in data} | {
        voice["round"] for voice in voices if voice.get("use") == "trained" and "round" in voice
    }


def _spare(
    whole: imported.Groups, corpora: Mapping[int, ImportedCorpus], how: Imported, seed: int
) -> tuple[set[str], set[str]]:
    """Topics to hold out, for both parts: drawn from those that leave each voice what its largest round needs.

    Raises RecipeError when they are too few, with the numbers.
    """
    needed: Counter[str] = Counter()
    for corpus in corpora.values():
        if corpus.blend and corpus.size:
            needed |= Counter(turns(corpus.blend, corpus.size // corpus.brief.levels))
    left = {voice: len(groups) - needed[voice] for voice, groups in whole.by_voice.items()}
    by_topic: dict[str, list[str]] = {}
    for voice, groups in sorted(whole.by_voice.items()):
        for group in groups:
            by_topic.setdefault(group[0].made.topic, []).append(voice)
    order, drawn = sorted(by_topic), list[str]()
    random.Random(f"held out {seed}").shuffle(order)
    for topic in order:
        if all(left[voice] > 0 for voice in by_topic[topic]) and len(drawn) < how.held_out + how.locked:
            drawn.append(topic)
            for voice in by_topic[topic]:
                left[voice] -= 1
    if len(drawn) < how.held_out + how.locked:
        needs = ", ".join(f"{n} of {len(whole.by_voice.get(v, []))} by '{v}'" for v, n in sorted(needed.items()))
        raise RecipeError(
            f"the yardstick needs {how.held_out + how.locked} topics, and {len(drawn)} can be spared of {len(order)} "
            f"that have every level{f' (the rounds need {needs})' if needs else ''}: import more, or lower held_out "
            "and locked in the recipe's new.toml"
        )
    if not needed.keys() <= whole.by_voice.keys():
        raise RecipeError(f"'{min(needed.keys() - whole.by_voice.keys())}' has no topic with every level")
    return set(drawn[: how.held_out]), set(drawn[how.held_out :])
