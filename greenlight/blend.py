"""Plans a corpus: which voice writes which topic at which level with which seed, before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from greenlight.nouns import Draw, fingerprint
from greenlight.recipe import VoicesCorpus
from greenlight.turns import turns


def plan(corpus: VoicesCorpus) -> list[Draw]:
    """``corpus.size`` draws, topic by topic in the brief's order, the levels of a topic side by side.

    All levels of a topic are written by one voice, so that the contrast inside a topic is the level's alone. A
    larger size extends the plan of a smaller one. The seed of a draw depends on the corpus seed, the voice, the
    topic and the level and on nothing else, so a draw that another blend or size has too is the very same draw.
    """
    levels = corpus.brief.levels
    topics = corpus.brief.topics[: corpus.size // levels]
    return [
        Draw(voice=voice, topic=topic, level=level, levels=levels, seed=seed_of(corpus.seed, voice, topic, level))
        for topic, voice in zip(topics, turns(corpus.blend, len(topics)), strict=True)
        for level in range(1, levels + 1)
    ]


def seed_of(seed: int, voice: str, topic: str, level: int) -> int:
    """48 bits of a stable hash."""
    return int(fingerprint([seed, voice, topic, level])[:12], 16)


def balance(draws: Sequence[Draw], blend: Mapping[str, float]) -> dict[str, Any]:
    """Asked and realised shares of topics by voice, and two chi-square tests of the plan.

    ``shares_p``: topics by voice against the blend. ``levels_p``: draws by voice and level against independence,
    which holds exactly when every voice writes all levels of its topics. Both p-values are near 1 for a balanced
    plan. ``None`` where there is only one voice.
    """
    from scipy.stats import chi2_contingency, chisquare

    writers = {draw.topic: draw.voice for draw in draws}
    topics = Counter(writers.values())
    asked = {name: share for name, share in blend.items() if share > 0}
    facts: dict[str, Any] = {
        "topics": len(writers),
        "asked": asked,
        "realised": {name: topics[name] / len(writers) for name in asked},
        "shares_p": None,
        "levels_p": None,
    }
    if len(asked) > 1:
        scale = len(writers) / sum(asked.values())
        facts["shares_p"] = float(chisquare([topics[name] for name in asked], [asked[n] * scale for n in asked]).pvalue)
    voices, levels = sorted(topics), sorted({draw.level for draw in draws})
    if len(voices) > 1 and len(levels) > 1:
        cells = Counter((draw.voice, draw.level) for draw in draws)
        facts["levels_p"] = float(chi2_contingency([[cells[v, level] for level in levels] for v in voices]).pvalue)
    return facts
