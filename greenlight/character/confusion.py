"""What the texts of each persona are taken for: a classifier's confusions, on prompts that it never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from greenlight.character import ratings
from greenlight.character.classify import NONE, Classifier, prompts_of, short_of
from greenlight.errors import InputError, nearest
from greenlight.nouns import Interval, Noun

if TYPE_CHECKING:
    from rich.table import Table


class Confusion(Noun):
    """Texts of each persona (rows) by what they were taken for (columns, ``none`` last).

    ``recall``: of a persona's texts, the share that was taken for it; clustered by prompt. What was taken for nothing
    counts against it.
    """

    labels: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    recall: tuple[Interval, ...]
    prompts: tuple[int, ...]
    classifier: str = Field(description="its fingerprint")

    def rows(self) -> list[tuple[str, ...]]:
        """The header, and a row a persona: number and name, counts, recall in per cent with its interval.

        Columns go by number, so that the matrix of ten personas keeps within 80 columns.
        """
        numbers = {name: str(number) for number, name in enumerate(self.columns[:-1], 1)}
        head = ("taken for", *(numbers.get(name, name) for name in self.columns), "recall, %")
        out = [head]
        for name, counts, share in zip(self.labels, self.counts, self.recall, strict=True):
            shown = name if len(name) <= 12 else f"{name[:11]}…"
            told = f"{100 * share.value:.0f} [{100 * share.low:.0f}, {100 * share.high:.0f}]"
            out.append((f"{numbers[name]} {shown}", *map(str, counts), told))
        return out

    def markdown(self) -> str:
        """As a table of GitHub markdown."""
        head, *rows = self.rows()
        lines = [head, ("---", *("--:" for _ in head[1:])), *rows]
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"

    def table(self) -> Table:
        """For a terminal of 80 columns."""
        from rich.table import Table
        from rich.text import Text

        head, *rows = self.rows()
        made = Table(box=None, padding=(0, 1), pad_edge=False)
        for number, name in enumerate(head):
            made.add_column(Text(name), justify="right" if number else "left", no_wrap=True)
        for row in rows:
            made.add_row(*map(Text, row))
        return made


def confusion(
    classifier: Classifier, texts: Mapping[str, Sequence[str]], groups: Mapping[str, Sequence[str]] | None = None
) -> Confusion:
    """What texts whose persona is known are taken for; ``groups`` as in ``train``.

    Raises InputError for a persona that the classifier does not know, one without texts, and for a prompt that it was
    trained on.
    """
    prompts = prompts_of(texts, groups)
    for name, own in texts.items():
        if name not in classifier.labels:
            raise InputError(f"the classifier knows no '{name}'" + nearest(name, classifier.labels))
        if not own:
            raise InputError(f"'{name}' has no texts: leave it out")
        if known := sum(short_of(group) in classifier.seen for group in set(prompts[name])):
            raise InputError(
                f"the classifier was trained on {known} of the prompts of '{name}': it would recognise what it "
                "learned; give texts of other prompts"
            )
    labels = tuple(name for name in classifier.labels if name in texts)
    columns = (*classifier.labels, NONE)
    counts, recall = [], []
    for name in labels:
        taken = [label for label, _ in classifier.predict_all(texts[name])]
        counts.append(tuple(taken.count(column) for column in columns))
        right: dict[str, list[bool]] = {}
        for label, group in zip(taken, prompts[name], strict=True):
            right.setdefault(group, []).append(label == name)
        recall.append(ratings.rate(right))
    return Confusion(
        labels=labels,
        columns=columns,
        counts=tuple(counts),
        recall=tuple(recall),
        prompts=tuple(len(set(prompts[name])) for name in labels),
        classifier=classifier.fingerprint,
    )
