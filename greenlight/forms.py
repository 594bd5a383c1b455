"""Rows of training data from outside, one at a time: JSON lines or Parquet, in the forms that trainers read.

A row has ``text``; or ``prompt`` and ``completion``; or ``messages``; or ``chosen`` and ``rejected``, with ``prompt``
or with it inside; or, as Greenlight writes it, ``control`` and ``body``. Alpaca's, ShareGPT's and other names of the
same are read as well (``ASKED``, ``ANSWERED``, ``CHATS``, ``ROLES``). A prompt, a completion, and either side of a
pair, may also be a list of messages. Beside them may stand ``system``, ``finish_reason``, ``prompt_rendered``,
``generator`` (or ``voice``, ``model``), ``persona``, ``level``, ``topic`` and ``brief``, a table with ``language``,
``words`` and ``chars`` (fewest and most), ``pattern``, ``levels`` and ``control``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

from greenlight.brief import bounds, level_of
from greenlight.nouns import Asked, Provenance, Text

EARLIER = 12
"""Turns before an answer that tell in which language one speaks."""
STOPPED = ("stop", "eos", "end_turn", "stop_sequence", "eos_token", "")
"""What servers say of a text that ended by itself."""
CALLED = ("tool_calls", "tool-calls", "tool_call", "function_call", "tool_use")
"""What they say of one that ended with a call of a tool; ShareGPT and others name so the turn that is the call."""
ASKED = ("prompt", "instruction", "question", "query")
"""What a prompt is called where an answer stands beside it."""
GIVEN = ("input", "context")
"""What stands beside an instruction, and belongs to it."""
ANSWERED = ("completion", "response", "output", "answer")
CHATS = ("messages", "conversations")
ROLES = {"human": "user", "gpt": "assistant", "model": "assistant", "developer": "system"}
COLUMNS = frozenset((*ASKED, *ANSWERED, *CHATS, "text", "chosen", "rejected", "control", "body"))
"""What a table that was meant to be read has among its names."""
FORMS = "text, prompt and completion, messages, or chosen and rejected (nor what Alpaca or ShareGPT call them)"
IDS = {"id", "tool_call_id", "tool_use_id", "call_id"}
"""What tells calls of tools apart, and is no text."""
Data = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One text of a row that gates look at, and the field that it stands in."""

    field: str
    text: Text


@dataclass(frozen=True)
class Row:
    """A row that can be judged. ``parts`` are in the row's order; of a pair, chosen and rejected; none where all that
    an assistant does is to call tools."""

    number: int
    data: Data
    parts: tuple[Part, ...]
    is_pair: bool
    brief: Data

    @property
    def generator(self) -> str:
        return _voice(self.data)

    @property
    def persona(self) -> str:
        return str(_or(self.data, "persona", str, ""))


class Around(NamedTuple):
    """What an answer was given to; ``before``: what was said before that."""

    prompt: str
    system: str
    before: str = ""


class Unreadable(ValueError):
    """Why a row is none."""


def of_data(number: int, data: Any) -> Row:
    """Raises Unreadable, with the reason."""
    if not isinstance(data, dict):
        raise Unreadable("no JSON object")
    form = form_of({name for name, value in data.items() if value is not None and _may_be(name, value)})
    brief = data.get("brief") if isinstance(data.get("brief"), dict) else None
    if form in CHATS:
        parts = _turns(number, data, brief or {}, form)
    elif form == "completion" and isinstance(data[form], list):
        before = data.get("prompt")
        before = before if isinstance(before, list) else [{"role": "user", "content": _asked(data, ASKED)}]
        parts = _turns(number, data, brief or {}, form, before)
    elif form == "pair":
        parts = _sides(number, data, brief or {})
    elif form:
        prompt = _asked(data, ASKED if form in ANSWERED else ASKED[:1])
        parts = [Part(form, _text(number, data, brief or {}, _string(data[form], form), Around(prompt, _system(data))))]
    else:
        raise Unreadable(_lacks(data))
    return Row(number, data, tuple(parts), form == "pair", brief or {})


def given_to(row: Row) -> str:
    """All that the row's answers were given to: who was to speak, the prompts, and the whole talk around them."""
    prompts = [part.text.made.prompt for part in row.parts]
    if row.parts and not any(prompt.strip() for prompt in prompts):
        return ""
    talks = [row.data[name] for name in ("prompt", "messages", "conversations") if isinstance(row.data.get(name), list)]
    return "\n".join([row.persona, *strings(row.data.get("system")), *prompts, *strings(talks)])


