"""Commands about costs: what a study cost, by round and in all, and which round a researcher works on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, InStudy, StudyFolder, round_of

if TYPE_CHECKING:
    from greenlight.costs import Bill, Share, Used
    from greenlight.prices import Bill as Asked
    from greenlight.transcripts import Transcripts
    from greenlight.usage import Sum

MOST = 30
"""Rounds that a terminal shows without --all."""
NOTE = 2_000
"""Characters of a mark's note."""
EVENTS = ("start", "end")

Folders = Annotated[
    list[Path] | None,
    typer.Option("--transcripts", help="A folder of a coding agent's JSONL files.", metavar="DIR"),
]
Prices = Annotated[
    Path | None,
    typer.Option(help="TOML with a date and USD a million tokens by model; default: genai-prices.", metavar="FILE"),
]


def cost(
    folder: StudyFolder = Path(),
    transcripts: Folders = None,
    prices: Prices = None,
    by_model: Annotated[bool, typer.Option("--by-model", help="The researcher's tokens by model too.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every round, not the last 30.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a study cost: training, voices and researcher.

    By round and in all. A researcher's tokens come from agents' transcripts
    and from the study's own research sessions.

    Example: greenlight cost my-study --transcripts ~/.claude/projects/mine
    """
    from greenlight.costs import bill
    from greenlight.study import Study
    from greenlight.tariff import tariff
    from greenlight.transcripts import read
    from greenlight.unrun import unbilled

    study = Study(folder)
    listed = tariff(prices)
    told = read(transcripts or [], show.watch())
    found = bill(study.ledger, study.store.folder, told, listed)
    beside = unbilled(study)
    if as_json:
        show.answer({"study": str(folder), **_data(found, told), "of_no_round": beside.data()}, True, "")
        return
    text = _text(study.card.title, found, told, by_model, everything, bool(beside.items))
    show.answer(None, False, "\n".join([text, *_folded(_beside(beside))]))


def mark(
    what: Annotated[str, typer.Argument(help="The word round.", metavar="round")],
    number: Annotated[str, typer.Argument(help="Its number; one that is still to be written may be the next.")],
    event: Annotated[str, typer.Argument(help="Whether work on it starts or ends here.", metavar="start|end")],
    note: Annotated[str, typer.Option(help="What is worked on.", metavar="TEXT")] = "",
    folder: InStudy = Path(),
    as_json: AsJson = False,
) -> None:
    """Mark in the ledger that work on a round starts or ends.

    What a coding agent spends in between counts for that round in
    greenlight cost. A start ends what was marked before.

    Example: greenlight mark round 3 start --note "a wider model"
    """
    from greenlight import expenses
    from greenlight.costs import open_mark
    from greenlight.errors import RecipeError, StudyError
    from greenlight.study import Study

    if what != "round":
        raise RecipeError(f"'{what}' cannot be marked: write greenlight mark round {number} {event}")
    if event not in EVENTS:
        raise RecipeError(f"'{event}' is no event of a round: write start or end")
    if len(note) > NOTE:
        raise RecipeError(f"--note has {len(note):,} characters: write at most {NOTE:,}")
    study, of = Study(folder), round_of(number)
    files = study.files()
    following = max(files, default=0) + 1
    if of not in files and of != following:
        raise StudyError(f"there is no round {of} in {study.folder / 'rounds'}, and the next one is {following}")
    before = open_mark(expenses.read(study.ledger))
    if event == "end" and before != of:
        open_ = "no round is marked" if before is None else f"round {before} is"
        raise StudyError(f"work on round {of} was not started ({open_}): greenlight mark round {of} start")
    entry = study.ledger.append("mark", {"round": of, "event": event} | ({"note": note} if note else {}))
    ended = before if event == "start" and before not in (None, of) else None
    data = {"study": str(folder), "round": of, "event": event, "time": entry.time, "note": note, "ended": ended}
    told = f"round {of}: {event} at {entry.time}" + (f"; it ends what was marked of round {ended}" if ended else "")
    show.answer(data, as_json, told)


# ---------------------------------------------------------------- for programs


def _data(found: Bill, told: Transcripts) -> dict[str, Any]:
    times = [r.when for r in told.responses if r.when is not None]
    return {
        "prices": found.prices,
        "rounds": [_share(share) for share in found.shares if share.number is not None],
        "rest": [_share(share) for share in found.shares if share.number is None],
        "all": _share(found.all),
        "models": {name: _used(used) for name, used in found.models.items()},
        "transcripts": {
            "files": told.files,
            "bytes": told.bytes,
            "rows": told.rows,
            "responses": len(told.responses),
            "sub_agents": sum(r.agent for r in told.responses),
            "repeated_rows": told.repeated,
            "without_id": told.nameless,
            "first": _time(min(times)) if times else None,
            "last": _time(max(times)) if times else None,
            "skipped": dict(told.skipped),
        },
        "notes": found.notes,
    }


def _share(share: Share) -> dict[str, Any]:
    trained = share.training
    return {
        "round": share.number,
        "name": share.name,
        "runs": share.runs,
        "outcome": share.outcome,
        "wall_seconds": share.wall,
        "found_finished": share.again,
        "training": {
            "models": trained.models,
            "seconds": trained.seconds.value,
            "flops": trained.flops.value,
            "tokens": trained.tokens.value,
            "characters": trained.characters.value,
            "device": share.device,
            "peak_memory_bytes": share.peak_memory,
        },
        "generation": {
            **_usd(share.written.usd),
            "voices": {
                name: {
                    "requests": voice.requests,
                    "prompt_tokens": voice.tokens_in,
                    "completion_tokens": voice.tokens_out,
                    "seconds": voice.seconds.value,
                    **_usd(voice.usd),
                }
                for name, voice in sorted(share.voices.items())
            },
        },
        "researcher": {**_used(share.researcher), "agents": _used(share.agents), "calls": _used(share.calls)},
        **_usd(share.usd),
        "gain": _gain(share),
    }


def _gain(share: Share) -> dict[str, Any] | None:
    from greenlight.costs import efficiency

    if share.gain is None:
        return None
    found = {**share.gain._asdict(), "significant": share.significant, "per_unit": None}
    if share.significant:
        minutes, usd = share.training.seconds, share.usd
        found["per_unit"] = {
            "minutes": list(efficiency(minutes.known / 60, share.gain)),
            "usd": list(efficiency(usd.known, share.gain)),
            "at_least": not (minutes.whole and usd.whole),
        }
    return found


def _used(used: Used) -> dict[str, Any]:
    return {"responses": used.responses, **used.tokens._asdict(), "seconds": used.seconds, **_usd(used.usd)}


def _usd(money: Sum) -> dict[str, Any]:
    """``usd`` is null where a part is unknown; ``usd_known`` is what the other parts come to."""
    known = round(money.known, 9)
    return {"usd": known if money.whole else None, "usd_known": known}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


# ---------------------------------------------------------------- for people


def _text(title: str, found: Bill, told: Transcripts, by_model: bool, everything: bool, beside: bool = False) -> str:
    if not found.shares:
        given = "no transcript holds a response" if told.files or told.skipped else "no transcript was given"
        spent = "" if beside else "nothing has been spent yet: "
        return "\n".join([show.folded(f"{spent}no round was run, and {given}"), *_folded(found.notes)])
    total = found.all
    shown = _shown(found.shares, everything)
    rows = [_row(share) for share in [*shown, total]]
    parts = [show.table(("Round", "Training", "Wall", "Voices $", "Researcher $", "USD"), rows, title)]
    if total.researcher.responses:
        researched = [share for share in shown if share.researcher.responses]
        cells = [[_name(share), *_tokens(share.researcher)] for share in [*researched, total]]
        parts.append(show.table(("Researcher", *CLASSES, "USD"), cells))
        if by_model:
            cells = [[name or "not named", *_tokens(used)] for name, used in found.models.items()]
            parts.append(show.table(("Model", *CLASSES, "USD"), cells))
    lines = [*_gains(found.shares), *_sources(found, told), *found.notes]
    return "\n".join([*(part.rstrip() for part in parts), "", *_folded(lines)])


def _beside(bill: Asked) -> list[str]:
    """What was answered for no round of the bill, a line a voice."""
    from greenlight.prices import dollars

    lines = []
    for name, item in sorted(bill.items.items()):
        tokens = None if item.tokens_in is None or item.tokens_out is None else item.tokens_in + item.tokens_out
        counted = "tokens unknown" if tokens is None else show.counted(tokens, "token")
        money = "USD unknown (no price_in and price_out)" if item.usd is None else f"{dollars(item.usd)} USD"
        answers = show.counted(item.requests, "recorded answer")
        lines.append(f"not in a round that was run: {name}, {answers}, {counted}, {money}")
    return lines


def _folded(lines: Sequence[str]) -> list[str]:
    return [show.folded(show.visible(text[:1].upper() + text[1:])) for text in lines]


CLASSES = ("Input", "Cache write", "Cache read", "Output")


def _shown(shares: list[Share], everything: bool) -> list[Share]:
    """The last rounds, with those before them as one, so that the rows add up; then what belongs to no round."""
    from greenlight.costs import Share

    rounds = [share for share in shares if share.number is not None]
    rest = [share for share in shares if share.number is None]
    if everything or len(rounds) <= MOST:
        return [*rounds, *rest]
    earlier = Share(None, f"{len(rounds) - MOST:,} earlier")
    for share in rounds[:-MOST]:
        earlier.join(share)
    return [earlier, *rounds[-MOST:], *rest]


def _name(share: Share) -> str:
    return share.name if share.number is None else f"{share.number} {share.name}".rstrip()


def _row(share: Share) -> list[str]:
    trained = share.training
    return [
        _name(share),
        _bound(trained.seconds, show.span(trained.seconds.known)),
        show.span(share.wall),
        _money(share.written.usd),
        _money(share.researcher.usd),
        _money(share.usd),
    ]


def _tokens(used: Used) -> list[str]:
    return [*(f"{count:,}" for count in used.tokens), _money(used.usd)]


def _money(money: Sum) -> str:
    """``1.20``, ``≥ 1.20`` where a part is unknown, ``unknown``; four digits below 0.10."""
    return _bound(money, f"{money.known:,.{4 if 0 < money.known < 0.1 else 2}f}")


def _bound(amount: Sum, shown: str) -> str:
    if amount.whole:
        return shown
    return f"≥ {shown}" if amount.known else "unknown"


def _gains(shares: Sequence[Share]) -> list[str]:
    """What a unit of each significant gain cost; the others have no efficiency."""
    from greenlight.costs import efficiency

    judged = [share for share in shares if share.gain is not None]
    won = [share for share in judged if share.significant]
    lines = []
    for share in won[-10:]:
        gain = share.gain
        assert gain is not None
        minutes = efficiency(share.training.seconds.known / 60, gain)
        least = "" if share.training.seconds.whole else "≥ "
        each = f"{least}{_three(minutes.value)} [{_three(minutes.low)}, {_three(minutes.high)}] minutes of training"
        if share.usd.known or not share.usd.whole:
            usd = efficiency(share.usd.known, gain)
            mark_ = "" if share.usd.whole else "≥ "
            each += f" and {mark_}{_three(usd.value)} [{_three(usd.low)}, {_three(usd.high)}] USD"
        lines.append(
            f"Round {share.number}: {gain.metric} better by {gain.value:.3g} [{gain.low:.3g}, {gain.high:.3g}] "
            f"{gain.unit} than round {gain.against}; a unit of it cost {each}."
        )
    others = [str(share.number) for share in judged if not share.significant]
    if others:
        more = f" and {len(others) - 10:,} more" if len(others) > 10 else ""
        many = len(others) > 1
        named = ", ".join(others[-10:]) + more
        lines.append(f"Round{'s' if many else ''} {named}: —, within noise or no gain, so without an efficiency.")
    return lines


def _three(value: float) -> str:
    """Three digits, and no exponent for what is large."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _sources(found: Bill, told: Transcripts) -> list[str]:
    lines = []
    if told.files or told.skipped:
        times = [r.when for r in told.responses if r.when is not None]
        span = f", {_time(min(times))[:10]} to {_time(max(times))[:10]}" if times else ""
        agents = sum(r.agent for r in told.responses)
        lines.append(
            f"Transcripts: {show.counted(told.files, 'file')}, {show.counted(len(told.responses), 'response')} "
            f"({agents:,} of sub-agents) in {show.counted(told.rows, 'row')} with a usage{span}."
        )
    if found.all.researcher.responses:
        lines.append(f"Prices: {found.prices}.")
    return lines


COMMANDS = (cost, mark)
