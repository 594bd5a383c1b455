"""Sampling and scoring: each sample alone decides what it says, and the scores are those of the whole pass."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from made_models import TEXT, folder
from safetensors.torch import load_file, save_file

from greenlight.errors import InputError, StoreError
from greenlight.gpt import checkpoint
from greenlight.gpt import player as player_module
from greenlight.gpt.model import Decoder
from greenlight.gpt.player import ModelPlayer
from greenlight.gpt.sample import draw
from greenlight.nouns import Architecture
from greenlight.players import Player, Said, Sampling
from greenlight.progress import Silent
from greenlight.tokenizer import Tokenizer

LONG = Sampling(max_new=30)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The models are so small that more threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def open_player(folder: Path, **options: Any) -> ModelPlayer:
    return player_module.open_player(folder, threads=1, **options)


def say(player: Player, prompts: list[list[int]], seeds: list[int], sampling: Sampling = LONG) -> list[Said]:
    with Silent().bar("", 1, "") as bar:
        return player.say(prompts, seeds, sampling, bar)


def prompts_for(player: Player, count: int) -> list[list[int]]:
    """From 2 tokens to 41, so some are read in one pass or two before they are read token by token."""
    dice = np.random.default_rng(3)
    return [[player.tokenizer.bos, *dice.integers(0, 256, 1 + n * 7 % 41).tolist()] for n in range(count)]


SHAPES: list[dict[str, Any]] = [{}, {"heads": 4, "kv_heads": 2, "head_dim": 32}, {"layout": "classic"}]


@pytest.mark.parametrize("options", SHAPES)
def test_a_sample_does_not_depend_on_its_batch(tmp_path: Path, options: dict[str, Any]) -> None:
    player = open_player(folder(tmp_path, **options), batch=16)
    prompts, seeds = prompts_for(player, 40), list(range(40))
    whole = say(player, prompts, seeds)
    assert len({said.ids for said in whole}) > 30
    for some in ([7], [39, 0, 21], list(range(20, 40))):
        assert say(player, [prompts[i] for i in some], [seeds[i] for i in some]) == [whole[i] for i in some]
    assert say(player, prompts[:1], [99]) != whole[:1]
    two = player_module.open_player(tmp_path, threads=2, batch=16)
    assert say(two, prompts, seeds) == whole


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(30, min_p=0.05),
        Sampling(30, temperature=1.5, top_k=40, top_p=0.95, min_p=0.01),
        Sampling(30, temperature=0),
    ],
)
def test_one_of_64_is_what_it_is_alone(tmp_path: Path, sampling: Sampling) -> None:
    player = open_player(folder(tmp_path), batch=64)
    prompts, seeds = prompts_for(player, 64), list(range(64))
    whole = say(player, prompts, seeds, sampling)
    for n in (0, 23, 63):
        assert say(player, [prompts[n]], [seeds[n]], sampling) == [whole[n]]
    two = player_module.open_player(tmp_path, threads=2, batch=64)
    assert say(two, prompts, seeds, sampling) == whole
    if sampling.temperature:
        assert say(player, prompts, seeds, Sampling(30, sampling.temperature)) != whole


def test_every_token_is_heard_as_it_is_drawn(tmp_path: Path) -> None:
    player = player_module.open_player(folder(tmp_path), threads=2, batch=16)
    prompts = prompts_for(player, 37)
    heard: dict[int, list[int]] = {n: [] for n in range(37)}
    with Silent().bar("", 1, "") as bar:
        said = player.say(prompts, list(range(37)), LONG, bar, lambda n, token: heard[n].append(token))
    assert [tuple(heard[n]) for n in range(37)] == [one.ids for one in said]


def test_an_interrupt_stops_every_worker(tmp_path: Path) -> None:
    player = player_module.open_player(folder(tmp_path), threads=2, batch=16)
    counts = [0, 0]

    def heard(sample: int, token: int) -> None:
        counts[sample % 2] += 1
        if sample % 2 and counts[1] == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Silent().bar("", 1, "") as bar:
        player.say([[player.tokenizer.bos]] * 100, list(range(100)), Sampling(60), bar, heard)
    assert sum(counts) < 5_000, "of 6,000"


def test_the_cache_gives_the_logits_of_the_whole_pass(tmp_path: Path) -> None:
    for options in SHAPES:
        player = open_player(folder(tmp_path, **options), batch=16)
        greedy = Sampling(max_new=25, temperature=0)
        prompts = [*prompts_for(player, 6), [player.tokenizer.bos] * 17, [player.tokenizer.bos] * 16]
        for prompt, said in zip(prompts, say(player, prompts, [1] * 8, greedy), strict=True):
            ids = list(prompt)
            for token in said.ids:
                with torch.no_grad():
                    logits = player.model(torch.tensor([ids]))[0, -1]
                logits[player.tokenizer.bos] = -torch.inf
                assert logits.argmax() == token
                ids.append(token)


def test_documents_end_or_are_unfinished(tmp_path: Path) -> None:
    player = open_player(folder(tmp_path), batch=16)
    table = player.model.weights()["model.embed_tokens.weight"]
    table[player.tokenizer.eos] = 0.0  # an average logit: some documents end
    said = say(player, prompts_for(player, 200), list(range(200)), Sampling(max_new=20, temperature=3.0))
    ended = [s for s in said if s.finished]
    assert 5 < len(ended) < 195
    assert all(len(s.ids) == 20 for s in said if not s.finished)
    assert all(not {player.tokenizer.bos, player.tokenizer.eos} & set(s.ids) for s in said)
    full = say(player, [[player.tokenizer.bos] * 60], [1], Sampling(max_new=40))[0]
    assert full.finished or len(full.ids) == 5  # 60 fill the places before the last four, each of which draws one


def test_a_prompt_without_room_is_refused(tmp_path: Path) -> None:
    player = open_player(folder(tmp_path))
    for prompt in ([], [1] * 64):
        with pytest.raises(InputError, match=r"prompt 1 has \d+ tokens"):
            say(player, [prompt], [1])


def test_draws_follow_the_distribution() -> None:
    share = torch.tensor([0.5, 0.25, 0.15, 0.1])
    uniform = (torch.arange(4000) + 0.5) / 4000

    def counts(sampling: Sampling) -> list[float]:
        drawn = draw(torch.cat((share.log(), torch.tensor([5.0]))).expand(4000, -1).clone(), uniform, sampling, 4)
        return (torch.bincount(drawn, minlength=5) / 4000).tolist()

    assert counts(Sampling(1)) == pytest.approx([0.5, 0.25, 0.15, 0.1, 0], abs=1e-3)
    assert counts(Sampling(1, top_k=2)) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0], abs=1e-3)
    assert counts(Sampling(1, top_p=0.8)) == pytest.approx([0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9, 0, 0], abs=1e-3)
    assert counts(Sampling(1, top_p=0.01)) == [1, 0, 0, 0, 0]
    assert counts(Sampling(1, temperature=0)) == [1, 0, 0, 0, 0]
    assert counts(Sampling(1, min_p=0.4)) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0], abs=1e-3)
    assert counts(Sampling(1, min_p=1.0)) == [1, 0, 0, 0, 0]
    # of the shares that the temperature gives: .25 is a quarter of 1 at half of it, and under .27
    assert counts(Sampling(1, temperature=0.5, min_p=0.27)) == [1, 0, 0, 0, 0]
    # min_p comes after top_p, which takes .5, .25, .15 of the whole; before it, .5 and .25 would hold all and more
    assert counts(Sampling(1, top_p=0.8, min_p=0.4)) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0], abs=1e-3)
    assert counts(Sampling(1, top_p=0.7, min_p=0.25)) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0], abs=1e-3)
    assert counts(Sampling(1, top_k=3, top_p=0.8)) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0], abs=1e-3)
    cold = (share**2 / (share**2).sum()).tolist()
    assert counts(Sampling(1, temperature=0.5)) == pytest.approx([*cold, 0], abs=1e-3)


def scored(player: Player) -> tuple[np.ndarray, np.ndarray]:
    ids = np.array([[player.tokenizer.bos, *player.tokenizer.encode(TEXT)]] * 20)
    ids[1:, 1:] += np.arange(19)[:, None]
    targets = ids[:, 1:].copy()
    targets[3, 10:] = -1
    return ids[:, :-1], targets


def test_nats_are_log_probabilities(tmp_path: Path) -> None:
    player = open_player(folder(tmp_path), batch=16)
    inputs, targets = scored(player)
    found = player.nats(inputs, targets)
    assert found.shape == targets.shape
    assert (found[3, 10:] == 0).all()
    for row in (0, 3, 17, 19):
        with torch.no_grad():
            expected = -player.model(torch.from_numpy(inputs[row : row + 1]))[0].log_softmax(-1)
        for place, target in enumerate(targets[row]):
            if target >= 0:
                assert found[row, place] == pytest.approx(expected[place, target].item(), abs=2e-4)


def test_a_score_does_not_depend_on_its_batch(tmp_path: Path) -> None:
    player = open_player(folder(tmp_path), batch=16)
    inputs, targets = scored(player)
    whole = player.nats(inputs, targets)
    assert np.array_equal(player.nats(inputs[18:], targets[18:]), whole[18:])
    assert np.array_equal(player.nats(inputs[::-1], targets[::-1])[::-1], whole)
    assert np.array_equal(player_module.open_player(tmp_path, threads=2, batch=16).nats(inputs, targets), whole)


def test_precisions_agree(tmp_path: Path) -> None:
    fine, coarse = (open_player(folder(tmp_path), precision=p) for p in ("fp32", "bf16"))
    inputs, targets = scored(fine)
    one, other = (player.nats(inputs, targets).sum() / (targets >= 0).sum() for player in (fine, coarse))
    assert one != other
    assert other == pytest.approx(one, rel=0.01)  # weights are large; see test_gpt_fit for trained ones
    assert (fine.facts["precision"], coarse.facts["precision"]) == ("fp32", "bf16")


def test_text_of_another_tokenizer_is_refused(tmp_path: Path) -> None:
    player = open_player(folder(tmp_path))
    ids = np.array([[1, 2, 9999]])
    with pytest.raises(InputError, match="another tokenizer"):
        player.nats(ids[:, :-1], ids[:, 1:])
    with pytest.raises(InputError, match="do not fit"):
        player.nats(np.zeros((1, 65), int), np.zeros((1, 65), int))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not hold a model"):
        open_player(tmp_path)
    whole = folder(tmp_path)
    path = whole / checkpoint.MODEL
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(StoreError, match=r"model\.safetensors cannot be read"):
        open_player(whole)


def test_a_folder_of_two_models_is_refused(tmp_path: Path) -> None:
    whole = folder(tmp_path / "whole")
    arch = Architecture.model_validate(json.loads((whole / "config.json").read_text())["greenlight"])
    (tmp_path / "tokens").mkdir()
    (tmp_path / "tokens" / "tokens.json").write_text("{}")
    (tmp_path / "tokens" / "tokenizer.json").write_bytes((whole / "tokenizer.json").read_bytes())
    about = checkpoint.About(arch, "fp32", 1, "plan", tmp_path / "tokens")
    checkpoint.save_weights(whole / checkpoint.MODEL, Decoder(arch, 5), about.at(3))
    open_player(whole)

    def mixed(name: str, change: Callable[[str], str], match: str) -> None:
        other = tmp_path / match
        shutil.copytree(whole, other)
        (other / name).write_text(change((other / name).read_text("utf-8")), "utf-8")
        with pytest.raises((StoreError, InputError), match=match):
            open_player(other)

    # as many weights of the same shapes, and another model
    mixed(
        "config.json",
        lambda text: text.replace('"rope_base":10000.0', '"rope_base":500.0'),
        "was trained with rope_base",
    )
    # as many tokens, and other ones
    swapped = lambda text: text.replace('"a": 66', '"a": X').replace('"b": 67', '"b": 66').replace("X", "67")  # noqa: E731
    mixed("tokenizer.json", swapped, "another tokenizer than")
    mixed("tokenizer.json", lambda text: text.replace('"b": 67', '"b": 9000'), "none is number 67")
    smaller = tmp_path / "smaller"
    shutil.copytree(whole, smaller)
    Tokenizer.train("char", [TEXT], 0).save(smaller / "tokenizer.json")
    with pytest.raises(StoreError, match="tokens, and the model beside it"):
        open_player(smaller)


@pytest.mark.parametrize("change", ["extra", "missing", "shape"])
def test_tensors_that_do_not_belong_are_refused(tmp_path: Path, change: str) -> None:
    path = folder(tmp_path) / checkpoint.MODEL
    weights = load_file(path)
    name = sorted(weights)[0]
    if change == "missing":
        del weights[name]
    else:
        weights["extra" if change == "extra" else name] = torch.zeros(3)
    save_file(weights, path)
    with pytest.raises(StoreError, match="does not belong to its config"):
        open_player(tmp_path)


def test_players_are_players(tmp_path: Path) -> None:
    player: Player = open_player(folder(tmp_path))
    assert isinstance(player, ModelPlayer)
    assert player.facts["batch"] == 64
    assert player.context == 64
