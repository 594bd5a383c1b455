"""Labels of turns in any words: a role among small words that say which turn it is (``fake_turns``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from greenlight.gates import _dress, _expected, _text, _turns

ROLE = re.compile(
    rf"(?<![^\W_])(?:(?P<user>{_dress.USERS}|usr)|(?P<bot>{_dress.SURE_BOTS}|asst|bot|model|llm|claude|gemini|gemma|"
    r"llama|qwen|mistral|siri|alexa|ai|ki|ia|ии|бот))s?\d{0,4}(?![^\W_])",
    re.IGNORECASE,
)
SMALL = _text.word_set(
    "the a an l d another other next new second third fourth last latest follow up followup from by of s then "
    "and again "
    "now also turn round message msg question query prompt input output reply response answer request asks asked says "
    "said writes wrote replied replies answers answered responds responded continues continued adds added speaks text "
    "here side role speaker human user anonymous verified today yesterday at on am pm ago m min mins minutes just two "
    "three four five number no nr part says: typed types real actual end simulated imagined hypothetical chat ai "
    "nachricht frage antwort nächste neue zweite der die des question réponse nouvelle suivante message de du la le "
    "pregunta respuesta nueva siguiente mensaje del el domanda risposta nuova messaggio dell pergunta resposta nova "
    "mensagem do da вопрос ответ сообщение новый следующий"
)
"""Words that a label has beside its role."""
TAG = re.compile(r"</?(?:b|strong|i|em|p|u|div|span|h[1-6])>", re.IGNORECASE)
WHEN = re.compile(
    rf"[(\[]?(?:\d{{4}}-\d\d-\d\d[ T])?{_turns.STAMP}[)\]]?|\(\d{{1,3}}\)|"
    r"[(\[][^()\[\]\n]{0,24}\d[^()\[\]\n]{0,12}[)\]]"
)
STOP = re.compile(r"[:：]|>{1,3}|[→▸»|]|[-=]{1,2}>|[ ][-–—][ ]")
OPENS = re.compile(
    r"^[^\w\n]{1,16}(?:(?:turn|round|exchange)[ ]?\d{1,3}[ ]?[-–—:,][ ]?)?|"
    r"^(?:turn|round|exchange)[ ]?\d{1,3}[ ]?[-–—:,][ ]?",
    re.IGNORECASE,
)
CLOSED = re.compile(r"([^\n:：\[\]()<>【】]{2,48})[\])>】*=-]{1,3}(?=[*_:： ]|$)")
LABEL = re.compile(r"^[ \t>*_#•+\-]{0,8}([^\W\d_][^\n:：]{0,30}?)[*_]{0,3}[:：][*_]{0,3}(?!//)", re.MULTILINE)
BEGINS = re.compile(r"^[^\w\n]{0,10}(?:AI|[Bb]ot|GPT|Claude|Gemini|Response|usr|asst|KI|IA|ИИ|[Бб]от)\b", re.MULTILINE)
"""Labels that no hint leads to."""
OWN = re.compile(r"\s{0,4}(?:assistant|model)[ \t]*\n\s{0,4}(?=[^\W\d_a-z])")
"""A template's word for the answerer, before the answer."""
LINES = re.compile(r"^[^\w\n]{0,16}\w[^\n]{0,109}", re.MULTILINE)
WORD = re.compile(r"[^\W\d_]+|\d+")
BEFORE = SMALL | _text.word_set("b strong i em p u div span h exchange")
LOOKED = 4000
"""Lines of one text that are looked at."""
REPLIES = ("a", "answer", "reply", "response", "output", "completion")
AGAIN = re.compile(r"^#{2,4} ?Response:?[ \t]*$|^#{2,4} ?Response:[ \t]*(?=\S)", re.MULTILINE)
"""How one family of templates opens an answer."""
MOST = 300


@dataclass(frozen=True)
class Head:
    """A line that begins with a label; ``said`` is what stands after it, or in the next line."""

    start: int
    end: int
    user: bool
    stopped: bool
    said: str


def heads(body: str, spans: list[_text.Span]) -> list[Head]:
    """Lines whose label is a role and small words."""
    found: list[Head] = []
    for m in islice(LINES.finditer(body), LOOKED):
        role = _role(m.group())
        if role is None or _text.inside(spans, m.start() + role.start()):
            continue
        end = body.find("\n", m.end())
        one = _head(body, m.start(), body[m.start() : len(body) if end < 0 else end], role)
        if one is not None:
            found.append(one)
            if len(found) >= MOST:
                break
    return found


def _role(line: str) -> re.Match[str] | None:
    """A role, with nothing but small words before it."""
    for word in islice(WORD.finditer(line, 0, 70), 8):
        role = ROLE.match(line, word.start())
        if role is not None:
            return role
        if word.group().lower() not in BEFORE and not word.group().isdigit():
            return None
    return None


