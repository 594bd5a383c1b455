"""Texts that may end anywhere: the piece of a sentence that was asked for, a picture, a list of words in a line."""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
import warnings

from greenlight.gates import _endings as ends
from greenlight.gates import _hanging as hanging
from greenlight.gates import _joints
from greenlight.gates._text import word_set

WORD = re.compile(r"\w+")
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
    r"(?:in|to|into|as|of) (?:base ?64|hex\w*|binary|morse|rot-?13)|caesar|cipher\w*|encode|pig latin|"
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
SIGN_ASKED = re.compile(
    r"\b(?:signs?|symbols?|characters?|operators?|glyphs?|letters?|vowels?|consonants?|keys?|dash(?:es)?|hyphens?|arrows?|"
    r"brackets?|braces?|parenthes[ie]s|quotes?|quotation marks?|marks?|commas?|colons?|semicolons?|slash(?:es)?|"
    r"backslash(?:es)?|asterisks?|ampersands?|accents?|punctuation|delimiters?|separators?|digits?|ascii|unicode|"
    r"zeichen|symbole?|buchstabe\w*|signes?|caractères?|lettres?|símbolos?|signos?|letras?|carácter|caracteres|segn[oi]|"
    r"simbol[oi]|letter[ae]|tekens?|tecken|znak\w*|znak|символ\w*|знак\w*|букв\w*|işaret\w*|harf\w*)\b|"
    r"符号|符號|记号|記号|字母|文字|기호|글자|حرف|رمز|अक्षर|स्वर|चिह्न|אות|סימן",
    re.IGNORECASE,
)
LINE_ASKED = re.compile(
    r"\b(?:greetings?|salutations?|valedictions?|sign[- ]offs?|closings?|only the (?:line|first line|last line)|"
    r"(?:close|open|start|begin|end|address) (?:a|an|my|the|this|formal|such)\b|anrede|grußformel|salutation|"
    r"formule|saludo|despedida|saluto|saudação|обращени\w*)",
    re.IGNORECASE,
)
HEX = re.compile(r"(?:0x|\\x)?[0-9a-fA-F]{2}|[01]{8}")
BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{16,}={0,2}$")
BLANK = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|<[^<>]*>|_{3,}|\.\.\.|…")
TEMPLATE = re.compile(r"\b(?:prompts?|few-shot|templates?|examples?)\b", re.IGNORECASE)
RUN = re.compile(r"[^\W\d_]{3}")
SEPARATOR = re.compile(r"\s*[,;/|·•、，،；]\s*|\s+[-–—]\s+")
JOINS = re.compile(r"(?:and|or|und|oder|et|ou|y|o|e|и|или|en|of|och|og|i|ve|&|plus)\s+", re.IGNORECASE)
FUNCTION = (
    frozenset().union(*_joints.ABROAD.values())
    | hanging.ENGLISH
    | hanging.SOFT
    | word_set("out up off down over under but yet so for")
)
PYTHON = re.compile(
    r"^[ \t]*(?:(?:async )?def \w+\s?[(\[]|class \w+[^\n]*:|import \w|from [\w.]+ import |"
    r"(?:async )?(?:for|while|if|with|try)\b[^\n]*:[ \t]*$)",
    re.MULTILINE,
)
PROGRAM = 50_000
"""Characters of the longest program that is parsed."""
NAME = re.compile(r"(?:^|(?<=[^\w.]))(\w*)$|\.(\w*)$")
SECTION = re.compile(
    r"(?:Arg(?:ument)?s|Parameters|Params|Returns?|Yields|Raises|Attributes|Keyword Args|See Also|References|"
    r"Warns)(?: *:)?"
)
FIELD = re.compile(
    r"[ \t]*(?::(?:param|returns?|raises|type|rtype|arg|ivar)\b[^:\n]{0,80}: \S|\*{0,2}\w+(?: \([^()]*\))?: \S)"
)
FOLLOWING = 60
"""Lines of the section of a docstring."""
IDENTIFIER = re.compile(r"\w+(?:[._]+\w+)+")
NOUN = 4
"""Words of an entry that is alone in its section and names a thing: it is no sentence, whatever the others are."""
DASHES = re.compile(r"[-=~]{3,}")


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
    if _sketch(body):
        return True
    text = body[-1000:]
    if "|--" in text or "\\begin" in text or "$$" in text or RUN.search(last) or "{" in last or "](" in text:
        return False
    dense = "".join(text.split())
    letters = sum(char.isalnum() for char in dense)
    if DRAWN.search(prompt[:2000]):
        return letters <= 0.6 * len(dense)
    return letters <= 0.3 * len(dense) and len(dense) >= 4 and not ends.EMPTY_ITEM.match(last)


