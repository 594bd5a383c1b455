"""What thinking leaves on the page whatever its words: tags, labels, drafts, ticks, counts (``reasoning_leak``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from greenlight.gates import _cues as c
from greenlight.gates import _plans, _text
from greenlight.gates._mutters import PHRASES

MOST = 200
BESIDE = 60
"""Characters beside ticked points that are more than their heading: what they were ticked for."""
BEGINS = 300
"""Characters in which a phrase stands that begins a text."""
THOUGHT = (
    r"(?:thoughts?(?: process)?|thinking(?: process| aloud| out loud| phase| step)?|reasoning(?: trace| process| "
    r"steps?)?|"
    r"chain[ -_]of[ -_]thought|inner (?:monologue|thoughts?|voice|dialogue)|internal(?:ly)?(?:[ _](?:deliberation|"
    r"reasoning|monologue|"
    r"notes?|thoughts?|thinking|dialogue|planning|plan|process))?|scratch ?pad|(?:my |inner |private )?deliberation|"
    r"self-?(?:check|correction|reflection|"
    r"review|critique|note|talk)|deliberation|cot|pre-?writing|(?:my )?analysis of the (?:prompt|request|user|task|"
    r"query)|"
    r"(?:understanding|analy[sz]ing|unpacking|parsing|breaking down) (?:the )?(?:prompt|request|user|task|"
    r"query)(?:'s \w+)?|"
    r"note to self|notes to self|private notes?|hidden (?:thoughts?|notes?|reasoning)|planning(?: phase| notes?| "
    r"stage)?|"
    r"ooc|out of character|not for the user|behind the scenes|meta(?:-?comment(?:ary)?| note)?|mental notes?|"
    r"reflective|"
    r"author['’]?s? planning|working notes|thinking through the \w+|planning the \w+|rationale|deliberat\w+|"
    r"ponderings?|musings?)"
)
MAYBE = (
    r"(?:analysis|plan|approach|strategy|brainstorm(?:ing)?|outline|reflection|notes?|ideas?|"
    r"considerations?|interpretation|preparation)"
)
SPOKEN = (
    r"(?:(?:now |and now )?(?:(?:final|actual|my|the|revised|polished|finished|full|real|whole)[ _]?){0,3}(?:answer|"
    r"response|reply|output|"
    r"version|text|story|poem|letter|message|result)(?: to the user)?|final|saying|speech|reply to the user|spoken|"
    r"what i say)"
)
EDGE = r"[\W_]{0,8}"
HEAD = re.compile(
    rf"^{EDGE}(?:\d[.)] )?(?:(?P<sure>{THOUGHT})|(?:my )?(?P<maybe>{MAYBE})){EDGE}?(?P<stop>[:：]|[\W_]{{0,6}}$)",
    re.I | re.M,
)
SAID = re.compile(rf"^{EDGE}(?P<said>{SPOKEN}){EDGE}?(?:[:：]|[\W_]{{0,6}}$)", re.I | re.M)
NOTE = re.compile(
    rf"(?P<open>[\[(<*_{{]{{1,3}})\s?(?:{THOUGHT}|thinks|plan|brainstorm(?:ing)?|analysis|draft(?:ing)? notes?)"
    r"(?:\s?[\])*_}]{1,3}|\s?[:：–—]|\s-\s)",
    re.I,
)
NOTED = re.compile(
    r"^[ \t]*(?:>[ \t]?|%%[ \t]?|<!--[ \t]?|/\*[ \t]?|\{\{[ \t]?"
    r"|(?P<closed>[*_]{0,2}[\[(][*_]{0,2}))(?:(?P<whose>my|(?:the )?"
    r"(?:model|system|assistant|ai|bot|writer|author)(?:['’]s)?|internal|private|hidden|inner|quick)"
    r" )?(?P<what>notes?|plan|planning|"
    r"reasoning|thinking|thoughts?|thought process|internal|note to (?:my)?self|brainstorm|draft notes)(?:"
    r" here)?\s?[:：–—]",
    re.I | re.M,
)
"""A note in the dress of a quotation, a comment or brackets."""
TAG = re.compile(
    r"(?:</?|\{\{/|\[\[/)(?!(?:seed:)?(?:think|thinking|reasoning)>)(?:\w{1,12}[_-])?(?:think\w*|thought\w*|"
    r"reason\w*|scratch(?:_?pad)?|plan|planning|monologue|strateg\w+|draft_?\w*|"
    r"reflect\w*|brainstorm\w*|deliberat\w*|ponder\w*|analysis|inner\w*|internal\w*|meta|cot|self_?\w+|"
    r"notes?_?to_?self|"
    r"private\w*|hidden\w*|outline|considerations?|working|mull\w*|cogitat\w*|rationale|"
    r"introspect\w*)(?:[_-]\w{1,12})?(?:>|\}\}|\]\])|"
    r"\[/(?:think\w*|thought\w*|reason\w*|scratchpad|plan|planning|analysis|internal\w*|inner\w*|reflection|draft|"
    r"notes)\]",
    re.I,
)
JSON = re.compile(
    r"\A\W{0,12}\{?\s{0,6}[\"'](?:thoughts?|thinking|reasoning|analysis|plan|planning|scratch_?pad|chain_of_thought|"
    r"cot|"
    r"rationale|reflection|strategy|notes?|considerations?|intent|internal\w{0,16}|inner\w{0,16}|thought_process|"
    r"user_\w{2,16}|"
    r"approach|steps)[\"']\s?:",
    re.I,
)
JSON_SAID = re.compile(
    r"[\"'](?:final_?)?(?:answer|response|reply|output|text|message|content|result|story|poem|letter|final|say|"
    r"spoken|speech)"
    r"[\"']\s?:",
    re.I,
)
CHANNEL = re.compile(
    r"\A\s{0,4}(?:assistant ?)?(?:analysis|commentary|thoughts?|thinking|reasoning)(?=[A-Z][a-z]+['’a-z]* )"
)
CHANNEL_LINE = re.compile(r"\A\s{0,4}(?:assistant\s{0,4})?analysis(?=[A-Z\s])")
CHANNEL_LABEL = re.compile(r"\A\s{0,4}analysis: [^\n]{1,600}\n{1,2}final: ", re.IGNORECASE)
COUNTED = re.compile(r"(?:(?<![\w'’])[\w'’-]{1,24}[,.!?;:]{0,2}[ ]?[(\[]\d{1,3}[)\]][.,;]?\s{1,2}){4}")
COUNTED_FIRST = re.compile(r"(?:(?<!\w)\(?\d{1,3}[)=:-] ?[A-Za-z'’-]{1,24}[,.;]?[ ]){5}")
DRAFT = re.compile(
    r"^[\W_]{0,6}(?:(?:the )?(?P<nth>first|second|third|another|new|rough|initial|next|final|revised|better|quick) )?"
    r"(?P<what>draft|attempt|try|take|version|pass|revision|revise[d]?|rewrite|redo|redone|edit(?:ed)?|trimmed|tighter|"
    r"shorter|polished|again)(?: ?#?(?P<no>\d{1,2}|one|two|three|four|i{1,3}))?[\W_]{0,6}?(?:[:：.—–]|[\W_]{0,4}$)",
    re.I | re.M,
)
JUDGED = re.compile(
    r"\btoo (?:short|long|stiff|formal|flat|dry|wordy|many|much|plain|modern|soft|harsh|vague|cheesy|sweet|cold|dull|"
    r"generic|similar|casual)\b|\b(?:limit|word count|over(?:shoots)? by|under by|fewer|adjectives|off[- ]tone|tone|"
    r"the rhythm|in character|out of character|cut|trim|tighten|closer|better|again|the prompt|I was asked|clunky|"
    r"hmm|doesn['’]t (?:fit|work|scan|sound)|works|not quite|nope|good|fits|\(?\d{1,3} words\)?)\b",
    re.I,
)
TICKED = re.compile(
    r"^[ \t]*(?:[-*•][ ])?(?:(?:✓|✔|✅|☑|\[x\])[^\n]{2,80}|[^\n]{2,80}?(?:✓|✔️?|✅|☑|\[x\]|\[ok\]|- done|- ok|- yes|"
    r"\((?:ok|yes|done|check|met|satisfied)\)|(?::|→|—|–|->|=) ?(?:yes|ok|okay|done|check|fine|met|satisfied|good|"
    r"true))[.]?)[ \t]*$",
    re.I | re.M,
)
TICKED_IN = re.compile(
    r"(?:,|:|\?|[-–—=]) ?(?:yes|ok|okay|fine|check|checked|done|good|met|✓|✔|✅)(?=[.;,!)]|[ \t]*(?:\n|\Z))", re.I
)
STEPS = re.compile(
    r"\s*[*_#\[( ]{0,4}(?:my |the |quick |rough )?(?:plan|outline|steps|to-?do|structure|approach|strategy|beats|"
    r"notes)\b[^\n]{0,40}\n"
    r"(?P<points>(?:[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t][^\n]{1,160}\n){2,8})\s*(?=\S)",
    re.I,
)
ITEM = re.compile(r"(?:[-*•–]|\d{1,2}[.)])[ \t]")
"""A list that goes on: notes of a meeting."""
LABEL = re.compile(
    r"^[\W_]{0,6}(?:\d[.)][ ]?)?[*_]{0,3}(?P<label>(?:the )?(?:user(?:['’]s)? )?(?:request|intent|query|question|"
    r"goal|need|"
    r"language|mood|message)s?(?: of the user)?|task|goal|persona|my role|role(?: i play)?|voice|tone|style|"
    r"(?:prompt |hard |"
    r"soft )?constraints?|limits?|plan|approach|strategy|audience|length|format|topic|theme|subject|recipient|trait|"
    r"intensity|level|deliverable|requirements?|draft|prompt|context|structure|(?:what|who) (?:they|is|i|"
    r"the)[^:\n]{2,30}|"
    r"analy[sz]e[^:\n]{0,30}|identify[^:\n]{0,30}|recall[^:\n]{0,30}|consider[^:\n]{0,30}|determine[^:\n]{0,30}|"
    r"output|angle|word count|target(?: length)?|key points?|character|instructions?|rules?|must(?: have| include)?s?|"
    r"avoid|do not|opening|hook|form|genre|setting|twist|check|safety|policy|language|keywords?|point of view|pov)"
    r"[*_ ]{0,4}[:：][*_ ]{0,4}(?=\S)",
    re.I | re.M,
)
SURE_LABEL = re.compile(
    r"identify|determine|user|request|intent|persona|constraint|prompt|task|trait|role|deliverable|requirement|"
    r"instruction|analy|word "
    r"count|"
    r"approach|safety|policy|query",
    re.I,
)
_HEADED = _text.word_set(
    "thought thoughts thinking reasoning chain chain-of-thought chain_of_thought inner internal internally "
    "scratchpad scratch self-check self-correction self-reflection self-review self-critique self-note selfcheck "
    "self deliberation cot pre-writing prewriting analysis plan approach strategy brainstorm brainstorming outline "
    "reflection note notes consideration considerations interpretation preparation planning private hidden ooc meta "
    "mental reflective understanding analyzing analysing unpacking parsing breaking rationale author's thinks "
    "musings ponderings deliberating scratch"
)
_DRAFTED = _text.word_set(
    "draft attempt try take version pass revision revise revised rewrite redo redone edit edited trimmed tighter "
    "shorter polished again"
)
_LABELLED = _text.word_set(
    "user user's request intent persona constraint constraints prompt task trait role deliverable requirement "
    "requirements instruction instructions identify determine analyse analyze word approach safety policy query"
)
_STEPPED = _text.word_set("plan outline steps to-do todo structure approach strategy beats notes")
_TICKED = _text.word_set("yes ok okay fine done check checked met x")
_YES = (
    ", yes", ": yes", "? yes", ", fine", ": fine", ", ok", ": ok", ", done", ": done", ", check", ": check",
    ", good", ": good", " ✓", " ✔", " ✅", ", met", ": met", "- yes", "- ok", "= yes",
)  # fmt: skip
_TICKS = (
    "✓", "✔", "✅", "☑", "[x]", "[ok]", "- done", "- ok", "- yes", "(ok)", "(yes)", "(done)", "(check)", "(met)",
    ": yes", ": ok", ": done", ": check", ": fine", ": met", "→ ", "— yes", "— done", "— ok", "– yes",
)  # fmt: skip

_PHRASED: dict[str, list[int]] = {}
for _at, _phrase in enumerate(PHRASES):
    for _word in _phrase[1]:
        _PHRASED.setdefault(_word, []).append(_at)


def found(body: str, low: str, words: frozenset[str]) -> Iterator[tuple[int, int, float]]:
    """The places of such traces, each with a weight that is added to the others'. ``words``: of the whole text."""
    if "</" in body or "[/" in body or "{/" in body:
        for m in islice(TAG.finditer(body), 4):
            yield *m.span(), 0.6
    keyed = JSON.match(body)
    if keyed and JSON_SAID.search(body, keyed.end()):
        yield *keyed.span(), 1.1
    if "assistantfinal" in low or "assistant final" in low:
        at = low.find("final", low.find("assistant"))
        yield at, at + 5, 0.9
    if "(2)" in body or "[2]" in body or "2=" in body or " 2-" in body or " 2: " in body:
        counted = COUNTED.search(body) or COUNTED_FIRST.search(body)
        if counted and _is_rising(counted.group()):
            yield *counted.span(), 1.0
    if not words.isdisjoint(_HEADED):
        for m in islice(NOTE.finditer(body), 1):
            closed = m.group()[-1] in "])*_}"
            first = closed and m["open"][0] in "([{" and not body[: m.start()].strip()
            yield *m.span(), (1.0 if " " in m.group().strip() else 0.75) if first else 0.35 if closed else 0.7
        yield from _heads(body)
        yield from _noted(body)
    if not words.isdisjoint(_STEPPED):
        yield from _listed(body)
    if not words.isdisjoint(_DRAFTED):
        yield from _drafts(body)
    if not words.isdisjoint(_TICKED) or not body.isascii():
        yield from _ticks(body, low)
    if not words.isdisjoint(_LABELLED) and body.count(":") + body.count("：") >= 2:
        yield from _labels(body)
    told = words & _PHRASED.keys()
    for at in sorted({n for word in told for n in _PHRASED[word]}) if told else ():
        weight, _, pattern, begins = PHRASES[at]
        for said in islice(pattern.finditer(body, 0, BEGINS if begins else len(body)), 6):
            yield *said.span(), weight


