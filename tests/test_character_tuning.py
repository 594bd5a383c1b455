"""DPO and SFT on a tiny model: the ids that are trained, step 0, what is logged, kept, gone on from, and refused."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from made_chat_models import made_chat_model, texts
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from greenlight.backends import _checks, _data, _trainers, tuning
from greenlight.backends._data import PairRow, Row
from greenlight.backends.tuning import Dpo, Sft, dpo, sft
from greenlight.character.render import Rendered, Renderer
from greenlight.chats import Chat, Pair, Turn, Turns
from greenlight.errors import InputError, RecipeError, RoundError, Stopped, StoreError
from greenlight.nouns import Provenance
from greenlight.progress import SILENT, Bar

MADE = Provenance(voice="v", voice_fingerprint="f", prompt="p")
SMALL = Dpo(rank=4, alpha=8.0, lr=2e-3, batch=4, epochs=1, max_length=160)
LEARN = Sft(rank=4, alpha=8.0, lr=2e-3, batch=4, max_length=160)
OWN = {
    *("metrics.jsonl", "tuning.json", "checkpoint.json", "adapter_config.json", "adapter_model.safetensors"),
    *("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"),
    *("chat_template.jinja", "greenlight_chat.json", "greenlight_fold.json"),
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_chat_model(tmp_path_factory.mktemp("student") / "model")


@pytest.fixture(scope="module")
def renderer(student: Path) -> Renderer:
    return Renderer.open(student)


def said(*contents: str) -> Turns:
    return tuple(Turn(role=("user", "assistant")[n % 2], content=text) for n, text in enumerate(contents))  # type: ignore[arg-type]


def pairs(count: int = 18) -> list[Pair]:
    """Every third has an earlier exchange in its prompt, and what was answered there is not learned."""
    made = []
    for number, text in enumerate(texts(count)):
        prompt = said("hello", "an old answer", text) if number % 3 == 0 else said(text)
        chosen, rejected = f"the green light, {text[:12]}", f"an old boat {text[::-1]}"
        made.append(
            Pair(id=f"p{number}", prompt=prompt, chosen=chosen, rejected=rejected, chosen_made=MADE, rejected_made=MADE)
        )
    return made


def chats(count: int = 14) -> list[Chat]:
    return [Chat(id=f"c{n}", turns=said(t, t[::-1], "go on", t), made=MADE) for n, t in enumerate(texts(count, 5))]


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@dataclass
class Watcher:
    """Collects what is said, and calls ``at`` after every step."""

    at: Callable[[int], None] = lambda step: None

    def __post_init__(self) -> None:
        self.news: list[str] = []
        self.steps = 0.0

    def say(self, line: str) -> None:
        self.news.append(line)

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        yield self

    def advance(self, n: float = 1, note: str = "") -> None:
        self.steps += n
        if note:
            self.at(int(self.steps))


@pytest.fixture(scope="module")
def run(student: Path, renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished DPO run, which tests read and do not change."""
    folder = tmp_path_factory.mktemp("runs") / "dpo"
    dpo(student, pairs(), SMALL, renderer, folder, 3, SILENT, 1)
    return folder


# ---------------------------------------------------------------- ids


@contextmanager
def batches_of(kind: str) -> Iterator[list[tuple[dict[str, Any], bool]]]:
    """What really reaches the model in the passes that a loss is computed from, and whether it may learn from it."""
    heard: list[tuple[dict[str, Any], bool]] = []

    def hear(module: Any, given: Any, named: dict[str, Any], output: Any) -> None:
        if type(module).__name__ == kind and named.get("fused_lm_head"):
            heard.append((dict(named), torch.is_grad_enabled()))

    hook = torch.nn.modules.module.register_module_forward_hook(hear, with_kwargs=True)
    try:
        yield heard
    finally:
        hook.remove()


def held_and_order(rows: Sequence[Any], settings: Any, seed: int) -> list[Any]:
    """The rows that a run trains, in their order."""
    data = _data.encode(rows, settings.max_length, "drop", settings.held_out, seed, 10_000)
    return [data.train[n] for n in _data.order(len(data.train), settings.epochs, seed)]


