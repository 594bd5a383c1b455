"""The report: whole, honest about what is missing, safe against every string, readable in both themes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from report_pages import HOSTILE, STORIES, green_page, hostile_page, many_page, one_round_page, text_page

from greenlight.report import charts, figures
from greenlight.report.build import html as html_of
from greenlight.report.build import markdown, specs, write
from greenlight.report.page import Page, levels_of
from greenlight.report.text import whole
from greenlight.report.view import view_of

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
EMPTY_TAGS = {"meta", "link", "br", "img", "source"}


class Tree(HTMLParser):
    """Start tags in order with their attributes, the text by tag, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def names(self) -> list[str]:
        return [tag for tag, _ in self.tags]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, str]]:
    """Each made-up study's report, written once: its folder and its page."""
    makers: dict[str, Callable[[], Page]] = {
        "green": green_page,
        "text": text_page,
        "one": one_round_page,
        "hostile": lambda: hostile_page(HOSTILE),
        "plain": lambda: hostile_page("a plain text, long enough to be set as long, " * 6),
    }
    done: dict[str, tuple[Path, str]] = {}

    def give(name: str) -> tuple[Path, str]:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            files = write(makers[name](), folder)
            assert files[0] == folder / "report.html"
            assert sorted(files) == sorted(p for p in folder.rglob("*") if p.is_file())
            done[name] = folder, files[0].read_text(encoding="utf-8")
        return done[name]

    return give


# ---------------------------------------------------------------- the page


def test_page_is_whole_and_loads_nothing(written: Callable[[str], tuple[Path, str]]) -> None:
    folder, html = written("green")
    tree = Tree(html)
    assert tree.open == []
    assert len(html.encode()) < 1_000_000
    for tag, attrs in tree.tags:
        for name in ("src", "href", "srcset", "action", "xlink:href"):
            if name in attrs:
                assert str(attrs[name]).startswith(("#", "data:")), (tag, attrs)
    assert all(found.startswith(("data:", "#")) for found in re.findall(r"url\(\s*['\"]?([^)]+)", html))
    assert "http://" not in html
    assert "https://" not in html
    assert "@import" not in html
    pictures = {p.name for p in (folder / "charts").iterdir()}
    assert pictures == {f"{n}-{t}.png" for n in ("verdicts", "dial", "voices", "loss") for t in ("light", "dark")}
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in (folder / "charts").iterdir())


def test_policy_admits_only_the_one_script(written: Callable[[str], tuple[Path, str]]) -> None:
    tree = Tree(written("green")[1])
    policy = next(a["content"] for t, a in tree.tags if a.get("http-equiv") == "Content-Security-Policy")
    scripts = tree.text["script"]
    assert tree.names().count("script") == 1
    digest = base64.b64encode(hashlib.sha256("".join(scripts).encode()).digest()).decode()
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("name", ["green", "text", "one"])
def test_page_can_be_read_without_eyes(name: str, written: Callable[[str], tuple[Path, str]]) -> None:
    tree = Tree(written(name)[1])
    names = tree.names()
    assert names.count("h1") == names.count("main") == 1
    assert names.count("table") == names.count("caption")
    assert all("scope" in attrs for tag, attrs in tree.tags if tag == "th")
    ids = [attrs["id"] for _, attrs in tree.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    drawn = [attrs for tag, attrs in tree.tags if tag == "svg"]
    assert all(attrs.get("aria-hidden") == "true" or attrs.get("aria-label") for attrs in drawn)
    for _, attrs in tree.tags:
        if str(attrs.get("href", "")).startswith("#"):
            assert str(attrs["href"])[1:] in ids


def test_sections_come_in_order(written: Callable[[str], tuple[Path, str]]) -> None:
    tree = Tree(written("green")[1])
    sections = [attrs["id"] for tag, attrs in tree.tags if tag == "section"]
    wanted = ["verdicts", "leaderboard", "dial", "learning", "differed", "corpus", "samples", "takeaways", "again"]
    assert sections == wanted


def test_outcomes_have_word_and_sign(written: Callable[[str], tuple[Path, str]]) -> None:
    html = written("green")[1]
    for sign, word in (("▲", "Better"), ("?", "Undecided"), ("○", "No verdict")):
        assert f'<i aria-hidden="true">{sign}</i>{word}</span>' in html
    assert "Package of 2: no single cause" in html
    assert "Done by round 3:" in html


def test_colours_follow_the_theme(written: Callable[[str], tuple[Path, str]]) -> None:
    html = written("green")[1]
    drawings = re.findall(r"<svg role=.*?</svg>", html, re.DOTALL)
    assert len(drawings) == 3 + 4 + 4 + 4
    assert not any(re.search(r"#[0-9a-f]{6}", d) for d in drawings)
    assert "var(--good)" in drawings[0]
    names = set(re.findall(r"var\(--(\w+)\)", html))
    assert names <= set(charts.LIGHT)
    assert set(charts.LIGHT) == set(charts.DARK)
    assert len(set(charts.LIGHT.values())) == len(charts.LIGHT), "two names of one colour could not be told apart"


def test_an_options_name_is_not_broken_at_its_hyphens(written: Callable[[str], tuple[Path, str]]) -> None:
    said = "More seeds would show it; greenlight power --metric says <how> many, well-known -- or not."
    shown = whole(said)
    assert '<span class="whole">--metric</span> says &lt;how&gt; many, well-known -- or not.' in shown
    html = written("green")[1]
    assert '<b class="whole">Dial slope</b>' in html
    assert ".whole { display: inline-block; max-width: 100%;" in html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_enough(theme: str) -> None:
    palette = charts.THEMES[theme]

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(palette[one]), luminance(palette[other])))
        return (high + 0.05) / (low + 0.05)

    for text in ("ink", "muted", "good", "bad", "same", "open", "void", "plain"):
        assert contrast(text, "bg") >= 4.5, text
        assert contrast(text, "raised") >= 4.5, text
    assert contrast("ink", "mark") >= 4.5
    assert contrast("muted", "mark") >= 4.5
    for line in ("model", "corpus", "truth"):
        assert contrast(line, "bg") >= 3.0, line


