"""Texts that are programs, or document one: they repeat themselves, and name things, as no prose does."""

from __future__ import annotations

import re
from itertools import islice

from greenlight.gates import _text
from greenlight.gates._strange import CODE_FOR, FILES
from greenlight.gates._tongues import ENGLISH
from greenlight.nouns import Provenance

LINES, WIDTH = 400, 400
"""Lines that are read, and characters of each."""
SHARE = 0.45
"""Of the lines, how many must be a program's or its comments."""
LEAST = 2
"""Lines of a program in a text of several."""
PROSE = 0.5
"""Of the characters, how many may be of lines that are neither."""
SPOKEN = 8
"""Words of a line from which it is asked whether it is prose."""
DIRECTIVE = re.compile(r"#[ \t]{0,9}(?:include|define|undef|if|ifdef|ifndef|else|elif|endif|pragma|error|import)\b|#!")
WORDS = _text.word_set(
    "import from def class return raise yield assert del if elif else for while with switch case function const let "
    "var extern typedef static struct enum union namespace template using public private protected export async await "
    "try except catch finally do done fi then esac local echo set endif endfunction break continue pass global lambda "
    "new throw type interface impl fn pub use mod void int char float double bool long unsigned inline constexpr"
)
"""First words of statements."""
SAYS = _text.word_set("assert return raise del yield def class")
QUOTES = ('"""', "'''")
CLOSED = (");", "):", "),", "()", "};", "})", "],", "];", "{", "}", "(", "*/", "[", "]")
ENDS = ("):", ");", "),", "};", "})", "})", "])")
"""How lines of a program end, and such of hardly a letter."""
SIGNS = frozenset("()=[]<>_*&#:{}\"'\\")
NAMED = re.compile(
    r"[\w.$\"'\[\]*&-]{1,60}(?:[ ]?:[ ]?[\w\[\], .|]{1,60})?[ ]{0,9}(?:[-+*/|&^%?:]|<<|>>)?=[ ]{0,9}[^\s=]"
)
"""A name that is given a value."""
EQUALS = 4
"""Such signs of a line of a program; a mail that is encoded for transport has more."""
CALLED = re.compile(r"@?[\w.:>$-]{1,60}\(")
RULED = re.compile(
    r"[\w.\"'-]{1,40}:[ ]{0,9}[^\s][^;]{0,200};$|"
    r"</?[a-zA-Z][\w:-]{0,30}(?:[ ][^<>]{0,200})?/?>(?:[^<>]{0,200}</[\w:-]{1,30}>)?$"
)
"""A property of a style, a tag of a page."""
ENDED = re.compile(r"#[ \t]{0,9}endif\b|\};?[ \t]{0,9}(?:(?://|/\*)[^\n]{0,200})?$|[^\n]{0,200}\);$")
"""How the last line of a whole one may look."""
COMMENT = ("//", "/*", "* ", "*/", "# ", "-- ", "<!--", "///", '"""', "'''", "*", "#")
FIELDS = re.compile(
    r"^[ \t]{0,24}(?:(?:parameters|returns?|yields|raises|attributes|arguments|args|keyword args|see also|"
    r"methods)(?::[ \t]{0,9}$|[ \t]{0,9}\n[ \t]{0,24}[-=~]{3,40}[ \t]{0,9}$)|"
    r":(?:param|type|returns?|rtype|raises|ivar|cvar|arg|keyword)\b[^:\n]{0,80}:|>>> |\.\. [\w-]{2,40}::|"
    r"@(?:param|returns?|throws|brief)\b)",
    re.MULTILINE | re.IGNORECASE,
)
"""What only the documentation of a program has."""
HEADINGS = re.compile(
    r"^(?:NAME|SYNOPSIS|DESCRIPTION|OPTIONS|ARGUMENTS|COMMANDS|CLASSES|FUNCTIONS|METHODS|DATA|EXAMPLES|ENVIRONMENT|"
    r"EXIT STATUS|RETURN VALUE|ERRORS|FILES?|PACKAGE CONTENTS|MODULE REFERENCE|BUGS|SEE ALSO|VERSION)[ \t]{0,9}\n"
    r"[ \t]{2,24}\S",
    re.MULTILINE,
)
"""A heading of a manual page at the margin, with what stands under it indented."""
MANUAL = 3
"""Such headings of a manual page."""
ASKED = 8_000
"""Characters that are read at either end of what was asked."""
TOOLS = re.compile(
    r"\b(?:typescript|java|ruby|haskell|lua|php|kotlin|scala|golang|powershell|css|yaml|toml|xml|makefile|dockerfile|"
    r"algorithms?|implement\w*|refactor\w*|debug\w*|compil(?:e[sd]?|er|ing)|snippets?|unit tests?|endpoints?|"
    r"documentation|docs|docstrings?|man(?:ual)? pages?|pydoc|javadoc|api|"
    r"one-liner|in (?-i:C|R|Go|Rust|Swift))\b|c#|\w\(\)|\bhelp\(|--help\b|```",
    re.IGNORECASE,
)
"""What else asks for a program or its documentation, or shows one."""