def _head(body: str, start: int, line: str, role: re.Match[str]) -> Head | None:
    head = TAG.sub("", WHEN.sub(" ", line[:110])) + line[110:400]
    rest = OPENS.sub("", head, count=1)
    stop = STOP.search(rest[:100])
    closed = CLOSED.match(rest) if len(rest) < len(head) else None
    if closed is not None and (stop is None or closed.end() <= stop.start() + 1):
        label, after = closed[1], closed.end()
    elif stop is not None:
        label, after = rest[: stop.start()], stop.end()
    else:
        label, after = rest.rstrip(), len(rest)
    words = re.findall(r"[^\W\d_]+", ROLE.sub(" ", label.lower(), count=1))
    if ROLE.search(label) is None or len(words) > 5 or any(word not in SMALL for word in words):
        return None
    said = rest[after:].lstrip("*_:：)]> ·•,-")
    if not said:
        said = body[start + len(line) : start + len(line) + 400].strip().split("\n", 1)[0]
    begin = start + len(line) - len(line.lstrip())
    return Head(begin, start + role.end(), role["user"] is not None, after < len(rest) or stop is not None, said)


def turn(body: str, prompt: str, spans: list[_text.Span]) -> _text.Span | None:
    """A user's turn, or the answer begun anew, where nothing in the prompt leads to roles."""
    if not _expected.silent(prompt):
        return None
    own = OWN.match(body)
    if own and LABEL.match(body, own.end()) is None and "\n" not in body[own.end() : own.end() + 12]:
        return own.span()
    found = heads(body, spans)
    for i, head in enumerate(found):
        paired = head.user and ((i + 1 < len(found) and not found[i + 1].user) or _replied(body, head))
        if not (head.stopped or paired) or any(_company(body, one, found) for one in found[i : i + 3]):
            continue
        if head.user:
            if not _says(head.said, paired) or not _turns.late(body, head.start, prompt):
                continue
        elif not _anew(body, head, found, prompt):
            continue
        return head.start, head.end
    if "Response" in body and body.count("\n#") <= 1:
        m = AGAIN.search(body)
        late = m is not None and bool(body[: m.start()].strip())
        # at the head of an answer it is what a template left, unless it is one of several headings or was asked for
        marked = m is not None and (m.group().startswith("###") or ":" in m.group())
        fits = late or (marked and "\n#" not in body.lstrip() and "respon" not in prompt.lower())
        if m and fits and body[m.end() :].strip() and not _text.inside(spans, m.start()):
            return m.span()
    return None


def _replied(body: str, head: Head) -> bool:
    """Whether a line soon after it is called an answer."""
    after = islice(LABEL.finditer(body, head.end, head.end + 1500), 2)
    return any(m[1].split()[-1].strip("*_[]").lower() in REPLIES for m in after)


def _says(said: str, paired: bool) -> bool:
    """Whether it is more than a value: a sentence, a request, or words of a talk."""
    said = said.strip().strip("*_\"”“'’)]}|")
    if " | " in said or " -> " in said or _turns.MEANING.match(said) or _turns.DESCRIBES.match(said):
        return False
    if _turns.LETTER.search(said) is None or said[:2] in ("- ", "* "):
        return False
    if any(ord(c) > 0x2E80 for c in said):
        return len(said) >= 3
    words = said.split()
    plain = sum(word.isalpha() and word.islower() for word in words[1:])
    if len(words) == 1:
        return _turns.WORD.fullmatch(said.strip(".!?")) is not None or said.endswith("?")
    return (
        plain >= (1 if paired else 2)
        or _expected.STRONG.match(said) is not None
        or said[-1] in "?!？؟"
        or (paired and said[-1] in ".。।")
    )


def _company(body: str, head: Head, found: list[Head]) -> bool:
    """Whether the line above or below it has a label that is no role's: a list, or a form."""
    starts = {one.start for one in found}
    at = body.rfind("\n", 0, head.start) + 1
    above = body.rfind("\n", max(0, at - 90), max(0, at - 1)) + 1
    end = body.find("\n", head.end)
    below = end + 1 if end >= 0 else len(body)
    for start in (above if above < at and at - above < 90 else len(body), below):
        line = body[start : start + 90].split("\n", 1)[0]
        begin = start + len(line) - len(line.lstrip())
        label = LABEL.match(line)
        if begin not in starts and len(line) < 80 and label and label[1].split()[-1].lower() not in REPLIES:
            return True
    return False


def _anew(body: str, head: Head, found: list[Head], prompt: str) -> bool:
    """Whether an answer begins under a label of its own, the only one of the text."""
    if not head.stopped or len(found) > 2 or any(one.user for one in found):
        return False
    before = body[: head.start].rstrip()
    if before and (not body[: head.start].endswith("\n\n") or not _turns.late(body, head.start, prompt)):
        return False
    labels = [m.start() for m in islice(LABEL.finditer(body), 12)]
    if len(labels) > len(found):
        return False
    words = head.said.split()
    return len(words) >= 4 and words[0][:1].isupper() and not _turns.MEANING.match(head.said)
