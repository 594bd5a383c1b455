from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diagnose import Case, built, cases
from made_rounds import data, row

from greenlight.cli.main import guarded
from greenlight.inquiry import findings
from greenlight.inquiry.diagnose import NAMED, STRONG, Diagnosis, diagnose
from greenlight.loading import apply_sets
from greenlight.nouns import Artifact, Round, Score, fingerprint
from greenlight.recipe import Recipe
from greenlight.report.cells import half_width
from greenlight.study import Study

FALLING = [(5.0, 5.0), (4.2, 4.2), (3.6, 3.6), (3.0, 3.0)]
LEVEL = [(3.2, 3.2), (3.05, 3.05), (3.01, 3.01), (3.0, 3.0)]
TURNED = [(1.2, 1.5), (0.6, 1.4), (0.3, 1.7), (0.1, 2.1)]
HEALTHY = [(1.6, 1.62), (1.05, 1.1), (0.98, 1.04), (0.95, 1.02)]
LEVELS = {str(i): {"mean": float(i), "low": i - 0.5, "high": i + 0.5, "n": 40} for i in range(1, 6)}


def curve(losses: Sequence[tuple[float, float]], steps: int = 400, epochs: float = 5.0) -> list[dict[str, float]]:
    """Lines as the training loop writes them, from (train, validation) losses; the rate falls to zero."""
    made = []
    for i, (train, val) in enumerate(losses, 1):
        share = i / len(losses)
        line = {"step": round(share * steps), "epoch": share * epochs, "lr": 0.003 * (1 - share), "batch_loss": train}
        made.append(
            line | {"train_loss": train, "val_loss": val, "train_loss_char": train / 3, "val_loss_char": val / 3}
        )
    return made


def model_facts(rows: list[dict[str, float]], keep: str = "last") -> dict[str, Any]:
    last, best = rows[-1], min(rows, key=lambda r: r["val_loss"])
    kept = best if keep == "best" else last
    facts: dict[str, Any] = {"steps": last["step"], "planned_steps": last["step"], "epochs": last["epoch"]}
    facts |= {"best_step": best["step"], "kept_step": kept["step"], "kept_lr": kept["lr"]}
    for name, line in (("best", best), ("last", last), ("kept", kept)):
        for unit in ("_loss", "_loss_char"):
            facts |= {f"{name}_{side}{unit}": line[f"{side}{unit}"] for side in ("train", "val")}
    return facts | {"parameters": 100_000, "tokens_seen": 200_000}


def recorded(
    folder: Path, losses: Sequence[tuple[float, float]], facts: dict[str, Any] | None = None, **changes: Any
) -> tuple[Round, Study]:
    """A round with one seed as the ledger would have it, its published curve, and its study."""
    (folder / "study.toml").write_text('title = "t"\n')
    made = {"steps": 400, "epochs": 5.0, "tokens_seen": 200_000, "parameters": 100_000, "vocabulary": 500}
    made |= {"tokens_per_parameter": 2.0, **(facts or {})}
    rows = curve(losses, made["steps"], made["epochs"])
    text = "".join(json.dumps(line) + "\n" for line in rows)
    path = folder / "runs" / "02-x" / "1" / "metrics.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    model = Artifact(
        kind="model", fingerprint="ab" * 32, files={"metrics.jsonl": fingerprint(text)}, facts=model_facts(rows)
    )
    tokens = Artifact(kind="tokens", fingerprint="cd" * 32, facts={"vocab": 500, "p99_tokens": 100})
    kept = {"artifacts": {"model-1": model, "tokens": tokens}, "seeds": (1,)}
    return row(2, data(**changes), made, **kept), Study(folder)


def dial(voice: float, level: float, voices: Sequence[str] = ("brook", "pebble"), slope: float = 1.0) -> dict[str, Any]:
    one = {"mean": slope, "low": slope - 0.1, "high": slope + 0.1, "n": 40}
    slopes = {v: {**one, "mean": slope + i} for i, v in enumerate(voices)}
    found = {"by": dict.fromkeys(voices, LEVELS), "all": LEVELS, "slopes": slopes, "slope": one}
    return {"corpus_dial": {**found, "eta2_voice": voice, "eta2_level": level}}


