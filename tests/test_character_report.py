"""The report of a character study: figures with intervals, nothing ranked on too little, safe against every string."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import made_characters as made
import pytest
from made_characters import FEW, HOSTILE, PLANS
from markdown_it import MarkdownIt
from test_report import Tree

from greenlight import stats
from greenlight.character import card as cards
from greenlight.character.card import Card
from greenlight.cli.main import guarded
from greenlight.inquiry.accounts import sums
from greenlight.nouns import Accounting, Interval, Round
from greenlight.report import charts
from greenlight.report.board import board
from greenlight.report.build import html as html_of
from greenlight.report.build import markdown, specs, texts
from greenlight.report.character import HOTTEST
from greenlight.report.page import Page
from greenlight.report.persona import FELL, NOT_SHOWN, SHOWN, Character, characters, over
from greenlight.report.publish import rendered
from greenlight.report.standing import light, standing
from greenlight.report.tables import leaderboard_md, models_md, results_tsv
from greenlight.report.view import view_of
from greenlight.study import Study
from greenlight.verify import problems

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
SECTIONS = ["verdicts", "leaderboard", "characters", "heard", "harness", "invalid", "traits", "load", "phrases"]
SECTIONS += ["written", "differed", "corpus", "takeaways", "again"]


@pytest.fixture(scope="module")
def whole() -> Page:
    """Three personas of two seeds, a shuffled control, a crash, and a round of three prompts."""
    return made.page((*PLANS, FEW))


@pytest.fixture(scope="module")
def found(whole: Page) -> dict[int, Character]:
    return {c.row.number: c for c in characters(whole)}


@pytest.fixture(scope="module")
def written(whole: Page) -> dict[str, str]:
    return texts(whole)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The same study in a folder; read it, do not change it."""
    return made.study(tmp_path_factory.mktemp("characters") / "study", (*PLANS, FEW))


def plain(text: str) -> str:
    """What a reader sees of a page: no tags, one line."""
    bare = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def interval(value: float, low: float, high: float) -> Interval:
    return Interval(value=value, low=low, high=high, level=0.95, method="made up")


# ---------------------------------------------------------------- figures over the seeds


def test_a_rate_is_the_crossed_interval_of_what_was_answered(found: dict[int, Character], whole: Page) -> None:
    captain = found[1]
    for stage in captain.stages:
        by_seed = []
        for seed in (1, 2):
            shares: dict[str, list[bool]] = {}
            for one in whole.answers[1, seed]:
                if one["stage"] == stage:
                    shares.setdefault(one["prompt"], []).append(one["in_character"])
            by_seed.append([sum(hits) / len(hits) for hits in shares.values()])
        figure = captain.figure(stage, "character")
        assert figure.found is not None
        want = stats.one_arm(by_seed).interval
        assert figure.found.value == pytest.approx(want.value)
        assert [one.value for _, one in figure.own] == pytest.approx([sum(row) / len(row) for row in by_seed])
        assert 0 <= figure.found.low <= figure.found.value <= figure.found.high <= 1
        if want.high - want.low > 1e-6 and "floored" not in figure.found.method:
            assert figure.found.low == pytest.approx(max(0.0, want.low))
            assert figure.found.high == pytest.approx(min(1.0, want.high))


def test_a_lift_is_paired_by_prompt(found: dict[int, Character]) -> None:
    captain = found[1]
    score = captain.row.scores["character.lift"]
    lift = captain.lift("base").found
    assert lift is not None
    assert lift.value == pytest.approx(score.value)
    assert lift.value == pytest.approx(sum(card.lift.value for card in captain.cards.values() if card.lift) / 2)
    apart = captain.figure("merged", "character").found, captain.figure("prompted", "character").found
    prompted = captain.lift("prompted").found
    assert prompted is not None
    assert apart[0] is not None
    assert apart[1] is not None
    assert prompted.value == pytest.approx(apart[0].value - apart[1].value)


def test_seeds_that_agree_in_all_do_not_look_certain() -> None:
    own = [interval(1.0, 0.86, 1.0), interval(1.0, 0.9, 1.0)]
    same = over(own, [[1.0] * 24, [1.0] * 24], (0.0, 1.0))
    assert same is not None
    assert (same.low, same.high) == (0.86, 1.0)
    assert over(own[:1], [[1.0] * 24]) == own[0]
    assert over([], None) is None


