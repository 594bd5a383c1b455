"""Near-duplicate texts, in one pass and linear time: sketches, and an index of them.

Texts are compared after normalisation, by the Jaccard index of their sets of character 5-grams: copies of 150-word
stories with a tenth of the words edited keep 0.66 or more in 95 of 100 cases, where distinct stories stay under 0.5. It
is estimated from the ``KEPT`` lowest hashes of each set (bottom-k sketches, Broder 1997), with a standard error of 0.04
at most. Only texts that share a long gram (20 to 64 characters) are compared: a copy keeps many. A text is found by the
``HELD`` of its grams with the lowest hashes that not two texts have already, so phrases that everyone uses find nobody,
and is compared with the ``MOST`` that share most grams with it: time and memory go with the number of texts, whatever
they have in common.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

GRAM = 5
"""Characters of a shingle: at a tenth of the words edited two texts still share a Jaccard index near 0.74, where
5-word shingles fall to 0.39."""
KEPT = 128
"""Hashes of a sketch: 512 bytes a text."""
LONG = (20, 36, 64)
"""Characters of a long gram: the shorter survive more edits, the longer are rarer."""
LOOKED_UP = 32
"""Long grams of each size that are looked up, those with the lowest hashes."""
HELD = 24
"""Long grams by which a text can be found."""
MOST = 16
"""Texts that one is compared with."""
ALIKE = 0.58
"""Between the 0.66 of edited copies and the 0.49 of distinct stories."""
SHORT = 200
"""Characters of an answer, a wide one counted thrice, below which what two share may be their form: a label, a sum."""
BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
MARKS = re.compile(r"[\s.,;:!?…\"'‘’“”]+")
"""What does not tell short questions apart; signs of arithmetic do."""
Hashes = NDArray[np.uint64]
Low = NDArray[np.uint32]


class Sketch(NamedTuple):
    """What is kept of a text: the hash of all of it, its lowest shingle hashes (bytes of uint32), its long grams'."""

    whole: int
    low: bytes
    keys: tuple[int, ...]


class Twin(NamedTuple):
    """An earlier text that is the same: its id, and the Jaccard index (1.0: equal after normalisation)."""

    id: Any
    alike: float


