"""How much a sentence speaks of the user, of the task, or of the text to be written, in English (``reasoning_leak``).

Weights are added over the classes of a sentence's words (``_cues``): of whom it speaks, what it says of them, whether
the voice itself is in it. No order is asked for beyond a few words' distance, so that a wording that nobody thought of
still counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from greenlight.gates import _cues as c
from greenlight.gates import _text
from greenlight.gates._beside import STOP, WORD, Beside
from greenlight.gates._plans_signs import (
    CHECKED,
    DEFINES,
    FITS,
    REQUESTED,
    SAID_USER,
    SIZE,
    SURE,
    THEY,
    TIMED,
    TOLD,
    WANTS_TO,
)

HEAD = 250
"""Characters of a beginning: thoughts come first."""
LONGEST = 80
"""Words of a sentence that are read."""
REQUESTS = _text.word_set(
    "request requests intent message prompt question query wording need needs tone instruction instructions first "
    "ask language perspective preference preferences expectation expectations goal mood words emotional underlying "
    "actual original soul likely"
)
SHAPED = _text.word_set(
    "should must needs need ought opens starts begins ends closes will gets becomes follows meets fits satisfies "
    "keeps stays reflects matches captures covers would could can might suits suit fulfils fulfills sounds works "
    "honours honors respects complies adheres sticks uses"
)
RESPOND = _text.word_set(
    "sound phrase respond answer reply write formulate responding answering replying writing draft"
)
NEEDED = ("need", "must", "should", "needs")
VOICELESS = _text.word_set("need must should needs include keep avoid ensure mention provide no use stay output")
"""First words of a note to oneself, which has no subject."""
OFFICIAL = [[was, done] for was in ("was", "is") for done in ("accepted", "granted", "denied", "queued", "answered")]
ALONE = _text.word_set("i i'll i'd i'm i've me my myself let let's lemme")
"""The voice, one alone: a report says "we"."""
LED = _text.word_set(
    "instruction instructions guideline guidelines constraint constraints requirement requirements request "
    "constitution principles traits trait task brief directive directives prompt"
)
"""What may have an adjective before it."""
READY = _text.word_set("reply payment answer response service action attention delivery return box payments replies")
"""What a prompt thing may be."""
HERE = ("this", "that", "your", "these")
"""Before a thing that is there, not one to be written."""
OTHERWISE = frozenset(("explain", "tell", "describe", "show", "introduce", "begin", "talk", "speak"))
"""What is as often done to a listener as to a text."""
LABELS = ("question", "answer", "q", "a")
DIRECT = _text.word_set(
    "the this my these its no which developer's operator's maker's creator's given said per following against user's "
    "their"
)
ARTICLES = _text.word_set("the this our that same a an my thy our every")
ASKED = _text.word_set("wanted asked said told called required demanded gave stated were was had")
DOES = _text.word_set("should must can cannot can't may shall sees gets has will")
"""What a user of a product does, or is to do: who asked only wants."""
SEEMING = _text.word_set("seem seems appears probably likely apparently clearly sounds really")
LIKELY = SEEMING | {"perhaps", "maybe", "presumably"}


@dataclass
class Read:
    """A sentence by its words: the classes of each, and of all."""

    words: list[str]
    bits: list[int]
    all: int
    opens: bool
    """Whether it begins as a thought does."""

    def near(self, at: int, bit: int, before: int = 0, after: int = 0) -> bool:
        return any(b & bit for b in self.bits[max(0, at - before) : at + after + 1])

    def count(self, bit: int) -> int:
        return len({w for w, b in zip(self.words, self.bits, strict=True) if b & bit})


def read(low: str) -> Read:
    """``low``: a sentence in lower case, with straight apostrophes."""
    words = WORD.findall(low)[:LONGEST]
    if words and words[0] in LABELS and low.lstrip(" *_#>")[len(words[0]) :].lstrip(" *_0123456789")[:1] == ":":
        words = words[1:]  # an interview
    bits = []
    for word in words:
        bit = c.CLASS.get(word)
        if bit is None:
            stem = word[:-2] if word.endswith("'s") else word.rstrip("'")
            bit = c.CLASS.get(stem, 0)
        bits.append(bit)
    for at, word in enumerate(words):
        for rest, bit in c.TERMS.get(word, ()):
            if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                bits[at] |= bit
    every = 0
    for bit in bits:
        every |= bit
    return Read(words, bits, every, bool(bits) and bool(bits[0] & c.MULL))


def weigh(low: str, place: int, side: Beside, late: bool = False) -> tuple[float, float]:
    """What a sentence adds, and how much of it speaks of the task itself. ``place``: characters before it;
    ``late``: whether it stands in the last paragraph."""
    it = read(low)
    if not it.words or TIMED.search(low):
        return 0.0, 0.0
    starts = (0.25 if it.all & c.USER else 0.2) if place == 0 else 0.1 if place <= HEAD else 0.0
    user = _user(it, low, side) if it.all & c.USER and SAID_USER.search(low) else 0.0
    meta = (
        _meta(it, low, side) - (0.5 if DEFINES.match(low) else 0.0)
        if it.all & (c.STRONG | c.WEAK | c.TEST | c.TOLD)
        else 0.0
    )
    if it.all & c.POLICY:
        meta += _policy(it, low)
    plan = _plan(it, low) * side.plans
    if it.all & c.YOU:
        user, meta, plan = user - 0.3, meta - 0.45, plan - 0.4
    user, meta, plan = max(0.0, user) * side.users, max(0.0, meta) * side.talks, max(0.0, plan)
    anchor = user + meta
    voice = it.opens or it.all & (c.SELF | c.OUT | c.STYLE | c.POLICY) or _shared(it, side) or SURE.search(low)
    if not voice and not (it.all & c.STRONG and it.all & c.CRAFT):
        anchor = min(anchor, 0.75)  # as in any manual
    if place <= HEAD and not it.all & c.USER:
        anchor += _they(it, low, place, side)
    if TOLD.search(low):
        plan, anchor = 0.4 * plan, 0.6 * anchor
    total = anchor + plan
    if anchor >= 0.3 or plan >= 0.5:
        total += max(starts, 0.1 if late else 0.0) * min(side.users, side.talks) + (0.2 if it.opens else 0.0)
    elif plan > 0.2:
        total += 0.1 if it.opens else 0.0
    if plan >= 0.5:
        anchor += plan if it.all & c.SELF else 0.4 if it.opens else 0.25
    elif plan >= 0.2 and (it.all & c.SELF or it.words[0] in NEEDED):
        anchor += 0.15
    if side.users < 1.0 and not it.opens and ALONE.isdisjoint(it.words):
        total, anchor = 0.4 * total, 0.4 * anchor  # nobody plans there: users, or prompts, are what the text is on
    if place == 0 and side.users < 1.0 and _shared(it, side) >= 0.2 and REQUESTED.match(low):
        return max(total, 0.7), max(anchor, 0.6)  # one user, who wants what the prompt asks for
    return total, anchor


def _they(it: Read, low: str, place: int, side: Beside) -> float:
    """Who asked, without a name: a beginning that says what "they" want, before anybody was spoken of."""
    found = THEY.match(low)
    if found is None or it.all & c.OTHER:
        return 0.0
    weight = 0.4 if found["person"] or place == 0 else 0.25
    return (weight + _shared(it, side) + min(0.2, _outputs(it))) * side.users * side.apart


def _outputs(it: Read) -> float:
    """How much of the text to be written is in it."""
    return min(0.6, 0.25 * it.count(c.OUT) + 0.15 * it.count(c.STYLE))


def _shared(it: Read, side: Beside) -> float:
    """How much of what the prompt asks for it says again."""
    if not side.asked:
        return 0.0
    found = {w[:5] for w in it.words if len(w) >= 4 and w[:5] in side.asked and w not in STOP}
    return min(0.3, 0.1 * len(found))


def _user(it: Read, low: str, side: Beside) -> float:
    at = next(i for i, bit in enumerate(it.bits) if bit & c.USER)
    word, before = it.words[at], it.words[at - 1] if at else ""
    bare = at == 0 or (before not in ARTICLES and low.lstrip("\"'*_([- ").startswith(word))
    if word.startswith(("user", "requester", "asker")):
        weight = 0.65 if bare else 0.5 if before in ("the", "this", "our", "same") else 0.35
        if before and before not in ARTICLES and not bare and not it.bits[at - 1] & c.SERVE:
            weight = 0.25  # wheelchair user, road user
    else:
        weight = 0.35
    if word in ("users", "requesters", "askers"):
        weight = 0.1  # one asked, not many
    wish = it.near(at + 1, c.WISH, after=3)
    if word.endswith(("'s", "'")):
        weight += 0.4 if any(w in REQUESTS for w in it.words[at + 1 : at + 4]) else 0.0
    elif wish and not WANTS_TO.search(low):
        weight += 0.5 if any(w in SEEMING for w in it.words[at + 1 : at + 5]) else 0.3
    if not LIKELY.isdisjoint(it.words[max(0, at - 4) : at]):
        weight += 0.3
    weight += 0.15 if wish and it.words[-1] in ("perhaps", "maybe", "presumably", "probably") else 0.0
    if at and it.near(at - 1, c.SERVE, before=3):
        weight += 0.25
    voice = it.all & c.SELF != 0
    weight += (0.3 if ALONE.isdisjoint(it.words) else 0.4) if voice else 0.0
    if it.bits[0] & c.IF or (at and it.near(at - 1, c.IF, before=2)):
        weight -= 0.3 if voice else 0.6
    if it.all & c.DEVICE or not DOES.isdisjoint(it.words[at + 1 : at + 2]):
        weight -= 0.4
    if DEFINES.match(low) or it.words[at + 1 : at + 2] == ["of"]:
        weight -= 0.5
    said = min(0.3, _outputs(it))
    return weight + said + (_shared(it, side) if said or voice or wish else 0.0)


def _meta(it: Read, low: str, side: Beside) -> float:
    best, places = 0.0, []
    for i, bit in enumerate(it.bits):
        before, after = (it.words[i - 1] if i else ""), (it.words[i + 1] if i + 1 < len(it.words) else "")
        if bit & c.STRONG:
            if it.words[i] == "prompt" and (after in READY or not _noun(it, i, before)):
                continue
            if side.asked.issuperset((it.words[i][:5], after[:5])):
                continue  # what the prompt asks for by name: a word count
            weight = 0.2 if before == "a" or (it.words[i] == "persona" and after in ("in", "of")) else 0.6
        elif bit & c.WEAK and (
            (i == 0 and it.words[0] not in ("brief", "role", "policy", "assignment"))
            or before in DIRECT
            or (before == "a" and after == "for")
            or it.bits[i - 1] & (c.USER | c.STRONG)
            or _led(it, i)
        ):
            weight = 0.25 if before == "my" and it.words[i] in ("task", "request", "brief", "role") else 0.4
        elif bit & c.TEST:
            weight = 0.45
        elif bit & c.TOLD:
            weight = 0.3
        else:
            continue
        if _others(it, i, before, after):
            continue
        places.append(i)
        then = it.words[i + 2] if i + 2 < len(it.words) else ""
        if (
            after in ("is", "was")
            and before == "the"
            and not then.endswith("ed")
            and it.words[i] in ("request", "instruction", "prompt")
        ):
            weight += 0.25
        if it.near(i + 1, c.SAYS, after=3):
            weight += 0.25
        elif i and it.near(i - 1, c.REF, before=2):
            weight += 0.2
        best = max(best, 0.2 if before == "my" and after in ("were", "was") else weight)  # as stories tell it
    if not places:
        return 0.0
    said = _outputs(it)
    weight, strong, own = best, it.all & (c.STRONG | c.TEST), it.all & c.SELF
    if own:
        weight += 0.3 if strong else 0.2
    if said:
        weight += said + (0.1 if it.all & c.CRAFT else 0.0) + min(0.2, _shared(it, side))
    elif not strong or not it.all & (c.STRONG | c.SELF):
        weight = min(weight, _most(it, best))
    if side.tale and not own and not it.opens and not it.all & c.USER and set(it.words) & ASKED:
        weight *= 0.5  # what somebody in a tale was asked
    weight += 0.2 if len({it.words[i] for i in places}) > 1 else 0.0
    weight += 0.2 if FITS.search(low) else 0.0
    if it.all & (c.OTHER | c.DEVICE):
        weight -= 0.5 if strong else 0.7
    if not it.all & (c.STRONG | c.WEAK | c.TEST):
        weight = min(weight, 0.3 if "was" in it.words else 0.5) * side.plans
    return weight


def _others(it: Read, at: int, before: str, after: str) -> bool:
    """Whether a task or a text is another's."""
    if it.bits[at] & c.WEAK and (after in ("of", "from", "by") or it.words[at + 1 : at + 3] in OFFICIAL):
        return True
    return before.endswith("'s") and not it.bits[at - 1] & (c.USER | c.STRONG | c.SELF) and before not in DIRECT


