"""Typing mistakes (Chinese punctuation, YAML's own signs) in text that parses but means something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Edit, Place, Problem, Severity
from crmtext.text.document import Document, place_at
from crmtext.text.explain.typing_mistakes import no_space, wide_colon, wide_comma, wide_indent
from crmtext.text.pointer import escape
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.text.explain.parser_error import Finding
    from crmtext.text.tree import Node

_KEY = lazy.pattern(r"([a-z_][a-z_0-9]*)(：)")
_FURTHER = lazy.pattern(r"\n[ \t]*([a-z_][a-z_0-9]*)(：)")
_ALONE = lazy.pattern(r"[ \t]*(?:- +)*\Z")
_NO_BLANK = lazy.pattern(r"([a-z_][a-z_0-9]*):(?=[^\s/])")
_CUT = lazy.pattern(r"[ \t]+(#\S[^\n]*)")
_OPENING = ("[", "{", '"', "'")
_HAS_COLON = lazy.pattern(r"\s*:")
_THOUSANDS = lazy.pattern(r"[0-9](,)[0-9]{3}\Z")
_COMMA = lazy.pattern(r"[，、；]")


def find(document: Document) -> Iterator[Problem]:
    """Return a problem for each typing mistake, with a fix if only one meaning is possible."""
    if document.root is not None:
        yield from _in_node(document, document.root, "")


def _in_node(document: Document, node: Node, pointer: str) -> Iterator[Problem]:
    if node.kind == "scalar":
        yield from _in_scalar(document, node, pointer)
    for index, child in enumerate(node.children):
        name = node.keys[index].value if node.keys else str(index)
        at = f"{pointer}/{escape(name)}"
        if node.keys:
            yield from _in_key(document, node, index, at)
        if node.kind == "list" and node.style == "flow" and child.plain and _COMMA.search(child.value):
            yield _flow_comma(document, child, at)
        else:
            yield from _in_node(document, child, at)


def _in_scalar(document: Document, node: Node, pointer: str) -> Iterator[Problem]:
    if not node.plain:
        return
    if match := _colon(document, node):
        yield _from_finding(document, wide_colon(match.group(1), match.start(2), document.text), pointer)
    elif (
        node.value[:1] in "“‘"
        and node.value[-1:] in "”’"
        and len(node.value) > 1
        and not re.search("[“”‘’]", node.value[1:-1])
    ):
        inner = node.value[1:-1].replace("\\", "\\\\").replace('"', '\\"')
        yield _problem(
            document,
            "curly-quotes",
            _("curly quotes become part of the value"),
            _("use straight quotes"),
            (node.start, node.end),
            pointer,
            severity=Severity.WARNING,
            fix=(Edit(node.start, node.end, f'"{inner}"'),),
        )
    if cut := _CUT.match(document.text, node.end):
        yield _problem(
            document,
            "hash-cuts-value",
            _("the value ends before '{rest}', because a space and # begin a comment").format(
                rest=cut.group(1).strip()[:12]
            ),
            _("put the whole value in quotes; for a comment, put a space after #"),
            (cut.start(1), cut.end(1)),
            pointer,
            severity=Severity.WARNING,
        )


def _colon(document: Document, node: Node) -> re.Match[str] | None:
    """A key with a full-width colon at the start of a plain value or of one of its later lines."""
    if "：" not in node.value:
        return None
    # After another key on its line it is prose: `notes: tel：021-…`.
    text, line = document.text, document.text.rfind("\n", 0, node.start) + 1
    first = _KEY.match(text, node.start) if _ALONE.match(text, line, node.start) else None
    return first or _FURTHER.search(text, node.start, node.end)


def _in_key(document: Document, node: Node, index: int, pointer: str) -> Iterator[Problem]:
    key = node.keys[index]
    if key.plain and key.value.startswith("\u3000"):
        end = key.start + len(key.value) - len(key.value.lstrip("\u3000"))
        yield _from_finding(document, wide_indent(key.start, end), pointer)
    elif not is_cut(document, node, index):
        return
    elif match := _KEY.match(document.text, key.start, key.end):
        yield _from_finding(document, wide_colon(match.group(1), match.start(2), document.text), pointer)
    elif match := _NO_BLANK.match(document.text, key.start, key.end):
        yield _from_finding(document, no_space(match.group(1), match.end(), document.text), pointer)
    elif thousands := _THOUSANDS.search(document.text, max(0, key.start - 5), key.end):
        yield _problem(
            document,
            "comma-in-flow",
            _("a comma inside {…} ends the number here"),
            _("write the number without commas"),
            thousands.span(1),
            pointer,
            fix=(Edit(*thousands.span(1), ""),),
        )
    else:
        yield _problem(
            document,
            "comma-in-flow",
            _("a comma inside {…} ends the value here: '{key}' becomes a field").replace("{key}", key.value),
            _("put the whole value in quotes, or put the entry on lines of its own"),
            (key.start, key.end),
            pointer,
        )


def is_cut(document: Document, node: Node, index: int) -> bool:
    """Whether an entry inside {…} is a word without a value, as left by a comma in a sentence."""
    key, value = node.keys[index], node.children[index]
    return node.style == "flow" and key.plain and value.empty and not _HAS_COLON.match(document.text, key.end)


def _flow_comma(document: Document, node: Node, pointer: str) -> Problem:
    parts = _COMMA.split(document.text[node.start : node.end])
    fixed = ", ".join(part.strip() for part in parts if part.strip())
    at = _COMMA.search(document.text, node.start, node.end)
    span = at.span() if at else (node.start, node.end)
    finding = wide_comma(*span, *((Edit(node.start, node.end, fixed),) if fixed else ()))
    return _problem(document, finding.rule, finding.message, finding.hint, span, pointer, fix=finding.fix)


def _from_finding(document: Document, finding: Finding, pointer: str) -> Problem:
    # The fixed text must parse too: a bracket or quote after the fix may be unclosed, and a key isn't allowed in a
    # later line of a value.
    text, line = document.text, document.text.rfind("\n", 0, finding.start) + 1
    node = document.node(pointer)
    broken = text[finding.end : finding.end + 2].lstrip()[:1] in _OPENING or (node and node.start < line)
    fix = () if broken else finding.fix
    span = (finding.start, finding.end)
    return _problem(document, finding.rule, finding.message, finding.hint, span, pointer, fix=fix)


def _problem(
    document: Document,
    rule: str,
    message: str,
    hint: str,
    span: tuple[int, int],
    pointer: str,
    *,
    severity: Severity = Severity.ERROR,
    fix: tuple[Edit, ...] = (),
) -> Problem:
    place: Place = place_at(document.path, document.text, *span, pointer)
    return Problem(rule, message, place, hint, severity, document.excerpt(place), fix)
