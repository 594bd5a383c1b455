"""The report card: what a check-up found, as data, as tables for a terminal, and as markdown.

A seed's card is what one model did; a round's figures are over its seeds, with the interval that new seeds and new
prompts would give (``stats.one_arm``), and are not shown to more than that interval supports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from greenlight.character.checkup import PARTS, Mode, Rates, Seen
from greenlight.nouns import Interval, Noun

STAGES = {
    "base": "the student as it was",
    "prompted": "the student, with the constitution in its prompt",
    "dpo": "after DPO alone",
    "sft only": "after SFT alone",
    "sft": "after DPO and SFT",
    "merged": "both stages, in the recipe's shares",
}
"""Every stage of a card, in order."""
FINISHED = "merged"
PARROT = "diagnostic: rewards parroting"
PHRASE_WORDS = (3, 6)
PHRASES = 8
LEAST_SHARE = 0.05
"""Of the answers, for a phrase to be named."""
RESPONSE, TASK_KEPT = 0.95, 0.9
"""What a finished model must reach: valid answers, and the share of the base's task score that it keeps."""


class Phrase(Noun):
    """A run of words that answers share, and the base does not say: ``share`` of the answers, against ``base``."""

    text: str
    share: float
    base: float
    quote: str
    place: str = ""


class Card(Noun):
    """One model's report card."""

    persona: str
    seed: int
    constitution: str
    traits: dict[str, str]
    stages: tuple[Rates, ...]
    finished: str = FINISHED
    """The name of the stage that the card is about."""
    lift: Interval | None = None
    lift_prompted: Interval | None = None
    task_kept: float | None = None
    """The finished model's task score as a share of the base's."""
    smoke: dict[str, Any] = {}
    modes: tuple[Mode, ...] = ()
    sustained: tuple[Interval, ...] = ()
    stopped: Interval | None = None
    """Character under the suffix that asks for no role-playing."""
    prefilled: Interval | None = None
    """Character after a first turn that the bare base answered."""
    bits: dict[str, dict[str, float]] = {}
    """Bits per byte on neutral texts, by stage and text; lower is better."""
    phrases: tuple[Phrase, ...] = ()
    classifier: dict[str, Any] = {}
    notes: tuple[str, ...] = ()

    def stage(self, name: str) -> Rates | None:
        """The figures of one stage, where it was measured."""
        return next((one for one in self.stages if one.stage == name), None)


def percent(found: Interval | None) -> str:
    """``63 % (55–70)``, and a dash where there is none."""
    if found is None:
        return "–"
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f}–{100 * found.high:.0f})"


def points(found: Interval | None) -> str:
    """A difference of rates, in percentage points."""
    if found is None:
        return "–"
    return f"{100 * found.value:+.0f} ({100 * found.low:+.0f} to {100 * found.high:+.0f})"


def phrases(finished: Sequence[Seen], base: Sequence[Seen]) -> tuple[Phrase, ...]:
    """The runs of three to six words that most answers share and the base's do not; a longer one takes its parts in."""
    counts, first = _runs(finished)
    before, _ = _runs(base)
    found: list[Phrase] = []
    for run, count in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0].split()), item[0])):
        share, other = count / max(1, len(finished)), before[run] / max(1, len(base))
        if share < LEAST_SHARE or share < 3 * other or len(found) == PHRASES:
            continue
        if any(_overlap(run, one.text) for one in found):
            continue
        one = first[run]
        found.append(Phrase(text=run, share=share, base=other, quote=one.text[:200], place=one.prompt))
    return tuple(found)


def _overlap(one: str, other: str) -> bool:
    """Whether two runs are one phrase seen through shifted windows: all but a word of the shorter is shared."""
    a, b = one.split(), other.split()
    least = min(len(a), len(b)) - 1
    return any(a[-n:] == b[:n] or b[-n:] == a[:n] for n in range(max(2, least), min(len(a), len(b)) + 1)) or (
        one in other or other in one
    )


def _runs(seen: Sequence[Seen]) -> tuple[Counter[str], dict[str, Seen]]:
    counts: Counter[str] = Counter()
    first: dict[str, Seen] = {}
    low, high = PHRASE_WORDS
    for one in seen:
        words = re.findall(r"[\w']+", one.text.lower())
        here = {" ".join(words[i : i + n]) for n in range(low, high + 1) for i in range(len(words) - n + 1)}
        counts.update(here)
        for run in here:
            first.setdefault(run, one)
    return counts, first


# ---------------------------------------------------------------- as text

Rows = list[tuple[str, ...]]


def stage_rows(card: Card) -> Rows:
    """Stage, n, response, character, task: each with its interval."""
    return [
        (one.stage, str(one.n), percent(one.response), percent(one.character), percent(one.task)) for one in card.stages
    ]


def mode_rows(card: Card) -> Rows:
    """The mode matrix: what the naive rule reads, and what was said."""
    return [
        (
            mode.template,
            mode.thinking,
            "<think>" if mode.opened else "nothing",
            percent(mode.naive),
            percent(mode.said),
            percent(mode.character),
            "the harness" if mode.harness else "",
        )
        for mode in card.modes
    ]


def part_rows(card: Card) -> Rows:
    """By stage, why answers are not valid; stages and reasons without one are left out."""
    used = [part for part in PARTS if any(one.parts[part].value for one in card.stages)]
    head = ("stage", *used)
    return [head, *((one.stage, *(percent(one.parts[part]) for part in used)) for one in card.stages)] if used else []


