"""A comment that has a warning ignored names its rule and says why.

Why: Whoever reads the record next year must know whether the reason still holds. Errors cannot be ignored: a record
that has one is left out everywhere.

Wrong:
    # crmtext: ignore phone-form
    phones: ["1234"]

Right:
    # crmtext: ignore phone-form 公司内部短号
    phones: ["1234"]

Instead: Write the rule that stands in brackets behind the warning, and a reason after it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmtext import lazy
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.schema.near import word
from crmtext.text.document import place_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document
    from crmtext.text.tree import Node

_COMMENT = lazy.pattern(r"(?:^|(?<=[ \t]))#[ \t]*crmtext:[ \t]*ignore\b[ \t]*(\S*)[ \t]*(.*)$", re.MULTILINE)


class Comment(NamedTuple):
    """A comment that has warnings of a rule ignored: those of its line, or of the next one where it stands alone."""

    rule: str
    reason: str
    line: int
    start: int
    end: int


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each comment that names no rule, one that is not known, or no reason."""
    for customer in snapshot.customers:
        for comment in comments(customer.document):
            if told := _wrong(comment, snapshot):
                place = place_at(customer.path, customer.document.text, comment.start, comment.end)
                message, hint = told
                excerpt = customer.document.excerpt(place)
                yield Problem("ignore-comment", message, place, hint, excerpt=excerpt)


def _wrong(comment: Comment, snapshot: Snapshot) -> tuple[str, str] | None:
    from crmtext.rules import checked

    known = checked() | snapshot.schema.conditions
    if not comment.rule:
        return _("the comment names no rule to ignore"), _("write: # crmtext: ignore RULE reason")
    if comment.rule not in known:
        near = word(comment.rule, sorted(known))
        message = _("there is no rule '{name}'").format(name=comment.rule)
        hint = _("a rule's name stands in brackets behind each problem")
        return message, _("did you mean '{key}'?").format(key=near) if near else hint
    if not comment.reason:
        message = _("the comment does not say why '{name}' is to be ignored").format(name=comment.rule)
        return message, _("write the reason behind the rule")
    return None


def without(snapshot: Snapshot, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems but for those warnings that a comment with a reason has ignored."""
    ignored = {
        (customer.path, comment.line, comment.rule)
        for customer in snapshot.customers
        for comment in comments(customer.document)
        if comment.reason
    }
    return tuple(
        problem
        for problem in problems
        if problem.severity is Severity.ERROR or (problem.place.path, problem.place.line, problem.rule) not in ignored
    )


def comments(document: Document) -> Iterator[Comment]:
    """The comments of a record that have a rule ignored."""
    text = document.text
    if "crmtext:" not in text:
        return
    for match in _COMMENT.finditer(text):
        if not _in_text(document.root, match.start()):
            yield Comment(match[1], match[2].strip(), _line(text, match.start()), match.start(), match.end())


def _line(text: str, start: int) -> int:
    """The line that a comment is about: its own, or the next that is no comment where nothing stands before it."""
    number = text.count("\n", 0, start) + 1
    lines = text.split("\n")
    while number < len(lines) and lines[number - 1].lstrip(" \t")[:1] in ("#", ""):
        number += 1
    return number


def _in_text(root: Node | None, offset: int) -> bool:
    """Whether a place is inside a value, such as a note that quotes a comment."""
    ahead = [root] if root else []
    while ahead:
        node = ahead.pop()
        if node.start <= offset < node.end:
            if node.kind == "scalar":
                return True
            ahead += node.children
    return False
