"""Every extension point, on one page.

A part is one file and no other edit: ``use = "length"`` under ``[gates.each]`` is ``greenlight/gates/length.py``,
and a dotted name is any importable module. A part's module holds one frozen dataclass named after its kind,
whose fields are the part's options:

    greenlight/generators/   class Generator   say(draw, brief) -> Answer                in this process, or
                                               say_all(draws, brief) -> list of Answer   in batches as well, or
                                               ask(draw, brief, desk) -> Answer          behind a server (async)
                                               truth(brief) -> mean mentions by level, or None
    greenlight/gates/        class Gate        check(sample, brief) -> Flag | None             one sample, or
                                               check_all(samples, brief) -> list[Flag | None]  the set, or
                                               check_pair(chosen, rejected, brief) -> Flag | None  a pair
    greenlight/metrics/      class Metric      settings() -> dict
                                               read(player, setup) -> list[Reading]
    greenlight/exports/      class Export      write(parcel, target, watch) -> dict
    greenlight/researchers/  class Researcher  propose(briefing) -> Turn
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import TypeAdapter, ValidationError

from greenlight.errors import RecipeError, nearest
from greenlight.nouns import Answer, Draw, Flag, Reading, Text

if TYPE_CHECKING:
    from pathlib import Path

    from greenlight.players import Player
    from greenlight.progress import Watch
    from greenlight.proposals import Briefing, Turn
    from greenlight.recipe import Brief
    from greenlight.yardstick import Yardstick

KINDS = {
    "generators": "Generator",
    "gates": "Gate",
    "metrics": "Metric",
    "exports": "Export",
    "researchers": "Researcher",
}


class Generator(Protocol):
    """A voice."""

    def say(self, draw: Draw, brief: Brief) -> Answer:
        """One document for one place of the plan. Raises VoiceError when there is no usable answer.

        A voice behind a server has ``endpoint``, ``price_in``, ``price_out`` and ``async ask(draw, brief, desk)``.
        """

    def truth(self, brief: Brief) -> tuple[float, ...] | None:
        """Expected mentions of the pattern at levels 1 … n, where they are known by construction."""


class Gate(Protocol):
    """A check; it flags, and never edits. A gate has one of these: of one sample, of a set, of a pair."""

    def check(self, sample: Text, brief: Brief | None) -> Flag | None: ...
    def check_all(self, samples: list[Text], brief: Brief | None) -> list[Flag | None]: ...
    def check_pair(self, chosen: Text, rejected: Text, brief: Brief | None) -> Flag | None: ...


@dataclass(frozen=True)
class Setup:
    """What a metric is given beside the model: the yardstick, the seed, a folder, and the training corpus."""

    yardstick: Yardstick
    seed: int
    folder: Path
    """Files written here (samples, say) are kept with the score."""
    watch: Watch
    load: Callable[[], list[Text]]

    @cached_property
    def corpus(self) -> list[Text]:
        """The documents that the model was trained on and validated with, read when first asked for."""
        return self.load()


class Metric(Protocol):
    """A measure of one model on the yardstick."""

    READINGS: ClassVar[tuple[str, ...]]
    """The names of all its readings: what ``keep_if`` may name."""
    LOADS: ClassVar[tuple[str, ...]]
    """Modules that it loads by name (``make``), whose code decides its readings as its own does."""

    def settings(self) -> dict[str, Any]:
        """All that must be equal between two rounds for their scores to be compared."""

    def read(self, player: Player, setup: Setup) -> list[Reading]:
        """Measures. Raises RoundError when there is nothing that a score could rest on."""


@dataclass(frozen=True)
class Parcel:
    """A trained model on its way out of the house."""

    model: Path
    """The folder with ``model.safetensors``, ``config.json`` and ``tokenizer.json``."""
    about: str
    """What the record says of it, as markdown with everything from outside neutralised; a title first."""
    synthetic: bool = False
    tokens: Path | None = None
    """The folder of the tokens that it was trained on, where they are there."""
    texts: tuple[str, ...] = ()
    """Real text beside them."""
    facts: dict[str, Any] = field(default_factory=dict)
    """For the export's own record: round, seed, fingerprint."""


