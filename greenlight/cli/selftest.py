"""The command that asks of a metric what it can see, before any model is scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greenlight.cli import show
from greenlight.cli.dial import hides_rows, opened
from greenlight.cli.options import AsJson, Control, Manifests, no_character, round_of

if TYPE_CHECKING:
    from greenlight.nouns import Text
    from greenlight.selftest import Drawn, SelfTest

TOPICS = 40
"""Topics a level, where neither the call nor a study's yardstick says how many: the dial's own default."""


def selftest(
    metric: Annotated[str, typer.Argument(help="dial.slope or dial.rate.")],
    corpus: Annotated[str, typer.Argument(help="A Parquet or JSONL file, a text with its manifest, or a round.")],
    folder: Annotated[Path, typer.Option("--study", help="The study's folder, for a round.")] = Path(),
    topics: Annotated[
        int,
        typer.Option(min=0, max=10_000, help="Topics a level; default: the yardstick's, or 40.", show_default=False),
    ] = 0,
    pattern: Annotated[str, typer.Option(help="What is counted; default: the round's.")] = "",
    window: Annotated[
        int, typer.Option(min=0, max=100_000, help="Count by the legacy rule, in so many characters.")
    ] = 0,
    manifest: Manifests = None,
    control: Control = "",
    as_json: AsJson = False,
) -> int:
    """Test a metric on the corpus itself.

    Ceiling, floor, and how often it shows the dial at this many topics.
    A metric that would miss it more than once in five is blind (exit code 3).

    Example: greenlight selftest dial.slope 2 --study demo
    """
    from greenlight.errors import RecipeError
    from greenlight.selftest import Rule, check

    path = Path(corpus)
    if path.suffix or path.exists():
        if not pattern.strip():
            raise RecipeError("a file needs --pattern: what is counted, such as --pattern 'green light'")
        source = opened(path, manifest or [], control)
        samples, counted, asked, levels = source.samples, pattern, TOPICS, tuple[int, ...]()
    elif manifest or control:
        raise RecipeError("--manifest and --control belong to a corpus file, and a round has none")
    else:
        samples, counted, asked, levels = _of_round(corpus, folder, pattern)
    found = check(samples, counted, topics or asked, levels, Rule(metric, window))
    data = {**found.data(), "verdict": "blind" if found.blind else "sees"}
    show.answer(data, as_json, _page(found))
    return 3 if found.blind else 0


def _of_round(name: str, folder: Path, pattern: str) -> tuple[list[Text], str, int, tuple[int, ...]]:
    """Samples, pattern, topics a level and levels, of a round and its study's yardstick."""
    from greenlight.corpus import KEPT, load
    from greenlight.errors import RecipeError, StudyError
    from greenlight.study import Study

    study = Study(folder)
    row = study.round(round_of(name))
    no_character(row, "selftest", "corpus with a dial")
    brief = row.recipe["corpus"].get("brief")
    if brief is None:
        raise RecipeError(f"the corpus of round {row.number} is a text: it has no levels, and so no dial")
    kept = row.artifacts["kept"]
    if not study.store.has(kept):
        raise StudyError(
            f"the corpus of round {row.number} is not in the store: greenlight run {folder} {row.number} makes it again"
        )
    study.store.check(kept)
    prompts = study.yardstick.prompts()
    levels = tuple(sorted({level for _, level, _ in prompts}))
    asked = len({topic for topic, _, _ in prompts})
    return load(study.store.path(kept) / KEPT), pattern or brief["pattern"], asked, levels


def _page(found: SelfTest) -> str:
    at, c = show.counted(found.topics, "topic"), found.ceiling
    bare = ["" for _ in found.means]
    rows = [["whole corpus", *(f"{mean:.2f}" for mean in found.means), f"{c.value:.2f} [{c.low:.2f}, {c.high:.2f}]"]]
    rows += hides_rows(found.hides) if found.hides else []
    rows += [[at, *bare, _slope(found.at)], [f"{at}, shuffled", *bare, _slope(found.floor)]]
    how = f"in the first {found.window} characters (legacy rule)" if found.window else "in whole documents"
    size = f"{show.counted(found.stories, 'story')} on {show.counted(found.corpus_topics, 'topic')}"
    title = f"{found.metric}: '{found.pattern}' {how}, {size}"
    lines = [show.table(["", *(f"L{level}" for level in found.levels), "slope"], rows, title)]
    lines.append("  slopes: the whole corpus's with 95 % interval, then 5 % to 95 % of measurements")
    lines += [
        f"  {found.test}'s test on the whole corpus: p {found.p:.2g}",
        f"  at {at} a level, {found.test}'s p < 0.05: {_chance(found.at)}; shuffled {found.floor.found.value:.1%}",
        f"  at {at} a level, means strictly rising: {_order(found.at)}; shuffled {found.floor.order.value:.1%}",
    ]
    lines += [f"  {note}" for note in found.notes]
    verdict = f"BLIND: {found.blind}" if found.blind else "sees the corpus's own dial"
    return "\n".join([lines[0], *(show.folded(show.visible(line), "    ") for line in [*lines[1:], verdict])])


def _slope(drawn: Drawn) -> str:
    return f"{drawn.slope:.2f} [{drawn.low:.2f}, {drawn.high:.2f}]"


def _chance(drawn: Drawn) -> str:
    return f"{drawn.found.value:.1%} [{drawn.found.low:.1%}, {drawn.found.high:.1%}]"


def _order(drawn: Drawn) -> str:
    return f"{drawn.order.value:.1%} [{drawn.order.low:.1%}, {drawn.order.high:.1%}]"


COMMANDS = (selftest,)
