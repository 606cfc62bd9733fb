"""Keys that are duplicated or that aren't text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Edit, Problem
from crmtext.text.explain import lookalikes
from crmtext.text.pointer import escape
from crmtext.text.read.scalars import resolve
from crmtext.text.size import MAX_NAME, name_too_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.text.document import Document
    from crmtext.text.tree import Node


def problems(document: Document) -> Iterator[Problem]:
    """Return a problem for each key that is duplicated (with both places), is a merge key or isn't text."""
    if document.root is not None:
        yield from _in_node(document, document.root, "")


def _in_node(document: Document, node: Node, pointer: str) -> Iterator[Problem]:
    seen: dict[str, Node] = {}
    names = [key.value for key in node.keys] if node.keys else [str(i) for i in range(len(node.children))]
    for index, (name, child) in enumerate(zip(names, node.children, strict=True)):
        at = f"{pointer}/{escape(name)}"
        # A number that became a key by a comma inside {…} is reported as that mistake.
        if node.keys and not lookalikes.is_cut(document, node, index):
            key = node.keys[index]
            yield from _of_key(document, key, seen.get(name), at)
            seen.setdefault(name, key)
        yield from _in_node(document, child, at)


def _of_key(document: Document, key: Node, first: Node | None, pointer: str) -> Iterator[Problem]:
    place = document.span(key, pointer)
    excerpt = document.excerpt(place)
    if key.style == "plain" and key.value == "<<":
        yield Problem(
            "merge-key",
            _("merge keys ('<<') are not allowed in records"),
            place,
            _("write out the values"),
            excerpt=excerpt,
        )
    elif first is not None:
        message = _("duplicate field '{key}', first in line {line}").format(key=key.value, line=first.line)
        yield Problem(
            "duplicate-key",
            message,
            place,
            _("keep one of the two"),
            excerpt=excerpt,
            also=(document.span(first, pointer),),
        )
    elif len(key.value) > MAX_NAME:
        rule, message, hint = name_too_long(len(key.value))
        yield Problem(rule, message, place, hint, excerpt=excerpt)
    elif key.empty:
        yield Problem(
            "key-not-text", _("no field name before the colon"), place, _("use 'field: value'"), excerpt=excerpt
        )
    elif key.style == "plain" and not isinstance(resolve(key.value), str):
        yield Problem(
            "key-not-text",
            _("the field name '{key}' is not read as text").format(key=key.value),
            place,
            _('put it in quotes: "{key}"').format(key=key.value),
            excerpt=excerpt,
            fix=(Edit(key.start, key.end, f'"{key.value}"'),),
        )
