"""Where the numbers of a person's text come from: a figure carries a mark, ``[r3]``, and must be a rounding of a value
in that round's row of the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from greenlight import stats
from greenlight.inquiry.trace import SIGN
from greenlight.nouns import Round, Score
from greenlight.study import Study

MARK = re.compile(r"\[((?:(?:rounds?|ledger) ?|r)\d[^\]\n]*|cited\b[^\]\n]*)\](?!\()")
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
NAMING = r"(?:rounds?|levels?|seeds?|sections?|chapters?|figures?|tables?|pages?|lines?|issues?|looks?|entry|part|§|#)"
MANY = r"\d+(?:(?:, ?| and | to | or | ?[–-] ?)\d+)*(?![.,]?\d)"
NO_FIGURE = (
    r"(?ms)^ *(```|~~~).*?^ *\1",  # fenced code
    r"(`+)[^`\n]+\1",  # code spans
    r"(?s)<!--.*?-->|</?[a-zA-Z][^>\n]*>",
    r"\]\([^)\n]*\)|https?://\S+|(?m:^\[[^\]\n]+\]:.*$)",  # where links lead
    r"\b\d{4}-\d\d(?:-\d\d)?(?:[T ]\d\d:\d\d\S*)?|\b\d{1,2}:\d\d(?::\d\d)?\b",  # dates and times
    rf"\b(?:\d{{1,2}}\.? )?{MONTH} (?:\d{{1,2}},? )?\d{{4}}\b",
    r"\bv?\d+\.\d+\.\d[\w.+-]*|\bv\d+(?:\.\d+)*\b",  # versions
    r"(?i)\b(?:python|py)?(?:torch|python|cuda|numpy|linux|version|release|greenlight) \d+(?:\.\d+)*",
    rf"(?i)(?<!\w){NAMING} ?{MANY}",  # names: round 3, seeds 1, 2 and 3
    r"\b\d+(?:st|nd|rd|th)\b|\b[A-Za-z][A-Za-z_]*-?\d[\w.-]*|\bη²",  # ordinals and names: GPT-2, L5, bf16
    r"\b9[059](?:\.\d)? ?%(?= (?:\w+ )?(?:interval|confidence))",  # the level of an interval is a convention
)
"""What holds digits and is no measurement. List numbers and headings' numbers are none either."""

UNIT = r"(?P<unit> ?%| ?[kMG]\b| (?:thousand|million|billion)\b)?"
WRITTEN = re.compile(
    rf"(?P<about>(?:(?:about|around|roughly|nearly|some|almost) |[~≈] ?))?(?<![\w.,])(?P<sign>(?<![\d\w)\]]){SIGN})?"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?P<places>\.\d+)?(?:[eE](?P<power>{SIGN}?\d+))?{UNIT}"
)
SCALE = {"k": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6, "G": 1e9, "billion": 1e9}

Values = Mapping[str, float]
"""Values by the path under which they stand in a round's row (or an entry of the ledger)."""


@dataclass(frozen=True)
class Figure:
    """One figure of a text. ``state``: traced (``source`` says to what), wrong, unmarked or cited."""

    line: int
    text: str
    mark: str
    state: str
    source: str = ""
    value: float = 0.0
    step: float = 0.0
    signed: bool = False


def written(text: str, sources: Mapping[str, Values], default: str = "") -> list[Figure]:
    """Every figure of a hand-written text, held against what its mark names (``r3``, ``ledger 12``).

    A mark covers the figures before it in its sentence, list item or table row, back to the mark before; one that
    leads its sentence, and the last one of a table row, covers what follows too. Figures without one belong to
    ``default``, when that is given.
    """
    bare = _blanked(text)
    found = []
    for start, end in _segments(bare):
        marks = [(m.start(), m.end(), m[1]) for m in MARK.finditer(bare, start, end)]
        inner = MARK.sub(lambda m: " " * len(m[0]), bare[start:end])
        leads = bool(marks) and (
            bare[start:end].lstrip().startswith("|") or not bare[start : marks[0][0]].strip(" \n>*+-")
        )
        rest = marks[-1][2] if leads else default
        for match in WRITTEN.finditer(inner):
            at = start + match.start()
            mark = next((m[2] for m in marks if m[0] >= at), rest)
            found.append(
                _checked(_figure(match, text.count("\n", 0, start + match.start("digits")) + 1, mark), sources)
            )
    return found