def _is_rising(said: str) -> bool:
    """Whether numbers go up by one, as those of counted words do, or stand apart from the words, as syllables' do; the
    pages of a manual (``open(2)``) and the arcs of an object do neither."""
    if " (" in said:
        return True
    numbers = [int(one) for one in re.findall(r"(?<![\w'])\d{1,3}(?=[)=:-])|(?<=[(\[])\d{1,3}(?=[)\]])", said)]
    return all(after == before + 1 for before, after in pairwise(numbers))


def _noted(body: str) -> Iterator[tuple[int, int, float]]:
    for m in islice(NOTED.finditer(body), 4):
        what = m["what"].lower()
        if what.startswith("note") and what in ("note", "notes") and not m["whose"]:
            continue  # what any text has
        if m["closed"] or "note" in what:
            yield *m.span(), 0.6 if m["whose"] else 0.3
        else:
            yield *m.span(), 1.0


def _listed(body: str) -> Iterator[tuple[int, int, float]]:
    """A list of steps under a heading, and the text itself after it."""
    m = STEPS.match(body)
    if m and body[m.end() :].strip() and not ("notes" in m.group()[:16].lower() and ITEM.match(body, m.end())):
        points = [line for line in m["points"].split("\n") if _of_text(line)]
        yield m.start(), m.end(), min(1.1, 0.4 + 0.3 * len(points))


