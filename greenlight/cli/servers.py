"""Commands about servers: what one can do, and one that misbehaves on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.llm import Endpoint
    from greenlight.probing import Api, Probe


def probe(
    url: Annotated[
        str, typer.Argument(help="Such as http://localhost:1234/v1; default: OPENAI_BASE_URL.", show_default=False)
    ] = "",
    model: Annotated[str, typer.Option(help="Its name there; default: the first that is listed.")] = "",
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86400, help="Seconds for one request; a cold model may have to load.")
    ] = 600.0,
    api: Annotated[
        str, typer.Option(help="chat, or completions, for a model that continues text and knows no chat.")
    ] = "chat",
    price_in: Annotated[float | None, typer.Option(min=0.0, help="USD a million tokens of prompts.")] = None,
    price_out: Annotated[float | None, typer.Option(min=0.0, help="USD a million tokens of answers.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="Stop asking once this much is spent.")] = None,
    max_hours: Annotated[float | None, typer.Option(min=0.0, help="Stop asking after so many hours.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and ask nobody.")] = False,
    as_json: AsJson = False,
) -> int:
    """Find out by behaviour what a server does with what it is sent.

    Models, how thinking is turned off, which sampling fields are honoured,
    context length, speed by concurrency. About 20 to 50 short requests. Nothing
    of it is kept: a probe that was stopped begins again.

    Example: greenlight probe http://localhost:1234/v1 --model qwen3-8b
    """
    import asyncio

    from greenlight import probing
    from greenlight.errors import RecipeError
    from greenlight.llm import Endpoint
    from greenlight.metered import Metered

    if api not in ("chat", "completions"):
        raise RecipeError(f"--api {api}: chat or completions")
    way: Api = "completions" if api == "completions" else "chat"
    if budget_usd is not None and None in (price_in, price_out):
        raise RecipeError("--budget-usd cannot be kept without prices: state --price-in and --price-out")
    endpoint = Endpoint(url, timeout_s=timeout, retries=2)
    expected = _expected(endpoint, model, way, (price_in, price_out), max_hours)
    if dry_run:
        show.answer({"expected": expected}, as_json, _ahead(expected))
        return 0
    show.tell(_ahead(expected))
    desk = Metered(price_in=price_in, price_out=price_out, usd=budget_usd, hours=max_hours)

    async def asked() -> Probe:
        with show.watch().bar("probe", expected["requests_most"], "requests at most") as bar:
            async with desk:
                return await probing.probe(desk, endpoint, model, step=lambda: bar.advance(1), api=way)

    found = asyncio.run(asked())
    if (item := desk.bill.items.get(found.model)) is not None:
        spent = {"tokens_in": item.tokens_in, "tokens_out": item.tokens_out, "usd": item.usd}
        found = found.model_copy(update=spent)
    show.answer(found.data(), as_json, _page(found))
    return 0


def _expected(
    endpoint: Endpoint, model: str, api: Api, prices: tuple[float | None, float | None], hours: float | None
) -> dict[str, Any]:
    """What a probe takes at most; None: unknown. Raises UserError where no server is named."""
    from greenlight import probing
    from greenlight.prices import cost

    _ = endpoint.key  # raises where no server is named
    given, said = probing.most_tokens(api=api)
    return {
        "server": endpoint.name,
        "model": model,
        "requests_most": probing.most_requests(api=api),
        "tokens_most": given + said,
        "usd_most": cost({"prompt_tokens": given, "completion_tokens": said}, *prices),
        "minutes_most": None if hours is None else 60 * hours,
    }


def _ahead(expected: dict[str, Any]) -> str:
    usd, minutes = expected["usd_most"], expected["minutes_most"]
    return show.folded(
        show.visible(
            f"at most {show.counted(expected['requests_most'], 'request')} to {expected['server']} "
            f"and {expected['tokens_most']:,} tokens where it honours max_tokens; "
            f"{'cost unknown without --price-in and --price-out' if usd is None else f'at most {usd:.4f} USD'}; "
            f"{'minutes unknown until it answers' if minutes is None else f'at most {minutes:g} minutes'}"
        )
    )


def _page(found: Probe) -> str:
    names = ", ".join(found.models[:8]) + (f" and {len(found.models) - 8} more" if len(found.models) > 8 else "")
    lines = [f"{found.server}: {found.model}"]
    lines.append(
        f"models: {names or 'not listed'}"
        + (f"; embeddings: {', '.join(found.embeddings[:4])}" * bool(found.embeddings))
    )
    lines.append(f"context: {show.counted(found.context, 'token') if found.context else 'not told'}")
    leaks = f"; {show.counted(found.leaks, 'later answer')} with thought all the same" if found.leaks else ""
    told = found.thinking.told if found.api == "chat" else "not looked for: it continues text"
    lines.append(f"thinking: {told}{leaks}")
    lines.append(f"first answer: {found.first_seconds:.2f} s; usage: {'told' if found.usage else 'not told'}")
    ends = ", ".join(f"{reason} {count}" for reason, count in found.finish_reasons.items())
    tokens = None if found.tokens_in is None or found.tokens_out is None else found.tokens_in + found.tokens_out
    spent = "tokens unknown" if tokens is None else show.counted(tokens, "token")
    spent += "" if found.usd is None else f", {found.usd:.4f} USD"
    lines.append(f"finish reasons: {ends or 'none'}; {show.counted(found.requests, 'request')}, {spent}")
    rows = [[name, proof.state, proof.how] for name, proof in found.fields.items()]
    speeds = [
        [
            str(one.concurrency),
            f"{one.answers} of {one.requests}",
            f"{one.tokens / one.seconds:,.0f}" if one.tokens else "unknown",
            f"{one.characters / one.seconds:,.0f}",
            f"{one.median_s:.2f}",
        ]
        for one in found.speeds
    ]
    return "\n".join(
        [
            *(show.folded(show.visible(line), "    ") for line in lines),
            show.table(["field", "is", "seen by"], rows),
            show.table(["in flight", "answers", "tokens/s", "characters/s", "median s"], speeds),
        ]
    )


def _script(path: Path | None) -> tuple[str, ...]:
    """The answers of a script: texts as they are, anything else as JSON."""
    from greenlight.errors import InputError
    from greenlight.outside import read_text

    if path is None:
        return ()
    try:
        told = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON ({str(error)[:100]}): write a list of answers") from None
    if not isinstance(told, list) or not told:
        raise InputError(f'{path} holds no list of answers: write one, ["…", {{…}}]')
    return tuple(one if isinstance(one, str) else json.dumps(one) for one in told)


def stub(
    personality: Annotated[str, typer.Option(help="Who it is; list prints all.", metavar="NAME")] = "plain",
    port: Annotated[int, typer.Option(min=0, max=65535, help="On loopback; 0: any free one.")] = 8765,
    slots: Annotated[int, typer.Option(min=1, max=4096, help="Answers made at a time; further requests wait.")] = 4,
    ms: Annotated[float, typer.Option(min=0, max=600_000, help="Milliseconds that an answer takes.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of its faults, and of texts that are asked without a seed.")] = 0,
    share: Annotated[
        float | None, typer.Option(min=0, max=1, help="Of the requests, with its fault; default: its own.")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Answers before slow-down and model-gone change.")] = 200,
    start: Annotated[float, typer.Option(min=0, max=86400, help="Seconds to slow-start's first answer.")] = 30.0,
    honours: Annotated[
        str | None, typer.Option(help="Thinking switches that work, comma-separated, or none.", metavar="NAMES")
    ] = None,
    key: Annotated[str, typer.Option(help="A key that requests must carry.")] = "",
    models: Annotated[str, typer.Option(help="Models that it has, comma-separated.", metavar="NAMES")] = "",
    refuses: Annotated[str, typer.Option(help="Fields with which a request is a 400.", metavar="NAMES")] = "",
    script: Annotated[
        Path | None, typer.Option(help="What it says instead: a JSON list, an answer a request.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Run a server that misbehaves on purpose, to try others against.

    It speaks /v1/models and /v1/chat/completions on this machine alone.

    Example: greenlight stub --personality slow-down --slots 20 --ms 50
    """
    from greenlight import stub as stubs
    from greenlight.personalities import PERSONALITIES

    if personality == "list":
        rows = [[name, _share(one.share), one.does] for name, one in PERSONALITIES.items()]
        data = {name: {"does": one.does, "share": one.share} for name, one in PERSONALITIES.items()}
        show.answer(data, as_json, show.table(["personality", "share", "what it does"], rows))
        return 0
    works = None if honours is None else _names(honours)
    settings = stubs.Settings(
        personality, slots, ms, seed, share, after, start, works, key, _names(models), _names(refuses), _script(script)
    )
    server, sock = stubs.server_of(settings), stubs.bound(port)
    url = stubs.address_of(sock)
    said = f"{url} is {personality}: {slots} slots of {ms:g} ms, model {settings.names[0]}; Ctrl-C ends it"
    show.answer({"url": url, "personality": personality, "models": settings.names}, as_json, said)
    try:
        server.run(sockets=[sock])
    except KeyboardInterrupt:  # how a person ends it, and a scheduler
        return 0
    return 0


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:g}"


def _names(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip() not in ("", "none"))


COMMANDS = (probe, stub)
