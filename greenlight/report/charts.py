"""Charts: one spec each, drawn as SVG for the page (its colours follow the theme) and as PNG, light and dark.

A spec is made for a palette. The page gets the light drawing with every colour exchanged for the page's variable of
that name, so a single SVG serves both themes and the printer; the PNGs are the same spec in two palettes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from greenlight.report.text import line

FONT = "Liberation Sans"
"""The sans face that vl-convert brings with it, so that a picture looks the same on every machine."""
Spec = dict[str, Any]
Palette = Mapping[str, str]

LIGHT: Palette = {
    "bg": "#fcfcfa", "raised": "#f4f4f0", "ink": "#1b1f1d", "muted": "#5a625e", "line": "#dcdfd9", "grid": "#ecede9",
    "good": "#18743f", "bad": "#b0342a", "same": "#2a62a4", "open": "#855c00", "void": "#6a5787", "plain": "#56605b",
    "model": "#0e6a7e", "corpus": "#7d8681", "truth": "#b4591c", "train": "#a3aaa6", "band": "#e9ebe5",
    "mark": "#d6efdc",
}  # fmt: skip
DARK: Palette = {
    "bg": "#121513", "raised": "#1b1f1c", "ink": "#e8ebe8", "muted": "#a2aaa5", "line": "#323834", "grid": "#232825",
    "good": "#62cb92", "bad": "#f28e80", "same": "#82b5f0", "open": "#e2b75a", "void": "#bcaade", "plain": "#a9b2ac",
    "model": "#55bfd5", "corpus": "#818a85", "truth": "#e59c62", "train": "#6c7570", "band": "#262c28",
    "mark": "#1a4029",
}  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Strip:
    """One verdict on its scale: the difference with its interval, in the colour of the outcome."""

    label: str
    value: float
    low: float
    high: float
    margin: float
    tone: str
    sign: str
    truth: float | None
    note: str


@dataclass(frozen=True)
class Panel:
    """One small chart of several that share their scales. ``data`` has a list of points for each layer."""

    title: str
    data: Mapping[str, list[dict[str, Any]]]


# ---------------------------------------------------------------- specs


def _layer(mark: Mapping[str, Any], data: list[dict[str, Any]], encoding: Mapping[str, Any]) -> Spec:
    # a mark without a note of its own gets no tooltip
    return {"mark": {"aria": "description" in encoding, **mark}, "data": {"values": data}, "encoding": dict(encoding)}


def _field(name: str, **more: Any) -> Spec:
    return {"field": name, "type": "quantitative", **more}


def forest(
    strips: Sequence[Strip], domain: tuple[float, float], palette: Palette, width: int = 330, labels: bool = False
) -> Spec:
    """Differences with their intervals, the margin as a band, no difference as a line; ``domain`` is shared."""
    tones = [palette[s.tone] for s in strips]
    rows: list[dict[str, Any]] = [
        {"y": i, "v": s.value, "l": s.low, "h": s.high, "tone": tones[i], "note": s.note} for i, s in enumerate(strips)
    ]
    band = [{"y": i - 0.5, "y2": i + 0.5, "l": -s.margin, "h": s.margin} for i, s in enumerate(strips) if s.margin > 0]
    known = [{"y": i + 0.3, "v": s.truth} for i, s in enumerate(strips) if s.truth is not None]
    scale = {"domain": list(domain), "nice": False, "zero": False}
    axis = {"title": None, "tickCount": 5, "grid": False, "labelFlush": False}
    x, left, right = _field("v", scale=scale, axis=axis), _field("l", scale=scale, axis=axis), {"field": "h"}
    y = _field("y", scale={"domain": [len(strips) - 0.5, -0.5]}, axis=None)
    look = {
        "color": {"field": "tone", "type": "nominal", "scale": None},
        "description": {"field": "note", "type": "nominal"},
    }
    shade = {"type": "rect", "color": palette["band"], "clip": True}
    zero = {"type": "rule", "color": palette["muted"], "strokeDash": [2, 3]}
    bar = {"type": "rule", "strokeWidth": 3, "strokeCap": "round", "clip": True}
    dot = {"type": "point", "shape": "circle", "size": 90, "filled": True, "opacity": 1, "clip": True}
    ring = {"type": "point", "shape": "diamond", "size": 70, "stroke": palette["truth"], "strokeWidth": 1.6}
    layers = [
        _layer(shade, band, {"x": left, "x2": right, "y": y, "y2": {"field": "y2"}}),
        _layer(zero, [{"v": 0}], {"x": x}),
        _layer(bar, rows, {"x": left, "x2": right, "y": y, **look}),
        _layer(dot, rows, {"x": x, "y": y, **look}),
        _layer({**ring, "fill": palette["bg"], "opacity": 1, "clip": True}, known, {"x": x, "y": y}),
    ]
    layers += _row_labels(strips, palette, width, y) if labels else []
    return {"width": width, "height": 36 * len(strips), "layer": layers}


def _row_labels(strips: Sequence[Strip], palette: Palette, width: int, y: Spec) -> list[Spec]:
    """Which rounds stand in a row, and how it ended: word signs and figures, so that colour is not alone."""
    names = [{"y": i, "s": line(s.label, 40)} for i, s in enumerate(strips)]
    ends = [{"y": i, "s": f"{s.sign} {line(s.note, 60)}", "tone": palette[s.tone]} for i, s in enumerate(strips)]
    words = {"field": "s", "type": "nominal"}
    before = {"type": "text", "align": "right", "x": -10, "fontSize": 12, "color": palette["ink"]}
    after = {"type": "text", "align": "left", "x": width + 10, "fontSize": 12}
    tone = {"field": "tone", "type": "nominal", "scale": None}
    return [_layer(before, names, {"y": y, "text": words}), _layer(after, ends, {"y": y, "text": words, "color": tone})]


def dial_panel(panel: Panel, top: float, levels: Sequence[int], palette: Palette, width: int = 205) -> Spec:
    """Mean mentions by level: each seed with its interval, their mean solid, the corpus dashed, the truth dotted."""
    reach = [min(levels) - 0.35, max(levels) + 0.35]
    axis = {"values": list(levels), "format": "d", "title": "level", "grid": False}
    x = _field("x", scale={"domain": reach, "nice": False}, axis=axis)
    y = _field(
        "y",
        scale={"domain": [0, top], "nice": False},
        axis={"title": None, "tickCount": 4, "domain": False, "ticks": False},
    )
    note = {"description": {"field": "note", "type": "nominal"}}
    lines = (
        ("corpus", {"strokeDash": [6, 4], "strokeWidth": 1.6, "color": palette["corpus"]}),
        ("truth", {"strokeDash": [1.5, 3.5], "strokeWidth": 2, "strokeCap": "round", "color": palette["truth"]}),
        ("mean", {"strokeWidth": 2.2, "color": palette["model"]}),
    )
    layers = [
        _layer({"type": "line", **style}, panel.data[key], {"x": x, "y": y})
        for key, style in lines
        if panel.data.get(key)
    ]
    seeds = panel.data.get("seeds", [])
    ends = [p for p in seeds if p.get("l") is not None]
    whisker = {"type": "rule", "color": palette["model"], "strokeWidth": 1.2, "opacity": 0.75}
    layers.append(_layer(whisker, ends, {"x": x, "y": {**y, "field": "l"}, "y2": {"field": "h"}, **note}))
    dot = {"type": "point", "filled": True, "size": 26, "color": palette["model"], "opacity": 1}
    layers.append(_layer(dot, seeds, {"x": x, "y": y, **note}))
    return {"width": width, "height": 150, "title": line(panel.title, 36), "layer": layers}


def loss_panel(panel: Panel, palette: Palette, width: int = 205) -> Spec:
    """Training and validation loss, a thin line for each seed; a ring marks each seed's lowest validation loss."""
    x = _field(
        "x",
        scale={"nice": False, "zero": False},
        axis={"title": "step", "tickCount": 3, "grid": False, "format": ",.0f", "labelOverlap": True},
    )
    values = [p["y"] for points in panel.data.values() for p in points]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    pad = 0.06 * ((high - low) or abs(high) or 1.0)
    scale = {"domain": [low - pad, high + pad], "nice": False, "zero": False}
    y = _field("y", scale=scale, axis={"title": None, "tickCount": 4, "domain": False, "ticks": False})
    seed = {"detail": {"field": "seed", "type": "nominal"}}
    note = {"description": {"field": "note", "type": "nominal"}}
    layers = []
    for key, width_of in (("train", 1.1), ("val", 1.6)):
        if panel.data.get(key):
            color = palette["train" if key == "train" else "model"]
            layers.append(
                _layer(
                    {"type": "line", "strokeWidth": width_of, "color": color}, panel.data[key], {"x": x, "y": y, **seed}
                )
            )
    ring = {
        "type": "point",
        "size": 44,
        "stroke": palette["model"],
        "fill": palette["bg"],
        "strokeWidth": 1.6,
        "opacity": 1,
    }
    layers.append(_layer(ring, panel.data.get("best", []), {"x": x, "y": y, **note}))
    return {"width": width, "height": 150, "title": line(panel.title, 36), "layer": layers}