def stripped(body: str, state: str) -> tuple[int, int] | None:
    """Where the names of channels are left of them; ``state``: what the channel is, with those names for marks."""
    m = CHANNEL.match(body) or (CHANNEL_LINE.match(body) if state == "closed" else None) or CHANNEL_LABEL.match(body)
    return m.span() if m else None


def _heads(body: str) -> Iterator[tuple[int, int, float]]:
    """A heading of a thought, and one of the answer after it."""
    for m in islice(HEAD.finditer(body), 6):
        after = SAID.search(body, m.end())
        if after:
            sure = 1.0 if m["sure"] else 0.5
            yield *m.span(), sure
            yield *after.span(), 0.2
            return
        if m["sure"]:
            yield *m.span(), 0.4


def _drafts(body: str) -> Iterator[tuple[int, int, float]]:
    """Drafts of one text: labels, a verdict between them, and the same words again."""
    labels = list(islice(DRAFT.finditer(body), 8))
    if not labels:
        return
    weight = 0.5 if len(labels) > 1 else 0.2
    first = labels[0]
    end = labels[1].start() if len(labels) > 1 else first.end() + 400
    between = body[first.end() : end]
    last = between.strip().rsplit("\n", 1)[-1][-160:] + body[end : end + 120]
    weight += 0.3 if JUDGED.search(last) else 0.0
    words = re.findall(r"\w+", between[:200])
    if len(words) >= 3:
        again = re.compile(r"\W{1,4}".join(map(re.escape, words[:3])))
        at = again.search(body, first.end())
        if at and again.search(body, at.end()):
            weight += 0.5
    yield *first.span(), weight