def _most(it: Read, best: float) -> float:
    """What talk of a task may weigh that names no text to be written."""
    if it.all & c.SELF:
        return 0.85 if _modal(it) & c.MUST else 0.65 if it.all & c.CRAFT else 0.55
    return 0.65 if best > 0.6 else 0.45


def _noun(it: Read, at: int, before: str) -> bool:
    """Whether a prompt is one that was given, not what somebody does or is."""
    if at == 1 and len(before) > 4:
        return True
    if at == 0:
        return it.near(1, c.SAYS | c.CRAFT, after=2)
    return (
        before in DIRECT
        or before in ("a", "system", "prompt", "original", "writing")
        or _led(it, at)
        or bool(it.bits[at - 1] & (c.USER | c.REF) and before != "to")
    )


def _led(it: Read, at: int) -> bool:
    """Whether an adjective stands between an article and a word."""
    return at >= 2 and it.words[at] in LED and it.words[at - 2] in DIRECT and len(it.words[at - 1]) > 3


def _policy(it: Read, low: str) -> float:
    found = it.count(c.POLICY)
    if found < 2 and not CHECKED.search(low) and ("?" not in low or "refus" in low or "warn" in low):
        return 0.0
    weight = 0.3 * min(3, found) + (0.1 if it.all & c.MULL else 0.0)
    weight += 0.2 if it.all & c.SELF else 0.0
    weight += 0.2 if it.all & (c.WEAK | c.USER | c.STRONG) else 0.0
    return weight - (0.6 if it.all & (c.OTHER | c.DEVICE) else 0.0)


