"""Which persona a text is in, by how it is written: a linear classifier with a neutral class.

Multinomial logistic regression with an L2 penalty over hashed counts of words, pairs of words and runs of 3 to 5
characters: sublinear (``1 + ln count``) and of length 1. Every class weighs the same, however many texts it has. The
probabilities are calibrated by one temperature, found on held-out prompts (Guo et al. 2017, ICML), against targets that
are as far from certain as so few prompts are (Platt 1999). There is no constant term: what was never seen in training
speaks for no class. numpy and scipy are loaded on use.

Trained on the answers of some prompts and voices it must be asked about others: on its own it would say how well it
remembers them. The prompts it saw are kept with it, and ``confusion`` refuses them.
"""

from __future__ import annotations

import base64
import binascii
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from greenlight.errors import InputError
from greenlight.nouns import Noun, canonical, fingerprint
from greenlight.outside import read_bytes
from greenlight.store import write_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Array = NDArray[np.float64]

NEUTRAL, NONE = "neutral", "none"
"""The class of texts in no character, and what is said where no class is likely enough."""
LEAST = 0.5
"""A class is named where it is at least as likely as all others together; else ``NONE`` is said."""
STRANGE = 0.25
"""And where the text is made of what training has seen: its known share is at least this much of what all but one
in twenty held-out texts have."""
LONGEST = 20_000
"""Characters of a text that are read; the rest is not."""
FEATURES = "words 1-2, characters 3-5, 2^18 buckets, 1 + ln count, length 1"
BUCKETS = 1 << 18
PENALTY = 1e-4
"""Half the weight of the squared coefficients, beside the mean loss of a text in nats."""
HELD = 0.2
"""Share of the prompts that the temperature is found on."""
PRIME = 0x9E3779B97F4A7C15
WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, eq=False)
class Classifier:
    """``weights[class, column]`` on the buckets ``columns``; other buckets weigh nothing.

    ``strange``: the least share of a text's features (of its row's squared length) that must be among the columns.
    ``seen``: hashes of the prompts that it was trained or calibrated on. ``facts``: texts and prompts of both sides,
    accuracy and nats on the held-out side before and after the temperature.
    """

    labels: tuple[str, ...]
    columns: NDArray[np.uint32]
    weights: NDArray[np.float32]
    strange: float
    temperature: float
    seen: frozenset[str]
    facts: dict[str, Any]

    def predict(self, text: str) -> tuple[str, dict[str, float]]:
        """The persona, ``neutral``, or ``none``; and the probability of each class.

        ``none`` is said where no class has ``LEAST``, and of a text that is like nothing in training (``strange``),
        one without a word among them. Of a text over ``LONGEST`` characters the head is read.
        """
        return self.predict_all([text])[0]

    def predict_all(self, texts: Sequence[str]) -> list[tuple[str, dict[str, float]]]:
        """``predict`` of each text."""
        import numpy as np

        out = []
        for start in range(0, len(texts), 1_000):
            rows = featurise(texts[start : start + 1_000])[:, self.columns]
            chances = _softmax(rows @ self.weights.T.astype(np.float64) / self.temperature)
            for values, known in zip(chances.tolist(), _known(rows), strict=True):
                best = max(range(len(values)), key=values.__getitem__)
                sure = values[best] >= LEAST and known > 0 and known >= self.strange
                out.append((self.labels[best] if sure else NONE, dict(zip(self.labels, values, strict=True))))
        return out

    def persona(self, text: str) -> str:
        """The label alone."""
        return self.predict(text)[0]

    @cached_property
    def fingerprint(self) -> str:
        """Of all that decides what it says."""
        return fingerprint({key: value for key, value in self._data().items() if key != "facts"})

    def _data(self) -> dict[str, Any]:
        return {
            "features": FEATURES,
            "labels": list(self.labels),
            "columns": base64.b64encode(self.columns.astype("<u4").tobytes()).decode(),
            "weights": base64.b64encode(self.weights.astype("<f4").tobytes()).decode(),
            "strange": self.strange,
            "temperature": self.temperature,
            "seen": sorted(self.seen),
            "facts": self.facts,
        }

    def save(self, path: Path) -> None:
        """As JSON with its fingerprint, whole or not at all."""
        write_file(path, canonical({**self._data(), "fingerprint": self.fingerprint}))

    @staticmethod
    def load(path: Path) -> Classifier:
        """Raises InputError for a file that is no classifier, is damaged, or counts other features."""
        import numpy as np

        try:
            kept = _Kept.model_validate(json.loads(read_bytes(path).decode("utf-8"), parse_constant=_no_number))
            columns = np.frombuffer(base64.b64decode(kept.columns, validate=True), dtype="<u4")
            weights = np.frombuffer(base64.b64decode(kept.weights, validate=True), dtype="<f4")
        except (ValueError, RecursionError, binascii.Error, ValidationError):
            raise InputError(f"{path} is no classifier, or is damaged: train it again") from None
        if kept.features != FEATURES:
            raise InputError(f"{path} counts other features ({kept.features[:80]}): train it again")
        if len(weights) != len(kept.labels) * len(columns):
            raise InputError(f"{path} is damaged: train the classifier again")
        shaped = weights.reshape(len(kept.labels), len(columns))
        found = Classifier(
            kept.labels, columns, shaped, kept.strange, kept.temperature, frozenset(kept.seen), dict(kept.facts)
        )
        if found.fingerprint != kept.fingerprint:
            raise InputError(f"{path} was changed or is damaged: train the classifier again")
        return found


