"""Plain words: the odd turns that are counted, the glossary of both languages, and the texts that are held to them.

`python tests/support/words.py [PART …]` prints the odd turns of each part for 1,000 words, and the lines of the parts
that are named.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]

#: Turns that a reader stumbles over.
ODD = re.compile(
    r"(?i:\bnone where\b|\bwhoever\b|\banew\b|\bonce more\b|\b(?:is|are|was|were) to be\b|\bfor who\b|\ball the same\b"
    r"|\bmend(?:s|ed|ing)?\b|\bover there\b|\bwhat (?:came|comes|stands)\b|\bput aside\b|\bnobody sees\b)"
    # Sentences that begin with their object, or with a clause for a subject; questions and headings are fine.
    r"|(?:^|(?<=[.:;] ))(?:Of (?:an?|the|all|these|those|what|which)|Whom?|What) (?!changed|changes|it checks|is it)\w+"
    r"(?![^.;\n]*\?)",
    re.MULTILINE,
)
#: Names that don't say what they hold.
VAGUE = frozenset({"brought", "called", "each", "found", "made", "said", "told"})
WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
#: What is code, data or filled in, and no word of ours: also metavars, options with their values, and `“key: value”`.
CODE = re.compile(
    r"""```.*?```|`[^`]*`|"[^"\n]*"|“[^“”]*: ?[^“”]*”|\{[^{}]*\}|https?://\S+|\b[\w-]+(?:[._/][\w-]+)+|\b[A-Z]{3,}\b"""
    r"""|--[a-z][\w-]*(?:[ =][^\s"]\S*)?|\# crmtext: .*|\(\?[^)]*\)""",
    re.DOTALL,
)


class Term(NamedTuple):
    """A word that is not used, and the one that is used instead."""

    pattern: str
    instead: str
    #: Texts with this are about another thing of that name.
    unless: str = ""


#: Words that messages and rule pages don't use. Look-arounds are exceptions; a comment gives the reason.
GLOSSARY = {
    "en": (
        Term(r"\bmend\w*", "fix"),
        Term(r"\brefus\w+", "rejected"),
        # YAML's merge keys, the Tab key and the keys that sign and encrypt are called so everywhere.
        Term(
            r"(?<!merge )(?<!Tab )(?<!your )(?<!signing )\bkeys?\b",
            "field",
            r"private|public|encrypt|passphrase|backup|\bSSH\b|ed25519",
        ),
        Term(r"\bwhoever\b|\bfor who\b", "a plain subject"),
        Term(r"\banew\b|\bonce more\b", "again"),
        Term(r"\b(?:is|are) to be\b", "must be"),
        Term(r"\ball the same\b", "anyway"),
        Term(r"\blet through\b", "allowed"),
        Term(r"\bbrought by\b", "introduced by"),
        Term(r"\bput aside\b", "archived"),
        Term(r"\bover there\b|\bothers' copy\b", "on the remote"),
        Term(r"\bwhat came\b", "the received commits"),
        # Customer data is sent over a network, and pages are sent to people.
        Term(r"\bsent\b(?! unencrypted| as files)", "pushed"),
        Term(r"\bmeanwhile\b", "in the meantime"),
        Term(r"\bfor instance\b", "for example"),
        Term(r"\bis no (?:list|name|number|folder)\b", "is not a"),
        Term(r"\btold\b", "shown"),
    ),
    "zh": (
        Term(r"(?<![关并])(?<!Tab )键(?!盘)", "字段"),
        Term(r"销售机会|机会", "商机"),
        Term(r"交接", "移交"),
        Term(r"服务记录|个案", "工单"),
        Term(r"接洽", "联系"),
        Term(r"您", "你"),
        Term(r"请把?请|可以请", "一个“请”"),
        Term(r"远程仓库|对方(?!联系人|的编号)", "远端"),
        Term(r"获取(?!对象)|取回", "拉取"),
        Term(r"发出", "推送"),
        Term(r"帐号", "账号"),
        Term(r"档案", "记录"),
        Term(r"没有写(?!入|明)", "缺少"),
        Term(r"一般(?!价值|发展|保持|挽留)", "普通、低或中性"),
        Term(r"保留期限", "保存期限"),
        Term(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff] ?\((?!\w\))", "全角标点"),
        Term(r"[\u4e00-\u9fff] +[\u4e00-\u9fff]", "不加空格"),
    ),
}


class Text(NamedTuple):
    """A piece of text and where it is."""

    where: str
    text: str


def plain(text: str) -> str:
    """The text without code, data and what is filled in."""
    return CODE.sub("…", re.sub(r"\\b\n(?:.+\n?)*", "", text))


def forbidden(language: str, text: str) -> list[str]:
    """The words of a text that the glossary forbids, each with the one to use."""
    words = plain(text)
    return [
        f"{found[0]} → {term.instead}"
        for term in GLOSSARY[language]
        if not (term.unless and re.search(term.unless, words, re.IGNORECASE))
        for found in re.finditer(term.pattern, words, re.IGNORECASE)
    ]


def parts() -> dict[str, list[Text]]:
    """The English texts of the project by part: messages, rule pages, docs, and each room of the package."""
    found: dict[str, list[Text]] = defaultdict(list)
    found["messages"] = [Text("crmtext.po", text) for message in _messages() for text in message]
    for path in sorted((ROOT / "crmtext").rglob("*.md")):
        found["rule pages"].append(Text(_name(path), path.read_text("utf-8")))
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        if not path.name.endswith(".zh-CN.md"):
            found["docs"].append(Text(_name(path), path.read_text("utf-8")))
    for path in sorted((ROOT / "crmtext").rglob("*.py")):
        room = path.relative_to(ROOT / "crmtext").parts[0]
        found[f"crmtext/{room}" if (ROOT / "crmtext" / room).is_dir() else "crmtext"] += _written(path)
    return dict(found)


def odd(texts: Iterable[Text]) -> list[str]:
    """The odd turns in texts, each with its place."""
    return [f"{where}: {found[0]}" for where, text in texts for found in ODD.finditer(plain(text))]


def rate(texts: list[Text]) -> float:
    """Odd turns for 1,000 words."""
    words = sum(len(WORD.findall(plain(text))) for _where, text in texts)
    return 1000 * len(odd(texts)) / words if words else 0.0


def vague_names() -> list[str]:
    """Variables, parameters and functions of the package whose names hold no noun or verb of the field."""
    vague = []
    for path in sorted((ROOT / "crmtext").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node, "name", "") if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
            name = node.arg if isinstance(node, ast.arg) else name
            name = node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else name
            if name.strip("_") in VAGUE:
                vague.append(f"{_name(path)}:{node.lineno}: {name}")
    return vague


def _messages() -> Iterator[tuple[str, ...]]:
    import catalogue

    for message, places in catalogue.said().items():
        if catalogue.CLICK not in places:
            yield message if isinstance(message, tuple) else (message,)


def _written(path: Path) -> Iterator[Text]:
    """The docstrings and comments of a module."""
    source = path.read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            yield Text(f"{_name(path)}:{getattr(node, 'lineno', 1)}", text)
    block, start, last = "", 0, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        text = token.string.lstrip("#: ").rstrip()
        if token.start[0] != last + 1 and block:
            yield Text(f"{_name(path)}:{start}", block)
            block = ""
        start = start if block else token.start[0]
        block, last = f"{block} {text}".strip(), token.start[0]
    if block:
        yield Text(f"{_name(path)}:{start}", block)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _main(wanted: list[str]) -> None:
    for part, texts in parts().items():
        print(f"{rate(texts):5.2f}  {len(odd(texts)):4}  {part}")
        if part in wanted:
            print(*(f"             {line}" for line in odd(texts)), sep="\n")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    _main(sys.argv[1:])
