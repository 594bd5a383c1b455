"""One chat renderer per model, on token ids from end to end: what is sampled is what is trained and scored.

A template is run on a conversation whose contents are opaque marks, one character each, so that it can read nothing
in what people say; the contents take their places afterwards. So a conversation's ids are made of two kinds of text:
the template's, in which marks such as ``<|im_start|>`` are tokens, and people's, in which they are text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from greenlight.character import chat_folder, sandbox
from greenlight.character.spelling import Span, Spelled, Spelling
from greenlight.character.thoughts import EMPTY, OPENED, SHUT, TAGS
from greenlight.chats import Manner, Turn, Turns, misordered
from greenlight.errors import InputError
from greenlight.nouns import fingerprint

FIRST_MARK = 0x100000
MARK = re.compile("[\U00100000-\U0010ffff]")
"""What stands for a content while a template runs: one private character a turn."""
DEFAULT = Manner()


class Unlike(InputError):
    """An answer that this template shows in another form when more follows: it cannot be learned where it stands."""


@dataclass(frozen=True)
class Rendered:
    """A conversation in tokens. ``mask`` is 1 where a token is learned: the assistant's text and its end token."""

    ids: list[int]
    mask: list[int]


@dataclass(frozen=True)
class _Text:
    """A conversation as its template wrote it. ``said``: a span a turn; ``cuts``: where what is learned of each answer
    begins; ``asked``: where prompts end."""

    text: str
    said: tuple[Span, ...]
    cuts: tuple[int, ...]
    asked: tuple[int, ...]


