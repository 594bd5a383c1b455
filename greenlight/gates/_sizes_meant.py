"""Whether a size that a prompt names is asked of the answer, or is that of something that the prompt speaks of."""

from __future__ import annotations

import re
from typing import NamedTuple

from greenlight.gates._sizes_clauses import (
    CONDITION,
    FRONTED,
    HAS,
    HELP,
    INNER,
    LATER,
    MAKING,
    OWNED,
    PROVIDED,
    TALK,
    WRITE_IT,
)  # fmt: skip
from greenlight.gates._sizes_words import (
    ABOUT_BEFORE,
    AFTER_LESS,
    AFTER_MORE,
    AROUND_AFTER,
    ASKING,
    BEFORE_LESS,
    BEFORE_MORE,
    BELONGS,
    EACH_AFTER,
    EACH_BEFORE,
    EXACTLY,
    IN_BEFORE,
    INCLUDED,
    LINK,
    NOT_SO,
    OPENS,
    QUESTION,
    RELATIVE,
    SUBJECT,
    TOPIC,
)

REACH = 200
"""Signs before a size that are looked at."""
MANY = 20
"""Words or characters from which a number is hardly ever said of anything but a text."""
CLAUSE = re.compile(r"[.!?。！？](?=\s|$)|[\n;]|(?<=[\w ]):(?=\s)")
PIECE = re.compile(r"[,()\[\]—–]|\s-\s")
FILLER = re.compile(r"[^\W\d_]+")
ITEM_LINK = re.compile(r"(?<!table )(?<!come up )\b(?:with|mit|avec|con|com|met|using|from|of)\s*$", re.IGNORECASE)
LISTED = re.compile(
    r"\b(?:list|liste|lista|csv(?: file)?|dataset|quiz|test|exam|survey|questionnaire|checklist|worksheet|faq|"
    r"array|collection|selection|set|"
    r"series|table|quizz|fragebogen|cuestionario)\s+(?:of|von|de|di|met|with|mit|avec|con|com)\s*$",
    re.IGNORECASE,
)
REQUIRES = re.compile(
    r"\b(?:needs?|wants?|expects?|requires?|ask(?:s|ed)? for|calls? for|takes?|allows?|accepts?|permits?|"
    r"demands?|has to|(?:may|can|must) ?not|can['’]t|exceed|"
    r"so (?:that )?(?:it|this)(?:['’]s| is)|have to|must|should|shall|ought to|supposed to|(?:limit|restrict|cap|"
    r"confin)(?:s|ped|ed)? (?:\w+ )?(?:to|at)|"
    r"(?:room|space|place) (?:\w+ )?for|fits|holds|fill|put|total(?:ling)?|"
    r"(?:quota|budget|target|goal|aim|limit|length|maximum|minimum|word count|cap|size) (?:\w+ )?(?:is|of|are|=|be)|"
    r"(?:limit|length|maximum|minimum|size|umfang|länge|longueur|longitud|extensión|lunghezza|tamanho|lengte|объ[её]м|"
    r"длина|uzunluk)|soll\w*|muss|braucht|verlangt|darf|doit|faut|debe|tiene que|necesita|deve|serve|precisa|"
    r"moet|должен|должна|должно|нужно|требуется)\b[^.;!?]{0,60}$",
    re.IGNORECASE,
)
HOW_TO_WRITE = re.compile(
    r"\bhow (?:do|can|should|would|could|might) (?:i|we) (?:best |ever |even )?(?:write|start|begin|structure|"
    r"cut|shorten|fit|reach|get (?:to|it)|fill|trim|lengthen|stretch|pad|open|end|plan)\b",
    re.IGNORECASE,
)
"""It is the one who asks that has to write the text."""
NARRATED = re.compile(
    r"\W*(?:(?:so|then|and|but|well|yesterday|once|last \w+|today|this \w+|in \d{4}|ok),?\s+){0,2}"
    r"(?:i|we|he|she|they|it|(?:my|our|his|her|their|the) [\w-]+(?: [\w-]+)?|someone|somebody|"
    r"(?:[\w-]+ )?[\w-]{4,}['’]s [\w-]+)\s+"
    r"(?:(?:just|once|already|have|has|had|only|finally|recently|also|always)\s+){0,2}"
    r"(?:wrote|write|say|speak|type|written|said|told|gave|got|made|had|was|were|read|spoke|took|sent|found|won|"
    r"said|heard|saw|knew|"
    r"learned|learnt|lost|(?!called|named|based|entitled|titled|known|need|limited)\w{2,}ed)\b",
    re.IGNORECASE,
)
YES_OR_NO = re.compile(
    r"\W*(?:and |but |so |ok(?:ay)?,? )?(?:is|are|was|were|does|did|do|has|have|"
    r"who|when|where|should|must|may|(?:can|could|would|will)(?! you\b| i\b| we\b)) ",
    re.IGNORECASE,
)
ASKING_AFTER = re.compile(
    r"\b(?:yaz|ver|anlat|açıkla|söyle|sırala|listele|özetle|öner)(?:ın|iniz|ınız|ir misin|ar mısın|r mısın)?\b",
    re.I,
)
"""Turkish asks at the end."""
OR_TWO = re.compile(r"\s*,? or (?:two|2|three|many)\b", re.IGNORECASE)
WHICH = re.compile(r" (?:that|which|who|whose|from|che|que|qui|die|das|которые)\b", re.IGNORECASE)
DIRECT = re.compile(
    r"(?:^\W*|\b(?:list|name|give|suggest|recommend|need|want|find|share|provide|propose|brainstorm|tell|write|"
    r"compose|draft|craft|create|pen|come up with|think of|nenn\w*|cite\w*|elenca|dime|dame|nombra|nomme|"
    r"назови)(?: me| us| mir| out| up)?\s+)$",
    re.IGNORECASE,
)
ONE = re.compile(r"(?:one|single)\b", re.IGNORECASE)
JUST_THE = re.compile(r"\b(?:just|only) the\s*$", re.IGNORECASE)
THIRD = re.compile(
    r"\W*(?:the|this|our|my|most|some|his|her|their) (?!(?:maximum|required|desired|final|whole|entire) "
    r")(?!answer|repl|response|text|essay|"
    r"quota|limit|length|word|piece|article|result|output|max|min|target|goal|story|poem|letter|summary|message|"
    r"format|box|field)\w+",
    re.IGNORECASE,
)
"""What sets a rule that is not for the answer, where a question follows."""
LABEL = re.compile(
    r"^\w+[ -]?(?:count|limit|target|goal|length|budget|cap)\b|^(?:number of|anzahl|nombre de)", re.IGNORECASE
)
THE = re.compile(r"\b(?:the|your|a|with a)\s*$", re.IGNORECASE)
FOR_EACH = re.compile(r"^\W*(?:for|on|of) (?:each|every)\b[^.;!?]{0,60}$", re.IGNORECASE)
EACH_WITH = re.compile(
    r"[^.;!?]{0,40}\b(?:(?:each|both|all) with|(?<!\bone )(?:for|per|to|about|on|of|in) (?:each|every(?! day|"
    r" child| age| reader)))\b",
    re.IGNORECASE,
)
HERE = re.compile(
    r"\b(?:here|there|below|following|these) (?:are|is|were|come)\s*(?:the |my )?$|\bhere(?:['’]s| is) an?\s*$",
    re.IGNORECASE,
)
PLACED = re.compile(
    r"\b(?:add|attach|append|insert|put(?! [^.;!?]{0,24}\binto (?:just |only )?$)|prepend|"
    r"tack on|top it off)\b[^.;!?]{0,30}$",
    re.IGNORECASE,
)
FOR_TEXT = re.compile(
    r"\b(?:titles?|headlines?|outlines?|plan|names?|hook|topics?|ideas?|prompts?|structure|opening|cover|questions?|"
    r"thesis|keywords|feedback|scheme|schedule)\s+(?:for|of|to|on)\s+(?:an?|the|my|our|his|her|their|this)\s+"
    r"(?:[\w'’-]+\s+){0,3}$|^\W*(?:it|this|that|they) (?:has|have|had|was|came to|runs to)\s+$",
    re.IGNORECASE,
)
"""A text that something is wanted for, or that has its size already."""
ANNOUNCED = re.compile(
    r"\W*(?:i have |ok(?:ay)?,? )?\w+ (?:more |quick |short |small |easy )?(?:questions|things|requests|tasks|"
    r"favou?rs|problems|parts)\s*(?:[.:!—,-]|$|for you)",
    re.IGNORECASE,
)
"""How many requests follow."""
RULED = re.compile(
    r"\W*it (?:should|must|has to|needs to|is to) (?:limit|keep|restrict|cap|answer|reply|respond)",
    re.IGNORECASE,
)
"""A rule for what is to be written, as a prompt for a model."""
SPOKEN_OF = re.compile(
    r"\W*(?:(?:the|an?|my|our|this|every|his|her) (?!answer|reply|replies|response|text|essay|story|poem|sonnet|"
    r"haiku|limerick|letter|piece|limit|summary|"
    r"length|maximum|output|title|headline|caption|motto|slogan|name)[\w-]+|he|she|they|"
    r"it(?! (?:should|must|has to|needs to|is to|may|can) (?:only |just )?(?:be|have|run|fit|contain|consist|"
    r"comprise)\b)) (?:\w+ ){0,2}(?:may|must|should|can|"
    r"could|will|would|shall|only|has to|have to|is|are|says?|speaks?|knows?)\b",
    re.IGNORECASE,
)
"""What some figure is to say: few words then are no answer's."""
OWN = re.compile(r"\b(?:i|we)\b", re.IGNORECASE)
ASKED_LATE = re.compile(
    r"\W*(?:in|with|using|on|for|as) [^,.;:!?]{1,40}, (?:how|why|where|when) (?:do|does|can|should|would|could|"
    r"is|are) (?:i|we|it|they|he|she|the|an?)\b",
    re.IGNORECASE,
)
"""A question that does not begin its sentence: "in Python, how do I …"."""
SELF = re.compile(r"\bhow (?:do|can|should|to|could|might|shall|would (?:i|we))\b", re.IGNORECASE)
BEST = re.compile(r"\b(?:most|best|main|key|top|biggest|essential|greatest|worst|important)\b", re.IGNORECASE)
SUBJECT_OF = re.compile(
    r"[- ]?(?:(?!that\b|which\b|who\b|what\b|how\b|why\b|when\b|where\b|and\b|to\b)[\w'’-]+\s+){0,2}(?:was|were|"
    r"is|are|has|have|had|got|takes?|took|"
    r"won|came|became|seems?|disappeared|went)\b(?! (?:enough|fine|plenty|ok|okay|good|ideal|perfect|what|all|"
    r"required|needed|expected|wanted|plenty|right|sufficient|the (?:maximum|minimum|limit|target)))",
    re.IGNORECASE,
)
"""The size opens a clause that says something of it."""
SAYS_OF = re.compile(
    r"\s+(?:on|about|for|in|of) (?!why|how|what|whether|when|that|who)(?:(?!(?:that|which|who|why|how|"
    r"what)\b)[\w'’-]+\s+){1,5}(?:can|could|will|would|is|was|were|has|had|made|changed)\b",
    re.IGNORECASE,
)
"""The same with something between."""
GENERAL = re.compile(
    r"\W*(?:most|many|few|some(?! \d)|all(?! (?:of )?(?:your |the )?(?:answers|repl|responses|messages))|any|"
    r"typical(?:ly)?|"
    r"the (?:average|typical|usual|longest|shortest)|an? (?:average|typical|friend['’]s|colleague['’]s|normal))\s",
    re.IGNORECASE,
)
STATED = re.compile(
    r"\W*(?:my|our|his|her|their|the|this|it|there|that|i|we|he|she|they|every|mein\w*|mon|ma|mi|mio|mia|meu|"
    r"minha|mijn|мо[йяёи])\s",
    re.IGNORECASE,
)
THAT_ONE = re.compile(r"\b(?:make|keep|need|want|do|have) (?:that|this|it all)\s*$", re.IGNORECASE)
SIGNED = re.compile(
    r"\b(?:post|tweet|text|message|bio|description|summary|caption|title|headline|blurb|note|answers?|reply|replies|"
    r"response|sms|slogan|ad|teaser|snippet|tagline|toot|something|line|paragraph|sentence)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
"""What has characters that are signs, not people."""
ONLY_THE = re.compile(r"\b(?:only|just|me|with|name|list) the\s*$", re.IGNORECASE)


class Said(NamedTuple):
    """A size as it was read."""

    unit: str
    low: float
    high: float
    kind: str
    words: str

    @property
    def big(self) -> bool:
        """Whether there is hardly anything but a text that has so many."""
        return self.unit in ("words", "chars") and (self.low if self.high == float("inf") else self.high) >= MANY


def meant(text: str, size: Said, start: int, end: int) -> bool:
    """Whether the size at these places of a text is asked of the answer."""
    words = FILLER.findall(size.words)
    if start and len(words) > 1 and all(word[0].isupper() and word[1:].islower() for word in words):
        return text[start - 1] != " " or text[:start].rstrip()[-1:] in ".!?:"
    cuts = [m.end() for m in CLAUSE.finditer(text)]
    first = max([0, *(cut for cut in cuts if cut <= start)])
    last = min([len(text), *(cut for cut in cuts if cut >= end)])
    sentence, before, after = text[first:last], text[first:start][-REACH:], text[end:last]
    into = size.kind == "form" and re.match("(?:into|as) ", size.words, re.IGNORECASE)
    if (not into and _another(before, after, size)) or (
        first == 0 and not before.strip() and ANNOUNCED.match(sentence)
    ):
        return False
    if size.kind == "form":
        return not QUESTION.match(sentence.strip()) and not LINK.search(before)
    if size.unit == "items" and ITEM_LINK.search(before) and not LISTED.search(before):
        return False
    topic = (
        TOPIC.search(before)
        and (size.unit == "items" or not OF_TEXT.search(before))
        and not re.match(r"\W*(?:long|in length)\b", after, re.IGNORECASE)
    )
    if topic and (size.unit not in ("words", "chars") or size.low < 50 or re.search(r"\w", after)):
        return False
    if "?" in text[last:] and HAS.match(sentence):
        return False
    if size.big and WRITE_IT.search(text[last:]):
        return True
    helped = HELP.search(text[last:]) is not None or HOW_TO_WRITE.search(text) is not None
    helped = helped or ("?" in text[last:] and THIRD.match(sentence) is not None)
    return _asked(sentence, before, after, size, helped)


def _stem(before: str) -> str:
    """Without the word that makes a bound of the number."""
    for bound in (ABOUT_BEFORE, BEFORE_LESS, BEFORE_MORE, EXACTLY):
        before = bound.sub("", before)
    return before


def _asked(sentence: str, before: str, after: str, size: Said, helped: bool) -> bool:
    """Whether a size that may be the answer's is asked for, and not told of."""
    made = MAKING.search(before) is not None
    told = NARRATED.match(sentence) is not None or (not made and GENERAL.match(sentence) is not None)
    told = told or (helped and not made and STATED.match(sentence) is not None)
    inner = INNER.search(before) is not None
    stem = _stem(before)
    own_way = SELF.search(before) is not None and (size.unit != "items" or OWN.search(before) is not None)
    if (IN_BEFORE.search(before) or IN_BEFORE.search(stem)) and not own_way:
        joined = YES_OR_NO.match(sentence) is not None and not re.search(r"[,—–(:-]\s*\w+\s*(?:\w+\s*){0,2}$", before)
        return not (inner or told or joined or RULED.match(sentence))
    if size.unit != "items" and not size.big and "?" in sentence and (YES_OR_NO.match(sentence) or OR_TWO.match(after)):
        return False  # whether another text has the size
    if size.unit in ("words", "lines") and not size.big and SPOKEN_OF.match(sentence):
        return False
    if told or ((SUBJECT_OF.match(after) or SAYS_OF.match(after)) and not made):
        return False
    if size.unit == "items" and LISTED.search(before) and not (inner or own_way or helped):
        return True
    late = ASKED_LATE.match(sentence) is not None
    question = late or QUESTION.match(sentence.strip()) is not None
    own = helped and re.search(r"\b(?:i|we|my|our)\b", before, re.IGNORECASE)
    headed = "-" in size.words and re.fullmatch(r"\W*(?:(?:an?|one)\s+)?(?:\w+\s+)?", before, re.IGNORECASE)
    if (headed or _fragment(before, after)) and (not question or PIECE.search(before)):
        return not own
    if question:
        before = before.split(",", 1)[-1] if late else before
        before = PIECE.split(before)[-1] if PIECE.search(before) else ""
    if inner or own:
        return False
    return ASKING_AFTER.search(after) is not None or _wanted(before, size, helped)


def _another(before: str, after: str, size: Said) -> bool:
    """Whether the words beside a size say that it is of a part, of a text at hand, or of another time."""
    unit, kind, big, said = size.unit, size.kind, size.big, size.words
    label = LABEL.search(said) is not None
    if (
        BELONGS.search(before)
        and not (label and THE.search(before))
        and not (
            (ONE.match(said) and JUST_THE.search(before))
            or (BEST.search(said) and ONLY_THE.search(before))
            or THAT_ONE.search(before)
        )
    ):
        return True
    ahead = before.rstrip()[-1:] == "," and (kind == "limit" or after.lstrip()[:1] == ":")
    if OWNED.search(before) and OWNED.search(_stem(before)) and not (MAKING.search(before) or ahead):
        return True
    if LATER.search(before) or PROVIDED.search(_stem(before)) or FRONTED.search(before) or CONDITION.match(after):
        return True
    if EACH_AFTER.match(after) or EACH_BEFORE.search(before) or SUBJECT.search(before):
        return True
    direct = DIRECT.search(before) or (unit == "items" and LISTED.search(before))
    talk = unit == "lines" and after.startswith(" between ") and TALK.search(before)
    if RELATIVE.match(after) and not ((WHICH.match(after) and direct) or ENOUGH.match(after) or talk):
        return True
    if unit == "chars" and kind == "bare" and re.search(r"\b(?:with|of)\s+$", before, re.IGNORECASE):
        return SIGNED.search(before) is None
    if (
        re.search(r"(?<!\bthat)(?<!\blet)(?<!\bit)(?<=\w)['’]s?\s+$", before, re.IGNORECASE)
        or EACH_WITH.match(after)
        or FOR_EACH.search(before)
        or HERE.search(_stem(before))
        or (big and FOR_TEXT.search(_stem(before)))
        or (not big and PLACED.search(before))
    ):
        return True
    if kind != "limit" and NOT_SO.search(before):
        return True
    held = INCLUDED.search(before)
    return held is not None and not (big and re.match(r"contain|after|includ\w+ed", held[0], re.IGNORECASE))


def _wanted(before: str, size: Said, helped: bool) -> bool:
    """Whether a verb of asking, or a rule that the text is to keep, stands before the size."""
    if not size.big and size.unit in ("items", "words") and LINK.search(before):
        return False
    if (REQUIRES.search(before) or LABEL.search(size.words)) and (size.big or size.unit not in ("words", "items")):
        return not helped
    if ANSWER_WITH.search(before):
        return True
    verbs = [m.end() for m in ASKING.finditer(before)]
    if not verbs:
        named = size.big or size.unit != "items"
        return (named and TEXTS.match(before) is not None) or (
            size.unit == "items" and LISTED.search(before) is not None
        )
    few = size.unit == "words" and size.high < 10 and "-" not in size.words and NAME_OF.search(_stem(before)) is None
    return not few or len(FILLER.findall(before[verbs[-1] :])) < 3 or EXACTLY.search(before) is not None


ANSWER_WITH = re.compile(r"\b(?:answer|repl|respond)\w*\b[^.;!?]{0,40}\bwith\s+$", re.IGNORECASE)
OF_TEXT = re.compile(r"\b(?:de|di|van|von)\s+$", re.IGNORECASE)
NAME_OF = re.compile(
    r"\b(?:an?|one) (?:[\w-]+ )?(?:title|headline|caption|slogan|tagline|motto|subject line|nickname|label)"
    r"(?: (?:of|in|with|using))?\s*$",
    re.IGNORECASE,
)
"""What has but a few words."""
TEXTS = re.compile(
    r"\W*(?:(?:please|ok(?:ay)?|now|hi|hello|bitte|por favor|per favore|пожалуйста),?\s+)?(?:(?:an?|one|another|"
    r"some|ein\w*|une?|una?|um|uma|een)\s+"
    r"(?:[\w'’-]+\s+){0,3}?|(?!the |he |she |it |i |we |they |you |my |this |that |his |her |our "
    r")(?:[\w'’-]+\s+)?)(?:essay|text|letter|poem|story|tale|article|paper|post|note|speech|summary|piece|review|"
    r"description|report|chapter|bio|biography|blurb|e-?mail|message|guide|monologue|dialogue|sketch|fable|column|"
    r"obituary|eulogy|toast|caption|abstract|introduction|statement|overview|explanation|account|portrait|profile|"
    r"editorial|script|memo|answer|reply|response|something|aufsatz|brief|gedicht|geschichte|artikel|"
    r"beitrag|zusammenfassung|lettre|poème|histoire|texte|résumé|rédaction|carta|poema|cuento|texto|artículo|resumen|"
    r"ensayo|lettera|poesia|storia|testo|articolo|saggio|tema|redação|artigo|история|рассказ|текст|статья|эссе|"
    r"сочинение|письмо)\b",
    re.IGNORECASE,
)
"""The sentence names a text, as one does who asks for it: "a term paper on tides of 900 words"."""


ENOUGH = re.compile(
    r"\s*(?:(?:would|will|should|might|can|may) (?:be )?|is |are )(?:just |all |more than )?(?:ideal|enough|fine|"
    r"perfect|plenty|great|good|do|ok|okay|lovely|best|suffice|nice|right|what (?:i|we)|sufficient)\b",
    re.IGNORECASE,
)


def _fragment(before: str, after: str) -> bool:
    """Whether little more than the size stands between two marks."""
    if ENOUGH.match(after):
        return True
    for bound in (AFTER_LESS, AFTER_MORE, AROUND_AFTER):
        after = bound.sub("", after, count=1) if bound.match(after) else after
    left, right = PIECE.split(before)[-1], PIECE.split(after)[0]
    for bound in (ABOUT_BEFORE, BEFORE_LESS, BEFORE_MORE, EXACTLY):
        left = bound.sub("", left)
    fillers = re.sub(r"\b(?:of|with|in|von|de|из)\s*$", "", left).split()
    article = fillers and fillers[0].lower() in ("a", "an", "ein", "eine", "un", "une", "una")
    if len(fillers) > (3 if article else 2) or LINK.search(left):
        return False
    return len(FILLER.findall(right)) <= 3 or OPENS.match(after) is not None