class Export(Protocol):
    """A format that other software opens."""

    def write(self, parcel: Parcel, target: Path, watch: Watch) -> dict[str, Any]:
        """Leaves the folder ``target`` whole, checked against the model, or as it was; returns its record.

        Raises InputError when the model cannot be held exactly, StudyError when something else is at the target.
        """


class Researcher(Protocol):
    """Who proposes the next round.

    One that has ``WAITING`` proposes nothing: the rounds that wait ("rounds"), or the proposals ("proposals"), are run.
    One that costs money has ``priced``: whether that is known before it is asked.
    """

    def propose(self, briefing: Briefing) -> Turn:
        """One turn. Raises UserError or VoiceError where nobody can be asked; all else is a turn."""


def names(folder: str) -> list[str]:
    """The parts that come with Greenlight, by folder."""
    package = importlib.import_module(f"greenlight.{folder}")
    return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))


def module_of(folder: str, key: str, options: dict[str, Any]) -> str:
    """The module that a table's entry stands for: its ``use``, or its own name."""
    use = options.get("use", key)
    if not isinstance(use, str):
        raise RecipeError(f"{folder}.{key}: use must be text, not {use!r}")
    return use if "." in use else f"greenlight.{folder}.{use}"


def readings(metrics: dict[str, dict[str, Any]]) -> list[str] | None:
    """The names of all readings that a recipe's metrics give; None when one of them does not say (``READINGS``)."""
    found: list[str] = []
    for key, options in metrics.items():
        said = getattr(make("metrics", key, options), "READINGS", None)
        if said is None:
            return None
        found += said
    return found


def make(folder: str, key: str, options: dict[str, Any], where: str = "recipe") -> Any:
    """The part that a table's entry stands for, with its options checked.

    Raises RecipeError: unknown part, unknown option, or an option of the wrong type.
    """
    name = module_of(folder, key, options)
    if "." not in options.get("use", key) and name.rpartition(".")[2] not in names(folder):
        raise RecipeError(
            f"{where}: unknown {folder[:-1]} '{name.rpartition('.')[2]}'"
            + nearest(name.rpartition(".")[2], names(folder))
        )
    try:
        module = importlib.import_module(name)
    except (ImportError, TypeError, ValueError) as error:  # TypeError, ValueError: '..x' and '' are no names
        raise RecipeError(f"{where}: {folder}.{key} uses '{name}', which cannot be imported: {error}") from None
    part = getattr(module, KINDS[folder], None)
    if part is None:
        raise RecipeError(f"{where}: {name} has no class {KINDS[folder]}; see greenlight/parts.py")
    given = {k: v for k, v in options.items() if k != "use"}
    known = list(getattr(part, "__dataclass_fields__", {}))
    for option in given:
        if option not in known:
            raise RecipeError(f"{where}: unknown option '{option}' of {folder}.{key}" + nearest(option, known))
    for option, value in given.items():
        if isinstance(value, bool) and "bool" not in str(part.__dataclass_fields__[option].type):
            raise RecipeError(f"{where}: {folder}.{key}.{option} = {str(value).lower()}: must not be true or false")
        if isinstance(value, float) and not math.isfinite(value):
            raise RecipeError(f"{where}: {folder}.{key}.{option} = {value}: must be a finite number")
    try:
        return TypeAdapter(part).validate_python(given) if given else part()
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # the part's own word on its options together, which may hold what is not to be shown
            raise RecipeError(f"{where}: {folder}.{key}: {first['msg'].removeprefix('Value error, ')}") from None
        option = ".".join(str(p) for p in first["loc"])
        raise RecipeError(
            f"{where}: {folder}.{key}.{option} = {first.get('input')!r}: {first['msg'].lower()}"
        ) from None