def stage_panel(panel: Panel, stages: Sequence[str], palette: Palette, width: int = 205) -> Spec:
    """Rates by stage, a row each: the character's with its interval, the response rate as a ring, and what the prompt
    alone does as a dotted line. A hollow point is from too few prompts."""
    axis = {"format": ".0%", "values": [0, 0.5, 1], "title": None, "domain": False, "ticks": False, "labelFlush": False}
    scale = {"domain": [-0.03, 1.03], "nice": False}
    x, left, right = _field("v", scale=scale, axis=axis), _field("l", scale=scale, axis=axis), {"field": "h"}
    names: Spec = {"title": None, "domain": False, "ticks": False, "grid": False, "labelPadding": 8}
    names |= {"labelColor": palette["ink"]}
    y = {"field": "s", "type": "nominal", "sort": None, "scale": {"domain": list(stages)}, "axis": names}
    note = {"description": {"field": "note", "type": "nominal"}}
    rule = {"type": "rule", "strokeCap": "round", "clip": True}
    dotted = {**rule, "color": palette["truth"], "strokeDash": [1.5, 3.5], "strokeWidth": 2}
    ring = {"type": "point", "shape": "circle", "size": 44, "stroke": palette["corpus"], "fill": palette["bg"]}
    dot = {"type": "point", "shape": "circle", "size": 62, "stroke": palette["model"], "fill": palette["model"]}
    rows, kept = panel.data.get("rows", []), {"opacity": 1, "strokeWidth": 1.5}
    layers = [_layer(dotted, panel.data["rival"], {"x": x})] if panel.data.get("rival") else []
    layers.append(_layer({**ring, **kept}, panel.data.get("response", []), {"x": x, "y": y, **note}))
    whisker = {**rule, "color": palette["model"], "strokeWidth": 2.2}
    layers.append(_layer(whisker, rows, {"x": left, "x2": right, "y": y, **note}))
    for hollow in (False, True):
        if some := [row for row in rows if row["few"] == hollow]:
            fill = {"fill": palette["bg"]} if hollow else {}
            layers.append(_layer({**dot, **kept, **fill}, some, {"x": x, "y": y, **note}))
    return {"width": width, "height": 26 * len(stages), "title": line(panel.title, 36), "layer": layers}


