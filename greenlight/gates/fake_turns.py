"""The voice goes on with the conversation by itself: role markers, in any dress, outside code and quoted scripts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from greenlight.gates import _around, _expected, _heads, _speech, _text, _tokens, _turns
from greenlight.gates._dress import HEADINGS, HINTS, INLINE, LINE, PLAIN_HINTS, SPECIAL_HINTS, TOKENS
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

VERSION = 6
NAMED = re.compile(
    r"\b(?:writes|emits|adds|puts|outputs|prints|sends|the|an?|and|or|like|as|called|with|by|in|use|uses|tokens?|"
    r"markers?|tags?|und|et|y|between|of|is|are|"
    r"write|see|after|before|each|every|to)[ \t]$",
    re.IGNORECASE,
)
SPOKEN_OF = re.compile(
    r"[ \t]*(?:tokens?|markers?|tags?|marks?|and|or|in|is|are|to|at|before|after|begins?|ends?|starts?|opens?|closes?|"
    r"for|then|with|when|which|that|means?|[.,;)])",
    re.IGNORECASE,
)
"""What stands before and after a token that is a word."""
RARE = re.compile(r"[:：>\]=👤🧑👩👨🙋🙂🤖🙍🗣💁]|\.[ ]\w+\n|\n[ ]?#|【|\n[qQ]\d?[.)] ")
"""One of them is in every turn of rarer dress."""
BARE = ("user", "assistant", "human", "model", "用户", "助手")
"""Role words that a template leaves on a line when its tokens are not decoded."""
MOST = 500
"""Markers of one text that are looked at."""
LONGEST = 20_000
"""Characters of a prompt that are read."""
JSON = re.compile(r"\bJSON|\brole|\bmessages\b|\bAPI\b|\bcode\b", re.IGNORECASE)
STAYS = 400
"""Characters from the start in which a script's own speakers appear."""
PARTIES = re.compile(
    r"\b(?:users?|humans?|assistants?|\w*bots?|AI|KI|IA|robots?|machines?|models?|chat\w*|support|agents?|androids?|"
    r"computers?|program|transcripts?|logs?|few-shot|prompts?|customers?)\b|用户|助手|机器|ユーザー|アシスタント|"
    r"ロボット|사용자|로봇",
    re.IGNORECASE,
)
"""Who speaks under such labels, in a prompt that asks for a script."""
ANEW = re.compile(
    r"\W{0,4}(?:(?:thanks?(?: you)?|great|nice|good|cool|ok|okay|perfect|lovely)[!,. ]+)?(?:(?:can|could|would|will) "
    r"you (?:please )?)?(?:now )?(?:please )?"
    r"(?:make it|write|rewrite|continue|go on|translate|another|shorten|summari[sz]e|add an?|a (?:longer|shorter|"
    r"funnier|sadder|different) one|"
    r"(?:make|write) (?:me )?(?:a|an|another)|more\b|again\b|change the|give me|explain)",
    re.IGNORECASE,
)
"""What is asked of a writer after the text: not of a figure in it."""
SYSTEM = re.compile(
    r"\W{0,4}(?:you(?:'re|’re| are| will| must| should)\b|(?:the |a |an |end of |new )?(?:conversation|chat|dialogue|"
    r"user|assistant) (?:has|have|is|was|will|wants|asked|ended|must|should|ends|begins|starts|resets?|restarts?)\b)",
    re.IGNORECASE,
)
"""What is said to a model, or of its talk."""
JOINS = 3
"""Lines of others before a speaker's first."""


@dataclass(frozen=True)
class Mark:
    """One role marker at the head of a line, or after a sentence."""

    start: int
    end: int
    role: str
    said: bool
    company: bool


