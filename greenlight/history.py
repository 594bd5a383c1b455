"""One sample's whole history: who was asked what, what came, what was changed or refused, where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight import corpus, rulings, unrun
from greenlight.answers import Answers
from greenlight.errors import InputError
from greenlight.generators._clean import RULES
from greenlight.manifest import scrubbed
from greenlight.nouns import Answer, Round
from greenlight.screen import DROPPED, KEPT
from greenlight.study import Study
from greenlight.write import REFUSED

SHORTEST = 4
"""Characters of a prefix at least."""
LISTED = 5
"""Samples of which a prefix that fits several names as many."""


@dataclass(frozen=True)
class Place:
    """A row of a round's files in which a sample stands; ``of``: kept, dropped, refused, or accepted (not screened)."""

    round: Round
    of: str
    path: Path
    row: dict[str, Any]


def why(study: Study, word: str) -> dict[str, Any]:
    """The history of the sample whose id or sha256 is ``word``, or begins with it and no other's does.

    Raises InputError when there is none or there are several, StudyError where the ledger cannot be read.
    """
    rounds = [*study.ledger.latest().values(), *unrun.rows(study)]
    places = _one(list(_places(study, rounds, word)), word, study)
    first = next((place for place in places if place.of == "kept"), places[0])
    made = _tabled(first.row)
    return {
        "id": made["id"],
        "sha256": made["sha256"],
        "stands": [_stands(place) for place in places],
        "trained": sorted({p.round.number for p in places if p.of == "kept" and p.round.status == "done"}),
        "voice": _voice(first.round, made),
        "brief": _brief(first.round, made),
        "request": {
            key: made[key]
            for key in ("prompt", "prompt_rendered", "prompt_sha256", "system", "params", "seed", "attempt", "request")
        },
        "answer": _answer(study, made),
        "cleaned": _cleaned(made),
        "control": made["control"],
        "body": made["body"],
        "earlier": _earlier(study, first),
        "gates": rulings.read(made.get(corpus.DECIDED) or ""),
    }


def _files(study: Study, row: Round) -> Iterator[tuple[str, Path]]:
    """The files in which samples of a round stand, as far as they are here."""
    kept, wrote = row.artifacts.get("kept"), row.artifacts.get("corpus")
    if kept is not None:
        published = study.folder / "corpora" / f"{row.number:02d}-{row.slug}" / corpus.SHARD
        stored = study.store.path(kept) / KEPT
        ran = row.reason != unrun.NOT_RUN and published.exists()  # what is published there may be an earlier run's
        yield from (("kept", path) for path in ((published,) if ran else (stored,)) if path.exists())
        yield from (("dropped", path) for path in (study.store.path(kept) / DROPPED,) if path.exists())
    if wrote is not None:
        accepted = study.store.path(wrote) / corpus.FILE
        yield from (("accepted", path) for path in (accepted,) if kept is None and path.exists())
        yield from (("refused", path) for path in (study.store.path(wrote) / REFUSED,) if path.exists())


def _places(study: Study, rounds: Iterable[Round], word: str) -> Iterator[Place]:
    """Every row whose id or hash begins with the word; only those rows are read whole."""
    for row in rounds:
        for of, path in _files(study, row):
            names = corpus.stream(path, ("id", "sha256"))
            found = {n for n, one in enumerate(names) if _fits(one["id"], word) or _fits(one["sha256"], word)}
            if found:
                for number, whole in enumerate(corpus.stream(path)):
                    if number in found:
                        yield Place(row, of, path, {"row": number, **whole})


def _fits(name: str | None, word: str) -> bool:
    return name == word or (len(word) >= SHORTEST and bool(name) and str(name).startswith(word))


def _one(places: list[Place], word: str, study: Study) -> list[Place]:
    """The places of one sample; an id that is the very word comes before those that only begin with it."""
    exact = [place for place in places if word in (place.row["id"], place.row["sha256"])]
    places = exact or places
    named = {(place.row["id"], place.row.get("body_sha256", "")) for place in places}
    if not places:
        short = f" (a prefix has at least {SHORTEST} characters)" if len(word) < SHORTEST else ""
        raise InputError(
            f"no sample of {study.folder} has an id or a sha256 that begins with '{word[:80]}'{short}: take one from "
            "a row of corpora/, and see that the round's steps are in the store"
        )
    if len(named) > 1:
        several = ", ".join(sorted({str(place.row["id"]) for place in places})[:LISTED])
        raise InputError(f"'{word[:80]}' fits {len(named)} samples ({several} …): give more of it")
    return places