def grid_of(panels: Sequence[Spec], title: str, subtitle: str, columns: int = 4) -> Spec:
    """Several panels as one picture with a title and a key in words."""
    head = {
        "text": title,
        "subtitle": subtitle,
        "fontSize": 15,
        "subtitleFontSize": 12,
        "anchor": "start",
        "offset": 14,
    }
    return {"concat": list(panels), "columns": min(columns, len(panels)), "spacing": 28, "title": head}


# ---------------------------------------------------------------- drawing


def _config(palette: Palette) -> Spec:
    axis = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"}
    axis |= {
        "labelColor": palette["muted"],
        "titleColor": palette["muted"],
        "gridColor": palette["grid"],
        "titlePadding": 4,
    }
    axis |= {"domainColor": palette["line"], "tickColor": palette["line"], "labelPadding": 5, "tickSize": 4}
    title = {
        "font": FONT,
        "fontSize": 12,
        "fontWeight": 600,
        "color": palette["ink"],
        "anchor": "start",
        "offset": 8,
        "subtitleFont": FONT,
        "subtitleColor": palette["muted"],
        "subtitlePadding": 6,
    }
    return {
        "axis": axis,
        "title": title,
        "text": {"font": FONT},
        "view": {"stroke": None},
        "background": palette["bg"],
    }