def slopes_of(values: Sequence[float], invalid: str = "") -> Score:
    named = tuple(f"topic {i}" for i in range(len(values)))
    common: dict[str, Any] = {"unit": "mentions per level", "better": "higher", "yardstick": "y", "settings": {}}
    rows = (tuple(values),)
    return Score(
        metric="dial.slope",
        seeds=(1,),
        blocks=named,
        values=rows,
        weights=(1.0,) * len(values),
        invalid=invalid,
        **common,
    )


def names(found: Diagnosis) -> list[str]:
    return [limit.name for limit in found.limits]


# ---------------------------------------------------------------- each limit can win, and can lose


def test_a_loss_that_turned_is_starved(tmp_path: Path) -> None:
    found = diagnose(*recorded(tmp_path, TURNED, {"epochs": 40.0}))
    assert names(found)[0] == "starved"
    assert found.limits[0].strength > 0.9
    assert "validation was best at step 200 of 400 and ended 50% above that" in found.limits[0].sentence
    assert "undertrained" not in names(found)


def test_a_loss_that_still_falls_is_undertrained(tmp_path: Path) -> None:
    found = diagnose(*recorded(tmp_path, FALLING, {"epochs": 0.5}))
    assert names(found) == ["undertrained"]
    assert "fell by 29% over the last half of 400 steps" in found.limits[0].sentence
    assert "50% of the training side was never read" in found.limits[0].sentence
    assert found.limits[0].tries == ({"train.epochs": 12.0},)


def test_the_same_losses_under_dropout_are_over_regularised(tmp_path: Path) -> None:
    plain = diagnose(*recorded(tmp_path / _made(tmp_path, "a"), LEVEL))
    assert "over-regularised" not in names(plain)
    found = diagnose(*recorded(tmp_path / _made(tmp_path, "b"), LEVEL, model__dropout=0.7))
    assert names(found)[0] == "over-regularised"
    assert found.limits[0].strength == pytest.approx(1 - 0.3 * (1 - _decay_dose()), abs=0.01)


def _made(folder: Path, name: str) -> str:
    (folder / name).mkdir()
    return name


def _decay_dose() -> float:
    pull, steps = 0.02 * 0.01, 400
    memory = 200_000 / steps / pull / 100_000
    return (1 - math.exp(-pull * steps / 2)) / (1 + memory) / (1 + 0.02 / 0.5)


def test_weight_decay_counts_by_what_the_weights_remember(tmp_path: Path) -> None:
    found = diagnose(*recorded(tmp_path, LEVEL, train__weight_decay=5.0))
    assert names(found)[0] == "over-regularised"
    assert "remember the last 0.05 tokens per parameter" in found.limits[0].sentence
    assert found.limits[0].tries[0] == {"train.weight_decay": 0.01}


def test_a_high_rate_is_named_only_where_the_loss_shows_it(tmp_path: Path) -> None:
    rates = {"train__lr": 0.5, "train__muon_lr": 2.0}
    bad = diagnose(
        *recorded(tmp_path / _made(tmp_path, "a"), [(5.9, 5.9), (5.5, 5.5), (5.0, 5.0), (4.0, 4.0)], **rates)
    )
    assert names(bad)[0] == "diverged"
    assert bad.limits[0].strength > STRONG
    assert bad.limits[0].tries == ({"train.lr": 0.003, "train.muon_lr": 0.02},)
    learned = diagnose(*recorded(tmp_path / _made(tmp_path, "b"), HEALTHY, **rates))
    assert "diverged" not in names(learned)


def test_a_training_loss_that_rose_is_no_memorising(tmp_path: Path) -> None:
    found = diagnose(*recorded(tmp_path, [(2.0, 2.05), (1.5, 1.55), (2.4, 2.45), (3.0, 3.05)]))
    assert "diverged" in names(found)[:2]
    assert (
        "the training loss ended 100% above its best" in next(x for x in found.limits if x.name == "diverged").sentence
    )