def normal(text: str) -> str:
    """Letters and digits in lower case, single spaces between words."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def sketch(text: str, given: str = "") -> Sketch | None:
    """None for a text without letters and digits, which is like no other unless it answers something.

    ``given`` is what the text answers. A short answer is right under many questions, which may be one form filled in
    a thousand ways: it is like another only where that has the same question, and its sketch has a whole and no more.
    """
    clean = normal(text)
    if given.strip() and _short(clean):
        both = "\n".join(MARKS.sub(" ", unicodedata.normalize("NFKC", one).casefold()).strip() for one in (given, text))
        codes = np.frombuffer(both.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        return Sketch(int(_grams(_sums(codes), len(codes))[0]), b"", ())
    if not clean:
        return None
    codes = np.frombuffer(clean.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    sums = _sums(codes)
    low = _lowest((_grams(sums, GRAM) >> np.uint64(32)).astype(np.uint32), KEPT)
    grams = [_lowest(_grams(sums, size), LOOKED_UP).tolist() for size in LONG if len(codes) >= size]
    keys = dict.fromkeys(key for rank in zip_longest(*grams) for key in rank if key is not None)  # sizes in turn
    whole = int(_grams(sums, len(codes))[0])
    return Sketch(whole, low.tobytes(), tuple(keys) or (whole, *low[:4].tolist()))


def _short(clean: str) -> bool:
    return len(clean) < SHORT and sum(3 if east_asian_width(char) in "WF" else 1 for char in clean) < SHORT


def _lowest(hashes: NDArray[Any], count: int) -> NDArray[Any]:
    """The lowest of them, each once, in order: a sort, since ``np.unique`` takes ten times as long."""
    hashes.sort()
    fresh = np.empty(len(hashes), bool)
    fresh[0] = True
    np.not_equal(hashes[1:], hashes[:-1], out=fresh[1:])
    return hashes[fresh][:count]


@lru_cache(maxsize=1)
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """``BASE`` to 0 … size − 1, and its inverse, modulo 2^64."""
    inverse = pow(BASE, -1, 1 << 64)
    up, down = np.full(size, BASE, np.uint64), np.full(size, inverse, np.uint64)
    up[0] = down[0] = 1
    return np.multiply.accumulate(up), np.multiply.accumulate(down)


def _sized(count: int) -> tuple[Hashes, Hashes]:
    up, down = _powers(1 << max(12, (count - 1).bit_length()))
    return up[:count], down[:count]


def _sums(codes: Hashes) -> Hashes:
    """Running sums of ``code · BASE^place``: the difference of two is a polynomial hash of what lies between."""
    out = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes + np.uint64(1)) * _sized(len(codes))[0], out=out[1:])
    return out


def _grams(sums: Hashes, size: int) -> Hashes:
    """A hash of every run of ``size`` characters; of all of them where there are fewer."""
    count = max(1, len(sums) - size)
    first, last = sums[:count], sums[-count:] if len(sums) > size else sums[-1:]
    mixed = (last - first) * _sized(count)[1]
    mixed ^= mixed >> np.uint64(30)  # the finaliser of splitmix64 (Steele, Lea, Flood 2014)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def alike(one: bytes, other: bytes) -> float:
    """The Jaccard index of two sets of shingles, by their lowest hashes; exact where both have fewer than ``KEPT``."""
    a, b = np.frombuffer(one, np.uint32), np.frombuffer(other, np.uint32)
    both = np.concatenate((a, b))
    both.sort()
    # beyond its highest kept hash a sketch knows nothing
    ends = [part[-1] for part in (a, b) if len(part) == KEPT]
    if ends:
        both = both[: np.searchsorted(both, min(ends), "right")]
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)


class Index:
    """Texts that were seen, in their order."""

    def __init__(self, threshold: float = ALIKE) -> None:
        self.threshold = threshold
        self._ids: list[Any] = []
        self._low: list[bytes] = []
        self._whole: dict[int, int] = {}
        self._holders = _Holders()

    def add(self, id: Any, made: Sketch) -> Twin | None:
        """The earlier text that this one is most like, at ``threshold`` or more; a text with a twin is not kept."""
        if (same := self._whole.get(made.whole)) is not None:
            return Twin(self._ids[same], 1.0)
        keys = np.array(made.keys, np.uint64)
        best, which = 0.0, -1
        for place in self._holders.find(keys):
            share = alike(made.low, self._low[place])
            if share > best:
                best, which = share, place
        if best >= self.threshold:
            return Twin(self._ids[which], min(best, 0.99))
        self._whole[made.whole] = len(self._ids)
        self._holders.add(keys, len(self._ids))
        self._ids.append(id)
        self._low.append(made.low)
        return None


class _Holders:
    """Which texts hold a key: a table of 8 bytes a slot, two slots a key."""

    def __init__(self) -> None:
        self._slots = np.zeros(1 << 12, np.uint64)  # 32 bits of the key, then the place + 1; 0 is free
        self._keys: list[Hashes] = []
        self._used = 0

    def _at(self, keys: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp], Hashes]:
        first = (keys & np.uint64(len(self._slots) - 1)).astype(np.intp)
        return first, first ^ 1, keys & np.uint64(0xFFFFFFFF00000000)

    def find(self, keys: Hashes) -> list[int]:
        """Places of the texts that share most of the keys, ``MOST`` at most; of equals the earlier one first."""
        first, second, tags = self._at(keys)
        held = np.concatenate((self._slots[first], self._slots[second]))
        known = (held & np.uint64(0xFFFFFFFF00000000)) == np.concatenate((tags, tags))
        places = (held[known & (held != 0)] & np.uint64(0xFFFFFFFF)).astype(np.int64) - 1
        counts: dict[int, int] = {}
        for place in places.tolist():
            counts[place] = counts.get(place, 0) + 1
        return sorted(counts, key=lambda place: (-counts[place], place))[:MOST]

    def add(self, keys: Hashes, place: int) -> None:
        first, second, _ = self._at(keys)
        keys = keys[(self._slots[first] == 0) | (self._slots[second] == 0)][:HELD]
        self._keys.append(keys)
        self._used += len(keys)
        if self._used * 2 > len(self._slots):
            self._slots = np.zeros(4 * len(self._slots), np.uint64)
            for old, kept in enumerate(self._keys):
                self._put(kept, old)
        else:
            self._put(keys, place)

    def _put(self, keys: Hashes, place: int) -> None:
        first, second, tags = self._at(keys)
        entry = tags | np.uint64(place + 1)
        free = self._slots[first] == 0
        self._slots[first[free]] = entry[free]
        rest = second[~free]
        taken = self._slots[rest] != 0
        self._slots[rest[~taken]] = entry[~free][~taken]