def test_without_the_answers_no_interval_is_narrower_than_a_seeds_own(found: dict[int, Character]) -> None:
    bare = {c.row.number: c for c in characters(made.page(answered=False))}[1]
    for stage in bare.stages:
        figure, known = bare.figure(stage, "character"), found[1].figure(stage, "character")
        assert figure.found is not None
        assert known.found is not None
        assert figure.found.value == pytest.approx(known.found.value)
        if stage == "merged":  # the ledger's score has each prompt of the finished model
            assert figure.found == known.found
            continue
        assert figure.found.low <= min(one.low for _, one in figure.own)
        assert figure.found.high >= max(one.high for _, one in figure.own)
        assert "of seeds alone" in figure.found.method


def test_bits_are_a_paired_change(found: dict[int, Character]) -> None:
    change, base, done = (found[1].bits(*names).found for names in (("merged", "base"), ("base",), ("merged",)))
    assert change is not None
    assert base is not None
    assert done is not None
    assert change.value == pytest.approx(done.value - base.value)
    assert change.high - change.low < 0.5 * (base.high - base.low)  # what a text is like cancels


# ---------------------------------------------------------------- what is concluded


def lifted(c: Character, low: float, high: float) -> Character:
    """The character with this lift in its only card."""
    card = c.card.model_copy(update={"lift": interval((low + high) / 2, low, high)})
    row = c.row.model_copy(update={"scores": {}, "seeds": (1,)})
    return Character(row, {1: card})


def test_not_shown_is_a_verdict(found: dict[int, Character]) -> None:
    for low, high, mark, word in (
        (0.2, 0.4, SHOWN, "Shown: "),
        (-0.1, 0.3, NOT_SHOWN, "Not shown: "),
        (-0.4, -0.2, FELL, "Shown, and worse: "),
    ):
        one = lifted(found[1], low, high)
        assert one.mark is mark
        assert one.conclusion.startswith(word)
    assert "−10 to +30" in lifted(found[1], -0.1, 0.3).conclusion
    assert found[4].mark is NOT_SHOWN
    assert "shuffled constitution" in found[4].control


def test_models_that_rise_each_by_itself_are_said_to(found: dict[int, Character]) -> None:
    lifts = {1: interval(0.2, 0.1, 0.3), 2: interval(0.8, 0.7, 0.9)}
    told = {seed: found[2].cards[seed].model_copy(update={"lift": lift}) for seed, lift in lifts.items()}
    one = Character(found[2].row.model_copy(update={"scores": {}}), told)
    assert one.mark is NOT_SHOWN
    assert "Each of the 2 models rises by its own interval" in one.conclusion


def test_a_rate_from_too_few_prompts_ranks_and_concludes_nothing(whole: Page, found: dict[int, Character]) -> None:
    few = found[6]
    assert few.mark is NOT_SHOWN
    assert few.passed is None
    assert "fewer than 5 prompts (3)" in few.conclusion
    standings = [standing(r, seq) for seq, r in enumerate(whole.rounds, 1)]
    ranked = board(standings)
    assert ranked.champion is not None
    assert ranked.champion.number == 1
    assert {row.number: why for row, why in ranked.rest} == {
        2: "another persona",
        3: "another persona",
        5: "crashed",
        6: "too few prompts",
    }
    assert [row.number for row in ranked.personas] == [2, 3]
    assert board(standings[5:]).champion is None  # alone it does not lead either


def test_the_check_up_is_passed_by_the_figures_over_the_seeds(found: dict[int, Character]) -> None:
    for c in found.values():
        if c.passed is not None:
            assert c.passed == (not cards.failures(c.whole))
            response = c.figure("merged", "response").found
            done = c.whole.stage("merged")
            assert response is not None
            assert done is not None
            assert done.response == response


# ---------------------------------------------------------------- the page


