"""Writes a study's report: one self-contained page, the same in markdown, and the charts as pictures."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from greenlight.progress import SILENT, Watch
from greenlight.report import bill, charts, figures, grids
from greenlight.report.cells import metric_name
from greenlight.report.character import labels_of, panel_of
from greenlight.report.page import Page
from greenlight.report.persona import characters
from greenlight.report.tables import table_md
from greenlight.report.text import clean, md, md_lines, whole
from greenlight.report.view import View, view_of
from greenlight.store import write_file

HERE = Path(__file__).parent
MOST_PANELS = 12
"""In one picture; the page itself draws every round."""


def write(page: Page, folder: Path, watch: Watch = SILENT) -> list[Path]:
    """``report.html``, ``report.md`` and ``charts/*.png`` (light and dark), each file whole or not at all.

    Returns their paths, the page first.

    The page holds all it needs and loads nothing. The pictures are written first, so ``report.md`` never names one
    that is not there. Raises OSError where the folder cannot be written.
    """
    pictures = specs(page)
    written: list[Path] = []
    with watch.bar("report", len(pictures) * len(charts.THEMES) + 1, "pictures") as bar:
        for name, (make, scale) in pictures.items():
            for theme, palette in charts.THEMES.items():
                path = folder / "charts" / f"{name}-{theme}.png"
                write_file(path, charts.png(make(palette), palette, scale))
                written.append(path)
                bar.advance(1, name)
        made = texts(page)
        for name, text in made.items():
            write_file(folder / name, text)
        bar.advance(1, "page")
    return [folder / name for name in reversed(made)] + written


def texts(page: Page) -> dict[str, str]:
    """``report.md`` and ``report.html``, by name, without their pictures."""
    view = view_of(page)
    return {"report.md": markdown(view, list(specs(page))), "report.html": html(view)}


def html(view: View) -> str:
    """The page. Every value is cleaned and escaped on its way into the template."""
    script = (HERE / "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    env = _environment(clean)
    css = (HERE / "page.css").read_text(encoding="utf-8")
    extra = {
        "css": Markup(css),
        "theme_css": Markup(theme_css()),
        "script": Markup(script),
        "script_hash": Markup(f"sha256-{digest}"),
    }
    return str(env.get_template("page.html.j2").render(**view, **extra))


def markdown(view: View, names: Sequence[str]) -> str:
    """The same content for GitHub. Every value is neutralised on its way into the template."""
    env = _environment(lambda value: value if isinstance(value, Markup) else Markup(md(value)))

    def table(headers: Sequence[str], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Markup:
        return Markup(table_md(headers, [[str(row[k]) for k in keys] for row in rows]))

    def quote(text: str) -> Markup:
        return Markup(md_lines(text))

    def plain(text: str) -> Markup:
        return Markup(" ".join(clean(text).split()))

    def rows_md(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
        return Markup(table_md(headers, rows))

    helpers = {
        "table": table,
        "rows_md": rows_md,
        "quote": quote,
        "plain": plain,
        "charts": set(names),
        "grid": grids.markdown,
        "heat": grids.heat,
    }
    text = str(env.get_template("page.md.j2").render(**view, **helpers, accounts=_accounts(view)))
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip() + "\n"


def _accounts(view: View) -> Markup:
    found = view["accounting"]
    if not found:
        return Markup()
    headers = [
        "Round",
        "Asked",
        "Kept",
        *(f"Refused: {g}" for g in found["gates"]),
        "Failed",
        *(f"Cleaned: {rule}" for rule in found["rules"]),
    ]
    cells = [[r["round"], r["asked"], r["kept"], *r["refused"], r["failed"], *r["cleaned"]] for r in found["table"]]
    return Markup(table_md(headers, cells, range(1, len(headers))))


def _environment(finalize: Any) -> Any:
    import jinja2

    loader = jinja2.FileSystemLoader(HERE)
    env = jinja2.Environment(
        loader=loader,
        autoescape=True,
        finalize=finalize,
        undefined=jinja2.StrictUndefined,
    )
    env.filters["whole"] = whole
    return env


def theme_css() -> str:
    """The palettes as variables: light, dark by the system's wish or the button's, and always light on paper."""
    light, dark = ("; ".join(f"--{name}: {value}" for name, value in p.items()) for p in (charts.LIGHT, charts.DARK))
    wish = "@media screen and (prefers-color-scheme: dark)"
    rules = (
        f":root {{ color-scheme: light; {light}; }}",
        f"{wish} {{ :root:not([data-theme=light]) {{ color-scheme: dark; {dark}; }} }}",
        f"@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark}; }} }}",
    )
    return "\n".join(rules)


def specs(page: Page) -> dict[str, tuple[Any, float]]:
    """By picture: a function from palette to spec, and the scale in pixels per unit."""
    out: dict[str, tuple[Any, float]] = {}
    strips = _strips(page)
    if strips:
        out["verdicts"] = (lambda palette: _verdicts(strips, palette), 2.0)
    if made := characters(page):
        panels = [panel_of(c) for c in made[-MOST_PANELS:]]
        out["characters"] = (_stages(panels, labels_of(made)), 2.0)
    if (found := page.returns) is not None:
        out["cost"] = (lambda palette: bill.chart(found, palette), 2.0)
    for name, small, title, subtitle in _grids(page):
        if small:
            shown, cut = small[-MOST_PANELS:], len(small) > MOST_PANELS
            more = f" The last {MOST_PANELS} of {len(small)} rounds." if cut else ""
            out[name] = (_grid(name, shown, title, subtitle + more), 2.0)
    return out


def _stages(panels: list[charts.Panel], stages: Sequence[str]) -> Any:
    title = "Character rate by stage"
    subtitle = "Filled: in character, with its interval; ring: answered at all; dotted: what the prompt alone does."

    def make(palette: charts.Palette) -> charts.Spec:
        return charts.grid_of([charts.stage_panel(p, stages, palette) for p in panels], title, subtitle, columns=3)

    return make


def _grids(page: Page) -> list[tuple[str, list[charts.Panel], str, str]]:
    dial, voices, loss = figures.dial_panels(page), figures.voice_panels(page), figures.loss_panels(page)
    known = any(panel.data.get("truth") for panel in dial.values())
    dotted = ", dotted the truth by construction" if known else ""
    return [
        (
            "dial",
            list(dial.values()),
            "Mean mentions by level",
            f"Solid: models, each seed with its interval; dashed the corpus{dotted}.",
        ),
        (
            "voices",
            list(voices.values()),
            "The corpus, voice by voice",
            f"Mean mentions by level, with intervals over topics{dotted}.",
        ),
        (
            "loss",
            list(loss.values()),
            "Loss by step",
            f"In {figures.loss_unit(page)}. Grey: training; coloured: validation; a ring marks each seed's lowest.",
        ),
    ]


def _grid(name: str, panels: list[charts.Panel], title: str, subtitle: str) -> Any:
    def make(palette: charts.Palette) -> charts.Spec:
        if name == "loss":
            return charts.grid_of([charts.loss_panel(p, palette) for p in panels], title, subtitle)
        top, levels = figures.scale_of(panels)
        return charts.grid_of([charts.dial_panel(p, top, levels, palette) for p in panels], title, subtitle)

    return make


def _strips(page: Page) -> dict[str, tuple[list[charts.Strip], tuple[float, float], str]]:
    """By metric: the strips, their scale, and what the axis says."""
    domains = figures.domains(page.rounds)
    out: dict[str, tuple[list[charts.Strip], tuple[float, float], str]] = {}
    for r in page.rounds:
        strip = figures.strip_of(r)
        if strip is not None and r.verdict is not None:
            v = r.verdict
            side = "left is better" if v.better == "lower" else "right is better"
            found = out.setdefault(v.metric, ([], domains[v.metric], f"{metric_name(v.metric)}, {v.unit}; {side}"))
            found[0].append(strip)
    return out


def _verdicts(
    strips: Mapping[str, tuple[list[charts.Strip], tuple[float, float], str]], palette: charts.Palette
) -> charts.Spec:
    panels = [
        {**charts.forest(found, domain, palette, 420, labels=True), "title": clean(words)}
        for found, domain, words in strips.values()
    ]
    subtitle = "Bar: 95 % interval; shaded: margin around no difference; diamond: true by construction, where known."
    return charts.grid_of(panels, "Difference from the round compared with", subtitle, columns=1)