def test_the_batches_of_dpo_are_the_renderers_ids_and_mask_for_model_and_reference(
    student: Path, renderer: Renderer, tmp_path: Path
) -> None:
    with batches_of("PeftModelForCausalLM") as heard:
        dpo(student, pairs(), SMALL, renderer, tmp_path / "run", 3, SILENT, 1)
    learned = [named for named, learns in heard if learns]
    by_id = {pair.id: pair for pair in pairs()}
    rows = held_and_order([_data.pair_row(pair, renderer) for pair in pairs()], SMALL, 3)
    for number, named in enumerate(learned):
        part = [by_id[row.id] for row in rows[4 * number : 4 * number + 4]]
        assert len(named["input_ids"]) == 2 * len(part)
        for place, (pair, text) in enumerate([(p, p.chosen) for p in part] + [(p, p.rejected) for p in part]):
            prompt = renderer.prompt(pair.prompt)
            ids = named["input_ids"][place][named["attention_mask"][place] == 1].tolist()
            labels = named["labels"][place].tolist()
            assert ids[: len(prompt)] == prompt
            assert ids == renderer.whole((*pair.prompt, Turn(role="assistant", content=text))).ids
            assert labels == [-100] * len(prompt) + ids[len(prompt) :] + [-100] * (len(labels) - len(ids))
            assert renderer.spelling.decode(ids[len(prompt) : -1]) == text
            assert ids[-1] in renderer.ends
            assert ids.count(renderer.bos) == 1
    assert len(learned) == math.ceil(len(rows) / 4)
    for n in (n for n, (_, learns) in enumerate(heard) if learns):
        (mine, _), (theirs, learns) = heard[n], heard[n + 1]
        assert not learns
        assert all(torch.equal(mine[name], theirs[name]) for name in ("input_ids", "attention_mask", "labels"))


def test_the_batches_of_sft_are_the_renderers_ids_and_mask(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    with batches_of("PeftModelForCausalLM") as heard:
        sft(student, chats(), LEARN, renderer, tmp_path / "run", 3, SILENT, 1)
    rows = held_and_order([row for chat in chats() for row in _data.chat_rows(chat, renderer)], LEARN, 3)
    by_id = {chat.id: chat for chat in chats()}
    learned = [named for named, learns in heard if learns]
    assert len(learned) == math.ceil(len(rows) / 4)
    for number, named in enumerate(learned):
        for place, row in enumerate(rows[4 * number : 4 * number + 4]):
            whole = renderer.whole(by_id[row.id].turns)
            ids = named["input_ids"][place][named["attention_mask"][place] == 1].tolist()
            assert ids == whole.ids
            labels = named["labels"][place][: len(ids)].tolist()
            assert labels == [one if bit else -100 for one, bit in zip(whole.ids, whole.mask, strict=True)]
            assert set(named["labels"][place][len(ids) :].tolist()) <= {-100}


def test_an_example_that_is_too_long_is_counted_or_refused_and_never_cut(
    student: Path, renderer: Renderer, tmp_path: Path
) -> None:
    long = pairs(8)
    long[2] = long[2].model_copy(update={"rejected": "light " * 80})
    watcher = Watcher()
    facts = dpo(student, long, SMALL, renderer, tmp_path / "drop", 1, watcher, 1)
    assert facts["examples"]["too_long"] == 1
    assert facts["examples"]["trained"] + facts["examples"]["held_out"] == 7
    assert any("1 examples are longer than 160 tokens" in line for line in watcher.news)
    with pytest.raises(InputError, match=r"p2 has \d+ tokens, and 160 is the most"):
        dpo(student, long, SMALL.model_copy(update={"too_long": "refuse"}), renderer, tmp_path / "no", 1, SILENT, 1)


def test_a_models_own_context_is_a_limit_too(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    long = [pair.model_copy(update={"chosen": "light " * 200}) for pair in pairs(3)]
    with pytest.raises(InputError, match="3 examples are longer than 256 tokens"):
        dpo(student, long, SMALL.model_copy(update={"max_length": 4_000}), renderer, tmp_path / "x", 1, SILENT, 1)


def test_a_pair_of_equal_answers_teaches_nothing_and_is_counted(
    student: Path, renderer: Renderer, tmp_path: Path
) -> None:
    some = pairs(8)
    some[1] = some[1].model_copy(update={"rejected": some[1].chosen})
    assert dpo(student, some, SMALL, renderer, tmp_path / "run", 1, SILENT, 1)["examples"]["alike"] == 1


def test_held_out_prompts_are_whole_and_within_their_share() -> None:
    row = Row((1, 2, 3), (0, 1, 1))
    rows = [PairRow(f"{n}", f"prompt {n % 7}", row, Row((1, 2, 4), (0, 1, 1))) for n in range(70)]
    data = _data.encode(rows, 10, "drop", 0.3, 5, 10)
    apart = {r.prompt for r in data.held} & {r.prompt for r in data.train}
    assert not apart
    assert 10 <= len(data.held) <= 21
    assert {r.id for r in data.held} != {r.id for r in _data.encode(rows, 10, "drop", 0.3, 6, 10).held}
    assert not _data.encode(rows, 10, "drop", 0.0, 5, 10).held
    one = [replace(r, prompt="the same") for r in rows]
    assert not _data.encode(one, 10, "drop", 0.3, 5, 10).held, "a prompt is not torn in two"


@dataclass
class Broken:
    """A renderer that does one thing wrong."""

    inner: Renderer
    wrong: Callable[[Rendered], Rendered]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def whole(self, turns: Turns, learned: Sequence[int] | None = None) -> Rendered:
        return self.wrong(self.inner.whole(turns, learned))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda r: Rendered([r.ids[0], *r.ids], [0, *r.mask]), "is there 2 times"),
        (lambda r: Rendered(r.ids, [0] * len(r.ids)), "nothing in it is learned"),
        (lambda r: Rendered(r.ids[:-1], r.mask[:-1]), "the end token is not learned"),
        (lambda r: Rendered([r.ids[0], 7, *r.ids[1:]], [0, 0, *r.mask[1:]]), "writes the prompt otherwise"),
        (lambda r: Rendered(r.ids, [0, 0, 1, *r.mask[3:]]), "writes the prompt otherwise"),
        (lambda r: Rendered(r.ids, r.mask[1:]), "the renderer is broken"),
        (lambda r: Rendered([*r.ids[:-2], 9_999, r.ids[-1]], r.mask), "the model knows"),
    ],
)
def test_ids_that_are_off_are_refused_before_anything_is_trained(
    student: Path, renderer: Renderer, tmp_path: Path, wrong: Callable[[Rendered], Rendered], message: str
) -> None:
    with pytest.raises(InputError, match=message) as error:
        dpo(student, pairs(3)[1:2], SMALL, Broken(renderer, wrong), tmp_path / "run", 1, SILENT, 1)
    assert "p1" in str(error.value)
    assert not (tmp_path / "run").exists()