def test_what_is_absent_is_said(written: Callable[[str], tuple[Path, str]]) -> None:
    folder, html = written("one")
    for words in (
        "Not measured in this study.",
        "No loss curve was kept in this study.",
        "No two rounds have been compared yet.",
        "No samples were kept in this study.",
        "A verdict needs a second round to compare with.",
    ):
        assert words in html
        assert words in (folder / "report.md").read_text(encoding="utf-8")
    assert not (folder / "charts").exists()
    assert '<svg role="img"' not in html
    text = written("text")[1]
    assert "Not measured in this study." in text
    assert "the loss became infinite at step 40" in text
    assert "Truncated" not in text


def test_an_empty_study_has_a_page(tmp_path: Path) -> None:
    page = replace(one_round_page(), rounds=[])
    html = write(page, tmp_path)[0].read_text(encoding="utf-8")
    assert "No round has been run yet." in html
    assert Tree(html).open == []


def test_many_rounds_stay_small() -> None:
    page = many_page()
    html = html_of(view_of(page))
    assert len(html.encode()) < 2_000_000
    assert html.count('<article class="verdict"') == 30
    assert html.count('aria-label="Mean mentions by level, round') == 30
    assert "The last 12 of 30 rounds." in str(specs(page)["dial"][0](charts.LIGHT))


def test_causes_are_named_by_verdicts_alone() -> None:
    page = green_page()
    verdicts = [r.verdict and r.verdict.model_copy(update={"sentence": "."}) for r in page.rounds]
    rounds = [r.model_copy(update={"verdict": v}) for r, v in zip(page.rounds, verdicts, strict=True)]
    view = view_of(replace(page, rounds=rounds, takeaways=[], limits=[]))
    for text in (html_of(view), markdown(view, [])):
        assert "because" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).lower()


def test_samples_are_marked_and_taken_by_place(written: Callable[[str], tuple[Path, str]]) -> None:
    html = written("green")[1]
    counted = sum(story.lower().count("green light") for story in STORIES)
    assert html.count("<mark>") == 4 * 2 * counted + 1  # rounds × topics, and the explanation
    assert html.count("× unfinished") == 4 * 2
    first, second = html.index("<h3>a small boat</h3>"), html.index("<h3>a snow day</h3>")
    assert first < second


def test_writing_again_gives_the_same_page(written: Callable[[str], tuple[Path, str]]) -> None:
    folder, html = written("green")
    page = green_page()
    assert html_of(view_of(page)) == html
    drawn = charts.png(specs(page)["dial"][0](charts.DARK), charts.DARK)
    assert drawn == (folder / "charts/dial-dark.png").read_bytes()


# ---------------------------------------------------------------- strings from anywhere