def strings(value: Any, but: AbstractSet[str] = IDS) -> Iterator[str]:
    """Every text in a value but what ``but`` names, in an order that does not hang on that of its keys."""
    waiting = [value]
    while waiting:  # and no recursion: a row may be nested as deep as JSON can be read
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            waiting += (one[key] for key in sorted(set(one) - but, reverse=True))


def _may_be(name: str, value: Any) -> bool:
    """Whether a name that is used for much else (an answer may be a number) has what is judged."""
    return name not in ANSWERED[1:] or isinstance(value, str)


def _lacks(data: Data) -> str:
    """Why a row is of no form: a field that is there and holds nothing that can be judged is named."""
    nulls = [name for name, value in data.items() if value is None and name in COLUMNS]
    odd = [name for name, value in data.items() if value is not None and not _may_be(name, value)]
    if form_of(set(data)) and (nulls or odd):
        said = [f"{', '.join(nulls)} {'are' if len(nulls) > 1 else 'is'} null"] * bool(nulls)
        return "; ".join([*said, *(f"{name} is no text" for name in odd)])
    return f"no {FORMS}; it has {', '.join(data)[:200] or 'no field'}"


def form_of(names: set[str]) -> str:
    """The field that is judged, or ``pair``; empty where there is none."""
    if {"chosen", "rejected"} <= names:
        return "pair"
    first = next((name for name in (*CHATS, "completion", "body") if name in names), "")
    if not first and not names.isdisjoint(ASKED):
        first = next((name for name in ANSWERED if name in names), "")
    return first or ("text" if "text" in names else "")


def _asked(data: Data, names: Sequence[str]) -> str:
    """The prompt, with what was given beside an instruction; empty where there is none."""
    name = next((name for name in names if data.get(name)), "")
    given = [data[key] for key in GIVEN if name == "instruction" and isinstance(data.get(key), str) and data[key]]
    return "\n\n".join([_said(data[name], name), *given]) if name else ""


def _sides(number: int, data: Data, brief: Data) -> list[Part]:
    """Both sides of a pair. A side that is one message is a list of it; a side without a prompt of its own, and none
    beside it, was said in the chat that stands there, as in ShareGPT."""
    asked = _asked(data, ASKED)
    chat: list[Any] = next((data[name] for name in CHATS if isinstance(data.get(name), list)), [])
    talk = [one for one in chat if isinstance(one, dict)]
    parts = []
    for side in ("chosen", "rejected"):
        value = [data[side]] if isinstance(data[side], dict) and _role(data[side]) else data[side]
        _is_answered(value, side)
        prompt, body, before = _inside(value, side, asked)
        if talk and not prompt:
            prompt, before = _before(talk, side), _talked(talk)
        parts.append(Part(side, _text(number, data, brief, body, Around(prompt, _system(data), before))))
    return parts


def _is_answered(value: Any, side: str) -> None:
    """Raises Unreadable where a side that is a list of messages ends with what is no answer."""
    last = _role(value[-1]) if isinstance(value, list) and value and isinstance(value[-1], dict) else ""
    if last in ("user", "system", "tool"):
        raise Unreadable(f"{side} ends with a turn of the {last}: the pair has no answer there")


def _inside(value: Any, side: str, asked: str) -> tuple[str, str, str]:
    """The last prompt, what was answered, and what was said before them: of a side that is a list of messages, or a
    transcript as in HH. With a prompt beside the sides (``asked``) no turn is needed but the last of a list, a text is
    all an answer, and what is said before them is what can be read of it."""
    if isinstance(value, list):
        turns = [one for one in value[:-1] if isinstance(one, dict)]
        return asked or _before(turns, side), _said(value, side), _talked(turns)
    text = _string(value, side)
    before, mark, body = text.rpartition("\n\nAssistant:")
    if not mark or not before.lstrip().startswith("Human:"):
        return asked, text, ""
    earlier, _, prompt = f"\n\n{before.lstrip()}".rpartition("\n\nHuman:")
    return (asked, text, earlier.strip()) if asked else (prompt.strip(), body.strip(), earlier.strip())


def _talked(turns: Sequence[Data]) -> str:
    """What can be read of the turns before the last of ``turns``."""
    return "\n".join(piece for one in _earlier(turns) for piece in pieces(said_in(one)))


def _earlier(turns: Sequence[Data]) -> list[Data]:
    """The turns before the last of ``turns``."""
    return [one for one in turns[-EARLIER:-1] if _role(one) in ("user", "assistant")]