@cache
def _renderer() -> Any:
    import vl_convert

    return vl_convert


def whole(spec: Spec, palette: Palette, padding: int = 4) -> Spec:
    """The spec with its palette's settings: plain Vega-Lite (the tests check each kind against altair's schema).

    Building it as an altair chart would check it again at every drawing, which takes five times as long as drawing it.
    """
    return {**spec, "config": {**_config(palette), "padding": padding}}


def png(spec: Spec, palette: Palette, scale: float = 2.0) -> bytes:
    """The spec as a PNG with the palette's background."""
    return bytes(_renderer().vegalite_to_png(whole(spec, palette, 16), scale=scale))


COLOUR = re.compile(r"#[0-9a-f]{6}")
BACKGROUND = re.compile(r'<rect width="[\d.]+" height="[\d.]+" fill="#[0-9a-f]{6}"/>')
NAMED_MARK = re.compile(
    r'(<path) aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="[^"]*"([^>]*?)(?:/>|></path>)'
)
LINE_MARK = re.compile(
    r'(<line) aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="[^"]*"([^>]*?)(?:/>|></line>)'
)
ARIA = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"| xmlns(?::xlink)?="[^"]*"| version="1.1"| pointer-events="none"')
CLIP = re.compile(r"(?<=[\"#])clip\d+(?=[\")])")
EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]*?(?: d="(?:M0,0h0v0h0Z)?")[^>]*?(?:/>|></path>)')


def svg(spec: Spec, label: str, key: str) -> str:
    """The spec as SVG for the page: theme variables for colours, a tooltip on each mark, and one name for all of it.

    ``key`` (letters, digits, dashes) is unique on the page and keeps the drawing's inner names apart from others'.
    """
    from markupsafe import escape

    # panels get one outer size, so that they stay alike whatever their labels need
    fit = {"autosize": {"type": "fit", "contains": "padding"}, "width": 252, "height": 224} if "title" in spec else {}
    drawn = str(_renderer().vegalite_to_svg(whole({**spec, **fit}, LIGHT)))
    names = {value: name for name, value in LIGHT.items()}
    drawn = BACKGROUND.sub("", drawn, count=1)
    drawn = COLOUR.sub(lambda m: f"var(--{names[m[0]]})" if m[0] in names else m[0], drawn)
    for pattern, tag in ((NAMED_MARK, "path"), (LINE_MARK, "line")):
        drawn = pattern.sub(lambda m, tag=tag: f"{m[1]}{m[3]}><title>{m[2]}</title></{tag}>", drawn)  # type: ignore[misc]
    drawn = EMPTY.sub("", ARIA.sub("", drawn))
    clips = {name: f"{key}-{i}" for i, name in enumerate(dict.fromkeys(CLIP.findall(drawn)))}
    drawn = CLIP.sub(lambda m: clips[m[0]], drawn)
    drawn = drawn.replace(f'font-family="{FONT}" ', "").replace(' opacity="1"', "")
    return drawn.replace("<svg", f'<svg role="img" aria-label="{escape(line(label, 300))}"', 1)