def test_no_string_makes_a_tag(written: Callable[[str], tuple[Path, str]]) -> None:
    hostile, plain = Tree(written("hostile")[1]), Tree(written("plain")[1])
    assert hostile.open == []
    assert hostile.names() == plain.names()
    for (tag, one), (_, other) in zip(hostile.tags, plain.tags, strict=True):
        assert set(one) == set(other), tag
        assert not any(name.startswith("on") for name in one)


def test_nothing_hidden_gets_through(written: Callable[[str], tuple[Path, str]]) -> None:
    folder, html = written("hostile")
    for text in (html, (folder / "report.md").read_text(encoding="utf-8")):
        assert not [c for c in text if c in "\u202e\x00\x1b\x7f\u2028" or 0xD800 <= ord(c) < 0xE000]
        assert "⟨U+202E⟩" in text
        assert "{{ 7 * 7 }}" in text


def test_no_string_makes_markdown(written: Callable[[str], tuple[Path, str]]) -> None:
    shapes = []
    for name in ("hostile", "plain"):
        tokens = READER.parse((written(name)[0] / "report.md").read_text(encoding="utf-8"))
        inner = [t for token in tokens for t in token.children or []]
        assert not [t for t in inner if t.type in ("link_open", "code_inline", "s_open")]
        tags = [t.content for t in inner if t.type == "html_inline"]
        assert all(tag.startswith(("<picture>", "<source ", "<img ", "</picture>")) for tag in tags)
        assert not [t for t in tokens if t.type in ("html_block", "fence")]
        cells = [
            t.type for t in tokens if t.type in ("tr_open", "td_open", "th_open", "heading_open", "list_item_open")
        ]
        shapes.append(cells)
    assert shapes[0] == shapes[1]


# ---------------------------------------------------------------- charts


def test_specs_are_valid_vega_lite() -> None:
    import altair

    page = green_page()
    few = replace(page, rounds=page.rounds[:2])
    drawn = specs(few)
    assert list(drawn) == ["verdicts", "dial", "voices", "loss"]
    for draw, _ in drawn.values():
        spec = charts.whole(draw(charts.LIGHT), charts.LIGHT)
        assert isinstance(altair.Chart.from_dict(spec), altair.ConcatChart)
        assert set(re.findall(r"#[0-9a-f]{6}", str(spec))) <= set(charts.LIGHT.values())


def test_strip_shows_what_the_verdict_says() -> None:
    page = green_page()
    low, high = figures.domains(page.rounds)["dial.slope"]
    for r in page.rounds[1:]:
        strip, verdict = figures.strip_of(r), r.verdict
        assert strip is not None
        assert verdict is not None
        assert verdict.difference is not None
        assert (strip.value, strip.low, strip.high) == (
            verdict.difference.value,
            verdict.difference.low,
            verdict.difference.high,
        )
        assert low < min(strip.low, -strip.margin) < max(strip.high, strip.margin) < high
        assert strip.truth == pytest.approx(verdict.truth["difference"])
    assert figures.strip_of(page.rounds[0]) is None


def test_thinned_curves_keep_their_mean() -> None:
    page = green_page()
    records = [{"step": i, "train_loss_char": float(i)} for i in range(1000)]
    panel = figures.loss_panels(replace(page, curves={(1, 1): records}))[1]
    points = panel.data["train"]
    assert 100 < len(points) <= figures.MOST_POINTS
    assert points[-1]["x"] == 999
    assert points[0]["y"] == pytest.approx(3.0)  # the mean of steps 0 … 6


def test_levels_are_read_from_both_forms() -> None:
    assert levels_of({"2": {"mean": 1.0}, 1: {"mean": 0.5, "low": 0.1, "high": 0.9, "n": 40}}) == [
        (1, 0.5, 0.1, 0.9, 40),
        (2, 1.0, None, None, None),
    ]
    assert levels_of([1, 2.5]) == [(1, 1.0, None, None, None), (2, 2.5, None, None, None)]
    assert levels_of({"x": 1, "1": {"mean": float("nan")}}) == []
    assert levels_of(None) == []


def test_sessions_are_shown_before_any_round_was_judged() -> None:
    """A researcher whose proposals were all refused has spent its money all the same."""
    row = ["talker", "3", "0", "0", "no spread", "no spread", "round 1", "0.1200"]
    view = view_of(replace(one_round_page(), worths=[row], lifts=["talker: 3 turns"]))
    for text in (html_of(view), markdown(view, [])):
        assert "Researchers" in text
        assert "0.1200" in text
        assert "No round was judged yet" in text
    assert "<svg" not in html_of(view).partition('id="cost"')[2].partition("</section>")[0]