def _turns(number: int, data: Data, brief: Data, field: str, before: Sequence[Any] = ()) -> list[Part]:
    """Every turn of an assistant in a list, with the turn before it as its prompt; ``before`` come before the list.

    A length was asked of the last one.
    """
    messages = data[field]
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in (*before, *messages)):
        raise Unreadable(f"{field} is no list of objects")
    system = _system(data)
    places = [place for place, one in enumerate(messages) if _role(one) in ("assistant", *CALLED)]
    if not places:
        roles = ", ".join(dict.fromkeys(_role(one) or "none" for one in messages))
        raise Unreadable(f"{field} without a turn of an assistant; its roles: {roles[:80] or 'none'}")
    parts = []
    for place in places:
        if _role(messages[place]) in CALLED:
            continue  # all that it holds is the call
        turns = [*before, *messages[:place]]
        prompt = _before(turns, field)
        earlier = "\n".join(_content(one, field) for one in _earlier(turns))
        last = place == places[-1]
        ended = data if last else {**data, "finish_reason": "stop", "prompt_rendered": ""}
        if calls := _calls(messages[place]) and _or(ended, "finish_reason", str, "").lower() in (*STOPPED, *CALLED):
            ended = {**ended, "finish_reason": CALLED[0]}
        asked = brief if last else {key: value for key, value in brief.items() if key not in ("words", "chars")}
        name = f"{field}[{place}]"
        body = _content(messages[place], name)
        if calls and not body.strip():
            continue
        around = Around(prompt, system, earlier)
        parts.append(Part(f"{name}.{_key(messages[place])}", _text(number, ended, asked, body, around)))
    return parts


def _calls(turn: Data) -> bool:
    """Whether a turn calls a tool, as OpenAI's servers write it (now or before), or as a piece of its content."""
    content, old = turn.get("content"), turn.get("function_call")
    pieces = content if isinstance(content, list) else []
    return (
        bool(turn.get("tool_calls"))
        or (any(old.values()) if isinstance(old, dict) else bool(old))
        or any(isinstance(one, dict) and one.get("type") in ("tool_use", "tool_call") for one in pieces)
    )


def _role(message: Data) -> str:
    found = message.get("role") or message.get("from")
    return ROLES.get(found.lower(), found.lower()) if isinstance(found, str) else ""


def _before(turns: Sequence[Data], field: str) -> str:
    """The last thing that a user said: a turn may have results of tools alone."""
    asks = (_content(one, field) for one in reversed(turns) if _role(one) == "user")
    return next((one for one in asks if one), "")


def _system(data: Data) -> str:
    if isinstance(data.get("system"), str):
        return str(data["system"])
    for field in (*CHATS, "prompt", "chosen"):
        found = data.get(field)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and _role(one) == "system":
                return _content(one, field)
    return ""


def _said(value: Any, field: str) -> str:
    """A text, or the last thing that a list of messages says."""
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        return _content(value[-1], field)
    return _string(value, field)


def _key(message: Data) -> str:
    return "value" if "value" in message and "content" not in message else "content"


def _content(message: Data, field: str) -> str:
    """What a message says: a text, nothing, or pieces of which some are text."""
    value = said_in(message)
    if value is None:
        return ""
    return "\n".join(pieces(value)) if isinstance(value, list) else _string(value, field)


def said_in(message: Data) -> Any:
    """What a message holds, whatever it is."""
    return message.get(_key(message))


def pieces(value: Any) -> list[str]:
    """The texts of a message's content, or of anything else; none where it holds none."""
    found = [one.get("text") for one in value if isinstance(one, dict)] if isinstance(value, list) else [value]
    return [piece for piece in found if isinstance(piece, str)]


def _string(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{field} is no text")
    return value


def _text(number: int, data: Data, brief: Data, body: str, around: Around) -> Text:
    """Built without validation, which would refuse lone surrogates: gates are to find them."""
    finish = _or(data, "finish_reason", str, "stop")
    made = Provenance.model_construct(
        voice=_voice(data),
        voice_fingerprint="",
        prompt=around.prompt,
        before=around.before,
        system=around.system,
        topic=_or(data, "topic", str, ""),
        level=level_of(data, brief) or 0,
        finish_reason="stop" if finish in STOPPED else finish,
        prompt_rendered=_or(data, "prompt_rendered", str, ""),
        persona=_or(data, "persona", str, ""),
        asked=Asked.model_construct(
            language=_or(brief, "language", str, ""),
            words=bounds(brief.get("words")),
            chars=bounds(brief.get("chars")),
        ),
    )
    return Text.model_construct(id=str(number), control=_or(data, "control", str, ""), body=body, made=made)


def _voice(data: Data) -> str:
    return next((data[key] for key in ("generator", "voice", "model") if isinstance(data.get(key), str)), "")


def _or(data: Data, key: str, kind: type, instead: Any) -> Any:
    value = data.get(key)
    return value if isinstance(value, kind) and not isinstance(value, bool) else instead
