"""Texts that may end anywhere: the piece of a sentence that was asked for, a picture, a list of words in a line."""

from __future__ import annotations

import re

from greenlight.gates import _endings as ends
from greenlight.gates import _hanging as hanging
from greenlight.gates import _joints
from greenlight.gates._text import word_set

WORDS = 40
"""Words of the longest piece."""
ASKED = re.compile(
    r"_{2,}|\b(?:fill(?:ed|ing|s)?(?:[ -]in)?[ -](?:the )?(?:gaps?|blanks?)|blanks?|cloze|gap[ -]fill|"
    r"missing (?:word|preposition|article)|"
    r"(?:story|sentence|writing|diary|journal|conversation|essay)[ -](?:starters?|openers?|stems?|prompts?)|"
    r"starter (?:line|sentence)|auto-?complet\w*|auto-?suggest\w*|next words?|predict the|sentence stems?|"
    r"unfinished|incomplete|half[- ](?:finished|sentence)|mid-?sentence|breaks? off|breaking off|broken off|"
    r"interrupt(?:s|ed|ion)?|cut(?:s|ting)? (?:off|short)|trail(?:s|ing)? off|left hanging|leave it (?:open|"
    r"hanging|there)|"
    r"(?:first|second|last|opening|closing|other|latter) (?:half|part|(?:\w+ )?words?)|"
    r"only the (?:beginning|start|opening|first)|just the (?:beginning|start|opening|first)|"
    r"(?:one|two|three|four|five|few|which) words (?:that |which )?(?:begin|start|open|end|close|come|stand)s?|"
    r"(?:words?|come|comes|stand|stands|goes|go) (?:before|after|between) ['\"“‘]|"
    r"(?:guess|add|write|supply|fill in|say) the (?:rest|end)|"
    r"(?:class|pupils?|students?|kids?|child(?:ren)?|readers?|players?|me|us|you|them|they|i|we|he|she)"
    r"(?: (?:can|will|could|should|must|may|to|then)|'ll) (?:finish|complete|end|continue)|"
    r"prepositions?|conjunctions?|pronouns?|determiners?|stop ?words?|function words|question words|modals?|"
    r"auxiliar\w+|clauses?|noun phrases?|fragments?|prefix(?:es)?|syllables?|backwards?|in reverse|"
    r"(?:which|what|definite|indefinite|german|french|italian|spanish|dutch|portuguese|english) articles?|"
    r"(?:complete|finish|continue|end) (?:the|this|my|a|that) "
    r"(?:phrase|proverb|saying|sequence|series|sentence|line|lyrics?|rhyme|quote|quotation|idiom|verse|row|pattern)|"
    r"lücken?(?:text)?|ergänz\w*|satzanfang|satzanfänge|präposition\w*|artikel (?:von|zu|hat|ist)|"
    r"complète|à trous|début de phrase|amorce|préposition\w*|completa|rellena|preposici\w+|comienzo de frase|"
    r"completare|preposizion\w+|preposiç\w+|lacunas?|предлог\w*|закончи|допиши|пропуск\w*|начало фразы)\b|"
    r"(?:^|[.!?:] *)(?:complete|finish|continue|ergänze|complète|completa|закончи) ?[:：]|"
    r"(?:\.\.\.|…)[\"'”’»]?\s*$|填空|接龙|上半句|下半句|前半|穴埋め|빈칸|أكمل|पूरा करो",
    re.IGNORECASE,
)
"""A prompt that asks for part of a sentence, or for the words that sentences are joined with."""
BREAKS = re.compile(
    r"\b(?:interrupt(?:s|ed|ion)?|breaks? off|breaking off|trail(?:s|ing)? off|mid-?sentence|cliff-?hanger|unfinished|"
    r"cut(?:s|ting)? (?:off|short)|left hanging|never finish\w*)\b",
    re.IGNORECASE,
)
"""A prompt that asks for a text in which somebody does not finish."""
CARRIED = re.compile(
    r"\b(?:translat\w*|render|say|in (?:german|french|spanish|italian|portuguese|dutch|russian|english|latin|polish|"
    r"turkish|swedish|japanese|chinese|korean|arabic|hindi|greek)|into \w+|(?:german|french|spanish|italian|"
    r"portuguese|dutch|russian|english|latin|polish|turkish|swedish|word|expression|equivalent) (?:for|of)|mean|"
    r"übersetz\w*|heißt|sagt man|auf \w+isch|tradui\w*|dit-on|dire|traduc\w*|dice|dire|traduz\w*|diz|перевед\w*|"
    r"по-\w+и|çevir|vertaal|översätt|oversæt|oversett|przetłumacz|repeat|transcri\w+|copy|verbatim|exactly|extract|"
    r"quote|lower ?case|upper ?case|capitali[sz]e|capitals|correct|spell\w*|fix|typo\w*|rewrite|underline\w*|"
    r"abbreviat\w*|type|spelling|dictat\w*|bracket\w*)\b|"
    r"翻译|翻訳|译|번역|英語|日本語|中国語|영어|英文|中文|ترجم|अनुवाद|תרגם|"
    r"μετάφρασ",
    re.IGNORECASE,
)
"""A prompt that asks for words of its own in another form."""
QUOTED = re.compile(r"[\"“„«「'‘](?=[^\s\"“„«「'‘])([^\"”“»」\n]{2,200}?)(?:[\"”“»」]|['’](?!\w))")
AFTER = re.compile(r"[:：]\s+(\S[^:：\n]{1,300})$")
DRAWN = re.compile(
    r"\b(?:ascii|kaomoji|emoticons?|emoji|smileys?|draw|sketch|picture|drawing|text art|shrug|face|flip|morse|braille|"
    r"notation|interval|rhythm|hangman|tabs?|tablature|pattern|board|grid|drum\w*|beat|zeichn\w*|"
    r"dessin\w*|dibuj\w*|disegn\w*|desenh\w*|нарису\w*|in characters|out of characters)\b|顔文字|画",
    re.IGNORECASE,
)
NOTATION = re.compile(
    r"(?:^|[\s,])[A-Z][a-z]?\d{0,2}[+-]$|→ ?[\w∞]{1,3}[+-]$|(?:^|"
    r"[\s=:∈])[\[\]][^\[\](),]{1,12}[,;] ?[^\[\](),]{1,12}[)\[]$"
)
"""An ion, a limit from one side, an interval that is open on one."""
RUN = re.compile(r"[^\W\d_]{3}")
SEPARATOR = re.compile(r"\s*[,;/|·•、，،；]\s*|\s+[-–—]\s+")
JOINS = re.compile(r"(?:and|or|und|oder|et|ou|y|o|e|и|или|en|of|och|og|i|ve|&|plus)\s+", re.IGNORECASE)
FUNCTION = (
    frozenset().union(*_joints.ABROAD.values())
    | hanging.ENGLISH
    | hanging.SOFT
    | word_set("out up off down over under but yet so for")
)