def _plan(it: Read, low: str) -> float:
    """A note to oneself on how to write."""
    outs, styles, mulls = it.count(c.OUT), it.count(c.STYLE), it.count(c.MULL)
    styles -= any(bit & c.STYLE and it.words[i] in HERE for i, bit in enumerate(it.bits[1:]))
    own = it.all & c.SELF
    if not outs and not styles:
        if own:
            return _mulling(it, low, mulls)
        responds = _responds(it)
        return 0.3 if responds and (len(it.words) <= 2 or it.words[0] in NEEDED) else 0.0
    said = min(0.6, 0.2 * outs + 0.1 * styles) + (0.2 if SIZE.search(low) else 0.0)
    weight, modal = 0.0, _modal(it)
    if it.all & (c.MUST | c.FIT | c.CRAFT) and _should(it):
        weight = 0.7 if "my" in it.words and it.all & c.OUT else 0.4
    if modal and (it.all & c.CRAFT or mulls):
        own_weight = 0.4 if modal & c.MUST else 0.25
        own_weight += 0.1 if _responds(it) else 0.0
        own_weight += 0.15 if len(_done(it)) > 1 else 0.0
        own_weight += 0.25 if "we" in it.words[:3] else 0.0
        weight = max(weight, own_weight)
    elif weight == 0.0:
        weight = _note(it, low, (outs, mulls))
    if weight == 0.0:
        return 0.0
    if it.all & (c.OTHER | c.DEVICE):
        weight -= 0.3
    return weight + said + min(0.2, 0.1 * mulls)