def test_writers_that_differ_more_than_the_levels(tmp_path: Path) -> None:
    found = diagnose(*recorded(tmp_path / _made(tmp_path, "a"), HEALTHY, dial(0.6, 0.2)))
    assert names(found)[0] == "mixed writers"
    assert found.limits[0].strength == pytest.approx(0.75)
    assert found.limits[0].tries == ({"corpus.blend": {"pebble": 1.0}},)
    clean = diagnose(*recorded(tmp_path / _made(tmp_path, "b"), HEALTHY, dial(0.02, 0.6)))
    assert "mixed writers" not in names(clean)
    nothing = diagnose(*recorded(tmp_path / _made(tmp_path, "c"), HEALTHY, dial(0.01, 0.002)))
    assert names(nothing)[0] == "flat corpus"
    assert "mixed writers" not in names(nothing)


def test_documents_that_fill_the_context(tmp_path: Path) -> None:
    made, study = recorded(tmp_path, HEALTHY)
    cut = slopes_of([0.4] * 40).model_copy(update={"metric": "dial.truncation", "unit": "share of documents"})
    made = made.model_copy(update={"scores": {"dial.truncation": cut}})
    assert "context" not in names(diagnose(made, study))  # 100 of 192 tokens: there was room
    tight = made.artifacts["tokens"].model_copy(update={"facts": {"vocab": 500, "p99_tokens": 190}})
    made = made.model_copy(update={"artifacts": {**made.artifacts, "tokens": tight}})
    found = next(limit for limit in diagnose(made, study).limits if limit.name == "context")
    assert found.strength == pytest.approx(0.4)
    assert found.tries == ({"model.context": 384},)


def test_a_healthy_round_has_no_strong_limit(tmp_path: Path) -> None:
    found = diagnose(*recorded(tmp_path, HEALTHY, dial(0.05, 0.6)))
    assert not [limit for limit in found.limits if limit.strength >= STRONG]
    assert any("one cause" in line for line in found.not_shown)


def test_every_try_is_a_recipe(tmp_path: Path) -> None:
    """Each change must load over the round's own recipe, and change it."""
    seen = 0
    for place, (losses, changes) in enumerate(
        [
            (TURNED, {}),
            (FALLING, {"train__steps": 400}),
            (LEVEL, {"model__dropout": 0.7, "train__weight_decay": 5.0}),
            (FALLING, {"train__lr": 0.5, "train__muon_lr": 2.0}),
        ]
    ):
        made, study = recorded(tmp_path / _made(tmp_path, str(place)), losses, dial(0.5, 0.01), **changes)
        for limit in diagnose(made, study).limits:
            for change in limit.tries:
                sets = tuple(f"{key}={json.dumps(value).replace(':', ' =')}" for key, value in change.items())
                after = Recipe.model_validate(apply_sets(_bare(made.recipe), sets))
                assert after.hash != Recipe.model_validate(made.recipe).hash, (limit.name, change)
                seen += 1
    assert seen >= 8


def _bare(value: dict[str, Any]) -> dict[str, Any]:
    """Without what is unset, as a file would have it."""
    return {k: _bare(v) if isinstance(v, dict) else v for k, v in value.items() if v is not None}


# ---------------------------------------------------------------- what is not shown


def test_a_missing_curve_is_said_and_the_facts_still_speak(tmp_path: Path) -> None:
    made, study = recorded(tmp_path, TURNED, {"epochs": 40.0})
    (tmp_path / "runs" / "02-x" / "1" / "metrics.jsonl").unlink()
    found = diagnose(made, study)
    assert names(found)[0] == "starved"
    assert any("metrics.jsonl is not there" in line for line in found.not_shown)
    assert any("still falling" in line for line in found.not_shown)