@dataclass
class Renderer:
    """The chat format of one model; ``open`` makes one.

    ``template`` is its name (``own``, ``plain``, a name in the folder, or a file), ``bos`` the token that every
    conversation begins with (None: none), ``ends`` the tokens that end an answer, and ``hash`` covers the template and
    all of the tokenizer that decides ids.
    """

    folder: Path
    template: str
    source: str
    spelling: Spelling
    tokens: dict[str, str]
    hash: str
    bos: int | None = None
    ends: frozenset[int] = frozenset()
    _adds_bos: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        self._skeleton = lru_cache(maxsize=4096)(self._run)

    @classmethod
    def open(cls, folder: Path, template: str = "") -> Renderer:
        """The renderer of a ``transformers`` folder; no weights are read.

        ``template``: empty for the folder's own, ``plain`` for the house's, the name of one that the folder holds
        beside its own, or a file. Raises InputError when the folder has none, when its own is not the one that the
        model was trained with (``greenlight_chat.json``), or when no conversation can be written with it.
        """
        files = chat_folder.read(folder)
        name, source = files.template(template)
        spelling = Spelling(files.tokenizer, str(folder / chat_folder.TOKENIZER))
        tokens = files.tokens(spelling)
        ends = {name: tokens.get(name) for name in ("bos_token", "eos_token")}
        made = fingerprint({"template": source, "tokenizer": spelling.hash, "tokens": ends})
        if not template:
            chat_folder.agree(folder, made)
        self = cls(Path(folder), name, source, spelling, tokens, made)
        bos = spelling.prefix if spelling.prefix is not None else spelling.id(tokens.get("bos_token", ""))
        self.ends = self._ends(files.ends(spelling))
        begun = self.prompt((Turn(role="user", content="a"),))[:2]
        if bos is not None and begun == [bos, bos]:
            raise InputError(f"{self._where} writes the start token {spelling.name(bos)} twice: remove one of them")
        if bos is not None and begun[0] != bos and (spelling.prefix is not None or files.adds_bos):
            self._adds_bos = True
        self.bos = bos if self._adds_bos or begun[:1] == [bos] else None
        return self

    # ------------------------------------------------------------ conversations in tokens

    def prompt(self, turns: Turns, manner: Manner = DEFAULT) -> list[int]:
        """The ids of a conversation up to the answer that is asked for; it ends with a user's turn.

        Raises InputError where the template refuses the conversation, or drops a part of it.
        """
        asked = self._asked(turns, manner.thinking)
        whole = replace(asked, text=asked.text + manner.opening)
        return self._begun(self._spell(whole).ids)

    def whole(self, turns: Turns, learned: Sequence[int] | None = None, thinking: bool | None = None) -> Rendered:
        """A conversation that ends with an answer, in tokens, and which of them are learned.

        It begins with exactly the ids of ``prompt`` up to each answer that is learned (with ``Manner.thinking`` as
        ``thinking``); what the template puts between them (an empty thought) is not learned. ``learned``: indices of
        the assistant's turns; None is all of them.

        Raises Unlike where an earlier answer stands in another form than it was asked for, so that its ids could not be
        sampled (``each`` splits such a conversation); InputError as ``prompt``, and where no end token follows.
        """
        if problem := misordered(turns, "assistant"):
            raise InputError(f"a conversation to learn from is out of order: {problem}")
        answers = [number for number, turn in enumerate(turns) if turn.role == "assistant"]
        wanted = sorted(set(answers if learned is None else learned))
        if odd := [number for number in wanted if number not in answers]:
            raise InputError(f"turn {odd[0]} is to be learned, and is none of the assistant's")
        made = self._completed(turns, thinking)
        starts = dict(zip(answers, made.cuts, strict=True))
        for number in wanted[: -1 if wanted and wanted[-1] == answers[-1] else None]:
            self._same_place(turns, number, made, starts[number], thinking)
        spelled = self._spell(made)
        mask = [0] * len(spelled.ids)
        for number in wanted:
            first, last = spelled.index(starts[number]), self._end(made, spelled, number)
            mask[first : last + 1] = [1] * (last + 1 - first)
        ids = self._begun(spelled.ids)
        return Rendered(ids, [0] * (len(ids) - len(mask)) + mask)

    def each(self, turns: Turns, learned: Sequence[int] | None = None, thinking: bool | None = None) -> list[Rendered]:
        """``whole`` in as many sequences as it takes: one, or where that is Unlike, one for each learned answer, after
        exactly what it is asked with."""
        try:
            return [self.whole(turns, learned, thinking)]
        except Unlike:
            answers = [number for number, turn in enumerate(turns) if turn.role == "assistant"]
            wanted = answers if learned is None else sorted(set(learned))
            return [self.whole(turns[: number + 1], (number,), thinking) for number in wanted]

    def parse(self, ids: Sequence[int], manner: Manner = DEFAULT) -> tuple[str, str, bool]:
        """``(visible, hidden, finished)`` of an answer's ids as they were drawn after ``prompt(…, manner)``.

        ``hidden`` is a thought that begins the answer, or that the prompt opened; one that does not end is all there
        is. Other marks that were drawn stay visible, spelled out.
        """
        stop = next((place for place, one in enumerate(ids) if one in self.ends), None)
        text = self.spelling.decode(ids[:stop])
        opened = OPENED.search(self._tail(manner.thinking) + manner.opening)
        for begin, end in TAGS:
            if opened and opened["tag"] == begin:
                thought, _, text = text.partition(end)
                return text.lstrip() if text else "", thought.strip(), stop is not None
            if not opened and text.lstrip().startswith(begin):
                thought, _, rest = text.lstrip().removeprefix(begin).partition(end)
                return rest.lstrip(), thought.strip(), stop is not None
        return (text.lstrip() if self._filler.isspace() else text), "", stop is not None

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the template does, found by what it writes; see ``behaviour.facts``."""
        from greenlight.character import behaviour

        return behaviour.facts(self)

    def write(self, folder: Path, **more: str) -> None:
        """Puts tokenizer, template and ``greenlight_chat.json`` into a folder that gets a model of this format.

        ``more`` is kept in the record: ``base_sha256`` of an adapter, say.
        """
        chat_folder.write(self.folder, folder, self.source, {"template": self.template, "hash": self.hash, **more})

    # ------------------------------------------------------------ conversations in text

    @property
    def _where(self) -> str:
        return f"the chat template of {self.folder}" + (f" ({self.template})" if self.template != "own" else "")

    def _asked(self, turns: Turns, thinking: bool | None) -> _Text:
        if problem := misordered(turns, "user"):
            raise InputError(f"a conversation that asks for an answer is out of order: {problem}")
        return self._with_cuts(turns, *self._filled(turns, True, thinking), thinking)

    def _with_cuts(self, turns: Turns, text: str, said: tuple[Span, ...], thinking: bool | None) -> _Text:
        """Where each earlier answer begins: where its own prompt ended, or at its first character."""
        cuts, ends = [], []
        for number, turn in enumerate(turns):
            if turn.role == "assistant":
                before, start = self._filled(turns[:number], True, thinking)[0], said[number][0]
                like = text.startswith(before) and len(before) <= start
                ends += [len(before)] if like else []
                cuts.append(len(before) if like and not text[len(before) : start].strip() else start)
        return _Text(text, said, tuple(cuts), tuple(ends))

    def _completed(self, turns: Turns, thinking: bool | None) -> _Text:
        """The prompt of the last answer, what the template puts before it, the answer, and what follows it."""
        asked = self._asked(turns[:-1], thinking)
        full, said = self._filled(turns, False, thinking)
        start, stop = said[-1]
        filler = self._between(asked.text, full[:start])
        text = asked.text + filler + full[start:]
        moved = len(text) - len(full)
        begin = len(asked.text) if not filler.strip() else start + moved
        said = (*asked.said, (start + moved, stop + moved))
        return _Text(text, said, (*asked.cuts, begin), (*asked.asked, len(asked.text)))

    def _between(self, prompt: str, before: str) -> str:
        """What comes between a prompt and its answer, ``before`` being the template's own text up to it.

        White space and an empty thought may. Where the prompt opens or adds a thought that the answer's turn does not
        have, the prompt stands, as it is what is sampled from, and an open thought is closed, empty.
        """
        if before.startswith(prompt):
            rest = before[len(prompt) :]
            if not rest.strip() or EMPTY.fullmatch(rest) or (OPENED.search(prompt) and SHUT.fullmatch(rest)):
                return rest
            raise InputError(
                f"{self._where} writes no generation prompt: a model that is asked would have to begin with "
                f"{rest[:60]!r} by itself; give another with --template FILE, or --template plain"
            )
        for ending in (EMPTY, OPENED):
            found = ending.search(prompt)
            if (
                found
                and before.startswith(base := prompt[: found.start()].rstrip())
                and (not (rest := before[len(base) :]).strip() or EMPTY.fullmatch(rest))
            ):
                return "" if ending is EMPTY else f"\n{dict(TAGS)[found['tag']]}\n\n"
        raise InputError(
            f"{self._where} asks for an answer in another form than it shows one, so what is trained could not be "
            "sampled: give another with --template FILE, or --template plain"
        )

    def _same_place(self, turns: Turns, number: int, made: _Text, start: int, thinking: bool | None) -> None:
        """Raises Unlike unless the earlier answer stands where its own prompt ends."""
        own = self._asked(turns[:number], thinking)
        between = made.text[len(own.text) : made.said[number][0]]
        like = made.text.startswith(own.text) and start >= len(own.text)
        if not like or (between.strip() and not EMPTY.fullmatch(between) and not SHUT.fullmatch(between)):
            raise Unlike(
                f"{self._where} shows answer {number} in another form than it asks for it (thinking is dropped from "
                "earlier turns): learn the last answer alone, or each in a sequence of its own"
            )

    def _end(self, made: _Text, spelled: Spelled, number: int) -> int:
        """The index of the end token of an answer. Raises InputError where none follows."""
        stop = made.said[number][1]
        limit = made.said[number + 1][0] if number + 1 < len(made.said) else len(made.text)
        place, mark = next(((p, m) for p, m in spelled.marks if stop <= p < limit), (0, -1))
        if mark not in self.ends:
            raise InputError(f"{self._where} {NO_END}")
        return spelled.index(place)

    def _ends(self, named: frozenset[int]) -> frozenset[int]:
        """Tokens that end an answer: what the template writes after one, and those that the folder names."""
        turns = (Turn(role="user", content="a"), Turn(role="assistant", content="b"))
        text, said = self._filled(turns, False, None)
        marks = self.spelling.spell(text, said, ()).marks
        found = next((mark for place, mark in marks if place >= said[1][1]), None)
        if found is None or (self.spelling.name(found) not in self.spelling.special and found not in named):
            raise InputError(f"{self._where} {NO_END}")
        return named | {found}

    def _spell(self, made: _Text) -> Spelled:
        return self.spelling.spell(made.text, made.said, (*made.cuts, *made.asked))

    def _begun(self, ids: list[int]) -> list[int]:
        return [self.bos, *ids] if self._adds_bos and self.bos is not None else ids

    def _filled(self, turns: Turns, asks: bool, thinking: bool | None) -> tuple[str, tuple[Span, ...]]:
        """The template's text with the contents in their places, and the span of each. Raises InputError."""
        shape = []
        for number, turn in enumerate(turns):
            core = turn.content.strip()
            lead = turn.content[: len(turn.content) - len(turn.content.lstrip())]
            trail = turn.content[len(lead) + len(core) :]
            shape.append((turn.role, lead, trail))
            if not turn.content.isascii() and (lone := re.search("[\ud800-\udfff]", turn.content)):
                raise InputError(f"turn {number + 1} holds the lone surrogate U+{ord(lone[0]):04X}: remove it")
        text, places = self._skeleton(tuple(shape), asks, thinking)
        said: dict[int, Span] = {}
        out: list[str] = []
        begin = length = 0
        for place in places:
            number = ord(text[place]) - FIRST_MARK
            core = turns[number].content.strip()
            out += (text[begin:place], core)
            length += place - begin
            said.setdefault(number, (length, length + len(core)))
            length += len(core)
            begin = place + 1
        return "".join(out) + text[begin:], tuple(said[number] for number in range(len(turns)))

    def _run(
        self, shape: tuple[tuple[str, str, str], ...], asks: bool, thinking: bool | None
    ) -> tuple[str, tuple[int, ...]]:
        """The template on contents that are a mark each, between their own white space; and where the marks stand."""
        messages = [
            {"role": role, "content": f"{lead}{chr(FIRST_MARK + number)}{trail}"}
            for number, (role, lead, trail) in enumerate(shape)
        ]
        text = self.written(messages, asks, thinking)
        places = tuple(found.start() for found in MARK.finditer(text))
        count = [0] * len(shape)
        for place in places:
            number = ord(text[place]) - FIRST_MARK
            if number >= len(shape):
                raise InputError(f"{self._where} writes U+{ord(text[place]):X}, a private character: remove it")
            count[number] += 1
        for number, (role, *_) in enumerate(shape):
            if count[number] != 1:
                how = "leaves out" if not count[number] else "repeats"
                raise InputError(
                    f"{self._where} {how} turn {number + 1}, the {role}'s: give another with --template FILE, or "
                    "--template plain"
                )
        return text, places

    def written(self, messages: Sequence[dict[str, str]], asks: bool, thinking: bool | None) -> str:
        """What the template writes for messages as they are. Raises InputError, in one line."""
        switch = {} if thinking is None else {"enable_thinking": thinking, "thinking": thinking}
        values = {
            "messages": [dict(one) for one in messages],
            "tools": None,
            "documents": None,
            "add_generation_prompt": asks,
            **self.tokens,
            **switch,
        }
        try:
            return sandbox.render(self.source, values)
        except ValueError as error:
            raise InputError(f"{self._where} {error}") from None

    def _tail(self, thinking: bool | None) -> str:
        """What a prompt ends with."""
        return self._filled((Turn(role="user", content="a"),), True, thinking)[0]

    @cached_property
    def _filler(self) -> str:
        """What comes between a prompt and its answer."""
        turns = (Turn(role="user", content="a"), Turn(role="assistant", content="b"))
        made = self._completed(turns, None)
        return made.text[made.cuts[0] : made.said[1][0]]


NO_END = (
    "writes no end token after an answer, so a model of it would learn no end: give another with --template FILE, or "
    "--template plain"
)


def write_plain(folder: Path) -> Renderer:
    """Gives a folder without a chat template the plain one, the house's, and the record of it.

    Raises InputError when it has one, or its tokenizer names no end token.
    """
    chat_folder.add(folder, chat_folder.PLAIN)
    made = Renderer.open(folder)
    made.write(folder, template="plain")
    return made


def load(text: str, where: str) -> Turns:
    """Turns from JSON: a list of ``{"role": …, "content": …}``, or an object with such a list as ``messages`` or
    ``turns``. Raises InputError."""
    try:
        data = json.loads(text)
        if isinstance(data, dict):
            data = data.get("messages", data.get("turns"))
        return tuple(Turn(role=one["role"], content=one["content"]) for one in data)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(
            f'{where} is no conversation: write [{{"role": "user", "content": "…"}}, …] as JSON, with the roles '
            "system, user and assistant"
        ) from None