# ---------------------------------------------------------------- step 0


def test_step_0_has_no_margin_and_the_sigmoid_part_is_ln_2(run: Path) -> None:
    facts = json.loads((run / "tuning.json").read_text())["facts"]
    assert facts["began"]["start"]["margin"] <= 1e-3
    assert abs(facts["began"]["start"]["sigmoid"] - math.log(2)) <= 1e-4
    first = lines(run)[1]
    assert abs(first["margin"]) <= 1e-3
    assert abs(first["sigmoid"] - math.log(2)) <= 1e-4
    assert lines(run)[-1]["margin"] > 0.1, "it learns"


@dataclass
class Drifting:
    """A template with the time in it: what it writes the second time is not what it wrote the first."""

    inner: Renderer
    calls: int = 0
    count: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def _turns(self, turns: Turns) -> Turns:
        self.calls += 1
        note = f"it is {'noon' if self.calls <= self.count else 'night, and an old boat is in'} "
        return (turns[0].model_copy(update={"content": note + turns[0].content}), *turns[1:])

    def prompt(self, turns: Turns, manner: Any) -> list[int]:
        return self.inner.prompt(self._turns(turns), manner)

    def whole(self, turns: Turns, learned: Sequence[int] | None = None) -> Rendered:
        return self.inner.whole(self._turns(turns), learned)


def test_a_reference_that_is_given_another_prompt_stops_the_run_and_says_why(
    student: Path, renderer: Renderer, tmp_path: Path
) -> None:
    drifting = Drifting(renderer, count=3 * 18)
    with pytest.raises(RoundError) as error:
        dpo(student, pairs(), SMALL, drifting, tmp_path / "run", 3, SILENT, 1)
    text = str(error.value)
    assert "nothing was trained" in text
    assert "the reference was given another prompt or another template" in text
    assert "has token" in text
    assert "answer of p" in text
    assert "nats" in text
    assert not (tmp_path / "run" / "adapter_model.safetensors").exists()


