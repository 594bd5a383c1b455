"""Sampling and scoring: each sample alone decides what it says, and the scores are those of the whole pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from greenlight.errors import InputError, StoreError
from greenlight.gpt import checkpoint
from greenlight.gpt import player as player_module
from greenlight.gpt.model import Decoder, config_json
from greenlight.gpt.player import ModelPlayer
from greenlight.gpt.sample import draw
from greenlight.nouns import canonical
from greenlight.players import Player, Said, Sampling
from greenlight.progress import Silent
from greenlight.recipe import Model
from greenlight.tokenizer import Tokenizer

TEXT = "the cat sat on the mat and the dog sat on the log"
LONG = Sampling(max_new=30)


def open_player(folder: Path, **options: Any) -> ModelPlayer:
    return player_module.open_player(folder, threads=1, **options)


def folder(path: Path, **options: Any) -> Path:
    """A model with random weights, saved as ``fit`` saves it."""
    tokenizer = Tokenizer.train("byte", [TEXT], 0)
    tokenizer.save(path / "tokenizer.json")
    arch = Model(**{"layers": 2, "width": 64, "heads": 2, "context": 64, **options}).resolve(tokenizer.vocab)
    model = Decoder(arch, 5)
    for name, value in model.weights().items():
        if "norm" not in name:
            value.mul_(8)
    (path / "config.json").write_text(canonical(config_json(arch, tokenizer.bos, tokenizer.eos)))
    checkpoint.save_weights(path / checkpoint.MODEL, model)
    return path


def say(player: Player, prompts: list[list[int]], seeds: list[int], sampling: Sampling = LONG) -> list[Said]:
    with Silent().bar("", 1, "") as bar:
        return player.say(prompts, seeds, sampling, bar)


def prompts_for(player: Player, count: int) -> list[list[int]]:
    dice = np.random.default_rng(3)
    return [[player.tokenizer.bos, *dice.integers(0, 256, 1 + n % 9).tolist()] for n in range(count)]


@pytest.mark.parametrize("options", [{}, {"heads": 4, "kv_heads": 2, "head_dim": 32}, {"layout": "classic"}])
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


def test_the_cache_gives_the_logits_of_the_whole_pass(tmp_path: Path) -> None:
    for options in ({}, {"heads": 4, "kv_heads": 2, "head_dim": 32}, {"layout": "classic"}):
        player = open_player(folder(tmp_path, **options), batch=16)
        greedy = Sampling(max_new=25, temperature=0)
        prompts = prompts_for(player, 6)
        for prompt, said in zip(prompts, say(player, prompts, [1] * 6, greedy), strict=True):
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
    said = say(player, prompts_for(player, 200), list(range(200)), Sampling(max_new=40, temperature=3.0))
    ended = [s for s in said if s.finished]
    assert 5 < len(ended) < 195
    assert all(len(s.ids) == 40 for s in said if not s.finished)
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


def test_players_are_players(tmp_path: Path) -> None:
    player: Player = open_player(folder(tmp_path))
    assert isinstance(player, ModelPlayer)
    assert player.facts["batch"] == 64
    assert player.context == 64