def trait_rows(card: Card) -> Rows:
    """By trait, its share of answers in the base and in the finished model."""
    base, done = card.stage("base"), card.stage(card.finished)
    if base is None or done is None:
        return []
    return [(key, percent(base.traits.get(key)), percent(done.traits.get(key))) for key in card.traits]


def confusion_rows(cards: Sequence[Card]) -> Rows:
    """Whom the classifier hears in each finished model: a row a model, a column a name; shares of valid answers."""
    names = sorted({name for card in cards for name in (card.stage(card.finished) or card.stages[-1]).named})
    rows: Rows = [("model", *names)]
    for card in cards:
        named = (card.stage(card.finished) or card.stages[-1]).named
        whole = sum(named.values())
        rows.append(
            (
                f"{card.persona} {card.seed}",
                *(f"{100 * named.get(name, 0) / whole:.0f} %" if whole else "–" for name in names),
            )
        )
    return rows


def failures(card: Card) -> list[str]:
    """Why the check-up is not passed: the character is not shown, or was paid for with answers or with the task."""
    done = card.stage(card.finished)
    if done is None or card.lift is None:
        return ["there is no base beside it"]
    found = []
    if card.lift.low <= 0:
        found.append("no rise of the character's rate is shown")
    if done.response.value < RESPONSE:
        found.append(f"{done.response.value:.0%} of the answers are valid, and {RESPONSE:.0%} should be")
    if card.task_kept is not None and card.task_kept < TASK_KEPT:
        found.append(f"{card.task_kept:.0%} of the base's task score is kept, and {TASK_KEPT:.0%} should be")
    return found


def conclusion(card: Card) -> str:
    """What is shown, and whether the check-up is passed. "Not shown" is a verdict."""
    done, base = card.stage(card.finished), card.stage("base")
    if done is None or base is None or card.lift is None:
        return "Not shown: there is no base beside it; the rates stand alone."
    if card.lift.low > 0:
        said = f"Shown: the character's rate rises by {points(card.lift)} points over the bare base."
    elif card.lift.high < 0:
        said = f"Shown, and worse: the character's rate falls by {points(card.lift)} points."
    else:
        said = f"Not shown: the rise of the character's rate, {points(card.lift)} points, may be none."
    if card.lift_prompted is not None:
        against = "more than" if card.lift_prompted.low > 0 else "less than"
        if card.lift_prompted.low <= 0 <= card.lift_prompted.high:
            said += f" Whether training does more than the prompt is not shown: {points(card.lift_prompted)} points."
        else:
            said += f" It is {against} what the constitution in the prompt does: {points(card.lift_prompted)} points."
    if card.task_kept is not None:
        said += f" Of the base's task score {card.task_kept:.0%} is kept."
    failed = failures(card)
    said += f" The check-up is failed: {'; '.join(failed)}." if failed else " The check-up is passed."
    if any(mode.harness for mode in card.modes):
        said += " A harness that opens <think> reads silence: the harness did it, the model answers."
    return said


def markdown(card: Card) -> str:
    """The whole card as markdown; text of models is quoted as code, and can mark up nothing."""
    lines = [f"# {_plain(card.persona)}, seed {card.seed}", "", conclusion(card), ""]
    lines += table(("stage", "n", "response rate", "character rate", "task held"), stage_rows(card))
    lines += [
        "",
        f"Lift over the base, points: {points(card.lift)}; over the prompted base: {points(card.lift_prompted)}.",
    ]
    if rows := part_rows(card):
        lines += ["", "## Answers that do not count", "", *table(rows[0], rows[1:])]
    if rows := trait_rows(card):
        lines += ["", "## Traits", "", *table(("trait", "base", "finished"), rows)]
    if card.modes:
        head = ("template", "thinking", "harness opens", "naive response", "said", "in character", "whose silence")
        lines += ["", "## Modes", "", *table(head, mode_rows(card))]
    lines += ["", "## Under load", "", *loaded(card)]
    if card.phrases:
        lines += ["", f"## Phrases ({PARROT})", ""]
        lines += table(
            ("phrase", "answers", "base", "in", "quote"),
            [
                (f"`{_code(p.text)}`", f"{p.share:.0%}", f"{p.base:.0%}", p.place, f"`{_code(p.quote[:80])}`")
                for p in card.phrases
            ],
        )
    if card.notes:
        lines += ["", "## To know", "", *(f"- {_plain(note)}" for note in card.notes)]
    return "\n".join(lines) + "\n"


def loaded(card: Card) -> list[str]:
    done = card.stage(card.finished)
    lines = []
    if card.sustained:
        lines.append("- over turns: " + ", ".join(percent(one) for one in card.sustained))
    if done is not None and done.thirds:
        lines.append("- by thirds of long answers: " + ", ".join(f"{share:.0%}" for share in done.thirds))
    if card.stopped is not None:
        lines.append(f"- asked to stop role-playing: {percent(card.stopped)} still in character")
    if card.prefilled is not None:
        lines.append(f"- after a turn that the bare base answered: {percent(card.prefilled)}")
    if card.bits:
        said = ", ".join(f"{stage} {sum(v.values()) / len(v):.3f}" for stage, v in card.bits.items() if v)
        lines.append(f"- bits per byte on neutral text, lower is better: {said}")
    return lines or ["- nothing was measured"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A markdown table."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "¦").replace("\n", " ")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return _plain(text).replace("`", "'")


def smoke_rows(found: Mapping[str, Any]) -> Rows:
    """The smoke table, as the pairs' facts have it."""
    return [(str(key).replace("_", " "), _figure(value)) for key, value in found.items()]


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_figure(one)}" for key, one in value.items())
    return str(value)
