"""A judge beside the classifier: tried on answers that are known, and corrected by what that shows."""

from __future__ import annotations

import random
from pathlib import Path

from test_character_checkup import captain
from test_character_judge import FENCE, Parts, Scripted

from greenlight.character import house, prompts
from greenlight.character.asking import Asked
from greenlight.character.judge import Judge
from greenlight.character.panel import Panel, sit

ASKED = prompts.checkup(50, 5)
MARKS = [house.marks(trait) for trait in captain().traits]


def hears(text: str) -> bool:
    return sum(mark(text) for mark in MARKS) >= 2


def judged(tmp_path: Path, lenient: float, share: float) -> Panel:
    """By a judge who takes ``lenient`` of the plain answers for the captain's; ``share`` of the model's are his."""

    def says(parts: Parts, rules: str, chance: random.Random) -> str:
        if "answer" in parts:
            text = parts["answer"]
            taken = hears(text) or random.Random(text).random() < lenient
            return "A" if taken == ("A where the answer is in the character" in rules) else "B"
        one, other = (hears(parts[name]) for name in ("answer A", "answer B"))
        return "tie" if one == other else "A" if one else "B"

    assert FENCE
    speaks, plain = house.Teacher(captain()), house.Teacher()
    cut = round(share * len(ASKED))
    finished = {p.id: [(speaks if n < cut else plain).answer(p.turns, n)] for n, p in enumerate(ASKED)}
    base = {p.id: [plain.answer(p.turns, 1_000 + n)] for n, p in enumerate(ASKED)}
    judge = Judge(Scripted(says), Asked(tmp_path))
    return sit(judge, captain(), plain, ASKED, {"finished": finished, "base": base})


def test_a_lenient_judge_is_corrected(tmp_path: Path) -> None:
    panel = judged(tmp_path, lenient=0.4, share=0.5)
    assert panel.found is not None
    assert panel.specificity is not None
    assert panel.found.value > 0.6, "it finds more than there are"
    assert panel.specificity.value < 0.8
    assert panel.corrected is not None
    assert abs(panel.corrected.value - 0.5) < abs(panel.found.value - 0.5)
    assert panel.corrected.low < 0.5 < panel.corrected.high
    assert panel.corrected.high - panel.corrected.low > panel.found.high - panel.found.low, (
        "it carries all three errors"
    )
    assert panel.points is not None
    assert panel.points.value > 0.65


def test_a_judge_that_cannot_tell_is_not_corrected(tmp_path: Path) -> None:
    panel = judged(tmp_path, lenient=1.0, share=0.5)
    assert panel.corrected is None
    assert panel.notes