def is_program(body: str) -> bool:
    """Whether most lines of a text, what is fenced in it apart, are a program's or its comments; JSON is none."""
    if body.lstrip()[:1] in ("[", "{", ""):
        return False
    blocks = _text.code(body)
    bare = _text.blank(body, blocks) if blocks else body
    coded = said = every = prose = 0
    quoted = ""
    for line in islice((one for one in bare.split("\n") if one.strip()), LINES):
        every += 1
        short = line[: WIDTH + 1].strip()
        marks = [mark for mark in QUOTES if short.count(mark) % 2]
        if quoted:
            said += 1
            quoted = "" if quoted in marks else quoted
        elif _is_statement(short):
            coded += 1
            quoted = marks[0] if marks else ""
        elif marks or short.startswith(COMMENT):
            said += 1
            quoted = marks[0] if marks else ""
        elif short[-1] in ",\\&|+([\"'":
            every -= 1  # it goes on in the next, and says nothing by itself
        else:
            prose += len(line)
    if every == 1 and not (bare.rstrip().endswith(";") and 0 < bare.count("(") == bare.count(")")):
        return False
    opened, closed = (sum(map(bare.count, marks)) for marks in ("([{", ")]}"))
    if prose > PROSE * len(bare.strip()) or closed > 1.5 * opened + 2:
        return False
    return coded >= max(1, min(LEAST, every)) and coded + said > SHARE * every


def is_ended(body: str) -> bool:
    """Whether a program that stands in no fence is whole: it ends with its last condition, or with a block or a call
    at the margin and none left open."""
    last = body[body.rfind("\n") + 1 :]
    if not ENDED.match(last):
        return False
    whole = "endif" in last or all(body.count(a) == body.count(b) for a, b in ("()", "{}"))
    return whole and is_program(body)


def _is_statement(line: str) -> bool:
    """Whether a line, without the space around it, is one of a program."""
    if len(line) > WIDTH or not line.isascii():
        return False
    if line[0] == "#" and DIRECTIVE.match(line):
        return True
    if line.startswith(COMMENT):
        return False
    words = line.split()
    if len(words) > SPOKEN and 5 * sum(map(ENGLISH.__contains__, words)) > len(words):
        return False
    first = words[0].rstrip("(:{;,")
    signed = not SIGNS.isdisjoint(line)
    if first == "from":  # lines of verse begin with such words too, and end with a comma
        return "import" in words
    if first == "import" and (len(words) == 2 or signed or "as" in words or ", " in line):
        return True
    if first in WORDS and (line[-1] in "({[}]);:=\\<>\"'" or (signed and (line[-1] == "," or first in SAYS))):
        return True
    if len(line) > 3 and 2 * sum(map(str.isalnum, line)) < len(line) - line.count(" "):
        return line.endswith(ENDS)
    if line.endswith(";"):
        return len(words) <= 2 or signed
    if line.endswith(CLOSED) and (len(words) < 4 or not SIGNS.isdisjoint(line[:-1])):
        return True
    return bool(
        (line.count("=") <= EQUALS and NAMED.match(line))
        or RULED.match(line)
        or (CALLED.match(line) and line[-1] in ")],:{\\")
    )


def is_documentation(body: str) -> bool:
    """Whether a text has a field that only the documentation of a program has, or the headings of a manual page."""
    return FIELDS.search(body) is not None or len(HEADINGS.findall(body)) >= MANUAL


def is_documented(body: str, made: Provenance) -> bool:
    """Whether a text documents a program, what is fenced in it apart, under a prompt that asks for code or for
    documentation; or under none."""
    if not made.prompt:
        return is_documentation(body)
    blocks = _text.code(body)
    return is_documentation(_text.blank(body, blocks) if blocks else body) and _is_asked(made)


def is_meant(body: str, made: Provenance) -> bool:
    """Whether a text is a program or documents one, under a prompt that asks for such or is code, or under none."""
    return is_documented(body, made) or (is_program(body) and (not made.prompt or _is_asked(made)))


def _is_asked(made: Provenance) -> bool:
    return any(map(_is_coded, (made.prompt, made.system, made.before)))


def _is_coded(asked: str) -> bool:
    """Whether code is asked for, or stands in what was said."""
    ends = asked if len(asked) <= 2 * ASKED else asked[:ASKED] + "\n" + asked[-ASKED:]
    return any(one.search(ends) for one in (CODE_FOR, FILES, TOOLS)) or is_program(ends)