def _blanked(text: str) -> str:
    """The text with everything that is no figure replaced by spaces, place by place."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    kept = [(m.start(), m[0]) for m in MARK.finditer(text)]
    for pattern in NO_FIGURE:
        text = re.sub(pattern, blank, text)
    text = re.sub(r"(?m)^([ >]*)(\d+)([.)])(?= )", lambda m: f"{m[1]}-{' ' * len(m[2])}", text)  # list numbers
    text = re.sub(
        r"(?m)^(\| *)(\d+)(?= +[a-z|])", lambda m: m[1] + " " * len(m[2]), text
    )  # a round's number in a table
    text = re.sub(r"(?m)^(#+ +)(\d+(?:\.\d+)*\.?)(?= )", lambda m: m[1] + " " * len(m[2]), text)
    for at, mark in kept:  # a mark looks like a name, and is kept, but not where it stands in code
        if "[" in text[at : at + 1]:
            text = text[:at] + mark + text[at + len(mark) :]
    return text


BOUNDARY = re.compile(
    r"\n[ >]*\n|\n(?=[ >]*[-*+] )|\n(?=[ >]*\|)|(?<=\|)\n|\n(?=#)"
    rf"|[.!?][\"')”*_]*(?:\s?{MARK.pattern})*(?=\s|$)"
)


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, list items, table rows and headings, as spans."""
    at = 0
    for match in BOUNDARY.finditer(text):
        yield at, match.end()
        at = match.end()
    yield at, len(text)


def _figure(match: re.Match[str], line: int, mark: str) -> Figure:
    unit = (match["unit"] or "").strip()
    places = len((match["places"] or ".")[1:])
    power = float(f"1e{(match['power'] or '0').replace('−', '-')}") * SCALE.get(unit, 1.0)
    digits = match["digits"].replace(",", "")
    value = float(digits + (match["places"] or "")) * power
    step = 10.0**-places * power
    if match["about"] and not places:
        step *= 10.0 ** (len(digits) - len(digits.rstrip("0") or digits))
    negative = match["sign"] in ("-", "−")
    shown = match[0][len(match["about"] or "") :].strip()
    return Figure(line, shown, mark, "", "", -value if negative else value, step, bool(match["sign"]))


def _checked(figure: Figure, sources: Mapping[str, Values]) -> Figure:
    if not figure.mark:
        return replace(figure, state="unmarked")
    if figure.mark.startswith("cited"):
        return replace(figure, state="cited")
    names = marks_of(figure.mark)
    unknown = [name for name in names if name not in sources]
    if unknown or not names:
        return replace(figure, state="wrong", source=f"not in the ledger: {', '.join(unknown) or figure.mark}")
    pool = {f"{name} {path}": v for name in names for path, v in _meant(sources[name], words_of(figure.mark)).items()}
    if not pool:
        return replace(figure, state="wrong", source=f"no value there is called {' '.join(words_of(figure.mark))}")
    percent = figure.text.endswith("%")
    best, source = float("inf"), ""
    for path, value in pool.items():
        for known in (value, 100 * value) if percent else (value,):
            distance = abs(known - figure.value if figure.signed else abs(known) - abs(figure.value))
            if distance < best:
                best, source = distance, f"{path} = {value:.6g}"
    right = best <= figure.step / 2 * (1 + 1e-9) + 1e-12
    return replace(figure, state="traced" if right else "wrong", source=source if right else f"nearest: {source}")


def _meant(values: Values, words: Sequence[str]) -> dict[str, float]:
    """The values whose path holds every word of the mark; without words, all but the fine print."""
    if words:
        return {path: v for path, v in values.items() if all(word in path for word in words)}
    return {path: v for path, v in values.items() if not FINE.search(path)}


def words_of(mark: str) -> list[str]:
    """``r2 dial.slope low`` → ``["dial.slope", "low"]``: what narrows a mark down."""
    return [w for w in re.split(r"[\s,;]+", mark) if not re.fullmatch(r"r?\d+|rounds?|ledger|and|", w)]


