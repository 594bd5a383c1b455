"""What ``compare`` and ``explain`` say on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenlight.cli import show

if TYPE_CHECKING:
    from greenlight.inquiry.explain import Explanation
    from greenlight.nouns import FactorTable, Guard, Interval, Round, Separation, Verdict

SHOWN = 20
"""Rows of a flipping set that the terminal shows; --json has all."""

COLUMNS, KEYS = 72, 34
"""Columns for the text of a table's cells beside its padding, and the most of them that keys take."""

ONE_SEED = frozenset({"steps", "epochs", "tokens_seen", "characters_seen", "flops", "tokens_per_parameter"})
"""What a round records of its first seed; seeds split the corpus differently, so that theirs differ a little."""
FIRST_SEED = "Steps, epochs, tokens and characters seen, and flops are those of the first seed; kept_step is the mean."


def verdict_lines(verdict: Verdict, before: int, after: int) -> list[str]:
    lines = [f"round {after} against round {before}: {verdict.outcome.upper()}", show.folded(f"  {verdict.sentence}")]
    if verdict.missing:
        lines.append(show.folded(f"  {verdict.missing}"))
    return lines


def recorded_line(recorded: dict[str, Any] | None, verdict: Verdict) -> list[str]:
    """Said where the ledger's verdict on the same comparison is another one."""
    if recorded is None or not recorded["differs"]:
        return []
    when = f" on {recorded['date']}" if recorded["date"] else ""
    line = f"the ledger recorded {recorded['outcome'].upper()}{when}; judged again now: {verdict.outcome.upper()}"
    since = f" (round {verdict.against} has other models since)" if recorded["control_changed"] else ""
    return [show.folded(f"  {line}{since}", "    ")]


def noted(verdict: Verdict, boot: Interval | None, planned: bool) -> list[str]:
    """The figures behind the sentence, guards and cautions; ``planned``: whether a round planned this comparison."""
    lines = []
    if verdict.difference is not None:
        d = verdict.difference
        how = d.method + ("" if d.df is None else f", {d.df:.1f} df") + (", seed variance pooled" * verdict.pooled)
        lines.append(f"difference {_interval(d)} {verdict.unit}")
        lines.append(f"by {how}")
        lines.append(f"margin ±{verdict.margin:.3g} ({verdict.margin_from})")
        plan = f" of a plan of {show.counted(verdict.planned, 'seed')}" if verdict.planned else ""
        look = f"α of this look {verdict.alpha:.3g} (look {verdict.looks}{plan}); {verdict.spent:.3g} spent in all"
        lines.append(look if planned else f"α {verdict.alpha:.3g} (a comparison that no round planned)")
    if boot is not None:
        lines.append(f"for comparison only: {_interval(boot)} by the {boot.method}")
    if verdict.truth:
        lines.append(f"true difference of the corpora: {verdict.truth['difference']:+.3f} {verdict.truth['unit']}")
    quiet = [guard for guard in verdict.guards if guard.state == "kept" and not guard.named]
    lines += [
        f"guard {guard.metric}: {guard.state} ({_interval(guard.difference)} {guard.unit}; limit {guard.margin:.3g})"
        for guard in verdict.guards
        if guard not in quiet
    ]
    if quiet:
        lines.append(f"guarded, and not shown to be worse: {', '.join(guard.metric for guard in quiet)}")
    lines += [
        f"{guard.metric}: worse by more than its limit of {guard.margin:.3g} is not ruled out "
        f"({_interval(guard.difference)} {guard.unit})"
        for guard in quiet
        if _most_worse(guard) > guard.margin
    ]
    lines += [f"caution: {caution}" for caution in verdict.cautions]
    return [show.folded(f"  {line}", "    ") for line in lines]


def _most_worse(guard: Guard) -> float:
    """How much worse it may have become: the interval's end on the bad side."""
    return guard.difference.high if guard.better == "lower" else -guard.difference.low


def _value(value: float) -> str:
    """A sum that is zero but for the last bits is zero."""
    return f"{value:.4g}" if abs(value) > 1e-12 else "0"


def _interval(interval: Interval) -> str:
    return f"{interval.value:+.4g} [{interval.low:+.4g}, {interval.high:+.4g}]"


def by_seed(verdict: Verdict, before: int, after: int) -> list[str]:
    pairs = zip((before, after), verdict.per_seed, strict=True)
    return [
        show.folded(f"  round {number} by seed: {', '.join(f'{v:.4g}' for v in values)}", "    ")
        for number, values in pairs
        if values
    ]


def by_block(verdict: Verdict, blocks: list[dict[str, Any]], after: int) -> list[str]:
    """In how many blocks the later round is better, the quartiles of the differences, and the ends by name."""
    if len(blocks) < 4:
        return []
    sign = -1 if verdict.better == "lower" else 1
    gains = sorted(blocks, key=lambda block: sign * block["difference"])
    better = sum(sign * block["difference"] > 0 for block in blocks)
    quarter = [gains[round(q * (len(gains) - 1))]["difference"] for q in (0.25, 0.5, 0.75)]
    lines = [
        f"round {after} is better in {better} of {len(blocks)} {verdict.over}; quartiles of the difference "
        f"{', '.join(f'{value:+.3g}' for value in quarter)}"
    ]
    for word, ends in (("most", gains[-3:][::-1]), ("least", gains[:3])):
        lines.append(f"gained {word}: {'; '.join(_named(b['block'], b['difference']) for b in ends)}")
    return [show.folded(f"  {line}", "    ") for line in lines]


