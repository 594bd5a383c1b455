"""What a model's tokens cost: a dated list of prices, from the package genai-prices or from a file.

USD of a response = Σ over its four classes of tokens · price / 1,000,000, and each search at its own price. Prices that
rise with the size of the prompt are those of the response's own prompt, and prices that changed are those of its day.
What the list does not know is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenlight.errors import RecipeError, nearest
from greenlight.outside import read_toml
from greenlight.usage import Response, Sum

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

MILLION = 1_000_000
CLASSES = ("input", "cache_write", "cache_read", "output")
RATES = (*CLASSES, "cache_write_1h")
KEYS = (*RATES, "search")
"""Of a model in a file: USD per million tokens; ``search``: USD for one."""


UNKNOWN = Sum(0.0, False)


@dataclass(frozen=True)
class Tariff:
    """A list of prices: its name with its date, and what a response costs by it."""

    name: str
    price: Callable[[Response], Sum]


def tariff(path: Path | None) -> Tariff:
    """The list in a file, else that of genai-prices; without the package one that knows no price.

    Raises InputError or RecipeError for a file that is no such list.
    """
    return _of_package() if path is None else _of_file(path)


# ---------------------------------------------------------------- a file


def _of_file(path: Path) -> Tariff:
    """TOML: ``date = "2026-11-01"``, and by model a table of USD per million tokens. A name may end with ``*``."""
    models = read_toml(path)
    dated = models.pop("date", None)
    try:
        day = dated if isinstance(dated, date) else date.fromisoformat(str(dated))
    except ValueError:
        raise RecipeError(f'{path}: say of which day these prices are: date = "2026-11-01"') from None
    for name, prices in models.items():
        _checked(path, name, prices)
    begins = sorted((name[:-1] for name in models if name.endswith("*")), key=len, reverse=True)

    def price(response: Response) -> Sum:
        name = f"{response.model} {response.terms}".rstrip()
        found = models.get(name)
        if found is None and not response.terms:
            found = next((models[f"{begin}*"] for begin in begins if name.startswith(begin)), None)
        return UNKNOWN if found is None else _priced(response, found)

    return Tariff(f"{path.name} of {day.isoformat()[:10]}", price)


def _checked(path: Path, name: str, prices: Any) -> None:
    if not isinstance(prices, dict):
        raise RecipeError(f'{path}: {name} is no model with prices: write ["{name}"], and under it input = 3.0')
    for key, value in prices.items():
        if isinstance(value, dict):
            raise RecipeError(
                f'{path}: [{name}.{key}] is a table in a table: write a name with dots in quotes, ["a.b"]'
            )
        if key not in KEYS:
            raise RecipeError(f"{path}: [{name}] unknown key '{key}'" + nearest(key, KEYS))
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 <= value < MILLION:  # not for NaN
            shown = repr(value)[:40]
            raise RecipeError(f"{path}: [{name}] {key} = {shown}: write USD, 0 or more, below {MILLION:,}")


def _priced(response: Response, prices: Mapping[str, float]) -> Sum:
    """By rates as a file has them; what has no rate makes the sum a part."""
    given, wrote, reads, said = response.tokens
    counts = (given, wrote - response.hour, reads, said, response.hour)
    usd, whole = prices.get("request", 0.0) + response.searches * prices.get("search", 0.0), True
    for count, key in zip(counts, RATES, strict=True):
        if count:
            rate = prices.get(key)
            usd, whole = usd + count * (rate or 0.0) / MILLION, whole and rate is not None
    return Sum(usd, whole and (not response.searches or "search" in prices))


# ---------------------------------------------------------------- the package


def _of_package() -> Tariff:
    """Loaded when the first price is asked for: that takes half a second."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        name = f"genai-prices {version('genai-prices')}, each response at the price of its day"
    except PackageNotFoundError:
        return Tariff(
            "no list of prices: pip install 'greenlight-studio[prices]', or give --prices FILE",
            lambda response: UNKNOWN,
        )
    models: dict[str, ModelInfo | None] = {}

    def price(response: Response) -> Sum:
        if response.model not in models:
            models[response.model] = _model(response.model)
        found, terms = models[response.model], response.terms
        if found is None:
            return UNKNOWN
        when = datetime.now(UTC) if response.when is None else datetime.fromtimestamp(response.when, UTC)
        if not all(_known(found, when, _context(word)) for word in terms.split()):
            return UNKNOWN
        return _priced(response, _rates(found.get_prices(when, _context(terms) or None), sum(response.tokens[:3])))

    return Tariff(name, price)


def _model(name: str) -> ModelInfo | None:
    """As the package knows it: by its own name, or by one that begins with its provider's."""
    import genai_prices

    provider, _, rest = name.rpartition("/")
    for told, whose in ((name, None), (rest, provider or None)):
        try:
            return genai_prices.calc_price(genai_prices.Usage(), told, provider_id=whose).model
        except (LookupError, ValueError):
            continue
    return None


def _known(model: ModelInfo, when: datetime, terms: Mapping[str, str]) -> bool:
    """Whether the package had a price for these terms on that day; where it had none, it says a plain call's."""
    return any(
        variant.when.items() <= terms.items() and (variant.constraint is None or variant.constraint.active(when))
        for variant in model.price_variants or ()
    )


def _rates(prices: ModelPrice, prompt: int) -> dict[str, float]:
    """By key, as in a file, for a prompt of so many tokens; a class without a price of its own has the one above it.

    The package can apply prices itself, in a millisecond a response: ten times as long.
    """

    def at(name: str) -> float | None:
        price: Any = vars(prices).get(name)
        for tier in reversed(getattr(price, "tiers", ())):
            if prompt > tier.start:
                return float(tier.price)
        found = getattr(price, "base", price)
        return None if found is None else float(found)

    plain, write, searches = at("input_mtok"), at("cache_write_mtok"), at("web_searches_kcount")
    found = {
        "input": plain,
        "cache_write": _first(at("cache_write_5m_mtok"), write, plain),
        "cache_write_1h": _first(at("cache_write_1h_mtok"), write, plain),
        "cache_read": _first(at("cache_read_mtok"), plain),
        "output": at("output_mtok"),
        "search": None if searches is None else searches / 1000,
        "request": (at("requests_kcount") or 0.0) / 1000,
    }
    return {key: value for key, value in found.items() if value is not None}


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _context(terms: str) -> dict[str, str]:
    """A call's terms in the package's words."""
    words = terms.split()
    found = {"processing": "batch"} if "batch" in words else {}
    if "fast" in words:
        found["speed"] = "fast"
    for word in words:
        found["service_tier"] = word
    return found