def _tabled(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its tables read, and every column that an older file lacks."""
    tables = {name: _read(row.get(name)) for name in corpus.TABLED}
    blank = dict.fromkeys(("prompt", "prompt_rendered", "system", "request", "response_id", "raw", "model"), "")
    return {**blank, "seed": 0, "attempt": 0, **row, **corpus.hashes(row), **tables}


def _read(text: Any) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        return {}


def _stands(place: Place) -> dict[str, Any]:
    row = place.row
    found = {"round": place.round.number, "slug": place.round.slug, "of": place.of, "file": place.path.name}
    found |= {"row": row["row"], "offset": row.get("offset"), "sha256": row["sha256"], "control": row["control"]}
    if place.of not in ("kept", "accepted"):
        found |= {"offset": None, "flag": _read(row.get("gate_flags"))}
    return found


def _voice(row: Round, made: Mapping[str, Any]) -> dict[str, Any]:
    name = made["voice"] or ""
    voices = row.recipe["corpus"].get("voices") or {}
    options = voices.get(name, {})
    return {
        "name": name,
        "fingerprint": made["voice_fingerprint"],
        "model": made["model"],
        "use": options.get("use", name if name in voices else row.recipe["corpus"]["use"]),
        "settings": {key: value for key, value in scrubbed(options).items() if key != "use"},
    }


def _brief(row: Round, made: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, without the list of all topics."""
    brief = row.recipe["corpus"].get("brief") or {}
    kept = {key: value for key, value in brief.items() if key != "topics"}
    return {**kept, "topic": made["topic"], "level": made["level"]}


def _answer(study: Study, made: Mapping[str, Any]) -> dict[str, Any]:
    """What the voice said, as it was recorded before anything was looked at; else as the row has it."""
    told = {key: made.get(key) for key in ("finish_reason", "usage", "latency_ms", "response_id", "model")}
    recorded = _recorded(study, made)
    text = recorded.text if recorded else made["raw"] or made["body"]
    reasoning = recorded.reasoning if recorded else ""
    return {"text": text, "reasoning": reasoning, "recorded": recorded is not None, **told}


def _recorded(study: Study, made: Mapping[str, Any]) -> Answer | None:
    path = study.store.folder / "answers" / f"{(made['voice_fingerprint'] or '')[:16]}.jsonl"
    if not made["request"] or not path.is_file():
        return None
    with Answers(path) as answers:
        return answers.get(made["request"])


def _cleaned(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each rule changed: the pieces of text before and after it."""
    from difflib import SequenceMatcher

    text, found = made["raw"] or made["body"], []
    for rule in made.get("cleaned_by") or ():
        after = RULES[rule](text) if rule in RULES else text
        spans = SequenceMatcher(None, text, after, autojunk=False).get_opcodes() if len(text) < 20_000 else []
        changes = [
            {"before": text[max(0, a - 12) : b + 12], "after": after[max(0, c - 12) : d + 12], "at": a}
            for kind, a, b, c, d in spans
            if kind != "equal"
        ]
        found.append({"rule": rule, "characters": len(after) - len(text), "changes": changes})
        text = after
    return found


def _earlier(study: Study, place: Place) -> list[dict[str, Any]]:
    """The attempts at the same place of the plan before this one: refused, with gate and reason, or not answered."""
    wrote, made = place.round.artifacts.get("corpus"), place.row
    path = study.store.path(wrote) / REFUSED if wrote else Path()
    if not made.get("attempt"):
        return []
    refused: dict[int, dict[str, Any]] = {}
    if path.is_file():
        for row in corpus.stream(path):
            if all(row[key] == made[key] for key in ("voice", "topic", "level")) and row["attempt"] < made["attempt"]:
                told = {"attempt": row["attempt"], "id": row["id"], "seed": row["seed"], "body": row["body"]}
                refused[row["attempt"]] = {**told, **_read(row["gate_flags"])}
    here = path.is_file()
    lost = {"gate": "", "reason": "no answer" if here else "its record is not in the store"}
    return [refused.get(n, {"attempt": n, **lost}) for n in range(made["attempt"])]