@pytest.mark.parametrize(
    "bad",
    [
        b'{"step": 100, "epo',
        b'{"step": 100, "epoch": 1, "lr": 0.1, "batch_loss": NaN, "train_loss": 1, "val_loss": 1, '
        b'"train_loss_char": 1, "val_loss_char": 1}',
        b"[1, 2]",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"step": 1e999, "epoch": 1, "lr": 0, "batch_loss": 1, "train_loss": 1, "val_loss": 1}',
        b'{"step": true, "epoch": 1, "lr": 0, "batch_loss": 1, "train_loss": "1", "val_loss": -1}',
    ],
)
def test_a_damaged_line_is_left_out_and_counted(tmp_path: Path, bad: bytes) -> None:
    made, study = recorded(tmp_path, FALLING)
    path = tmp_path / "runs" / "02-x" / "1" / "metrics.jsonl"
    whole = diagnose(made, study)
    path.write_bytes(path.read_bytes() + bad + b"\n")
    assert any("changed after the run" in line for line in diagnose(made, study).not_shown)
    model = made.artifacts["model-1"].model_copy(update={"files": {}})  # as if the run itself had left it so
    made = made.model_copy(update={"artifacts": {**made.artifacts, "model-1": model}})
    found = diagnose(made, study)
    assert any("1 of 5 lines of seed 1's metrics.jsonl are damaged" in line for line in found.not_shown)
    assert found.limits == whole.limits


def test_a_dial_that_could_not_be_seen_is_not_called_flat(tmp_path: Path) -> None:
    made, study = recorded(tmp_path, HEALTHY, dial(0.05, 0.6, slope=0.3))
    few = made.model_copy(update={"scores": {"dial.slope": slopes_of([1.5, -1.5, 2.0, -2.0, 0.5, -0.4])}})
    found = diagnose(few, study)
    assert any("whether the model's dial is flat: with 6 topics" in line for line in found.not_shown)
    assert not any("flat" in fact.shown for fact in found.facts if fact.name == "dial")
    many = made.model_copy(update={"scores": {"dial.slope": slopes_of([0.1, -0.1] * 40)}})
    found = diagnose(many, study)
    assert not any("is flat" in line for line in found.not_shown)
    assert any("flat, though the corpus's is not" in fact.shown for fact in found.facts if fact.name == "dial")


def test_the_dial_s_interval_is_the_leaderboard_s(tmp_path: Path) -> None:
    """Over new seeds and new topics: three models that agree on topics and differ as wholes are not known to ± 0."""
    rows = tuple(tuple(m + 0.01 * (-1) ** i for i in range(40)) for m in (0.5, 0.9, 1.3))
    score = slopes_of(rows[0]).model_copy(update={"seeds": (1, 2, 3), "values": rows})
    wide = findings.spread(score)
    assert wide is not None
    assert (wide.high - wide.low) / 2 == pytest.approx(half_width(score))
    assert wide.low < 0 < wide.high, "4.303 · 0.4 / √3"
    made, study = recorded(tmp_path, HEALTHY, dial(0.05, 0.6))
    shown = next(
        f.shown
        for f in diagnose(made.model_copy(update={"scores": {"dial.slope": score}}), study).facts[::-1]
        if f.name == "dial"
    )
    assert "over 3 seeds and 40 topics" in shown
    alone = findings.spread(slopes_of([0.2, 0.4, 0.9]))
    assert alone is not None
    assert (alone.df, alone.se) == (2.0, pytest.approx(np.std([0.2, 0.4, 0.9], ddof=1) / math.sqrt(3)))


def test_a_stored_score_that_is_no_number_is_said_and_the_json_stays_json(tmp_path: Path) -> None:
    made, study = recorded(tmp_path, HEALTHY, dial(0.05, 0.6))
    score = slopes_of([0.5, math.nan, 0.7, 0.6])
    cut = score.model_copy(update={"metric": "dial.truncation", "unit": "share of documents"})
    tight = made.artifacts["tokens"].model_copy(update={"facts": {"vocab": 500, "p99_tokens": 190}})
    scores = {"scores": {"dial.slope": score, "dial.truncation": cut}}
    found = diagnose(made.model_copy(update={**scores, "artifacts": {**made.artifacts, "tokens": tight}}), study)
    assert any("not a finite number" in line for line in found.not_shown)
    assert "context" not in names(found)
    assert not any("nan" in fact.shown for fact in found.facts)
    json.dumps(found.data(), allow_nan=False)
    infinite = replace(found, facts=(findings.Fact("gap", [math.inf, 1.0], ""),))
    assert infinite.data()["facts"]["gap"] == [None, 1.0]


