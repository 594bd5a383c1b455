"""The same text again, exactly or nearly, within the whole corpus."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.near import GRAM, normal
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief


@dataclass(frozen=True)
class Gate:
    """Flags a text whose Jaccard index of 5-character shingles with an earlier, kept one is ``threshold`` or more.

    Equal after normalisation (case, punctuation, white space) is an exact duplicate. The first of a kind stays.
    The search is exact, by prefix filtering (Bayardo, Ma, Srikant 2007): two sets that are that alike share one of
    their rarest shingles, so only texts that do are compared.
    """

    threshold: Annotated[float, Field(gt=0.0, le=1.0)] = 0.85

    def check_all(self, samples: list[Text], brief: Brief | None) -> list[Flag | None]:
        """The span is the whole of the later text.

        One entry a sample, in order.
        """
        texts = [normal(sample.body) for sample in samples]
        shingles = [{text[i : i + GRAM] for i in range(max(1, len(text) - GRAM + 1))} for text in texts]
        spread = Counter(gram for grams in shingles for gram in grams)
        rank = {gram: i for i, gram in enumerate(sorted(spread, key=lambda gram: (spread[gram], gram)))}
        seen: dict[str, int] = {}
        holders: defaultdict[int, list[int]] = defaultdict(list)
        sets: list[frozenset[int]] = []
        flags: list[Flag | None] = []
        for i, (text, grams) in enumerate(zip(texts, shingles, strict=True)):
            mine = sorted(rank[gram] for gram in grams)
            sets.append(frozenset(mine))
            prefix = mine[: len(mine) - math.ceil(self.threshold * len(mine) - 1e-9) + 1]
            twin, alike = seen.get(text), 1.0
            if twin is None:
                twin, alike = self._nearest(sets, i, [holders[gram] for gram in prefix])
            if twin is not None:
                kind = "the same text as" if texts[twin] == text else f"{alike:.2f} alike with"
                reason = f"{kind} {samples[twin].id}"
                flags.append(Flag(gate="duplicate", reason=reason, span=(0, len(samples[i].body)), score=alike))
                continue
            flags.append(None)
            seen[text] = i
            for gram in prefix:
                holders[gram].append(i)
        return flags

    def _nearest(self, sets: list[frozenset[int]], i: int, lists: list[list[int]]) -> tuple[int | None, float]:
        """The earlier text that is most alike, where one reaches the threshold; of equals the first."""
        mine = sets[i]
        best, alike = None, self.threshold - 1e-9
        for j in sorted({j for holders in lists for j in holders}):
            other = sets[j]
            small, large = sorted((len(mine), len(other)))
            if small < alike * large:
                continue
            shared = len(mine & other)
            jaccard = shared / (small + large - shared)
            if jaccard > alike:
                best, alike = j, jaccard
        return best, alike