def _named(block: str, difference: float) -> str:
    short = block if len(block) <= 40 else f"{block[:37]}…"
    return f"{short} {difference:+.3g}"


def cause(table: FactorTable) -> str:
    if table.causal:
        return "One factor differs: the verdict may name it."
    if table.factors:
        return f"A package of {len(table.factors)}: no cause may be named."
    return "Nothing but seeds differs: there is nothing to judge."


def factor_lines(table: FactorTable, before: int, separations: list[Separation]) -> list[str]:
    rows = [
        [f.key, _cell(f.before), _cell(f.after), f.follows_from or "written"]
        for f in (*table.factors, *table.consequences)
    ]
    headers = ["what differed", f"round {before}", "then", "follows from"]
    lines = [show.table(headers, _fitted(headers, rows))] if rows else []
    if ONE_SEED & {f.key for f in table.consequences}:
        lines.append(show.folded(FIRST_SEED, ""))
    lines.append(cause(table))
    if separations:
        lines.append("The rounds that would separate it, the cheapest first:")
    for s in separations:
        state = f"about {show.span(60 * s.minutes)}" if s.minutes is not None else "its time is unknown"
        state = f"done by round {s.done_by}" if s.done_by else state
        lines.append(show.folded(f"  - {s.sentence} ({state})", "    "))
    return lines


def _fitted(headers: list[str], rows: list[list[str]]) -> list[list[str]]:
    """Cells folded so that the keys of the first column keep their words whole in 80 columns."""
    import textwrap

    first = min(KEYS, max(len(row[0]) for row in [headers, *rows]))
    widths = [first, *[(COLUMNS - first) // (len(headers) - 1)] * (len(headers) - 1)]
    return [["\n".join(textwrap.wrap(cell, w) or [""]) for cell, w in zip(row, widths, strict=True)] for row in rows]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or (isinstance(value, float) and 1e3 <= abs(value) < 1e9):
        return f"{value:,.0f}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return " ".join(f"{k} {_cell(v)}" for k, v in value.items())
    return "–" if value is None else str(value)


# ---------------------------------------------------------------- what it rests on


def round_number(which: str, a: Round, b: Round) -> int:
    """Of ``before`` or ``after``."""
    return a.number if which == "before" else b.number


def explained(found: Explanation, a: Round, b: Round) -> list[str]:
    v, over = found.verdict, found.verdict.over
    lines = verdict_lines(v, a.number, b.number)
    if v.outcome == "invalid":
        return lines
    if found.flipped is None or found.flipped.difference is None:
        tried = f"No set of up to {found.tried} of the {found.blocks} {over} was found that changes it."
        if not found.tried:
            tried = f"No set of {over} could change it: see what is missing above."
        lines += ["", show.folded(tried, "")]
    else:
        lines += ["", show.folded(_flip(found), "")]
        headers = [over, f"round {a.number}", f"round {b.number}", "difference", "share"]
        rows = [
            [
                row.block,
                _value(row.before),
                _value(row.after),
                f"{row.after - row.before:+.4g}",
                f"{100 * row.weight:.1f} %",
            ]
            for row in found.rows[:SHOWN]
        ]
        lines.append(show.table(headers, rows))
        if len(found.rows) > SHOWN:
            lines.append(f"and {len(found.rows) - SHOWN} more: --json has all")
        bound = (
            "This is an upper bound: a smaller set may exist. It says how much of the verdict rests on few rows, and is"
            " no reason to leave any out: the yardstick was fixed before the rounds were run."
        )
        lines += [show.folded(bound, "")]
    if found.held:
        held = f"The margin is held at {v.margin:.3g}, the whole verdict's, whatever is left out."
        lines.append(show.folded(held, ""))
    return lines + _seeds(found, a, b)


def _flip(found: Explanation) -> str:
    v, now = found.verdict, found.flipped
    assert now is not None
    assert now.difference is not None
    was = "" if v.difference is None else f" at {_interval(v.difference)}"
    count = f"{len(found.rows)} of {found.blocks} {v.over} ({100 * found.share:.0f} %)"
    return (
        f"Without {count} it would be {now.outcome.upper()}, at {_interval(now.difference)} and a margin of "
        f"{now.margin:.3g}; with them it is {v.outcome}{was}, margin {v.margin:.3g}."
    )


def _seeds(found: Explanation, a: Round, b: Round) -> list[str]:
    if not found.seeds:
        return []
    rows = []
    for s in found.seeds:
        interval = "–" if s.verdict.difference is None else _interval(s.verdict.difference)
        rows.append([f"{s.seed} of round {round_number(s.round, a, b)}", interval, s.says, s.verdict.outcome])
    changed = sum(s.says != found.verdict.outcome for s in found.seeds)
    words = f"Leaving out one seed moves the interval to another outcome in {changed} of {len(found.seeds)} cases."
    if not changed:
        words = "No single seed decides it: without any of them the interval says the same."
    few = any(s.says != s.verdict.outcome for s in found.seeds)
    note = " With under 3 seeds a verdict is undecided by rule, whatever the interval says." if few else ""
    return [show.table(["without seed", "difference", "interval", "verdict"], rows), show.folded(words + note, "")]