@pytest.mark.parametrize("bare", [{"facts": {}}, {"artifacts": {}}, {"facts": {"steps": math.nan}}])
def test_a_row_that_lacks_its_facts_is_not_diagnosed(tmp_path: Path, bare: dict[str, Any]) -> None:
    made, study = recorded(tmp_path, HEALTHY)
    found = diagnose(made.model_copy(update=bare), study)
    assert (found.limits, found.facts) == ((), ())
    assert len(found.not_shown) == 1
    assert "lacks" in found.not_shown[0]
    assert "run the round again" in found.not_shown[0]


def test_what_has_no_dial_or_one_voice_says_so(tmp_path: Path) -> None:
    made, study = recorded(tmp_path, HEALTHY)
    assert any("neither writers nor levels" in line for line in diagnose(made, study).not_shown)
    one = made.model_copy(update={"facts": made.facts | dial(0.0, 0.6, ["brook"])})
    found = diagnose(one, study).not_shown
    assert any("one writer" in line for line in found)
    assert any("did not measure it" in line for line in found)
    bad = one.model_copy(update={"scores": {"dial.slope": slopes_of([0.0, 0.0], "40 of 80 documents did not end")}})
    assert any("40 of 80 documents did not end" in line for line in diagnose(bad, study).not_shown)


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("training diverged at step 50 (loss 12): lower train.lr", "diverged"),
        ("12 of 90 train documents are longer than the context of 64 tokens", "context"),
        ("voice brook gave nothing usable for 'a' at level 1 in 8 attempts (last: empty)", "refused"),
        ("30 of 520 documents carry text of the yardstick (limit 1 %): write the corpus on other topics", "leaked"),
        ("round 1, which it is compared with, ended as a crash", "broken"),
    ],
)
def test_a_crash_says_its_reason(tmp_path: Path, reason: str, name: str) -> None:
    (tmp_path / "study.toml").write_text('title = "t"\n')
    crash = row(2, data(), status="crash", reason=reason, facts={})
    found = diagnose(crash, Study(tmp_path))
    assert names(found) == [name]
    assert reason in found.limits[0].sentence
    assert found.not_shown


# ---------------------------------------------------------------- a real run, from recipe to letter


@pytest.fixture(scope="module")
def starved(tmp_path_factory: pytest.TempPathFactory) -> Study:
    corpus = {"characters": 82_000, "share": 0.05}
    model, train = {"layers": 1, "width": 64, "heads": 2}, {"steps": 150, "batch": 8, "lr": 0.01}
    study, _ = built(Case("starved", False, 4, corpus, model, train), tmp_path_factory.mktemp("starved"))
    return study


def test_a_run_that_was_starved_says_so(starved: Study) -> None:
    made = starved.ledger.latest()[1]
    found = diagnose(made, starved)
    assert names(found)[0] == "starved"
    assert found.limits[0].strength > STRONG
    facts = {fact.name: fact.value for fact in found.facts}
    assert facts["best_step"] == [made.artifacts[f"model-{made.seeds[0]}"].facts["best_step"]]
    assert 2.0 < facts["blind_loss"] < math.log(made.facts["vocabulary"])  # letters are not equally frequent
    assert all(limit.strength >= NAMED for limit in found.limits)
    assert list(found.limits) == sorted(found.limits, key=lambda x: -x.strength)


def test_the_letter_and_its_json(starved: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["diagnose", "1", "--study", str(starved.folder)]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert text.index("1. starved") < text.index("what was looked at") < text.index("not shown")
    assert "try --set corpus.share=0.1" in text
    assert guarded(["diagnose", "1", "--study", str(starved.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["limits"][0]["name"] == "starved"
    assert told["limits"][0]["tries"][0] == {"corpus.share": 0.1}


def test_a_round_that_is_not_there_is_one_line(starved: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["diagnose", "7", "--study", str(starved.folder)]) == 1
    assert "there is no round 7" in capsys.readouterr().err
    assert guarded(["diagnose", "x", "--study", str(starved.folder)]) == 2


def test_the_benchmark_draws_as_many_of_each_kind_and_never_twice_the_same() -> None:
    drawn = cases(11)
    assert len(drawn) == 36
    assert len({case.seed for case in drawn}) == 36
    assert not {case.seed for case in drawn} & {case.seed for s in (1, 2, 3) for case in cases(s)}