def _ticks(body: str, low: str) -> Iterator[tuple[int, int, float]]:
    """Ticked points on a text's form."""
    if any(mark in low for mark in _TICKS):
        lines = [m for m in islice(TICKED.finditer(body), MOST) if _of_text(m.group())]
        rest = (body[: lines[0].start()] + body[lines[-1].end() :]).strip() if lines else ""
        if len(lines) >= 2 and len(rest) > BESIDE:
            yield lines[0].start(), lines[-1].end(), min(1.1, 0.35 * len(lines) + 0.1)
    if not any(mark in low for mark in _YES):
        return
    points: list[int] = []
    for m in islice(TICKED_IN.finditer(body), MOST):
        clause = re.split(r"[.;!?\n]", body[max(0, m.start() - 60) : m.start()])[-1]
        if len(clause) >= 2 and _of_text(clause):
            points = [at for at in points if m.start() - at < 200] + [m.start()]
            if len(points) == 2:
                yield points[0], m.end(), 0.8


def _of_text(line: str) -> bool:
    every = _plans.read(line.lower().replace("’", "'")).all
    return bool(every & (c.OUT | c.STYLE | c.STRONG | c.WEAK | c.USER | c.POLICY))


def _labels(body: str) -> Iterator[tuple[int, int, float]]:
    """A request taken apart under labels, before the answer."""
    marks = list(islice(LABEL.finditer(body), 12))
    names = {m["label"].lower() for m in marks}
    sure = sum(SURE_LABEL.search(name) is not None for name in names)
    if len(names) < (2 if sure > 1 else 3):
        return
    last = marks[-1]
    rest = body[body.find("\n", last.end()) :] if "\n" in body[last.end() :] else ""
    lines = [line.lstrip() for line in rest.splitlines() if line.strip()]
    if ITEM.match(marks[0].group().lstrip()) and all(map(ITEM.match, lines)):
        return  # terms that go on to the end, and no answer
    if not sure or len(rest.strip()) < 3 or len(body[: marks[0].start()].strip()) > 200:
        return
    yield marks[0].start(), last.end(), min(1.05, 0.25 * len(names) + 0.2 * sure)
