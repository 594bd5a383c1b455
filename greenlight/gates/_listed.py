"""Whether the last item of a list is whole."""

from __future__ import annotations

import re

from greenlight.errors import counted
from greenlight.gates import _asks
from greenlight.gates import _endings as ends
from greenlight.gates._endings import Ending
from greenlight.gates._hanging import dangles, hangs, opens

WANTS_A_THING = re.compile(
    r"(?:\b(?:of|with|some|more|extra|\d[\d/.,]*|½|¼|¾|a|an|two|three|four|half) (?:(?:very|finely|freshly|"
    r"roughly|thinly) )?"
    r"(?:chopped|sliced|diced|grated|minced|ground|dried|melted|softened|toasted|crushed|shredded|fresh|ripe|"
    r"large|small|"
    r"medium|whole|big|long|short|warm|cold|hot|dry|old|new|good|sweet|sour|red|white|black|green|brown|light|"
    r"heavy|plain|"
    r"raw|cooked|peeled|boiled|frozen|unsalted|salted|extra|virgin|cups?|tablespoons?|teaspoons?|tbsp|tsp|pinch|pair|"
    r"handful|bunch|bag|bottle|piece|slice|clove)|\b(?:cups?|tablespoons?|teaspoons?|tbsp|tsp|pinch|pair|handful|"
    r"bunch|"
    r"couple|kind|sort|lot|number|bit|set) of)$",
    re.IGNORECASE,
)
UNIT_ALONE = re.compile(r"(?:cups?|bag|bottle|piece|slice|clove|pair|bunch)$", re.IGNORECASE)
MARKER = re.compile(
    r"\s*(?:[-*•+–·▪☐☑✓]|\[[ xX]\]|\(?\d{1,3}[.):]|\(?[A-Za-z][.)]|[IVX]{1,5}\.)\s+|(?:Step|Day) \d+[:.]\s+"
)
MEASURED = re.compile(r"(?:\d|½|¼|¾|a |an |half )")
ANNOUNCED = re.compile(
    rf"\b({_asks.COUNT}) (?!to |or |bis |und )(?:\w+ ){{0,2}}?"
    rf"(?:things|reasons|steps|tips|questions|titles|ideas|ways|facts|rules|"
    rf"names|points|"
    r"items|examples|lessons|books|habits|words|exercises|slogans|jokes|riddles|benefits|advantages|mistakes|"
    r"signs)\b",
    re.IGNORECASE,
)
READ, MANY = 20_000, 30
"""Characters of a text with a list that is counted, and items of the longest that is counted."""
THINGS = (
    r"(?:things|reasons|steps|tips|questions|titles|ideas|ways|facts|rules|names|points|items|examples|lessons|books|"
    r"habits|words|exercises|slogans|jokes|riddles|benefits|advantages|disadvantages|mistakes|signs|suggestions|"
    r"options|causes|effects|differences|strategies|techniques|methods|principles|synonyms|sentences|headlines|"
    r"features|quotes|books|films|movies|songs|recipes|places|countries|cities|animals|foods|activities|goals|"
    r"Fakten|Gründe|Tipps|Schritte|Ideen|Beispiele|Regeln|Fragen|faits|raisons|conseils|étapes|idées|exemples|"
    r"datos|razones|consejos|pasos|ejemplos|reglas)"
)
COLON = re.compile(r"[:：][*_]{0,2}[ \t]*$", re.MULTILINE)
HERE = re.compile(
    rf"[^:]{{0,160}}?\b{_asks.COUNT} (?:[\w'’-]+ ){{0,2}}?{THINGS}\b[^:]{{0,120}}$",
    re.IGNORECASE,
)
"""A line that announces so many things."""
COUNTS = re.compile(rf"\b{_asks.COUNT}\b", re.IGNORECASE)
LESS = re.compile(
    r"\b(?:of the|of these|of those|of my|of your|of them|first|last|next|remaining|other|more|some|such|up to|"
    r"at least|more than|over|out of|or|to|after|before|during|into|among|per|each|every|if|when|which|any|"
    r"all|both)\b(?= |:)|\?",
    re.IGNORECASE,
)
"""What makes the number that of something else, or of a part."""
KNOWN = re.compile(
    r"\b(?:for|about|on|in|with|from|by|at|under|behind|against|regarding|concerning|"
    r"für|zu|in|mit|bei|aus|von|vor|über|pour|avec|dans|sur|de|para|con|en|sobre) "
    r"(?:the|those|my|your|our|their|his|her|its|all|den|die|der|diese[nr]?|deine[nr]?|Ihre[nr]?|unsere[nr]?|meine[nr]?|"
    r"les|vos|tes|nos|mes|las|los|sus|tus|mis)(?: (?:the|my|your|our|their))? "
    rf"(?={_asks.COUNT}\b)",
    re.IGNORECASE,
)
"""Beside a number: it is that of things already known, and what is listed is something else."""
FURTHER = re.compile(
    r"[ \t]*[*_]{0,3}(?:(?:oh|and|but|then|plus|now|und|et|y|e)\b[,:]? ){0,2}"
    r"(?:(?:as for|there(?:['’]s| is)(?: also)?) )?(?:(?:my|the|a|der|die|das|le|la|el) )?"
    r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|final|finally|last|lastly|another|"
    r"one (?:more|last|final)|also|in addition|additionally|moreover|furthermore|"
    r"number (?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})|"
    r"zweitens|drittens|viertens|fünftens|sechstens|zuletzt|zum Schluss|schließlich|außerdem|"
    r"deuxième|troisième|quatrième|cinquième|enfin|en plus|segundo|tercero?|cuarto|quinto|por último|finalmente|además)"
    r"(?:ly|ment)?\b",
    re.IGNORECASE,
)
"""How a line begins that tells a further point in prose."""
ITEM_NUMBER = re.compile(r"(?<!\S)\(?(\d{1,3})[.)]\s")
"""Of an item, and of those that go on in its line."""
PLAIN = re.compile(r"(?:[-*•+–·▪]|\(?\d{1,3}[.)])\s+\S")