def test_another_reference_model_is_found_out_by_its_margin(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    from greenlight.backends._folders import open_model

    rows = [_data.pair_row(pair, renderer) for pair in pairs(6)]
    model, other = open_model(student), open_model(made_chat_model(tmp_path / "other", seed=2))

    def by(one: Any) -> Callable[[Any], torch.Tensor]:
        return lambda rows: _checks.answer_logps(one, rows)

    assert _checks.start(by(model), by(model), rows, rows, 0.1)["margin"] == 0
    with pytest.raises(RoundError, match=r"largest margin [\d.]+, allowed 0\.2.*the reference is another model"):
        _checks.start(by(model), by(other), rows, rows, 0.1)
    half = [replace(row, rejected=rows[0].rejected) for row in rows]
    with pytest.raises(RoundError, match=r"the rejected answer of p\d+ by [+-].*was given another"):
        _checks.start(by(model), by(model), rows, half, 0.1)


def test_dropout_in_the_first_batch_would_be_found_out() -> None:
    mask = torch.ones(4, 3)
    same = torch.randn(4, 3)
    _checks.first_batch(_checks.terms(same, same, mask, 0.1), 0.1)
    with pytest.raises(RoundError, match="the first batch"):
        _checks.first_batch(_checks.terms(same + torch.tensor([[0.2], [0.0], [0.0], [0.0]]), same, mask, 0.1), 0.1)


# ---------------------------------------------------------------- numbers


def test_our_parts_are_trls_loss_and_what_the_models_say_by_themselves(
    student: Path, renderer: Renderer, run: Path
) -> None:
    from greenlight.backends._folders import open_model

    facts = json.loads((run / "tuning.json").read_text())["facts"]
    assert facts["trl_apart"] <= 1e-4
    data = _data.encode([_data.pair_row(p, renderer) for p in pairs()], 160, "drop", SMALL.held_out, 3, 10_000)
    trained, base = open_model(run / "folded"), open_model(student)
    kinds = ("chosen", "rejected")
    policy = {k: _checks.answer_logps(trained, [getattr(row, k) for row in data.held]) for k in kinds}
    fixed = {k: _checks.answer_logps(base, [getattr(row, k) for row in data.held]) for k in kinds}
    margin = (policy["chosen"] - fixed["chosen"]) - (policy["rejected"] - fixed["rejected"])
    nll = -policy["chosen"].sum() / sum(row.chosen.learned for row in data.held)
    last = lines(run)[-1]
    assert last["held_margin"] == pytest.approx(float(margin.mean()), abs=1e-3)
    assert last["held_chosen"] == pytest.approx(float(policy["chosen"].mean()), abs=1e-3)
    assert last["held_nll"] == pytest.approx(float(nll), abs=1e-4)
    whole = -F.logsigmoid(0.1 * margin).mean() + 0.1 * nll + 0.001 * last["held_kl"]
    assert last["held_loss"] == pytest.approx(float(whole), abs=1e-4)


def test_the_kl_term_is_the_mean_square_of_the_log_ratio_by_token() -> None:
    policy = torch.tensor([[-1.0, -2.0, -9.0], [-3.0, -9.0, -9.0]])
    reference = torch.tensor([[-2.0, -4.0, -1.0], [-1.0, -1.0, -1.0]])
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    assert float(_checks.terms(policy, reference, mask, 0.1).kl) == pytest.approx((1 + 4) / 2)
    assert float(_checks.terms(policy, reference, mask, 0.1, both=True).kl) == pytest.approx((2.5 + 4) / 2)
    found = _checks.terms(policy, reference, mask, 0.5)
    assert float(found.margin) == pytest.approx(3.0 - -2.0)
    assert float(found.sigmoid) == pytest.approx(math.log(1 + math.exp(-0.5 * 5)), abs=1e-6)
    assert float(found.nll) == pytest.approx(1.5)


def test_the_kl_term_holds_the_model_back(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    free, held = (
        dpo(student, pairs(), SMALL.model_copy(update={"kl": kl}), renderer, tmp_path / f"{kl}", 3, SILENT, 1)
        for kl in (0.0, 50.0)
    )
    assert held["ended"]["kl"] < 0.5 * free["ended"]["kl"]


def test_every_step_is_logged_with_all_that_is_asked(run: Path) -> None:
    rows = lines(run)
    assert [row["step"] for row in rows] == list(range(len(rows)))
    asked = {"loss", "sigmoid", "nll", "kl", "chosen", "rejected", "margin", "accuracy", "grad_norm", "lr"}
    assert all(asked <= set(row) and all(math.isfinite(row[name]) for name in asked) for row in rows[1:])
    assert [row["step"] for row in rows if "held_loss" in row] == [0, 1, 2, 3, 4]
    assert rows[-1]["held_loss"] < rows[0]["held_loss"]


def test_sft_logs_the_loss_that_the_models_have(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    from greenlight.backends._folders import open_model

    facts = sft(student, chats(), LEARN, renderer, tmp_path / "run", 3, SILENT, 1)
    rows = [row for chat in chats() for row in _data.chat_rows(chat, renderer)]
    data = _data.encode(rows, 160, "drop", LEARN.held_out, 3, 10_000)
    learned = sum(row.row.learned for row in data.held)
    for folder, said_loss in ((student, lines(tmp_path / "run")[0]), (tmp_path / "run/folded", facts["ended"])):
        loss = -_checks.answer_logps(open_model(folder), [row.row for row in data.held]).sum() / learned
        assert said_loss["held_loss"] == pytest.approx(float(loss), abs=1e-4)
    first = held_and_order(rows, LEARN, 3)[:4]
    loss = -_checks.answer_logps(open_model(student), [row.row for row in first]).sum()
    assert lines(tmp_path / "run")[1]["loss"] == pytest.approx(
        float(loss) / sum(r.row.learned for r in first), abs=1e-4
    )


def test_passes_of_part_of_a_batch_make_the_same_step(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    whole, parts = (
        sft(student, chats(), LEARN.model_copy(update={"micro": n}), renderer, tmp_path / f"{n}", 3, SILENT, 1)
        for n in (0, 2)
    )
    for name in ("loss", "grad_norm", "held_loss"):
        assert parts["ended"][name] == pytest.approx(whole["ended"][name], rel=1e-3)


def test_the_rate_rises_falls_and_is_never_0_in_a_step() -> None:
    rates = [_trainers.factor(step, 20, 0.1, "cosine") for step in range(20)]
    assert rates[:3] == [pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0]
    assert all(a >= b for a, b in pairwise(rates[2:]))
    assert 0 < rates[-1] < 0.01
    assert _trainers.factor(0, 1, 0.1, "cosine") == 1.0, "a run of one step learns"
    assert _trainers.factor(10, 20, 0.0, "linear") == 0.5
    assert _trainers.factor(19, 20, 0.1, "constant") == 1.0


# ---------------------------------------------------------------- what is left


def test_the_folded_model_is_the_adapter_on_the_student_and_names_its_template(
    student: Path, renderer: Renderer, run: Path
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    ids = torch.tensor([renderer.prompt(said("the green light"))])
    with _checks.quiet():
        adapted = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(student), run).eval()
        folded = AutoModelForCausalLM.from_pretrained(run / "folded").eval()
        tokenizer = AutoTokenizer.from_pretrained(run / "folded")
    with torch.no_grad():
        on, whole = adapted(ids).logits, folded(ids).logits
        with adapted.disable_adapter():
            off = adapted(ids).logits
    assert float((on - whole).abs().max()) <= 1e-4
    assert float((on - off).abs().max()) > 1e-3
    assert folded.dtype == torch.float32
    assert tokenizer.chat_template
    assert Renderer.open(run / "folded").hash == renderer.hash == Renderer.open(run).hash


def test_checkpoints_stand_at_the_quarters_with_their_step(run: Path) -> None:
    found = {p.parent.name: json.loads(p.read_text()) for p in run.glob("checkpoints/*/checkpoint.json")}
    assert {name: (c["step"], c["share"]) for name, c in found.items()} == {
        "025": (1, 0.25),
        "050": (2, 0.5),
        "075": (3, 0.75),
        "100": (4, 1.0),
    }
    last, final = (load_file(p / "adapter_model.safetensors") for p in (run / "checkpoints/100", run))
    assert all(torch.equal(last[name], final[name]) for name in final)
    early = load_file(run / "checkpoints/025/adapter_model.safetensors")
    assert any(not torch.equal(early[name], final[name]) for name in final)


def test_nothing_is_printed_sent_pickled_or_written_elsewhere(
    student: Path,
    renderer: Renderer,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import trl.trainer.base_trainer as theirs

    def sent(*args: Any, **named: Any) -> None:
        raise AssertionError("telemetry")

    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(theirs, "send_telemetry", sent)
    monkeypatch.chdir(tmp_path)
    state, numpy_state = torch.random.get_rng_state(), __import__("numpy").random.get_state()[1].copy()
    dpo(student, pairs(8), SMALL, renderer, tmp_path / "run", 3, SILENT, 1)
    sft(student, chats(8), LEARN, renderer, tmp_path / "sft", 3, SILENT, 1)
    assert capfd.readouterr() == ("", "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "sft"]
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} <= OWN
    assert torch.equal(state, torch.random.get_rng_state())
    assert (numpy_state == __import__("numpy").random.get_state()[1]).all()
    text = "".join(p.read_text() for p in tmp_path.rglob("*.json") if p.name != "tokenizer.json")
    assert str(student) not in text, "a record that names this machine's folders"


def adapter(folder: Path) -> tuple[bytes, ...]:
    return tuple((folder / name).read_bytes() for name in ("adapter_model.safetensors", "adapter_config.json"))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    student: Path, renderer: Renderer, run: Path, tmp_path: Path
) -> None:
    dpo(student, pairs(), SMALL, renderer, tmp_path / "same", 3, SILENT, 1)
    assert adapter(tmp_path / "same") == adapter(run)
    assert (tmp_path / "same/metrics.jsonl").read_text() == (run / "metrics.jsonl").read_text()
    dpo(student, pairs(), SMALL, renderer, tmp_path / "other", 4, SILENT, 1)
    assert adapter(tmp_path / "other")[0] != adapter(run)[0]


def test_a_finished_run_is_not_run_again_and_another_is_refused(student: Path, renderer: Renderer, run: Path) -> None:
    watcher = Watcher()
    before = (run / "tuning.json").stat().st_mtime_ns
    facts = dpo(student, pairs(), SMALL, renderer, run, 3, watcher, 1)
    assert facts == json.loads((run / "tuning.json").read_text())["facts"]
    assert (watcher.steps, (run / "tuning.json").stat().st_mtime_ns) == (0, before)
    with pytest.raises(StoreError, match="holds another run"):
        dpo(student, pairs(), SMALL, renderer, run, 4, SILENT, 1)


class Killed(Exception):
    pass


def test_a_killed_run_goes_on_from_its_last_state_and_gives_the_same_bytes(
    student: Path, renderer: Renderer, tmp_path: Path
) -> None:
    long = SMALL.model_copy(update={"epochs": 3})
    dpo(student, pairs(), long, renderer, tmp_path / "whole", 3, SILENT, 1)

    def kill(step: int) -> None:
        if step == 8:
            raise Killed

    with pytest.raises(Killed):
        dpo(student, pairs(), long, renderer, tmp_path / "run", 3, Watcher(kill), 1)
    assert len(lines(tmp_path / "run")) == 9
    assert not (tmp_path / "run/tuning.json").exists()
    facts = dpo(student, pairs(), long, renderer, tmp_path / "run", 3, SILENT, 1)
    whole = json.loads((tmp_path / "whole/tuning.json").read_text())["facts"]
    assert facts["resumed"] == 6, "the state that the checkpoint at 50 % left"
    assert all(facts[name] == whole[name] for name in ("began", "ended", "displacement", "folded"))
    assert adapter(tmp_path / "run") == adapter(tmp_path / "whole")
    assert (tmp_path / "run/metrics.jsonl").read_text() == (tmp_path / "whole/metrics.jsonl").read_text()
    assert not (tmp_path / "run/state").exists()


def test_sigterm_saves_the_step_and_the_same_call_goes_on(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    def ask(step: int) -> None:
        if step == 1:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Stopped):
        sft(student, chats(20), LEARN, renderer, tmp_path / "run", 3, Watcher(ask), 1)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    stopped = len(lines(tmp_path / "run")) - 1
    facts = sft(student, chats(20), LEARN, renderer, tmp_path / "run", 3, SILENT, 1)
    assert facts["resumed"] == stopped == 2
    sft(student, chats(20), LEARN, renderer, tmp_path / "whole", 3, SILENT, 1)
    assert adapter(tmp_path / "run") == adapter(tmp_path / "whole")


def test_a_run_killed_while_it_is_folded_trains_nothing_again(
    student: Path, renderer: Renderer, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from greenlight.backends import _folders

    def killed(*args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(_folders, "write_model", killed)
        with pytest.raises(Killed):
            dpo(student, pairs(), SMALL, renderer, tmp_path / "run", 3, SILENT, 1)
    watcher = Watcher()
    facts = dpo(student, pairs(), SMALL, renderer, tmp_path / "run", 3, watcher, 1)
    assert (facts["resumed"], facts["steps"], watcher.steps) == (4, 4, 4)
    assert adapter(tmp_path / "run") == adapter(run)
    assert (tmp_path / "run/metrics.jsonl").read_text() == (run / "metrics.jsonl").read_text()


def test_full_tuning_has_a_frozen_copy_as_its_reference(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    whole = Dpo(rank=0, lr=1e-4, batch=4, max_length=160)
    facts = dpo(student, pairs(), whole, renderer, tmp_path / "run", 3, SILENT, 1)
    weights = load_file(student / "model.safetensors")
    assert facts["parameters"] == sum(value.numel() for value in weights.values())
    assert facts["began"]["start"]["margin"] <= 1e-3
    assert facts["ended"]["margin"] > 0.05
    moved = load_file(tmp_path / "run/folded/model.safetensors")
    assert all(not torch.equal(moved[name], weights[name]) for name in weights if "proj" in name)
    assert not (tmp_path / "run/adapter_model.safetensors").exists()
    assert (tmp_path / "run/checkpoints/100/model.safetensors").exists()


def test_sft_goes_on_from_the_folded_model_and_knows_where_that_came_from(
    renderer: Renderer, run: Path, tmp_path: Path
) -> None:
    facts = sft(run / "folded", chats(), LEARN, renderer, tmp_path / "sft", 3, SILENT, 1)
    before = json.loads((run / "tuning.json").read_text())
    assert len(facts["roots"]) == 2
    assert facts["roots"][1:] == before["roots"]
    assert facts["ended"]["held_loss"] < lines(tmp_path / "sft")[0]["held_loss"]


def test_activations_computed_again_change_nothing(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    again = LEARN.model_copy(update={"recompute": True})
    one = sft(student, chats(), LEARN, renderer, tmp_path / "a", 3, SILENT, 1)
    two = sft(student, chats(), again, renderer, tmp_path / "b", 3, SILENT, 1)
    assert two["ended"]["loss"] == pytest.approx(one["ended"]["loss"], abs=1e-6)


# ---------------------------------------------------------------- what is warned of and refused


def test_likelihood_displacement_warns_and_a_growing_margin_alone_does_not() -> None:
    first = {"chosen": -100.0, "margin": 0.0}
    fell = _checks.displacement(first, {"chosen": -110.0, "margin": 3.0}, 0.05)
    assert fell["lost"] == pytest.approx(0.1)
    assert "(-100.0 to -110.0 nats, 10%)" in fell["warning"]
    assert not _checks.displacement(first, {"chosen": -104.0, "margin": 3.0}, 0.05)["warning"]
    assert not _checks.displacement(first, {"chosen": -110.0, "margin": -1.0}, 0.05)["warning"]


def test_displacement_is_in_the_facts_and_said(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    """A student that knows its chosen answers loses them to rejected ones that are nearly the same."""
    near = [
        pair.model_copy(update={"chosen": text, "rejected": text.replace("the", "old") + " far"})
        for pair in pairs()
        for text in [pair.prompt[-1].content]
    ]
    known = [Chat(id=p.id, turns=(*p.prompt, Turn(role="assistant", content=p.chosen)), made=MADE) for p in near]
    first = LEARN.model_copy(update={"rank": 16, "alpha": 32.0, "lr": 0.02, "epochs": 6, "held_out": 0.0})
    assert "nothing is held out" in sft(student, known, first, renderer, tmp_path / "sft", 3, SILENT, 1)["warnings"][0]
    hard = SMALL.model_copy(update={"rank": 8, "alpha": 16.0, "lr": 0.02, "epochs": 2, "nll": 0.0, "kl": 0.0})
    watcher = Watcher()
    facts = dpo(tmp_path / "sft/folded", near, hard, renderer, tmp_path / "dpo", 3, watcher, 1)
    assert facts["displacement"]["lost"] > 0.05
    assert facts["displacement"]["warning"] in facts["warnings"]
    assert any("became less likely" in line for line in watcher.news)


def test_numbers_that_are_none_end_the_run_with_a_way_out(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(RoundError, match=r"step 3: the gradient norm is nan: .* set lr lower"):
        _checks.finite(3, loss=1.0, gradient_norm=math.nan)
    _checks.diverged([1.0] * 9)
    with pytest.raises(RoundError, match="the loss was 1 and is 9"):
        _checks.diverged([1.0, *[9.0] * 8])
    mad = SMALL.model_copy(update={"alpha": 1e30})
    with pytest.raises(RoundError, match=r"step \d: the .* is (inf|nan): training has diverged"):
        dpo(student, pairs(), mad, renderer, tmp_path / "run", 3, SILENT, 1)
    assert not (tmp_path / "run/adapter_model.safetensors").exists()


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        (Dpo, {"beta": 0.0}),
        (Dpo, {"lr": math.inf}),
        (Dpo, {"rank": -1}),
        (Dpo, {"batch": 32, "micro": 5}),
        (Dpo, {"scheduler": "steps"}),
        (Sft, {"beta": 0.1}),
        (Sft, {"held_out": 0.9}),
        (Sft, {"max_length": 4}),
        (Sft, {"targets": ("q_proj$(x)",)}),
    ],
)
def test_settings_are_closed_and_have_ranges(settings: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**values)


def test_a_student_that_cannot_be_used_is_one_line(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    import shutil

    def copy(name: str) -> Path:
        return Path(shutil.copytree(student, tmp_path / name))

    def refused(folder: Path, message: str, settings: Dpo = SMALL) -> None:
        with pytest.raises(InputError, match=message) as error:
            dpo(folder, pairs(4), settings, renderer, tmp_path / "out", 1, SILENT, 1)
        assert "\n" not in str(error.value)

    refused(tmp_path, "is no model")
    (old := copy("pickle") / "model.safetensors").rename(old.with_name("pytorch_model.bin"))
    refused(old.parent, "its weights are pickle")
    weights = load_file(student / "model.safetensors")
    short = copy("short")
    save_file(
        {n: v for n, v in weights.items() if "layers.1.mlp" not in n}, short / "model.safetensors", {"format": "pt"}
    )
    refused(short, "missing keys")
    (copy("torn") / "model.safetensors").write_bytes((student / "model.safetensors").read_bytes()[:5_000])
    refused(tmp_path / "torn", "cannot open it")
    (copy("mute") / "tokenizer.json").write_text("{")
    refused(tmp_path / "mute", "tokenizer cannot be opened")
    refused(student, "cannot be trained", SMALL.model_copy(update={"targets": ("nowhere",)}))
    twice = [pairs(2)[0], pairs(2)[0]]
    with pytest.raises(InputError, match="two examples are called p0"):
        dpo(student, twice, SMALL, renderer, tmp_path / "out", 1, SILENT, 1)
    if not torch.cuda.is_available():
        with pytest.raises(RecipeError, match="not on this machine"):
            dpo(student, pairs(4), SMALL.model_copy(update={"device": "cuda"}), renderer, tmp_path / "o", 1, SILENT, 1)


def test_a_folder_of_something_else_is_left_alone(student: Path, renderer: Renderer, tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_bytes(b"mine")
    with pytest.raises(StoreError, match="no tuning wrote"):
        dpo(student, pairs(4), SMALL, renderer, tmp_path, 1, SILENT, 1)
    assert (tmp_path / "adapter_model.safetensors").read_bytes() == b"mine"


def test_the_settings_are_read_without_torch() -> None:
    import subprocess
    import sys

    code = "import sys, greenlight.backends.tuning; sys.exit('torch' in sys.modules or 'trl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert tuning.__all__ == ["Dpo", "Sft", "dpo", "sft"]