class _Kept(Noun):
    features: str
    labels: Annotated[tuple[str, ...], Field(min_length=2)]
    columns: str
    weights: str
    strange: Annotated[float, Field(ge=0, le=1)]
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    seen: tuple[str, ...]
    facts: dict[str, Any]
    fingerprint: str


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


# ---------------------------------------------------------------- features


def featurise(texts: Sequence[str]) -> csr_array:
    """Texts × ``BUCKETS``, each row of length 1; a text without a word has an empty row.

    Words in small letters, runs of characters as they stand, with white space as one blank.
    """
    import numpy as np
    from scipy.sparse import csr_array

    values, columns, ends = [], [], [0]
    for text in texts:
        at, counts = np.unique(_buckets(text), return_counts=True)
        value = 1 + np.log(counts)
        values.append(value / np.sqrt(value @ value) if len(value) else value)
        columns.append(at)
        ends.append(ends[-1] + len(at))
    shape = (len(texts), BUCKETS)
    return csr_array((np.concatenate([*values, []]), np.concatenate([*columns, []]).astype(np.int64), ends), shape)


def _buckets(text: str) -> NDArray[np.int64]:
    import numpy as np

    string = " ".join(text[:LONGEST].split())
    if not any(map(str.isalnum, string)):
        return np.zeros(0, dtype=np.int64)
    words = np.asarray([_hashed(word) for word in WORD.findall(string.lower())], dtype=np.uint64)
    letters = np.frombuffer(f" {string} ".encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64) + 1
    found = []
    for kind, (codes, size) in enumerate(((words, 1), (words, 2), (letters, 3), (letters, 4), (letters, 5)), 1):
        if len(codes) < size:
            continue
        code = np.full(len(codes) - size + 1, kind, dtype=np.uint64)
        for k in range(size):
            code = code * np.uint64(PRIME) + codes[k : len(codes) - size + 1 + k]
            code ^= code >> np.uint64(29)
        found.append((code * np.uint64(PRIME)) >> np.uint64(64 - 18))
    return np.concatenate(found).astype(np.int64)


def _hashed(word: str) -> int:
    code = 0
    for letter in word:
        code = (code * 1_000_003 + ord(letter) + 1) & 0xFFFFFFFFFFFFFFFF
    return code


# ---------------------------------------------------------------- training


def train(
    texts: Mapping[str, Sequence[str]], seed: int, groups: Mapping[str, Sequence[str]] | None = None
) -> Classifier:
    """A classifier of ``texts`` by persona, ``neutral`` among them.

    ``groups`` names the prompt of each text, in the same shape: ``HELD`` of the prompts (drawn by ``seed``, at least
    one of each persona) are left out of training, and give the temperature. Without it each text is a prompt of its
    own. Raises InputError where ``neutral`` is missing, a persona has texts of fewer than two prompts, or a text is
    empty.
    """
    import numpy as np

    names = _labels(texts)
    prompts = prompts_of(texts, groups)
    held = _held_out(prompts, names, seed)
    flat = [(text, names.index(name), group) for name in names for text, group in zip(texts[name], prompts[name])]  # noqa: B905
    if empty := next((names[label] for text, label, _ in flat if not any(map(str.isalnum, text))), ""):
        raise InputError(f"'{empty}' has a text without a word: leave it out, nothing can be learned from it")
    rows, labels = featurise([text for text, _, _ in flat]), np.asarray([label for _, label, _ in flat])
    out = np.asarray([group in held for _, _, group in flat])
    columns = np.flatnonzero(np.bincount(rows[~out].indices, minlength=BUCKETS) >= 2)
    inner = rows[~out][:, columns]
    weights = regression(inner, labels[~out], len(names))
    outer = rows[out][:, columns]
    logits = outer @ weights.T
    counts = [len(held & set(prompts[name])) for name in names]
    temperature, before, after = _temperature(logits, labels[out], counts)
    facts = {
        "texts": [int((~out).sum()), int(out.sum())],
        "prompts": [len({g for _, _, g in flat}) - len(held), len(held)],
        "accuracy": float((logits.argmax(1) == labels[out]).mean()),
        "nats": [before, after],
        "seed": seed,
    }
    return Classifier(
        labels=names,
        columns=columns.astype(np.uint32),
        weights=weights.astype(np.float32),
        strange=STRANGE * float(np.quantile(_known(outer), 0.05)),
        temperature=temperature,
        seen=frozenset(short_of(group) for _, _, group in flat),
        facts=facts,
    )