def marks_of(mark: str) -> list[str]:
    """``r1, round 3`` → ``["r1", "r3"]``; ``ledger 12`` → ``["ledger 12"]``."""
    entry = mark.startswith("ledger")
    words = [w for w in re.split(r"[\s,;]+", mark) if re.fullmatch(r"r?\d{1,9}", w)]
    return [f"ledger {int(w)}" if entry else f"r{int(w.removeprefix('r'))}" for w in words]


# ---------------------------------------------------------------- the values of a row


def sources(study: Study, texts: Iterable[str]) -> dict[str, Values]:
    """What the marks of these texts can mean in a study: its counting rounds, and the entries that are named."""
    named = {mark for text in texts for m in MARK.finditer(text) for mark in marks_of(m[1])}
    found: dict[str, Values] = {f"r{n}": values_of(r) for n, r in study.ledger.latest().items()}
    for line, raw in study.ledger.walk():
        if (name := f"ledger {line.seq}") in named:
            whole = line.kind == "round"
            entry = study.ledger.entries()[line.seq - 1]
            found[name] = values_of(study.ledger.round(line, raw)) if whole else leaves(entry.body, line.kind)
    return found


LONG = 64
"""A longer list is raw data (a value a block, a line a step); no text quotes it."""

FINE = re.compile(
    r"facts\.(?:corpus_dial|truth|threads|code|shares)|\.facts\.|\.mean over seeds\."
    r"|verdict\.(?:factors|truth|guards)|recipe\."
)
"""Details that a mark must name to mean them (``[r2 corpus_dial]``): with all of them in view, more figures would be
found by chance."""


def values_of(row: Round) -> dict[str, float]:
    """What a text may say of a round: scores with their intervals, facts, verdict, accounting, recipe, time.

    A score's values by block are left out: among so many, any figure would be found.
    """
    found: dict[str, float] = {}
    for name, score in row.scores.items():
        if not score.invalid:
            found |= {f"{name}.{key}": value for key, value in _score(score).items()}
    corpus = row.facts.get("corpus_dial", {}).get("slope")
    if "dial.slope.value" in found and isinstance(corpus, Mapping) and corpus.get("mean"):
        found["dial.slope as a share of the corpus's"] = found["dial.slope.value"] / corpus["mean"]
    data = row.data()
    for name in ("facts", "verdict", "accounting", "recipe"):
        found |= leaves(data[name], name)
    found |= {"seeds": float(len(row.seeds)), "seconds": row.seconds, "minutes": row.seconds / 60}
    if isinstance(memory := row.facts.get("peak_memory_bytes"), (int, float)):
        found["memory in GiB"] = memory / 2**30
    return found


def _score(score: Score) -> dict[str, float]:
    found = {"value": score.value, "blocks": float(len(score.blocks)), "seeds": float(len(score.seeds))}
    found |= {f"seed {seed}": value for seed, value in zip(score.seeds, score.per_seed, strict=True)}
    try:
        interval = stats.one_arm(score.values, score.weights).interval
        found |= {"low": interval.low, "high": interval.high, "half width": (interval.high - interval.low) / 2}
    except ValueError:  # one seed has no interval
        pass
    noted = {seed: leaves(facts, "") for seed, facts in score.facts.items()}
    for seed, values in noted.items():
        found |= {f"facts.{seed}{path}": value for path, value in values.items()}
    for path in set.intersection(*(set(values) for values in noted.values())) if noted else ():
        found[f"mean over seeds{path}"] = sum(values[path] for values in noted.values()) / len(noted)
    return found


def leaves(data: Any, path: str) -> dict[str, float]:
    """The numbers in JSON-able data, by dotted path."""
    if isinstance(data, bool) or data is None or isinstance(data, str):
        return {}
    if isinstance(data, (int, float)):
        return {path: float(data)}
    if isinstance(data, Mapping):
        items = [(str(key), value) for key, value in data.items()]
    else:
        items = [(str(place), value) for place, value in enumerate(data)] if len(data) <= LONG else []
    return {inner: value for key, part in items for inner, value in leaves(part, f"{path}.{key}").items()}