def asked(body: str, prompt: str) -> bool:
    """Whether the prompt asks for a piece, or for its own words in another form, and the text is no more than that."""
    said = body.strip()
    if len(said) < 3000 and BREAKS.search(prompt[:2000]):
        return True
    if " " not in said and re.search(r"\breg(?:ex|ular)", prompt[:2000], re.IGNORECASE):
        return True
    if not prompt or "\n" in said or len(said) > 400 or len(said.split()) > WORDS or said[-1:] in ":：([{`*":
        return False
    return ASKED.search(prompt[:2000]) is not None or _carried(said, prompt[:2000])


def _carried(said: str, prompt: str) -> bool:
    """Whether the text is a part of what the prompt quotes; or all of it in another language, as open as it is."""
    if CARRIED.search(prompt) is None:
        return False
    size = ends.size(said)
    for found in QUOTED.findall(prompt) or AFTER.findall(prompt):
        source = found.strip()
        if ends.stopped(source):
            continue
        if said.lower().strip("\"'“”‘’") in source.lower():
            return True
        of = ends.size(source)
        if hanging.hangs(source, soft=True) and of <= 12:
            return size <= 2 * of + 3
        if 0.6 * of <= size <= 2 * of + 3 and of <= 12:
            return True
    return False


def noted(body: str) -> bool:
    """Whether a short text ends in a notation that looks open."""
    return len(body) < 80 and NOTATION.search(body[-40:]) is not None


def picture(body: str, prompt: str) -> bool:
    """Whether the last line, or all of a short text, is drawn with signs."""
    last = body[body.rfind("\n") + 1 :].strip()
    if noted(body):
        return True
    text = body[-1000:]
    if "|--" in text or "\\begin" in text or "$$" in text or RUN.search(last) or "{" in last or "](" in text:
        return False
    dense = "".join(text.split())
    letters = sum(char.isalnum() for char in dense)
    if DRAWN.search(prompt[:2000]):
        return letters <= 0.6 * len(dense)
    return letters <= 0.3 * len(dense) and len(dense) >= 4 and not ends.EMPTY_ITEM.match(last)


def word_list(line: str) -> bool:
    """Whether a line is three words or more of one kind, with one sign between them, the last of them whole."""
    letters = line.split()
    if len(letters) > 3 and max(map(len, letters)) == 1:
        return True
    parts = [JOINS.sub("", part, count=1) if number else part for number, part in enumerate(SEPARATOR.split(line))]
    parts = [part.strip() for part in parts]
    if len(parts) < 3 or not all(parts) or max(len(part.split()) for part in parts) > 4 or ends.INNER.search(line):
        return False
    if ends.DENSE.search(line) and ("、" not in line or "，" in line or max(map(ends.size, parts)) > 5):
        return False
    sizes = sorted(len(part.split()) for part in parts)
    small = sum(part.lower() in FUNCTION or part.lower() in hanging.BORROWED for part in parts)
    if 2 * small >= len(parts):
        return True
    if sizes[len(sizes) // 2] > 3 or (hanging.opens(parts[0].split()[0]) and sizes[-1] > 2):
        return False
    if any(word.isdigit() for word in parts[-1].split()[-1:]) and not parts[0].split()[-1].isdigit():
        return False
    return not hanging.hangs(parts[-1], line, soft=True)