def _done(it: Read) -> set[str]:
    """What is done to a text, by the verbs: a word after an article is none."""
    pairs = zip(["", *it.words], zip(it.words, it.bits, strict=True), strict=False)
    return {word for before, (word, bit) in pairs if bit & c.CRAFT and before not in ARTICLES}


def _responds(it: Read) -> bool:
    return any(w in RESPOND and b not in ARTICLES for b, w in zip(["", *it.words], it.words, strict=False))


def _note(it: Read, low: str, counts: tuple[int, int]) -> float:
    """What a sentence weighs that says neither what the voice must do nor how the text should be."""
    outs, mulls = counts
    if it.all & c.SELF and (outs or mulls):
        return 0.2
    if it.words[0] in VOICELESS and len(it.words) <= 12:
        return 0.25
    if "in character" in low and len(it.words) <= 8:
        return 0.4
    short = (SIZE.search(low) and len(it.words) <= 4) or (outs and mulls and (len(it.words) <= 6 or it.opens))
    return 0.1 if short else 0.0


def _modal(it: Read) -> int:
    """What the voice says that it must or may do: the classes of the words beside its own."""
    found = 0
    for at, bit in enumerate(it.bits):
        if bit & c.SELF:
            found |= bit
            for other in it.bits[max(0, at - 1) : at + 4]:
                found |= other
    return found & (c.MUST | c.MAY)


def _mulling(it: Read, low: str, mulls: int) -> float:
    """The voice asks itself how to go about it, without a word of what."""
    if not _modal(it):
        return 0.25 if "?" in low and it.all & c.CRAFT and it.words[0] in ("do", "am", "did") else 0.0
    if _responds(it) and mulls:
        return 0.3 + min(0.2, 0.1 * mulls)
    if _done(it) - OTHERWISE and ("?" in low or mulls):
        return 0.3
    return min(0.3, 0.1 * mulls) if mulls > 1 else 0.0


def _should(it: Read) -> bool:
    """Whether the text to be written should be somehow, or is."""
    return any(
        (bit & c.OUT or (bit & c.STYLE and it.words[i] in ("the", "this", "my")))
        and any(w in SHAPED and b not in ARTICLES for b, w in pairwise(it.words[i + 1 : i + 5]))
        for i, bit in enumerate(it.bits[1:])
    )