def _labels(texts: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Personas by name, neutral last."""
    if NEUTRAL not in texts:
        raise InputError(f"a classifier needs texts in no character, under '{NEUTRAL}': without them all is in one")
    if len(texts) < 2:
        raise InputError("a classifier needs the texts of a persona beside the neutral ones")
    if NONE in texts:
        raise InputError(f"a persona cannot be called '{NONE}', which is said of texts that fit none")
    return (*sorted(name for name in texts if name != NEUTRAL), NEUTRAL)


def prompts_of(
    texts: Mapping[str, Sequence[str]], groups: Mapping[str, Sequence[str]] | None
) -> Mapping[str, Sequence[str]]:
    """The prompt of each text; its own hash where none is named, so that equal texts stay together."""
    if groups is None:
        return {
            name: [fingerprint(text.encode("utf-8", "surrogatepass")) for text in own] for name, own in texts.items()
        }
    for name, own in texts.items():
        if len(groups.get(name, ())) != len(own):
            raise InputError(f"'{name}' has {len(own)} texts and the prompts of {len(groups.get(name, ()))}")
    return groups


def _held_out(prompts: Mapping[str, Sequence[str]], names: Sequence[str], seed: int) -> set[str]:
    """Prompts to hold out: a fifth, and of each persona at least one on both sides."""
    for name in names:
        if len(set(prompts[name])) < 2:
            raise InputError(
                f"'{name}' has texts of {len(set(prompts[name]))} prompts: two or more are needed, one to hold out"
            )
    everything = sorted({group for name in names for group in prompts[name]})
    random.Random(seed).shuffle(everything)
    held = set(everything[: max(1, round(HELD * len(everything)))])
    for name in sorted(names, key=lambda name: len(set(prompts[name]))):
        own = [group for group in everything if group in set(prompts[name])]
        if not held & set(own):
            held.add(own[0])
        if held >= set(own):
            held.remove(own[-1])
    for name in names:
        if not (held & set(prompts[name]) and set(prompts[name]) - held):
            raise InputError(f"the prompts of '{name}' are too few to hold one out: give texts of more prompts")
    return held


def short_of(group: str) -> str:
    """What a prompt is known by in ``Classifier.seen``."""
    return fingerprint(group.encode("utf-8", "surrogatepass"))[:16]


def _softmax(logits: Array) -> Array:
    import numpy as np

    raised = np.exp(logits - logits.max(1, keepdims=True))
    chances: Array = raised / raised.sum(1, keepdims=True)
    return chances


def _shares(labels: NDArray[np.int64], classes: int) -> Array:
    """The weight of each text: classes weigh the same, and all together 1."""
    import numpy as np

    counts = np.bincount(labels, minlength=classes)
    shares: Array = 1 / (counts[labels] * np.count_nonzero(counts))
    return shares


def _known(rows: csr_array) -> Array:
    """The share of each text's squared length that is in the columns at hand."""
    import numpy as np

    shares: Array = np.asarray(rows.power(2).sum(1)).ravel()
    return shares


def regression(rows: csr_array, labels: NDArray[np.int64], classes: int) -> Array:
    """Weights (classes × columns), by L-BFGS."""
    import numpy as np
    from scipy.optimize import minimize

    share, truth = _shares(labels, classes)[:, None], np.eye(classes)[labels]
    across = rows.T.tocsr()

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(classes, -1)
        chances = _softmax(rows @ weights.T)
        nats = -float((share[:, 0] * np.log(np.maximum((chances * truth).sum(1), 1e-300))).sum())
        slope = (across @ (share * (chances - truth))).T + 2 * PENALTY * weights
        return nats + PENALTY * float(flat @ flat), slope.ravel()

    start = np.zeros(classes * rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    weights: Array = found.x.reshape(classes, -1)
    return weights


def _temperature(logits: Array, labels: NDArray[np.int64], prompts: Sequence[int]) -> tuple[float, float, float]:
    """What the logits are divided by, with the nats of a held-out text before and after.

    The target of a text whose class has n held-out prompts is (n + ½) / (n + K/2) for its class and ½ / (n + K/2) for
    each of the K − 1 others: told by few prompts without a mistake is not certain.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    classes = len(prompts)
    share, n = _shares(labels, classes), np.asarray(prompts)[labels]
    target = (np.eye(classes)[labels] * n[:, None] + 0.5) / (n[:, None] + classes / 2)

    def nats(log_temperature: float, wanted: Array = target) -> float:
        chances = _softmax(logits / np.exp(log_temperature))
        return -float((share[:, None] * wanted * np.log(np.maximum(chances, 1e-300))).sum())

    found = minimize_scalar(nats, bounds=(np.log(0.05), np.log(20)), method="bounded")
    truth = np.eye(classes)[labels]
    return float(np.exp(found.x)), nats(0.0, truth), nats(float(found.x), truth)