@dataclass(frozen=True)
class Gate:
    """Flags the markers of chat templates, and a turn of ``Human:``, ``User:`` or ``Assistant:`` that says something.

    Code, quoted lines, quoted speech and quoted logs are left out, and so is a text of speakers that was asked for,
    in which the role speaks from the beginning. Credentials, glossaries and lists of roles are not turns.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the marker."""
        body, prompt = sample.body, sample.made.prompt
        if len(prompt) > LONGEST:  # what it asks for stands at its ends
            made = sample.made.model_copy(update={"prompt": prompt[: LONGEST // 2] + prompt[-LONGEST // 2 :]})
            sample = sample.model_copy(update={"made": made})
        special = any(hint in body for hint in SPECIAL_HINTS)
        special = special or ("##" in body and any(word in body for word in HEADINGS))
        low = body.lower()
        spoken = (":" in body or "：" in body or "\n" in body or special) and any(
            hint in low for hint in (PLAIN_HINTS if body.isascii() else HINTS)
        )
        if not special and not spoken and not RARE.search(body):
            return None
        quoted = _speech.quoted(body)
        spans = _unquoted_tail(body, quoted)
        turns = self._rare(sample, spans, spoken)
        if not special and not spoken:
            return turns
        if special:
            for token in islice(TOKENS.finditer(body), MOST):
                if _printed(token.group(), sample.made.prompt):
                    continue
                if not _text.inside(spans, token.start()) and not _about(body, *token.span()):
                    return self._flag(body, *token.span(), 1.0)
        mark = _turn(sample, spans) if spoken else None
        return turns if mark is None else self._flag(body, mark.start, mark.end, 0.9)

    def _rare(self, sample: Text, spans: list[_text.Span], spoken: bool) -> Flag | None:
        """Turns in other dress: tokens at the end, records, questions with answers, faces, marks within a line."""
        body, prompt = sample.body, sample.made.prompt
        for start, end in _turns.token(body, prompt):
            if not _text.inside(spans, start) and not _about(body, start, end):
                return self._flag(body, start, end, 0.9)
        again = _expected.reopened(body, prompt)
        if again and not _text.inside(spans, again[0]):
            return self._flag(body, *again, 0.8)
        if _expected.talked(prompt):
            return None
        span = (
            _turns.noted(body, prompt, spans)
            or _turns.pair(body, prompt, spans)
            or _turns.within(body, prompt, spans)
            or (_heads.turn(body, prompt, spans) if spoken or _heads.BEGINS.search(body) else None)
        )
        if span is None or (_expected.ROLES.search(prompt) and _resumed(body, _marks(body))):
            return None
        return self._flag(body, *span, 0.8)

    def _flag(self, body: str, start: int, end: int, score: float) -> Flag:
        marker = " ".join(body[start:end].split())[:40].encode("utf-8", "replace").decode()  # half a surrogate pair
        return Flag(
            gate="fake_turns",
            reason=f"a turn that nobody took: '{marker}'",
            span=(start, end),
            score=score,
            version=VERSION,
        )


def _unquoted_tail(body: str, spans: list[_text.Span]) -> list[_text.Span]:
    """Without quoted lines that end a text after others: a conversation goes on in them."""
    at = len(body.rstrip())
    while at > 0:
        start = body.rfind("\n", 0, at) + 1
        line = body[start:at].strip()
        if line and not line.startswith(">"):
            break
        at = start - 1
    return spans if at <= 0 else [span for span in spans if span[0] < at or body[span[0]] != ">"]


def _printed(token: str, prompt: str) -> bool:
    """Whether the prompt leads to such tokens: they are its subject, or the form that it asks for."""
    if token[0] == "{" and JSON.search(prompt):
        return True
    if token.lstrip()[0] == "#" and (_expected.FORMS.search(prompt) or _turns.ASKED.search(prompt)):
        return True
    return _expected.PRINTED.search(prompt) is not None or _expected.is_row(prompt, token.lstrip())


def _about(body: str, start: int, end: int) -> bool:
    """Whether a token is written about: a word of a sentence."""
    line = body[body.rfind("\n", max(0, start - 200), start) + 1 : start][-60:]
    within = NAMED.search(line) is not None and SPOKEN_OF.match(body, end) is not None
    return within or _tokens.subject(body, start, end)


def _turn(sample: Text, spans: list[_text.Span]) -> Mark | None:
    """The first marker that begins an invented turn."""
    body = sample.body
    prompt = sample.made.prompt
    marks = [mark for mark in _marks(body) if not _text.inside(spans, mark.start)]
    marks = [mark for mark in marks if not _expected.is_row(prompt, body[mark.start : mark.end])]
    if not marks or (_around.listed(body) and not _expected.talked(prompt)):
        return None
    marks.sort(key=lambda mark: mark.start)
    roles = {m.role for m in marks}
    paired = bool(roles & {"user", "ask"}) and bool(roles & {"sure", "bot"})
    counted = [
        m
        for m in marks
        if m.said and (m.role in ("user", "sure") or (paired and m.role in ("bot", "ask")) or m.role == "system")
    ]
    counted = [m for m in counted if not _around.introduced(body, m.start)]
    late = paired and len(body[: marks[0].start].strip()) > STAYS // 5
    counted = [m for m in counted if late or not _subject(sample, m, paired)]
    if not counted:
        return None
    return _strange(sample, counted, marks)


def _subject(sample: Text, mark: Mark, paired: bool) -> bool:
    """Whether a role is what the text is about, and nothing is requested of it."""
    body, prompt = sample.body, sample.made.prompt
    said = body[mark.end : mark.end + 400].strip().split("\n", 1)[0]
    if len(said) >= 12 and said[:40] in prompt:
        return False  # the request itself, once more
    if "{{" in body[mark.start : mark.end] and _expected.FORMS.search(prompt):
        return True
    if not paired and not body[: mark.start].strip() and mark.role == "user":
        return not _expected.STRONG.match(said)  # one label at the head, and no answer
    if mark.company and _named(body, mark, prompt):
        return True
    if not paired and mark.role == "sure" and _around.resumed(body, mark.start, mark.end) and len(said) < 70:
        return not _expected.STRONG.match(said)
    own = (not paired and _named(body, mark, prompt)) or _expected.FORMS.search(prompt) is not None
    return own and bool(said) and not _expected.STRONG.match(said)


def _named(body: str, mark: Mark, prompt: str) -> bool:
    """Whether the prompt has the word of the role."""
    word = re.search(r"[^\W\d_]+", body[mark.start : mark.end])
    return word is not None and len(word[0]) >= 2 and word[0].lower()[:4] in prompt.lower()


def _marks(body: str) -> list[Mark]:
    found = []
    for m in islice(LINE.finditer(body), MOST):
        role = next(kind for kind in _around.KINDS if m[kind])
        colon = m["arrow"] is None and m["bare"] is None and m["held"] is None
        start = m.start() + len(m["pre"]) - len(m["pre"].lstrip())
        said, company = _says(body, m, role, colon)
        found.append(Mark(start, m.end(), role, said, company))
    for m in islice(INLINE.finditer(body), MOST):
        start = m.start() + len(m.group()) - len(m.group().lstrip())
        content = body[m.end() : m.end() + 200].split("\n", 1)[0]
        said = _utterance(content, True) and not _turns.MEANING.match(content) and not _listed(body, m.start(), content)
        found.append(Mark(start, m.end(), "user" if m["user"] else "sure", said, False))
    return found


def _listed(body: str, place: int, content: str) -> bool:
    """Whether other labels stand in the same line, as in a list of credentials."""
    line = body[max(0, place - 200) : place].rsplit("\n", 1)[-1]
    return re.search(r"[.;,]\s?[A-Z]\w+:\s", line) is not None or re.search(r"[.;,]\s?\w+:\s", content) is not None


def _says(body: str, m: re.Match[str], role: str, colon: bool) -> tuple[bool, bool]:
    """Whether something is said after a marker, and whether other labels stand beside it."""
    content = body[m.end() : m.end() + 300].split("\n", 1)[0].strip()
    dressed = any(c in m["pre"] for c in "#*[<【_「") or bool(m["close"])
    follows = content or body[m.end() : m.end() + 400].strip().split("\n", 1)[0]
    word = next(m[kind] for kind in _around.KINDS if m[kind])
    company = _around.company(body, m.start(), m.end())
    if not follows:  # a template stopped here
        headed = "#" in m["pre"] and m["bare"] is not None
        return (colon or headed) and role in ("user", "sure") and m.start() >= _turns.LEAST and not company, company
    request = _turns.SAYING.search(follows) is not None
    if m["worded"] or m["lead"]:
        past = ("said", "asked", "wrote", "replied")
        told = (m["lead"] or "").lower() == "the " and (m["worded"] or "").lower().endswith(past)
        if told or (follows.lower().startswith("what ") and not follows.endswith("?")):
            return False, company
        more = len(follows.split()) >= 3 or follows.endswith("?")
        return ((request and more) or _turns.WORD.fullmatch(follows) is not None) and not _turns.MEANING.match(
            follows
        ), company
    dressed = dressed or m["stamp"] is not None or m["time"] is not None
    if role == "system":
        return SYSTEM.match(follows) is not None, company
    if m["bare"] is not None:
        before = body[: m.start()].rstrip()[-200:].rsplit("\n", 1)[-1]
        plain = word in (word.lower(), word.upper()) and word.lower() in BARE
        if (not dressed and not plain) or follows.startswith(("- ", "* ")):
            return False, company
        if _turns.DESCRIBES.match(follows) or (dressed and _around.siblings(body, m)):
            return False, company
        if role == "ask" and not _turns.SAYING.search(follows):
            return False, company
        if word.lower() == "human" and not _turns.SAYING.search(follows):
            return False, company
        alone = len(before) >= 20 or not before
        return alone and _utterance(follows, True) and not (dressed and company) and len(follows) >= 8, company
    if not colon:
        ends = follows.endswith(("?", "!")) or (role == "user" and (len(follows.split()) >= 3 or follows.endswith(".")))
        ends = ends or _turns.WORD.fullmatch(follows) is not None
        return request and ends and not _turns.MEANING.match(follows) and not company, company
    if _turns.MEANING.match(follows):
        return False, company
    if company:
        strong = _expected.STRONG.match(follows) is not None
        return strong and (follows.endswith("?") or len(follows.split()) >= 3), company
    return _utterance(follows, bool(_turns.SAYING.search(follows))), company


def _utterance(content: str, request: bool) -> bool:
    """Whether a line is said by someone: it ends like a sentence, asks, or is long enough."""
    said = content.strip().rstrip("*_\"”'’)]» ")
    if " | " in said or " -> " in said or _turns.DESCRIBES.match(said):
        return False  # a line of a log, or what a role does
    if not said or not any(map(str.isalnum, said)):
        return False
    if said[-1] in ".!?…。！？।؟" and not re.fullmatch(r"\S*\d\S*", said):
        return True
    words = said.split()
    if any(ord(c) > 0x2E80 for c in said):
        return len(said) >= 3
    if len(words) == 1:
        return _turns.WORD.fullmatch(said) is not None
    return (request and len(words) >= 2) or (len(words) >= 6 and sum(w[:1].islower() for w in words) >= 3)


def _strange(sample: Text, counted: list[Mark], marks: list[Mark]) -> Mark | None:
    """The first turn that does not belong to a script, which the text is from its beginning."""
    body, prompt = sample.body, sample.made.prompt
    first: dict[str, int] = {}
    for mark in marks:
        first.setdefault(mark.role, mark.start)
    labels = list(islice(_around.LABEL.finditer(body[:20_000]), MOST))
    speakers = Counter(m[1].split("(")[0].strip().lower() for m in labels)
    given = _around.embedded(prompt)
    asked = _expected.talked(prompt) or _expected.shown(prompt) or bool(given)
    people = {s for s in speakers if LINE.match(s + ":") is None}
    steady = {s for s in people if speakers[s] >= 2}
    others = people if asked else steady
    opens = _expected.parties(prompt) or _expected.listed(prompt, set(speakers))
    resumed = (asked or _expected.ROLES.search(prompt) is not None) and _resumed(body, marks)
    roles = set(first)
    voices = len(first) + len(others)
    opened = min(labels[0].start() if labels else len(body), marks[0].start)
    if opened <= STAYS // 8 and len(roles) == 1 and sum(m.role == counted[0].role for m in marks) >= 3:
        return None  # every line begins so
    for mark in counted:
        if mark.role == "user" and steady and ANEW.match(body, mark.end) and not _around.embedded(prompt):
            return mark
        said = body[mark.end : mark.end + 400].lstrip()
        if asked and others and not roles & {"sure", "bot"} and not _expected.STRONG.match(said):
            continue
        if resumed and not ANEW.match(body, mark.end):
            continue
        at = first[mark.role]
        late = len(body[:at].strip()) > STAYS or sum(m.start() < at for m in labels) > JOINS
        if mark.role in given:
            continue
        preface = body[:opened] if opened <= STAYS // 2 else body[:STAYS]
        begins = len(preface.split()) <= 6 or (opened <= STAYS // 2 and PARTIES.search(prompt) is not None)
        named = opens and (len(preface.split()) <= 6 or preface.rstrip().endswith((":", "：")))
        if voices >= 2 and named and _named(body, mark, prompt):
            continue
        before = {m[1].split("(")[0].strip().lower() for m in labels if m.start() < at} & people
        if len(before) >= 2 and {"user"} < roles and roles & {"sure", "bot"} and not _expected.ROLES.search(prompt):
            return mark
        if not late and voices >= 2 and ((asked and begins) or others or (not prompt.strip() and opened <= STAYS // 4)):
            continue
        if others and mark.role != "sure" and asked and at <= 0.5 * len(body) and opened <= STAYS:
            continue
        return mark
    return None


def _resumed(body: str, marks: list[Mark]) -> bool:
    return bool(marks) and _around.resumed(body, marks[0].start, marks[-1].end)
