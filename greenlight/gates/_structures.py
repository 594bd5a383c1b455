"""What of a structure is not closed: of code, JSON, markup, a formula, a table, marks within a line."""

from __future__ import annotations

import re

FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~~~(?!~))([^\n]*)", re.MULTILINE)
TICKS = re.compile(r"`[^`\n]*`")
JSON = re.compile(r"[\[{]\s*(?:[\"\[{\]}]|-?\d|true|false|null|$)")
JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"|["\[\]{}]')
TAGS = re.compile(
    r"<!--.*?(?:-->|$)|<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]{0,40})\b[^<>]{0,2000}?(?P<void>/?)>", re.DOTALL
)
MARKUP = re.compile(r"<(?:\?xml|!DOCTYPE|[A-Za-z][\w:.-]{0,40}(?:\s[^<>\n]{0,400})?/?>\s*<)", re.IGNORECASE)
HALF_TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}$")
OPTIONAL = frozenset(
    [
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "dt",
        "dd",
        "option",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
    ]
)
"""Elements of HTML that need no end."""
FORMS = re.compile(r"<(html|body|head|div|ul|ol|table|section|article|svg|form|p)\b[^>]*>?|<!DOCTYPE", re.IGNORECASE)

LITERALS = re.compile(
    r"\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|(?<![^\s;{(),])/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\[^\n])*\"?|'(?:[^'\\\n]|\\[^\n])*'?|"
    r"`[^`\n]*`?|(?:(?<=\s)|^)(?:#(?!include|define|if|end)|//|--(?=\s))[^\n]*",
    re.DOTALL | re.MULTILINE,
)
"""Strings and comments; one that does not end goes to the end of its line, so that none is looked at twice."""
LAST_TOKEN = re.compile(
    r"(?:[=+*/%<>&|^,(\[{\\]|->|=>|\b(?:and|or|not|in|is|return|import|from|const|let|var|new|def|function|elif|"
    r"else if|"
    r"where|AND|OR|NOT|IN|LIKE|WHERE|FROM|SELECT|JOIN|ON|BY|SET|VALUES|INTO|TABLE|AS|BETWEEN|UPDATE|INSERT))$"
)
WHOLE_TOKEN = re.compile(r"(?:\*/|\+\+|-->|/>|\w/|[*/]{2}|\*\s*$|<[/A-Za-z!][^<>]{0,300}>|;|\\n|\\\\|\{\} ?\+)$")
HEADER = re.compile(
    r"^[ \t]*(?:(?:async )?def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b[^\n]*:[ \t]*$"
)
SHELL = (
    (re.compile(r"^[ \t]*if\b", re.MULTILINE), re.compile(r"(?:^|;)\s*fi\b", re.MULTILINE)),
    (re.compile(r"(?:^|;)\s*do\b", re.MULTILINE), re.compile(r"(?:^|;)\s*done\b", re.MULTILINE)),
    (re.compile(r"^[ \t]*case\b", re.MULTILINE), re.compile(r"^[ \t]*esac\b", re.MULTILINE)),
)
IS_SHELL = re.compile(r"\A#!.*sh\b|;[ \t]*(?:then|do)[ \t]*$|^[ \t]*(?:then|fi|done)[ \t]*$", re.MULTILINE)
OPENS_END = re.compile(
    r"^[ \t]*(?:def|class|module|unless|while|until|begin|case|if|for|function|local function|defmodule|defp)\b"
    r"(?![^\n]*(?:\bend\b|:[ \t]*$|[{;]|, do:))[^\n]*$|^[^\n#]*\bdo(?:[ \t]*\|[^\n|]*\|)?[ \t]*$|"
    r"^[^\n#]*=[ \t]*function\b[^\n{]*$",
    re.MULTILINE,
)
ENDS = re.compile(r"^[ \t]*end\b", re.MULTILINE)
ENDS_ASKED = re.compile(r"\b(?:ruby|lua|elixir|julia|crystal|matlab)\b", re.IGNORECASE)
IS_LUA = re.compile(r"^[ \t]*local\s|\bthen[ \t]*$", re.MULTILINE)
LETTER_CODE = re.compile(r"^[ \t]*(?:SELECT|CREATE|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
PAIR = re.compile(r"(\s*)(?:- )?[\w.-]+:(?:\s+(\S.*))?$")

IS_QUERY = re.compile(r"\s*(?:SELECT|UPDATE|DELETE|INSERT|WITH)\b", re.IGNORECASE)
IS_PYTHON = re.compile(r"^[ \t]*(?:def|class|for|while|if|with)\b[^\n{;]*:[ \t]*$", re.MULTILINE)
IS_SCRIPT = re.compile(r"^[ \t]*(?:const|let)\s+\w+\s*=|=>\s*\{", re.MULTILINE)
IS_STYLE = re.compile(r"^[ \t]*[\w-]+:[^\n;{}]+;[ \t]*$[^{}]{0,400}\}[ \t]*$", re.MULTILINE)

MEMBER = re.compile(r"(?:^|[\s(,=!])([A-Za-z_]\w{0,40})\.$")
COMMENT = re.compile(r"\s*(?:#|//|--|\*|/\*)")
MARKS = re.compile(
    r"(?<![\w*/)\]])(\*{1,3})(?=[^\s*./,:;)\]])(?!(?<=['\"`(]\*)['\"`]|['\"`](?!\w))|(?<![\w~])(~~)(?=[^\s~])|(?<![\w_])(__)(?=[^\s_])"
)
STARRED = re.compile(r"(?:(?<=[(\[{,])|(?<=, )|(?<=^))\*{1,2}(?:[A-Za-z_][\w.]*|\{[^{}\n]{0,200}\})(?=\s?[,)\]}]|: )")
"""Arguments that a program hands on or takes, however many they are: ``*args, **kwargs``."""
ADDRESS = re.compile(r"(?:\(|\s|^)https?:(?:/{0,2}(?:www\.)?(?!localhost)[A-Za-z]{0,12})?$")
SETEXT = re.compile(r"(?:-{3,}|={3,})$")


def left_open(body: str, prompt: str) -> str:
    """What is not closed of a block, in words; empty when all is. Linear in the text."""
    if ("```" in body or "~~~" in body) and _fence_open(body):
        return "a code block is left open"
    start = body.lstrip()
    if start[:1] in "[{" and JSON.match(start):
        if _json_open(start):
            return "the JSON is left open"
    elif "json" in prompt[:2000].lower() and "```" not in body:
        at = min((i for i in (body.find("\n{"), body.find("\n[")) if i >= 0), default=-1)
        if at >= 0 and _json_open(body[at + 1 :]):
            return "the JSON is left open"
    if start[:1] == "<":
        name = _tag_open(start)
        if name:
            return f"<{name}> is left open"
    if "\\begin{" in body and body.count("\\begin{") > body.count("\\end{"):
        return "\\begin is left open"
    tail = TICKS.sub(" ", body[body.rfind("\n\n") + 1 :][-4000:]) if "\\" in body or "$" in body else ""
    if (body.count("$$") % 2 and (tail.endswith("$$") or "\\" in body[body.rfind("$$") :])) or (
        "reg" not in prompt[:2000].lower() and _formula_open(tail)
    ):
        return "a formula is left open"
    if "{\n" in body + "\n" and "```" not in body and body.count("{") > body.count("}"):
        return "a block is left open"
    if "<details" in body and body.count("<details") > body.count("</details"):
        return "<details> is left open"
    return ""


def _formula_open(tail: str) -> bool:
    """Whether a formula within the last paragraph has no end."""
    if tail.count("\\[") > tail.count("\\]") or tail.count("\\(") > tail.count("\\)"):
        return True
    at = tail.rfind("$")
    last = tail[at:]
    if last[1:2].isspace() or tail[at - 1 : at].isalnum():
        return False
    return tail.count("$") % 2 == 1 and len(last) < 200 and re.search(r"[\\^=_]", last) is not None and "\n" not in last


def _fence_open(body: str) -> bool:
    """Whether a fence has no end. One with a word after it opens a block within a block."""
    opened, count, last = "", 0, ""
    for found in FENCE.finditer(body):
        mark, rest = found[1], found[2].strip()
        if mark[0] == "`" and "`" in rest:
            continue  # code within a line
        count, last = count + 1, found.group()
        if not opened:
            opened = mark
        elif mark[0] == opened[0] and len(mark) >= len(opened) and not rest:
            opened = ""
    if opened[:1] == "`" and body.count("```") % 2 == 0:
        return False
    return bool(opened) and not (count % 2 == 0 and body.endswith(last.strip()))


def _json_open(text: str) -> bool:
    """Whether the first values of the text, or a string in them, are not closed."""
    depth, end = 0, 0
    for found in JSON_PART.finditer(text):
        part = found.group()
        if depth == 0 and end and (part not in "[{" or text[end : found.start()].strip(" \n\r\t,")):
            return False  # what follows is no JSON
        if part == '"':
            return True
        depth += (part in "[{") - (part in "]}")
        end = found.end()
        if depth < 0:
            return False
    return depth > 0


def _tag_open(text: str) -> str:
    """The outermost element of a page that has no end."""
    form = FORMS.match(text)
    if form is None and MARKUP.match(text) is None:
        return ""
    if form is None and HALF_TAG.search(text[-500:]):
        return text[text.rfind("<") + 1 :].strip("/").split()[0][:20]
    stack: list[str] = []
    for found in TAGS.finditer(text):
        name = (found["name"] or "").lower()
        if not name or found["void"] or name in OPTIONAL - {"p"}:
            continue
        if not found["end"]:
            stack.append(name)
        elif name in stack[-20:]:
            while stack.pop() != name:
                pass
    open_ = [name for name in stack if name != "p" or (form and form[1] == "p")]
    if not open_ and form and HALF_TAG.search(text[-500:]):
        return (form[1] or "html").lower()
    return open_[0] if open_ else ""


def _without(found: re.Match[str]) -> str:
    """What stands for a string or a comment; one that is not closed stays."""
    said = found.group()
    if said[0] not in "\"'`":
        return ""
    return '""' if len(said) > 1 and said[-1] == said[0] else said


def code_open(text: str, prompt: str) -> str:
    """What a program lacks, in words: the end of a string, a bracket or a block, or what an operator goes with."""
    if "\n" not in text and "reg" in prompt.lower():
        return ""  # a pattern, which may end as it likes
    if text.count('"""') % 2:
        return "a string is left open"
    bare = LITERALS.sub(_without, text).rstrip()
    last = bare[bare.rfind("\n") + 1 :]
    if LETTER_CODE.match(bare) and re.search(r"[=(,]\s*'[^'\n]*$", last[-200:]):
        return "a string is left open"
    if last.count('"') % 2 and not LETTER_CODE.match(bare):
        return "a string is left open"
    if any(bare.count(a) > bare.count(b) for a, b in ("()", "[]", "{}")) and ("\n" in bare or re.search(r"\w\(", last)):
        return "a bracket is left open"
    end = LAST_TOKEN.search(last)
    if end and not WHOLE_TOKEN.search(last) and (end.group()[-1].isalpha() or len(last.strip()) > 1):
        return f"the code stops after '{end.group()}'"
    if HEADER.match(last):
        return "a block has nothing in it"
    if _statement_open(bare, last):
        return "the last statement is not whole"
    if IS_SHELL.search(bare):
        if re.match(r"\s*(?:for|while|until)\b[^;]*$", last):
            return "a block has nothing in it"
        return "a block is left open" if any(len(a.findall(bare)) > len(b.findall(bare)) for a, b in SHELL) else ""
    ends = len(ENDS.findall(bare))
    if ends or ENDS_ASKED.search(prompt) or IS_LUA.search(bare):
        openers = len(OPENS_END.findall(bare))
        if openers > ends and not re.search(r"[{;][ \t]*$", bare, re.MULTILINE):
            return "a block is left open"
    return ""


def _statement_open(bare: str, last: str) -> bool:
    """Whether the last line begins a statement that goes on, by the language that the lines above are in."""
    said = last.strip()
    if IS_QUERY.match(bare):
        word = said.split()[0].upper() if said else ""
        if re.search(r"\b(?:ORDER|GROUP|INNER|LEFT|RIGHT|OUTER|DELETE|INSERT)$", said, re.IGNORECASE):
            return True
        if word in ("WHERE", "AND", "OR", "ON", "HAVING"):
            return re.search(r"[<>=]|\b(?:is|in|like|between|exists|not)\b", said, re.IGNORECASE) is None
        return word == "JOIN" and re.search(r"\b(?:on|using)\b", said, re.IGNORECASE) is None
    if IS_PYTHON.search(bare) and re.match(r"(?:for|while|if|elif|with|def|class)\b[^:]*$", said):
        return True
    if re.match(r"(?:const|import|from|function|class|def|for)(?:\s+\w+)?$", said) and "\n" in bare:
        return True
    if IS_STYLE.search(bare) and bare.count("{") == bare.count("}") and not re.search(r"[{};@/]", said):
        return True
    bare_name = re.fullmatch(r"[A-Za-z_]\w*", said)
    if bare_name and (IS_PYTHON.search(bare) or IS_SCRIPT.search(bare)) and said not in ("pass", "break", "continue"):
        return len(re.findall(rf"\b{said}\b", bare)) < 2 and said not in ("return", "end", "else", "fi", "done")
    return False


def member_open(lines: list[str], last: str) -> bool:
    """Whether a program ends with a name and a dot, and above the same name has a member after the dot."""
    found = MEMBER.search(last[-60:])
    if found is None or COMMENT.match(last):
        return False
    text = "\n".join([*lines[-40:], last[: len(last) - len(found.group())]])[-4000:]
    name = found[1]
    return (
        re.search(
            rf"(?<![\w.]){name}\.[a-z]\w*|\b(?:for|as|let|const|var|val) {name}\b|\b(?:JOIN|FROM) \w+ {name}\b", text
        )
        is not None
    )


def is_form(body: str) -> bool:
    """Whether at least half of the lines end with a colon, as those of a form that is to be filled in do."""
    lines = [line for line in body[-3000:].split("\n") if line.strip()]
    bare = sum(line.rstrip("*_ ").endswith((":", "：")) for line in lines)
    return bare >= 3 and 2 * bare > len(lines)


def key_open(lines: list[str], last: str) -> bool:
    """Whether settings end with a key that has no value, where the keys beside it have one."""
    found = PAIR.match(last)
    if found is None:
        whole = [line for line in lines if PAIR.match(line)]
        return len(whole) >= 3 and len(whole) >= 0.8 * len(lines) and re.match(r"\s+[\w-]+$", last) is not None
    if found[2]:
        return False
    for line in reversed(lines):
        above = PAIR.match(line)
        if above and above[1] == found[1]:
            return bool(above[2])
        if len(line) - len(line.lstrip()) < len(found[1]):
            return False
    return False


def row_short(lines: list[str], last: str, csv: bool = False) -> bool:
    """Whether the last of at least three rows (``csv``: of two) of values has fewer of them than all above."""
    rows = lines[-8:]
    if len(lines) < 2 and not (lines and csv and max(lines[0].count(mark) for mark in ",;\t") >= 2):
        return False
    for mark in (",", ";", "\t"):
        counts = {line.count(mark) for line in rows}
        spaced = any(f"{mark} " in line or line.rstrip().endswith(mark) for line in rows)
        if len(counts) == 1 and (count := counts.pop()) and not spaced:
            return last.count(mark) < count and len(last) <= 2 * max(map(len, rows))
    bars = {line.count("|") for line in rows}
    if len(bars) == 1 and (count := bars.pop()) and not any(line.startswith("|") for line in rows):
        if "|" not in last and len(last) > 12 + 2 * max(row.find("|") for row in rows):
            return False  # a line under the table
        return last.count("|") < count or (last.rstrip().endswith("|") and not rows[-1].rstrip().endswith("|"))
    return False


def row_whole(lines: list[str], last: str) -> bool:
    """Whether the last row of a table without edges has as many values as every row above, the last ones empty."""
    for mark in (",", ";", "\t", "|"):
        count = last.count(mark)
        if count and lines and not lines[0].rstrip().endswith(mark):
            rows = [*lines, last]
            if all(row.count(mark) == count and f"{mark} " not in row for row in rows):
                return True
    return False


def mark_open(line: str, stopped: bool) -> str:
    """A mark of bold type, of code or of a link that begins in the line and does not end; ``stopped``: the line "
    "does."""
    if "http" in line[-24:] and ADDRESS.search(line[-40:]):
        return "https://"
    if line.count("`") % 2 and "```" not in line:
        return "`" if not stopped or line.rfind("`") > 0 else ""
    if "*" not in line and "~~" not in line and "__" not in line:
        return ""
    line = STARRED.sub(" ", TICKS.sub(" ", line))
    last = None
    for last in MARKS.finditer(line):  # noqa: B007
        pass
    if last is None:
        return ""
    mark = last.group()
    rest = line[last.end() :]
    if mark in rest or (mark == "*" and (stopped or "*" in rest)) or (mark[0] == "*" and "*" in rest):
        return ""
    if mark == "*" and not re.search(r"\s", line) and not rest.isalpha():
        return ""  # a password
    runs = sum(len(run) == len(mark) for run in re.findall(r"\*+", line))
    return "" if mark == "**" and runs % 2 == 0 else mark


def rule_under(lines: list[str], last: str) -> bool:
    """Whether the last line underlines a heading, as others above it are, with nothing under it."""
    if not SETEXT.match(last) or len(lines) < 3 or not lines[-1].strip():
        return False
    heading = lines[-1].strip()
    if len(heading) > 60 or heading[-1] in ".!?。":
        return False
    return heading[-1] == ":" or any(
        SETEXT.match(line) and lines[at - 1].strip() for at, line in enumerate(lines) if at
    )