def _sketch(body: str) -> bool:
    """Whether the last paragraph is lines of hardly more than signs, none of which belongs to a structure."""
    block = body[-1000:].rsplit("\n\n", 1)[-1]
    dense = "".join(block.split())
    if block.strip().count("\n") < 2 or "`" in block or any(sign in block for sign in ("{", "](", "|--", "$$", "**")):
        return False
    return sum(char.isalnum() for char in dense) <= 0.2 * len(dense) and RUN.search(block) is None


def sign(body: str, prompt: str) -> bool:
    """Whether the text is the sign, the letter or the line of a letter that was asked for, and no more."""
    said = body.strip().strip("`'\"“”")
    said = said or body.strip()
    if "\n" in said or len(said) > 60:
        return False
    if len(said) <= 4 and not any(char.isspace() for char in said):
        return SIGN_ASKED.search(prompt[:2000]) is not None and (len(said) == 1 or not said.isalnum())
    letter = said[-1] in ",:，：" and len(said.split()) <= 5
    return letter and LINE_ASKED.search(prompt[:2000]) is not None


def encoded(line: str) -> bool:
    """Whether the line is no words at all, but bytes in hexadecimal digits or in base64."""
    parts = line.split()
    if len(parts) > 3 and all(HEX.fullmatch(part) for part in parts):
        return True
    token = BASE64.search(parts[-1][-2000:]) if parts else None
    if token is None:
        return False
    said = token.group().rstrip("=")
    mixed = any(map(str.islower, said)) and any(map(str.isupper, said))
    return mixed and (len(parts) == 1 or token.group()[-1] == "=" or any(map(str.isdigit, said)))


def template(above: list[str], last: str, prompt: str) -> bool:
    """Whether a prompt with examples ends with the label after which a model is to write."""
    label = last.strip()
    if not label.endswith((":", "：", ":**")) or not above:
        return False
    before = sum(line.strip().startswith(label) and len(line.strip()) > len(label) for line in above[-40:])
    return before >= 2 and (BLANK.search(above[-1]) is not None or TEMPLATE.search(prompt) is not None)


def word_list(line: str) -> bool:
    """Whether a line is three words or more of one kind, with one sign between them, the last of them whole."""
    letters = line.split()
    if len(letters) > 2 and max(map(len, letters)) == 1:
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


def python(body: str) -> bool:
    """Whether all of the text is a program in Python that parses, and its last name is no first part of another."""
    if len(body) > PROGRAM or PYTHON.search(body) is None or "#" in body[body.rfind("\n") + 1 :]:
        return False  # a comment may stop anywhere
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which are the text's own affair
            tree = ast.parse(textwrap.dedent(body))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    found = NAME.search(body)
    name = (found[1] or found[2] or "") if found else ""
    if not tree.body or not (name.isidentifier() and isinstance(_last(tree), ast.Name | ast.Attribute)):
        return bool(tree.body)
    words = WORD.findall(body)
    if words.count(name) > 1 or isinstance(getattr(builtins, name, None), type):
        return True
    own = found is not None and found[1] is not None
    return not own and not any(word != name and word.startswith(name) for word in words)


def _last(tree: ast.Module) -> ast.AST:
    """What a program ends with."""
    node: ast.AST = tree
    while True:
        inner = [one for one in ast.iter_child_nodes(node) if getattr(one, "end_lineno", None)]
        inner = [one for one in inner if _end(one) == _end(node) or node is tree]
        if not inner:
            return node
        node = max(inner, key=_end)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


def documented(above: list[str], last: str, hung: bool) -> bool:
    """Whether a line stands in a section of a docstring that names things: what is taken, returned, raised or near;
    where more entries end with a full stop than without, as prose does, it needs one too. ``hung``: its last word
    wants another, which the name of a function need not."""
    if hung and not IDENTIFIER.fullmatch(last.strip()):
        return False
    words = last.split()
    if sum(line.count('"""') for line in above) % 2 or ends.INNER.search(last):
        return False
    if words[-1].lower() in FUNCTION or (len(words) > 1 and hanging.opens(words[-1])):
        return False
    lines = above[-FOLLOWING:]
    heads = [at for at, line in enumerate(lines) if _opens_section(lines, at, line)]
    head = heads[0] if heads else -1
    if head < 0 or not any(line[-1].isalnum() for line in [*lines[head + 1 :], last]):
        return False
    if heads[-1] == len(lines) - 1 and lines[-1][0] != ":" and 1 < len(words) <= NOUN:
        return True
    said = [line for line in lines[head + 1 :] if len(line.split()) > 2]
    stopped = sum(map(ends.stopped, said))
    return 2 * stopped <= sum(FIELD.match(line) is not None for line in [*lines[head + 1 :], last]) and stopped < 2


def _opens_section(lines: list[str], at: int, line: str) -> bool:
    if line[0] == ":":
        return FIELD.match(line) is not None
    if DASHES.fullmatch(line):
        return at > 0 and SECTION.fullmatch(lines[at - 1]) is not None
    return line[-1] == ":" and SECTION.fullmatch(line) is not None