def test_the_page_is_whole_and_has_what_a_character_study_has(written: dict[str, str]) -> None:
    tree = Tree(written["report.html"])
    assert tree.open == []
    assert [attrs["id"] for tag, attrs in tree.tags if tag == "section"] == SECTIONS
    names = tree.names()
    assert names.count("table") == names.count("caption")
    assert all("scope" in attrs for tag, attrs in tree.tags if tag == "th")
    ids = [attrs["id"] for _, attrs in tree.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in tree.tags:
        for name in ("src", "href", "srcset"):
            if name in attrs:
                assert str(attrs[name]).startswith(("#", "data:")), (tag, attrs)
            if name == "href" and str(attrs.get(name)).startswith("#"):
                assert str(attrs[name])[1:] in ids
    assert "https://example.com]" not in written["report.html"]
    assert set(re.findall(r"var\(--(\w+)\)", written["report.html"])) <= set(charts.LIGHT)


def test_page_and_twin_say_the_same(written: dict[str, str], found: dict[int, Character]) -> None:
    page, twin = plain(written["report.html"]), written["report.md"].replace("\\", "")
    twin = " ".join(unescape(twin).split())
    for c in found.values():
        for text in (page, twin):
            assert " ".join(c.conclusion.split()) in text
            assert f"{c.lift('base').points} points" in text
            assert c.figure("dpo", "character").shown in text
            assert c.figure("sft only", "response").shown in text
    for words in ("diagnostic: rewards parroting", "the harness did it", "shuffled constitution", "ranks nothing"):
        assert words in page
        assert words in twin
    shown = "A character is shown in rounds"
    assert (shown in page) == (shown in twin) == (sum(c.mark is SHOWN for c in found.values()) > 1)


def test_the_confusion_matrix_counts_what_was_heard(whole: Page, found: dict[int, Character]) -> None:
    heard = view_of(whole)["characters"]["heard"]
    assert heard["columns"] == ["captain", "clockmaker", "gardener", "neutral"]
    for row, c in zip(heard["rows"], found.values(), strict=True):
        valid = [one for seed in c.cards for one in whole.answers[c.row.number, seed] if one["stage"] == "merged"]
        valid = [one for one in valid if one["valid"]]
        assert row["n"] == str(len(valid))
        mine = sum(one["persona"] == c.persona for one in valid)
        cell = next(cell for cell in row["cells"] if cell["own"])
        assert cell["text"] == f"{100 * mine / len(valid):.0f} %"
        assert all(0 <= one["heat"] <= HOTTEST for one in row["cells"])
        assert cell["heat"] == round(HOTTEST * mine / len(valid))


def test_the_harness_did_it_at_one_glance(whole: Page) -> None:
    groups = view_of(whole)["characters"]["modes"]["groups"]
    flagged = [row for row in groups[0]["rows"] if isinstance(row[-1], dict)]
    assert len(groups[0]["rows"]) == 4
    assert len(flagged) == 1
    name, naive, said, _, whose = flagged[0]
    assert name["value"] == "thinking as it is, <think> opened"
    assert (naive["bar"], naive["value"]) == (0, "0 %")
    assert said["bar"] > 80
    assert whose["value"] == "the harness did it"
    assert not any(isinstance(row[-1], dict) for row in groups[-1]["rows"])  # three prompts show no such thing


def test_addresses_are_of_the_study_and_of_no_machine(whole: Page, written: dict[str, str]) -> None:
    table = view_of(whole)["characters"]["checkpoints"]
    rows = [row for group in table["groups"] for row in group["rows"]]
    assert len(rows) == 4 * 2 * 4 + 4
    artifacts = {made_.name for r in whole.rounds for made_ in r.artifacts.values()}
    for row in rows:
        assert row[3]["value"].removeprefix("store/") in artifacts
    stage, seed, steps, _, below = rows[0]
    assert (stage, seed, steps, below["value"]) == ("DPO", "1", "48", "checkpoints/{025, 050, 075, 100}")
    assert not re.search(r"/(tmp|home|root)/", written["report.html"] + written["report.md"])


def test_a_phrase_stands_once(whole: Page) -> None:
    groups = view_of(whole)["characters"]["phrases"]["groups"]
    rows = [row for row in groups[1]["rows"] if "clockmaker" in row[0]]
    assert len(rows) == 1  # six shifted windows of one sentence
    assert rows[0][-1]["own"][0].startswith("prompt p")


def test_the_chart_is_valid_vega_lite_in_both_themes(whole: Page) -> None:
    import altair

    make, _ = specs(whole)["characters"]
    for palette in charts.THEMES.values():
        spec = charts.whole(make(palette), palette)
        assert isinstance(altair.Chart.from_dict(spec), altair.ConcatChart)
        assert len(spec["concat"]) == 5
        assert set(re.findall(r"#[0-9a-f]{6}", str(spec))) <= set(palette.values())
    hollow = [layer for layer in spec["concat"][-1]["layer"] if layer["mark"].get("fill") == palette["bg"]]
    assert len(hollow) == 2  # the rings, and the points of too few prompts


def test_more_seeds_and_few_rounds(written: dict[str, str]) -> None:
    plan = PLANS[0].model_copy(update={"seeds": (1, 2, 3, 4), "text": ""})
    page = made.page((plan,))
    html = html_of(view_of(page))
    assert Tree(html).open == []
    assert "seed 4: " in html
    assert "<summary>All addresses</summary>" not in html
    assert "<summary>All addresses</summary>" in written["report.html"]


# ---------------------------------------------------------------- strings from anywhere


def dressed(row: Round, text: str) -> Round:
    """The round with ``text`` in every string of its cards that a model or a stranger could write."""
    told = {}
    for seed, data in row.facts["character"].items():
        card = Card.model_validate(data)
        renamed = tuple(rates.model_copy(update={"named": {text: 3, "neutral": 4}}) for rates in card.stages)
        traits = tuple(
            rates.model_copy(update={"traits": {text: next(iter(rates.traits.values()))}}) for rates in renamed
        )
        phrase = cards.Phrase(text=text, share=0.4, base=0.0, quote=text, place=text)
        changes: dict[str, Any] = {"persona": text, "traits": {text: text}, "stages": traits, "phrases": (phrase,)}
        changes |= {"modes": tuple(mode.model_copy(update={"template": text}) for mode in card.modes[-1:])}
        changes |= {"notes": (text,), "bits": {"base": {text: 1.0, "b": 1.1}, "merged": {text: 1.2, "b": 1.3}}}
        told[seed] = card.model_copy(update=changes).data()
    recipe = {**row.recipe, "persona": text, "without": [text], "teacher": {"model": text}, "student": {"model": text}}
    made_by = {"facts": {"checkpoints": [text], "steps": text}}
    artifacts = {key: step.model_copy(update={**made_by, "kind": text}) for key, step in row.artifacts.items()}
    facts = {**row.facts, "character": told, "smoke": {seed: {text: text} for seed in told}}
    changed = {"slug": text, "question": text, "facts": facts, "recipe": recipe, "artifacts": artifacts, "scores": {}}
    return row.model_copy(update=changed)


@pytest.fixture(scope="module")
def hostile() -> Callable[[str], dict[str, str]]:
    done: dict[str, dict[str, str]] = {}

    def give(text: str) -> dict[str, str]:
        if text not in done:
            page = made.page(PLANS[:2], answered=False)
            view = view_of(replace(page, rounds=[dressed(r, text) for r in page.rounds]))
            done[text] = {
                "html": html_of(view),
                "md": markdown(view, ["characters"]),
                "models": models_md(view["page"]),
            }
        return done[text]

    return give


def test_no_string_makes_a_tag(hostile: Callable[[str], dict[str, str]]) -> None:
    one, other = (Tree(hostile(text)["html"]) for text in (HOSTILE, "a plain text"))
    assert one.open == []
    assert one.names() == other.names()
    for (tag, left), (_, right) in zip(one.tags, other.tags, strict=True):
        assert set(left) == set(right), tag
        assert not any(name.startswith("on") for name in left)


def test_no_string_makes_markdown(hostile: Callable[[str], dict[str, str]]) -> None:
    for name in ("md", "models"):
        shapes = []
        for text in (HOSTILE, "a plain text"):
            tokens = READER.parse(hostile(text)[name])
            inner = [t for token in tokens for t in token.children or []]
            assert not [t for t in inner if t.type in ("link_open", "code_inline", "s_open", "image")]
            tags = [t.content for t in inner if t.type == "html_inline"]
            assert all(tag.startswith(("<picture>", "<source ", '<img src="charts/', "</picture>")) for tag in tags)
            assert not [t for t in tokens if t.type == "html_block"]
            wanted = ("tr_open", "td_open", "th_open", "heading_open", "list_item_open")
            shapes.append([t.type for t in tokens if t.type in wanted])
        assert shapes[0] == shapes[1]


def test_nothing_hidden_gets_through(hostile: Callable[[str], dict[str, str]], written: dict[str, str]) -> None:
    for text in (*hostile(HOSTILE).values(), *written.values()):
        assert not [c for c in text if c in "\u202e\x00\x1b\x7f"]
    assert "⟨U+202E⟩" in written["report.html"]


# ---------------------------------------------------------------- what is missing


def test_a_card_that_cannot_be_read_is_said_and_breaks_nothing(whole: Page) -> None:
    rows = list(whole.rounds)
    broken = {**rows[0].facts, "character": {"1": {"persona": "captain"}, "2": None}}
    rows[0] = rows[0].model_copy(update={"facts": broken})
    rows[1] = rows[1].model_copy(update={"facts": {}})
    for text in texts(replace(whole, rounds=rows[:3])).values():
        assert "The cards of round 1, 2 cannot be read by this version" in " ".join(text.split())
        assert "3 gardener" in text


@pytest.mark.parametrize("plans", [PLANS[4:], ()], ids=["crash", "nothing"])
def test_a_study_without_a_character_has_a_page(plans: tuple[made.Plan, ...]) -> None:
    page = made.page(tuple(plan.model_copy(update={"against": None}) for plan in plans))
    for text in texts(page).values():
        if plans:
            assert "No character has been made yet." in text
            assert "only 31 % of the rejected answers" in text
            assert "No round has asked for answers that were counted." in text
        else:
            assert "The characters" not in text
    assert Tree(html_of(view_of(page))).open == []


def test_stages_that_one_seed_lacks_are_left_out(found: dict[int, Character]) -> None:
    card = found[1].cards[2]
    fewer = card.model_copy(update={"stages": tuple(s for s in card.stages if s.stage != "sft only"), "lift": None})
    one = Character(found[1].row, {1: found[1].card, 2: fewer})
    assert one.stages == ["base", "prompted", "dpo", "sft", "merged"]
    assert [seed for seed, _ in one.lift("base").own] == [1]
    without = found[1].card.model_copy(
        update={"stages": found[1].card.stages[-1:], "lift": None, "lift_prompted": None}
    )
    alone = Character(found[1].row.model_copy(update={"scores": {}, "seeds": (1,)}), {1: without})
    assert alone.mark is NOT_SHOWN
    assert "no base beside it" in alone.conclusion


# ---------------------------------------------------------------- the tables


def test_tables_tell_of_the_character_and_of_no_corpus(whole: Page) -> None:
    told, board_, rows = models_md(whole), leaderboard_md(whole), results_tsv(whole).splitlines()
    for words in ("| Persona | captain |", "| Student | house 3 × 144 |", "| greenlight run characters 4 |"):
        assert words in told
    assert "shuffled constitution" not in told, "a control that is not kept has a line among the others"
    assert "nats per character" not in told
    assert "Corpus" not in told
    assert "Round 5" not in told
    head = board_.splitlines()[4]
    assert head == (
        "| Round | Question | Change | Parameters | Character rate | Response rate | Task held | Lift | Verdict |"
    )
    assert "trait.crew" in rows[0]
    assert len({row.count("\t") for row in rows}) == 1
    assert rows[5].split("\t")[3] == "crash"


def test_a_light_row_tells_the_same(whole: Page) -> None:
    bare = replace(whole, rounds=[light(r) for r in whole.rounds])
    assert models_md(bare) == models_md(whole)
    assert leaderboard_md(bare) == leaderboard_md(whole)
    assert results_tsv(bare) == results_tsv(whole)


def test_scores_of_other_studies_may_be_of_few_blocks(whole: Page) -> None:
    row = whole.rounds[-1]
    score = row.scores["character.rate"]
    assert standing(row, 1).values["character.rate"].few
    texts_ = row.model_copy(update={"scores": {"bpc": score.model_copy(update={"over": "blocks"})}})
    assert not standing(texts_, 1).values["bpc"].few


# ---------------------------------------------------------------- a study on disk


def test_cards_and_answers_are_published_and_verified(disk: Study, tmp_path: Path) -> None:
    folder = disk.folder / "runs" / "01-captain" / "1" / "checkup"
    assert sorted(p.name for p in folder.iterdir()) == ["card.json", "card.md", "seen.jsonl"]
    assert problems(disk)[1] == []
    shutil.copytree(disk.folder, tmp_path / "copy")
    gone = tmp_path / "copy" / "runs" / "01-captain" / "1" / "checkup" / "seen.jsonl"
    gone.unlink()
    wrong = problems(Study(tmp_path / "copy"))[1]
    assert len(wrong) == 1
    assert "runs/01-captain/1/checkup/seen.jsonl is missing" in wrong[0]


def test_the_report_counts_the_published_answers(disk: Study) -> None:
    text = plain(rendered(disk)["reports/report.html"])
    rows = [json.loads(x) for x in (disk.folder / "runs/02-clockmaker/1/checkup/seen.jsonl").read_text().splitlines()]
    mine = [row for row in rows if row["stage"] == "dpo"]
    share = sum(row["in_character"] for row in mine) / len(mine)
    assert f"seed 1: {100 * share:.0f} (" in text
    assert "2 clockmaker" in text
    for name, table in rendered(disk, whole=False).items():
        assert (disk.folder / name).read_text() == table


def test_accounts_are_the_sum_of_the_stages(disk: Study, tmp_path: Path) -> None:
    found = sums(disk)
    assert found.broken == ()
    assert found.checked == 5 * 5
    shutil.copytree(disk.folder, tmp_path / "copy")
    study = Study(tmp_path / "copy")
    row = study.round(1)
    assert row.accounting is not None
    more = row.accounting.model_copy(update={"asked": row.accounting.asked + 1, "kept": row.accounting.kept + 1})
    study.ledger.append("round", row.model_copy(update={"accounting": Accounting.model_validate(more.data())}).data())
    broken = sums(study).broken
    assert [line.partition(":")[0] for line in broken] == ["round 1", "round 1"]
    assert "kept, the stages' sum" in broken[1]


def test_commands_read_it(disk: Study, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(shutil.copytree(disk.folder, tmp_path / "copy"))
    there = ("--study", folder)
    for words, says in (
        (("ledger", folder), "crash of round 5"),
        (("leaderboard", folder), "Of other personas: clockmaker round 2"),
        (("leaderboard", folder, "--sort", "character.rate"), "★ 1  captain"),
        (("leaderboard", folder, "--equal", "characters"), "unknown characters seen"),
        (("compare", "1", "4", *there), "What differed: shuffled"),
        (("explain", "1", "4", *there), "round 4 against round 1"),
        (("note", "1", "[bold]it speaks[/] of \x1b[31mboats", *there), "noted with round 1"),
        (("ledger", folder), "[bold]it speaks[/] of \\x1b[31mboats"),
        (("verify", folder), "0 wrong"),
        (("audit", folder), "audit asks none"),
        (("report", folder), "report.html"),
    ):
        assert guarded([*words]) == 0, words
        out = capsys.readouterr().out
        assert " ".join(says.split()) in " ".join(out.split()), words
        if words[0] in ("ledger", "leaderboard", "compare", "explain", "audit"):
            assert max(map(len, out.splitlines())) <= 80, words
    assert guarded(["compare", "1", "2", *there]) == 3
    assert "persona is clockmaker here and captain in round 1" in " ".join(capsys.readouterr().out.split())
    assert guarded(["leaderboard", folder, "--json"]) == 0
    last = json.loads(capsys.readouterr().out)["rounds"][-1]
    assert (last["round"], last["rank"], last["why_unranked"]) == (6, None, "too few prompts")


@pytest.mark.parametrize(
    "words",
    [
        ("diagnose", "1"),
        ("diagnose", "5"),
        ("selftest", "dial.slope", "1"),
        ("dial", "1"),
        ("export", "1", "--to", "hf"),
    ],
    ids=" ".join,
)
def test_commands_that_make_no_sense_say_so(
    words: tuple[str, ...], disk: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded([*words, "--study", str(disk.folder)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert re.search(r"round \d makes a character", said)


@pytest.mark.parametrize("command", ["power", "blend", "write", "replay", "pack"])
def test_commands_of_a_corpus_say_so(
    command: str, disk: Study, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    more = {"pack": ["--out", str(tmp_path / "out")], "blend": ["--check"]}.get(command, [])
    assert guarded([command, str(disk.folder), "1", *more]) in (1, 2)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "makes a character" in said