def _kind(line: str) -> str:
    """Of what dress an item is: its mark without the number."""
    found = MARKER.match(line)
    return re.sub(r"\d+|[IVX]+(?=\.)|[A-Za-z](?=[.)])", "1", found.group().strip()) if found else ""


def _beside(end: Ending) -> list[str]:
    """The items of the same list, without their marks."""
    kind = _kind(end.last)
    first = re.match(r"\s*\(?1[.)]\s", end.last) is not None
    found: list[str] = []
    for line in reversed(end.before):
        if first or (found and kind != "1." and not ends.ITEM.match(line) and len(line) > 100):
            break
        if ends.ITEM.match(line) and _kind(line) == kind:
            found.append(MARKER.sub("", line))
            if re.match(r"\(?1[.)]\s", line):
                break
        elif kind and not kind[0].isalnum() and (line.endswith(":") or ends.HEADING.match(line)):
            break
    return found


def item(end: Ending, inner: bool) -> bool:
    """Whether the last item of a list is whole, beside the items above it. ``inner``: a sentence in it ends."""
    return _whole(end, inner) and not _fewer_than_announced(end)


def _whole(end: Ending, inner: bool) -> bool:
    items = _beside(end)
    said = MARKER.sub("", end.last).strip()
    words = said.split()
    stopped = sum(map(ends.stopped, items))
    loose = len(items) > 1 and not stopped and len(words) > 1
    hung = dangles(said, end.around) if loose else hangs(said, end.around, soft=True)
    if hung and not (len(words) == 1 and not opens(words[0])):
        return False
    if len(words) <= 3 and any(line.endswith("?") for line in items[-2:]) and end.last.lstrip()[0] in "-–":
        return True  # what two say to each other
    if items and stopped == len(items):
        return not (len(items) >= 2 or inner or len(words) >= (5 if len(items[0].split()) > 4 else 6))
    if len(items) >= 3 and stopped >= 0.75 * len(items) and (inner or len(words) >= 5):
        return False
    if WANTS_A_THING.search(said) and not (UNIT_ALONE.search(said) and re.match(r"\d", said) and len(words) > 1):
        return False
    if not items and re.match(r"\s*\(?1[.)]\s", end.last) and end.before:
        return False  # a list of one
    measured = [line for line in items if MEASURED.match(line)]
    if ends.NUMBERS.match(said) and measured and not any(map(ends.NUMBERS.match, items)):
        return False
    return not (len(words) <= 2 and opens(words[-1]) and items and min(len(line.split()) for line in items) > 2)


def _fewer_than_announced(end: Ending) -> bool:
    """Whether the number of the last item is below the number of items that the prompt asks for."""
    number = re.match(r"\(?(\d{1,2})[.):]", end.last.strip())
    found = ANNOUNCED.search(end.prompt)
    if number is None or found is None:
        return False
    word = found[1].lower()
    many = int(word) if word.isdigit() else _asks.NUMBERS.get(word, 0)
    return int(number[1]) < many <= 30


def short_of(body: str) -> str:
    """Of how many of how many things that the text announces its list tells, in words; empty where it has all.

    Only a plain list counts, of numbers or dashes: an announcement with one number that ends with a colon, and items
    under it, at the margin; more announcements, headings, or a further point in prose, and nothing is said.
    """
    if len(body) > READ or (":" not in body and "：" not in body):
        return ""
    heads = [(body[body.rfind("\n", 0, m.start()) + 1 : m.start()], m.end()) for m in COLON.finditer(body)]
    heads = [(head, at) for head, at in heads if HERE.match(head)]
    if len(heads) != 1:
        return ""
    head, at = heads[0]
    numbers = COUNTS.findall(head)
    if len(numbers) != 1 or LESS.search(head) or KNOWN.search(head):
        return ""
    word = numbers[0].lower()
    many = int(word) if word.isdigit() else _asks.NUMBERS.get(word, 0)
    lines = [line for line in body[at:].split("\n") if line.strip()]
    if not lines or not PLAIN.match(lines[0]) or any(map(ends.HEADING.match, lines)):
        return ""
    numbered = lines[0].lstrip("( ")[0].isdigit()
    items = [line for line in lines if PLAIN.match(line) and (line.lstrip("( ")[0].isdigit() or not numbered)]
    if any(line.rstrip().endswith((":", "：")) for line in lines) or not len(items) < many <= MANY:
        return ""
    if numbered and max(int(number) for line in items for number in ITEM_NUMBER.findall(line)) >= many:
        return ""
    after = lines[max(place for place, line in enumerate(lines) if PLAIN.match(line)) + 1 :]
    if any(map(FURTHER.match, after)):
        return ""
    return f"{counted(len(items), 'item')} where {word} are announced"
